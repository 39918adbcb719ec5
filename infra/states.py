"""Write docs/states.md, states and the matrix of requirements, from the tables of the domain.

``python -m infra.states`` writes the file; with ``--check`` it only compares and fails when they differ.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.domain.application import KIND_TITLES, ApplicantCategory
from chalicelib.domain.application_states import (
    EDITABLE_STATES,
    FINAL_STATES,
    STATE_TITLES,
    TRANSITIONS,
    ApplicationState,
)
from chalicelib.domain.legacy_registration import LEGACY_STATE_TITLES, LEGACY_TRANSITIONS, LegacyState
from chalicelib.domain.matrix import MATRIX, RULES_VERSION, MatrixRow
from chalicelib.domain.notifications import RULES, NotificationKind

if TYPE_CHECKING:
    from collections.abc import Iterable

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "states.md"

INTRODUCTION = """\
# States of an application, and what each kind asks for

Made by `python -m infra.states` from `chalicelib/domain/application_states.py`, `chalicelib/domain/matrix.py` and
`chalicelib/domain/legacy_registration.py`.
Do not edit it by hand: change the tables and make it anew. A test compares the two.
"""

MACHINE = """\
## States

Only these arrows exist. Any other event is answered with 409 `state_conflict`, and nothing changes.
A withdrawal is also refused once a policy has been issued or changed by the application.
"""

REQUIREMENTS = f"""\
## What each category and kind asks for

Rules of version `{RULES_VERSION}`. An application is judged by the newest row in force on the applicant's local day.
A pair that has no row cannot be filed: 422 `rule_refused`, reason `kind_not_available`.
"""


LEGACY = """\
## States of the registration of a policy of an earlier sample

It begins as `pending`. A person has at most one that is pending or confirmed. It is confirmed or refused by the word
of the register of insured persons, and superseded when a digital policy is issued.
"""


def current_document() -> str:
    """Build the text of the document."""
    parts = [
        INTRODUCTION,
        MACHINE,
        _diagram(),
        _states(),
        _transitions(),
        REQUIREMENTS,
        _overview(),
        *map(_row, MATRIX),
        LEGACY,
        _registrations(),
    ]
    return "\n".join(parts)


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {ApplicationState.DRAFT}"]
    lines += [
        f"    {source} --> {rule.target}: {rule.event}"
        for rule in TRANSITIONS
        for source in ApplicationState
        if source in rule.sources
    ]
    lines += [f"    {state} --> [*]" for state in ApplicationState if state in FINAL_STATES]
    return "\n".join([*lines, "```", ""])


def _states() -> str:
    rows = [
        (f"`{state}`", title, _yes(state in EDITABLE_STATES), _yes(state in FINAL_STATES))
        for state, title in STATE_TITLES.items()
    ]
    return _table(("State", "Title", "Form may be changed", "Final"), rows)


def _transitions() -> str:
    rows = []
    for rule in TRANSITIONS:
        sources = ", ".join(f"`{state}`" for state in ApplicationState if state in rule.sources)
        rows.append((f"`{rule.event}`", sources, f"`{rule.target}`", _told(rule.notification, rule.silent_because)))
    return _table(("Event", "From", "To", "The person is told"), rows)


def _told(notification: str | None, silent_because: str | None) -> str:
    if notification is None:
        return f"no: {silent_because}"
    channels = ", ".join(sorted(RULES[NotificationKind(notification)].channels))
    return f"`{notification}` ({channels})"


def _registrations() -> str:
    rows = []
    for rule in LEGACY_TRANSITIONS.values():
        sources = ", ".join(f"`{state}`" for state in LegacyState if state in rule.sources)
        target = f"`{rule.target}` ({LEGACY_STATE_TITLES[rule.target]})"
        rows.append((f"`{rule.event}`", sources, target, _told(rule.notification, None)))
    return _table(("Event", "From", "To", "The person is told"), rows)


def _overview() -> str:
    by_pair = {(row.category, row.kind): row for row in MATRIX}
    rows = [
        (
            f"`{category}`",
            *(_term(by_pair.get((category, kind))) for kind in KIND_TITLES),
        )
        for category in ApplicantCategory
    ]
    return _table(("Category", *(f"`{kind}`" for kind in KIND_TITLES)), rows)


def _term(row: MatrixRow | None) -> str:
    return "cannot be filed" if row is None else f"{row.decision_days} working days"


def _row(row: MatrixRow) -> str:
    facts = [
        ("In force from", row.in_force_from.isoformat()),
        ("Article", row.article),
        ("Decision within", f"{row.decision_days} working days"),
        ("Temporary certificate", _certificate(row)),
        ("Fields", _codes(sorted(row.fields))),
        ("Identity documents (F011)", _codes(sorted(row.identity_documents))),
        ("Scans", _codes(sorted(row.documents))),
        ("Scans, if there are any", _codes(sorted(row.optional_documents))),
        ("Registers asked", _codes(row.checks)),
    ]
    return f"### {row.title}\n\n`{row.category}` × `{row.kind}`\n\n" + _table(("", ""), facts)


def _certificate(row: MatrixRow) -> str:
    if not row.certificate:
        return "none"
    return f"while only {_codes(sorted(row.waits_for))} has not answered"


def _codes(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values) or "none"


def _yes(holds: bool) -> str:  # noqa: FBT001 — a word for a truth value
    return "yes" if holds else ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def main() -> int:
    """Write or check the document; 1 means that the committed one is old."""
    parser = argparse.ArgumentParser(description="Write docs/states.md from the tables of the domain.")
    parser.add_argument("--check", action="store_true", help="only compare")
    arguments = parser.parse_args()
    text = current_document()
    if not arguments.check:
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if DOCUMENT.is_file() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    print("docs/states.md is old: run `python -m infra.states`")
    return 1


if __name__ == "__main__":
    sys.exit(main())
