"""What a row of STOPLIST asks for: which correction ends the insurance, and from which day (P4; F7, D4).

Nothing ends by the word of a file alone: the fund's file proposes, an operator of the fund decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.corrections import CorrectionKind
from chalicelib.domain.fund_reason import DIED, DUPLICATE, NOT_INSURED, OTHER_INSURER, WRONG_NUMBER
from chalicelib.domain.policy_corrections import Annulment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule:
    """What a reason of R001 brings: the correction that is proposed, or advice where an operator has to find out."""

    kind: CorrectionKind | None = None
    annulment: Annulment | None = None
    advice: str = ""


STOP_RULES: Mapping[str, StopRule] = {
    DIED: StopRule(kind=CorrectionKind.DEATH_RECORDED),
    DUPLICATE: StopRule(kind=CorrectionKind.POLICY_ANNULLED, annulment=Annulment.DUPLICATE),
    NOT_INSURED: StopRule(kind=CorrectionKind.POLICY_ANNULLED, annulment=Annulment.LOST_RIGHT),
    OTHER_INSURER: StopRule(
        advice="Узнайте в фонде новую страховую организацию и предложите исправление «Неверная страховая организация»"
    ),
    WRONG_NUMBER: StopRule(
        advice="Узнайте в фонде верный ЕНП и предложите исправление «У человека два ЕНП»",
    ),
}
"""Reason → what it brings; the other reasons of R001 end nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A row that fits the model: its id, the reason, the ЕНП, the day of death, the last day by the policy it names."""

    record: str
    reason: str
    policy_number: str
    died_on: date | None = None
    last_day: date | None = None


def correction_values(*, stop: Stop, policy: Policy, on: date) -> dict[str, str]:
    """The values of the correction that a stop proposes; without a last day the insurance ends with the day ``on``."""
    rule = STOP_RULES[stop.reason]
    if rule.annulment is None:
        return {"died_on": str(stop.died_on)}
    ends = on if stop.last_day is None else min(stop.last_day + timedelta(days=1), on)
    return {
        "annulment": rule.annulment.value,
        "from_on": str(max(ends, policy.valid_from)),
        "policy_id": policy.policy_id,
    }
