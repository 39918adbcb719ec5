"""What an export says: everything that is held, kind by kind, the messages and the journal (requirement P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.data_export import DataExport
from chalicelib.domain.export_content import Section, plain
from chalicelib.domain.fund_change import FundChange
from chalicelib.domain.held import kind_of
from chalicelib.domain.insurance_history import CertificateVersion, PolicyVersion
from chalicelib.domain.retention import TABLES
from chalicelib.domain.retention_terms import Kept
from chalicelib.domain.ticket import TicketMessage
from chalicelib.ports.queries import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chalicelib.ports.privacy import Holdings
    from chalicelib.ports.toolbox import Toolbox

PAGE = 1000


def exported(holdings: Holdings) -> Iterator[object]:
    """The things that an export tells of: all but the exports themselves."""
    return (thing for thing in holdings.things if not isinstance(thing, DataExport))


def sections_of(belongings: Sequence[tuple[object, Sequence[object]]]) -> Iterator[Section]:
    """Write things with their belongings as plain values, kind by kind."""
    by_kind: dict[Kept, list[Mapping[str, Any]]] = {}
    for thing, parts in belongings:
        shown = {**plain(thing), "_parts": [plain(part) for part in parts if _is_shown(part)]}
        by_kind.setdefault(kind_of(thing), []).append(shown)
    for kind in Kept:
        if kind in by_kind:
            yield Section(name=kind.value, title=_title(kind), things=by_kind[kind])


def _is_shown(part: object) -> bool:
    """Notes among colleagues are not the person's; what was known earlier, or told, of a policy is in its periods."""
    if isinstance(part, TicketMessage):
        return not part.internal
    return not isinstance(part, PolicyVersion | CertificateVersion | FundChange)


def _title(kind: Kept) -> str:
    return TABLES[-1].rows[kind].title


def told(tools: Toolbox, holdings: Holdings, records: Sequence[str]) -> Iterator[Section]:
    """Write what the service told the person, and what was done with the data (1 AWS call per 1,000 entries)."""
    messages = [plain(message) for message in holdings.messages]
    yield Section(name=Kept.MESSAGE.value, title=_title(Kept.MESSAGE), things=messages)
    entries = [entry for record in records for entry in _journal(tools, record)]
    yield Section(name=Kept.JOURNAL.value, title=_title(Kept.JOURNAL), things=entries)


def _journal(tools: Toolbox, person_id: str) -> Iterator[Mapping[str, Any]]:
    after: str | None = None
    while True:
        page = tools.store.journal(person_id=person_id, period=Period(), limit=PAGE, after=after)
        yield from (plain(line.entry.action) for line in page.items)
        after = page.after
        if after is None:
            return
