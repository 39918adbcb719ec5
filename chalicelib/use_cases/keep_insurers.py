"""What the fund keeps beside the federal registry: ratings of a year and issue points of an insurer (H1, H2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from chalicelib.domain.errors import NotPermitted
from chalicelib.domain.insurer_ratings import check_points, check_rating
from chalicelib.domain.insurer_records import InsurerOffices, InsurerRating, IssuePoint
from chalicelib.domain.principal import Role
from chalicelib.domain.regions import local_date
from chalicelib.ports.errors import PreconditionFailed
from chalicelib.use_cases.access import actor_of, require_role
from chalicelib.use_cases.insurer_directory import one_insurer
from chalicelib.use_cases.journal import record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox

Kept = TypeVar("Kept", InsurerRating, InsurerOffices)


def rate_insurer(
    *,
    tools: Toolbox,
    principal: Principal,
    rating: InsurerRating,
    at: datetime,
) -> InsurerRating:
    """Keep the ratings of an insurer for a year; the same again changes nothing (3 AWS calls).

    Raises:
        NotPermitted: neither a fund's operator of the region nor an administrator.
        ValidationFailed: the year or a value is out of its bounds.
        NotFound: there is no such insurer.
    """
    require_role(principal, Role.FUND_OPERATOR, Role.ADMINISTRATOR)
    insurer = one_insurer(tools=tools, code=rating.insurer_code)
    _require_own_region(principal, insurer.region)
    check_rating(year=rating.year, values=rating.values, on=local_date(at=at, region=insurer.region))
    known = next(
        (r for r in tools.store.insurer_ratings(insurer_code=rating.insurer_code) if r.year == rating.year), None
    )
    before = known or InsurerRating(insurer_code=insurer.code, region=insurer.region, year=rating.year, values={})
    wanted = replace(before, region=insurer.region, values=dict(rating.values), source=rating.source)
    if known == wanted:
        return known
    details = {"insurer_code": rating.insurer_code, "year": str(rating.year)}
    return _kept(tools, principal, wanted, "insurer_rated", details, at)


def keep_offices(
    *,
    tools: Toolbox,
    principal: Principal,
    insurer_code: str,
    points: Sequence[IssuePoint],
    if_version: int | None,
    at: datetime,
) -> InsurerOffices:
    """Replace the issue points of an insurer; the same again changes nothing (3 AWS calls).

    Raises:
        NotPermitted: not this insurer's operator, the fund's of its region, or an administrator.
        ValidationFailed: what is wrong with the points, all at once.
        NotFound: there is no such insurer.
        PreconditionFailed: If-Match is not the present version.
    """
    require_role(principal, Role.INSURER_OPERATOR, Role.FUND_OPERATOR, Role.ADMINISTRATOR)
    insurer = one_insurer(tools=tools, code=insurer_code)
    if principal.has_role(Role.INSURER_OPERATOR):
        if principal.insurer != insurer_code:
            raise NotPermitted("Менять пункты выдачи можно только своей страховой организации")
    else:
        _require_own_region(principal, insurer.region)
    known = tools.store.insurer_offices(insurer_code=insurer_code)
    if if_version is not None and if_version != known.version:
        raise PreconditionFailed("Список пунктов уже изменён: обновите страницу")
    wanted = replace(known, points=check_points(points=points))
    if known == wanted:
        return known
    return _kept(tools, principal, wanted, "issue_points_kept", {"insurer_code": insurer_code}, at)


def _require_own_region(principal: Principal, region: str) -> None:
    """The fund of a region keeps its insurers; one without a region, as an administrator, keeps all."""
    if principal.has_role(Role.ADMINISTRATOR) or principal.region in {None, region}:
        return
    raise NotPermitted("Эту страховую организацию ведёт фонд другого региона")


def _kept(
    tools: Toolbox,
    principal: Principal,
    entity: Kept,
    name: str,
    details: Mapping[str, str],
    at: datetime,
) -> Kept:
    work = tools.store.work(at=at)
    entity = record(entity, work=work, tools=tools, name=name, at=at, actor=actor_of(principal), details=details)
    kept = replace(entity, version=entity.version + 1)
    if entity.version:
        work.update(entity)
    else:
        work.create(kept)
    work.commit()
    return kept
