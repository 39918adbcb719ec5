"""Texts and bytes near to right ones: what fuzz of parsers is made of."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_EDITS, LONGEST_CUT, MOST_COPIES = 4, 12, 3000
ODD_TEXTS = (
    "\x00",
    "\ufeff",
    "\u200b",
    "\u202e",
    "٣",
    "²",
    "Ⅷ",
    "é",
    "ё",
    "ﬁ",
    "\U0001f600",
    "\r\n",
    "\u2028",
    "%00",
    "&#0;",
    "<",
    "]]>",
    "../",
    '"',
    "=cmd()",
    "-",
    "nan",
    "1e400",
    "9" * 20,
)
ODD_BYTES = (b"\x00", b"\xff", b"\xef\xbb\xbf", b"\xff\xfe", b"\x80", b"\r\n", b"\xed\xa0\x80", b"<!DOCTYPE a>", b"&a;")
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
"""Halves of surrogate pairs come no further than the edge: tests/functional/test_bad_input.py."""


@st.composite
def near_text(draw: Callable[[Any], Any], seeds: Sequence[str]) -> str:
    """A right text after a few edits."""
    piece = st.sampled_from(ODD_TEXTS) | st.text(st.characters(exclude_categories=["Cs"]), max_size=4) | st.just("")
    return str(_edited(draw, draw(st.sampled_from(seeds)), piece))


@st.composite
def near_bytes(draw: Callable[[Any], Any], seeds: Sequence[bytes]) -> bytes:
    """Right bytes after a few edits."""
    piece = st.sampled_from(ODD_BYTES) | st.binary(max_size=4) | st.just(b"")
    return bytes(_edited(draw, draw(st.sampled_from(seeds)), piece))


def _edited(draw: Callable[[Any], Any], value: Any, piece: Any) -> Any:
    """Take some out, put some in, or repeat some very often."""
    for _ in range(draw(st.integers(0, MOST_EDITS))):
        start = draw(st.integers(0, len(value)))
        end = draw(st.integers(start, min(len(value), start + LONGEST_CUT)))
        new = draw(piece)
        if draw(st.integers(0, 15)) == 0:
            new = (value[start:end] or new) * draw(st.integers(2, MOST_COPIES))
        value = value[:start] + new + value[end:]
    return value


def text_near(*seeds: str) -> Any:
    """Texts near to right ones, and any others."""
    return near_text(seeds) | TEXT


def bytes_near(*seeds: bytes) -> Any:
    """Bytes near to right ones, and any others."""
    return near_bytes(seeds) | st.binary(max_size=200)


LEAF = (
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT | st.sampled_from(["1990-05-14", "male", "citizen"])
)
JSON = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))
"""What JSON can say."""


def near_object(known: dict[str, Any]) -> Any:
    """An object some of whose values are others."""
    return st.fixed_dictionaries(
        {}, optional={name: st.just(value) | st.just(value) | st.just(value) | JSON for name, value in known.items()}
    )


def storable(value: Any) -> None:
    """Fail where a text could not be written: half of a surrogate pair cannot."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict):
        storable([*value, *value.values()])
    elif isinstance(value, list | tuple | set | frozenset):
        for part in value:
            storable(part)
    elif dataclasses.is_dataclass(value):
        storable([getattr(value, field.name) for field in dataclasses.fields(value)])
