"""Rows of issue points and ratings to what is kept of an insurer; what is wrong with them is told (H1, H2)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from chalicelib.domain.insurer import Insurer
from chalicelib.domain.insurer_ratings import CRITERIA, FIRST_YEAR, MAX_POINTS
from chalicelib.domain.insurer_records import InsurerOffices, InsurerRating, IssuePoint
from chalicelib.domain.registry_job import FieldChange, Finding, RowOutcome, RowReport
from chalicelib.domain.registry_messages import finding
from chalicelib.domain.registry_values import NEVER, is_empty, phones_of, read_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.domain.insurer_ratings import Criterion
    from chalicelib.domain.registry_table import TableRow

ADDRESS_LENGTHS: Final = range(5, 255)
LONGEST_SOURCE: Final = 200
_POINT: Final = re.compile(r"[0-9]{1,3}")
_SHORT_CODE: Final = re.compile(r"[0-9]{4}")
_YEAR: Final = re.compile(r"[0-9]{4}")
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRow:
    """A row as it was understood: ``point`` or ``rating`` unless an error forbids it, and everything found."""

    number: int
    code: str
    insurer: Insurer | None = None
    point: IssuePoint | None = None
    rating: InsurerRating | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def bad(self) -> RowReport:
        """The report of a row that is not taken in."""
        return RowReport(number=self.number, code=self.code, outcome=RowOutcome.BAD, findings=self.findings)


def insurer_code_of(text: str) -> str:
    """The code of an insurer, in capitals; spreadsheets lose its leading zero."""
    code = text.strip().upper()
    return f"0{code}" if _SHORT_CODE.fullmatch(code) else code


def read_points(*, rows: Sequence[TableRow], known: Mapping[str, Insurer], region: str) -> list[ReadRow]:
    """Read rows of issue points; a point that comes again with other content is told, the first one counts."""
    read = [_point(row, known, region) for row in rows]
    seen: dict[tuple[str, int], object] = {}
    return [_first_counts(row, seen, row.point, int(row.point.code)) if row.point else row for row in read]


def read_ratings(*, rows: Sequence[TableRow], known: Mapping[str, Insurer], region: str, on: date) -> list[ReadRow]:
    """Read rows of ratings; a year of an insurer that comes again with other figures is told, the first one counts."""
    read = [_rating(row, known, region, on) for row in rows]
    seen: dict[tuple[str, int], object] = {}
    return [_first_counts(row, seen, row.rating, row.rating.year) if row.rating else row for row in read]


def _first_counts(row: ReadRow, seen: dict[tuple[str, int], object], value: object, key: int) -> ReadRow:
    if seen.setdefault((row.code, key), value) == value:
        return row
    told = finding(code="POINT-08" if row.point else "RATING-06", value=str(key))
    return replace(row, point=None, rating=None, findings=(*row.findings, told))


class _Cells:
    """The cells of one row, and what is wrong with them."""

    def __init__(self, row: TableRow, prefix: str) -> None:
        self.row = row
        self.found: list[Finding] = []
        self._prefix = prefix

    def text(self, name: str) -> str:
        typed = self.row.cells.get(name, "")
        return "" if is_empty(typed) else typed

    def note(self, number: int, value: str = "") -> None:
        self.found.append(finding(code=f"{self._prefix}-{number:02d}", value=value))

    def insurer(self, known: Mapping[str, Insurer], region: str) -> Insurer | None:
        """The insurer of the row; None, and why, if it may not be touched."""
        code = insurer_code_of(self.text("SMOCOD"))
        insurer = known.get(code)
        if not code:
            self.note(1)
        elif insurer is None:
            self.note(2, code)
        elif region and insurer.region != region:
            self.note(3, code)
            return None
        return insurer

    def read(self, **kept: Any) -> ReadRow:
        code = insurer_code_of(self.text("SMOCOD"))[:40]
        return ReadRow(number=self.row.number, code=code, findings=tuple(self.found), **kept)


def _point(row: TableRow, known: Mapping[str, Insurer], region: str) -> ReadRow:
    cells = _Cells(row, "POINT")
    insurer = cells.insurer(known, region)
    code, address = cells.row.cells.get("CODPVP", "").strip(), cells.text("ADDRESS")
    if not _POINT.fullmatch(code):
        cells.note(4, code)
    if len(address) not in ADDRESS_LENGTHS:
        cells.note(5, address)
    opens_on, typed_end = read_date(cells.text("DATEBEG")), cells.text("DATEEND")
    last_day = read_date(typed_end)
    if opens_on is None:
        cells.note(6, cells.text("DATEBEG"))
    if typed_end and (last_day is None or (opens_on is not None and last_day < opens_on)):
        cells.note(7, typed_end)
    if insurer is None or opens_on is None or cells.found:
        return cells.read()
    phones, is_exact = phones_of(cells.text("PHONE"))
    if not is_exact:
        cells.note(21 if phones else 20, cells.text("PHONE"))
    point = IssuePoint(
        code=code,
        address=address,
        phone="; ".join(phones),
        opens_on=opens_on,
        # The register tells the last day that a point is open.
        closes_on=last_day + timedelta(days=1) if last_day and last_day < NEVER else None,
    )
    return cells.read(insurer=insurer, point=point)


def _rating(row: TableRow, known: Mapping[str, Insurer], region: str, on: date) -> ReadRow:
    cells = _Cells(row, "RATING")
    insurer = cells.insurer(known, region)
    year = cells.text("YEAR")
    if not (_YEAR.fullmatch(year) and FIRST_YEAR <= int(year) <= on.year):
        cells.note(4, year)
    if insurer is None or cells.found:
        return cells.read()
    values = {criterion.value: value for criterion in CRITERIA if (value := _value(cells, criterion)) is not None}
    if not values:
        cells.note(5)
        return cells.read()
    source = cells.text("SOURCE")[:LONGEST_SOURCE]
    rating = InsurerRating(
        insurer_code=insurer.code, region=insurer.region, year=int(year), values=values, source=source
    )
    return cells.read(insurer=insurer, rating=rating)


def _value(cells: _Cells, criterion: Criterion) -> float | None:
    """A figure as people write it: with a comma, spaces between thousands, a sign of per cent."""
    typed = cells.text(criterion.value)
    bare = typed.replace(" ", "").replace("\u00a0", "").replace(",", ".").removesuffix("%")
    if typed and not _NUMBER.fullmatch(bare):
        cells.note(20, typed)
    elif typed and not 0 <= float(bare) <= CRITERIA[criterion].highest:
        cells.note(21, typed)
    elif typed:
        return float(bare)
    # Zero is a figure here, though elsewhere it says that there is nothing.
    return 0.0 if cells.row.cells.get(criterion.value, "").strip() == "0" else None


def judge_point(*, row: ReadRow, kept: InsurerOffices) -> tuple[RowReport, InsurerOffices]:
    """Put a point among those that are kept; nothing is taken away, a point that closed has its last day."""
    point = row.point
    if point is None or row.insurer is None:
        return row.bad, kept
    before = next((one for one in kept.points if int(one.code) == int(point.code)), None)
    # «001» and «1» are one point: it keeps the code that it has.
    after = replace(point, code=before.code) if before else point
    others = [one for one in kept.points if one is not before]
    if before is None and len(others) >= MAX_POINTS:
        full = replace(row, findings=(*row.findings, finding(code="POINT-09", value=point.code)))
        return full.bad, kept
    points = tuple(sorted((*others, after), key=lambda one: one.code))
    return _report(row, before, after, _POINT_FIELDS), replace(kept, points=points)


def judge_rating(*, row: ReadRow, kept: InsurerRating) -> tuple[RowReport, InsurerRating]:
    """Put the figures of a row beside those that are kept of the year; a criterion that it does not tell stays."""
    rating = row.rating
    if rating is None or row.insurer is None:
        return row.bad, kept
    values = {**kept.values, **rating.values}
    after = replace(kept, region=row.insurer.region, values=values, source=rating.source or kept.source)
    before = kept if kept.version or kept.values else None
    shown_before = None if before is None else {**before.values, "source": before.source}
    changes = _differences(shown_before, {**after.values, "source": after.source})
    return _outcome(row, shown_before, changes, name=str(rating.year)), after


_POINT_FIELDS: Final = ("address", "phone", "opens_on", "closes_on")


def _report(row: ReadRow, before: object, after: object, names: Sequence[str]) -> RowReport:
    shown = None if before is None else {name: getattr(before, name) for name in names}
    changes = _differences(shown, {name: getattr(after, name) for name in names})
    return _outcome(row, shown, changes, name=f"пункт {row.point.code}" if row.point else "")


def _outcome(row: ReadRow, before: object, changes: tuple[FieldChange, ...], *, name: str) -> RowReport:
    outcome = RowOutcome.NEW if before is None else RowOutcome.CHANGED if changes else RowOutcome.UNCHANGED
    told = f"{row.insurer.name[:100]}, {name}" if row.insurer else name
    shown = () if outcome is RowOutcome.NEW else changes
    return RowReport(number=row.number, code=row.code, outcome=outcome, name=told, changes=shown, findings=row.findings)


def _differences(before: Mapping[str, object] | None, after: Mapping[str, object]) -> tuple[FieldChange, ...]:
    known = before or {}
    return tuple(
        FieldChange(field=name, before=_shown(known.get(name)), after=_shown(value))
        for name, value in after.items()
        if known.get(name) != value
    )


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.15g}"
    return "" if value is None else str(value)[:120]
