"""The JSON pages of the federal registries: lists of rows, a row being columns with values (DOMAIN.md 5.1)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.xml_tree import decoded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def read_pages(*, data: bytes) -> Sequence[Mapping[str, Any]]:
    """Read one page or several, each with its rows under ``list``.

    Raises:
        InvalidValue: it is no JSON, or no such pages.
    """
    try:
        found = json.loads(decoded(data=data))
    except (ValueError, RecursionError):
        raise InvalidValue("not_json", "Файл не читается как JSON: выгрузите страницу реестра заново") from None
    pages = found if isinstance(found, list) else [found]
    if not all(isinstance(page, dict) and isinstance(page.get("list"), list) for page in pages):
        raise InvalidValue("not_pages", "Это не страницы реестра: у каждой должен быть список list")
    return pages


def values_of(*, row: Any) -> dict[str, Any]:
    """Column → value of one row; what is no list of columns and values is an empty row, reported later."""
    pairs = row if isinstance(row, list) else []
    named = [pair for pair in pairs if isinstance(pair, dict) and isinstance(pair.get("column"), str)]
    return {pair["column"]: pair.get("value") for pair in named}
