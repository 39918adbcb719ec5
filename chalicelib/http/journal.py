"""Routes of exports of the journal (requirements A7, P1)."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from pydantic import Field

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.regions import start_of_day
from chalicelib.http.applications import after, cursor_of
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import In, IsoDate, Out, Query
from chalicelib.http.pagination import decode_cursor
from chalicelib.ports.queries import Period
from chalicelib.use_cases.export_journal import JournalOrder, JournalPage, export_journal, export_own_journal

if TYPE_CHECKING:
    from chalicelib.domain.audit import AuditEntry, ChainHead

blueprint = ApiBlueprint(__name__)

TAG = "audit"
FORMAT = "polis.journal.1"
MOSCOW = "77"
FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2100, 1, 1)
_PLACE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.[0-9]\.(?:[0-9A-HJKMNP-TV-Z]{26})?")
_SINCE = "Первый день периода, по Москве"
_UNTIL = "День после последнего, по Москве"


class ExportQuery(Query):
    """Of when to export; all by default."""

    since: IsoDate | None = Field(default=None, ge=FIRST_DAY, le=LAST_DAY, description=_SINCE)
    until: IsoDate | None = Field(default=None, ge=FIRST_DAY, le=LAST_DAY, description=_UNTIL)
    cursor: str | None = Field(default=None, max_length=2048, description="Значение next_cursor предыдущей страницы")


class JournalOrderIn(In):
    """A person by one key, or everybody in a period."""

    policy_number: str | None = Field(default=None, max_length=40, description="ЕНП, 16 цифр")
    snils: str | None = Field(default=None, max_length=40)
    person: str | None = Field(default=None, pattern=r"^[a-z2-7]{26}$", description="Поле person записи журнала")
    since: IsoDate | None = Field(default=None, strict=False, ge=FIRST_DAY, le=LAST_DAY, description=_SINCE)
    until: IsoDate | None = Field(default=None, strict=False, ge=FIRST_DAY, le=LAST_DAY, description=_UNTIL)
    cursor: str | None = Field(default=None, max_length=2048, description="Значение next_cursor предыдущей страницы")


class ActorOut(Out):
    """Who did it."""

    kind: str
    id: str
    organisation: str


class JournalEntryOut(Out):
    """An entry with all that its digest is made of; ``at`` is text, since the digest is of this very text."""

    id: str
    person: str
    chain: str
    sequence: int
    at: str
    action: str
    actor: ActorOut
    details: dict[str, str]
    previous: str
    digest: str


class ChainHeadOut(Out):
    """The end of a chain when the export was made."""

    chain: str
    sequence: int
    digest: str


class JournalExportOut(Out):
    """A page of an export; how to verify it stands in docs/journal.md."""

    format: str
    made_at: str
    person: str | None
    since: str | None
    until: str | None
    is_first_page: bool
    heads: list[ChainHeadOut] | None
    entries: list[JournalEntryOut]
    next_cursor: str | None


@blueprint.route(
    "GET",
    "/v1/me/activity/export",
    summary="Выгрузка моего журнала действий",
    tag=TAG,
    roles=("citizen",),
)
def activity_export(call: Call, query: ExportQuery) -> JournalExportOut:
    """По тысяче записей, сначала старые, с хешами: по выгрузке проверяется, что журнал не изменён."""
    period = _period(query)
    seen = after(query.cursor)
    page = export_own_journal(tools=container(), principal=call.principal, period=period, after=seen)
    return _export(call, page, period, is_first_page=seen is None)


@blueprint.route(
    "POST",
    "/v1/auditor/journal-exports",
    summary="Выгрузка журнала для аудитора: о человеке или за период",
    tag=TAG,
    errors=(403, 404),
    roles=("auditor",),
)
def journal_export(call: Call, body: JournalOrderIn) -> JournalExportOut:
    """Личных сведений в выгрузке нет; сама выгрузка записывается в журнал."""
    period = _period(body)
    by_person = {body.policy_number, body.snils, body.person} != {None}
    seen = after(body.cursor) if by_person else _place(body.cursor, period)
    order = JournalOrder(
        period=period,
        policy_number=body.policy_number,
        snils=body.snils,
        person_id=body.person,
        after=seen,
    )
    page = export_journal(tools=container(), principal=call.principal, order=order, at=call.at)
    return _export(call, page, period, is_first_page=seen is None)


def _period(given: ExportQuery | JournalOrderIn) -> Period:
    return Period(
        since=start_of_day(on=given.since, region=MOSCOW) if given.since else None,
        until=start_of_day(on=given.until, region=MOSCOW) if given.until else None,
    )


def _place(cursor: str | None, period: Period) -> str | None:
    """Read where a page of everybody's journals begins; raises ValidationFailed."""
    key = decode_cursor(cursor)
    if key is None:
        return None
    place = key.get("after", "")
    if not _is_within(place, period):
        message = "Передайте значение next_cursor предыдущей страницы и тот же период"
        raise ValidationFailed([FieldError(field="cursor", code="invalid_cursor", message=message)])
    return place


def _is_within(place: str, period: Period) -> bool:
    found = _PLACE.fullmatch(place)
    if found is None or period.since is None or period.until is None:
        return False
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return False
    return period.since.date() <= day <= period.until.date()


def _export(call: Call, page: JournalPage, period: Period, *, is_first_page: bool) -> JournalExportOut:
    heads = None
    if page.heads is not None:
        heads = [_head_out(chain, head) for chain, head in sorted(page.heads.items())]
    return JournalExportOut(
        format=FORMAT,
        made_at=call.at.isoformat(),
        person=page.person_id,
        since=period.since.isoformat() if period.since else None,
        until=period.until.isoformat() if period.until else None,
        is_first_page=is_first_page,
        heads=heads,
        entries=[_entry_out(line.person_id, line.entry) for line in page.lines],
        next_cursor=cursor_of(page.after),
    )


def _head_out(chain: str, head: ChainHead) -> ChainHeadOut:
    return ChainHeadOut(chain=chain, sequence=head.sequence, digest=head.digest)


def _entry_out(person_id: str, entry: AuditEntry) -> JournalEntryOut:
    action = entry.action
    return JournalEntryOut(
        id=entry.entry_id,
        person=person_id,
        chain=entry.chain,
        sequence=entry.sequence,
        at=action.at.isoformat(),
        action=action.name,
        actor=ActorOut(kind=action.actor.kind, id=action.actor.actor_id, organisation=action.actor.organisation),
        details=dict(action.details),
        previous=entry.previous,
        digest=entry.digest,
    )
