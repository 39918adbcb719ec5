"""Appealing against a refusal: begun, documents, reasons, the clock, a question, the fund, mine (requirement L1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.appeal import DRAFT_KEPT_FOR
from chalicelib.domain.appeal_rules import LEVELS, MAX_REASONS, MAX_TEXT, SUBJECTS, SubjectKind
from chalicelib.domain.appeal_states import TAKES_DOCUMENTS, AppealState, Level
from chalicelib.domain.errors import FieldError, RuleRefused, StateConflict
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import appeal_documents, appeals
from chalicelib.use_cases.idempotency import request_key
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page, Redirect
from chalicelib.web.appeal_presenters import MINE, reason_choices, row_of, shown
from chalicelib.web.attempts import attempted
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.typed_words import beside, listed, words_of
from chalicelib.web.uploads import Folder, file_row, files_page, ordered, storage_origin, verdict, way_back

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.appeal import Appeal
    from chalicelib.ports.appeals import AppealFile
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

ONE = f"{MINE}/{{appeal_id}}"
SECTION = "support"
PAGE = 20
_TITLES = {"reasons": "Причины", "text": "Своими словами", "documents": "Документы"}


@blueprint.page("GET", MINE)
def mine(visit: Visit) -> Answer:
    """My appeals, newest first."""
    found = appeals.list_appeals(
        tools=container(), principal=visit.principal, limit=PAGE, after=after(visit.query.get("after"))
    )
    context = {"section": SECTION, "items": [row_of(one) for one in found.items], "more": cursor_of(found.after)}
    return Page(template="pages/appeals.html", context=context)


@blueprint.page("GET", f"{MINE}/new")
def new(visit: Visit) -> Answer:
    """What is going to be appealed against, and what comes of it; the address names the refusal."""
    visit.principal  # noqa: B018 — asks to sign in
    return _new(visit, visit.query.get("subject", ""), visit.query.get("of", ""))


def _new(visit: Visit, subject: str, subject_id: str, refusal: str = "") -> Page:
    if subject not in set(SubjectKind):
        raise NotFound("Откройте то, в чём отказано, и нажмите «Обжаловать»")
    context = {
        "section": SECTION,
        "subject": subject,
        "subject_id": subject_id,
        "rule": SUBJECTS[SubjectKind(subject)],
        "level": LEVELS[Level.FIRST],
        "kept_days": DRAFT_KEPT_FOR.days,
        "refusal": refusal,
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/appeal_new.html", context=context, status=UNPROCESSABLE if refusal else 200)


@blueprint.page("POST", MINE)
def begin(visit: Visit) -> Answer:
    """Begin a draft; a form that is sent twice leads to the first one."""
    subject, subject_id = visit.form.get("subject", ""), visit.form.get("of", "")
    if subject not in set(SubjectKind):
        return _new(visit, subject, subject_id)
    try:
        made = appeals.begin_appeal(
            tools=container(),
            principal=visit.principal,
            kind=SubjectKind(subject),
            subject_id=entity_id(subject_id),
            at=visit.at,
            request=request_key(visit.key, "appeal", subject, subject_id),
        )
    except (RuleRefused, StateConflict) as refusal:
        return _new(visit, subject, subject_id, refusal.detail)
    return Redirect(to=f"{MINE}/{made.appeal_id}/documents")


def _own(visit: Visit, appeal_id: str) -> AppealFile:
    return appeals.own_appeal(tools=container(), principal=visit.principal, appeal_id=entity_id(appeal_id))


def _folder(appeal: Appeal) -> Folder:
    here, is_draft = f"{MINE}/{appeal.appeal_id}", appeal.state is AppealState.DRAFT
    return Folder(
        section=SECTION,
        path=f"{here}/documents",
        title="Документы к жалобе" if is_draft else "Документы к ответу",
        lead="Что подтверждает вашу правоту: справки, ответы ведомств, снимки документов. Если приложить нечего, "
        "продолжайте без них.",
        back=(here, "К жалобе") if not is_draft else (MINE, "Мои жалобы"),
        onward=(here, "Продолжить"),
    )


@blueprint.page("GET", f"{ONE}/documents")
def documents(visit: Visit, appeal_id: str) -> Answer:
    """What was uploaded with its verdicts, and another; once nothing may be added, the appeal itself."""
    file = _own(visit, appeal_id)
    if file.appeal.state not in TAKES_DOCUMENTS:
        return Redirect(to=f"{MINE}/{file.appeal.appeal_id}")
    return files_page(visit, _folder(file.appeal), file.scans)


@blueprint.page("POST", f"{ONE}/documents")
def order(visit: Visit, appeal_id: str) -> Answer:
    """Permit one upload straight to the storage."""
    file, media_type = _own(visit, appeal_id), visit.form.get("media_type", "")
    folder = _folder(file.appeal)
    return ordered(
        visit,
        folder,
        file.scans,
        lambda: appeal_documents.order_document_upload(
            tools=container(),
            principal=visit.principal,
            appeal_id=file.appeal.appeal_id,
            media_type=media_type,
            at=visit.at,
            back_to=way_back(visit, folder),
            request=request_key(visit.key, "appeal-document", appeal_id, media_type),
        ),
    )


@blueprint.page("GET", f"{ONE}/documents/{{scan_id}}")
def document(visit: Visit, appeal_id: str, scan_id: str) -> Answer:
    """What the check has found so far, for the script that waits for it."""
    return verdict(
        appeal_documents.own_document(
            tools=container(),
            principal=visit.principal,
            appeal_id=entity_id(appeal_id),
            scan_id=entity_id(scan_id),
        )
    )


@blueprint.page("GET", f"{ONE}/documents/{{scan_id}}/preview")
def preview(visit: Visit, appeal_id: str, scan_id: str) -> Answer:
    """The picture of an accepted document, by a link that works for five minutes."""
    return Redirect(
        to=appeal_documents.document_preview(
            tools=container(),
            principal=visit.principal,
            appeal_id=entity_id(appeal_id),
            scan_id=entity_id(scan_id),
        )
    )


@blueprint.page("GET", ONE)
def one(visit: Visit, appeal_id: str) -> Answer:
    """A draft as its form; else the state, the clock, what is asked, the decisions."""
    return _page(visit, _own(visit, appeal_id))


def _page(visit: Visit, file: AppealFile, errors: tuple[FieldError, ...] = (), refusal: str = "") -> Page:
    appeal, is_draft = file.appeal, file.appeal.state is AppealState.DRAFT
    path = f"{MINE}/{appeal.appeal_id}"
    context = {
        "section": SECTION,
        "address": path,
        **shown(appeal, at=visit.at),
        "about": _about(appeal, visit),
        "files": [file_row(scan, f"{path}/documents") for scan in file.scans],
        "choices": reason_choices(appeal.refused.kind),
        "chosen": visit.choices.get("reasons", []),
        "text": visit.form.get("text", ""),
        "most": MAX_REASONS,
        "longest": MAX_TEXT,
        "fund": LEVELS[Level.FUND],
        "errors": listed(errors, _TITLES),
        "wrong": beside(errors, _TITLES),
        "refusal": refusal,
    }
    return Page(
        template="pages/appeal_draft.html" if is_draft else "pages/appeal.html",
        context=context,
        status=UNPROCESSABLE if errors or refusal else 200,
        storage=storage_origin() if file.scans else "",
    )


def _about(appeal: Appeal, visit: Visit) -> dict[str, Any]:
    """Where the receipt of the appeal lies: in one's own folder or in that of whom one represents."""
    is_own = appeal.person_id == visit.principal.account_id
    folder = "/cabinet/documents" if is_own else f"/cabinet/family/{appeal.person_id}/documents"
    return {"receipt": f"{folder}/{appeal.receipt_id}" if appeal.receipt_id else ""}


