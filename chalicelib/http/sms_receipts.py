"""The address to which the second provider of text messages brings its receipts, signed (requirement M2)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.domain.webhook_signature import is_signed
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.edge import HttpProblem
from chalicelib.http.schemas.sms_receipts import SmsReceiptsIn, SmsReceiptsOut
from chalicelib.use_cases.queue_receipts import queue_receipts

blueprint = ApiBlueprint(__name__)


@blueprint.route(
    "POST",
    "/v1/sms-receipts",
    status=202,
    summary="Принять квитанции оператора связи",
    tag="notifications",
    auth=False,
    errors=(401, 404),
)
def receive_sms_receipts(call: Call, body: SmsReceiptsIn) -> SmsReceiptsOut:
    """Для запасного оператора связи: что стало с сообщениями SMS.

    Запрос подписан по Standard Webhooks: заголовки webhook-id, webhook-timestamp (не дальше 5 минут от наших часов) и
    webhook-signature. Повтор и любой порядок ничего не портят; на любой ответ, кроме 2xx, квитанции присылают снова.
    """
    _check_signature(call)
    receipts = [one.receipt(now=call.at) for one in body.receipts]
    queue_receipts(tools=container(), receipts=receipts, at=call.at)
    return SmsReceiptsOut(accepted=len(receipts))


def _check_signature(call: Call) -> None:
    secrets = container().sms_receipt_secrets
    if not secrets:
        raise HttpProblem("not_found", "Запасного оператора связи нет")
    if not any(is_signed(secret=one, headers=call.headers, body=call.raw, at=call.at) for one in secrets):
        detail = "Подпись не подходит: проверьте webhook-id, webhook-timestamp и webhook-signature, часы и секрет"
        raise HttpProblem("unauthorized", detail)
