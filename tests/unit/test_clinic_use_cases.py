"""What clinics' use cases refuse before they touch anything, and what they do when others were first (J2, J3, G3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from chalicelib.domain.appointment import Appointment, AppointmentState, AppointmentStep
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.errors import NotPermitted
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.domain.records import DocumentType
from chalicelib.ports.errors import NotFound, StaleWrite
from chalicelib.ports.folders import PersonFile
from chalicelib.use_cases.answer_appointments import AppointmentAnswer, WhichAppointment, answer_appointment
from chalicelib.use_cases.attachment_steps import person_in
from chalicelib.use_cases.handle_attachments import (
    AttachmentDecision,
    clinic_of,
    decide_attachment,
    late_requests,
)
from chalicelib.use_cases.run_attachments import run_attachments
from tests.unit.domain.test_attachment import STOOD, attachment

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)


def principal(role: Role = Role.CLINIC_REGISTRAR, **more: Any) -> Principal:
    made = Principal(subject="s", account_id="p", roles=frozenset({role}), assurance=Assurance.CONFIRMED)
    return replace(made, **more)


class Store:
    """Answers with what it holds; its transactions always come too late."""

    def __init__(self, **held: Any) -> None:
        self.held = held

    def __getattr__(self, name: str) -> Any:
        return lambda **_: self.held[name]

    def work(self, *, at: datetime) -> Any:
        return LateWork()


class LateWork:
    """A unit of work that another one overtook."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None

    def commit(self) -> None:
        raise StaleWrite


class Tools:
    """The store and ids, all that is reached here."""

    def __init__(self, **held: Any) -> None:
        self.store: Any = Store(**held)
        self.ids: Any = self

    def new_id(self, *, at: datetime) -> str:
        return at.isoformat()


def test_a_registrar_without_a_clinic_and_a_fund_without_a_region_see_nothing() -> None:
    with pytest.raises(NotPermitted, match="администратору"):
        clinic_of(principal())
    with pytest.raises(NotPermitted, match="администратору"):
        late_requests(tools=Tools(), principal=principal(Role.FUND_OPERATOR), limit=1, after=None)  # type: ignore[arg-type]


def test_nobody_decides_on_the_own_request() -> None:
    tools: Any = Tools(person_file=PersonFile(attachments=(attachment(),)))
    decision = AttachmentDecision(person_id="p", attachment_id="1")
    with pytest.raises(NotPermitted, match="другой сотрудник"):
        decide_attachment(tools=tools, principal=principal(clinic="770001"), decision=decision, at=AT)


def test_nobody_answers_the_own_request() -> None:
    asked = Appointment(
        appointment_id="1",
        person_id="p",
        account_id="p",
        clinic_code="770001",
        doctor_id="d001",
        state=AppointmentState.REQUESTED,
        requested_at=AT,
        utc_offset_hours=3,
        wished_from=date(2026, 3, 17),
        wished_until=date(2026, 3, 17),
        document_id="d",
        document_type=DocumentType.EXTRACT,
        history=(AppointmentStep(event=None, state=AppointmentState.REQUESTED, at=AT, actor=SYSTEM),),
    )
    tools: Any = Tools(appointment=asked)
    which = WhichAppointment(person_id="p", appointment_id="1")
    answer = AppointmentAnswer(which=which, is_acknowledged=False, answer="Нет")
    with pytest.raises(NotPermitted, match="другой сотрудник"):
        answer_appointment(tools=tools, principal=principal(clinic="770001"), answer=answer, at=AT)


def test_an_empty_folder_shows_nobody() -> None:
    with pytest.raises(NotFound):
        person_in(PersonFile())


def test_what_is_decided_while_time_looks_at_it_is_passed_over() -> None:
    tools: Any = Tools(due_attachments=[[attachment(), STOOD]])
    assert run_attachments(tools=tools, at=AT) == {"attachments_skipped": 2}
