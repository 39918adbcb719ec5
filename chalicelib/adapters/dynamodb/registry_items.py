"""Insurers, imports of their registry and what is kept beside it, as items: keys and what their indexes need."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb import index_keys, keys, registry_keys
from chalicelib.domain.insurer import Insurer
from chalicelib.domain.insurer_departure import InsurerDeparture
from chalicelib.domain.insurer_records import InsurerOffices, InsurerRating
from chalicelib.domain.policy import STANDING, Policy
from chalicelib.domain.registry_job import ImportReportPage, RegistryImport

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Item = dict[str, dict[str, Any]]


def _insurer_item(entity: Insurer) -> Item:
    far = date(9999, 12, 31)
    return {
        **index_keys.region_index(entity.region, entity.code),
        "open_from": {"S": (entity.open_from or far).isoformat()},
        "open_until": {"S": (entity.open_until or far).isoformat()},
    }


def insured(policy: Policy) -> Item:
    """Index keys of a standing policy: by its last insurer, so that who has chosen another belongs to that one."""
    if policy.state not in STANDING or not policy.periods:
        return {}
    place = registry_keys.insured_place(policy.told_id, policy.person_id, policy.policy_id)
    return dict(registry_keys.insured_index(policy.periods[-1].insurer_code, place))


KEYS: Mapping[type, Callable[[Any], keys.Key]] = {
    Insurer: lambda e: keys.insurer(e.code),
    RegistryImport: lambda e: registry_keys.registry_import(e.import_id),
    ImportReportPage: lambda e: registry_keys.import_report(e.import_id, e.page),
    InsurerDeparture: lambda e: registry_keys.departure(e.insurer_code, e.leaves_on),
    InsurerRating: lambda e: registry_keys.rating(e.insurer_code, e.year),
    InsurerOffices: lambda e: registry_keys.offices(e.insurer_code),
}

EXTRAS: Mapping[type, Callable[[Any], Item]] = {
    Insurer: _insurer_item,
    InsurerRating: lambda e: dict(registry_keys.ratings_index(e.year, e.region, e.insurer_code)),
    RegistryImport: lambda e: dict(registry_keys.imports_index(e.import_id)),
}