@blueprint.page("POST", f"{ONE}/submission")
def submit(visit: Visit, appeal_id: str) -> Answer:
    """File it: it gets its number and the day of the decision."""

    def act() -> str:
        reasons = tuple(dict.fromkeys(visit.choices.get("reasons", [])))
        grounds = appeals.Grounds(reasons=reasons, text=words_of(visit, "text", longest=MAX_TEXT))
        appeals.file_appeal(
            tools=container(),
            principal=visit.principal,
            appeal_id=entity_id(appeal_id),
            grounds=grounds,
            at=visit.at,
        )
        return "appeal-filed"

    return _tried(visit, appeal_id, act)


@blueprint.page("POST", f"{ONE}/answer")
def answer(visit: Visit, appeal_id: str) -> Answer:
    """Answer what is asked; the clock goes on."""

    def act() -> str:
        text = words_of(visit, "text", longest=MAX_TEXT)
        appeals.answer_question(
            tools=container(), principal=visit.principal, appeal_id=entity_id(appeal_id), text=text, at=visit.at
        )
        return "answered"

    return _tried(visit, appeal_id, act)


@blueprint.page("POST", f"{ONE}/second-level")
def second_level(visit: Visit, appeal_id: str) -> Answer:
    """Take what was rejected to the territorial fund."""

    def act() -> str:
        text = words_of(visit, "text", longest=MAX_TEXT)
        appeals.escalate_appeal(
            tools=container(), principal=visit.principal, appeal_id=entity_id(appeal_id), text=text, at=visit.at
        )
        return "escalated"

    return _tried(visit, appeal_id, act)


@blueprint.page("POST", f"{ONE}/withdrawal")
def withdraw(visit: Visit, appeal_id: str) -> Answer:
    """Withdraw until it is decided."""

    def act() -> str:
        appeals.withdraw_appeal(
            tools=container(), principal=visit.principal, appeal_id=entity_id(appeal_id), at=visit.at
        )
        return "appeal-withdrawn"

    return _tried(visit, appeal_id, act)


def _tried(visit: Visit, appeal_id: str, act: Callable[[], str]) -> Answer:
    return attempted(
        lambda: f"{MINE}/{appeal_id}?done={act()}",
        lambda errors, refusal: _page(visit, _own(visit, appeal_id), errors, refusal),
    )
