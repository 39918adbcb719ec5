from __future__ import annotations

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState, Suspension
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate
from chalicelib.domain.validity import (
    NOT_FOUND,
    CardKind,
    ValidityCard,
    ValidityStatus,
    certificate_card,
    policy_card,
    validity_on,
)

FIRST, UNTIL = date(2026, 3, 16), date(2026, 4, 15)


def card(state="active", valid_until=UNTIL, periods=None, **more):
    return ValidityCard(
        kind=CardKind.POLICY,
        person_id="p",
        reference="r",
        state=state,
        valid_from=FIRST,
        valid_until=valid_until,
        periods=(InsurerPeriod(insurer_code="77012", insured_from=FIRST),) if periods is None else periods,
        factors={},
        **more,
    )


@pytest.mark.parametrize(
    ("known", "day", "reason"),
    [
        (card(), FIRST, ""),
        (card(), UNTIL - timedelta(days=1), ""),
        (card(), UNTIL, "expired"),
        (card(), FIRST - timedelta(days=1), "not_yet"),
        (card(valid_until=None), date(2099, 1, 1), ""),
        (card(state="revoked"), FIRST, "revoked"),
        (card(state="suspended", suspensions=(Suspension(reason="r", from_on=FIRST),)), FIRST, "suspended"),
        (card(state="annulled", ended_on=UNTIL - timedelta(days=3)), UNTIL - timedelta(days=4), ""),
        (card(state="annulled", ended_on=UNTIL - timedelta(days=3)), UNTIL - timedelta(days=3), "annulled"),
        (card(periods=()), FIRST, "no_insurer"),
    ],
)
def test_says_whether_and_why_not(known, day, reason):
    told = validity_on(card=known, on=day)

    assert told.reason == reason
    assert told.status is (ValidityStatus.NOT_VALID if reason else ValidityStatus.VALID)
    assert told.kind is CardKind.POLICY


def test_names_the_insurer_of_the_day():
    periods = (
        InsurerPeriod(insurer_code="77012", insured_from=FIRST, insured_until=date(2026, 4, 1)),
        InsurerPeriod(insurer_code="77004", insured_from=date(2026, 4, 1)),
    )

    assert validity_on(card=card(periods=periods), on=date(2026, 3, 31)).insurer_code == "77012"
    assert validity_on(card=card(periods=periods), on=date(2026, 4, 1)).insurer_code == "77004"
    assert validity_on(card=card(periods=()), on=FIRST).insurer_code is None


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.sampled_from(PolicyState))
def test_the_card_of_a_policy_agrees_with_it(day, state):
    policy = Policy(
        policy_id="r",
        person_id="p",
        policy_number="1",
        state=state,
        issued_on=FIRST,
        issued_at=datetime(2026, 3, 16, tzinfo=UTC),
        valid_from=FIRST,
        valid_until=date(2026, 9, 1),
        periods=(InsurerPeriod(insurer_code="77012", insured_from=FIRST, insured_until=date(2026, 8, 1)),),
        status_index=1,
    )
    told = validity_on(card=policy_card(policy=policy, factors={"born_on": "hash"}), on=day)

    assert (told.status is ValidityStatus.VALID) == policy.is_valid_on(day)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_the_card_of_a_certificate_agrees_with_it(day):
    certificate = TemporaryCertificate(
        number="1",
        person_id="p",
        application_id="a",
        account_id="c",
        insurer_code="77012",
        region="77",
        issued_on=FIRST,
        valid_until=UNTIL,
        utc_offset_hours=3,
        state=CertificateState.ACTIVE,
        status_index=1,
    )
    period = InsurerPeriod(insurer_code="77012", insured_from=FIRST, insured_until=UNTIL)
    told = validity_on(card=certificate_card(certificate=certificate, period=period, factors={}), on=day)

    assert told.kind is CardKind.TEMPORARY_CERTIFICATE
    assert (told.status is ValidityStatus.VALID) == certificate.is_valid_on(day)


def test_what_is_not_found_tells_nothing_else():
    told = {field.name: getattr(NOT_FOUND, field.name) for field in fields(NOT_FOUND)}

    assert told.pop("status") is ValidityStatus.NOT_FOUND
    assert told.pop("reason") == "not_found"
    assert set(told.values()) == {None}
