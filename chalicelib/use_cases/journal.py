"""Adding to a unit of work what every change leaves behind: a journal entry and outbox messages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.domain.audit import Action, Actor, append
from chalicelib.domain.records import OutboxEntry, Queue
from chalicelib.use_cases.tell_organisations import tell_organisations

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from chalicelib.domain.appeal import Appeal
    from chalicelib.domain.application import Application
    from chalicelib.domain.appointment import Appointment
    from chalicelib.domain.attachment import Attachment
    from chalicelib.domain.change_file import ChangeFile
    from chalicelib.domain.civil_record import CivilRecord
    from chalicelib.domain.corrections import Correction
    from chalicelib.domain.data_export import DataExport
    from chalicelib.domain.delivery import Delivery
    from chalicelib.domain.employee_consent import EmployeeConsent
    from chalicelib.domain.employer import Employer
    from chalicelib.domain.employer_request import EmployerRequest
    from chalicelib.domain.erasure import ErasureRequest
    from chalicelib.domain.fund_answer import FundAnswer
    from chalicelib.domain.fund_change import FundChange
    from chalicelib.domain.insurance_certificate import InsuranceCertificate
    from chalicelib.domain.insurer_records import InsurerOffices, InsurerRating
    from chalicelib.domain.legacy_registration import LegacyPolicy
    from chalicelib.domain.person import Person
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.registry_job import RegistryImport
    from chalicelib.domain.representation import Representation
    from chalicelib.domain.temporary_certificate import TemporaryCertificate
    from chalicelib.domain.ticket import Ticket
    from chalicelib.domain.webhook import HookSubscription
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

    Chained = TypeVar(
        "Chained",
        Application,
        Policy,
        TemporaryCertificate,
        LegacyPolicy,
        Person,
        Representation,
        Delivery,
        CivilRecord,
        Correction,
        Appeal,
        Ticket,
        RegistryImport,
        FundChange,
        ChangeFile,
        FundAnswer,
        InsurerRating,
        InsurerOffices,
        Attachment,
        Appointment,
        InsuranceCertificate,
        Employer,
        EmployerRequest,
        EmployeeConsent,
        HookSubscription,
        ErasureRequest,
        DataExport,
    )


_CHAINS: Mapping[str, Callable[[Any], str]] = {
    "Application": lambda e: f"application:{e.application_id}",
    "Policy": lambda e: f"policy:{e.policy_id}",
    "TemporaryCertificate": lambda e: f"certificate:{e.application_id}",
    "Representation": lambda e: f"representation:{e.representative_id}:{e.person_id}",
    "LegacyPolicy": lambda e: f"legacy_policy:{e.registration_id}",
    "Delivery": lambda e: f"delivery:{e.delivery_id}",
    "Correction": lambda e: f"correction:{e.correction_id}",
    "Ticket": lambda e: f"ticket:{e.ticket_id}",
    "Appeal": lambda e: f"appeal:{e.appeal_id}",
    "InsurerRating": lambda e: f"insurer_rating:{e.insurer_code}:{e.year}",
    "InsurerOffices": lambda e: f"insurer_offices:{e.insurer_code}",
    "RegistryImport": lambda e: f"registry_import:{e.import_id}",
    "FundChange": lambda e: f"fund_change:{e.change_id}",
    "ChangeFile": lambda e: f"change_file:{e.name}",
    "FundAnswer": lambda e: f"fund_answer:{e.answer_id}",
    "InsuranceCertificate": lambda e: f"insurance_certificate:{e.certificate_id}",
    "Employer": lambda e: f"employer:{e.employer_id}",
    "EmployerRequest": lambda e: f"employer_request:{e.request_id}",
    "EmployeeConsent": lambda e: f"employee_consent:{e.person_id}:{e.organisation_id}",
    "ErasureRequest": lambda e: f"erasure_request:{e.request_id}",
    "DataExport": lambda e: f"data_export:{e.export_id}",
    "CivilRecord": lambda e: f"civil_record:{e.record_id}",
    "Person": lambda e: f"person:{e.person_id}",
    "Appointment": lambda e: f"appointment:{e.appointment_id}",
    "Attachment": lambda e: f"attachment:{e.attachment_id}",
    "HookSubscription": lambda e: f"webhook:{e.subscription_id}",
}


def chain_name(entity: object) -> str:
    """The name of an entity's chain in the journal."""
    return _CHAINS[type(entity).__name__](entity)


def record(
    entity: Chained,
    *,
    work: UnitOfWork,
    tools: Toolbox,
    name: str,
    at: datetime,
    actor: Actor,
    details: Mapping[str, str] | None = None,
) -> Chained:
    """Chain an action to the entity's journal and return the entity with its new chain head.

    Organisations that have to know of it are told by webhook.
    """
    action = Action(name=name, at=at, actor=actor, details=details or {})
    entry, head = append(head=entity.chain, chain=chain_name(entity), entry_id=tools.ids.new_id(at=at), action=action)
    work.record(person_id=entity.person_id, entry=entry)
    tell_organisations(entity, work=work, tools=tools, entry=entry, at=at)
    return replace(entity, chain=head)


def send(
    *,
    work: UnitOfWork,
    tools: Toolbox,
    queue: Queue,
    body: Mapping[str, str],
    at: datetime,
    delay_seconds: int = 0,
) -> str:
    """Put a message into the outbox of the unit of work; returns its id."""
    entry = OutboxEntry(
        entry_id=tools.ids.new_id(at=at),
        queue=queue,
        body=body,
        created_at=at,
        delay_seconds=delay_seconds,
    )
    work.send(entry)
    return entry.entry_id


def notify(
    *,
    work: UnitOfWork,
    tools: Toolbox,
    kind: str,
    person_id: str,
    at: datetime,
    context: Mapping[str, str] | None = None,
) -> None:
    """Queue a notification: its kind, for whom, and the numbers and dates that it may name."""
    body = {"kind": kind, "person_id": person_id, **{f"context.{k}": v for k, v in (context or {}).items()}}
    send(work=work, tools=tools, queue=Queue.NOTIFICATIONS, body=body, at=at)
