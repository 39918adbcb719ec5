"""Bars drawn on the server as SVG: readable aloud, without scripts, and coloured by the style sheet (O3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH = 340
"""The units of the drawing, which fills the width of its card."""

ROW = 44
BAR = 14
_FIGURE = 64
"""Room for the figure beside the longest bar."""

_LEAST = 2
"""A count of one has a bar that is seen, however many the others are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: what is counted, how many, and where it stands in the drawing."""

    title: str
    count: int
    share: str
    y: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars from the longest to the shortest, with the size of their drawing; ``told`` is the drawing in words."""

    name: str
    title: str
    told: str
    bars: tuple[Bar, ...]
    height: int
    width: int = WIDTH
    bar: int = BAR


def chart(
    name: str, title: str, counts: Mapping[str, int], titles: Mapping[str, str], *, as_given: bool = False
) -> Chart:
    """Lay out a chart of counts by code: the longest first, or in the order in which they are given."""
    ordered = list(counts.items()) if as_given else sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    total, most = sum(counts.values()), max(counts.values(), default=0)
    bars = tuple(
        Bar(
            title=titles.get(code, code),
            count=count,
            share=f"{100 * count / total:.0f} %" if total else "",
            y=place * ROW,
            width=max(round((WIDTH - _FIGURE) * count / most), _LEAST) if count else 0,
        )
        for place, (code, count) in enumerate(ordered)
    )
    told = "; ".join(f"{bar.title}: {bar.count}" for bar in bars)
    return Chart(name=name, title=title, told=told or "Нет данных", bars=bars, height=max(len(bars) * ROW, 1))


COLUMNS_WIDTH = 720
COLUMNS_HEIGHT = 160
"""The units of the drawing of columns without the line of days below."""

_MOST_LABELS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a column: of which group, how many, and where it stands."""

    group: str
    count: int
    y: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One day: its parts from below, its counts by group, and its label where there is room for one."""

    day: date
    label: str
    x: float
    total: int
    counts: tuple[int, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Columns by day, each of parts; ``told`` is the drawing in words."""

    name: str
    title: str
    told: str
    groups: tuple[str, ...]
    columns: tuple[Column, ...]
    bar: float
    most: int
    width: int = COLUMNS_WIDTH
    height: int = COLUMNS_HEIGHT


def columns(
    name: str, title: str, days: Sequence[date], counts: Mapping[date, Mapping[str, int]], groups: Sequence[str]
) -> Columns:
    """Lay out columns: a day without anything has its place, too."""
    step = COLUMNS_WIDTH / max(len(days), 1)
    totals = {day: sum(counts.get(day, {}).values()) for day in days}
    most = max(totals.values(), default=0)
    every = -(-len(days) // _MOST_LABELS) or 1
    made = tuple(
        Column(
            day=day,
            label=f"{day:%d.%m}" if place % every == 0 else "",
            x=round(place * step, 1),
            total=totals[day],
            counts=tuple(counts.get(day, {}).get(group, 0) for group in groups),
            parts=_parts(counts.get(day, {}), groups, most),
        )
        for place, day in enumerate(days)
    )
    told = "; ".join(f"{column.day:%d.%m}: {column.total}" for column in made if column.total)
    return Columns(
        name=name,
        title=title,
        told=told or "Нет данных",
        groups=tuple(groups),
        columns=made,
        bar=round(step * _BAR_SHARE, 1),
        most=most,
    )


_BAR_SHARE = 0.78


def _parts(counts: Mapping[str, int], groups: Sequence[str], most: int) -> tuple[Part, ...]:
    parts, below = [], float(COLUMNS_HEIGHT)
    for group in groups:
        if count := counts.get(group, 0):
            height = round(COLUMNS_HEIGHT * count / most, 1)
            below = round(below - height, 1)
            parts.append(Part(group=group, count=count, y=below, height=height))
    return tuple(parts)
