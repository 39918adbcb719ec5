"""Ratings of insurers side by side: by each criterion, a bar for every one of them, and who is the best (H2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.insurer_ratings import CRITERIA, compare
from chalicelib.use_cases.insurer_directory import ratings_of_year

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.insurer_ratings import CriterionRule
    from chalicelib.domain.insurer_records import InsurerRating


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What one insurer has by a criterion; ``share`` of the greatest among those compared, in per cent."""

    code: str
    name: str
    value: str
    share: int
    is_best: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A criterion with the scores of those who have one, the best first."""

    title: str
    unit: str
    hint: str
    scores: tuple[Score, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """The ratings of a year side by side; ``firsts`` counts by code in how many criteria an insurer is the best."""

    year: int
    lines: tuple[Compared, ...]
    firsts: Mapping[str, int]


def side_by_side(insurers: Sequence[Insurer], *, region: str | None, on: date) -> Ratings:
    """Compare insurers by the ratings of the last full year (1 AWS call per page of them)."""
    year = on.year - 1
    wanted = {insurer.code for insurer in insurers}
    found = {r.insurer_code: r for r in ratings_of_year(tools=container(), year=year, region=region)}
    rated = {code: rating for code, rating in found.items() if code in wanted}
    best = {line.name: line.best for line in compare(insurers=insurers, ratings=rated, on=on)}
    lines = [
        _line(rule, name.value, insurers, rated, best[name.value])
        for name, rule in CRITERIA.items()
        if any(name.value in rating.values for rating in rated.values())
    ]
    return Ratings(year=year, lines=tuple(lines), firsts=Counter(code for codes in best.values() for code in codes))


def _line(
    rule: CriterionRule,
    name: str,
    insurers: Sequence[Insurer],
    rated: Mapping[str, InsurerRating],
    best: Sequence[str],
) -> Compared:
    figures = {code: rating.values[name] for code, rating in rated.items() if name in rating.values}
    most = max(figures.values()) or 1
    scores = [
        Score(
            code=insurer.code,
            name=insurer.name,
            value=number(figures[insurer.code]),
            share=round(100 * figures[insurer.code] / most),
            is_best=insurer.code in best,
        )
        for insurer in sorted(insurers, key=lambda insurer: insurer.name)
        if insurer.code in figures
    ]
    scores.sort(key=lambda score: figures[score.code], reverse=rule.more_is_better)
    hint = "больше — лучше" if rule.more_is_better else "меньше — лучше"
    return Compared(title=rule.title, unit=rule.unit, hint=hint, scores=tuple(scores))


def number(value: float) -> str:
    """Write a figure as Russian texts do: with a comma."""
    return f"{value:.15g}".replace(".", ",")
