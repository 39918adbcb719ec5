"""Import of the clinics' registry: what is new, changed and bad is told; the same again changes nothing (J1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.domain.clinic import Clinic, Department, Doctor, ServedArea
from chalicelib.domain.clinic_rows import RowReader, read_area, read_clinic, read_department, read_doctor
from chalicelib.domain.errors import FieldError
from chalicelib.domain.principal import Role
from chalicelib.use_cases.access import require_role

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox

T = TypeVar("T", Clinic, Doctor, ServedArea)
Rows = Sequence[Mapping[str, str]]

WRITTEN_AT_ONCE = 100
"""What one transaction takes; each row stands for itself, so an import that breaks goes on where it stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicsFile:
    """A file of the reference format: rows of four tables, names of columns in lower case."""

    source: str
    clinics: Rows = ()
    departments: Rows = ()
    doctors: Rows = ()
    areas: Rows = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that was left out: its table, its number from 1, and every mistake."""

    table: str
    row: int
    errors: tuple[FieldError, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did: counts of rows, and the bad ones."""

    new: int
    changed: int
    unchanged: int
    bad: tuple[BadRow, ...]


def import_clinics(*, tools: Toolbox, principal: Principal, file: ClinicsFile, at: datetime) -> ImportReport:
    """Take in a file; good rows go on whatever is wrong with the others.

    Clinics are read 100 a call, the doctors and areas of a clinic that is named by 2 calls, and everything that is
    new or changed is written 100 a call. A fund's operator loads the own region only.

    Raises:
        NotPermitted: the principal is neither the fund's operator nor an administrator.
        StaleWrite: somebody loads the same rows at this very moment.
    """
    require_role(principal, Role.FUND_OPERATOR, Role.ADMINISTRATOR)
    is_bound = not principal.has_role(Role.ADMINISTRATOR)
    return load_clinics(tools=tools, file=file, region=principal.region or "" if is_bound else None, at=at)


def load_clinics(*, tools: Toolbox, file: ClinicsFile, region: str | None, at: datetime) -> ImportReport:
    """Take in a file without asking who; ``region`` bounds what it may touch, None does not."""
    named = {row.get("mcod") or "" for row in (*file.clinics, *file.doctors, *file.areas)} - {""}
    known = tools.store.clinics_by_code(codes=sorted(named)) if named else {}
    loading = _Loading(region=region, bad=[])
    departments = _departments(file, loading)
    found = _read("clinics", file.clinics, lambda row: _clinic(row, departments, file.source), loading)
    loading = replace(loading, codes=known.keys() | {clinic.code for clinic in found})
    doctors = _read("doctors", file.doctors, read_doctor, loading)
    areas = _read("areas", file.areas, read_area, loading)
    kept = _kept(tools, known, doctors, areas)
    return _written(tools, [*found, *doctors, *areas], kept, loading.bad, at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loading:
    """What rows are judged by: whose region it is, and which clinics there are (None: not asked yet)."""

    region: str | None
    bad: list[BadRow]
    codes: AbstractSet[str] | None = None

    def is_good(self, table: str, number: int, reader: RowReader) -> bool:
        """Note a row that is not."""
        code = reader.row.get("mcod") or ""
        if self.region is not None and code[:2] != self.region:
            reader.fail("mcod", "other_region")
        elif self.codes is not None and code not in self.codes:
            reader.fail("mcod", "unknown_clinic")
        if reader.errors:
            self.bad.append(BadRow(table=table, row=number, errors=tuple(reader.errors)))
        return not reader.errors


def _clinic(reader: RowReader, departments: Mapping[str, list[Department]], source: str) -> Clinic:
    code = reader.row.get("mcod") or ""
    return read_clinic(reader, departments=tuple(departments.get(code, ())), source=source)


def _departments(file: ClinicsFile, loading: _Loading) -> dict[str, list[Department]]:
    found: dict[str, list[Department]] = {}
    for number, row in enumerate(file.departments, start=1):
        reader = RowReader(row)
        code, department = read_department(reader)
        if loading.is_good("departments", number, reader):
            found.setdefault(code, []).append(department)
    return found


def _read(table: str, rows: Rows, read: Callable[[RowReader], T], loading: _Loading) -> list[T]:
    found: dict[tuple[str, ...], T] = {}
    for number, row in enumerate(rows, start=1):
        reader = RowReader(row)
        entity = read(reader)
        identity = _identity(entity)
        if identity in found:
            reader.fail("mcod" if table == "clinics" else "id", "twice")
        if loading.is_good(table, number, reader):
            found[identity] = entity
    return list(found.values())


def _kept(tools: Toolbox, known: Mapping[str, Clinic], doctors: list[Any], areas: list[Any]) -> dict[Any, Any]:
    """What the registry holds of everything that the file names, by identity."""
    kept: dict[Any, Any] = {_identity(clinic): clinic for clinic in known.values()}
    for code in sorted({row.clinic_code for row in (*doctors, *areas)} & known.keys()):
        for rows in tools.store.registry_of(code=code):
            kept |= {_identity(row): row for row in rows}
    return kept


def _written(
    tools: Toolbox, rows: Sequence[Any], kept: Mapping[Any, Any], bad: list[BadRow], at: datetime
) -> ImportReport:
    new = [row for row in rows if _identity(row) not in kept]
    pairs = [(row, kept[_identity(row)]) for row in rows if _identity(row) in kept]
    changed = [replace(row, version=was.version) for row, was in pairs if replace(row, version=was.version) != was]
    writes = [("create", row) for row in new] + [("update", row) for row in changed]
    for start in range(0, len(writes), WRITTEN_AT_ONCE):
        work = tools.store.work(at=at)
        for how, row in writes[start : start + WRITTEN_AT_ONCE]:
            work.create(row) if how == "create" else work.update(row)
        work.commit()
    unchanged = len(rows) - len(writes)
    return ImportReport(new=len(new), changed=len(changed), unchanged=unchanged, bad=tuple(bad))


def _identity(entity: Clinic | Doctor | ServedArea) -> tuple[str, ...]:
    if isinstance(entity, Clinic):
        return ("clinic", entity.code)
    if isinstance(entity, Doctor):
        return ("doctor", entity.clinic_code, entity.doctor_id)
    return ("area", entity.clinic_code, entity.area_id)
