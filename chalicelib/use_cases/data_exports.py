"""Exports of all one's own data: ordered, listed, downloaded by a link that ends (P2; 152-ФЗ, art. 14 and 20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.data_export import EXPORTS_PER_DAY, DataExport
from chalicelib.domain.records import Queue
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_citizen
from chalicelib.use_cases.journal import record, send
from chalicelib.use_cases.one_time_codes import daily_limit
from chalicelib.use_cases.ordered_documents import LINK_SECONDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox


def order_export(
    *, tools: Toolbox, principal: Principal, at: datetime, request: idempotency.RequestKey | None = None
) -> DataExport:
    """Order an export; it is made within a minute (1 AWS call and the hint).

    Raises:
        RateLimited: too many were ordered today.
    """
    person_id = require_citizen(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _ordered(tools, principal, request, at),
        recall=lambda found: _known(tools, person_id, found),
    )


def _ordered(tools: Toolbox, principal: Principal, request: idempotency.RequestKey | None, at: datetime) -> DataExport:
    person_id = principal.account_id
    export_id = tools.ids.new_id(at=at)
    ordered = DataExport(export_id=export_id, person_id=person_id, ordered_at=at, files_id=tools.ids.new_id(at=at))
    work = tools.store.work(at=at)
    work.count(daily_limit(name="data_export", subject=person_id, times=EXPORTS_PER_DAY))
    details = {"export_id": export_id}
    ordered = record(
        ordered, work=work, tools=tools, name="export_ordered", at=at, actor=actor_of(principal), details=details
    )
    work.create(ordered)
    send(work=work, tools=tools, queue=Queue.DOCUMENTS, body={"person_id": person_id, **details}, at=at)
    idempotency.remember(work=work, request=request, principal=principal, result=export_id, tools=tools, at=at)
    work.commit()
    return ordered


def own_exports(*, tools: Toolbox, principal: Principal) -> Sequence[DataExport]:
    """List the person's exports, newest first (1 AWS call)."""
    return tools.store.data_exports_of(person_id=require_citizen(principal))


def export_link(*, tools: Toolbox, principal: Principal, export_id: str, part: int, at: datetime) -> str:
    """Make a link to a part of an export, once it is noted in the journal (2 AWS calls).

    Raises:
        NotFound: there is no such export of this person, it is not made yet, or its files are gone.
    """
    export = _known(tools, require_citizen(principal), export_id)
    if not export.is_open(at) or not 1 <= part <= len(export.sizes):
        raise NotFound("Выгрузка ещё готовится, или её срок истёк: закажите новую")
    work = tools.store.work(at=at)
    details = {"export_id": export_id, "part": str(part)}
    export = record(
        export, work=work, tools=tools, name="export_downloaded", at=at, actor=actor_of(principal), details=details
    )
    work.update(export)
    work.commit()
    name = f"polis-my-data-{part}.zip"
    return tools.documents.link(key=export.part_key(part), filename=name, seconds=LINK_SECONDS)


def _known(tools: Toolbox, person_id: str, export_id: str) -> DataExport:
    found = tools.store.data_export(person_id=person_id, export_id=export_id)
    if found is None:
        raise NotFound("Выгрузка не найдена")
    return found
