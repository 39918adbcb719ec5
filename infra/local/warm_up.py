"""Loads in the background what the first request or message would otherwise wait for."""

from __future__ import annotations

import contextlib
import threading
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container

if TYPE_CHECKING:
    from collections.abc import Callable


def in_background(prepare: Callable[[], None]) -> None:
    """Prepare while the process goes on starting; whatever fails shows again, and better, in the first use."""

    def run() -> None:
        with contextlib.suppress(Exception):
            prepare()

    threading.Thread(target=run, daemon=True, name="warm-up").start()


def for_requests() -> None:
    """Make the clients of the routes and read the secret."""
    tools = container()
    for service in ("dynamodb", "secretsmanager", "s3", "sqs"):
        tools.client(service)
    tools.secrets.lookup_hash(kind="warm-up", value="")
    _ = tools.store, tools.scans, tools.contacts


def for_events() -> None:
    """Make the clients of the consumers as well, and draw a page: fonts take longest."""
    for_requests()
    tools = container()
    for service in ("sns", "sesv2", "kms"):
        tools.client(service)
    tools.signer.public_keys()
    _draw()
    _ = tools.registers, tools.inspector, tools.sms, tools.email


def _draw() -> None:
    from chalicelib.domain.documents import InsurerView, ReceiptDocument

    today = date(2026, 1, 1)
    sample = ReceiptDocument(
        number="0",
        submitted_at=datetime(2026, 1, 1, tzinfo=UTC),
        kind="Заявление",
        applicant="Примерова Анна",
        insurer=InsurerView(name="Пример", code="00000", phones=(), site=""),
        documents=("Паспорт",),
        due_on=today,
        status_link="https://polis.example.org/status",
        next_steps=("Ждать",),
        qr_link="HTTPS://POLIS.EXAMPLE.ORG/Q#A",
        legal_reference="",
    )
    container().renderer.receipt(document=sample)
