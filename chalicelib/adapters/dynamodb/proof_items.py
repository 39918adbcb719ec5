"""What proves insurance, and who may act for whom, as items: their keys, and what their indexes need."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import correction_keys, index_keys, keys, registry_items
from chalicelib.domain.insurance_history import CertificateVersion, PolicyVersion
from chalicelib.domain.policy import Policy
from chalicelib.domain.policy_steps import next_step
from chalicelib.domain.representation import Representation
from chalicelib.domain.temporary_certificate import TemporaryCertificate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

Item = dict[str, dict[str, Any]]


def _policy_version_key(entity: PolicyVersion) -> keys.Key:
    policy = entity.policy
    return correction_keys.policy_version(policy.person_id, policy.policy_id, entity.known_at, policy.version)


def _certificate_version_key(entity: CertificateVersion) -> keys.Key:
    found = entity.certificate
    return correction_keys.certificate_version(found.person_id, found.application_id, entity.known_at, found.version)


def _due(name: str, entity_id: str, at: datetime | None) -> Item:
    return {} if at is None else dict(index_keys.due_index(name, entity_id, at))


def _policy_item(entity: Policy) -> Item:
    step = next_step(entity)
    item = {} if step is None else dict(index_keys.due_index("policy", entity.policy_id, step[1]))
    return item | registry_items.insured(entity)


KEYS: Mapping[type, Callable[[Any], keys.Key]] = {
    Policy: lambda e: keys.policy(e.person_id, e.policy_id),
    TemporaryCertificate: lambda e: keys.certificate(e.person_id, e.application_id),
    PolicyVersion: _policy_version_key,
    CertificateVersion: _certificate_version_key,
    Representation: lambda e: keys.representation(e.representative_id, e.person_id),
}

EXTRAS: Mapping[type, Callable[[Any], Item]] = {
    Policy: _policy_item,
    TemporaryCertificate: lambda e: _due("certificate", e.application_id, e.next_step_at),
    Representation: lambda e: _due("representation", e.person_id, e.next_step_at),
}
