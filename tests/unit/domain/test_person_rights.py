"""A person's record: who may apply, whom messages reach, and that nothing of it is printed (A1-A4, P2)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.birth_date import parse_birth_date
from chalicelib.domain.person import UNNAMED, Consent, Contact, ContactStop, Death, Merger
from chalicelib.domain.principal import Assurance, IdentityDocumentClaims, PersonClaims, Principal, Role
from chalicelib.domain.sex import Sex
from tests.unit.domain.test_fhir import ANNA

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
DEATH, MERGER = Death(died_on=date(2026, 3, 1), correction_id="c"), Merger(into="q", correction_id="c")
STOPPED = ContactStop(reason="hard_bounce", at=AT)
SECRET = "ТАЙНА"


@pytest.mark.parametrize(("death", "merged"), [(None, None), (DEATH, None), (None, MERGER), (DEATH, MERGER)])
def test_only_a_living_persons_only_record_takes_applications(death: Death | None, merged: Merger | None) -> None:
    assert replace(ANNA, death=death, merged=merged).may_apply is (death is None and merged is None)


@pytest.mark.parametrize("verified_at", [None, AT])
@pytest.mark.parametrize("stopped", [None, STOPPED])
def test_messages_reach_what_is_confirmed_and_not_stopped(
    verified_at: datetime | None, stopped: ContactStop | None
) -> None:
    contact = Contact(value="+79000000001", verified_at=verified_at, stopped=stopped)
    assert contact.takes_messages is (verified_at is not None and stopped is None)


def test_the_last_consent_counts_unless_it_was_revoked() -> None:
    given = Consent(version="1", given_at=AT, channel="cabinet")
    revoked = replace(given, version="2", revoked_at=AT)
    for consents, stands in (((), None), ((given,), given), ((given, revoked), None), ((revoked, given), given)):
        assert replace(ANNA, consents=consents).consent == stands


@pytest.mark.parametrize(
    ("given", "awaits", "shown"), [("Анна", False, "Анна"), ("Анна", True, "Анна"), ("", True, "Б/И"), ("", False, "")]
)
def test_a_child_without_a_name_is_shown_as_one(given: str, awaits: bool, shown: str) -> None:
    person = replace(ANNA, given_name=given, awaits_name=awaits)
    assert (person.shown_given_name, UNNAMED) == (shown, "Б/И")
    assert person.full_name == " ".join(part for part in ("Примерова", shown, "Сергеевна") if part)


def test_proofs_of_identity_are_ordered() -> None:
    ordered = [Assurance.SIMPLIFIED, Assurance.STANDARD, Assurance.CONFIRMED]
    for place, one in enumerate(ordered):
        assert [one.is_at_least(other) for other in ordered] == [place >= number for number in range(3)]


def test_nothing_personal_is_printed() -> None:
    document = IdentityDocumentClaims(type_code="14", series=SECRET, number=SECRET, issuer=SECRET)
    texts = {field.name: SECRET for field in fields(PersonClaims)}
    claims = PersonClaims(
        **{
            **texts,
            "born_on": parse_birth_date(text="1990-05-14"),
            "sex": Sex.FEMALE,
            "address": {"city": SECRET},
            "identity_document": document,
        }
    )
    who = Principal(
        subject=SECRET,
        account_id="a",
        roles=frozenset({Role.CITIZEN}),
        assurance=Assurance.CONFIRMED,
        person=claims,
    )
    for thing in (document, claims, who):
        assert SECRET not in repr(thing)
        assert "1990" not in repr(thing)
        assert "FEMALE" not in repr(thing)
