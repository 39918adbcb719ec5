"""The present rows of a request, over all its lists: a mended row stands for the one that it mends (requirement K2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.staff_result import RowResult
from chalicelib.domain.staff_row import Outcome
from chalicelib.ports.staff_files import ChunkName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.employer_request import EmployerRequest, StaffList
    from chalicelib.domain.staff_row import StaffRow
    from chalicelib.ports.toolbox import Toolbox


def present_rows(*, tools: Toolbox, request: EmployerRequest) -> Iterator[tuple[StaffList, StaffRow, RowResult]]:
    """Go through the rows in their order (2 AWS calls a chunk, and 1 more for each chunk of a later list).

    Whoever was found by an earlier row, under another number or without one, is told once.
    """
    mended = _keys_of_later_lists(tools, request)
    seen: set[str] = set()
    for place, one in enumerate(request.lists):
        for name in _chunks(request, one):
            pairs = zip(tools.staff_files.read_rows(name=name), tools.staff_files.read_results(name=name), strict=True)
            for row, result in pairs:
                if mended.get(row.key, 0) <= place:
                    yield one, row, _once(result, seen)


def _once(result: RowResult, seen: set[str]) -> RowResult:
    if not result.person_id:
        return result
    if result.person_id in seen:
        return RowResult(key=result.key, outcome=Outcome.REPEATED)
    seen.add(result.person_id)
    return result


def _keys_of_later_lists(tools: Toolbox, request: EmployerRequest) -> dict[str, int]:
    """In which list a key stands last; keys of the first list alone are not in it."""
    found: dict[str, int] = {}
    for place, one in enumerate(request.lists):
        if place:
            for name in _chunks(request, one):
                found |= {row.key: place for row in tools.staff_files.read_rows(name=name)}
    return found


def _chunks(request: EmployerRequest, one: StaffList) -> Iterator[ChunkName]:
    for chunk in range(one.chunks):
        yield ChunkName(work_id=request.work_id, list_number=one.number, chunk=chunk)
