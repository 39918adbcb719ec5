"""Corrections of a policy at their bounds: the last day that is taken, the first that is refused (F6, F7, I2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.policy import STANDING, InsurerPeriod, PolicyState
from chalicelib.domain.policy_corrections import (
    ANNULMENT_TITLES,
    Annulment,
    annulled,
    boundary_moved,
    ended_by_death,
    insurer_from,
    rest_dated,
    resting_again,
    revived,
    term_set,
    without_last_rest,
)
from tests.unit.domain.test_policy_corrections import FIRST, TODAY, policy, rest

DAY = timedelta(days=1)
TWO = (
    InsurerPeriod(insurer_code="77012", insured_from=FIRST, insured_until=FIRST + 50 * DAY),
    InsurerPeriod(insurer_code="77004", insured_from=FIRST + 50 * DAY),
)


def why(act, **options):
    """The code of a refusal; None where nothing is refused."""
    try:
        act(**options)
    except RuleRefused as refusal:
        return refusal.reason
    return None


class TestInsurer:
    def test_on_a_day_without_an_insurer_nobody_is_named(self):
        known = policy(periods=TWO[1:])
        assert why(insurer_from, policy=known, insurer_code="77015", from_on=FIRST) == "no_period"
        assert why(insurer_from, policy=policy(), insurer_code="77012", from_on=FIRST) == "nothing_to_correct"

    def test_from_the_first_day_of_a_period_nothing_of_it_is_left(self):
        found = insurer_from(policy=policy(periods=TWO), insurer_code="77015", from_on=TWO[1].insured_from)
        assert [(p.insurer_code, p.insured_from, p.insured_until, p.basis) for p in found.periods] == [
            ("77012", FIRST, FIRST + 50 * DAY, "first_choice"),
            ("77015", FIRST + 50 * DAY, None, "correction"),
        ]

    def test_from_the_next_day_one_day_of_it_is_left(self):
        found = insurer_from(policy=policy(periods=TWO), insurer_code="77015", from_on=FIRST + DAY)
        assert [(p.insurer_code, p.insured_from, p.insured_until) for p in found.periods] == [
            ("77012", FIRST, FIRST + DAY),
            ("77015", FIRST + DAY, FIRST + 50 * DAY),
            ("77004", FIRST + 50 * DAY, None),
        ]


class TestBoundary:
    def moved(self, new, *, on=TODAY, from_on=None, **changed):
        known = policy(periods=TWO, **changed)
        options = {"policy": known, "from_on": from_on or TWO[1].insured_from, "new_from_on": new, "on": on}
        return why(boundary_moved, **options)

    @pytest.mark.parametrize(
        ("new", "reason"),
        [
            (FIRST, "boundary_out_of_order"),
            (FIRST + DAY, None),
            (FIRST + 50 * DAY, "nothing_to_correct"),
            (TODAY, None),
            (TODAY + DAY, "boundary_out_of_order"),
        ],
    )
    def test_lies_behind_the_one_before_and_not_in_the_future(self, new, reason):
        assert self.moved(new) == reason

    def test_lies_within_the_term(self):
        term = FIRST + 60 * DAY
        assert self.moved(term - DAY, valid_until=term) is None
        assert self.moved(term, valid_until=term) == "boundary_out_of_order"

    def test_that_is_to_come_is_not_moved_and_todays_is(self):
        assert self.moved(FIRST + DAY, on=FIRST + 49 * DAY) == "no_boundary"
        assert self.moved(FIRST + DAY, on=FIRST + 50 * DAY) is None
        assert self.moved(FIRST + DAY, from_on=FIRST + 3 * DAY) == "no_boundary"

    def test_of_the_first_period_moves_the_policy_with_it(self):
        found = boundary_moved(policy=policy(periods=TWO), from_on=FIRST, new_from_on=FIRST - 9 * DAY, on=TODAY)
        assert (found.valid_from, found.periods[0].insured_from) == (FIRST - 9 * DAY, FIRST - 9 * DAY)
        later = boundary_moved(
            policy=policy(periods=TWO), from_on=TWO[1].insured_from, new_from_on=FIRST + DAY, on=TODAY
        )
        assert (later.valid_from, later.periods[0].insured_until) == (FIRST, FIRST + DAY)


class TestTerm:
    @pytest.mark.parametrize(
        ("until", "reason"),
        [(TODAY, "term_is_over"), (TODAY + DAY, None), (None, "nothing_to_correct"), (FIRST, "term_is_over")],
    )
    def test_ends_ahead(self, until, reason):
        assert why(term_set, policy=policy(), valid_until=until, on=TODAY) == reason

    def test_of_a_policy_that_is_to_come_ends_after_its_begin(self):
        coming = policy(valid_from=TODAY + 9 * DAY)
        assert why(term_set, policy=coming, valid_until=TODAY + 9 * DAY, on=TODAY) == "term_is_over"
        assert why(term_set, policy=coming, valid_until=TODAY + 10 * DAY, on=TODAY) is None


class TestEnds:
    @pytest.mark.parametrize("state", PolicyState)
    def test_only_what_stands_is_annulled_and_only_what_ended_revived(self, state):
        known = policy(state=state)
        stands = state in STANDING
        assert why(annulled, policy=known, from_on=FIRST, reason="x") == (None if stands else "policy_ended")
        assert why(revived, policy=known, on=TODAY) == ("policy_stands" if stands else None)

    def test_annulled_from_its_first_day_and_not_before(self):
        assert why(annulled, policy=policy(), from_on=FIRST - DAY, reason="x") == "before_policy"
        assert annulled(policy=policy(), from_on=FIRST, reason="x").ended_on == FIRST
        assert set(ANNULMENT_TITLES) == set(Annulment)

    @pytest.mark.parametrize(
        ("until", "reason"), [(None, None), (TODAY + DAY, None), (TODAY, "term_is_over"), (FIRST, "term_is_over")]
    )
    def test_revived_while_its_term_runs(self, until, reason):
        over = policy(state=PolicyState.ANNULLED, ended_on=FIRST, valid_until=until, successor_id="q", end_reason="x")
        assert why(revived, policy=over, on=TODAY) == reason
        if reason is None:
            again = revived(policy=over, on=TODAY)
            assert (again.state, again.ended_on, again.end_reason, again.successor_id) == (
                PolicyState.ACTIVE,
                None,
                "",
                None,
            )

    @pytest.mark.parametrize(
        ("ended_on", "cut"),
        [
            (TODAY - DAY, TODAY - DAY),
            (TODAY, TODAY),
            (TODAY + DAY, TODAY + DAY),
            (TODAY + 2 * DAY, TODAY + DAY),
            (None, None),
        ],
    )
    def test_death_cuts_what_ended_later_than_its_day(self, ended_on, cut):
        ended = policy(state=PolicyState.EXPIRED, ended_on=ended_on)
        assert ended_by_death(policy=ended, died_on=TODAY).ended_on == cut
        assert ended_by_death(policy=policy(), died_on=TODAY).ended_on == TODAY + DAY


class TestRests:
    EARLIER, LAST = rest(FIRST, FIRST + 5 * DAY), rest(FIRST + 20 * DAY, FIRST + 30 * DAY)

    def known(self, *rests, state=PolicyState.ACTIVE):
        return policy(suspensions=rests or (self.EARLIER, self.LAST), state=state)

    def test_only_the_last_one_is_corrected_and_the_others_stay(self):
        dated = rest_dated(policy=self.known(), from_on=FIRST + 21 * DAY, until_on=FIRST + 29 * DAY, on=TODAY)
        assert dated.suspensions == (
            self.EARLIER,
            replace(self.LAST, from_on=FIRST + 21 * DAY, until_on=FIRST + 29 * DAY),
        )
        assert without_last_rest(policy=self.known(), on=TODAY).suspensions == (self.EARLIER,)
        again = resting_again(policy=self.known(), until_on=TODAY + DAY, on=TODAY)
        assert again.suspensions == (self.EARLIER, replace(self.LAST, until_on=TODAY + DAY))
        assert again.state is PolicyState.SUSPENDED

    @pytest.mark.parametrize(
        ("length", "reason"),
        [(0, "rest_out_of_order"), (1, None), (10, "nothing_to_correct"), (-1, "rest_out_of_order")],
    )
    def test_one_ends_after_it_begins(self, length, reason):
        options = {"from_on": self.LAST.from_on, "until_on": self.LAST.from_on + length * DAY, "on": TODAY}
        assert why(rest_dated, policy=self.known(), **options) == reason
        assert why(rest_dated, policy=self.known(), from_on=FIRST, until_on=None, on=TODAY) is None

    @pytest.mark.parametrize(("from_on", "begun"), [(TODAY, True), (TODAY + DAY, False)])
    def test_one_that_begins_today_has_begun(self, from_on, begun):
        dated = rest_dated(policy=self.known(self.LAST), from_on=from_on, until_on=None, on=TODAY)
        assert dated.suspensions[-1].has_begun is begun
        assert dated.state is (PolicyState.SUSPENDED if begun else PolicyState.ACTIVE)

    @pytest.mark.parametrize(("until", "reason"), [(TODAY, "rest_out_of_order"), (TODAY + DAY, None), (None, None)])
    def test_a_resumption_is_taken_back_for_days_ahead(self, until, reason):
        assert why(resting_again, policy=self.known(), until_on=until, on=TODAY) == reason

    def test_where_nothing_was_resumed_nothing_is_taken_back(self):
        rests = self.known(rest(FIRST), state=PolicyState.SUSPENDED)
        planned = self.known(rest(TODAY + DAY, has_begun=False))
        for known in (rests, planned):
            assert why(resting_again, policy=known, until_on=None, on=TODAY) == "policy_not_resumed"

    def test_a_rest_that_was_only_planned_does_not_rest(self):
        planned = self.known(rest(FIRST, None, has_begun=False), self.LAST)
        assert without_last_rest(policy=planned, on=TODAY).state is PolicyState.ACTIVE

    @pytest.mark.parametrize(
        ("known", "reason"),
        [
            (policy(), "never_suspended"),
            (policy(state=PolicyState.EXPIRED, suspensions=(rest(FIRST),)), "policy_ended"),
        ],
    )
    def test_there_has_to_be_one(self, known, reason):
        assert why(without_last_rest, policy=known, on=TODAY) == reason
        assert why(rest_dated, policy=known, from_on=FIRST, until_on=None, on=TODAY) == reason
        assert why(resting_again, policy=known, until_on=None, on=date.max) == reason
