"""Tickets of support: whose turn it is, until when, and who may answer (requirement L2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.case_summary import Scope, ScopeKind
from chalicelib.domain.errors import StateConflict, ValidationFailed
from chalicelib.domain.ticket import (
    BEST_RATING,
    CATEGORIES,
    MAX_MESSAGES,
    REOPENED_WITHIN,
    SILENCE,
    Source,
    Ticket,
    TicketCategory,
    answer_due,
    assigned,
    check_question,
    check_text,
    desks_of,
    handed_over,
    move_ticket,
    require_assignee,
    written,
)
from chalicelib.domain.ticket_states import (
    TICKET_STATE_TITLES,
    TICKET_TRANSITIONS,
    TicketEvent,
    TicketState,
    TicketWho,
    open_ticket_events,
    ticket_rule,
)

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
FUND, INSURER = Scope(kind=ScopeKind.REGION, code="77"), Scope(kind=ScopeKind.INSURER, code="77012")
S, E = TicketState, TicketEvent
ARROWS = {
    E.WRITE: ({S.OPEN, S.ANSWERED}, S.OPEN, TicketWho.PERSON),
    E.REOPEN: ({S.CLOSED}, S.OPEN, TicketWho.PERSON),
    E.REPLY: ({S.OPEN, S.ANSWERED}, S.ANSWERED, TicketWho.OPERATOR),
    E.HAND_OVER: ({S.OPEN}, S.OPEN, TicketWho.OPERATOR),
    E.CLOSE: ({S.OPEN, S.ANSWERED}, S.CLOSED, TicketWho.PERSON),
    E.SETTLE: ({S.OPEN, S.ANSWERED}, S.CLOSED, TicketWho.OPERATOR),
    E.FALL_SILENT: ({S.ANSWERED}, S.CLOSED, TicketWho.SCHEDULE),
    E.RATE: ({S.CLOSED}, S.CLOSED, TicketWho.PERSON),
}


def ticket(state=S.OPEN, **more):
    made = Ticket(
        ticket_id="t",
        person_id="p",
        account_id="a",
        number="1",
        category=TicketCategory.POLICY,
        subject="Вопрос",
        desk=INSURER,
        other_desk=FUND,
        region="77",
        state=state,
        opened_at=AT,
        updated_at=AT,
        due_on=date(2026, 3, 18),
    )
    return replace(made, **more)


class TestArrows:
    @pytest.mark.parametrize(("state", "event"), list(product(S, E)))
    def test_only_these_exist(self, state, event):
        sources, target, _ = ARROWS[event]
        if state in sources:
            assert move_ticket(ticket=ticket(state), event=event, at=AT).state is target
            return
        with pytest.raises(StateConflict) as refusal:
            move_ticket(ticket=ticket(state), event=event, at=AT)
        assert TICKET_STATE_TITLES[state] in refusal.value.detail

    @pytest.mark.parametrize(("state", "who"), list(product(S, TicketWho)))
    def test_everybody_has_the_own(self, state, who):
        may = {event for event, (sources, _, by) in ARROWS.items() if state in sources and by is who}
        assert set(open_ticket_events(state=state, who=who)) == may

    @pytest.mark.parametrize("rule", TICKET_TRANSITIONS, ids=lambda rule: rule.event.value)
    def test_what_an_operator_or_time_does_is_told(self, rule):
        assert (rule.notification is None) is (rule.by is TicketWho.PERSON or rule.event is E.HAND_OVER)
        assert (rule.notification is None) is bool(rule.silent_because)
        assert ticket_rule(state=min(rule.sources), event=rule.event) is rule


class TestTime:
    def test_an_open_one_is_looked_at_at_the_end_of_its_day_and_an_answered_one_after_two_weeks(self):
        assert ticket().next_step_at == datetime(2026, 3, 18, 21, tzinfo=UTC)
        assert ticket(is_overdue=True).next_step_at is None
        for late in (True, False):
            assert ticket(S.ANSWERED, is_overdue=late).next_step_at == AT + timedelta(days=14)
        assert ticket(S.CLOSED).next_step_at is None
        assert (timedelta(days=14), timedelta(days=30), 5) == (SILENCE, REOPENED_WITHIN, BEST_RATING)

    @pytest.mark.parametrize(("after", "is_reopened"), [(30 * DAY, True), (30 * DAY + SECOND, False)])
    def test_a_closed_one_is_opened_again_for_thirty_days(self, after, is_reopened):
        closed = ticket(S.CLOSED)
        if is_reopened:
            assert move_ticket(ticket=closed, event=E.REOPEN, at=AT + after).state is S.OPEN
            return
        with pytest.raises(StateConflict):
            move_ticket(ticket=closed, event=E.REOPEN, at=AT + after)
        assert move_ticket(ticket=closed, event=E.RATE, at=AT + after).state is S.CLOSED

    def test_what_is_written_after_an_answer_is_answered_anew(self):
        later = AT + 7 * DAY
        again = move_ticket(ticket=ticket(S.ANSWERED), event=E.WRITE, at=later)
        assert (again.due_on, again.updated_at) == (date(2026, 3, 25), later)
        same = move_ticket(ticket=ticket(), event=E.WRITE, at=later)
        assert (same.due_on, same.updated_at) == (date(2026, 3, 18), later)
        assert move_ticket(ticket=ticket(), event=E.REPLY, at=later).due_on == date(2026, 3, 18)

    def test_a_rating_does_not_keep_it_open_for_longer(self):
        rated = move_ticket(ticket=ticket(S.CLOSED, is_overdue=True), event=E.RATE, at=AT + DAY)
        assert (rated.updated_at, rated.is_overdue) == (AT, True)

    @pytest.mark.parametrize(
        ("event", "stays"), [(E.WRITE, True), (E.HAND_OVER, True), (E.REPLY, False), (E.SETTLE, False)]
    )
    def test_a_late_one_is_late_until_it_is_answered(self, event, stays):
        assert move_ticket(ticket=ticket(is_overdue=True), event=event, at=AT).is_overdue is stays
        assert not move_ticket(ticket=ticket(), event=event, at=AT).is_overdue

    @pytest.mark.parametrize(
        ("category", "due"),
        [
            (TicketCategory.TECHNICAL, date(2026, 3, 17)),
            (TicketCategory.POLICY, date(2026, 3, 18)),
            (TicketCategory.OTHER, date(2026, 3, 19)),
            (TicketCategory.SUGGESTION, date(2026, 3, 30)),
        ],
    )
    def test_each_category_has_its_working_days(self, category, due):
        assert answer_due(category=category, region="77", at=AT) == due
        assert answer_due(category=category, region="25", at=AT.replace(hour=20)) > due


class TestDesks:
    @pytest.mark.parametrize("category", TicketCategory)
    def test_it_begins_where_the_category_says_and_may_go_to_the_other(self, category):
        of_insurer = CATEGORIES[category].desk is ScopeKind.INSURER
        both = desks_of(category=category, insurer_code="77012", region="77")
        assert both == ((INSURER, FUND) if of_insurer else (FUND, INSURER))
        assert desks_of(category=category, insurer_code="", region="77") == (FUND, None)
        assert of_insurer is (category.value in {"application", "policy", "delivery"})

    def test_a_desk_hands_over_to_the_other_or_to_a_colleague(self):
        taken = ticket(assignee="o")
        over = handed_over(ticket=taken, to_other_desk=True)
        assert (over.desk, over.other_desk, over.assignee) == (FUND, INSURER, "")
        colleague = handed_over(ticket=taken, to_other_desk=False)
        assert (colleague.desk, colleague.assignee) == (INSURER, "")
        assert handed_over(ticket=replace(taken, other_desk=None), to_other_desk=False).assignee == ""
        with pytest.raises(StateConflict):
            handed_over(ticket=replace(taken, other_desk=None), to_other_desk=True)

    @pytest.mark.parametrize(
        ("assignee", "late", "is_taken"),
        [("", False, True), ("o", False, True), ("x", False, False), ("x", True, True)],
    )
    def test_another_operators_is_left_alone_unless_it_is_late(self, assignee, late, is_taken):
        found = ticket(assignee=assignee, is_overdue=late)
        if is_taken:
            assert assigned(ticket=found, operator_id="o").assignee == "o"
        else:
            with pytest.raises(StateConflict):
                assigned(ticket=found, operator_id="o")
        with pytest.raises(StateConflict):
            assigned(ticket=replace(found, state=S.CLOSED), operator_id="o")

    def test_who_has_not_taken_it_does_not_answer(self):
        require_assignee(ticket=ticket(assignee="o"), operator_id="o")
        for other in ("", "x"):
            with pytest.raises(StateConflict):
                require_assignee(ticket=ticket(assignee=other), operator_id="o")


class TestThread:
    def test_messages_have_their_places(self):
        found, message = written(ticket=ticket(messages=3), text="  Да ", author=SYSTEM, source=Source.MAIL, at=AT)
        assert (found.messages, message.place, message.text, message.internal) == (4, 4, "Да", False)
        assert (message.ticket_id, message.at, message.author, message.source) == ("t", AT, SYSTEM, Source.MAIL)

    @pytest.mark.parametrize(("count", "has_room"), [(MAX_MESSAGES - 1, True), (MAX_MESSAGES, False)])
    def test_a_thread_has_an_end(self, count, has_room):
        full = ticket(messages=count)
        options = {"text": "Да", "author": SYSTEM, "source": Source.DESK, "at": AT, "internal": True}
        if has_room:
            assert written(ticket=full, **options)[1].internal
            return
        with pytest.raises(StateConflict):
            written(ticket=full, **options)

    @pytest.mark.parametrize("text", ["", "  \n"])
    def test_what_says_nothing_is_refused(self, text):
        with pytest.raises(ValidationFailed) as refusal:
            check_question(subject=text, text=text)
        assert [(e.field, e.code) for e in refusal.value.errors] == [("subject", "required"), ("text", "required")]
        with pytest.raises(ValidationFailed) as refusal:
            check_text(text)
        assert refusal.value.errors[0].field == "text"
