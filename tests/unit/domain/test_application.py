from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from chalicelib.domain.application import (
    DRAFT_KEPT_FOR,
    ApplicantCategory,
    Application,
    ApplicationKind,
    CheckRecord,
    Moment,
    advance,
)
from chalicelib.domain.application_states import (
    BEFORE_THE_EFFECT,
    BY_CORRECTION,
    EDITABLE_STATES,
    FINAL_STATES,
    STATE_TITLES,
    TRANSITIONS,
    ApplicationEvent,
    ApplicationState,
    transition_rule,
)
from chalicelib.domain.audit import SYSTEM, Actor
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.notifications import NotificationKind
from chalicelib.domain.operator_case import Attention, Lease, WaitReason

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)


def application(**more):
    known = {
        "application_id": "a",
        "person_id": "p",
        "account_id": "c",
        "kind": ApplicationKind.FIRST_POLICY,
        "category": ApplicantCategory.CITIZEN_14_PLUS,
        "state": ApplicationState.DRAFT,
        "created_at": NOW,
        "updated_at": NOW,
        "history": (Moment(state=ApplicationState.DRAFT, at=NOW, actor=SYSTEM),),
    }
    return Application(**{**known, **more})


ACTORS = st.sampled_from([SYSTEM, Actor(kind="person", actor_id="c"), Actor(kind="operator", actor_id="o")])


class LifeOfAnApplication(RuleBasedStateMachine):
    """Whatever happens in whatever order: only arrows of the table, each with its author, time and reason."""

    def __init__(self):
        super().__init__()
        self.application = application()
        self.at = NOW

    @rule(
        event=st.sampled_from(ApplicationEvent),
        minutes=st.integers(0, 10_000),
        actor=ACTORS,
        reason=st.sampled_from(["", "why"]),
    )
    def happens(self, event, minutes, actor, reason):
        self.at += timedelta(minutes=minutes)
        before = self.application
        is_done = before.policy_id is not None and event in BEFORE_THE_EFFECT
        allowed = not is_done and any(r.event is event and before.state in r.sources for r in TRANSITIONS)
        try:
            self.application = advance(application=before, event=event, at=self.at, actor=actor, reason=reason)
        except StateConflict:
            assert not allowed
        else:
            assert allowed
            assert self.application.history[:-1] == before.history
            last, arrow = self.application.history[-1], transition_rule(state=before.state, event=event)
            assert last.at == self.application.updated_at == self.at
            assert (last.actor, last.reason) == (actor, reason or arrow.reason)
            assert arrow.notification or arrow.silent_because

    @precondition(lambda self: self.application.state is ApplicationState.APPROVED)
    @rule()
    def is_carried_out(self):
        self.application = replace(self.application, policy_id="x")

    @precondition(lambda self: self.application.state not in FINAL_STATES)
    @rule()
    def is_left_to_an_operator_and_taken(self):
        lease = Lease(operator_id="o", taken_at=self.at, until=self.at + timedelta(minutes=30))
        attention = Attention(reason=WaitReason.UNSPECIFIED, since=self.at)
        self.application = replace(
            self.application, needs_operator=True, attention=attention, lease=lease, returns_to_operator=True
        )

    @precondition(lambda self: self.application.state in FINAL_STATES)
    @rule(event=st.sampled_from([event for event in ApplicationEvent if event not in BY_CORRECTION]))
    def nothing_but_a_correction_leaves_an_end(self, event):
        with pytest.raises(StateConflict):
            transition_rule(state=self.application.state, event=event)

    @precondition(lambda self: self.application.state not in FINAL_STATES)
    @rule()
    def everything_else_has_a_way_out(self):
        ways = {r.event for r in TRANSITIONS if self.application.state in r.sources and r.target in FINAL_STATES}
        if self.application.policy_id is not None:
            ways -= BEFORE_THE_EFFECT
        assert ways

    @invariant()
    def the_history_ends_at_the_state(self):
        assert self.application.history[-1].state is self.application.state

    @invariant()
    def what_has_ended_waits_for_nobody(self):
        case = self.application
        if case.state in FINAL_STATES:
            waits = (case.needs_operator, case.attention, case.lease, case.returns_to_operator)
            assert waits == (False, None, None, False)


TestLifeOfAnApplication = LifeOfAnApplication.TestCase


@pytest.mark.parametrize("state", ApplicationState)
def test_every_state_is_an_end_or_has_a_way_out_to_one(state):
    by_themselves = [r for r in TRANSITIONS if r.event not in BY_CORRECTION]
    reached, frontier = set(), {state}
    while frontier:
        reached |= frontier
        frontier = {r.target for r in by_themselves if r.sources & frontier} - reached

    assert reached & FINAL_STATES
    assert (state in FINAL_STATES) == (reached == {state})


@pytest.mark.parametrize("state", ApplicationState)
def test_every_state_is_reached_from_the_draft_and_has_a_title(state):
    reached = {ApplicationState.DRAFT}
    for _ in ApplicationState:
        reached |= {r.target for r in TRANSITIONS if r.sources & reached}

    assert state in reached
    assert STATE_TITLES[state]


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda r: r.event.value)
def test_a_transition_has_a_reason_and_tells_the_person_or_says_why_not(transition):
    assert transition.reason
    assert (transition.notification is None) != (transition.silent_because is None)
    if transition.notification is not None:
        assert NotificationKind(transition.notification)


def test_every_event_has_one_arrow():
    assert sorted(r.event for r in TRANSITIONS) == sorted(ApplicationEvent)


def test_what_is_issued_cannot_be_withdrawn():
    issued = application(state=ApplicationState.APPROVED, policy_id="x")

    with pytest.raises(StateConflict):
        advance(application=issued, event=ApplicationEvent.WITHDRAW, at=NOW, actor=SYSTEM)

    free = replace(issued, policy_id=None)
    withdrawn = advance(application=free, event=ApplicationEvent.WITHDRAW, at=NOW, actor=SYSTEM)
    assert withdrawn.state is ApplicationState.WITHDRAWN


@pytest.mark.parametrize("event", sorted(BEFORE_THE_EFFECT))
def test_what_is_carried_out_is_not_decided_again(event):
    with pytest.raises(StateConflict, match="исполнено"):
        advance(
            application=application(state=ApplicationState.APPROVED, policy_id="x"), event=event, at=NOW, actor=SYSTEM
        )


def test_a_refusal_names_the_present_state():
    with pytest.raises(StateConflict, match="Отказано"):
        transition_rule(state=ApplicationState.REFUSED, event=ApplicationEvent.APPROVE)


@pytest.mark.parametrize("state", ApplicationState)
def test_is_live_from_submission_to_its_end(state):
    assert application(state=state).is_live is False
    assert application(state=state, submitted_at=NOW).is_live is (state not in FINAL_STATES)
    assert application(state=state).is_editable is (state in EDITABLE_STATES)


def test_a_draft_is_kept_thirty_days_after_the_last_touch():
    assert application().keep_until == NOW + DRAFT_KEPT_FOR


def test_finds_its_checks_and_sections():
    record = CheckRecord(kind=CheckKind.SNILS, request_id="r", status=CheckStatus.CONFIRMED, asked_at=NOW)
    filled = application(checks=(record,), form={"person": {"sex": "male"}})

    assert filled.check(CheckKind.SNILS) is record
    assert filled.check(CheckKind.INN) is None
    assert filled.section("person") == {"sex": "male"}
    assert filled.section("insurer") == {}
