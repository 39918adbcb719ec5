"""What the service told me, what was done with my data, and all of it as a file (requirements A7, M1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.http.applications import after, cursor_of
from chalicelib.ports.queries import ApplicationFilter
from chalicelib.use_cases.access import require_citizen
from chalicelib.use_cases.list_applications import list_applications
from chalicelib.use_cases.merged_records import main_file
from chalicelib.use_cases.messages import own_messages
from chalicelib.use_cases.people import own_file
from chalicelib.use_cases.representations import represented_persons
from chalicelib.web.answers import Answer, Download, Page
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.rendering import moment
from chalicelib.web.words import ACTIONS, ACTORS, OTHER_ACTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.audit import AuditEntry
    from chalicelib.ports.queries import Slice
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

PAGE = 20
_BATCH = 100


@blueprint.page("GET", "/cabinet/messages")
def messages(visit: Visit) -> Answer:
    """Everything that the service has told me, newest first."""
    person_id = require_citizen(visit.principal)
    found = container().store.messages(person_id=person_id, limit=PAGE, after=after(visit.query.get("after")))
    items = [{"subject": m.subject, "text": m.text, "at": moment(m.created_at)} for m in found.items]
    context = {"section": "messages", "items": items, "more": cursor_of(found.after)}
    return Page(template="pages/messages.html", context=context)


@blueprint.page("GET", "/cabinet/activity")
def activity(visit: Visit) -> Answer:
    """Who did what with my data, newest first."""
    person_id = require_citizen(visit.principal)
    found = container().store.activity(person_id=person_id, limit=PAGE, after=after(visit.query.get("after")))
    context = {
        "section": "profile",
        "items": [in_words(entry) for entry in found.items],
        "more": cursor_of(found.after),
        "address": "/cabinet/activity",
        "back": ("/cabinet/profile", "Профиль"),
        "title": "Журнал действий",
    }
    return Page(template="pages/activity.html", context=context)


def in_words(entry: AuditEntry) -> dict[str, str]:
    """An entry of the journal as a row of a table."""
    action = entry.action
    return {
        "at": moment(action.at),
        "what": ACTIONS.get(action.name, OTHER_ACTION),
        "who": ACTORS.get(action.actor.kind, action.actor.kind),
        "number": action.details.get("number", ""),
    }


@blueprint.page("GET", "/cabinet/export")
def export(visit: Visit) -> Answer:
    """Everything that the service holds of me, as one file that programs read."""
    from chalicelib.http.schemas.applications import application_out  # noqa: PLC0415 — only for the file
    from chalicelib.http.schemas.insurance import insurance_out  # noqa: PLC0415 — as above
    from chalicelib.http.schemas.messages import message_out  # noqa: PLC0415 — as above
    from chalicelib.http.schemas.people import activity_out, profile_out  # noqa: PLC0415 — as above
    from chalicelib.http.schemas.representation import represented_out  # noqa: PLC0415 — as above

    tools, principal = container(), visit.principal
    person_id = require_citizen(principal)
    file = main_file(tools=tools, file=own_file(tools=tools, principal=principal, at=visit.at))
    applications = _all(
        lambda seen: list_applications(
            tools=tools, principal=principal, wanted=ApplicationFilter(), limit=_BATCH, after=seen
        )
    )
    told = _all(lambda seen: own_messages(tools=tools, principal=principal, limit=_BATCH, after=seen))
    done = _all(lambda seen: tools.store.activity(person_id=person_id, limit=_BATCH, after=seen))
    content = {
        "format": "polis.export.1",
        "made_at": visit.at.isoformat(),
        "profile": profile_out(file.person).model_dump(mode="json") if file.person else None,
        "insurance": insurance_out(file).model_dump(mode="json"),
        "represented": [
            represented_out(right, person).model_dump(mode="json")
            for right, person in represented_persons(tools=tools, principal=principal)
        ],
        "applications": [application_out(application).model_dump(mode="json") for application in applications],
        "messages": [message_out(message).model_dump(mode="json") for message in told],
        "activity": [activity_out(entry).model_dump(mode="json") for entry in done],
    }
    return Download(name="polis-my-data.json", body=json.dumps(content, ensure_ascii=False, indent=1))


def _all(page: Callable[[str | None], Slice[Any]]) -> list[Any]:
    """Read every page of a list."""
    found: list[Any] = []
    seen: str | None = None
    while True:
        part = page(seen)
        found.extend(part.items)
        seen = part.after
        if seen is None:
            return found
