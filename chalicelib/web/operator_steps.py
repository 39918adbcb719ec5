"""What an operator does with a case that was taken: decide, ask, let the registers be asked anew (B9, B10, D4, O2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.refusal_catalogue import FREE_TEXT, Reason
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.http.applications import entity_id
from chalicelib.use_cases.ask_applicant import ask_applicant
from chalicelib.use_cases.clarifications import Question
from chalicelib.use_cases.decide_application import Decision, decide_application, send_back
from chalicelib.use_cases.idempotency import request_key
from chalicelib.web.attempts import attempted
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.operator_presenters import path_of
from chalicelib.web.operators import CASE, case_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.use_cases.idempotency import RequestKey
    from chalicelib.web.answers import Answer
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

_TEXT = 500
_NOTE = 1000


@blueprint.page("POST", f"{CASE}/approval")
def approve(visit: Visit, application_id: str) -> Answer:
    """Approve, with a note for colleagues."""
    note = _text(visit, "note", _TEXT)

    def act() -> str:
        _decide(visit, Decision(application_id=entity_id(application_id), approve=True, note=note), note)
        return "approved"

    return _tried(visit, application_id, act)


@blueprint.page("POST", f"{CASE}/refusal")
def refuse(visit: Visit, application_id: str) -> Answer:
    """Refuse with all the reasons at once, of the catalogue or in words."""
    rule, message, mend = _text(visit, "rule", _TEXT), _text(visit, "message", _TEXT), _text(visit, "mend", _TEXT)
    reasons = [Reason(code=code, rule=rule) for code in dict.fromkeys(visit.choices.get("reasons", []))]
    if message or mend:
        reasons.append(Reason(code=FREE_TEXT, message=message, mend=mend))

    def act() -> str:
        decision = Decision(application_id=entity_id(application_id), approve=False, reasons=tuple(reasons))
        _decide(visit, decision, *(reason.code for reason in reasons), rule, message, mend)
        return "refused"

    return _tried(visit, application_id, act)


@blueprint.page("POST", f"{CASE}/clarification")
def ask(visit: Visit, application_id: str) -> Answer:
    """Ask the applicant for fields and documents, in words."""
    documents = [text for text in visit.choices.get("documents", []) if text in set(DocumentKind)]
    question = Question(
        fields=tuple(dict.fromkeys(visit.choices.get("fields", []))),
        documents=tuple(DocumentKind(text) for text in dict.fromkeys(documents)),
        message=_text(visit, "question", _NOTE),
    )

    def act() -> str:
        ask_applicant(
            tools=container(),
            principal=visit.principal,
            application_id=entity_id(application_id),
            question=question,
            at=visit.at,
            request=_key(visit, "question", application_id, *question.fields, *question.documents, question.message),
        )
        return "asked"

    return _tried(visit, application_id, act)


@blueprint.page("POST", f"{CASE}/verification")
def again(visit: Visit, application_id: str) -> Answer:
    """Let the registers be asked anew."""
    note = _text(visit, "again_note", _NOTE)

    def act() -> str:
        send_back(
            tools=container(),
            principal=visit.principal,
            application_id=entity_id(application_id),
            note=note,
            at=visit.at,
            request=_key(visit, "again", application_id, note),
        )
        return "sent-back"

    return _tried(visit, application_id, act)


def _decide(visit: Visit, decision: Decision, *told: str) -> None:
    approve = str(decision.approve)
    decide_application(
        tools=container(),
        principal=visit.principal,
        decision=decision,
        at=visit.at,
        request=_key(visit, "decision", decision.application_id, approve, *told),
    )


def _key(visit: Visit, *parts: str) -> RequestKey | None:
    return request_key(visit.key, "page", *parts)


def _text(visit: Visit, name: str, longest: int) -> str:
    return visit.form.get(name, "").strip()[:longest]


def _tried(visit: Visit, application_id: str, act: Callable[[], str]) -> Answer:
    return attempted(
        lambda: f"{path_of(application_id)}?done={act()}",
        lambda errors, refusal: case_page(visit, application_id, errors=errors, refusal=refusal),
    )
