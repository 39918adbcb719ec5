"""The values that are too small for a file of their own."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.checks import CheckStatus
from chalicelib.domain.documents import HolderView
from chalicelib.domain.errors import FieldError, InvalidValue, NotPermitted, RuleRefused, ValidationFailed
from chalicelib.domain.insurer import Insurer
from chalicelib.domain.person import Consent, Person
from chalicelib.domain.principal import Assurance, PersonClaims, Principal, Role
from chalicelib.domain.records import OUTBOX_SHARDS, OutboxEntry, Queue
from chalicelib.domain.scan_verdict import MESSAGES, accepted, refused

AT = datetime(2026, 3, 16, tzinfo=UTC)


def insurer(**more):
    known = dict.fromkeys(
        ("region", "name", "full_name", "inn", "ogrn", "kpp", "address", "email", "site", "head", "licence_number"), ""
    )
    dates = {"licence_from": date(2020, 1, 1), "included_on": date(2020, 2, 1)}
    return Insurer(code="77012", phones=(), **{**known, **dates, **more})


@pytest.mark.parametrize(
    ("known", "day", "may"),
    [
        (insurer(), date(2020, 1, 31), False),
        (insurer(), date(2020, 2, 1), True),
        (insurer(licence_from=date(2021, 1, 1)), date(2020, 12, 31), False),
        (insurer(licence_until=date(2025, 1, 1)), date(2024, 12, 31), True),
        (insurer(licence_until=date(2025, 1, 1)), date(2025, 1, 1), False),
        (insurer(excluded_on=date(2025, 1, 1)), date(2024, 12, 31), True),
        (insurer(excluded_on=date(2025, 1, 1)), date(2025, 1, 1), False),
    ],
)
def test_an_insurer_may_be_chosen_while_licensed_and_included(known, day, may):
    assert known.may_be_chosen_on(day) is may


def person(*consents, middle_name="Ивановна"):
    return Person(
        person_id="p",
        account_id="a",
        family_name="Примерова",
        given_name="Анна",
        middle_name=middle_name,
        born_on="1990-05-15",
        sex="female",
        snils="",
        consents=consents,
    )


def test_the_last_consent_counts_until_it_is_revoked():
    given = Consent(version="1", given_at=AT, channel="web")
    revoked = Consent(version="1", given_at=AT, channel="web", revoked_at=AT)

    assert person().consent is None
    assert person(revoked, given).consent is given
    assert person(given, revoked).consent is None


def test_a_name_without_patronymic_has_no_gap():
    assert person().full_name == "Примерова Анна Ивановна"
    assert person(middle_name="").full_name == "Примерова Анна"

    assert HolderView(family_name="А", given_name="Б", sex="male", born_on=date(1990, 5, 15)).full_name == "А Б"


def test_proofs_of_identity_have_an_order():
    assert Assurance.CONFIRMED.is_at_least(Assurance.STANDARD)
    assert Assurance.STANDARD.is_at_least(Assurance.STANDARD)
    assert not Assurance.SIMPLIFIED.is_at_least(Assurance.STANDARD)


def test_a_principal_tells_its_roles_and_hides_who_it_is():
    claims = PersonClaims(family_name="Примерова", snils="112-233-445 95")
    principal = Principal(
        subject="oid-1",
        account_id="a",
        roles=frozenset({Role.CITIZEN}),
        assurance=Assurance.CONFIRMED,
        person=claims,
    )

    assert principal.has_role(Role.AUDITOR, Role.CITIZEN)
    assert not principal.has_role(Role.AUDITOR)
    assert not {"Примерова", "112-233-445 95", "oid-1"} & set(repr(principal).replace("'", " ").split())


@pytest.mark.parametrize("status", CheckStatus)
def test_an_answer_is_final_unless_it_is_still_awaited(status):
    assert status.is_final is (status not in {CheckStatus.PENDING, CheckStatus.UNAVAILABLE})


def test_messages_spread_over_the_shards_of_the_outbox():
    entries = [OutboxEntry(entry_id=f"{n:026d}", queue=Queue.VERIFICATION, body={}, created_at=AT) for n in range(100)]

    assert {entry.shard for entry in entries} == set(range(OUTBOX_SHARDS))


@pytest.mark.parametrize("code", sorted(set(MESSAGES) - {"accepted"}))
def test_a_refused_scan_says_how_to_mend_it(code):
    verdict = refused(code=code, page=2)

    assert verdict.accepted is False
    assert verdict.message.startswith("Страница 2: ")
    assert refused(code=code).message == MESSAGES[code]


def test_a_recognised_format_is_named():
    assert refused(code="unsupported_format", name="GIF").message.startswith("Недопустимый формат GIF")


def test_an_accepted_scan_tells_what_it_is():
    verdict = accepted(media_type="image/png", pages=1, width=10, height=20)

    assert (verdict.accepted, verdict.code, verdict.pages, verdict.width, verdict.height) == (
        True,
        "accepted",
        1,
        10,
        20,
    )


def test_refusals_carry_what_the_edge_shows():
    error = FieldError(field="f", code="c", message="m")

    assert ValidationFailed([error]).errors == (error,)
    assert ValidationFailed([error]).detail == "Исправьте отмеченные поля"
    assert InvalidValue("reason", "detail").reason == "reason"
    assert isinstance(InvalidValue("reason", "detail"), ValueError)
    refusal = RuleRefused("reason", "detail", rule="ст. 16", possible_on=date(2027, 1, 1))
    assert (refusal.reason, refusal.rule, refusal.possible_on) == ("reason", "ст. 16", date(2027, 1, 1))
    assert NotPermitted("detail").code == "not_permitted"
