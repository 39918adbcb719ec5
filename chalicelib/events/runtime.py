"""What every event Lambda has in common: records one by one, failures told to the queue, nothing personal logged."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote_plus

from chalicelib import settings
from chalicelib.bootstrap import Container, container
from chalicelib.observability import logger

Handle = Callable[[Container, Mapping[str, Any]], object]

settings.check()


class PoisonMessage(Exception):
    """The message is not one of ours: after its tries it ends in the dead-letter queue."""


def run_batch(event: Any, handle: Handle) -> dict[str, list[dict[str, str]]]:
    """Handle the records of an SQS event one by one and report those that failed.

    A batch of one that fails raises, so that it is retried whether or not the queue's mapping knows partial
    failures; larger batches rely on that setting, or on work that a schedule repeats anyway.
    """
    records = event.to_dict()["Records"]
    failed: list[dict[str, str]] = []
    for record in records:
        try:
            handle(container(), record)
        except Exception as failure:
            _log_failure(record, failure)
            if len(records) == 1:
                raise
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def message(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read a message of the outbox: ``id``, ``at`` and ``body``; raises PoisonMessage."""
    found = json_body(record)
    if not isinstance(found.get("body"), dict) or not isinstance(found.get("id"), str):
        raise PoisonMessage("not a message of the outbox")
    return found


def json_body(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read the JSON object in a record's body; raises PoisonMessage."""
    try:
        found = json.loads(record["body"])
    except ValueError:
        raise PoisonMessage("not JSON") from None
    if not isinstance(found, dict):
        raise PoisonMessage("not an object")
    return found


def text_field(body: Mapping[str, Any], name: str) -> str:
    """Read a text of a message's body; raises PoisonMessage."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise PoisonMessage(f"no {name}")
    return value


def uploaded_objects(body: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Read keys and versions of the objects in an event of S3; raises PoisonMessage."""
    if body.get("Event") == "s3:TestEvent":
        return
    records = body.get("Records")
    if not isinstance(records, list):
        raise PoisonMessage("not an event of S3")
    for record in records:
        try:
            found = record["s3"]["object"]
            # S3 writes keys in its events as in a query string.
            yield unquote_plus(found["key"]), found.get("versionId")
        except (KeyError, TypeError):
            raise PoisonMessage("not an event of S3") from None


def moment(event: Any, tools: Container) -> datetime:
    """The moment for which a schedule fires: EventBridge tells it, so that a late start misses nothing."""
    text = event.to_dict().get("time") if event is not None else None
    return datetime.fromisoformat(text) if text else tools.now()


def run_schedule(name: str, run: Callable[[Container], object]) -> None:
    """Run a scheduled job and log its figures."""
    try:
        figures = run(container())
    except Exception as failure:
        _log_failure({"messageId": name}, failure)
        raise
    logger.info("schedule done", extra={"schedule": name, "figures": str(figures)})


def _log_failure(record: Mapping[str, Any], failure: Exception) -> None:
    # The text of an exception may quote data; its type and place never do.
    frames = traceback.extract_tb(failure.__traceback__)
    where = f"{frames[-1].name}:{frames[-1].lineno}" if frames else ""
    logger.warning(
        "event failed",
        extra={
            "message_id": record.get("messageId", ""),
            "failure": type(failure).__name__,
            "where": where,
        },
    )
