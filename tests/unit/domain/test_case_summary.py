"""The row of an application in the operators' queue, and when a timer looks at a draft (requirements B3, O1, O4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.application import ApplicantCategory, Application, ApplicationKind, Moment, advance
from chalicelib.domain.application_states import BEFORE_THE_EFFECT, ApplicationEvent, ApplicationState
from chalicelib.domain.audit import SYSTEM, Actor
from chalicelib.domain.case_summary import parties_of, summary_of
from chalicelib.domain.errors import StateConflict

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
S = ApplicationState
APPLICATION = Application(
    application_id="1",
    account_id="account",
    person_id="person",
    kind=ApplicationKind.FIRST_POLICY,
    category=ApplicantCategory.CITIZEN_14_PLUS,
    state=S.IN_PROCESSING,
    created_at=AT,
    updated_at=AT,
    submitted_at=AT,
    due_on=date(2026, 4, 1),
)


def moment(state: ApplicationState, hours: int, actor: Actor = SYSTEM) -> Moment:
    return Moment(state=state, at=AT + hours * HOUR, actor=actor, reason="x")


class TestSummary:
    @pytest.mark.parametrize("missing", ["submitted_at", "due_on"])
    def test_there_is_none_of_a_draft(self, missing: str) -> None:
        assert summary_of(replace(APPLICATION, **{missing: None})) is None

    def test_what_is_not_known_is_empty(self) -> None:
        found = summary_of(APPLICATION)
        assert found is not None
        assert (found.number, found.insurer_code, found.decided, found.waits) == ("", "", None, None)

    def test_what_is_known_is_told(self) -> None:
        form = {"insurer": {"code": "77012"}, "registration_address": {"region": "25"}}
        late = datetime(2026, 3, 16, 20, tzinfo=UTC)
        found = summary_of(replace(APPLICATION, number="2026-1", form=form, submitted_at=late))
        assert found is not None
        assert (found.number, found.insurer_code, found.region) == ("2026-1", "77012", "25")
        assert found.submitted_on == date(2026, 3, 17), "the day in Vladivostok"

    def test_everybody_who_ever_acted_for_the_person_is_a_party_once(self) -> None:
        history = (
            moment(S.DRAFT, 0, Actor(kind="representative", actor_id="mother")),
            moment(S.AWAITING_SIGNATURE, 1, Actor(kind="person", actor_id="father")),
            moment(S.IN_PROCESSING, 2, Actor(kind="representative", actor_id="mother")),
            moment(S.APPROVED, 3, Actor(kind="operator", actor_id="operator")),
            moment(S.READY, 4, SYSTEM),
        )
        assert parties_of(replace(APPLICATION, history=history)) == ("account", "person", "mother", "father")


class TestTimeOfADecision:
    HISTORY = (
        moment(S.IN_PROCESSING, 0),
        moment(S.CLARIFICATION_REQUIRED, 2),
        moment(S.IN_PROCESSING, 5),
        moment(S.APPROVED, 9),
    )

    def decided(self, *more: Moment, state: ApplicationState = S.APPROVED, **changed: object) -> object:
        application = replace(APPLICATION, state=state, history=(*self.HISTORY, *more), **changed)
        found = summary_of(application)
        return None if found is None or found.decided is None else (found.decided.at, found.decided.seconds)

    def test_leaves_out_the_time_of_answers(self) -> None:
        assert self.decided() == (AT + 9 * HOUR, 6 * 3600)

    def test_what_came_after_the_decision_changes_nothing(self) -> None:
        later = (moment(S.CLARIFICATION_REQUIRED, 12), moment(S.WITHDRAWN, 20))
        assert self.decided(*later, state=S.WITHDRAWN) == (AT + 9 * HOUR, 6 * 3600)

    def test_the_last_decision_counts_and_an_answer_up_to_its_very_moment(self) -> None:
        again = (moment(S.CLARIFICATION_REQUIRED, 10), moment(S.REFUSED, 12))
        assert self.decided(*again, state=S.REFUSED) == (AT + 12 * HOUR, 7 * 3600)

    @pytest.mark.parametrize("state", [S.IN_PROCESSING, S.CLARIFICATION_REQUIRED])
    def test_what_is_open_again_is_not_decided(self, state: ApplicationState) -> None:
        assert self.decided(state=state) is None


class TestDrafts:
    @pytest.mark.parametrize(
        ("warned_at", "days"),
        [(None, 23), (AT - HOUR, 23), (AT, 23), (AT + HOUR, 30)],
        ids=["never", "before it was saved", "as it was saved", "since"],
    )
    def test_a_draft_is_looked_at_to_warn_and_then_to_end_it(self, warned_at: datetime | None, days: int) -> None:
        draft = replace(APPLICATION, state=S.DRAFT, warned_at=warned_at)
        assert draft.keep_until == AT + timedelta(days=30)
        assert draft.draft_looked_at == AT + timedelta(days=days)


class TestCarriedOut:
    @pytest.mark.parametrize("event", sorted(BEFORE_THE_EFFECT))
    def test_nothing_is_decided_anew_once_a_policy_is_there(self, event: ApplicationEvent) -> None:
        approved = replace(APPLICATION, state=S.APPROVED)
        assert advance(application=approved, event=event, at=AT, actor=SYSTEM).history[-1].at == AT
        with pytest.raises(StateConflict) as late:
            advance(application=replace(approved, policy_id="p"), event=event, at=AT, actor=SYSTEM)
        assert ("Отозвать" in late.value.detail) is (event is ApplicationEvent.WITHDRAW)

    def test_but_a_change_that_is_to_come_is_refused_where_its_policy_ends(self) -> None:
        coming = replace(APPLICATION, state=S.APPROVED, policy_id="p", effective_on=date(2026, 4, 1))
        refused = advance(application=coming, event=ApplicationEvent.REFUSE, at=AT, actor=SYSTEM)
        assert refused.state is S.REFUSED
        with pytest.raises(StateConflict):
            advance(application=coming, event=ApplicationEvent.WITHDRAW, at=AT, actor=SYSTEM)
        complete = advance(application=coming, event=ApplicationEvent.COMPLETE, at=AT, actor=SYSTEM)
        assert complete.state is S.READY
