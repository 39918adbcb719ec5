"""What the fund is told of a policy: the difference between what it was told last and what became true (P4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import StateConflict
from chalicelib.domain.exchange_model import CHANGE_REASONS
from chalicelib.domain.fund_change import (
    BASELINE,
    CHANGE_TRANSITIONS,
    ChangeState,
    FundChange,
    PolicyFacts,
    change_of,
    moved,
)
from chalicelib.domain.fund_reason import is_outdated, last_told, reason_of
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState, Suspension, change_insurer, end, suspend
from chalicelib.domain.policy_corrections import DEATH, Annulment

AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 16)
PERSON = {"FAM": "Примерова", "IM": "Анна", "DR": "1990-05-14"}


def policy(**changed) -> Policy:
    base = Policy(
        policy_id="P1",
        person_id="H",
        policy_number="7754900885000012",
        state=PolicyState.ACTIVE,
        issued_on=TODAY,
        issued_at=AT,
        valid_from=TODAY,
        periods=(InsurerPeriod(insurer_code="77012", insured_from=TODAY),),
        status_index=1,
    )
    return replace(base, **changed)


def told_of(found: Policy, *, person=PERSON, rest="r", state=ChangeState.TOLD) -> FundChange:
    change = change_of(policy=found, at=AT)
    assert change is not None
    return replace(change, state=state, told_person=person, told_rest=rest)


def reason(found: Policy, told: FundChange | None, *, person=PERSON, rest="r") -> str | None:
    change = change_of(policy=found, at=AT)
    assert change is not None
    return reason_of(facts=change.facts, policy_id=found.policy_id, told=told, person=person, rest=rest)


def moved_to(code: str, basis: str) -> Policy:
    return change_insurer(
        policy=policy(), insurer_code=code, effective_on=date(2026, 3, 20), basis=basis, application_number="1"
    )


def resting() -> Policy:
    return suspend(policy=policy(), suspension=Suspension(reason="military_service", from_on=TODAY), on=TODAY)


def ended(why: str, state: PolicyState = PolicyState.ANNULLED) -> Policy:
    return end(policy=policy(), state=state, on=date(2026, 4, 1), reason=why)


REGISTERED = policy(periods=(InsurerPeriod(insurer_code="77012", insured_from=TODAY, basis="register"),))


@pytest.mark.parametrize(
    ("now", "before", "code"),
    [
        (policy(), None, "П010"),
        (policy(), policy(), None),
        (policy(status_index=9, received_on=TODAY), policy(), None),
        (REGISTERED, None, None),
        (moved_to("77004", "by_wish"), policy(), "П031"),
        (moved_to("77004", "first_policy_window"), policy(), "П031"),
        (moved_to("77004", "parents_choice"), policy(), "П031"),
        (moved_to("16051", "moved"), policy(), "П032"),
        (moved_to("77004", "insurer_left"), policy(), "П033"),
        (moved_to("77004", "correction"), policy(), "П010"),
        (moved_to("77004", "by_wish"), None, "П031"),
        (ended(DEATH), policy(), "П022"),
        (ended("merged"), policy(), "П023"),
        (ended("duplicate_number"), policy(), "П023"),
        (ended(Annulment.DUPLICATE.value), policy(), "П023"),
        (ended(Annulment.WRONG_PERSON.value), policy(), "П024"),
        (ended("given_up"), policy(), "П025"),
        (ended("term_over", PolicyState.EXPIRED), policy(), "П025"),
        (ended("term_over", PolicyState.EXPIRED), ended("term_over", PolicyState.EXPIRED), None),
        (ended("given_up"), None, None),
        (replace(REGISTERED, state=PolicyState.ANNULLED, ended_on=TODAY), None, "П025"),
        (ended("lost", PolicyState.REPLACED), policy(), None),
        (resting(), policy(), "П025"),
        (resting(), resting(), None),
        (policy(), resting(), "П010"),
        (policy(policy_id="P2"), policy(), "П062"),
        (policy(policy_id="P2", valid_until=date(2027, 1, 1)), policy(), "П063"),
        (policy(policy_number="7754900885000020"), policy(), "П061"),
        (policy(periods=(InsurerPeriod(insurer_code="77012", insured_from=date(2026, 3, 1)),)), policy(), "П040"),
    ],
)
def test_the_reason_is_that_of_classifier_r001(now: Policy, before: Policy | None, code: str | None) -> None:
    assert code is None or code in CHANGE_REASONS
    assert reason(now, told_of(before) if before else None) == code


def test_what_stands_on_the_policy_makes_another_one_and_the_rest_does_not() -> None:
    told = told_of(policy())
    assert reason(policy(), told, person={**PERSON, "FAM": "Новая"}) == "П061"
    assert reason(policy(), told, rest="other") == "П040"
    assert reason(policy(), told, person={**PERSON, "SS": "112-233-445 95"}) is None
    unknown = told_of(REGISTERED, person={}, rest="", state=ChangeState.SETTLED)
    assert reason(REGISTERED, unknown) is None


@pytest.mark.parametrize(
    ("found", "insurer", "last_day", "due_on"),
    [
        (policy(), "77012", None, AT),
        (resting(), "77012", date(2026, 3, 15), AT),
        (moved_to("77004", "by_wish"), "77004", None, datetime(2026, 3, 19, 21, tzinfo=UTC)),
        (end(policy=moved_to("77004", "by_wish"), state=PolicyState.ANNULLED, on=date(2026, 3, 18), reason=DEATH),
         "77012", date(2026, 3, 17), AT),
        (end(policy=policy(), state=PolicyState.ANNULLED, on=TODAY, reason="merged"), "77012", date(2026, 3, 15), AT),
        (policy(state=PolicyState.ANNULLED), "77012", None, AT),
    ],
)  # fmt: skip
def test_the_insurer_of_the_day_tells_and_a_day_to_come_is_awaited(found, insurer, last_day, due_on) -> None:
    change = change_of(policy=found, at=AT)

    assert change is not None
    assert (change.insurer_code, change.facts.last_day, change.due_at) == (insurer, last_day, due_on)
    assert change.change_id == "P1-1"
    assert change_of(policy=policy(periods=()), at=AT) is None


@given(st.lists(st.tuples(st.sampled_from(ChangeState), st.integers(1, 9)), max_size=6, unique_by=lambda one: one[1]))
def test_only_what_the_fund_knows_is_compared_with_and_nothing_older_is_told(states) -> None:
    history = [
        replace(told_of(policy(version=version)), state=state, due_at=AT.replace(minute=version))
        for state, version in states
    ]
    change = replace(told_of(policy(version=5)), state=ChangeState.WAITING, due_at=AT.replace(minute=5))
    others = [one for one in history if one.policy_version != 5 and one.state in BASELINE]

    told = last_told(change=change, history=history)

    assert told == max(others, key=lambda one: one.policy_version, default=None)
    assert is_outdated(change=change, told=told) == any(one.policy_version > 5 for one in others)


@pytest.mark.parametrize("state", ChangeState)
def test_a_record_moves_along_its_arrows_only(state: ChangeState) -> None:
    change = replace(told_of(policy()), state=state)
    for wanted in ChangeState:
        if wanted in CHANGE_TRANSITIONS[state]:
            assert moved(change=change, state=wanted).state is wanted
        else:
            with pytest.raises(StateConflict):
                moved(change=change, state=wanted)


def test_facts_of_a_standing_policy_have_no_last_day() -> None:
    facts = PolicyFacts(
        policy_number="1", insurer_code="77012", basis="", insured_from=TODAY, state=PolicyState.EXPIRED
    )
    assert (facts.insures, facts.last_day) == (False, None)
