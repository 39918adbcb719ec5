"""The operators' queue, a case on one screen, and the lease (requirements O1, O2)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from chalicelib.bootstrap import container
from chalicelib.domain.application import KIND_TITLES, ApplicationKind
from chalicelib.domain.application_states import STATE_TITLES, ApplicationState
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.operator_case import REASON_TEXTS, WaitReason
from chalicelib.domain.principal import Role
from chalicelib.domain.refusal_catalogue import CATALOGUE
from chalicelib.domain.regions import REGIONS
from chalicelib.domain.supporting_documents import DOCUMENT_TITLES
from chalicelib.http.applications import entity_id
from chalicelib.http.operators import place_of
from chalicelib.http.pagination import encode_cursor
from chalicelib.use_cases.lease_case import release_case, take_case
from chalicelib.use_cases.operator_queue import Hold, Wanted, list_cases
from chalicelib.use_cases.view_case import view_case
from chalicelib.use_cases.view_scans import view_page
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page, Redirect
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.form_fields import field_names, field_title, section_title
from chalicelib.web.operator_presenters import case_context, path_of, row_of_queue
from chalicelib.web.scan_pictures import picture_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.application import Application
    from chalicelib.web.visits import Visit

E = TypeVar("E", bound=StrEnum)

blueprint = WebBlueprint(__name__)

QUEUE = "/operator"
CASE = "/operator/applications/{application_id}"
ROWS = 25
_FILTERS = ("state", "kind", "reason", "overdue", "lease", "insurer", "region")
_HOLDS = ({"code": "free", "title": "Никем не взятые"}, {"code": "mine", "title": "Мои"})
_TERMS = ({"code": "yes", "title": "Просроченные"}, {"code": "no", "title": "В срок"})


@blueprint.page("GET", QUEUE)
def queue(visit: Visit) -> Answer:
    """What waits for a person or is late, first due first, by the filters of the address."""
    told = {name: value for name in _FILTERS if (value := visit.query.get(name, "").strip())}
    errors: tuple[FieldError, ...] = ()
    rows: list[dict[str, Any]] = []
    following = ""
    try:
        found = list_cases(tools=container(), principal=visit.principal, wanted=_wanted(visit, told), at=visit.at)
        rows = [row_of_queue(case, principal=visit.principal, at=visit.at) for case in found.items]
        if found.after:
            cursor = encode_cursor({"due": found.after[0].isoformat(), "id": found.after[1]})
            following = f"{QUEUE}?{urlencode({**told, 'after': cursor})}"
    except ValidationFailed as refusal:
        errors = refusal.errors
    context = {
        "section": "queue",
        "rows": rows,
        "following": following,
        "told": told,
        "errors": errors,
        "is_auditor": not visit.principal.has_role(Role.INSURER_OPERATOR, Role.FUND_OPERATOR),
        "choices": _choices(),
    }
    return Page(template="pages/operator_queue.html", context=context, status=UNPROCESSABLE if errors and told else 200)


def _wanted(visit: Visit, told: Mapping[str, str]) -> Wanted:
    return Wanted(
        limit=ROWS,
        after=place_of(visit.query.get("after")),
        state=_one_of(ApplicationState, told.get("state")),
        kind=_one_of(ApplicationKind, told.get("kind")),
        reason=_one_of(WaitReason, told.get("reason")),
        lease=_one_of(Hold, told.get("lease")),
        overdue={"yes": True, "no": False}.get(told.get("overdue", "")),
        insurer=told.get("insurer"),
        region=told.get("region"),
    )


def _one_of(kind: type[E], text: str | None) -> E | None:
    """What a filter names; a word that is no choice of it filters nothing."""
    return kind(text) if text in set(kind) else None


def _choices() -> dict[str, list[dict[str, str]]]:
    return {
        "state": [{"code": state.value, "title": title} for state, title in STATE_TITLES.items()],
        "kind": [{"code": kind.value, "title": title} for kind, title in KIND_TITLES.items()],
        "reason": [{"code": reason.value, "title": text.title} for reason, text in REASON_TEXTS.items()],
        "overdue": list(_TERMS),
        "lease": list(_HOLDS),
        "region": [{"code": code, "title": region.name} for code, region in REGIONS.items()],
    }


@blueprint.page("GET", CASE)
def case(visit: Visit, application_id: str) -> Answer:
    """The case on one screen; with a scan in the address, its page beside the data."""
    return case_page(visit, application_id)


def case_page(visit: Visit, application_id: str, errors: tuple[FieldError, ...] = (), refusal: str = "") -> Page:
    """The page of a case, with what was wrong in a form that was sent from it."""
    found = view_case(
        tools=container(), principal=visit.principal, application_id=entity_id(application_id), at=visit.at
    )
    storage, picture = picture_of(visit, folder_id=application_id, here=path_of(application_id), show=view_page)
    context = {
        "section": "queue",
        **case_context(found, principal=visit.principal, at=visit.at),
        "picture": picture,
        "errors": [{"title": "", "message": error.message, "anchor": ""} for error in errors],
        "refusal": refusal,
        "typed": visit.form,
        "chosen": visit.choices,
        "insurer": container().store.insurer_name(code=found.file.application.section("insurer").get("code", "")),
        "catalogue": CATALOGUE,
        "askable": _askable(found.file.application),
        "documents": DOCUMENT_TITLES,
        "keys": {step: container().ids.new_id(at=visit.at) for step in ("decision", "question", "again")},
    }
    failed = bool(errors) or bool(refusal)
    return Page(
        template="pages/operator_case.html", context=context, status=UNPROCESSABLE if failed else 200, storage=storage
    )


def _askable(application: Application) -> list[dict[str, Any]]:
    """The fields that an operator may ask about: those of the sections that were filled."""
    return [
        {
            "title": section_title(name),
            "fields": [(f"{name}.{f}", field_title(f"{name}.{f}")) for f in field_names(name)],
        }
        for name in application.form
    ]


@blueprint.page("POST", f"{CASE}/lease")
def take(visit: Visit, application_id: str) -> Answer:
    """Take the case; of two operators exactly one gets it."""
    take_case(tools=container(), principal=visit.principal, application_id=entity_id(application_id), at=visit.at)
    return Redirect(to=f"{path_of(application_id)}?done=taken")


@blueprint.page("POST", f"{CASE}/release")
def release(visit: Visit, application_id: str) -> Answer:
    """Give the case back and go on with the queue."""
    release_case(tools=container(), principal=visit.principal, application_id=entity_id(application_id), at=visit.at)
    return Redirect(to=f"{QUEUE}?done=released")
