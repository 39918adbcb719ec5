"""The scenarios by name, in the order in which `all` walks them: what fires the schedules of a far day comes last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.scenarios import (
    appeals,
    certificates,
    clinics,
    exchange,
    messages,
    offices,
    people,
    policies,
    privacy,
    registry,
    sms,
    support,
    webhooks,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.local.scenarios.stage import Stage

SCENARIOS: Mapping[str, Callable[[Stage], None]] = {
    "child": people.child,
    "worker": people.worker,
    "attorney": people.attorney,
    "loss": policies.loss,
    "suspension": policies.suspension,
    "refusal": policies.refusal,
    "legacy": policies.legacy,
    "newborn": offices.newborn,
    "correction": offices.correction,
    "bounces": messages.bounces,
    "webhooks": webhooks.webhooks,
    "attachment": clinics.attachment,
    "appeal": appeals.appeal,
    "support": support.support,
    "privacy": privacy.privacy,
    "clinic-desk": clinics.desk,
    "certificate": certificates.certificate,
    "employer": certificates.employer,
    "registry-import": registry.registry_import,
    "fund-exchange": exchange.fund_exchange,
    "moving": policies.moving,
    "insurer-change": policies.insurer_change,
    "foreigner": people.foreigner,
    "sms-switch": sms.switch,
}
