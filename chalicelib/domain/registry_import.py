"""What an import of the insurers' registry does with each row, by what is known of the insurer (H1)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.insurer import Insurer
from chalicelib.domain.registry_check import CheckedRow, check_row
from chalicelib.domain.registry_job import FieldChange, RowOutcome, RowReport
from chalicelib.domain.registry_messages import finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.domain.registry_file import RawInsurer


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedRow:
    """A row to be written, or only reported; ``leaves_on`` if the insurer is newly known to stop its work.

    ``stays_after`` is the day on which it was going to, if it goes on after all.
    """

    report: RowReport
    insurer: Insurer | None
    is_new: bool = False
    leaves_on: date | None = None
    stays_after: date | None = None


def checked_rows(*, rows: Sequence[RawInsurer], on: date, source: str) -> list[CheckedRow]:
    """Check every row, and the rows against each other: codes that repeat, licence numbers of other head offices."""
    checked = [check_row(raw=row, on=on, source=source) for row in rows]
    holders: dict[str, set[str]] = {}
    for row in checked:
        for digits in _licence_digits(row.insurer):
            holders.setdefault(digits, set()).add(row.insurer.ogrn if row.insurer else "")
    seen: set[str] = set()
    return [_compared(row, seen, holders) for row in checked]


def _licence_digits(insurer: Insurer | None) -> set[str]:
    """The digits of the licences of a head office; branches work by the licence of their head."""
    if insurer is None or insurer.organisation != "head" or not insurer.ogrn:
        return set()
    found = {"".join(filter(str.isdigit, licence.number)) for licence in insurer.licences}
    return found - {""}


def _compared(row: CheckedRow, seen: set[str], holders: Mapping[str, set[str]]) -> CheckedRow:
    if row.insurer is None:
        return row
    if row.code in seen:
        return replace(row, insurer=None, findings=(*row.findings, finding(code="F002-99", value=row.code)))
    seen.add(row.code)
    shared = sorted(digits for digits in _licence_digits(row.insurer) if len(holders[digits]) > 1)
    return replace(row, findings=(*row.findings, *(finding(code="F002-87", value=digits) for digits in shared)))


def judge(*, row: CheckedRow, known: Insurer | None, on: date) -> JudgedRow:
    """Compare a row with what is known of the insurer and tell what there is to do."""
    insurer, findings = row.insurer, row.findings
    if insurer is None:
        report = RowReport(number=row.number, code=row.code, outcome=RowOutcome.BAD, findings=findings)
        return JudgedRow(report=report, insurer=None)
    changes = () if known is None else _changes(known, insurer)
    if known is not None and not changes:
        report = _report(row, insurer, RowOutcome.UNCHANGED)
        return JudgedRow(report=report, insurer=None)
    if known is not None and known.edited_on is not None and known.edited_on == insurer.edited_on:
        findings = (*findings, finding(code="F002-30", value=str(insurer.edited_on)))
    leaves_on = insurer.leaves_on(on=on)
    newly = known is not None and leaves_on is not None and leaves_on != known.leaves_on(on=on)
    outcome = RowOutcome.NEW if known is None else RowOutcome.EXCLUDED if newly else RowOutcome.CHANGED
    return JudgedRow(
        report=replace(_report(row, insurer, outcome), changes=changes, findings=findings),
        insurer=insurer if known is None else replace(insurer, version=known.version),
        is_new=known is None,
        leaves_on=leaves_on if newly else None,
        stays_after=known.leaves_on(on=on) if known is not None and leaves_on is None else None,
    )


def _report(row: CheckedRow, insurer: Insurer, outcome: RowOutcome) -> RowReport:
    return RowReport(number=row.number, code=row.code, outcome=outcome, name=insurer.name[:120], findings=row.findings)


NOT_COMPARED = frozenset({"version", "source"})
MAX_SHOWN = 120


def _changes(known: Insurer, new: Insurer) -> tuple[FieldChange, ...]:
    """What differs, field by field; which file it came from is no difference."""
    names = (item.name for item in fields(Insurer) if item.name not in NOT_COMPARED)
    return tuple(
        FieldChange(field=name, before=_shown(getattr(known, name)), after=_shown(getattr(new, name)))
        for name in names
        if getattr(known, name) != getattr(new, name)
    )


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        return "; ".join(_shown(part) for part in value)[:MAX_SHOWN]
    names = getattr(type(value), "__dataclass_fields__", None)
    if names:
        return ", ".join(str(part) for name in names if (part := getattr(value, name)) not in {None, ""})
    return "" if value is None else str(value)[:MAX_SHOWN]
