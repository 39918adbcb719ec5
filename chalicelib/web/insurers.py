"""The registry of insurers for anyone: search, a filter by region, a sort, and one organisation (requirement H1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.insurer_ratings import CRITERIA
from chalicelib.domain.regions import DEFAULT_REGION, REGIONS, local_date
from chalicelib.http.registry import InsurersQuery, SortBy, found_insurers
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.insurer_directory import ratings
from chalicelib.web.answers import Answer, Page
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.charts import chart
from chalicelib.web.ratings import number, side_by_side
from chalicelib.web.rendering import day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.insurer_records import InsurerRating
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

_LONGEST = 100
_YEARS = 5
_SORTS = {
    SortBy.NAME: "По названию",
    SortBy.CODE: "По коду",
    SortBy.REGION: "По региону",
    SortBy.INSURED: "По числу застрахованных",
    **{SortBy(criterion.value): f"По рейтингу: {rule.title.lower()}" for criterion, rule in CRITERIA.items()},
}


@blueprint.page("GET", "/insurers")
def insurers(visit: Visit) -> Answer:
    """The organisations found; what an address names wrongly filters nothing."""
    on = local_date(at=visit.at, region=DEFAULT_REGION)
    region, sort = visit.query.get("region", ""), visit.query.get("sort", "")
    query = InsurersQuery(
        region=region if region in REGIONS else None,
        search=visit.query.get("search", "").strip()[:_LONGEST] or None,
        may_be_chosen=True if visit.query.get("open") == "yes" else None,
        sort=SortBy(sort) if sort in set(SortBy) else None,
    )
    found = found_insurers(query, on=on)
    told = {insurer: notice.insured for insurer in found if (notice := insurer.last_notice(on)) is not None}
    context = {
        "rows": [_row(insurer, insurer.may_be_chosen_on(on)) for insurer in found],
        "ratings": side_by_side(found, region=query.region, on=on) if query.region else None,
        "insured": chart(
            "insured",
            "Сколько человек застраховано",
            {insurer.code: number for insurer, number in told.items()},
            {insurer.code: insurer.name for insurer in told},
        ),
        "query": query,
        "regions": [{"code": code, "title": found.name} for code, found in REGIONS.items()],
        "sorts": [{"code": code.value, "title": title} for code, title in _SORTS.items()],
        "on": on,
    }
    return Page(template="pages/insurers.html", context=context)


def _row(insurer: Insurer, may_be_chosen: bool) -> dict[str, object]:  # noqa: FBT001 — one word of one row
    found = REGIONS.get(insurer.region)
    return {"insurer": insurer, "region": found.name if found else insurer.region, "may_be_chosen": may_be_chosen}


@blueprint.page("GET", "/insurers/{code}")
def insurer(visit: Visit, code: str) -> Answer:
    """One organisation with everything that the registry says of it."""
    found = container().store.insurer(code=code)
    if found is None:
        raise NotFound("Страховой организации с таким кодом в реестре нет")
    row = _row(found, found.may_be_chosen_on(local_date(at=visit.at, region=DEFAULT_REGION)))
    context = {
        **row,
        "rows": [
            ("Полное название", found.full_name),
            ("Код в реестре", found.code),
            ("Регион", str(row["region"])),
            ("Адрес", found.address),
            ("Телефоны", ", ".join(found.phones)),
            ("Электронная почта", found.email),
            ("Руководитель", found.head),
            ("ИНН", found.inn),
            ("КПП", found.kpp),
            ("ОГРН", found.ogrn),
            ("Лицензия", f"{found.licence_number} с {day(found.licence_from)}"),
            ("Лицензия до", day(found.licence_until)),
            ("В реестре с", day(found.included_on)),
            ("Исключена из реестра", day(found.excluded_on)),
        ],
        "scores": _scores(ratings(tools=container(), code=code)),
        "site": found.site if found.site.startswith(("https://", "http://")) else "",
    }
    return Page(template="pages/insurer.html", context=context)


def _scores(found: Sequence[InsurerRating]) -> dict[str, Any]:
    """The ratings by year, the last first; a criterion that was never measured has no line."""
    shown = found[:_YEARS]
    lines = [
        (
            rule.title,
            rule.unit,
            [number(rating.values[name.value]) if name.value in rating.values else "" for rating in shown],
        )
        for name, rule in CRITERIA.items()
        if any(name.value in rating.values for rating in shown)
    ]
    return {"years": [rating.year for rating in shown], "lines": lines}
