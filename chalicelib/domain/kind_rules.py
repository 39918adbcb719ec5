"""What each kind of application asks for and what it changes: one row a kind, with its article (requirement B2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chalicelib.domain.application import ApplicationKind
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.supporting_documents import DocumentKind

_K = ApplicationKind
_D = DocumentKind


class Effect(StrEnum):
    """What an approved application changes."""

    ISSUE_POLICY = "issue_policy"
    CHANGE_INSURER = "change_insurer"
    REPLACE_POLICY = "replace_policy"
    SUSPEND_POLICY = "suspend_policy"
    RESUME_POLICY = "resume_policy"
    END_POLICY = "end_policy"
    DELIVER_EXTRACT = "deliver_extract"


class PolicyNeed(StrEnum):
    """The policy that the applicant must have, or must not have."""

    NONE = "none"
    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """If a field has one of the values, these fields and documents are demanded too."""

    field: str
    values: frozenset[str]
    fields: frozenset[str] = frozenset()
    documents: frozenset[DocumentKind] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRule:
    """The demands of one kind, whoever applies, in force from ``in_force_from``.

    ``decision_days`` are working days. ``checks`` narrows the registers asked (None: all of the category).
    ``fixed`` are values that the kind itself gives, ``tells`` is the notification when it is done.
    """

    kind: ApplicationKind
    effect: Effect
    policy: PolicyNeed
    decision_days: int
    tells: str
    article: str
    in_force_from: date = date(2022, 12, 1)
    chooses_insurer: bool = False
    fields: frozenset[str] = frozenset()
    conditions: tuple[Condition, ...] = ()
    checks: frozenset[CheckKind] | None = None
    certificate: bool = False
    waits_for: frozenset[CheckKind] = frozenset()
    fixed: Mapping[str, str] = field(default_factory=dict)
    optional_documents: frozenset[DocumentKind] = frozenset()


_BY_POST = frozenset({f"delivery.{name}" for name in ("index", "region", "city", "house")})
_WHO_ACTS = frozenset({CheckKind.IDENTITY, CheckKind.BIRTH_RECORD, CheckKind.PASSPORT, CheckKind.INSURED_PERSON})

KIND_RULES = {
    rule.kind: rule
    for rule in (
        KindRule(
            kind=_K.FIRST_POLICY,
            effect=Effect.ISSUE_POLICY,
            tells="policy_issued",
            policy=PolicyNeed.NONE,
            decision_days=30,
            chooses_insurer=True,
            certificate=True,
            waits_for=frozenset({CheckKind.INSURED_PERSON}),
            article="326-ФЗ, ст. 45, 46; Правила ОМС, п. 6; срок — не более 30 рабочих дней",
        ),
        KindRule(
            kind=_K.INSURER_CHANGE,
            effect=Effect.CHANGE_INSURER,
            tells="insurer_changed",
            policy=PolicyNeed.ACTIVE,
            decision_days=3,
            chooses_insurer=True,
            fields=frozenset({"insurer.change_reason"}),
            optional_documents=frozenset({_D.PROOF_OF_RESIDENCE}),
            article="326-ФЗ, ст. 16, ч. 1, п. 3; срок — 3 рабочих дня",
        ),
        KindRule(
            kind=_K.REGION_CHANGE,
            effect=Effect.CHANGE_INSURER,
            tells="insurer_changed",
            policy=PolicyNeed.ACTIVE,
            decision_days=3,
            chooses_insurer=True,
            fixed={"insurer.change_reason": "moved"},
            optional_documents=frozenset({_D.PROOF_OF_RESIDENCE}),
            article="326-ФЗ, ст. 16, ч. 2, п. 4; Правила ОМС, п. 21; срок — 3 рабочих дня",
        ),
        KindRule(
            kind=_K.REPLACEMENT,
            effect=Effect.REPLACE_POLICY,
            tells="policy_replaced",
            policy=PolicyNeed.ACTIVE,
            decision_days=5,
            fields=frozenset({"replacement.reason"}),
            conditions=(
                Condition(
                    field="replacement.reason",
                    values=frozenset({"data_changed"}),
                    documents=frozenset({_D.CHANGE_BASIS}),
                ),
                Condition(
                    field="replacement.reason",
                    values=frozenset({"error_found"}),
                    fields=frozenset({"replacement.comment"}),
                ),
            ),
            article="326-ФЗ, ст. 16, ч. 2, п. 3; Правила ОМС, п. 60-63; срок — 5 рабочих дней",
        ),
        KindRule(
            kind=_K.SUSPENSION,
            effect=Effect.SUSPEND_POLICY,
            tells="policy_suspended",
            policy=PolicyNeed.ACTIVE,
            decision_days=5,
            fields=frozenset({"suspension.reason", "suspension.from_on"}),
            conditions=(
                Condition(
                    field="suspension.reason",
                    values=frozenset({"military_service", "lost_right"}),
                    documents=frozenset({_D.SUSPENSION_BASIS}),
                ),
            ),
            checks=_WHO_ACTS,
            article="326-ФЗ, ст. 49.1; Правила ОМС, гл. V; срок — 5 рабочих дней",
        ),
        KindRule(
            kind=_K.RESUMPTION,
            effect=Effect.RESUME_POLICY,
            tells="policy_resumed",
            policy=PolicyNeed.SUSPENDED,
            decision_days=5,
            fields=frozenset({"resumption.from_on"}),
            checks=_WHO_ACTS,
            optional_documents=frozenset({_D.RESUMPTION_BASIS}),
            article="326-ФЗ, ст. 49.1; Правила ОМС, гл. V; срок — 5 рабочих дней",
        ),
        KindRule(
            kind=_K.POLICY_REFUSAL,
            effect=Effect.END_POLICY,
            tells="policy_given_up",
            policy=PolicyNeed.ACTIVE,
            decision_days=5,
            fields=frozenset({"refusal.understood"}),
            checks=_WHO_ACTS,
            article="Правила ОМС, п. 6, 26; срок — 5 рабочих дней",
        ),
        KindRule(
            kind=_K.PAPER_EXTRACT,
            effect=Effect.DELIVER_EXTRACT,
            tells="extract_ordered",
            policy=PolicyNeed.ACTIVE,
            decision_days=5,
            fields=frozenset({"delivery.method", "delivery.recipient"}),
            conditions=(
                Condition(field="delivery.method", values=frozenset({"post"}), fields=_BY_POST),
                Condition(
                    field="delivery.recipient",
                    values=frozenset({"representative"}),
                    fields=frozenset({"delivery.recipient_name"}),
                ),
            ),
            checks=_WHO_ACTS,
            article="326-ФЗ, ст. 45, ч. 2; Правила ОМС, п. 28; срок — 5 рабочих дней",
        ),
    )
}
"""Kind → its demands."""
