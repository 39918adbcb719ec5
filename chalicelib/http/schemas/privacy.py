"""Exports of one's own data and demands to be forgotten as JSON (requirement P2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from pydantic import Field

from chalicelib.domain.data_export import EXPORT_STATE_TITLES, DataExport, ExportState
from chalicelib.domain.erasure import (
    CAUSES,
    ERASURE_STATE_TITLES,
    ErasureCause,
    ErasureRequest,
    ErasureState,
    StaysRow,
)
from chalicelib.domain.retention import TABLES, retention_of
from chalicelib.domain.retention_terms import END_TITLES, Kept, Wish
from chalicelib.http.models import In, Out

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.use_cases.answer_erasure import Plan


class ExportOut(Out):
    """An export of one's own data; its parts are downloaded by links of their own."""

    id: str
    state: ExportState
    state_title: str
    ordered_at: datetime
    made_at: datetime | None
    kept_until: datetime | None = Field(description="После этого файлы уничтожаются")
    parts: int = Field(description="Сколько архивов")
    bytes: int = Field(description="Сколько байт во всех архивах")


class ErasureIn(In):
    """The demand to destroy one's data."""

    is_sure: bool = Field(description="Понимаю: уничтоженное восстановить нельзя", examples=[True])


class ErasedOut(Out):
    """What was destroyed, or would be."""

    kind: Kept
    title: str
    count: int


class StaysOut(Out):
    """What stays, until when, and by what law; while it is in force the term has not begun."""

    kind: Kept
    title: str
    count: int
    kept_until: date | None
    reason: str
    term: str
    law: str


class ErasureOut(Out):
    """A demand with its answer."""

    id: str
    cause: ErasureCause
    cause_title: str
    law: str
    state: ErasureState
    state_title: str
    asked_at: datetime
    due_on: date = Field(description="Последний день срока по закону")
    answered_at: datetime | None
    erased: list[ErasedOut]
    stays: list[StaysOut]


class ErasurePlanOut(Out):
    """What a demand would do now."""

    erases: list[ErasedOut]
    stays: list[StaysOut]
    empties_profile: bool


def export_out(export: DataExport) -> ExportOut:
    """Present an export."""
    return ExportOut(
        id=export.export_id,
        state=export.state,
        state_title=EXPORT_STATE_TITLES[export.state],
        ordered_at=export.ordered_at,
        made_at=export.made_at,
        kept_until=export.kept_until,
        parts=len(export.sizes),
        bytes=sum(export.sizes),
    )


def erasure_out(demand: ErasureRequest) -> ErasureOut:
    """Present a demand with its answer."""
    rule, on = CAUSES[demand.cause], demand.asked_at.date()
    return ErasureOut(
        id=demand.request_id,
        cause=demand.cause,
        cause_title=rule.title,
        law=rule.law,
        state=demand.state,
        state_title=ERASURE_STATE_TITLES[demand.state],
        asked_at=demand.asked_at,
        due_on=demand.due_on,
        answered_at=demand.answered_at,
        erased=_erased({Kept(kind): count for kind, count in demand.erased.items()}, on),
        stays=[_stays(row, on) for row in demand.stays],
    )


def plan_out(plan: Plan, *, on: date) -> ErasurePlanOut:
    """Present what a demand would do."""
    counts: dict[Kept, int] = {}
    for _, verdict in plan.erases:
        counts[verdict.kind] = counts.get(verdict.kind, 0) + 1
    if plan.empties_profile:
        counts[Kept.PROFILE] = 1
    elif not plan.keeps_contacts:
        counts[Kept.CONTACTS] = 1
    return ErasurePlanOut(
        erases=_erased(counts, on),
        stays=[_stays(row, on) for row in plan.stays],
        empties_profile=plan.empties_profile,
    )


def _erased(counts: Mapping[Kept, int], on: date) -> list[ErasedOut]:
    return [
        ErasedOut(kind=kind, title=retention_of(kind, on=on).title, count=counts[kind])
        for kind in Kept
        if kind in counts
    ]


def _stays(row: StaysRow, on: date) -> StaysOut:
    rule = retention_of(row.kind, on=on)
    reason = rule.live if row.until is None else "срок хранения не истёк"
    return StaysOut(
        kind=row.kind,
        title=rule.title,
        count=row.count,
        kept_until=None if row.until is None else row.until.date(),
        reason=reason,
        term=rule.term,
        law=rule.law,
    )


def retention_terms() -> list[dict[str, Any]]:
    """The terms of retention, newest table first, for the dictionaries."""
    return [
        {
            "code": row.kind.value,
            "title": row.title,
            "in_force_from": table.in_force_from.isoformat(),
            "term": row.term,
            "since": row.since,
            "end": END_TITLES[row.end],
            "on_wish": row.on_wish is Wish.ERASES,
            "law": row.law,
            "set_by": row.set_by.value,
        }
        for table in reversed(TABLES)
        for row in table.rows.values()
    ]
