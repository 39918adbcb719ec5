"""Routes of certificates of insurance, of one's own and of a represented person (requirements K1, K3)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.insurance_certificates import (
    InsuranceCertificateIn,
    InsuranceCertificateOut,
    insurance_certificate_out,
)
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.insurance_certificates import (
    CertificateWish,
    WhichCertificate,
    ask_for_certificate,
    certificate_link,
    find_certificate,
    list_certificates,
)
from chalicelib.use_cases.ordered_documents import LINK_SECONDS

blueprint = ApiBlueprint(__name__)

TAG = "insurance-certificates"
CITIZEN = ("citizen",)
OWN = "/v1/me/insurance-certificates"
REPRESENTED = "/v1/represented-persons/{person_id}/insurance-certificates"
ONE = "{certificate_id}"
"""What is read of one stands below it: an id of two dots would make the bare path that of the profile."""


def _which(certificate_id: str, person_id: str | None = None) -> WhichCertificate:
    person = person_id if person_id is None else entity_id(person_id)
    return WhichCertificate(certificate_id=entity_id(certificate_id), person_id=person)


def _asked(call: Call, body: InsuranceCertificateIn, person_id: str | None = None) -> InsuranceCertificateOut:
    wish = CertificateWish(
        period=body.wish(),
        bilingual=body.bilingual,
        send_by=body.send_by,
        person_id=person_id if person_id is None else entity_id(person_id),
    )
    asked = ask_for_certificate(
        tools=container(),
        principal=call.principal,
        wish=wish,
        at=call.at,
        request=request_key(call.idempotency_key, "insurance-certificate", person_id or "", body.model_dump_json()),
    )
    return insurance_certificate_out(asked)


def _page(call: Call, query: PageQuery, person_id: str | None = None) -> Page[InsuranceCertificateOut]:
    found = list_certificates(
        tools=container(),
        principal=call.principal,
        person_id=person_id if person_id is None else entity_id(person_id),
        limit=query.limit,
        after=after(query.cursor),
        at=call.at,
    )
    items = [insurance_certificate_out(one) for one in found.items]
    return Page[InsuranceCertificateOut](items=items, next_cursor=cursor_of(found.after))


def _found(call: Call, which: WhichCertificate) -> InsuranceCertificateOut:
    found = find_certificate(tools=container(), principal=call.principal, which=which, at=call.at)
    return insurance_certificate_out(found)


def _link(call: Call, which: WhichCertificate) -> LinkOut:
    url = certificate_link(tools=container(), principal=call.principal, which=which, at=call.at)
    return LinkOut(url=url, expires_in=LINK_SECONDS)


@blueprint.route(
    "POST",
    OWN,
    status=201,
    summary="Заказать справку о страховании",
    tag=TAG,
    idempotent="optional",
    errors=(403, 422, 429),
    roles=CITIZEN,
)
def ask(call: Call, body: InsuranceCertificateIn) -> InsuranceCertificateOut:
    """За день, месяц, год или промежуток. Готова в течение минуты; почта приносит ссылку, а не сам документ."""
    return _asked(call, body)


@blueprint.route("GET", OWN, summary="Мои справки о страховании", tag=TAG, roles=CITIZEN)
def certificates(call: Call, query: PageQuery) -> Page[InsuranceCertificateOut]:
    """Сначала новые."""
    return _page(call, query)


@blueprint.route("GET", f"{OWN}/{ONE}/details", summary="Справка о страховании", tag=TAG, errors=(404,), roles=CITIZEN)
def certificate(call: Call, certificate_id: str) -> InsuranceCertificateOut:
    """Состояние, что подтверждает, причина отказа и что сделать."""
    return _found(call, _which(certificate_id))


@blueprint.route(
    "GET", f"{OWN}/{ONE}/link", summary="Ссылка на справку в PDF", tag=TAG, errors=(404, 409), roles=CITIZEN
)
def link(call: Call, certificate_id: str) -> LinkOut:
    """Ссылка действует пять минут."""
    return _link(call, _which(certificate_id))


@blueprint.route(
    "POST",
    REPRESENTED,
    status=201,
    summary="Заказать справку о страховании представляемого",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 422, 429),
    roles=CITIZEN,
)
def represented_ask(call: Call, person_id: str, body: InsuranceCertificateIn) -> InsuranceCertificateOut:
    """То же, что о себе; ссылка на почту приходит представителю."""
    return _asked(call, body, person_id)


@blueprint.route(
    "GET", REPRESENTED, summary="Справки о страховании представляемого", tag=TAG, errors=(404,), roles=CITIZEN
)
def represented_certificates(call: Call, person_id: str, query: PageQuery) -> Page[InsuranceCertificateOut]:
    """Сначала новые."""
    return _page(call, query, person_id)


@blueprint.route(
    "GET",
    f"{REPRESENTED}/{ONE}/details",
    summary="Справка о страховании представляемого",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def represented_certificate(call: Call, person_id: str, certificate_id: str) -> InsuranceCertificateOut:
    """Состояние, что подтверждает, причина отказа и что сделать."""
    return _found(call, _which(certificate_id, person_id))


@blueprint.route(
    "GET",
    f"{REPRESENTED}/{ONE}/link",
    summary="Ссылка на справку представляемого в PDF",
    tag=TAG,
    errors=(404, 409),
    roles=CITIZEN,
)
def represented_link(call: Call, person_id: str, certificate_id: str) -> LinkOut:
    """Ссылка действует пять минут."""
    return _link(call, _which(certificate_id, person_id))
