"""Ratings of insurers by year and criterion, offices where policies are given out, and comparison (H1, H2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.insurer_records import InsurerRating, IssuePoint
from chalicelib.domain.registry_values import phones_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from chalicelib.domain.insurer import Insurer


class Criterion(StrEnum):
    """By what insurers are rated (requirement H2)."""

    SHARE_OF_INSURED = "share_of_insured"
    VIOLATIONS = "violations"
    SURVEYS = "surveys"
    COMPLAINTS = "complaints"
    COURT_RESULTS = "court_results"
    OPENNESS = "openness"


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionRule:
    """What a criterion is called, its unit, its greatest value, and whether more is better."""

    title: str
    unit: str
    highest: float
    more_is_better: bool = True


_PER_CENT = "процентов"
CRITERIA: Mapping[Criterion, CriterionRule] = {
    Criterion.SHARE_OF_INSURED: CriterionRule(title="Доля застрахованных в регионе", unit=_PER_CENT, highest=100),
    Criterion.VIOLATIONS: CriterionRule(
        title="Нарушения по проверкам фонда", unit="на 1000 проверенных случаев", highest=1000, more_is_better=False
    ),
    Criterion.SURVEYS: CriterionRule(title="Удовлетворённость по опросам", unit=_PER_CENT, highest=100),
    Criterion.COMPLAINTS: CriterionRule(
        title="Обоснованные жалобы", unit="на 10 000 застрахованных", highest=10_000, more_is_better=False
    ),
    Criterion.COURT_RESULTS: CriterionRule(title="Споры в пользу застрахованных в судах", unit=_PER_CENT, highest=100),
    Criterion.OPENNESS: CriterionRule(title="Открытость сведений на сайте", unit="баллов из 5", highest=5),
}

FIRST_YEAR = 2011
"""The registry exists since 2011."""


def check_rating(*, year: int, values: Mapping[str, float], on: date) -> None:
    """Refuse a year to come and values beyond their criterion, all at once.

    Raises:
        ValidationFailed: with the criterion and its bounds.
    """
    errors = []
    if not FIRST_YEAR <= year <= on.year:
        message = f"Год рейтинга — от {FIRST_YEAR} до {on.year}"
        errors.append(FieldError(field="year", code="out_of_range", message=message))
    for name, value in values.items():
        rule = CRITERIA[Criterion(name)]
        if not 0 <= value <= rule.highest:
            message = f"{rule.title}: от 0 до {rule.highest:g} ({rule.unit})"
            errors.append(FieldError(field=f"values.{name}", code="out_of_range", message=message))
    if not values:
        message = "Укажите значение хотя бы одного показателя"
        errors.append(FieldError(field="values", code="required", message=message))
    if errors:
        raise ValidationFailed(errors)


MAX_POINTS = 500


def check_points(*, points: Sequence[IssuePoint]) -> tuple[IssuePoint, ...]:
    """Bring phones to the one form and sort by code; refuse what contradicts itself, all at once.

    Raises:
        ValidationFailed: a code repeats, a phone is none, or a point closes before it opens.
    """
    errors: list[FieldError] = []
    seen: set[str] = set()
    read: list[IssuePoint] = []
    for number, point in enumerate(points):
        place = f"points.{number}"
        phones, _ = phones_of(point.phone)
        if point.code in seen:
            errors.append(FieldError(field=f"{place}.code", code="repeated", message="Код пункта повторяется"))
        if not phones:
            message = "Укажите телефон с кодом города: 8(495)225-23-10"
            errors.append(FieldError(field=f"{place}.phone", code="invalid_phone", message=message))
        if point.closes_on is not None and point.closes_on <= point.opens_on:
            message = "Пункт закрывается не раньше, чем на другой день после открытия"
            errors.append(FieldError(field=f"{place}.closes_on", code="out_of_order", message=message))
        seen.add(point.code)
        read.append(
            IssuePoint(
                code=point.code,
                address=" ".join(point.address.split()),
                phone="; ".join(phones),
                opens_on=point.opens_on,
                closes_on=point.closes_on,
            )
        )
    if errors:
        raise ValidationFailed(errors)
    return tuple(sorted(read, key=lambda point: point.code))


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedValue:
    """One line of a comparison: a value of each insurer in their order, and which of them are the best."""

    name: str
    title: str
    values: tuple[str, ...]
    differs: bool
    best: tuple[str, ...] = ()


_FACTS = {
    "name": "Название",
    "region": "Регион",
    "organisation": "Головная организация или филиал",
    "address": "Юридический адрес",
    "postal_address": "Фактический адрес",
    "phones": "Телефоны",
    "email": "Электронная почта",
    "site": "Сайт",
    "head": "Руководитель",
    "licence_number": "Лицензия",
    "licence_from": "Лицензия выдана",
    "licence_until": "Лицензия действует до",
    "included_on": "В реестре с",
    "excluded_on": "Исключена из реестра",
}


def compare(
    *, insurers: Sequence[Insurer], ratings: Mapping[str, InsurerRating], on: date
) -> tuple[ComparedValue, ...]:
    """Put insurers side by side: what the registry tells, may they be chosen, how many they insure, their ratings."""
    lines = [
        _line(name, title, [_text(getattr(insurer, name)) for insurer in insurers]) for name, title in _FACTS.items()
    ]
    may = ["да" if insurer.may_be_chosen_on(on) else "нет" for insurer in insurers]
    lines.append(_line("may_be_chosen", "Можно выбрать", may))
    insured = {insurer.code: float(n.insured) for insurer in insurers if (n := insurer.last_notice(on))}
    lines.append(_figures("insured", "Застраховано, человек", insurers, insured, more_is_better=True))
    for criterion, rule in CRITERIA.items():
        figures = {
            code: rating.values[criterion.value] for code, rating in ratings.items() if criterion.value in rating.values
        }
        title = f"{rule.title}, {rule.unit}"
        lines.append(_figures(criterion.value, title, insurers, figures, more_is_better=rule.more_is_better))
    return tuple(lines)


def _line(name: str, title: str, values: Sequence[str]) -> ComparedValue:
    return ComparedValue(name=name, title=title, values=tuple(values), differs=len(set(values)) > 1)


def _figures(
    name: str, title: str, insurers: Sequence[Insurer], figures: Mapping[str, float], *, more_is_better: bool
) -> ComparedValue:
    """A line of figures; the best is told only where there are several to compare."""
    texts = [f"{figures[insurer.code]:.15g}" if insurer.code in figures else "" for insurer in insurers]
    line = _line(name, title, texts)
    known = set(figures.values())
    if len(figures) < 2 or len(known) < 2:  # noqa: PLR2004 — one figure alone is neither best nor worst
        return line
    best = max(known) if more_is_better else min(known)
    winners = tuple(insurer.code for insurer in insurers if figures.get(insurer.code) == best)
    return ComparedValue(name=name, title=title, values=line.values, differs=line.differs, best=winners)


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return "" if value is None else str(value)
