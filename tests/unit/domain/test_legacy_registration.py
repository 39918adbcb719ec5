"""The life of a registration, and what the register's word means for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product

import pytest

from chalicelib.domain.application import CheckRecord, Delay
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.decision import FINDINGS, Outcome
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.legacy_claim import ReadClaim
from chalicelib.domain.legacy_policy import PolicyBlank
from chalicelib.domain.legacy_registration import (
    LEGACY_REFUSALS,
    LEGACY_STATE_TITLES,
    LEGACY_TRANSITIONS,
    LegacyEvent,
    LegacyPolicy,
    LegacyState,
    RegisterInsurance,
    advance_legacy,
    judge_legacy,
)
from chalicelib.domain.notifications import NotificationKind
from chalicelib.domain.policy_types import PolicyType

AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
ON = AT.date()
ENP = "7856130840000017"
OTHER_ENP = "7856130840000025"
BLANK = PolicyBlank(policy_type=PolicyType.PAPER, number="12345678901")
OLD = PolicyBlank(policy_type=PolicyType.OLD_SAMPLE, series="77", number="12", region="77")
HELD = {"enp": ENP, "insurer_code": "77012", "insured_from": "2019-03-01"}
ARROWS = {
    (LegacyState.PENDING, LegacyEvent.CONFIRM): LegacyState.CONFIRMED,
    (LegacyState.PENDING, LegacyEvent.REFUSE): LegacyState.REFUSED,
    (LegacyState.PENDING, LegacyEvent.SUPERSEDE): LegacyState.SUPERSEDED,
    (LegacyState.CONFIRMED, LegacyEvent.SUPERSEDE): LegacyState.SUPERSEDED,
    (LegacyState.REFUSED, LegacyEvent.REOPEN): LegacyState.PENDING,
}


def registration(**changes) -> LegacyPolicy:
    known = LegacyPolicy(
        registration_id="r",
        person_id="p",
        account_id="p",
        state=LegacyState.PENDING,
        blank=BLANK,
        policy_number=ENP,
        registered_at=AT,
        updated_at=AT,
        form={"person": {"born_on": "1968-03-09", "sex": "male"}},
    )
    return replace(known, **changes)


def judged(status=CheckStatus.CONFIRMED, reasons=(), data=None, **changes):
    check = CheckRecord(
        kind=CheckKind.INSURED_PERSON,
        request_id="q",
        status=status,
        asked_at=AT,
        reasons=reasons,
        data=HELD if data is None else data,
    )
    return judge_legacy(registration=registration(**changes), record=check, on=ON)


def refused(**options) -> list[str]:
    judgement = judged(**options)
    assert judgement.insurance is None
    return [refusal.code for refusal in judgement.refusals]


@pytest.mark.parametrize(("state", "event"), list(product(LegacyState, LegacyEvent)))
def test_only_these_arrows_exist(state, event):
    known = registration(state=state, delay=Delay(since=AT, waiting_for=(CheckKind.INSURED_PERSON,)))
    target = ARROWS.get((state, event))
    if target is None:
        with pytest.raises(StateConflict) as caught:
            advance_legacy(registration=known, event=event, at=AT, actor=SYSTEM)
        assert LEGACY_STATE_TITLES[state] in caught.value.detail
        return
    moved = advance_legacy(registration=known, event=event, at=AT, actor=SYSTEM)
    assert (moved.state, moved.delay) == (target, None)
    assert [(moment.state, moment.at) for moment in moved.history] == [(target, AT)]


def test_every_arrow_tells_its_holder_and_every_state_has_a_title():
    assert {NotificationKind(rule.notification) for rule in LEGACY_TRANSITIONS.values()} == {
        NotificationKind.LEGACY_POLICY_CONFIRMED,
        NotificationKind.LEGACY_POLICY_REFUSED,
        NotificationKind.LEGACY_POLICY_SUPERSEDED,
        NotificationKind.APPEAL_UPHELD,
    }
    assert LEGACY_STATE_TITLES.keys() == set(LegacyState)


@pytest.mark.parametrize("state", LegacyState)
def test_one_that_waits_or_stands_holds_the_place(state):
    assert registration(state=state).is_live is (state in {LegacyState.PENDING, LegacyState.CONFIRMED})


@pytest.mark.parametrize(
    ("known", "claim", "same"),
    [
        ({}, ReadClaim(blank=BLANK, policy_number=ENP), True),
        ({}, ReadClaim(blank=PolicyBlank(policy_type=PolicyType.PAPER), policy_number=ENP), True),
        ({}, ReadClaim(blank=BLANK, policy_number=OTHER_ENP), False),
        ({}, ReadClaim(blank=replace(BLANK, policy_type=PolicyType.PLASTIC), policy_number=ENP), False),
        ({"blank": OLD, "policy_number": ""}, ReadClaim(blank=replace(OLD, series="", number="77-12")), True),
        ({"blank": OLD, "policy_number": ""}, ReadClaim(blank=replace(OLD, region="50")), False),
        ({"blank": OLD, "policy_number": ""}, ReadClaim(blank=replace(OLD, number="13")), False),
    ],
)
def test_knows_the_same_policy_again(known, claim, same):
    assert registration(**known).is_of(claim) is same


@pytest.mark.parametrize("number", [ENP, ""])
def test_confirms_what_the_register_holds(number):
    judgement = judged(policy_number=number)
    assert judgement.insurance == RegisterInsurance(
        policy_number=ENP, insurer_code="77012", insured_from=date(2019, 3, 1)
    )
    assert judgement.refusals == ()


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ({"status": CheckStatus.NOT_FOUND}, ["not_in_register"]),
        ({"data": {**HELD, "enp": OTHER_ENP}}, ["policy_number_differs"]),
        ({"data": {}}, ["register_answer_unclear"]),
        ({"data": {**HELD, "enp": ENP[:-1] + "0"}}, ["register_answer_unclear"]),
        ({"data": {**HELD, "insurer_code": "７７０１２"}}, ["register_answer_unclear"]),
        ({"data": {**HELD, "insured_from": ""}}, ["register_answer_unclear"]),
        ({"form": {"person": {"born_on": "1968-03-10", "sex": "male"}}}, ["register_contradiction"]),
        ({"form": {"person": {"born_on": "1968-03-09", "sex": "female"}}}, ["register_contradiction"]),
        ({"status": CheckStatus.MISMATCH}, ["register_answer_unclear"]),
        ({"status": CheckStatus.MISMATCH, "reasons": ("question_refused",)}, ["register_answer_unclear"]),
        ({"status": CheckStatus.MISMATCH, "reasons": ("policy_number_differs",)}, ["policy_number_differs"]),
        (
            {"status": CheckStatus.MISMATCH, "reasons": ("surname_differs", "sex_differs", "deceased", "x")},
            ["wrong_personal_data", "wrong_personal_data", "register_answer_unclear"],
        ),
    ],
)
def test_refuses_with_every_reason_once(options, codes):
    assert refused(**options) == codes


@pytest.mark.parametrize("reason", sorted(FINDINGS))
def test_every_reason_of_a_register_has_words_that_fit(reason):
    (refusal,) = judged(status=CheckStatus.MISMATCH, reasons=(reason,)).refusals
    assert refusal.message
    assert "оператор" not in refusal.mend
    assert (refusal.code == "register_answer_unclear") is (FINDINGS[reason].outcome is Outcome.OPERATOR)


def test_refusals_are_whole_sentences_about_nobody_else():
    for message, mend in LEGACY_REFUSALS.values():
        assert message
        assert mend
        assert "{" not in message + mend
