"""Applications as pages show them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import CATEGORY_TITLES, KIND_TITLES
from chalicelib.domain.application_states import FINAL_STATES, STATE_TITLES, ApplicationState
from chalicelib.domain.supporting_documents import DOCUMENT_TITLES, DocumentKind
from chalicelib.web.form_fields import field_title
from chalicelib.web.rendering import day, moment
from chalicelib.web.steps import step_of_field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.application import Application
    from chalicelib.domain.errors import FieldError

_S = ApplicationState
_TONES = {
    _S.READY: "good",
    _S.APPROVED: "good",
    _S.REFUSED: "bad",
    _S.EXPIRED: "quiet",
    _S.WITHDRAWN: "quiet",
    _S.CLARIFICATION_REQUIRED: "wait",
    _S.AWAITING_SIGNATURE: "wait",
    _S.DRAFT: "quiet",
}
_TO_COME = (
    (_S.IN_PROCESSING, "Проверка в государственных реестрах"),
    (_S.APPROVED, "Решение"),
    (_S.READY, "Готово к использованию"),
)
_WAITS_FOR_PERSON = frozenset({_S.DRAFT, _S.AWAITING_SIGNATURE, _S.CLARIFICATION_REQUIRED})
_CALLS = {
    _S.DRAFT: "Продолжить",
    _S.AWAITING_SIGNATURE: "Подписать и подать",
    _S.CLARIFICATION_REQUIRED: "Ответить на уточнение",
}


def address_of(application: Application) -> str:
    """The page of an application."""
    return f"/cabinet/applications/{application.application_id}"


def in_list(application: Application) -> dict[str, Any]:
    """One row of a list."""
    return {
        "address": address_of(application),
        "title": KIND_TITLES[application.kind],
        "category": CATEGORY_TITLES[application.category],
        "number": application.number or "",
        "state": STATE_TITLES[application.state],
        "tone": _TONES.get(application.state, ""),
        "created": day(application.created_at.date()),
        "due": _due(application),
        "call": _CALLS.get(application.state, ""),
        "is_for_another": application.relation is not None,
    }


def waits_for_person(application: Application) -> bool:
    """Whether the next move is the person's."""
    return application.state in _WAITS_FOR_PERSON


def moments(application: Application) -> list[dict[str, str]]:
    """What happened, oldest first, and what is still to come."""
    shown = [
        {
            "title": STATE_TITLES[step.state],
            "at": moment(step.at),
            "text": f"Срок решения сдвинулся на {day(step.due_on)}" if step.due_on else "",
            "tone": _TONES.get(step.state, "") if step.state in FINAL_STATES else "",
        }
        for step in application.history
    ]
    if application.state in FINAL_STATES or application.submitted_at is None:
        return shown
    seen = {step.state for step in application.history}
    later = [(state, title) for state, title in _TO_COME if state not in seen]
    for state, title in later:
        due = _due(application) if state is _S.APPROVED else ""
        shown.append({"title": title, "at": f"не позднее {due}" if due else "", "text": "", "tone": "to-come"})
    return shown


def summary_of(errors: Iterable[FieldError], application: Application, *, here: str = "") -> list[dict[str, str]]:
    """Mistakes for the list at the top of a page, each with a link to the field that mends it."""
    return [
        {
            "title": title_of_path(error.field),
            "message": error.message,
            "anchor": _anchor(error.field, application, here),
        }
        for error in errors
    ]


def title_of_path(path: str) -> str:
    """What a field or a document is called."""
    section, _, name = path.partition(".")
    if section == "scans" and name in set(DocumentKind):
        return DOCUMENT_TITLES[DocumentKind(name)]
    return field_title(path)


def _anchor(path: str, application: Application, here: str) -> str:
    from chalicelib.web.rendering import address  # noqa: PLC0415 — the presenters of lists need no addresses

    step, mark = step_of_field(path), f"#{path.replace('.', '-')}"
    return mark if step == here else address(f"{address_of(application)}/{step}?check=1{mark}")


def _due(application: Application) -> str:
    return day(application.due_on) if application.due_on and application.state not in FINAL_STATES else ""
