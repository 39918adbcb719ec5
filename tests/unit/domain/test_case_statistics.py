from __future__ import annotations

import statistics
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.case_statistics import CaseStatistics, distribution, spread_of, statistics_of
from chalicelib.domain.case_summary import CaseSummary, Decided
from chalicelib.domain.operator_case import WaitReason

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)

CASE = CaseSummary(
    application_id="a",
    number="1",
    kind=ApplicationKind.FIRST_POLICY,
    category=ApplicantCategory.CITIZEN_14_PLUS,
    state=ApplicationState.IN_PROCESSING,
    insurer_code="77012",
    region="77",
    submitted_at=NOW,
    submitted_on=NOW.date(),
    due_on=date(2026, 4, 27),
    is_overdue=False,
    needs_operator=False,
    waits=None,
    waits_since=None,
    lease=None,
    parties=(),
    decided=None,
    refusals=(),
)

CASES = st.builds(
    CaseSummary,
    application_id=st.uuids().map(str),
    number=st.just("1"),
    kind=st.sampled_from(ApplicationKind),
    category=st.sampled_from(ApplicantCategory),
    state=st.sampled_from(ApplicationState),
    insurer_code=st.sampled_from(["77012", "77004"]),
    region=st.sampled_from(["77", "50"]),
    submitted_at=st.just(NOW),
    submitted_on=st.just(NOW.date()),
    due_on=st.just(date(2026, 4, 27)),
    is_overdue=st.booleans(),
    needs_operator=st.booleans(),
    waits=st.none() | st.sampled_from(WaitReason),
    waits_since=st.none(),
    lease=st.none(),
    parties=st.just(()),
    decided=st.none() | st.builds(Decided, at=st.just(NOW), seconds=st.integers(0, 10**7)),
    refusals=st.lists(st.sampled_from(["x", "y", "z"]), unique=True).map(tuple),
)


@given(st.lists(CASES, unique_by=lambda case: case.application_id))
def test_every_case_is_counted_once_in_every_breakdown(cases):
    figures = statistics_of(cases)

    assert figures.filed == len(cases)
    for counts in (figures.by_state, figures.by_kind, figures.by_category, figures.by_region, figures.by_insurer):
        assert sum(counts.values()) == len(cases)
        assert all(counts.values())
    assert sum(sum(states.values()) for states in figures.by_day.values()) == len(cases)
    assert sum(figures.decided_within.values()) == figures.decided
    assert figures.refused == figures.by_state.get("refused", 0)
    assert sum(figures.waiting_by_reason.values()) <= figures.waiting
    assert all(count <= figures.refused for count in figures.refusals_by_reason.values())


@pytest.mark.parametrize(
    ("seconds", "name"),
    [
        (0, "hour"),
        (3600, "hour"),
        (3601, "day"),
        (86_400, "day"),
        (86_401, "three_days"),
        (259_201, "week"),
        (604_801, "month"),
        (2_592_000, "month"),
        (2_592_001, "longer"),
    ],
)
def test_a_decision_is_counted_under_the_first_limit_that_it_kept(seconds, name):
    assert distribution([seconds]) == {name: 1}


def test_limits_stand_in_their_order_and_days_in_theirs():
    assert list(distribution([10**7, 90_000, 1])) == ["hour", "three_days", "longer"]
    later = replace(CASE, application_id="2", submitted_on=CASE.submitted_on + timedelta(days=1))
    assert list(statistics_of([later, CASE]).by_day) == ["2026-03-16", "2026-03-17"]


def test_of_nothing_there_are_noughts():
    assert statistics_of([]) == CaseStatistics()


def test_a_case_that_moved_while_it_was_read_counts_as_it_was_told_last():
    figures = statistics_of([CASE, replace(CASE, state=ApplicationState.READY)])

    assert (figures.filed, figures.by_state) == (1, {"ready": 1})


def test_reasons_of_a_refusal_that_was_taken_back_do_not_count():
    assert statistics_of([replace(CASE, refusals=("x",))]).refusals_by_reason == {}


@given(st.lists(st.integers(0, 10**7), min_size=2))
def test_quantiles_are_those_of_the_textbook(seconds):
    spread = spread_of(seconds)

    assert spread.count == len(seconds)
    assert spread.median == pytest.approx(statistics.median(seconds))
    assert spread.p90 == pytest.approx(statistics.quantiles(seconds, n=10, method="inclusive")[8])


def test_one_decision_is_its_own_median():
    assert (spread_of([7]).median, spread_of([7]).p90) == (7, 7)
    assert spread_of([]) is None
