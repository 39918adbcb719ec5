"""All event Lambdas together, for packaging and for one machine; on AWS each of them loads its own module."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.events import (
    documents,
    due,
    employer_lists,
    exchange,
    expiry,
    inbound_mail,
    issuance,
    messages,
    notifications,
    outbox_relay,
    receipts,
    retention,
    scan_uploads,
    verification,
    webhooks,
)

if TYPE_CHECKING:
    from chalice import Chalice

MODULES = (
    scan_uploads,
    verification,
    issuance,
    documents,
    employer_lists,
    exchange,
    notifications,
    receipts,
    messages,
    outbox_relay,
    expiry,
    due,
    retention,
    inbound_mail,
    webhooks,
)


def register(app: Chalice) -> None:
    """Register the blueprint of every event Lambda."""
    for module in MODULES:
        app.register_blueprint(module.blueprint)
