"""Where a scenario plays: the journey of a client, the consumers' clock, and people who appear in no other scenario."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from infra.local.journey import Journey, passport_photo
from infra.local.person import IdentityDocument, Person
from infra.local.person_numbers import inn_of, snils_of

if TYPE_CHECKING:
    from collections.abc import Mapping


Sections = dict[str, dict[str, str]]
INSURER, OTHER_INSURER = "77012", "77004"
_SERIALS = itertools.count(300)
"""Of people made up here; others count elsewhere."""


@dataclass
class Stage:
    """Steps that several scenarios share."""

    journey: Journey
    pump: str

    def someone(self, names: str, *, born_on: str, sex: str, **more: Any) -> str:
        """Let a new person sign in and agree to the processing of personal data; returns the key."""
        serial = next(_SERIALS)
        family_name, given_name, middle_name = names.split()
        person = Person(
            key=f"demo-{serial}",
            title="",
            subject=str(1_500_000_000 + serial),
            family_name=family_name,
            given_name=given_name,
            middle_name=middle_name,
            born_on=born_on,
            sex=sex,
            snils=snils_of(serial),
            inn=inn_of(serial),
            phone=f"+7900002{serial:04d}",
            address={"region": "77", "index": "101000", "city": "Москва", "street": "", "house": "1", "flat": "1"},
            **{"document": passport(serial), **more},
        )
        self.journey.add_person(person.key, person.claims())
        self.journey.sign_in(person.key)
        self.journey.consent(person.key)
        self.journey.hear_at_night(person.key)
        return person.key

    def known(self, key: str) -> str:
        """Let a demonstration person sign in and agree; returns the key."""
        self.journey.sign_in(key)
        self.journey.consent(key)
        return key

    def represent(self, person: str, about: Mapping[str, Any]) -> str:
        """Declare whom a person acts for; returns the id."""
        version = self.journey.ok("GET", "/v1/consent-text")["version"]
        body = {**about, "consent_version": version}
        return str(self.journey.ok("POST", "/v1/represented-persons", person=person, json=body)["person_id"])

    def draft(self, person: str, wish: Mapping[str, str], sections: Sections) -> str:
        """Fill a draft and upload every document that it asks for; returns its id."""
        journey = self.journey
        draft = journey.ok("POST", "/v1/applications", person=person, json=dict(wish))
        path = f"/v1/applications/{draft['id']}"
        form = {**sections, "person": {**draft["form"]["person"], **sections.get("person", {})}}
        if "representative" in draft["form"]:
            form["representative"] = {**draft["form"]["representative"], **sections.get("representative", {})}
        saved = journey.ok("PATCH", path, person=person, json=form)
        journey.expect(not saved["errors"], f"mistakes in the form: {saved['errors']}")
        journey.expect(not saved["missing"], f"the form lacks {saved['missing']}")
        for document in saved["missing_documents"]:
            self.upload(person, str(draft["id"]), document)
        return str(draft["id"])

    def upload(self, person: str, application_id: str, document: str) -> None:
        """Upload a scan of one document and wait until it is accepted."""
        order = {"document": document, "media_type": "image/jpeg"}
        path = f"/v1/applications/{application_id}/scans"
        ordered = self.journey.ok("POST", path, person=person, json=order)
        answer = self.journey.store(ordered["upload"], passport_photo())
        self.journey.expect(answer.is_success, f"upload: {answer.status_code} {answer.text[:300]}")
        scan = f"{path}/{ordered['scan']['id']}"

        def look() -> Any:
            found = self.journey.ok("GET", scan, person=person)
            return found if found["state"] != "awaiting_upload" else None

        found = self.journey.wait("the check of the scan", look)
        self.journey.expect(found["state"] == "accepted", f"the scan was refused: {found['message']}")

    def apply(self, person: str, wish: Mapping[str, str], sections: Sections, *, until: str = "ready") -> Any:
        """Walk an application to a state; returns it."""
        application_id = self.draft(person, wish, sections)
        self.journey.sign_and_submit(person, application_id, key=f"demo-{application_id}")
        return self.journey.application(person, application_id, lambda found: found["state"] == until)

    def insured(self, person: str) -> Any:
        """Bring a person to a first policy; returns the policy."""
        self.apply(person, {"kind": "first_policy"}, {"insurer": {"code": INSURER}})
        return self.policies(person)[-1]

    def policies(self, person: str, about: str | None = None) -> list[Any]:
        """The policies of a person, or of somebody whom the person represents."""
        path = f"/v1/represented-persons/{about}/insurance" if about else "/v1/me/insurance"
        return list(self.journey.ok("GET", path, person=person)["policies"])

    def all_documents(self, person: str) -> None:
        """Wait until every document that was ordered is made."""

        def look() -> bool:
            documents = self.journey.ok("GET", "/v1/me/insurance", person=person)["documents"]
            return bool(documents) and all(document["is_ready"] for document in documents)

        self.journey.wait("all documents", look)

    def validity(self, number: str, born_on: str) -> str:
        """What anybody is told of a number: the status and, if not valid, why."""
        question = {"policy_number": number, "born_on": born_on, "consent": True}
        answer = self.journey.ok("POST", "/v1/validity-checks", json=question)
        return str(answer["reason"] or answer["status"])

    def fire(self, schedule: str, day: date, hour: int = 12) -> None:
        """Let a schedule fire as on another day."""
        when = datetime.combine(day, time(hour), tzinfo=UTC)
        answer = httpx.post(f"{self.pump}/fire/{schedule}", json={"time": when.isoformat()}, timeout=30)
        self.journey.expect(answer.is_success, f"schedule: {answer.status_code} {answer.text[:200]}")

    def told(self, person: str, kind: str, times: int = 1) -> None:
        """Wait until the cabinet shows so many messages of a kind."""
        self.journey.wait(f"the message {kind}", partial(self._has_been_told, person, kind, times))

    def _has_been_told(self, person: str, kind: str, times: int) -> bool:
        items = self.journey.ok("GET", "/v1/me/messages?limit=100", person=person)["items"]
        return [item["kind"] for item in items].count(kind) >= times


def passport(serial: int) -> IdentityDocument:
    """A Russian passport of a made-up person."""
    return IdentityDocument(series="00 22", number=f"{700_000 + serial}", issued_on="2021-03-01")


def today() -> date:
    """Today by the clock of Moscow, as the service counts."""
    return (datetime.now(tz=UTC) + timedelta(hours=3)).date()
