"""When a person may change the insurer: dated rules with their article (requirement I1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.policy import InsurerPeriod

FIRST_POLICY_WINDOW = timedelta(days=30)
"""Requirement I1: a change is also possible within 30 days of receiving the first policy."""

LAST_MONTH, LAST_DAY = 11, 1
"""326-ФЗ, art. 16, part 1, cl. 3: not later than 1 November."""


FIRST_WINDOW = "first_policy_window"
"""The basis of a change within that time."""


class ChangeReason(StrEnum):
    """Why the insurer is changed; the codes of the choice types 2-4 of the register."""

    BY_WISH = "by_wish"
    MOVED = "moved"
    INSURER_LEFT = "insurer_left"


REASON_TITLES = {
    ChangeReason.BY_WISH: "По желанию, один раз в календарном году",
    ChangeReason.MOVED: "Переезд в другой регион",
    ChangeReason.INSURER_LEFT: "Страховая организация прекратила работу",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewbornRule:
    """How long the insurer of the mother insures a child, and what the parents' own choice is after that.

    Until ``stands_for`` after the registration of the birth is over, the insurer stands for these ``reasons``. After
    that the first choice is free of the calendar year and of 1 November.
    """

    stands_for: timedelta
    reasons: frozenset[ChangeReason]
    basis: str
    article: str


NEWBORN_RULE = NewbornRule(
    stands_for=timedelta(days=30),
    reasons=frozenset({ChangeReason.BY_WISH, ChangeReason.MOVED}),
    basis="parents_choice",
    article="326-ФЗ, ст. 16, ч. 3; Правила ОМС, п. 5",
)
"""An insurer that has stopped its work cannot insure the child either: that reason is judged as everybody's."""


def last_day_of_mothers_insurer(*, registered_on: date) -> date:
    """The last of the days that begin after the day of registration (Civil Code, art. 191)."""
    return registered_on + NEWBORN_RULE.stands_for


def parents_choice_from(*, registered_on: date) -> date:
    """The first day on which a parent may choose the insurer of a child."""
    return last_day_of_mothers_insurer(registered_on=registered_on) + timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeRequest:
    """What is needed to judge a change: where from, where to, why, and on which local day.

    ``birth_registered_on`` is known of a policy that the record of a birth made.
    """

    periods: Sequence[InsurerPeriod]
    policy_received_on: date | None
    new_insurer: str
    new_region: str
    old_region: str
    old_insurer_may_insure: bool
    reason: ChangeReason
    on: date
    birth_registered_on: date | None = None


_ARTICLE = "326-ФЗ, ст. 16, ч. 1, п. 3"


def check_change(*, request: ChangeRequest) -> str:
    """Return the basis on which the change is allowed.

    Raises:
        RuleRefused: no rule allows it on this day; carries the article and the first possible date.
    """
    current = next((period for period in request.periods if period.covers(request.on)), None)
    if current is not None and current.insurer_code == request.new_insurer:
        raise RuleRefused("same_insurer", "Вы уже застрахованы в этой организации", rule=_ARTICLE)
    if any(period.insured_from > request.on for period in request.periods):
        raise RuleRefused(
            "change_pending",
            "Смена страховой организации уже оформлена и вступит в силу позже",
            rule=_ARTICLE,
            possible_on=date(max(period.insured_from for period in request.periods).year + 1, 1, 1),
        )
    choice_from = _parents_choice_from(request)
    if choice_from is not None and request.reason in NEWBORN_RULE.reasons:
        return _parents_choice(request, choice_from)
    if request.reason is ChangeReason.MOVED:
        return _moved(request)
    if request.reason is ChangeReason.INSURER_LEFT:
        return _insurer_left(request)
    return _by_wish(request)


def _parents_choice_from(request: ChangeRequest) -> date | None:
    """The first day of the parents' own choice; None where there is none to make, or it was made."""
    if request.birth_registered_on is None or len(request.periods) > 1:
        return None
    return parents_choice_from(registered_on=request.birth_registered_on)


def _parents_choice(request: ChangeRequest, choice_from: date) -> str:
    if request.on >= choice_from:
        return NEWBORN_RULE.basis
    raise RuleRefused(
        "mothers_insurer_stands",
        "Пока не прошло 30 дней со дня регистрации рождения, ребёнок застрахован там же, где его мать или другой "
        "законный представитель",
        rule=NEWBORN_RULE.article,
        possible_on=choice_from,
    )


def _moved(request: ChangeRequest) -> str:
    if request.new_region == request.old_region:
        raise RuleRefused(
            "moved_within_region",
            "Переезд внутри одного региона не даёт права сменить страховую организацию вне очереди",
            rule="Правила ОМС, п. 21",
            possible_on=_first_possible_by_wish(request),
        )
    return ChangeReason.MOVED.value


def _insurer_left(request: ChangeRequest) -> str:
    if request.old_insurer_may_insure:
        raise RuleRefused(
            "insurer_still_works",
            "Ваша страховая организация продолжает работать: это основание не подходит",
            rule=_ARTICLE,
            possible_on=_first_possible_by_wish(request),
        )
    return ChangeReason.INSURER_LEFT.value


def _by_wish(request: ChangeRequest) -> str:
    if _in_first_window(request):
        return FIRST_WINDOW
    possible_on = _first_possible_by_wish(request)
    if possible_on == request.on:
        return ChangeReason.BY_WISH.value
    if _changed_in_year(request):
        detail = "В этом календарном году страховая организация уже выбиралась; сменить её можно раз в год"
        raise RuleRefused("once_a_year", detail, rule=_ARTICLE, possible_on=possible_on)
    detail = "Сменить страховую организацию по желанию можно не позднее 1 ноября"
    raise RuleRefused("after_november_1", detail, rule=_ARTICLE, possible_on=possible_on)


def _in_first_window(request: ChangeRequest) -> bool:
    received = request.policy_received_on
    is_first = len(request.periods) == 1
    return is_first and received is not None and request.on <= received + FIRST_POLICY_WINDOW


def _changed_in_year(request: ChangeRequest) -> bool:
    return any(period.insured_from.year == request.on.year for period in request.periods)


def _first_possible_by_wish(request: ChangeRequest) -> date:
    choice_from = _parents_choice_from(request)
    if choice_from is not None:
        return max(request.on, choice_from)
    if _in_first_window(request):
        return request.on
    in_season = (request.on.month, request.on.day) <= (LAST_MONTH, LAST_DAY)
    if in_season and not _changed_in_year(request):
        return request.on
    return date(request.on.year + 1, 1, 1)
