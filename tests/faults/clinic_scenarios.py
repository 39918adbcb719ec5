"""Attachments, appointments and the desk of a clinic, to be broken at every call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.fhir import SNILS
from chalicelib.domain.records import StoredDocument
from chalicelib.use_cases.import_clinics import load_clinics
from infra.local.clinics_sample import clinics_file
from infra.local.persons import PERSONS
from tests.clinics import (
    APPOINTMENT,
    DESK,
    OTHER_THERAPIST,
    OWN,
    OWN_APPOINTMENTS,
    QUEUE,
    REGISTRARS,
    SECOND,
    wish,
)
from tests.faults.rig import REFUSALS, SERVER_ERRORS, Crashed
from tests.faults.scenarios import CLIENT_WAITS, NEXT_DUE_RUN, Scenario, fire

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig


BATCH, SNAPSHOT = "/v1/clinic/validity-batches", "/v1/clinic/snapshot"
CITIZENS_SNILS = next(person for person in PERSONS if person.key == "citizen").snils
QUESTIONS = {"csv": f"snils\n{CITIZENS_SNILS}"}
ELIGIBILITY = {
    "resourceType": "CoverageEligibilityRequest",
    "status": "active",
    "purpose": ["validation"],
    "created": "2026-03-16",
    "insurer": {"display": "ТФОМС"},
    "patient": {"identifier": {"system": SNILS, "value": CITIZENS_SNILS}},
}


def _insured(rig: Rig) -> None:
    """The policy is issued, and the registry of clinics is in place."""
    rig.settle()
    load_clinics(tools=rig.tools, file=clinics_file(), region=None, at=rig.at)
    rig.sleep(timedelta(minutes=2))
    rig.waiting.clear()


def _newest(rig: Rig) -> dict[str, str]:
    row = max(rig.items("Attachment"), key=lambda found: found["SK"])
    clinic = row["gsi1pk"].split("#")[1]
    attachment_id = row["SK"].rpartition("#")[2]
    return {"attachment_id": attachment_id, "person_id": row["PK"].removeprefix("PERSON#"), "clinic": clinic}


def _ask(body: dict[str, Any], *, key: str, path: str = OWN) -> Callable[[Rig], None]:
    return lambda rig: rig.api("POST", path, body, key=key)


def _documents(rig: Rig) -> None:
    """The extract is made, which a request for an appointment hands over."""
    rig.restart()
    for row in rig.items("StoredDocument"):
        document = msgspec.json.decode(row["data"], type=StoredDocument)
        work = rig.tools.store.work(at=rig.at)
        work.update(replace(document, made_at=rig.at))
        work.commit()


def decide(refusal: str) -> Callable[[Rig], None]:
    """Let the registrar of the clinic refuse, or attach."""

    def act(rig: Rig) -> None:
        found = _newest(rig)
        registrar, own = REGISTRARS[found.pop("clinic")], rig.claims
        rig.claims = next(person for person in PERSONS if person.key == registrar).claims()
        path = f"{DESK}/{{person_id}}/{{attachment_id}}/decision"
        try:
            rig.api("POST", path, {"refusal": refusal}, **found)
        finally:
            rig.claims = own

    return act


def _as_registrar(method: str, path: str, body: Any = None, **parameters: str) -> Callable[[Rig], None]:
    """Let the registrar of the first clinic ask."""

    def act(rig: Rig) -> None:
        own = rig.claims
        rig.claims = next(person for person in PERSONS if person.key == "registrar").claims()
        try:
            answer = rig.answer(method, path, body, **parameters)
        finally:
            rig.claims = own
        if answer["statusCode"] >= SERVER_ERRORS:
            raise Crashed(answer["body"])
        assert answer["statusCode"] < REFUSALS, answer["body"]

    return act


def _withdraw(rig: Rig) -> None:
    path = f"{OWN}/{{attachment_id}}/withdrawal"
    rig.api("POST", path, attachment_id=_newest(rig)["attachment_id"])


def _then(*steps: Callable[[Rig], None], days: int = 0) -> Callable[[Rig], None]:
    """Do some steps, let their messages come and time pass."""

    def lead(rig: Rig) -> None:
        for step in steps:
            step(rig)
            rig.step("notifications")
        rig.sleep(timedelta(days=days, minutes=2))
        rig.waiting.clear()

    return lead


_ELIGIBILITY = "/fhir/r4/CoverageEligibilityRequest/{operation}"
_eligibility = _as_registrar("POST", _ELIGIBILITY, ELIGIBILITY, operation="$submit")
_APPOINTED = _ask(APPOINTMENT, key="appointment-1", path=OWN_APPOINTMENTS)
_FIRST, _SECOND = _ask(wish(), key="attach-1"), _ask(wish(SECOND, OTHER_THERAPIST), key="attach-2")


def _newest_appointment(rig: Rig) -> dict[str, str]:
    row = max(rig.items("Appointment"), key=lambda found: found["SK"])
    return {"person_id": row["PK"].removeprefix("PERSON#"), "appointment_id": row["SK"].rpartition("#")[2]}


def _answer(rig: Rig) -> None:
    found = _newest_appointment(rig)
    path = f"{QUEUE}/{{person_id}}/{{appointment_id}}"
    _as_registrar("GET", f"{path}/details", **found)(rig)
    _as_registrar("POST", f"{path}/answer", {"acknowledged": False, "answer": "Нет мест"}, **found)(rig)


def _withdraw_appointment(rig: Rig) -> None:
    found = _newest_appointment(rig)
    rig.api("POST", f"{OWN_APPOINTMENTS}/{{appointment_id}}/withdrawal", appointment_id=found["appointment_id"])


CLINIC_STAGES: dict[str, tuple[str, Callable[[Rig], object]]] = {
    "clinics_loaded": ("approved", _insured),
    "documents_made": ("clinics_loaded", _documents),
    "appointment_asked": ("documents_made", _then(_APPOINTED)),
    "attachment_asked": ("clinics_loaded", _then(_FIRST)),
    "attachment_late": ("attachment_asked", _then(days=3)),
    "attached_for_a_year": ("attachment_asked", _then(decide(""), days=365)),
    "attachment_asked_anew": ("attached_for_a_year", _then(_SECOND)),
}

CLINIC_SCENARIOS = (
    Scenario(name="ask_for_appointment", begins="documents_made", act=_APPOINTED, pause=CLIENT_WAITS),
    Scenario(name="answer_appointment", begins="appointment_asked", act=_answer, pause=CLIENT_WAITS),
    Scenario(name="withdraw_appointment", begins="appointment_asked", act=_withdraw_appointment, pause=CLIENT_WAITS),
    Scenario(name="fhir_search", begins="clinics_loaded", act=_eligibility, pause=CLIENT_WAITS),
    Scenario(name="ask_for_attachment", begins="clinics_loaded", act=_FIRST, pause=CLIENT_WAITS),
    Scenario(name="withdraw_attachment", begins="attachment_asked", act=_withdraw, pause=CLIENT_WAITS),
    Scenario(name="refuse_attachment", begins="attachment_asked", act=decide("doctor_left"), pause=CLIENT_WAITS),
    Scenario(name="attach", begins="attachment_asked", act=decide(""), pause=CLIENT_WAITS),
    Scenario(name="attach_anew", begins="attachment_asked_anew", act=decide(""), pause=CLIENT_WAITS),
    Scenario(
        name="clinic_batch", begins="clinics_loaded", act=_as_registrar("POST", BATCH, QUESTIONS), pause=CLIENT_WAITS
    ),
    Scenario(
        name="clinic_snapshot", begins="attached_for_a_year", act=_as_registrar("GET", SNAPSHOT), pause=CLIENT_WAITS
    ),
    Scenario(name="attachments_due", begins="attachment_late", act=fire("due", "run_due"), pause=NEXT_DUE_RUN),
)
