"""Lambda: takes in files of registries and of the exchange with the fund, and goes on with what they began (H1, P4)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint

from chalicelib.events.runtime import PoisonMessage, json_body, message, run_batch, text_field, uploaded_objects
from chalicelib.use_cases import fund_answers, registry_imports
from chalicelib.use_cases.change_files import begin_files
from chalicelib.use_cases.import_registry import begin_import, go_on_with_import
from chalicelib.use_cases.make_change_file import go_on_with_change_file
from chalicelib.use_cases.take_fund_answer import begin_answer, go_on_with_answer
from chalicelib.use_cases.tell_departure import tell_departure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.on_sqs_message(queue_arn={"Fn::GetAtt": ["ExchangeQueue", "Arn"]}, batch_size=1, name="exchange")
def exchange(event: Any) -> dict[str, list[dict[str, str]]]:
    """Handle each file that S3 tells of, and each step that the outbox brings."""
    return run_batch(event, _handle)


def _handle(tools: Container, record: Mapping[str, Any]) -> None:
    found = json_body(record)
    if "Records" in found or "Event" in found:
        for key, version in uploaded_objects(found):
            _begin(tools, key, version)
        return
    body = message(record)["body"]
    step = _STEPS.get(text_field(body, "step"))
    if step is None:
        raise PoisonMessage("no such step")
    step(tools, body)


def _begin(tools: Container, key: str, version: str | None) -> None:
    if key.startswith(registry_imports.PREFIX):
        begin_import(tools=tools, key=key, version=version, at=tools.now())
    elif key.startswith(fund_answers.PREFIX):
        begin_answer(tools=tools, key=key, version=version, at=tools.now())


def _import(tools: Container, body: Mapping[str, Any]) -> None:
    go_on_with_import(tools=tools, import_id=text_field(body, "import_id"), at=tools.now())


def _departure(tools: Container, body: Mapping[str, Any]) -> None:
    try:
        leaves_on, page = date.fromisoformat(text_field(body, "leaves_on")), int(text_field(body, "page"))
    except ValueError:
        raise PoisonMessage("no day or page") from None
    code = text_field(body, "insurer_code")
    tell_departure(tools=tools, insurer_code=code, leaves_on=leaves_on, page=page, at=tools.now())


def _change_file(tools: Container, body: Mapping[str, Any]) -> None:
    go_on_with_change_file(tools=tools, name=text_field(body, "file"), at=tools.now())


def _answer(tools: Container, body: Mapping[str, Any]) -> None:
    go_on_with_answer(tools=tools, answer_id=text_field(body, "answer_id"), at=tools.now())


def _round(tools: Container, body: Mapping[str, Any]) -> None:
    begin_files(tools=tools, at=tools.now())


_STEPS: Mapping[str, Callable[[Container, Mapping[str, Any]], None]] = {
    "import": _import,
    "departure": _departure,
    "change_file": _change_file,
    "fund_answer": _answer,
    "exchange_round": _round,
}
