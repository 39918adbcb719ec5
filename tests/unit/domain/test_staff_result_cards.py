"""A card alone proves all days of a request, or it is looked at closer: never more than it says (requirement K2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.coverage import Stretch
from chalicelib.domain.employee_consent import ConsentState
from chalicelib.domain.policy import InsurerPeriod, Suspension
from chalicelib.domain.staff_result import covered_by_card, is_whose, outcome_by_consent, outcome_of_stretches
from chalicelib.domain.staff_row import Outcome
from chalicelib.domain.validity import ValidityStatus, validity_on
from tests.unit.domain.test_employer_stages import REQUEST
from tests.unit.domain.test_validity import card

FIRST = date(2026, 3, 16)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def period(code: str, begin: int, end: int | None = None) -> InsurerPeriod:
    return InsurerPeriod(insurer_code=code, insured_from=day(begin), insured_until=None if end is None else day(end))


def rest(begin: int, end: int | None = None) -> Suspension:
    return Suspension(reason="r", from_on=day(begin), until_on=None if end is None else day(end), has_begun=True)


def asked(begin: int, end: int) -> object:
    return replace(REQUEST, from_on=day(begin), until_on=day(end))


CARDS = {
    "whole": card(valid_until=None),
    "with a term": card(valid_until=day(20)),
    "that begins late": replace(card(valid_until=None), valid_from=day(5)),
    "ended": card(state="annulled", valid_until=None, ended_on=day(12)),
    "of two insurers": card(valid_until=None, periods=(period("77012", 0, 10), period("77004", 10))),
    "whose insurer begins late": card(valid_until=None, periods=(period("77012", 4),)),
    "whose insurer ends": card(valid_until=None, periods=(period("77012", 0, 15),)),
    "without an insurer": card(valid_until=None, periods=()),
    "that rested": card(valid_until=None, suspensions=(rest(6, 9),)),
    "that rests": card(state="suspended", valid_until=None, suspensions=(rest(18),)),
}


@pytest.mark.parametrize("name", CARDS)
@given(begin=st.integers(-3, 25), length=st.integers(1, 12))
def test_a_stretch_is_told_only_where_every_day_says_the_same(name: str, begin: int, length: int) -> None:
    found = covered_by_card(CARDS[name], asked(begin, begin + length))  # type: ignore[arg-type]
    days = [validity_on(card=CARDS[name], on=day(begin + number)) for number in range(length)]
    same = {one.insurer_code for one in days}
    if found is not None:
        assert (found.from_on, found.until_on) == (day(begin), day(begin + length))
        assert all(one.status is ValidityStatus.VALID for one in days)
        assert same == {found.insurer_code}


@pytest.mark.parametrize(
    ("name", "begin", "end", "insurer"),
    [
        ("whole", 0, 30, "77012"),
        ("with a term", 10, 20, "77012"),
        ("with a term", 10, 21, None),
        ("that begins late", 5, 9, "77012"),
        ("that begins late", 4, 9, None),
        ("ended", 2, 12, "77012"),
        ("ended", 2, 13, None),
        ("of two insurers", 0, 10, "77012"),
        ("of two insurers", 9, 11, None),
        ("of two insurers", 10, 30, "77004"),
        ("whose insurer begins late", 4, 5, "77012"),
        ("whose insurer begins late", 3, 5, None),
        ("whose insurer ends", 14, 15, "77012"),
        ("whose insurer ends", 14, 16, None),
        ("without an insurer", 0, 1, None),
        ("that rested", 0, 6, "77012"),
        ("that rested", 0, 7, None),
        ("that rested", 9, 20, "77012"),
        ("that rested", 7, 8, None),
        ("that rests", 0, 18, "77012"),
        ("that rests", 18, 19, None),
    ],
)
def test_what_begins_or_ends_at_the_edge_hides_nothing(name: str, begin: int, end: int, insurer: str | None) -> None:
    found = covered_by_card(CARDS[name], asked(begin, end))  # type: ignore[arg-type]
    assert (found.insurer_code if found else None) == insurer


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (None, Outcome.WAITING),
        (ConsentState.ASKED, Outcome.WAITING),
        (ConsentState.GIVEN, None),
        (ConsentState.REFUSED, Outcome.CONSENT_REFUSED),
        (ConsentState.REVOKED, Outcome.CONSENT_REFUSED),
    ],
)
def test_nothing_is_told_before_the_consent(state: ConsentState | None, outcome: Outcome | None) -> None:
    assert outcome_by_consent(state) is outcome


@pytest.mark.parametrize(
    ("insurers", "outcome"),
    [
        (("77012",), Outcome.CONFIRMED),
        (("77012", "77004"), Outcome.CONFIRMED),
        (("77012", ""), Outcome.WITH_GAPS),
        (("",), Outcome.NOT_INSURED),
    ],
)
def test_all_days_some_or_none(insurers: tuple[str, ...], outcome: Outcome) -> None:
    stretches = [Stretch(from_on=day(n), until_on=day(n + 1), insurer_code=code) for n, code in enumerate(insurers)]
    assert outcome_of_stretches(stretches) is outcome


def test_a_card_is_of_whom_every_factor_names() -> None:
    known = replace(card(), factors={"born_on": "1", "family_name": "2"})
    assert is_whose(known, {"born_on": "1", "family_name": "2"})
    assert not is_whose(known, {"born_on": "1", "family_name": "x"})
    assert not is_whose(known, {"born_on": "x", "family_name": "2"})
