"""From when until when an insurer may be chosen, and when it has left: licences and entries of the registry (H3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.insurer import Inclusion, InsuredNotice, Insurer, Licence
from tests.unit.domain.test_fhir import INSURER

FIRST = date(2020, 1, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def insurer(
    *, licences: list[tuple[int, int | None]] = (), inclusions: list[tuple[int, int | None]] = (), **changed: object
) -> Insurer:
    return replace(
        INSURER,
        licences=tuple(
            Licence(number=str(begin), issued_on=day(begin), until=None if end is None else day(end))
            for begin, end in licences
        ),
        inclusions=tuple(
            Inclusion(begins_on=day(begin), ends_on=None if end is None else day(end)) for begin, end in inclusions
        ),
        **changed,
    )


@pytest.mark.parametrize(
    ("licences", "inclusions", "opens", "closes"),
    [
        ([(0, None)], [(5, None)], 5, None),
        ([(7, None)], [(5, None)], 7, None),
        ([(0, 50)], [(5, 40)], 5, 40),
        ([(0, 30)], [(5, 40)], 5, 30),
        ([(0, 30)], [(5, None)], 5, 30),
        ([(0, 10), (10, 20)], [(0, None)], 0, 20),
        ([(0, 10), (5, 8)], [(0, None)], 0, 10),
        ([(0, 10), (11, 20)], [(0, None)], 11, 20),
        ([(11, None), (0, 10)], [(0, None)], 11, None),
        ([(0, 10), (5, None), (50, 60)], [(0, None)], 0, None),
        ([], [(0, None)], None, None),
    ],
)
def test_the_last_time_without_a_gap_counts(
    licences: list[tuple[int, int | None]],
    inclusions: list[tuple[int, int | None]],
    opens: int | None,
    closes: int | None,
) -> None:
    found = insurer(licences=licences, inclusions=inclusions, licence_from=None)
    assert found.open_from == (None if opens is None else day(opens))
    assert found.open_until == (None if closes is None else day(closes))


def test_may_be_chosen_on_each_day_on_which_both_stand() -> None:
    found = insurer(licences=[(0, 10), (20, None)], inclusions=[(5, 25)])
    days = [0, 4, 5, 9, 10, 19, 20, 24, 25]
    assert [found.may_be_chosen_on(day(n)) for n in days] == [False, False, True, True, False, False, True, True, False]
    assert [found.is_licensed_on(day(n)) for n in (9, 10, 20)] == [True, False, True]
    assert [found.is_included_on(day(n)) for n in (4, 5, 24, 25)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("excluded", "licences", "on", "leaves"),
    [
        (None, [(0, None)], 100, None),
        (None, [(0, 50)], 49, None),
        (None, [(0, 50)], 50, 50),
        (60, [(0, None)], 10, 60),
        (60, [(0, 50)], 55, 50),
        (40, [(0, 50)], 55, 40),
        (60, [(0, 50)], 49, 60),
    ],
)
def test_has_left_by_exclusion_or_a_licence_that_is_over(
    excluded: int | None, licences: list[tuple[int, int | None]], on: int, leaves: int | None
) -> None:
    found = insurer(licences=licences, excluded_on=None if excluded is None else day(excluded))
    assert found.leaves_on(on=day(on)) == (None if leaves is None else day(leaves))


def test_a_notice_counts_from_the_day_on_which_it_was_told() -> None:
    notices = tuple(InsuredNotice(year=2020, insured=number, told_on=day(number)) for number in (1, 5))
    found = replace(INSURER, notices=notices)
    told = {n: found.last_notice(day(n)) for n in (0, 1, 4, 5, 9)}
    assert {n: None if notice is None else notice.insured for n, notice in told.items()} == {
        0: None,
        1: 1,
        4: 1,
        5: 5,
        9: 5,
    }
