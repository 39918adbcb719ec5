"""Public lookups: valid, not valid or not found, and nothing about whose it is (requirements G1, G2, G4)."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.application_states import STATE_TITLES, ApplicationState
from chalicelib.domain.errors import FieldError, InvalidValue, RuleRefused, ValidationFailed
from chalicelib.domain.names import norm_key
from chalicelib.domain.numbers import parse_application_number
from chalicelib.domain.plain_text import is_ascii_digits, without_separators
from chalicelib.domain.policy_number import policy_number_errors
from chalicelib.domain.validity import NOT_FOUND, Validity, ValidityCard, validity_on
from chalicelib.ports.errors import AlreadyExists, NotFound
from chalicelib.ports.storage import Limit, LookupRecord
from chalicelib.use_cases.prove_work import proof_used, require_proof

if TYPE_CHECKING:
    from chalicelib.ports.toolbox import Toolbox

CLIENT_LIMIT = (60, 60)
"""Lookups per client address and seconds."""

SUBJECT_LIMIT = (20, 3600)
"""Lookups per number and seconds, from whatever addresses."""

CERTIFICATE_LENGTH = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicQuestion:
    """What anyone may ask: a policy number with birth date or surname, or a certificate's number."""

    on: date
    client: str
    consent: bool
    proof: str | None = None
    policy_number: str | None = None
    certificate_number: str | None = None
    born_on: date | None = None
    family_name: str | None = None


def check_validity(*, tools: Toolbox, question: PublicQuestion, at: datetime) -> Validity:
    """Answer a public question (2 AWS calls); unknown number and wrong second factor answer alike.

    Raises:
        ValidationFailed: the question is malformed.
        RuleRefused: without the consent flag.
        ProofNotAccepted: without the proof of work, where it is asked for.
        RateLimited: too many questions.
    """
    kind, value = _subject(question)
    if not question.consent:
        raise RuleRefused("consent_required", "Подтвердите согласие на проверку")
    value_hash = tools.secrets.lookup_hash(kind=kind, value=value)
    _count(tools, kind, value_hash, question.client, question.proof, at)
    card = tools.store.card(kind=kind, value_hash=value_hash)
    matched = _second_factor_matches(tools, question, card)
    if card is None or not matched:
        return NOT_FOUND
    return validity_on(card=card, on=question.on)


def _subject(question: PublicQuestion) -> tuple[str, str]:
    if question.certificate_number is not None:
        return "certificate", _certificate_digits(question.certificate_number)
    number = without_separators(question.policy_number or "")
    errors = list(policy_number_errors(text=number, field="policy_number"))
    if question.born_on is None and not question.family_name:
        message = "Укажите дату рождения или фамилию владельца полиса"
        errors.append(FieldError(field="born_on", code="second_factor_required", message=message))
    if errors:
        raise ValidationFailed(errors)
    return "policy_number", number


def _certificate_digits(text: str) -> str:
    # Certificates of other systems carry no check digit of ours: any nine digits may be asked.
    digits = without_separators(text)
    if len(digits) != CERTIFICATE_LENGTH or not is_ascii_digits(digits):
        message = "В номере временного свидетельства 9 цифр"
        error = FieldError(field="certificate_number", code="certificate_number_length", message=message)
        raise ValidationFailed([error])
    return digits


def _count(tools: Toolbox, kind: str, value_hash: str, client: str, proof: str | None, at: datetime) -> None:
    spent = require_proof(tools=tools, text=proof, at=at)
    client_hash = tools.secrets.lookup_hash(kind="client", value=client)
    limits = (
        Limit(name="lookup-client", subject=client_hash, times=CLIENT_LIMIT[0], seconds=CLIENT_LIMIT[1]),
        Limit(name="lookup-subject", subject=value_hash, times=SUBJECT_LIMIT[0], seconds=SUBJECT_LIMIT[1]),
    )
    record = LookupRecord(
        record_id=tools.ids.new_id(at=at),
        at=at,
        client_hash=client_hash,
        subject_hash=value_hash,
        by=kind,
    )
    try:
        tools.store.count_lookup(limits=limits, record=record, spent=spent, at=at)
    except AlreadyExists:
        raise proof_used(tools=tools, at=at) from None


def _second_factor_matches(tools: Toolbox, question: PublicQuestion, card: ValidityCard | None) -> bool:
    """Compare in constant time, and just as long when there is no card."""
    if question.certificate_number is not None:
        return True
    factors = card.factors if card is not None else {}
    given = {
        "born_on": question.born_on.isoformat() if question.born_on else None,
        "family_name": norm_key(question.family_name) if question.family_name else None,
    }
    results = [
        hmac.compare_digest(tools.secrets.lookup_hash(kind=kind, value=value), factors.get(kind, "0" * 64))
        for kind, value in given.items()
        if value is not None
    ]
    return all(results)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """How far an application is (requirement G2)."""

    state: ApplicationState
    title: str
    is_ready: bool
    due_on: date | None
    is_delayed: bool


def check_readiness(*, tools: Toolbox, number: str, client: str, at: datetime, proof: str | None = None) -> Readiness:
    """Tell how far an application is by its number or its temporary certificate's (3 AWS calls).

    Raises:
        ValidationFailed: it is no such number.
        NotFound: there is none.
        ProofNotAccepted: without the proof of work, where it is asked for.
        RateLimited: too many questions.
    """
    kind, value = _readiness_subject(number)
    value_hash = tools.secrets.lookup_hash(kind=kind, value=value)
    _count(tools, kind, value_hash, client, proof, at)
    pointers = tools.store.pointers(kind=kind, value_hash=value_hash)
    if not pointers:
        raise NotFound("Заявление с таким номером не найдено")
    application = tools.store.application_file(application_id=pointers[0].target).application
    return Readiness(
        state=application.state,
        title=STATE_TITLES[application.state],
        is_ready=application.state.value == "ready",
        due_on=application.due_on,
        is_delayed=application.delay is not None,
    )


def _readiness_subject(number: str) -> tuple[str, str]:
    if len(without_separators(number)) == CERTIFICATE_LENGTH:
        return "certificate", _certificate_digits(number)
    try:
        return "application", parse_application_number(text=number)
    except InvalidValue as refusal:
        error = FieldError(field="number", code=refusal.reason, message=refusal.detail)
        raise ValidationFailed([error]) from None
