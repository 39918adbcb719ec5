from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from chalicelib.domain.application import (
    ApplicantCategory,
    Application,
    ApplicationKind,
    CheckRecord,
    Clarification,
    Moment,
    Refusal,
    advance,
)
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.audit import SYSTEM, Actor
from chalicelib.domain.case_steps import (
    check_anew,
    give_back,
    go_on_with_the_clock,
    holder_at,
    leave_to_operator,
    may_be_worked_on,
    needs_attention,
    off_the_queue,
    renewed,
    require_lease,
    take,
    wait_reason,
    waits_since,
)
from chalicelib.domain.case_summary import ScopeKind, scopes_of, summary_of
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.operator_case import LEASE_FOR, REASON_TEXTS, CaseTaken, Lease, WaitReason
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
S = ApplicationState
ANNA, BORIS = "A" * 26, "B" * 26


def application(**more):
    known = {
        "application_id": "a",
        "person_id": "p",
        "account_id": "c",
        "kind": ApplicationKind.FIRST_POLICY,
        "category": ApplicantCategory.CITIZEN_14_PLUS,
        "state": S.IN_PROCESSING,
        "created_at": NOW,
        "updated_at": NOW,
        "submitted_at": NOW,
        "due_on": date(2026, 4, 27),
        "number": "2026-00000001-1",
        "form": {"registration_address": {"region": "38"}, "insurer": {"code": "38001"}},
        "history": (Moment(state=S.DRAFT, at=NOW, actor=Actor(kind="person", actor_id="c")),),
    }
    return Application(**{**known, **more})


def left(**more):
    return leave_to_operator(application(**more), reason=WaitReason.REGISTER_ANSWER_UNCLEAR, at=NOW, detail="snils")


class TestWaiting:
    def test_a_case_left_to_an_operator_waits_with_its_reason(self):
        case = left()

        assert (case.needs_operator, may_be_worked_on(case), needs_attention(case)) == (True, True, True)
        assert (wait_reason(case), case.attention.detail) == (WaitReason.REGISTER_ANSWER_UNCLEAR, "snils")
        assert waits_since(case) == NOW

    def test_a_case_that_somebody_left_without_a_reason_waits_too(self):
        case = application(needs_operator=True)

        assert (wait_reason(case), waits_since(case)) == (WaitReason.UNSPECIFIED, NOW)

    def test_a_late_case_waits_since_the_end_of_its_due_day_there(self):
        case = application(is_overdue=True)

        assert (wait_reason(case), may_be_worked_on(case)) == (WaitReason.OVERDUE, True)
        assert waits_since(case) == datetime(2026, 4, 27, 16, tzinfo=UTC)

    def test_a_late_case_that_is_decided_is_shown_and_left_alone(self):
        case = application(is_overdue=True, state=S.APPROVED)

        assert (needs_attention(case), may_be_worked_on(case)) == (True, False)
        assert needs_attention(replace(case, policy_id="p")) is False

    def test_nothing_is_left_of_it_off_the_queue(self):
        case = off_the_queue(take(left(), operator_id=ANNA, at=NOW))

        assert (case.needs_operator, case.attention, case.lease, case.returns_to_operator) == (False, None, None, False)
        assert off_the_queue(left(), returns=True).returns_to_operator is True

    @pytest.mark.parametrize("reason", WaitReason)
    def test_every_reason_says_what_can_be_done(self, reason):
        assert REASON_TEXTS[reason].title[0].isupper()
        assert REASON_TEXTS[reason].advice[0].isupper()


