"""The route that checks a file of the exchange with the fund and answers with the error report FLK_P (P4)."""

from __future__ import annotations

import base64
import binascii

from pydantic import Field

from chalicelib.domain.errors import FieldError, InvalidValue, NotPermitted, ValidationFailed
from chalicelib.domain.exchange_check import check_exchange_file
from chalicelib.domain.exchange_model import FileKind
from chalicelib.domain.principal import Role
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import In, Out
from chalicelib.use_cases.access import require_operator

blueprint = ApiBlueprint(__name__)

TAG = "operators"
OPERATORS = ("insurer_operator", "fund_operator")
MAX_BASE64 = 4 * 1024 * 1024
"""API Gateway hands over at most six megabytes."""


class ExchangeFileIn(In):
    """A file of the exchange, packed or not."""

    name: str = Field(max_length=60, description="Имя файла", examples=["i77012_0_03261.xml"])
    content: str = Field(min_length=1, max_length=MAX_BASE64, description="Файл XML или ZIP в Base64, до 3 МБ")


class FlkErrorOut(Out):
    """A mistake: the federal code, the element, what it lies in, the record, a word on it."""

    code: str
    field: str
    base: str
    record: str
    comment: str


class ExchangeCheckOut(Out):
    """The outcome; ``report`` is the text of the file FLK_P, to be written in windows-1251."""

    kind: FileKind
    name: str
    records: int
    is_accepted: bool
    errors: list[FlkErrorOut]
    report_name: str
    report: str


@blueprint.route(
    "POST", "/v1/exchange-checks", summary="Проверить файл обмена с фондом", tag=TAG, errors=(403,), roles=OPERATORS
)
def check(call: Call, body: ExchangeFileIn) -> ExchangeCheckOut:
    """OPLIST, REPLIST, STOPLIST или FLK_P: все ошибки с федеральными кодами и готовый протокол. Ничего не хранится."""
    scope = require_operator(call.principal)
    try:
        data = base64.b64decode(body.content, validate=True)
    except (ValueError, binascii.Error):
        raise _mistake("content", "not_base64", "Передайте содержимое файла в Base64") from None
    try:
        found = check_exchange_file(name=body.name, data=data)
    except InvalidValue as refusal:
        raise _mistake(_FIELDS.get(refusal.reason, "content"), refusal.reason, refusal.detail) from None
    insurer = found.name[1:6]
    is_insurers = call.principal.has_role(Role.INSURER_OPERATOR)
    if scope.code != (insurer if is_insurers else insurer[:2]):
        raise NotPermitted("Проверять можно файлы своей страховой организации или своего региона")
    return ExchangeCheckOut(
        kind=found.kind,
        name=found.name,
        records=found.records,
        is_accepted=not found.errors,
        errors=[FlkErrorOut.model_validate(error) for error in found.errors],
        report_name=found.report_name,
        report=found.report,
    )


_FIELDS = {"exchange_name": "name"}


def _mistake(field: str, code: str, message: str) -> ValidationFailed:
    return ValidationFailed([FieldError(field=field, code=code, message=message)])
