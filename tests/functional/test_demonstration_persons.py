"""The demonstration persons pass the service's own rules, so that a demonstration never stumbles."""

from __future__ import annotations

from datetime import date

import phonenumbers
import pytest

from chalicelib.domain.birth_date import earliest_day
from chalicelib.domain.identity_documents import IdentityDocument, check_document
from chalicelib.domain.inn import parse_person_inn
from chalicelib.domain.policy_number import parse_policy_number
from chalicelib.domain.snils import parse_snils
from infra.local.persons import PERSONS


@pytest.mark.parametrize("person", PERSONS, ids=lambda person: person.key)
def test_a_person_has_formally_valid_numbers_and_document(person):
    document = person.document
    mistakes = check_document(
        document=IdentityDocument(
            type=document.type,
            series=document.series,
            number=document.number,
            issued_on=date.fromisoformat(document.issued_on),
            issuer=document.issuer,
            issuer_code=document.issuer_code,
            expires_on=date.fromisoformat(document.expires_on) if document.expires_on else None,
        ),
        on=date(2026, 6, 1),
        born_on=earliest_day(text=person.born_on),
    )
    assert mistakes == ()
    assert parse_snils(text=person.snils)
    assert parse_person_inn(text=person.inn) == person.inn
    assert phonenumbers.is_valid_number(phonenumbers.parse(person.phone))
    if person.insured is not None:
        assert parse_policy_number(text=person.insured.enp)


def test_no_two_persons_share_a_key_or_a_number():
    for name in ("key", "subject", "snils", "inn", "phone"):
        assert len({getattr(person, name) for person in PERSONS}) == len(PERSONS)
