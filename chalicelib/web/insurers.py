"""The registry of insurers for anyone: search, a filter by region, a sort, and one organisation (requirement H1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.regions import REGIONS, local_date
from chalicelib.http.registry import InsurersQuery, SortBy, found_insurers
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.forms import DEFAULT_REGION
from chalicelib.web.answers import Answer, Page
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.rendering import day

if TYPE_CHECKING:
    from chalicelib.domain.insurer import Insurer
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

_LONGEST = 100
_SORTS = {SortBy.NAME: "По названию", SortBy.CODE: "По коду", SortBy.REGION: "По региону"}


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
    context = {
        "rows": [_row(insurer, insurer.may_be_chosen_on(on)) for insurer in found_insurers(query, on=on)],
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
        "site": found.site if found.site.startswith(("https://", "http://")) else "",
    }
    return Page(template="pages/insurer.html", context=context)
