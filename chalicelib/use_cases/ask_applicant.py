"""An operator asks the person to mend fields or to bring documents (requirements B9, O2)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.form_sections import SECTIONS
from chalicelib.use_cases.case_work import Desk, Step, work_on_case
from chalicelib.use_cases.clarifications import Question, ask_person

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.idempotency import RequestKey


def ask_applicant(
    *,
    tools: Toolbox,
    principal: Principal,
    application_id: str,
    question: Question,
    at: datetime,
    request: RequestKey | None = None,
) -> Application:
    """Ask about a case that the operator has taken; the answer comes back to an operator (3 AWS calls).

    Five working days to answer, in which the decision's clock stands still; then the application lapses with notice.

    Raises:
        NotPermitted, NotFound, StateConflict, CaseTaken: as `work_on_case`.
        ValidationFailed: nothing is asked, or a field that the form does not have.
    """
    step = Step(application_id=application_id, name="clarification_asked", at=at, request=request)

    def act(desk: Desk) -> tuple[Application, dict[str, str]]:
        errors = list(_mistakes(question))
        if errors:
            raise ValidationFailed(errors)
        asked = ask_person(
            work=desk.work,
            tools=tools,
            application=replace(desk.file.application, returns_to_operator=True, delay=None),
            question=question,
            actor=desk.actor,
            at=at,
            reason="operator_asks",
        )
        details = {"fields": " ".join(question.fields), "documents": " ".join(question.documents)}
        return asked, details

    return work_on_case(tools=tools, principal=principal, step=step, act=act)


def _mistakes(question: Question) -> Iterator[FieldError]:
    if not question.fields and not question.documents:
        message = "Назовите хотя бы одно поле (fields) или документ (documents)"
        yield FieldError(field="fields", code="required", message=message)
    if not question.message.strip():
        yield FieldError(field="message", code="required", message="Напишите заявителю, что и зачем уточнить")
    for place, path in enumerate(question.fields):
        section, _, name = path.partition(".")
        if name not in SECTIONS.get(section, frozenset()):
            message = "Такого поля нет в форме: укажите раздел и поле через точку, например person.born_on"
            yield FieldError(field=f"fields.{place}", code="unknown_field", message=message)
