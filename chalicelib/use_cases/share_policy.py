"""Codes that a person shows or shares for a limited time, and extracts on request (requirements F3, F4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import earliest_day
from chalicelib.domain.errors import FieldError, RuleRefused, ValidationFailed
from chalicelib.domain.qr_claims import QrClaims, QrKind, name_for_qr
from chalicelib.domain.records import DocumentType, Queue, StoredDocument
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_citizen
from chalicelib.use_cases.journal import record, send
from chalicelib.use_cases.representations import holder_file
from chalicelib.use_cases.status_lists import place_in_status_list

if TYPE_CHECKING:
    from chalicelib.domain.person import Person
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox

MAX_DAYS = 30
MAX_EXTRACTS = 50
"""How many extracts a person may keep; more are a mistake of a program, not a need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedCode:
    """A fresh code of the policy: its link, and the first day on which it is not valid any more."""

    link: str
    valid_until: date


def share_policy(
    *,
    tools: Toolbox,
    principal: Principal,
    days: int,
    with_name: bool,
    at: datetime,
    person_id: str | None = None,
    request: idempotency.RequestKey | None = None,
) -> SharedCode:
    """Sign a fresh code of the active policy that is valid for 1 to 30 days (requirement F4).

    A repeated key returns the very code that was signed first: a new signature would be another code.

    Raises:
        ValidationFailed: the number of days is out of bounds.
        RuleRefused: there is no active policy.
    """
    require_citizen(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _shared(tools, principal, person_id, days, with_name, request, at),
        recall=_code_of,
    )


def _code_of(result: str) -> SharedCode:
    valid_until, _, link = result.partition(" ")
    return SharedCode(link=link, valid_until=date.fromisoformat(valid_until))


def _shared(
    tools: Toolbox,
    principal: Principal,
    person_id: str | None,
    days: int,
    with_name: bool,  # noqa: FBT001 — as the person asked
    request: idempotency.RequestKey | None,
    at: datetime,
) -> SharedCode:
    if not 1 <= days <= MAX_DAYS:
        message = f"Укажите от 1 до {MAX_DAYS} дней"
        raise ValidationFailed([FieldError(field="days", code="out_of_range", message=message)])
    person, policy = _insured(holder_file(tools=tools, principal=principal, person_id=person_id, at=at))
    # The terms of codes run by the Moscow day, whatever the region.
    day = local_date(at=at, region=DEFAULT_REGION)
    valid_until = min(day + timedelta(days=days), policy.valid_until or date.max)
    period = policy.insurer_on(day) or policy.periods[-1]
    status_list, index = place_in_status_list(policy.status_index)
    name = name_for_qr(family=person.family_name, given=person.given_name, middle=person.middle_name)
    claims = QrClaims(
        kind=QrKind.POLICY,
        number=policy.policy_number,
        born_on=earliest_day(text=person.born_on),
        valid_from=policy.valid_from,
        valid_until=valid_until,
        insurer_code=period.insurer_code,
        status_list=status_list,
        status_index=index,
        issued_at=at,
        name=name if with_name else None,
    )
    code = SharedCode(link=tools.qr.link(claims=claims), valid_until=valid_until)
    result = f"{code.valid_until} {code.link}"
    idempotency.remember_alone(request=request, principal=principal, result=result, tools=tools, at=at)
    return code


def order_extract(
    *,
    tools: Toolbox,
    principal: Principal,
    bilingual: bool,
    at: datetime,
    person_id: str | None = None,
    request: idempotency.RequestKey | None = None,
) -> StoredDocument:
    """Order a fresh extract, in Russian or in Russian and English (requirement F3); a repeated key orders no other.

    Raises:
        RuleRefused: there is no active policy, no extract was made yet, or there are too many already.
    """
    require_citizen(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _ordered(tools, principal, person_id, bilingual, request, at),
        recall=lambda document_id: _ordered_before(
            holder_file(tools=tools, principal=principal, person_id=person_id, at=at), document_id
        ),
    )


def _ordered(
    tools: Toolbox,
    principal: Principal,
    person_id: str | None,
    bilingual: bool,  # noqa: FBT001 — as the person asked
    request: idempotency.RequestKey | None,
    at: datetime,
) -> StoredDocument:
    known = holder_file(tools=tools, principal=principal, person_id=person_id, at=at)
    person, policy = _insured(known)
    earlier = [d for d in known.documents if d.document_type is DocumentType.EXTRACT]
    if not earlier:
        # A policy of the register of insured persons gets its documents here with its new insurer.
        detail = "Первая выписка появится в день, когда новая страховая организация начнёт вас страховать"
        raise RuleRefused("no_extract_yet", detail)
    if len(earlier) >= MAX_EXTRACTS:
        raise RuleRefused("too_many_extracts", "Выписок уже много: скачайте одну из готовых")
    document_id = tools.ids.new_id(at=at)
    document = StoredDocument(
        document_id=document_id,
        person_id=person.person_id,
        document_type=DocumentType.EXTRACT,
        subject_id=policy.policy_id,
        application_id=earlier[-1].application_id,
        object_key=f"documents/{document_id}.pdf",
        ordered_at=at,
        bilingual=bilingual,
    )
    work = tools.store.work(at=at)
    work.create(document)
    body = {"person_id": person.person_id, "document_id": document_id}
    send(work=work, tools=tools, queue=Queue.DOCUMENTS, body=body, at=at)
    details = {"document_id": document_id, "policy_id": policy.policy_id}
    ordered = record(
        person,
        work=work,
        tools=tools,
        name="extract_ordered",
        at=at,
        actor=actor_of(principal, acts_for=person.person_id),
        details=details,
    )
    work.update(ordered)
    idempotency.remember(work=work, request=request, principal=principal, result=document_id, tools=tools, at=at)
    work.commit()
    return document


def _ordered_before(known: PersonFile, document_id: str) -> StoredDocument:
    found = next((document for document in known.documents if document.document_id == document_id), None)
    if found is None:
        raise NotFound("Выписка не найдена")
    return found


def _insured(known: PersonFile) -> tuple[Person, Policy]:
    policy = known.active_policy
    if known.person is None or policy is None:
        raise RuleRefused("no_active_policy", "Действующего полиса пока нет")
    return known.person, policy
