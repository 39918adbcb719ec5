"""Where each item of an answer comes from, and which insurer stands on the paper in the hand (requirement G3)."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from chalicelib.domain.records import DocumentType

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from chalicelib.domain.person import Person
    from chalicelib.domain.policy import InsurerPeriod, Policy
    from chalicelib.domain.records import StoredDocument


class ItemSource(StrEnum):
    """Who told what the service answers."""

    APPLICATION = "application"
    REGISTER = "insured_persons_register"
    CIVIL_REGISTRY = "civil_registry"
    CORRECTION = "operator_correction"
    ACCOUNT = "e_government_account"
    REPRESENTATIVE = "representative"
    CLINIC = "clinic_decision"


SOURCE_TITLES = {
    ItemSource.APPLICATION: "Заявление, решённое в сервисе",
    ItemSource.REGISTER: "Единый регистр застрахованных лиц",
    ItemSource.CIVIL_REGISTRY: "Запись акта о рождении (ЗАГС)",
    ItemSource.CORRECTION: "Исправление, подтверждённое двумя операторами",
    ItemSource.ACCOUNT: "Подтверждённая учётная запись Госуслуг",
    ItemSource.REPRESENTATIVE: "Законный представитель",
    ItemSource.CLINIC: "Решение медицинской организации по заявлению",
}

_BASES = {"register": ItemSource.REGISTER, "correction": ItemSource.CORRECTION}


def policy_source(policy: Policy) -> ItemSource:
    """Who told of a policy: the register if it came from there, the civil registry of a newborn's, else our issue."""
    if policy.birth_registered_on is not None:
        return ItemSource.CIVIL_REGISTRY
    return _BASES.get(policy.periods[0].basis, ItemSource.APPLICATION) if policy.periods else ItemSource.APPLICATION


def insurer_source(period: InsurerPeriod, policy: Policy) -> ItemSource:
    """Who told of the insurer of a period."""
    if period is policy.periods[0] and policy.birth_registered_on is not None:
        return ItemSource.CIVIL_REGISTRY
    return _BASES.get(period.basis, ItemSource.APPLICATION)


def person_source(person: Person, policies: Iterable[Policy]) -> ItemSource:
    """Who told of the person: corrected data by operators, a birth by the civil registry, else who signed in."""
    if person.document:
        return ItemSource.CORRECTION
    if any(policy.birth_registered_on is not None for policy in policies):
        return ItemSource.CIVIL_REGISTRY
    return ItemSource.ACCOUNT if person.account_id == person.person_id else ItemSource.REPRESENTATIVE


def printed_insurer(policy: Policy, documents: Iterable[StoredDocument]) -> str | None:
    """The insurer that stands on the paper in the holder's hand, which a change of insurer does not change.

    A blank of an earlier sample names the first insurer known; of what the service made, the newest policy or extract
    names the insurer of the day on which it was made.
    """
    if policy.blank is not None:
        return policy.periods[0].insurer_code if policy.periods else None
    period = policy.insurer_on(_printed_on(policy, documents))
    return period.insurer_code if period else None


def _printed_on(policy: Policy, documents: Iterable[StoredDocument]) -> date:
    papers = (DocumentType.POLICY, DocumentType.EXTRACT)
    made = [
        (document.made_at + timedelta(hours=policy.utc_offset_hours)).date()
        for document in documents
        if document.subject_id == policy.policy_id and document.document_type in papers and document.made_at
    ]
    return max((*made, policy.issued_on))
