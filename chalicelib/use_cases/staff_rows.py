"""The present rows of a request, over all its lists: a mended row stands for the one that it mends (requirement K2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.employer_request import StaffList
from chalicelib.domain.staff_result import RowResult
from chalicelib.domain.staff_row import Outcome
from chalicelib.ports.staff_files import ChunkName

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chalicelib.domain.employer_request import EmployerRequest
    from chalicelib.domain.staff_row import StaffRow
    from chalicelib.ports.toolbox import Toolbox

Present = tuple[StaffList, "StaffRow", RowResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A chunk of a list; ``place`` is that of the list among all."""

    place: int
    one: StaffList
    name: ChunkName


def present_rows(*, tools: Toolbox, request: EmployerRequest) -> Iterator[Present]:
    """Go through all rows in their order (2 AWS calls a chunk, and 1 more for each chunk of a later list)."""
    mended = _mended(tools, request)
    for chunk in _chunks(request):
        yield from _rows(tools, chunk, mended)


def present_rows_of_chunk(*, tools: Toolbox, request: EmployerRequest, number: int) -> Iterator[Present]:
    """Go through the rows of one chunk, counted over all lists from 0 (as above, for one chunk)."""
    yield from _rows(tools, _chunks(request)[number], _mended(tools, request))


def settle_repeats(*, tools: Toolbox, request: EmployerRequest) -> None:
    """Tell of each person once: who was found by an earlier row, under another number or without one, is repeated."""
    mended, seen = _mended(tools, request), set[str]()
    for chunk in _chunks(request):
        present = {row.key for _, row, _ in _rows(tools, chunk, mended)}
        results = tools.staff_files.read_results(name=chunk.name)
        settled = [_once(result, seen) if result.key in present else result for result in results]
        if settled != results:
            tools.staff_files.write_results(name=chunk.name, results=settled)


def _once(result: RowResult, seen: set[str]) -> RowResult:
    if result.person_id in seen:
        return RowResult(key=result.key, outcome=Outcome.REPEATED)
    if result.person_id:
        seen.add(result.person_id)
    return result


def _rows(tools: Toolbox, chunk: Chunk, mended: Mapping[str, int]) -> Iterator[Present]:
    rows, results = tools.staff_files.read_rows(name=chunk.name), tools.staff_files.read_results(name=chunk.name)
    for row, result in zip(rows, results, strict=True):
        if mended.get(row.key, 0) <= chunk.place:
            yield chunk.one, row, result


def _mended(tools: Toolbox, request: EmployerRequest) -> dict[str, int]:
    """In which list a key stands last; keys of the first list alone are not in it."""
    found: dict[str, int] = {}
    for chunk in _chunks(request):
        if chunk.place:
            found |= {row.key: chunk.place for row in tools.staff_files.read_rows(name=chunk.name)}
    return found


def _chunks(request: EmployerRequest) -> list[Chunk]:
    return [
        Chunk(
            place=place,
            one=one,
            name=ChunkName(work_id=request.work_id, list_number=one.number, chunk=number),
        )
        for place, one in enumerate(request.lists)
        for number in range(one.chunks)
    ]