class LifeOfALease(RuleBasedStateMachine):
    """However operators act, at most one holds the case, and never longer than half an hour after the last work."""

    def __init__(self):
        super().__init__()
        self.case, self.at = left(), NOW
        self.holder, self.until = None, NOW

    def _expected(self):
        return self.holder if self.at < self.until else None

    @rule(minutes=st.integers(0, 40))
    def time_passes(self, minutes):
        self.at += timedelta(minutes=minutes)

    @rule(operator=st.sampled_from([ANNA, BORIS]))
    def is_taken(self, operator):
        if self._expected() in {None, operator}:
            self.case = take(self.case, operator_id=operator, at=self.at)
            self.holder, self.until = operator, self.at + LEASE_FOR
        else:
            with pytest.raises(CaseTaken) as refusal:
                take(self.case, operator_id=operator, at=self.at)
            assert refusal.value.free_at == self.until
            assert self.holder not in refusal.value.detail

    @rule(operator=st.sampled_from([ANNA, BORIS]))
    def is_looked_at(self, operator):
        self.case = renewed(self.case, operator_id=operator, at=self.at)
        if self._expected() == operator:
            self.until = self.at + LEASE_FOR

    @rule(operator=st.sampled_from([ANNA, BORIS]))
    def is_given_back(self, operator):
        if self._expected() in {None, operator}:
            self.case = give_back(self.case, operator_id=operator, at=self.at)
            self.holder = None
        else:
            with pytest.raises(CaseTaken):
                give_back(self.case, operator_id=operator, at=self.at)

    @rule(operator=st.sampled_from([ANNA, BORIS]))
    def is_worked_on(self, operator):
        if self._expected() == operator:
            require_lease(self.case, operator_id=operator, at=self.at)
        else:
            with pytest.raises(StateConflict):
                require_lease(self.case, operator_id=operator, at=self.at)

    @invariant()
    def is_held_by_who_took_it_last_or_by_nobody(self):
        held = holder_at(self.case, at=self.at)
        assert (held.operator_id if held else None) == self._expected()


TestLifeOfALease = LifeOfALease.TestCase


class TestTaking:
    @pytest.mark.parametrize("state", [S.IN_PROCESSING, S.APPROVED, S.CLARIFICATION_REQUIRED])
    def test_what_needs_nobody_is_not_taken(self, state):
        for act in (take, require_lease):
            with pytest.raises(StateConflict, match="не ждёт"):
                act(application(state=state), operator_id=ANNA, at=NOW)

    def test_says_when_it_is_free_by_the_clock_of_the_region(self):
        case = take(left(), operator_id=ANNA, at=NOW)

        with pytest.raises(CaseTaken, match="17:30"):  # Irkutsk
            take(case, operator_id=BORIS, at=NOW)


class TestClock:
    @given(
        due=st.dates(date(2025, 1, 1), date(2027, 12, 1)),
        asked=st.dates(date(2025, 1, 1), date(2027, 12, 1)),
        waited=st.integers(0, 10),
    )
    def test_leaves_as_many_working_days_after_the_answer_as_there_were_at_the_question(self, due, asked, waited):
        due = RUSSIAN_CALENDAR.add_working_days(start=due, days=1)
        answered = asked + timedelta(days=waited)
        going = go_on_with_the_clock(self.asked(due, asked), on=answered)

        left_then = RUSSIAN_CALENDAR.working_days_between(start=asked, end=due)
        left_now = RUSSIAN_CALENDAR.working_days_between(start=answered, end=going.due_on)
        if due >= asked:
            assert left_now == left_then
        assert going.due_on >= due
        assert going.history[-1].due_on == going.due_on
        assert going.history[-1].paused_days == RUSSIAN_CALENDAR.working_days_between(start=asked, end=answered)
        assert going.clarification is None

    @pytest.mark.parametrize(("due", "late"), [(date(2026, 4, 27), True), (date(2026, 4, 29), False)])
    def test_what_was_late_is_late_only_if_it_still_is(self, due, late):
        case = replace(self.asked(due, date(2026, 4, 28)), is_overdue=True)

        assert go_on_with_the_clock(case, on=date(2026, 4, 29)).is_overdue is late

    def test_a_question_that_does_not_tell_its_day_moves_nothing(self):
        case = self.asked(date(2026, 4, 27), date(2026, 4, 20))
        old = replace(case, clarification=replace(case.clarification, asked_at=None, asked_on=None))
        going = go_on_with_the_clock(old, on=date(2026, 4, 22))

        assert (going.due_on, going.history[-1].paused_days, going.clarification) == (date(2026, 4, 27), 0, None)

    def test_goes_on_unmoved_where_nothing_was_asked(self):
        case = application()

        assert go_on_with_the_clock(case, on=date(2026, 4, 29)) is case

    @staticmethod
    def asked(due, on):
        question = Clarification(fields=(), documents=(), message="", until_on=on, asked_at=NOW, asked_on=on)
        moments = (Moment(state=S.CLARIFICATION_REQUIRED, at=NOW, actor=SYSTEM),)
        return application(due_on=due, clarification=question, history=(*moments, replace(moments[0], state=S.DRAFT)))


