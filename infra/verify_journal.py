"""Verify exports of the journal: ``python -m infra.verify_journal FILE [FILE …]``.

The files are the pages of one export, as the API gave them, in any order. Nothing else is needed: no network, no
package beside this checkout. Says that the journal is whole, or which entry of which chain is not, and how.
Exit status: 0 whole, 1 broken, 2 not an export or not all of its pages. The format stands in docs/journal.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.domain.audit import Action, Actor, AuditEntry, Break, ChainHead, Fault, find_breaks

FORMAT = "polis.journal.1"
WHOLE, BROKEN, UNREADABLE = 0, 1, 2

FAULTS = {
    Fault.ALTERED: "its content does not fit its digest",
    Fault.REPEATED: "it is there more than once",
    Fault.MISSING: "it is missing",
    Fault.UNLINKED: "it does not continue what comes before it",
    Fault.CUT_OFF: "it is missing, and all after it up to the head of the chain",
}


class NotAnExport(Exception):
    """The files are not all the pages of one export; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """All pages of one export."""

    chains: Mapping[str, list[AuditEntry]]
    heads: Mapping[str, ChainHead]
    has_heads: bool
    is_from_start: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was found in one chain."""

    chain: str
    entries: int
    has_head: bool
    breaks: tuple[Break, ...]


def read(pages: list[Mapping[str, Any]]) -> Export:
    """Put the pages together; raises NotAnExport."""
    if any(not isinstance(page, dict) or page.get("format") != FORMAT for page in pages):
        raise NotAnExport(f"a file is no export of the format {FORMAT}")
    try:
        return _put_together(pages)
    except (KeyError, TypeError, ValueError, AttributeError) as failure:
        raise NotAnExport(f"a page is not as the format says: {type(failure).__name__} {failure}") from None


def _put_together(pages: list[Mapping[str, Any]]) -> Export:
    if len({(page["person"], page["since"], page["until"]) for page in pages}) != 1:
        raise NotAnExport("the files are pages of different exports")
    firsts = [page for page in pages if page["is_first_page"]]
    lasts = [page for page in pages if page["next_cursor"] is None]
    if len(firsts) != 1 or len(lasts) != 1:
        raise NotAnExport("pages are missing or doubled: there must be one first and one last")
    chains: dict[str, list[AuditEntry]] = {}
    for page in pages:
        for entry in map(_entry, page["entries"]):
            chains.setdefault(entry.chain, []).append(entry)
    heads = {head["chain"]: _head(head) for head in firsts[0]["heads"] or ()}
    for chain in heads:
        chains.setdefault(chain, [])
    return Export(
        chains=chains,
        heads=heads,
        has_heads=firsts[0]["heads"] is not None,
        is_from_start=firsts[0]["since"] is None,
    )


def _entry(given: Mapping[str, Any]) -> AuditEntry:
    actor = given["actor"]
    action = Action(
        name=given["action"],
        at=datetime.fromisoformat(given["at"]),
        actor=Actor(kind=actor["kind"], actor_id=actor["id"], organisation=actor["organisation"]),
        details={str(name): str(value) for name, value in given["details"].items()},
    )
    return AuditEntry(
        entry_id=given["id"],
        chain=given["chain"],
        sequence=int(given["sequence"]),
        action=action,
        previous=given["previous"],
        digest=given["digest"],
    )


def _head(given: Mapping[str, Any]) -> ChainHead:
    return ChainHead(sequence=int(given["sequence"]), digest=given["digest"])


def verify(export: Export) -> list[Verdict]:
    """Judge every chain by itself, in the order of their names."""
    return [
        Verdict(
            chain=chain,
            entries=len(entries),
            has_head=chain in export.heads,
            breaks=find_breaks(entries=entries, head=export.heads.get(chain), is_from_start=export.is_from_start),
        )
        for chain, entries in sorted(export.chains.items())
    ]


def report(export: Export, verdicts: list[Verdict]) -> list[str]:
    """Say what was found, in lines."""
    lines = [
        f"broken: chain {verdict.chain}, entry {found.sequence}: {FAULTS[found.fault]}"
        for verdict in verdicts
        for found in verdict.breaks
    ]
    count = f"{sum(verdict.entries for verdict in verdicts)} entries in {len(verdicts)} chains"
    lines.append(f"{count}: {'broken' if lines else 'whole'}")
    if not export.is_from_start:
        lines.append("the export begins within the chains: what was before it is not judged")
    headless = sum(not verdict.has_head for verdict in verdicts)
    if not export.has_heads:
        lines.append("the export has no heads of chains: that nothing is cut off at its end is not proved")
    elif headless:
        lines.append(f"{headless} chains have no head here: that nothing is cut off at their ends is not proved")
    return lines


def main(arguments: list[str] | None = None) -> int:
    """Read the files, print the report; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    files = parser.parse_args(arguments).files
    try:
        export = read([json.loads(path.read_text(encoding="utf-8")) for path in files])
    except (OSError, ValueError, NotAnExport) as failure:
        print(f"cannot be verified: {failure}", file=sys.stderr)
        return UNREADABLE
    verdicts = verify(export)
    print("\n".join(report(export, verdicts)))
    return BROKEN if any(verdict.breaks for verdict in verdicts) else WHOLE


if __name__ == "__main__":
    sys.exit(main())
