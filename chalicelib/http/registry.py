"""Routes of what is public: insurers, keys, status lists, health (requirements F3, H1, H3)."""

from __future__ import annotations

import base64
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import Field

from chalicelib.bootstrap import container
from chalicelib.domain.insurer_ratings import FIRST_YEAR
from chalicelib.domain.regions import local_date
from chalicelib.domain.registry_messages import EXCLUSION_REASONS
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import Out, Query
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.insurer_directory import WantedInsurers, find_insurers, one_insurer
from chalicelib.use_cases.status_lists import signed_status_list

if TYPE_CHECKING:
    from chalicelib.domain.insurer import Insurer

blueprint = ApiBlueprint(__name__)

TAG = "registry"
MOSCOW = "77"
LONG = "public, max-age=300"


class SortBy(StrEnum):
    """By what insurers are sorted."""

    NAME = "name"
    CODE = "code"
    REGION = "region"
    INSURED = "insured"
    SHARE_OF_INSURED = "share_of_insured"
    VIOLATIONS = "violations"
    SURVEYS = "surveys"
    COMPLAINTS = "complaints"
    COURT_RESULTS = "court_results"
    OPENNESS = "openness"


class InsurersQuery(Query):
    """Which insurers to list."""

    region: str | None = Field(default=None, max_length=2, description="Код региона, F010")
    on: date | None = Field(default=None, description="На какую дату судить о лицензии")
    search: str | None = Field(
        default=None, max_length=100, description="Начало слов названия (опечатки допустимы), код, ИНН или ОГРН"
    )
    may_be_chosen: bool | None = Field(default=None, description="Только те, кого можно (нельзя) выбрать")
    licensed: bool | None = Field(default=None, description="Только те, у кого лицензия есть (нет) на эту дату")
    sort: SortBy | None = Field(
        default=None,
        description="name, code, region, insured или показатель рейтинга (сначала лучшие, без оценки в конце); "
        "без него сначала самое похожее",
    )
    rating_year: int | None = Field(
        default=None, ge=FIRST_YEAR, le=2100, description="Год рейтинга; без него прошлый полный"
    )


class LicenceOut(Out):
    """A licence; ``until`` is the first day without it."""

    number: str
    issued_on: date
    until: date | None


class InclusionOut(Out):
    """A time in the registry; ``ends_on`` is the first day out of it, ``reason`` the code of classifier R005."""

    begins_on: date
    ends_on: date | None
    reason: str
    reason_title: str


class InsurerOut(Out):
    """An insurer of the registry."""

    code: str
    region: str
    name: str
    full_name: str
    inn: str
    ogrn: str
    kpp: str
    address: str
    phones: list[str]
    email: str
    site: str
    head: str
    licence_number: str
    licence_from: date | None
    licence_until: date | None
    included_on: date
    excluded_on: date | None
    postal_address: str
    fax: str
    okopf: str
    organisation: str
    edited_on: date | None
    licences: list[LicenceOut]
    inclusions: list[InclusionOut]
    insured: int | None
    insured_on: date | None
    may_be_chosen: bool
    source: str


class InsurersOut(Out):
    """The insurers found."""

    items: list[InsurerOut]


class StatusListOut(Out):
    """A signed status list in base64url."""

    status_list: str


class HealthOut(Out):
    """The service answers."""

    status: str


class JwksOut(Out):
    """Published keys (RFC 7517)."""

    keys: list[dict[str, Any]]


_COMPUTED = frozenset({"may_be_chosen", "phones", "licences", "inclusions", "insured", "insured_on"})


def insurer_out(insurer: Insurer, on: date) -> InsurerOut:
    """Present an insurer as it is on a day."""
    notice = insurer.last_notice(on)
    return InsurerOut(
        **{name: getattr(insurer, name) for name in InsurerOut.model_fields if name not in _COMPUTED},
        phones=list(insurer.phones),
        licences=[LicenceOut.model_validate(licence) for licence in insurer.licences],
        inclusions=[
            InclusionOut(
                begins_on=inclusion.begins_on,
                ends_on=inclusion.ends_on,
                reason=inclusion.reason,
                reason_title=EXCLUSION_REASONS.get(inclusion.reason, ""),
            )
            for inclusion in insurer.inclusions
        ],
        insured=notice.insured if notice else None,
        insured_on=notice.told_on if notice else None,
        may_be_chosen=insurer.may_be_chosen_on(on),
    )


@blueprint.route(
    "GET",
    "/v1/insurers",
    auth=False,
    summary="Реестр страховых организаций",
    tag=TAG,
    cache="public, max-age=60",
)
def insurers(call: Call, query: InsurersQuery) -> InsurersOut:
    """По региону; признак may_be_chosen — есть ли действующая лицензия и запись реестра."""
    on = query.on or local_date(at=call.at, region=MOSCOW)
    return InsurersOut(items=[insurer_out(insurer, on) for insurer in found_insurers(query, on=on)])


def found_insurers(query: InsurersQuery, *, on: date) -> list[Insurer]:
    """Find insurers and sort them."""
    wanted = WantedInsurers(**query.model_dump(exclude={"on", "sort"}), on=on, sort=query.sort and query.sort.value)
    return find_insurers(tools=container(), wanted=wanted)


@blueprint.route(
    "GET",
    "/v1/insurers/{code}",
    auth=False,
    summary="Страховая организация",
    tag=TAG,
    cache="public, max-age=60",
    errors=(404,),
)
def insurer(call: Call, code: str) -> InsurerOut:
    """По коду реестра."""
    found = one_insurer(tools=container(), code=code)
    return insurer_out(found, local_date(at=call.at, region=MOSCOW))


@blueprint.route(
    "GET",
    "/.well-known/jwks.json",
    auth=False,
    summary="Ключи, которыми проверяются QR-коды",
    tag=TAG,
    cache=LONG,
)
def keys(call: Call) -> JwksOut:
    """Действующий ключ и прежние: подписанное ими остаётся проверяемым."""
    from chalicelib.adapters.signing import jwks  # noqa: PLC0415 — loads cryptography

    return JwksOut(**jwks(keys=container().signer.public_keys()))


@blueprint.route(
    "GET",
    "/v1/status-lists/{number}",
    auth=False,
    summary="Подписанный список отозванных документов",
    tag=TAG,
    cache=LONG,
    errors=(404,),
)
def status_list(call: Call, number: str) -> StatusListOut:
    """CWT со сжатым списком: два бита на документ; в нём виден возраст списка."""
    if not (number.isascii() and number.isdigit() and len(number) <= 4):  # noqa: PLR2004 — 10,000 lists
        raise NotFound("Такого списка нет")
    message = signed_status_list(tools=container(), number=int(number), at=call.at)
    return StatusListOut(status_list=base64.urlsafe_b64encode(message).rstrip(b"=").decode())


@blueprint.route("GET", "/health", auth=False, summary="Сервис отвечает", tag=TAG)
def health(call: Call) -> HealthOut:
    """Без обращения к хранилищам."""
    return HealthOut(status="ok")
