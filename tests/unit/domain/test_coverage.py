"""Who insured on which days: stretches without holes, the same as asking day by day (requirement K1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.coverage import Stretch, first_insured_day, gaps, insured, stretches
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.insurance_certificate import (
    BEFORE_BIRTH,
    CERTIFICATE_REFUSALS,
    CERTIFICATE_TRANSITIONS,
    FINAL_CERTIFICATE_STATES,
    NO_POLICY,
    NOT_INSURED,
    STATE_TITLES,
    InsuranceCertificate,
    InsuranceCertificateEvent,
    InsuranceCertificateState,
    advance_certificate,
    state_insurance,
)
from chalicelib.domain.insurance_history import Proof, insured_on
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState, Suspension
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate

FIRST = date(2026, 1, 1)
START = datetime(2026, 1, 1, tzinfo=UTC)
BORN_ON = date(1990, 5, 14)

POLICY = Policy(
    policy_id="a",
    person_id="p",
    policy_number="7754900885000012",
    state=PolicyState.ACTIVE,
    issued_on=FIRST,
    issued_at=START,
    valid_from=FIRST,
    periods=(InsurerPeriod(insurer_code="77012", insured_from=FIRST),),
    status_index=1,
)
TEMPORARY = TemporaryCertificate(
    number="900000001",
    person_id="p",
    application_id="f",
    account_id="p",
    insurer_code="77004",
    region="77",
    issued_on=FIRST,
    valid_until=FIRST + timedelta(days=30),
    utc_offset_hours=3,
    state=CertificateState.ACTIVE,
    status_index=2,
)
ASKED = InsuranceCertificate(
    certificate_id="c",
    person_id="p",
    account_id="p",
    from_on=FIRST,
    until_on=FIRST + timedelta(days=60),
    asked_at=START,
    utc_offset_hours=3,
)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


DAYS = st.integers(0, 60).map(day)
PERIODS = st.builds(
    InsurerPeriod, insurer_code=st.sampled_from(["77012", "77004"]), insured_from=DAYS, insured_until=st.none() | DAYS
)
POLICIES = st.builds(
    replace,
    st.just(POLICY),
    policy_id=st.sampled_from(["a", "b"]),
    state=st.sampled_from([PolicyState.ACTIVE, PolicyState.SUSPENDED, PolicyState.REPLACED]),
    valid_from=DAYS,
    valid_until=st.none() | DAYS,
    ended_on=st.none() | DAYS,
    periods=st.lists(PERIODS, max_size=3).map(tuple),
    suspensions=st.lists(
        st.builds(Suspension, reason=st.just("x"), from_on=DAYS, until_on=st.none() | DAYS), max_size=2
    ).map(tuple),
)
TEMPORARIES = st.builds(
    replace,
    st.just(TEMPORARY),
    issued_on=DAYS,
    valid_until=DAYS,
    state=st.sampled_from([CertificateState.ACTIVE, CertificateState.REVOKED]),
    ended_at=st.none() | DAYS.map(lambda on: datetime(on.year, on.month, on.day, 12, tzinfo=UTC)),
)
PROOFS = st.lists(POLICIES | TEMPORARIES, max_size=4)


@given(proofs=PROOFS, ends=st.tuples(DAYS, st.integers(1, 40)))
def test_says_of_each_day_what_the_history_says_and_leaves_none_out(
    proofs: list[Proof], ends: tuple[date, int]
) -> None:
    first, length = ends
    found = stretches(proofs=proofs, from_on=first, until_on=first + timedelta(days=length))
    told = [(s.from_on + timedelta(days=n), s.insurer_code) for s in found for n in range(s.days)]
    asked = [first + timedelta(days=n) for n in range(length)]
    assert told == [(on, insured_on(proofs=proofs, on=on).insurer_code) for on in asked]
    assert all(one.insurer_code != other.insurer_code for one, other in pairwise(found))
    assert sorted((*gaps(found), *insured(found)), key=lambda s: s.from_on) == list(found)


def test_a_policy_that_rested_leaves_a_gap() -> None:
    rested = replace(POLICY, suspensions=(Suspension(reason="military_service", from_on=day(10), until_on=day(20)),))
    found = stretches(proofs=[rested], from_on=FIRST, until_on=day(30))
    assert gaps(found) == (Stretch(from_on=day(10), until_on=day(20)),)
    assert [(s.insurer_code, s.days, s.last_day) for s in insured(found)] == [
        ("77012", 10, day(9)),
        ("77012", 10, day(29)),
    ]


def test_the_first_day_is_that_of_the_earliest_proof() -> None:
    assert first_insured_day([replace(POLICY, valid_from=day(5)), TEMPORARY]) == FIRST
    assert first_insured_day([]) is None


class TestStatement:
    """What may be stated, and what is refused with its mend (requirement K3)."""

    def test_all_days_insured(self) -> None:
        stated = state_insurance(certificate=ASKED, proofs=[POLICY], born_on=BORN_ON)
        approved = replace(ASKED, stretches=stated.stretches)
        assert (stated.refusal_code, approved.is_continuous) == ("", True)
        assert not ASKED.is_continuous

    def test_days_before_the_birth_are_no_gap(self) -> None:
        stated = state_insurance(certificate=ASKED, proofs=[replace(POLICY, valid_from=day(7))], born_on=day(7))
        assert stated.stretches == (Stretch(from_on=day(7), until_on=ASKED.until_on, insurer_code="77012"),)

    @pytest.mark.parametrize(
        ("proofs", "born_on", "code", "possible_on"),
        [
            ([], BORN_ON, NO_POLICY, None),
            ([replace(POLICY, valid_from=day(90))], BORN_ON, NOT_INSURED, day(90)),
            ([POLICY], day(60), BEFORE_BIRTH, day(60)),
        ],
    )
    def test_a_refusal_names_the_first_day_that_is_possible(
        self, proofs: list[Proof], born_on: date, code: str, possible_on: date | None
    ) -> None:
        stated = state_insurance(certificate=ASKED, proofs=proofs, born_on=born_on)
        assert (stated.stretches, stated.refusal_code, stated.possible_on) == ((), code, possible_on)
        assert CERTIFICATE_REFUSALS[code].mend


AFTER_THE_END = {InsuranceCertificateEvent.REOPEN, InsuranceCertificateEvent.REVOKE}
"""An appeal opens a refusal again, a correction revokes what is untrue."""


class TestStates:
    """The states are data (requirement K3)."""

    def test_are_named_as_the_requirement_has_them(self) -> None:
        assert list(STATE_TITLES.values())[:4] == ["В обработке", "Одобрено", "Отклонено", "Готово к скачиванию"]

    def test_every_arrow_tells_somebody_or_says_why_not(self) -> None:
        assert all(bool(rule.notifications) != bool(rule.silent_because) for rule in CERTIFICATE_TRANSITIONS)

    @pytest.mark.parametrize("event", InsuranceCertificateEvent)
    @pytest.mark.parametrize("state", InsuranceCertificateState)
    def test_only_the_arrows_of_the_table_lead_anywhere(
        self, state: InsuranceCertificateState, event: InsuranceCertificateEvent
    ) -> None:
        targets = [rule.target for rule in CERTIFICATE_TRANSITIONS if rule.event is event and rule.source is state]
        if event not in AFTER_THE_END:
            assert not (targets and state in FINAL_CERTIFICATE_STATES)
        if not targets:
            with pytest.raises(StateConflict):
                advance_certificate(certificate=replace(ASKED, state=state), event=event, at=START)
            return
        moved, _ = advance_certificate(certificate=replace(ASKED, state=state), event=event, at=START)
        assert (moved.state, moved.history[-1].state, moved.history[-1].at) == (targets[0], targets[0], START)
