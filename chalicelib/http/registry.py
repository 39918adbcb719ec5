"""Routes of what is public: insurers, keys, status lists, health (requirements F3, H1, H3)."""

from __future__ import annotations

import base64
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from pydantic import Field

from chalicelib.bootstrap import container
from chalicelib.domain.names import norm_key
from chalicelib.domain.regions import local_date
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import Out, Query
from chalicelib.ports.errors import NotFound
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


class InsurersQuery(Query):
    """Which insurers to list."""

    region: str | None = Field(default=None, max_length=2, description="Код региона, F010")
    on: date | None = Field(default=None, description="На какую дату судить о лицензии")
    search: str | None = Field(default=None, max_length=100, description="Часть названия, код, ИНН или ОГРН")
    may_be_chosen: bool | None = Field(default=None, description="Только те, кого можно (нельзя) выбрать")
    sort: SortBy = Field(default=SortBy.NAME, description="Порядок: name, code или region")


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
    licence_from: date
    licence_until: date | None
    included_on: date
    excluded_on: date | None
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


def _insurer_out(insurer: Insurer, on: date) -> InsurerOut:
    return InsurerOut(
        **{name: getattr(insurer, name) for name in InsurerOut.model_fields if name not in {"may_be_chosen", "phones"}},
        phones=list(insurer.phones),
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
    """По региону; признак may_be_chosen — есть ли действующая лицензия."""
    on = query.on or local_date(at=call.at, region=MOSCOW)
    return InsurersOut(items=[_insurer_out(insurer, on) for insurer in found_insurers(query, on=on)])


def found_insurers(query: InsurersQuery, *, on: date) -> list[Insurer]:
    """Find insurers and sort them (1 AWS call)."""
    chosen = [
        insurer
        for insurer in container().store.insurers(region=query.region)
        if _is_sought(insurer, query.search) and query.may_be_chosen in {None, insurer.may_be_chosen_on(on)}
    ]
    return sorted(chosen, key=lambda insurer: (getattr(insurer, query.sort.value), insurer.code))


def _is_sought(insurer: Insurer, search: str | None) -> bool:
    if not search:
        return True
    wanted = norm_key(search)
    return wanted in norm_key(insurer.name) or search.strip() in {insurer.code, insurer.inn, insurer.ogrn}


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
    found = container().store.insurer(code=code)
    if found is None:
        raise NotFound("Страховая организация не найдена")
    return _insurer_out(found, local_date(at=call.at, region=MOSCOW))


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
