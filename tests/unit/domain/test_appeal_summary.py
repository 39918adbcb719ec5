"""What a timer and the figures read of an appeal: its next look, who may not decide it, how long a decision took."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.appeal import (
    AppealQuestion,
    AppealStep,
    go_on_after_question,
    move_appeal,
    require_appeal_lease,
    take_appeal,
)
from chalicelib.domain.appeal_rules import MAX_REASONS, REASONS, SHORTEST_TEXT, SubjectKind, check_words, reasons_for
from chalicelib.domain.appeal_states import (
    APPEAL_TRANSITIONS,
    OPEN_APPEAL_STATES,
    AppealEvent,
    AppealState,
    AppealWho,
    Level,
    open_appeal_events,
)
from chalicelib.domain.appeal_summary import TopicFigures, appeal_statistics_of, appeal_summary_of
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.case_summary import ScopeKind
from chalicelib.domain.errors import StateConflict, ValidationFailed
from chalicelib.domain.operator_case import Lease
from tests.unit.domain.test_appeal import AT, REFUSED, check_grounds, decided, made, mistakes

DAY = timedelta(days=1)
QUESTION = AppealQuestion(text="?", asked_at=AT, asked_on=date(2026, 3, 16), until_on=date(2026, 3, 23))


class TestNextLook:
    """When a timer has to look."""

    def test_at_the_end_of_a_draft(self):
        assert made(AppealState.DRAFT).next_step_at == AT + timedelta(days=30)

    def test_at_the_end_of_the_day_on_which_an_answer_or_a_decision_is_due(self):
        asked = made(AppealState.QUESTION_ASKED, question=QUESTION)
        assert asked.next_step_at == datetime(2026, 3, 23, 21, tzinfo=UTC)
        filed = made(due_on=date(2026, 4, 6))
        assert filed.next_step_at == datetime(2026, 4, 6, 21, tzinfo=UTC)

    def test_never_where_time_changes_nothing(self):
        for nothing in (
            made(AppealState.QUESTION_ASKED),
            made(question=QUESTION, is_overdue=True),
            made(due_on=None),
            made(AppealState.UPHELD, question=QUESTION),
        ):
            assert nothing.next_step_at is None


class TestClock:
    def test_an_answer_moves_the_due_day_by_the_working_days_waited_and_says_so(self):
        steps = tuple(
            AppealStep(event=event, state=state, level=Level.FIRST, at=AT, actor=SYSTEM)
            for event, state in (
                (AppealEvent.FILE, AppealState.FILED),
                (AppealEvent.ASK, AppealState.QUESTION_ASKED),
                (AppealEvent.ANSWER, AppealState.FILED),
            )
        )
        asked = made(question=QUESTION, due_on=date(2026, 3, 20), history=steps)
        on = go_on_after_question(appeal=asked, at=AT + 3 * DAY)
        assert (on.due_on, on.question) == (date(2026, 3, 25), None)
        assert [step.paused_days for step in on.history] == [None, None, 3]
        assert on.history[:2] == steps[:2]

    @pytest.mark.parametrize(("is_overdue", "waited", "stays"), [(True, 0, True), (True, 3, False), (False, 0, False)])
    def test_what_was_late_stays_late_only_if_it_still_is(self, is_overdue, waited, stays):
        step = AppealStep(event=AppealEvent.ANSWER, state=AppealState.FILED, level=Level.FIRST, at=AT, actor=SYSTEM)
        on = AT + waited * DAY
        due_on = date(2026, 3, 13) if waited == 0 else date(2026, 3, 16)
        asked = made(question=QUESTION, due_on=due_on, is_overdue=is_overdue, history=(step,))
        assert go_on_after_question(appeal=asked, at=on).is_overdue is stays

    @pytest.mark.parametrize("changes", [{"question": None}, {"question": QUESTION, "due_on": None}])
    def test_without_a_question_or_a_term_nothing_goes_on(self, changes):
        with pytest.raises(StateConflict):
            go_on_after_question(appeal=made(**changes), at=AT)


class TestLeases:
    @pytest.mark.parametrize("state", sorted(set(AppealState) - {AppealState.FILED}))
    def test_nobody_takes_what_waits_for_no_decision(self, state):
        lease = Lease(operator_id="o", taken_at=AT, until=AT + DAY)
        with pytest.raises(StateConflict):
            take_appeal(appeal=made(state), operator_id="o", at=AT)
        with pytest.raises(StateConflict):
            require_appeal_lease(appeal=made(state, lease=lease), operator_id="o", at=AT)

    @pytest.mark.parametrize("rule", APPEAL_TRANSITIONS, ids=lambda rule: f"{rule.event}-{rule.level}")
    def test_an_end_and_a_rejection_free_the_appeal_and_nothing_else_does(self, rule):
        lease = Lease(operator_id="o", taken_at=AT, until=AT + DAY)
        (state, *_), level = sorted(rule.sources), rule.level or Level.FIRST
        appeal = made(state, level=level, lease=lease, question=QUESTION)
        after = move_appeal(appeal=appeal, event=rule.event, at=AT, actor=SYSTEM)
        ends = rule.target not in {AppealState.DRAFT, *OPEN_APPEAL_STATES}
        assert (after.lease, after.question) == ((None, None) if ends else (lease, QUESTION))


class TestWho:
    @pytest.mark.parametrize("state", AppealState)
    @pytest.mark.parametrize("level", Level)
    @pytest.mark.parametrize("who", AppealWho)
    def test_may_do_what_the_table_says_of_the_state_the_level_and_the_role(self, state, level, who):
        may = open_appeal_events(state=state, level=level, who=who)
        for event in AppealEvent:
            rules = [r for r in APPEAL_TRANSITIONS if r.event is event and state in r.sources and r.by is who]
            assert (event in may) is any(rule.level in {None, level} for rule in rules)


class TestGrounds:
    FITTING = reasons_for(SubjectKind.APPLICATION)

    def test_up_to_the_most_reasons_are_taken_and_one_more_is_not(self):
        plain = [code for code in self.FITTING if not REASONS[code].needs_text]
        many = [plain[place % len(plain)] for place in range(MAX_REASONS + 1)]
        check_grounds(subject=SubjectKind.APPLICATION, reasons=many[:-1], text="")
        found = mistakes(check_grounds, subject=SubjectKind.APPLICATION, reasons=many, text="")
        assert found == {"reasons": "too_many"}

    @pytest.mark.parametrize("code", FITTING)
    def test_own_words_are_needed_where_the_catalogue_says_so(self, code):
        short, enough = "х" * (SHORTEST_TEXT - 1), "х" * SHORTEST_TEXT
        check_grounds(subject=SubjectKind.APPLICATION, reasons=[code], text=enough)
        if REASONS[code].needs_text:
            found = mistakes(check_grounds, subject=SubjectKind.APPLICATION, reasons=[code], text=f" {short} ")
            assert found == {"text": "required"}
        else:
            check_grounds(subject=SubjectKind.APPLICATION, reasons=[code], text="")

    def test_an_unknown_reason_is_named_by_its_place_and_needs_no_words(self):
        found = mistakes(check_grounds, subject=SubjectKind.APPLICATION, reasons=["nothing"], text="")
        assert found == {"reasons.0": "not_in_list"}

    def test_words_of_the_shortest_length_are_enough(self):
        enough = "х" * SHORTEST_TEXT
        assert check_words(text=f"  {enough} ", field="text", message="Ответьте") == enough
        with pytest.raises(ValidationFailed):
            check_words(text=enough[:-1], field="text", message="Ответьте")


class TestSummary:
    @pytest.mark.parametrize("state", AppealState)
    @pytest.mark.parametrize("level", Level)
    def test_is_the_work_of_the_level_while_it_is_open(self, state, level):
        summary = appeal_summary_of(made(state, level=level))
        is_open = state in {AppealState.FILED, AppealState.QUESTION_ASKED}
        assert summary.is_open is is_open
        assert summary.is_work_of(ScopeKind.REGION) is is_open
        assert summary.is_work_of(ScopeKind.INSURER) is (is_open and level is Level.FIRST)

    @pytest.mark.parametrize("changes", [{"filed_at": None}, {"due_on": None}])
    def test_there_is_none_of_what_was_never_filed(self, changes):
        assert appeal_summary_of(made(**changes)) is None

    def test_of_no_insurer_is_the_regions_alone(self):
        scopes = appeal_summary_of(made(refused=replace(REFUSED, insurer_code=""))).scopes
        assert [(scope.kind, scope.code) for scope in scopes] == [(ScopeKind.REGION, "77")]

    def test_the_time_of_a_decision_runs_from_its_level_and_leaves_out_the_answers(self):
        def step(event, state, after):
            return AppealStep(event=event, state=state, level=Level.FIRST, at=AT + after, actor=SYSTEM)

        hour = timedelta(hours=1)
        history = (
            step(AppealEvent.ASK, AppealState.QUESTION_ASKED, -10 * hour),
            step(AppealEvent.ANSWER, AppealState.FILED, -5 * hour),
            step(AppealEvent.ASK, AppealState.QUESTION_ASKED, 0 * hour),
            step(AppealEvent.ANSWER, AppealState.FILED, 2 * hour),
            step(AppealEvent.REJECT, AppealState.REJECTED, 5 * hour),
        )
        rejected = made(AppealState.REJECTED, history=history, decisions=(decided(upheld=False, at=AT + 5 * hour),))
        assert appeal_summary_of(rejected).seconds == 3 * 3600
        for untold in (
            replace(rejected, state=AppealState.FILED),
            replace(rejected, decisions=()),
            replace(rejected, level_at=None),
        ):
            assert appeal_summary_of(untold).seconds is None

    def test_figures_stand_by_topic_and_every_state_is_counted_once(self):
        assert TopicFigures() == TopicFigures(filed=0, open=0, upheld=0, rejected=0, withdrawn=0, overdue=0)
        appeals = [
            replace(made(state), appeal_id=f"{topic}-{state}", topic=topic, is_overdue=state is AppealState.FILED)
            for topic in ("1.10", "1.2")
            for state in AppealState
        ]
        found = appeal_statistics_of([appeal_summary_of(appeal) for appeal in appeals])
        one = TopicFigures(filed=len(AppealState), open=2, upheld=1, rejected=2, withdrawn=1, overdue=1)
        assert found.by_topic == {"1.2": one, "1.10": one}
        assert list(found.by_topic) == ["1.2", "1.10"]
        assert found.total.filed == 2 * one.filed
        assert found.by_subject == {"application": 2 * len(AppealState)}
