"""Routes of what a person shows as proof of insurance (requirements F3, F4)."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from chalicelib.bootstrap import container
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import In, Out
from chalicelib.http.schemas.insurance import DocumentOut, document_out
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.share_policy import order_extract, share_policy

blueprint = ApiBlueprint(__name__)

TAG = "people"
CITIZEN = ("citizen",)


class ShareIn(In):
    """For how long the code is valid, and whether it tells the name."""

    days: int = Field(default=1, description="Сколько дней код действует, от 1 до 30", examples=[1])
    with_name: bool = Field(default=False, description="Записать имя в код")


class CodeOut(Out):
    """A signed code: the link in it and its picture."""

    qr_link: str
    svg: str
    valid_until: date


class ExtractIn(In):
    """Which extract."""

    bilingual: bool = Field(default=False, description="На русском и английском языках")


@blueprint.route(
    "POST",
    "/v1/me/insurance/codes",
    status=201,
    summary="Свежий QR-код полиса на ограниченное время",
    tag=TAG,
    idempotent="optional",
    errors=(422,),
    roles=CITIZEN,
)
def share(call: Call, body: ShareIn) -> CodeOut:
    """Код можно показать или переслать: по окончании срока он перестаёт действовать сам."""
    from chalicelib.adapters.documents.qr_code import qr_svg  # noqa: PLC0415 — loads the QR library

    made = share_policy(
        tools=container(),
        principal=call.principal,
        days=body.days,
        with_name=body.with_name,
        at=call.at,
        request=request_key(call.idempotency_key, "policy-code", str(body.days), str(body.with_name)),
    )
    return CodeOut(qr_link=made.link, svg=qr_svg(made.link), valid_until=made.valid_until)


@blueprint.route(
    "POST",
    "/v1/me/extracts",
    status=201,
    summary="Заказать выписку о полисе",
    tag=TAG,
    idempotent="optional",
    errors=(409, 422),
    roles=CITIZEN,
)
def extract(call: Call, body: ExtractIn) -> DocumentOut:
    """Готова через несколько секунд; по запросу — на двух языках."""
    ordered = order_extract(
        tools=container(),
        principal=call.principal,
        bilingual=body.bilingual,
        at=call.at,
        request=request_key(call.idempotency_key, "extract", str(body.bilingual)),
    )
    return document_out(ordered)
