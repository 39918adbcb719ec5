"""What everyone may read of insurers: search, comparison, branches, ratings, numbers of insured (H1, H2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.insurer_ratings import CRITERIA, ComparedValue, Criterion, compare
from chalicelib.domain.insurer_search import rank
from chalicelib.ports.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.insurer_records import InsurerOffices, InsurerRating
    from chalicelib.ports.toolbox import Toolbox

BRANCHES_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedInsurers:
    """Which insurers are wanted on a day, and in which order; without ``sort`` what fits the search best is first.

    ``sort`` may be a criterion of ratings: then the best of ``rating_year`` are first (of the last full year without
    it), those that are not rated last.
    """

    on: date
    region: str | None = None
    search: str | None = None
    may_be_chosen: bool | None = None
    licensed: bool | None = None
    sort: str | None = None
    rating_year: int | None = None


def find_insurers(*, tools: Toolbox, wanted: WantedInsurers) -> list[Insurer]:
    """List the insurers of a region, or all, that are wanted (1 AWS call per page of the registry, 1 for ratings)."""
    ranked: list[tuple[int, Insurer]] = []
    for insurer in tools.store.insurers(region=wanted.region):
        place = rank(insurer=insurer, wanted=wanted.search or "")
        if place is not None and _fits(insurer, wanted):
            ranked.append((place, insurer))
    order = _by_rating(tools, wanted) if wanted.sort in set(Criterion) else _ORDERS[wanted.sort or "name"]
    ranked.sort(key=lambda pair: (0 if wanted.sort else pair[0], order(pair[1], wanted.on), pair[1].code))
    return [insurer for _, insurer in ranked]


def _fits(insurer: Insurer, wanted: WantedInsurers) -> bool:
    may = wanted.may_be_chosen in {None, insurer.may_be_chosen_on(wanted.on)}
    return may and wanted.licensed in {None, insurer.is_licensed_on(wanted.on)}


def _insured(insurer: Insurer, on: date) -> int:
    notice = insurer.last_notice(on)
    return -notice.insured if notice else 1


def _by_rating(tools: Toolbox, wanted: WantedInsurers) -> Callable[[Insurer, date], tuple[int, float, str]]:
    year = wanted.rating_year or wanted.on.year - 1
    criterion = Criterion(wanted.sort or "")
    sign = -1 if CRITERIA[criterion].more_is_better else 1
    rated = {
        rating.insurer_code: sign * rating.values[criterion.value]
        for rating in tools.store.ratings_of_year(year=year, region=wanted.region)
        if criterion.value in rating.values
    }
    return lambda insurer, _: (insurer.code not in rated, rated.get(insurer.code, 0.0), insurer.name.casefold())


_ORDERS: Mapping[str, Callable[[Insurer, date], str | int]] = {
    "name": lambda insurer, _: insurer.name.casefold(),
    "code": lambda insurer, _: insurer.code,
    "region": lambda insurer, _: insurer.region,
    "insured": _insured,
}


def one_insurer(*, tools: Toolbox, code: str) -> Insurer:
    """Read an insurer (1 AWS call); raises NotFound."""
    found = tools.store.insurer(code=code)
    if found is None:
        raise NotFound("Страховая организация не найдена")
    return found


def branches(*, tools: Toolbox, code: str) -> list[Insurer]:
    """List the other rows of the registry of the same legal entity: head office first, then by region (2 AWS calls)."""
    insurer = one_insurer(tools=tools, code=code)
    if not insurer.ogrn:
        return []
    rows = [row for row in tools.store.insurers(region=None) if row.ogrn == insurer.ogrn and row.code != code]
    rows.sort(key=lambda row: (row.organisation != "head", row.code))
    return rows[:BRANCHES_SHOWN]


def offices(*, tools: Toolbox, code: str) -> InsurerOffices:
    """List the issue points of an insurer (2 AWS calls); raises NotFound."""
    one_insurer(tools=tools, code=code)
    return tools.store.insurer_offices(insurer_code=code)


def ratings(*, tools: Toolbox, code: str) -> Sequence[InsurerRating]:
    """List the ratings of an insurer, the last year first (2 AWS calls); raises NotFound."""
    one_insurer(tools=tools, code=code)
    return tools.store.insurer_ratings(insurer_code=code)


def ratings_of_year(*, tools: Toolbox, year: int, region: str | None) -> Sequence[InsurerRating]:
    """List the ratings of a year, of a region or all (1 AWS call per page)."""
    return tools.store.ratings_of_year(year=year, region=region)


def comparison(
    *, tools: Toolbox, codes: Sequence[str], year: int, on: date
) -> tuple[list[Insurer], tuple[ComparedValue, ...]]:
    """Put insurers side by side (1 AWS call each, and one for the ratings).

    Raises:
        ValidationFailed: names every code that is none.
    """
    found = [(code, tools.store.insurer(code=code)) for code in codes]
    unknown = [code for code, insurer in found if insurer is None]
    if unknown:
        message = f"Нет в реестре: {', '.join(unknown)}. Проверьте коды"
        raise ValidationFailed([FieldError(field="codes", code="unknown_insurer", message=message)])
    insurers = [insurer for _, insurer in found if insurer is not None]
    rated = {rating.insurer_code: rating for rating in tools.store.ratings_of_year(year=year, region=None)}
    chosen = {code: rated[code] for code in codes if code in rated}
    return insurers, compare(insurers=insurers, ratings=chosen, on=on)


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuredNumber:
    """How many people were insured in a region in a year, in all and by insurer, as the insurers told the fund."""

    region: str
    year: int
    insured: int
    by_insurer: Mapping[str, int]


def insured_numbers(*, tools: Toolbox, region: str | None) -> list[InsuredNumber]:
    """List the numbers of insured by region and year, the last year first (1 AWS call per page).

    Of several notices about one year the last one told counts.
    """
    told: dict[tuple[str, int], dict[str, int]] = defaultdict(dict)
    for insurer in tools.store.insurers(region=region):
        for notice in insurer.notices:
            told[insurer.region, notice.year][insurer.code] = notice.insured
    return [
        InsuredNumber(region=place, year=year, insured=sum(numbers.values()), by_insurer=dict(sorted(numbers.items())))
        for (place, year), numbers in sorted(told.items(), key=lambda item: (item[0][0], -item[0][1]))
    ]
