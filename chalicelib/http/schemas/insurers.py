"""Issue points, ratings, comparison and numbers of insured as JSON (H1, H2)."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from chalicelib.domain.insurer_ratings import MAX_POINTS, Criterion
from chalicelib.http.models import In, IsoDate, Out, Query


class IssuePointIn(In):
    """An office where policies are given out (classifier F013)."""

    code: str = Field(pattern=r"^[0-9]{1,3}$", description="Код пункта, до трёх цифр")
    address: str = Field(min_length=5, max_length=254)
    phone: str = Field(max_length=100, description="С кодом города", examples=["8(495)225-23-10"])
    opens_on: IsoDate
    closes_on: IsoDate | None = Field(default=None, description="Первый день, когда пункт закрыт")


class IssuePointsIn(In):
    """All issue points of an insurer; what is not there is taken away."""

    points: list[IssuePointIn] = Field(max_length=MAX_POINTS)


class IssuePointOut(Out):
    """An issue point."""

    code: str
    address: str
    phone: str
    opens_on: date
    closes_on: date | None
    is_open: bool


class IssuePointsOut(Out):
    """The issue points of an insurer."""

    items: list[IssuePointOut]
    version: int


class RatingIn(In):
    """The figures of a year; a criterion that was not measured is left out."""

    values: dict[Criterion, float] = Field(description="Показатель → значение", examples=[{"surveys": 87.5}])
    source: str = Field(default="", max_length=200, description="Откуда взяты значения")


class ScoreOut(Out):
    """A figure of a rating."""

    criterion: Criterion
    title: str
    unit: str
    value: float
    more_is_better: bool


class RatingOut(Out):
    """The ratings of an insurer for a year."""

    insurer_code: str
    region: str
    year: int
    scores: list[ScoreOut]
    source: str
    version: int


class RatingsOut(Out):
    """Ratings."""

    items: list[RatingOut]


class RatingsQuery(Query):
    """Of which year and region."""

    year: int | None = Field(default=None, ge=2011, le=2100, description="Год; без него — прошлый")
    region: str | None = Field(default=None, max_length=2, description="Код региона, F010")


class ComparisonQuery(Query):
    """Which insurers to put side by side."""

    codes: str = Field(default="", max_length=60, description="До пяти кодов через запятую", examples=["77012,77004"])
    year: int | None = Field(default=None, ge=2011, le=2100, description="Год рейтинга; без него — прошлый")
    on: IsoDate | None = Field(default=None, description="На какую дату судить о лицензии")


class ComparedOut(Out):
    """A line of the comparison: values in the order of the codes, and which insurers are best by it."""

    name: str
    title: str
    values: list[str]
    differs: bool
    best: list[str]


class ComparisonOut(Out):
    """Insurers side by side."""

    codes: list[str]
    names: list[str]
    year: int
    on: date
    lines: list[ComparedOut]


class NumbersQuery(Query):
    """Of which region."""

    region: str | None = Field(default=None, max_length=2, description="Код региона, F010")


class InsuredNumberOut(Out):
    """How many people were insured in a region in a year."""

    region: str
    year: int
    insured: int
    by_insurer: dict[str, int]


class InsuredNumbersOut(Out):
    """The history by region and year."""

    items: list[InsuredNumberOut]