def test_what_is_checked_anew_keeps_the_earlier_answers_apart():
    record = CheckRecord(kind=CheckKind.SNILS, request_id="r", status=CheckStatus.CONFIRMED, asked_at=NOW)
    again = check_anew(check_anew(application(checks=(record,), check_round=3)))

    assert (again.checks, again.earlier_checks, again.check_round) == ((), (record,), 5)


class TestSummary:
    def test_a_draft_is_nobodys_work(self):
        assert summary_of(application(submitted_at=None)) is None

    def test_tells_whose_work_it_is_and_since_when(self):
        summary = summary_of(left())

        assert {scope.kind: scope.code for scope in scopes_of(summary)} == {
            ScopeKind.INSURER: "38001",
            ScopeKind.REGION: "38",
        }
        assert (summary.waits, summary.waits_since) == (WaitReason.REGISTER_ANSWER_UNCLEAR, NOW)
        assert summary.place == (date(2026, 4, 27), "a")
        assert summary_of(application()).waits is None

    def test_is_filed_on_the_local_day(self):
        late = datetime(2026, 3, 31, 17, tzinfo=UTC)

        assert summary_of(application(submitted_at=late)).submitted_on == date(2026, 4, 1)

    def test_names_everybody_who_acted_as_a_person(self):
        acted = (
            Moment(state=S.DRAFT, at=NOW, actor=Actor(kind="representative", actor_id="mother")),
            Moment(state=S.IN_PROCESSING, at=NOW, actor=Actor(kind="operator", actor_id="anna")),
            Moment(state=S.IN_PROCESSING, at=NOW, actor=SYSTEM),
        )

        assert summary_of(application(history=acted)).parties == ("c", "p", "mother")

    def test_holds_no_word_of_the_form(self):
        form = {"person": {"family_name": "Канарейкина"}, "insurer": {"code": "38001"}}

        assert "Канарейкина" not in repr(summary_of(application(form=form)))

    def test_names_each_reason_of_a_refusal_once(self):
        refusals = tuple(Refusal(code=code, message="", mend="") for code in ("x", "y", "x"))

        assert summary_of(application(refusals=refusals)).refusals == ("x", "y")


class TestTimeToDecision:
    def story(self, *steps):
        """Walk the machine, an hour a step."""
        case, at = application(), NOW
        for event in steps:
            at += timedelta(hours=1)
            case = advance(application=case, event=event, at=at, actor=SYSTEM)
        return summary_of(case)

    def test_runs_from_the_submission_to_the_decision(self):
        decided = self.story(ApplicationEvent.APPROVE, ApplicationEvent.COMPLETE).decided

        assert (decided.at, decided.seconds) == (NOW + timedelta(hours=1), 3600)

    def test_leaves_out_the_time_of_the_answers(self):
        asked = (ApplicationEvent.ASK_CLARIFICATION, ApplicationEvent.CLARIFY)

        assert self.story(*asked, *asked, ApplicationEvent.REFUSE).decided.seconds == 3 * 3600

    def test_ends_with_the_last_decision(self):
        assert self.story(ApplicationEvent.APPROVE, ApplicationEvent.REFUSE).decided.seconds == 2 * 3600

    @pytest.mark.parametrize("event", [ApplicationEvent.SEND_BACK, ApplicationEvent.ASK_CLARIFICATION])
    def test_a_decision_that_was_taken_back_is_none(self, event):
        assert self.story(ApplicationEvent.APPROVE, event).decided is None

    def test_who_withdraws_is_not_decided_about(self):
        assert self.story(ApplicationEvent.WITHDRAW).decided is None
        assert self.story().decided is None

    def test_who_withdraws_what_was_approved_was_decided_about(self):
        assert self.story(ApplicationEvent.APPROVE, ApplicationEvent.WITHDRAW).decided.seconds == 3600


def test_a_lease_ends_on_its_very_moment():
    lease = Lease(operator_id=ANNA, taken_at=NOW, until=NOW + LEASE_FOR)

    assert lease.stands_at(NOW + LEASE_FOR - timedelta(microseconds=1))
    assert not lease.stands_at(NOW + LEASE_FOR)
