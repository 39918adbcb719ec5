"""Chunks of rows of staff as compressed JSON in the bucket of documents; their names hold random ids and numbers."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, TypeVar

import msgspec

from chalicelib.domain.staff_result import RowResult
from chalicelib.domain.staff_row import StaffRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.ports.files import Files
    from chalicelib.ports.staff_files import ChunkName

T = TypeVar("T")

PREFIX = "employers/"
MAX_BYTES = 64 * 1024 * 1024
JSON = "application/json"
FAST = 1


class S3StaffFiles:
    """Implements the StaffFiles port on a bucket."""

    def __init__(self, *, files: Files) -> None:
        self._files = files

    def write_rows(self, *, name: ChunkName, rows: Sequence[StaffRow]) -> None:
        """Keep rows."""
        self._write(_key(name, "rows"), rows)

    def read_rows(self, *, name: ChunkName) -> Sequence[StaffRow]:
        """Read rows back."""
        return msgspec.json.decode(self._read(_key(name, "rows")), type=list[StaffRow])

    def write_results(self, *, name: ChunkName, results: Sequence[RowResult]) -> None:
        """Keep results."""
        self._write(_key(name, "results"), results)

    def read_results(self, *, name: ChunkName) -> Sequence[RowResult]:
        """Read results back."""
        return msgspec.json.decode(self._read(_key(name, "results")), type=list[RowResult])

    def _write(self, key: str, things: object) -> None:
        self._files.write(key=key, data=zlib.compress(msgspec.json.encode(things), FAST), media_type=JSON)

    def _read(self, key: str) -> bytes:
        return zlib.decompress(self._files.read(key=key, max_bytes=MAX_BYTES))


def _key(name: ChunkName, what: str) -> str:
    return f"{PREFIX}{name.work_id}/{what}/{name.list_number:02d}-{name.chunk:04d}"
