"""Makes a change file, page by page; it may be killed anywhere and goes on from there (P4).

A page is one transaction: its records move, each with a line in its person's journal, and the page remembers where
their text lies. The file is put together from these texts: so the same number always gives the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.change_file import (
    MOST_RECORDS,
    ChangeFile,
    ChangeFilePage,
    FileState,
    file_bytes,
    moved,
)
from chalicelib.domain.fund_change import ChangeState
from chalicelib.use_cases.change_files import find_change_file, go_on_later
from chalicelib.use_cases.insurer_directory import one_insurer
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.tell_policies import Teller

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.fund_change import FundChange
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.tell_policies import Judged

PAGE = 40
"""Records of one transaction: each moves and stands in a journal."""

PAGES_AT_ONCE = 15
"""After so many pages the rest is left to a message of its own: a Lambda has a minute."""

MEDIA_TYPE = "application/xml"
MOST_PART_BYTES = 4 * 1024 * 1024


def go_on_with_change_file(*, tools: Toolbox, name: str, at: datetime) -> ChangeFile:
    """Tell what is not told yet, at most `PAGES_AT_ONCE` pages, then put the file together.

    Raises:
        StaleWrite: another delivery of the same message is at it, or the index lags behind; the message comes again.
        Unavailable, Throttled: the storage did not answer; the message will come again.
    """
    file = find_change_file(tools=tools, name=name)
    if file.state is not FileState.MAKING:
        return file
    insurer = one_insurer(tools=tools, code=file.insurer_code)
    for turn in range(PAGES_AT_ONCE):
        waiting = _waiting(tools, file)
        if not waiting:
            return _made(tools, file, at)
        teller = Teller(tools=tools, insurer=insurer, file=file.name, at=at)
        judged = _judged(teller, file, waiting)
        file = _page_written(tools, file, judged, is_last_turn=turn == PAGES_AT_ONCE - 1, at=at)
    return file


def _waiting(tools: Toolbox, file: ChangeFile) -> Sequence[FundChange]:
    """What had come true by the moment up to which it tells, at most as much as it has room for."""
    room = min(PAGE, MOST_RECORDS - file.told)
    if room <= 0:
        return ()
    return tools.store.waiting_changes(
        insurer_code=file.insurer_code, until=file.until, limit=room, after=file.after
    ).items


def _judged(teller: Teller, file: ChangeFile, waiting: Sequence[FundChange]) -> list[Judged]:
    judged: list[Judged] = []
    number = file.told
    for change in waiting:
        judged.append(teller.judge(change=change, number=number + 1))
        number += judged[-1].change.state is ChangeState.TOLD
    return judged


def _page_written(
    tools: Toolbox, file: ChangeFile, judged: Sequence[Judged], *, is_last_turn: bool, at: datetime
) -> ChangeFile:
    """Write a page: its records, where their text lies and how far the file is, all or nothing."""
    told = [one for one in judged if one.change.state is ChangeState.TOLD]
    work = tools.store.work(at=at)
    if told:
        _write_part(tools, work, file, told)
    for one in judged:
        _write_change(tools, work, file, one, at)
    last = judged[-1].change
    states = [one.change.state for one in judged]
    file = replace(
        file,
        after=tools.store.place_of(change=last),
        pages=file.pages + bool(told),
        told=file.told + len(told),
        held=file.held + states.count(ChangeState.HELD),
        settled=file.settled + states.count(ChangeState.SETTLED),
    )
    if is_last_turn:
        go_on_later(work=work, tools=tools, file=file, at=at)
    work.update(file)
    work.commit()
    return replace(file, version=file.version + 1)


def _write_part(tools: Toolbox, work: UnitOfWork, file: ChangeFile, told: Sequence[Judged]) -> None:
    """Store the text first, under a name of its own content: what no page names is never read."""
    data = b"".join(one.text for one in told)
    key = f"{file.key}/{file.pages:06d}-{hashlib.sha256(data).hexdigest()[:16]}"
    tools.documents.write(key=key, data=data, media_type=MEDIA_TYPE)
    page = ChangeFilePage(
        insurer_code=file.insurer_code,
        file=file.name,
        page=file.pages,
        first=file.told + 1,
        change_ids=tuple(one.change.change_id for one in told),
        part_key=key,
    )
    work.create(page)


def _write_change(tools: Toolbox, work: UnitOfWork, file: ChangeFile, one: Judged, at: datetime) -> None:
    change = one.change
    if change.state is not ChangeState.SETTLED:
        details = {"change_id": change.change_id, "policy_id": change.policy_id, "reason": change.reason}
        name = "told_to_fund"
        if change.state is ChangeState.HELD:
            name, details = "held_from_fund", details | {"codes": ",".join(r.code for r in change.remarks)}
        else:
            details |= {"file": file.name}
        change = record(change, work=work, tools=tools, name=name, at=at, actor=SYSTEM, details=details)
    work.update(change)


def _made(tools: Toolbox, file: ChangeFile, at: datetime) -> ChangeFile:
    pages = tools.store.change_file_pages(insurer_code=file.insurer_code, file=file.name)
    parts = [tools.documents.read(key=page.part_key, max_bytes=MOST_PART_BYTES) for page in pages]
    data = file_bytes(file=file, parts=parts)
    key = f"{file.key}/{file.name}.xml"
    tools.documents.write(key=key, data=data, media_type=MEDIA_TYPE)
    made = replace(
        moved(file=file, state=FileState.MADE),
        key=key,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        made_at=at,
    )
    work = tools.store.work(at=at)
    details = {"file": made.name, "records": str(made.told), "sha256": made.sha256}
    made = record(made, work=work, tools=tools, name="change_file_made", at=at, actor=SYSTEM, details=details)
    work.update(made)
    work.commit()
    return replace(made, version=made.version + 1)
