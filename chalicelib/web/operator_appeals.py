"""The operators' desk of appeals: the list, a case with its documents, the lease, a question, the decision (L1, O2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from chalicelib.bootstrap import container
from chalicelib.domain.appeal_rules import LEVELS, MAX_TEXT, SubjectKind
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.http.applications import entity_id
from chalicelib.http.operators import place_of
from chalicelib.http.pagination import encode_cursor
from chalicelib.http.schemas.appeals import appeal_line, handled_appeal_out
from chalicelib.use_cases import handle_appeals
from chalicelib.use_cases.appeal_documents import view_document
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page, Redirect
from chalicelib.web.appeal_presenters import DESK, shown, topic_choices, working_days_left
from chalicelib.web.attempts import attempted
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.operator_presenters import held_by, path_of, scan_row
from chalicelib.web.scan_pictures import picture_of
from chalicelib.web.typed_words import beside, listed, named, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.domain.appeal import Appeal
    from chalicelib.domain.appeal_summary import AppealSummary
    from chalicelib.domain.errors import FieldError
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

ONE = f"{DESK}/{{appeal_id}}"
ROWS = 25
_TITLES = {"question": "Вопрос", "explanation": "Объяснение", "topic": "Тема", "carry_out": "Исполнение"}
_CASES: Mapping[SubjectKind, Callable[[str], str]] = {
    SubjectKind.APPLICATION: path_of,
    SubjectKind.TEMPORARY_CERTIFICATE: path_of,
}
"""What was refused → the page on which operators see it; a certificate stands with its application."""

_CARRIED_OUT = frozenset({SubjectKind.APPLICATION})
"""What an upheld appeal may carry out at once instead of checking it again."""


@blueprint.page("GET", DESK)
def desk(visit: Visit) -> Answer:
    """What one's insurer or region has to decide, first due first; nothing about the person."""
    found, more = handle_appeals.appeals_to_decide(
        tools=container(), principal=visit.principal, limit=ROWS, after=place_of(visit.query.get("after"))
    )
    following = ""
    if more:
        cursor = encode_cursor({"due": found[-1].due_on.isoformat(), "id": found[-1].appeal_id})
        following = f"{DESK}?{urlencode({'after': cursor})}"
    context = {"section": "appeals", "rows": [_row(one, visit) for one in found], "following": following}
    return Page(template="pages/operator_appeals.html", context=context)


def _row(summary: AppealSummary, visit: Visit) -> dict[str, Any]:
    line = appeal_line(summary, principal=visit.principal, at=visit.at)
    today = local_date(at=visit.at, region=DEFAULT_REGION)
    return {
        "line": line,
        "address": f"{DESK}/{line.id}",
        "held": held_by(line.lease),
        "left": working_days_left(summary.due_on, today=today),
        "is_barred": visit.principal.account_id in summary.barred,
    }


@blueprint.page("GET", ONE)
def one(visit: Visit, appeal_id: str) -> Answer:
    """The appeal on one screen; with a document in the address, its page beside the words."""
    return _page(visit, appeal_id)


def _page(visit: Visit, appeal_id: str, errors: tuple[FieldError, ...] = (), refusal: str = "") -> Page:
    file = handle_appeals.view_appeal(
        tools=container(), principal=visit.principal, appeal_id=entity_id(appeal_id), at=visit.at
    )
    told, here = handled_appeal_out(file, principal=visit.principal, at=visit.at), f"{DESK}/{appeal_id}"
    storage, picture = picture_of(visit, folder_id=appeal_id, here=here, show=view_document)
    context = {
        "section": "appeals",
        "address": here,
        **shown(file.appeal, at=visit.at),
        "appeal": told,
        "held": held_by(told.lease),
        "is_mine": told.lease is not None and told.lease.is_mine,
        "is_barred": visit.principal.account_id in file.appeal.barred,
        "scans": [scan_row(scan) for scan in file.scans],
        "picture": picture,
        "subject": _subject(file.appeal),
        "may_carry_out": file.appeal.refused.kind in _CARRIED_OUT,
        "topics": topic_choices(),
        "typed": visit.form,
        "longest": MAX_TEXT,
        "answer_days": LEVELS[file.appeal.level].answer_days,
        "errors": listed(errors, _TITLES),
        "wrong": beside(errors, _TITLES),
        "refusal": refusal,
    }
    status = UNPROCESSABLE if errors or refusal else 200
    return Page(template="pages/operator_appeal.html", context=context, status=status, storage=storage)


def _subject(appeal: Appeal) -> str:
    """The case that was refused, where operators have a page of it."""
    page = _CASES.get(appeal.refused.kind)
    return page(appeal.refused.subject_id) if page else ""


@blueprint.page("POST", f"{ONE}/lease")
def take(visit: Visit, appeal_id: str) -> Answer:
    """Take it for half an hour; who refused or decided it before may not. What was typed meanwhile stays typed."""

    def act() -> str:
        handle_appeals.take(tools=container(), principal=visit.principal, appeal_id=entity_id(appeal_id), at=visit.at)
        return f"{DESK}/{appeal_id}?done=appeal-taken"

    answer = _tried(visit, appeal_id, act)
    has_typed = bool(visit.form.get("explanation") or visit.form.get("question"))
    return _page(visit, appeal_id) if has_typed and isinstance(answer, Redirect) else answer


@blueprint.page("POST", f"{ONE}/release")
def release(visit: Visit, appeal_id: str) -> Answer:
    """Give it back and go on with the list."""

    def act() -> str:
        handle_appeals.give_back(
            tools=container(), principal=visit.principal, appeal_id=entity_id(appeal_id), at=visit.at
        )
        return f"{DESK}?done=appeal-released"

    return _tried(visit, appeal_id, act)


@blueprint.page("POST", f"{ONE}/question")
def ask(visit: Visit, appeal_id: str) -> Answer:
    """Ask the person; the clock stands still until the answer."""

    def act() -> str:
        handle_appeals.ask_appellant(
            tools=container(),
            principal=visit.principal,
            appeal_id=entity_id(appeal_id),
            text=words_of(visit, "question", longest=MAX_TEXT),
            at=visit.at,
        )
        return f"{DESK}/{appeal_id}?done=appeal-asked"

    return _tried(visit, appeal_id, act, words="question")


@blueprint.page("POST", f"{ONE}/decision")
def decide(visit: Visit, appeal_id: str) -> Answer:
    """Uphold or reject it, in words for the person; an upheld one undoes the refusal by itself."""

    def act() -> str:
        is_upheld = visit.form.get("decision") == "uphold"
        verdict = handle_appeals.Verdict(
            upheld=is_upheld,
            explanation=words_of(visit, "explanation", longest=MAX_TEXT),
            topic=visit.form.get("topic", ""),
            carry_out=is_upheld and visit.form.get("carry_out") == "yes",
        )
        handle_appeals.decide_appeal(
            tools=container(),
            principal=visit.principal,
            appeal_id=entity_id(appeal_id),
            verdict=verdict,
            at=visit.at,
        )
        return f"{DESK}/{appeal_id}?done=appeal-decided"

    return _tried(visit, appeal_id, act)


def _tried(visit: Visit, appeal_id: str, act: Callable[[], str], *, words: str = "text") -> Answer:
    """Do it, or show the page again; ``words`` names the field of the form that the use case calls text."""
    return attempted(act, lambda errors, refusal: _page(visit, appeal_id, named(errors, {"text": words}), refusal))
