"""What refusals may be appealed against: how each is found, and what undoes it when the appeal is upheld (L1).

A refusal of another kind is a row of `ACTS` here and one of `SUBJECTS` in the domain: nothing else asks what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.appeal import Appeal, Effect, Refused
from chalicelib.domain.appeal_rules import SubjectKind, subject_topic
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.audit import Actor
from chalicelib.domain.delivery_states import DeliveryState
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.legacy_registration import LegacyState
from chalicelib.domain.principal import Principal
from chalicelib.domain.temporary_certificate import CertificateState
from chalicelib.ports.errors import NotFound
from chalicelib.ports.toolbox import Toolbox
from chalicelib.ports.unit_of_work import UnitOfWork
from chalicelib.use_cases import refused_requests, undo_refusal
from chalicelib.use_cases.access import own
from chalicelib.use_cases.demands import region_of

if TYPE_CHECKING:
    from chalicelib.domain.application import Application

LOST_WITH = frozenset({ApplicationState.REFUSED, ApplicationState.EXPIRED})
"""A certificate that was revoked since its application ended so was refused; else the person or a policy ended it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A refusal, and whom it is about."""

    refused: Refused
    person_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """What a refusal is undone with; ``carry_out`` if nothing is to be checked again."""

    tools: Toolbox
    work: UnitOfWork
    appeal: Appeal
    actor: Actor
    at: datetime
    carry_out: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectActs:
    """How a refusal is found among one's own things, and what undoes it."""

    find: Callable[[Toolbox, Principal, str], Found]
    undo: Callable[[Undoing], Effect]


def find_refusal(*, tools: Toolbox, principal: Principal, kind: SubjectKind, subject_id: str) -> Found:
    """Find a refusal of one's own (1 to 2 AWS calls).

    Raises:
        NotFound: there is no such thing, or it is another account's.
        StateConflict: it was not refused.
    """
    return ACTS[kind].find(tools, principal, subject_id)


def _own_application(tools: Toolbox, principal: Principal, application_id: str) -> Application:
    return own(tools.store.application_file(application_id=application_id), principal)


def _find_application(tools: Toolbox, principal: Principal, subject_id: str) -> Found:
    application = _own_application(tools, principal, subject_id)
    if application.state is not ApplicationState.REFUSED:
        raise StateConflict("По этому заявлению не отказано: обжаловать нечего")
    kind, last = SubjectKind.APPLICATION, application.history[-1]
    refused = _refused(application, kind, subject_id, application.number or "", last.at, last.actor)
    return Found(refused=refused, person_id=application.person_id)


def _find_certificate(tools: Toolbox, principal: Principal, subject_id: str) -> Found:
    application = _own_application(tools, principal, subject_id)
    known = tools.store.person_file(person_id=application.person_id)
    found = next((c for c in known.certificates if c.application_id == subject_id), None)
    if found is None:
        raise NotFound("Временное свидетельство не найдено")
    if found.state is not CertificateState.REVOKED or found.ended_at is None or application.state not in LOST_WITH:
        raise StateConflict("Это свидетельство не отозвано из-за отказа: обжаловать нечего")
    kind, actor = SubjectKind.TEMPORARY_CERTIFICATE, application.history[-1].actor
    refused = _refused(application, kind, subject_id, found.number, found.ended_at, actor)
    return Found(refused=refused, person_id=application.person_id)


def _find_legacy(tools: Toolbox, principal: Principal, subject_id: str) -> Found:
    known = tools.store.person_file(person_id=principal.account_id)
    found = next((r for r in known.legacy_policies if r.registration_id == subject_id), None)
    if found is None:
        raise NotFound("Регистрация полиса не найдена")
    if found.state is not LegacyState.REFUSED:
        raise StateConflict("В регистрации этого полиса не отказано: обжаловать нечего")
    kind, last = SubjectKind.LEGACY_POLICY, found.history[-1]
    refused = Refused(
        kind=kind,
        subject_id=subject_id,
        number="",
        refused_at=last.at,
        refused_by=last.actor,
        region=region_of(found.form),
        topic=subject_topic(subject=kind),
    )
    return Found(refused=refused, person_id=found.person_id)


def _find_delivery(tools: Toolbox, principal: Principal, subject_id: str) -> Found:
    application = _own_application(tools, principal, subject_id)
    delivery = tools.store.delivery(person_id=application.person_id, delivery_id=subject_id)
    if delivery is None:
        raise NotFound("Доставка не найдена")
    if delivery.state is not DeliveryState.RETURNED:
        raise StateConflict("Эта выписка не возвращена: обжаловать нечего")
    kind, last = SubjectKind.DELIVERY, delivery.history[-1]
    refused = Refused(
        kind=kind,
        subject_id=subject_id,
        number=delivery.application_number,
        refused_at=last.at,
        refused_by=last.actor,
        region=region_of(application.form),
        insurer_code=delivery.insurer_code,
        topic=subject_topic(subject=kind),
    )
    return Found(refused=refused, person_id=application.person_id)


def _find_attachment(tools: Toolbox, principal: Principal, subject_id: str) -> Found:
    refused, person_id = refused_requests.refused_attachment(tools, principal, subject_id)
    return Found(refused=refused, person_id=person_id)


def _find_insurance_certificate(tools: Toolbox, principal: Principal, subject_id: str) -> Found:
    refused, person_id = refused_requests.refused_certificate(tools, principal, subject_id)
    return Found(refused=refused, person_id=person_id)


def _refused(
    application: Application, kind: SubjectKind, subject_id: str, number: str, at: datetime, actor: Actor
) -> Refused:
    return Refused(
        kind=kind,
        subject_id=subject_id,
        number=number,
        refused_at=at,
        refused_by=actor,
        region=region_of(application.form),
        insurer_code=application.section("insurer").get("code", ""),
        topic=subject_topic(subject=kind, kind=application.kind, category=application.category),
    )


ACTS: Mapping[SubjectKind, SubjectActs] = {
    SubjectKind.APPLICATION: SubjectActs(find=_find_application, undo=undo_refusal.reopen_application),
    SubjectKind.TEMPORARY_CERTIFICATE: SubjectActs(find=_find_certificate, undo=undo_refusal.restore_certificate),
    SubjectKind.LEGACY_POLICY: SubjectActs(find=_find_legacy, undo=undo_refusal.check_legacy_again),
    SubjectKind.DELIVERY: SubjectActs(find=_find_delivery, undo=undo_refusal.deliver_again),
    SubjectKind.ATTACHMENT: SubjectActs(find=_find_attachment, undo=refused_requests.ask_clinic_again),
    SubjectKind.INSURANCE_CERTIFICATE: SubjectActs(
        find=_find_insurance_certificate, undo=refused_requests.decide_certificate_again
    ),
}
"""What was refused → how it is found and undone."""
