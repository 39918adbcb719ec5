"""Routes about insurers beside the registry: branches, issue points, ratings, comparison, numbers (H1, H2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.insurer_ratings import CRITERIA
from chalicelib.domain.insurer_records import InsurerRating, IssuePoint
from chalicelib.domain.regions import local_date
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.registry import MOSCOW, TAG, InsurersOut, insurer_out
from chalicelib.http.schemas.insurers import (
    ComparedOut,
    ComparisonOut,
    ComparisonQuery,
    InsuredNumberOut,
    InsuredNumbersOut,
    IssuePointOut,
    IssuePointsIn,
    IssuePointsOut,
    NumbersQuery,
    RatingIn,
    RatingOut,
    RatingsOut,
    RatingsQuery,
    ScoreOut,
)
from chalicelib.use_cases import insurer_directory, keep_insurers

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.insurer_records import InsurerOffices

blueprint = ApiBlueprint(__name__)

KEEPERS = ("fund_operator", "administrator")
OFFICE_KEEPERS = ("insurer_operator", *KEEPERS)
SHORT = "public, max-age=60"
MOST_COMPARED = 5


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
    found = insurer_directory.insured_numbers(tools=container(), region=query.region)
    return InsuredNumbersOut(items=[InsuredNumberOut.model_validate(number) for number in found])
