"""Applicants of every category, with the sections and scans that their applications need; steps of their journeys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import ApplicantCategory
from tests import journeys

if TYPE_CHECKING:
    from tests.world import World

Sections = dict[str, dict[str, str]]
C = ApplicantCategory

OTHER_REGION = {"index": "190000", "region": "78", "city": "Санкт-Петербург", "house": "1"}
OTHER_REGION_INSURER = "78006"

PERMIT = {
    "type": "11",
    "series": "82",
    "number": "9000016",
    "issuer": "ГУ МВД ДЛЯ ПРИМЕРА",
    "issued_on": "2025-02-10",
    "expires_on": "2028-02-09",
}
BASIS = {
    "number": "12/2026",
    "organisation": "ООО «Пример»",
    "issued_on": "2026-01-12",
    "valid_until": "2026-11-30",
    "stay_until": "2026-12-31",
}
BIRTH_CERTIFICATE = {
    "type": "3",
    "series": "I-АА",
    "number": "900012",
    "issuer": "ЗАГС ДЛЯ ПРИМЕРА",
    "issued_on": "2020-03-25",
}


def paper(kind: str, series: str = "") -> dict[str, str]:
    """An identity document of a foreigner, valid to the middle of the next year."""
    return {
        "type": kind,
        "series": series,
        "number": "9000016",
        "issuer": "ГУ МВД ДЛЯ ПРИМЕРА",
        "issued_on": "2025-03-01",
        "expires_on": "2027-05-31",
    }


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Who signs in, about whom, and what is put into the form; ``until`` is the expected end of the policy."""

    person: str = "foreigner"
    citizenship: str = "UZB"
    sections: Sections = field(default_factory=dict)
    represented: Mapping[str, Any] | None = None
    until: str | None = None


CHILD = {
    "relation": "parent",
    "family_name": "Примеров",
    "given_name": "Егор",
    "middle_name": "Алексеевич",
    "born_on": "2020-03-15",
    "sex": "male",
}

APPLICANTS: Mapping[ApplicantCategory, Applicant] = {
    C.CITIZEN_14_PLUS: Applicant(person="citizen", citizenship="RUS"),
    C.CHILD_UNDER_14: Applicant(
        person="citizen",
        citizenship="RUS",
        represented=CHILD,
        sections={"identity_document": BIRTH_CERTIFICATE},
    ),
    C.FOREIGNER_PERMANENT: Applicant(sections={"status_document": PERMIT}),
    C.FOREIGNER_TEMPORARY: Applicant(sections={"status_document": {**PERMIT, "type": "23"}}, until="2027-01-01"),
    C.STATELESS_PERMANENT: Applicant(
        citizenship="XXA", sections={"identity_document": paper("22", "АА"), "status_document": PERMIT}
    ),
    C.STATELESS_TEMPORARY: Applicant(
        citizenship="XXA",
        sections={
            "identity_document": paper("22", "АА"),
            "status_document": {**PERMIT, "type": "23", "expires_on": "2026-06-30"},
        },
        until="2026-07-01",
    ),
    C.REFUGEE: Applicant(sections={"identity_document": paper("12")}, until="2027-01-01"),
    C.TEMPORARY_ASYLUM: Applicant(
        sections={"identity_document": {**paper("25", "77"), "expires_on": "2026-05-31"}}, until="2026-06-01"
    ),
    C.EAEU_WORKER: Applicant(person="worker", citizenship="KGZ", sections={"basis": BASIS}, until="2026-12-01"),
    C.EAEU_OFFICIAL: Applicant(
        person="worker",
        citizenship="KGZ",
        sections={"basis": {**BASIS, "stay_until": "", "valid_until": "2026-09-30"}},
        until="2026-10-01",
    ),
    C.STUDENT: Applicant(
        sections={
            "status_document": {**PERMIT, "type": "23"},
            "basis": {**BASIS, "stay_until": "", "valid_until": "2026-08-31"},
        },
        until="2026-09-01",
    ),
}


def represent(world: World, person: str, about: Mapping[str, Any]) -> str:
    """Declare whom a person acts for; returns the id of the represented."""
    journeys.consented(world, person=person)
    version = world.ok("GET", "/v1/consent-text", person=None)["version"]
    made = world.ok("POST", "/v1/represented-persons", person=person, json={**about, "consent_version": version})
    return str(made["person_id"])


def begun(
    world: World, category: ApplicantCategory, kind: str, *, about: str | None = None, sections: Sections | None = None
) -> dict[str, Any]:
    """Create a draft of a category and fill it; returns the draft as saved."""
    applicant = APPLICANTS[category]
    if about is None and applicant.represented is not None:
        about = represent(world, applicant.person, applicant.represented)
    journeys.consented(world, person=applicant.person)
    wish = {"kind": kind, "category": category.value, **({"person_id": about} if about else {})}
    draft = world.ok("POST", "/v1/applications", person=applicant.person, json=wish)
    return saved(world, draft, {**filled(applicant, draft, kind), **(sections or {})}, person=applicant.person)


def filled(applicant: Applicant, draft: Mapping[str, Any], kind: str) -> Sections:
    """What the applicant types on top of what is filled already."""
    form = draft["form"]
    sections: Sections = {name: _without_empty(section) for name, section in applicant.sections.items()}
    sections["person"] = {**form["person"], "citizenship": applicant.citizenship, "birthplace": "г. Пример"}
    if "representative" in form:
        sections["representative"] = {**form["representative"], "second_parent": "absent"}
    if kind == "first_policy":
        sections["insurer"] = {"code": journeys.FIRST_INSURER}
    return sections


def _without_empty(section: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in section.items() if value}


def saved(world: World, draft: Mapping[str, Any], sections: Sections, *, person: str) -> dict[str, Any]:
    """Save sections of a draft; returns the draft."""
    return dict(world.ok("PATCH", f"/v1/applications/{draft['id']}", person=person, json=sections))


def scanned(world: World, application_id: str, *, person: str) -> dict[str, Any]:
    """Upload a scan of every document that is still missing; returns the draft."""
    draft = journeys.application(world, application_id, person=person)
    for document in draft["missing_documents"]:
        uploaded = world.upload(application_id, journeys.scan(), person=person, document=document)
        assert uploaded["state"] == "accepted", uploaded
    return journeys.application(world, application_id, person=person)


def carried_out(
    world: World, category: ApplicantCategory, kind: str, *, about: str | None = None, sections: Sections | None = None
) -> dict[str, Any]:
    """Walk an application of a category to its end; returns it."""
    person = APPLICANTS[category].person
    draft = begun(world, category, kind, about=about, sections=sections)
    assert draft["errors"] == [], draft["errors"]
    whole = scanned(world, draft["id"], person=person)
    assert (whole["missing"], whole["missing_documents"], whole["completeness"]) == ([], [], 100)
    journeys.signed(world, draft["id"], person=person)
    world.settle()
    return journeys.application(world, draft["id"], person=person)
