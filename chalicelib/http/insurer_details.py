"""Routes about insurers beside the registry: branches, issue points, ratings, comparison, numbers (H1, H2)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.insurer_ratings import CRITERIA, MAX_POINTS, Criterion
from chalicelib.domain.insurer_records import InsurerRating, IssuePoint
from chalicelib.domain.regions import local_date
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import In, IsoDate, Out, Query
from chalicelib.http.registry import MOSCOW, TAG, InsurersOut, insurer_out
from chalicelib.use_cases import insurer_directory, keep_insurers

if TYPE_CHECKING:
    from chalicelib.domain.insurer_records import InsurerOffices

blueprint = ApiBlueprint(__name__)

KEEPERS = ("fund_operator", "administrator")
OFFICE_KEEPERS = ("insurer_operator", *KEEPERS)
SHORT = "public, max-age=60"
MOST_COMPARED = 5


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


@blueprint.route(
    "GET",
    "/v1/insurers/{code}/branches",
    auth=False,
    summary="Другие филиалы того же юридического лица",
    tag=TAG,
    cache=SHORT,
    errors=(404,),
)
def branches(call: Call, code: str) -> InsurersOut:
    """По общему ОГРН: сначала головная организация, затем по регионам."""
    on = local_date(at=call.at, region=MOSCOW)
    found = insurer_directory.branches(tools=container(), code=code)
    return InsurersOut(items=[insurer_out(insurer, on) for insurer in found])


@blueprint.route(
    "GET",
    "/v1/insurers/{code}/issue-points",
    auth=False,
    summary="Пункты выдачи полисов",
    tag=TAG,
    cache=SHORT,
    errors=(404,),
)
def issue_points(call: Call, code: str) -> Reply[IssuePointsOut]:
    """С адресом и телефоном; версия нужна тому, кто ведёт список."""
    found = insurer_directory.offices(tools=container(), code=code)
    return _offices_reply(found, local_date(at=call.at, region=MOSCOW))


def _offices_reply(found: InsurerOffices, on: date) -> Reply[IssuePointsOut]:
    points = [
        IssuePointOut(
            code=point.code,
            address=point.address,
            phone=point.phone,
            opens_on=point.opens_on,
            closes_on=point.closes_on,
            is_open=point.is_open_on(on),
        )
        for point in found.points
    ]
    return Reply(IssuePointsOut(items=points, version=found.version), version=found.version)


@blueprint.route(
    "PUT",
    "/v1/insurers/{code}/issue-points",
    summary="Заменить список пунктов выдачи",
    tag=TAG,
    etag=True,
    if_match="optional",
    errors=(403, 404, 409),
    roles=OFFICE_KEEPERS,
)
def keep_issue_points(call: Call, code: str, body: IssuePointsIn) -> Reply[IssuePointsOut]:
    """Страховая организация ведёт свои пункты, фонд — своего региона. Тот же список ничего не меняет."""
    kept = keep_insurers.keep_offices(
        tools=container(),
        principal=call.principal,
        insurer_code=code,
        points=[IssuePoint(**point.model_dump()) for point in body.points],
        if_version=call.if_match,
        at=call.at,
    )
    return _offices_reply(kept, local_date(at=call.at, region=MOSCOW))


@blueprint.route(
    "GET",
    "/v1/insurers/{code}/ratings",
    auth=False,
    summary="Рейтинги страховой организации по годам",
    tag=TAG,
    cache=SHORT,
    errors=(404,),
)
def ratings(call: Call, code: str) -> RatingsOut:
    """Сначала последний год."""
    return RatingsOut(items=[_rating_out(r) for r in insurer_directory.ratings(tools=container(), code=code)])


@blueprint.route(
    "PUT",
    "/v1/insurers/{code}/ratings/{year}",
    summary="Внести рейтинг за год",
    tag=TAG,
    errors=(403, 404, 409),
    roles=KEEPERS,
)
def rate(call: Call, code: str, year: str, body: RatingIn) -> RatingOut:
    """Заменяет значения года; те же значения ничего не меняют."""
    is_year = year.isascii() and year.isdigit() and len(year) == 4  # noqa: PLR2004 — a year
    wanted = InsurerRating(
        insurer_code=code,
        region="",
        year=int(year) if is_year else 0,  # the rules refuse it
        values={criterion.value: value for criterion, value in body.values.items()},
        source=body.source,
    )
    return _rating_out(
        keep_insurers.rate_insurer(tools=container(), principal=call.principal, rating=wanted, at=call.at)
    )


@blueprint.route("GET", "/v1/insurer-ratings", auth=False, summary="Рейтинги всех за год", tag=TAG, cache=SHORT)
def ratings_of_year(call: Call, query: RatingsQuery) -> RatingsOut:
    """По регионам и кодам."""
    year = query.year or local_date(at=call.at, region=MOSCOW).year - 1
    found = insurer_directory.ratings_of_year(tools=container(), year=year, region=query.region)
    return RatingsOut(items=[_rating_out(rating) for rating in found])


def _rating_out(rating: InsurerRating) -> RatingOut:
    scores = [
        ScoreOut(
            criterion=criterion,
            title=rule.title,
            unit=rule.unit,
            value=rating.values[criterion.value],
            more_is_better=rule.more_is_better,
        )
        for criterion, rule in CRITERIA.items()
        if criterion.value in rating.values
    ]
    return RatingOut(
        insurer_code=rating.insurer_code,
        region=rating.region,
        year=rating.year,
        scores=scores,
        source=rating.source,
        version=rating.version,
    )


@blueprint.route(
    "GET", "/v1/insurer-comparison", auth=False, summary="Сравнить страховые организации", tag=TAG, cache=SHORT
)
def comparison(call: Call, query: ComparisonQuery) -> ComparisonOut:
    """Рядом: сведения реестра, можно ли выбрать, численность, рейтинги; отмечено, что различается и кто лучше."""
    codes = list(dict.fromkeys(filter(None, (code.strip() for code in query.codes.split(",")))))
    if len(codes) > MOST_COMPARED:
        message = "Укажите не больше пяти кодов через запятую"
        raise ValidationFailed([FieldError(field="codes", code="out_of_range", message=message)])
    on = query.on or local_date(at=call.at, region=MOSCOW)
    year = query.year or on.year - 1
    insurers, lines = insurer_directory.comparison(tools=container(), codes=codes, year=year, on=on)
    return ComparisonOut(
        codes=codes,
        names=[insurer.name for insurer in insurers],
        year=year,
        on=on,
        lines=[
            ComparedOut(
                name=line.name,
                title=line.title,
                values=list(line.values),
                differs=line.differs,
                best=list(line.best),
            )
            for line in lines
        ],
    )


@blueprint.route(
    "GET", "/v1/insured-numbers", auth=False, summary="Численность застрахованных по регионам", tag=TAG, cache=SHORT
)
def insured_numbers(call: Call, query: NumbersQuery) -> InsuredNumbersOut:
    """По годам, как сообщили страховые организации в уведомлениях реестра."""
    on = local_date(at=call.at, region=MOSCOW)
    found = insurer_directory.insured_numbers(tools=container(), region=query.region, on=on)
    return InsuredNumbersOut(items=[InsuredNumberOut.model_validate(number) for number in found])
