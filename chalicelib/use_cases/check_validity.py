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
from chalicelib.domain.policy_types import PolicyType
from chalicelib.domain.validity import NOT_FOUND, Validity, ValidityCard, ValidityStatus, validity_on
from chalicelib.ports.errors import AlreadyExists, NotFound
from chalicelib.ports.queries import Limit, LookupRecord
from chalicelib.use_cases.legacy_lookups import OldPolicyKey, cards_of, legacy_key
from chalicelib.use_cases.prove_work import proof_used, require_proof

if TYPE_CHECKING:
    from chalicelib.ports.toolbox import Toolbox

CLIENT_LIMIT = (60, 60)
"""Lookups per client address and seconds."""

SUBJECT_LIMIT = (20, 3600)
"""Lookups per number and seconds, from whatever addresses."""

CERTIFICATE_LENGTH = 9

_NUMBERS = ("policy_number", "blank_number", "old_policy")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicQuestion:
    """What anyone may ask: a number of a policy with birth date or surname, or a certificate's number.

    The number is the ЕНП, that of the blank, or series and number of the old sample; ``policy_type`` has to fit too.
    """

    on: date
    client: str
    consent: bool
    proof: str | None = None
    policy_number: str | None = None
    certificate_number: str | None = None
    blank_number: str | None = None
    old_policy: OldPolicyKey | None = None
    policy_type: PolicyType | None = None
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
    cards = cards_of(tools=tools, kind=kind, value_hash=value_hash) or (None,)
    matched = [card for card in cards if _second_factor_matches(tools, question, card)]
    answers = [validity_on(card=card, on=question.on) for card in matched if card is not None]
    # Two namesakes may have one old number: the policy that is asked about is the one that stands.
    return next((told for told in answers if told.status is ValidityStatus.VALID), (*answers, NOT_FOUND)[0])


def _subject(question: PublicQuestion) -> tuple[str, str]:
    if question.certificate_number is not None:
        return "certificate", _certificate_digits(question.certificate_number)
    kind, value, errors = _number_of(question)
    if question.born_on is None and not question.family_name:
        message = "Укажите дату рождения или фамилию владельца полиса"
        errors.append(FieldError(field="born_on", code="second_factor_required", message=message))
    if errors:
        raise ValidationFailed(errors)
    return kind, value


def _number_of(question: PublicQuestion) -> tuple[str, str, list[FieldError]]:
    given = [name for name in _NUMBERS if getattr(question, name) is not None]
    if len(given) > 1:
        message = "Укажите один номер: ЕНП, номер бланка или серию с номером полиса старого образца"
        return "", "", [FieldError(field=given[-1], code="one_number_required", message=message)]
    try:
        legacy = legacy_key(old_policy=question.old_policy, blank_number=question.blank_number)
    except ValidationFailed as refusal:
        return "", "", list(refusal.errors)
    if legacy is not None:
        return *legacy, []
    number = without_separators(question.policy_number or "")
    return "policy_number", number, list(policy_number_errors(text=number, field="policy_number"))


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
    wanted = question.policy_type
    is_of_type = wanted is None or (card is not None and card.is_of_type(wanted))
    if question.certificate_number is not None:
        return is_of_type
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
    return is_of_type and all(results)


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
