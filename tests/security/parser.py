"""A parser of what comes from outside: how it is called, what it is tried with, and how it may refuse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.errors import DomainError
from tests.security.near import text_near


@dataclass(frozen=True, kw_only=True)
class Parser:
    """``refusals`` is all that it may raise."""

    read: Callable[[Any], Any]
    tried_with: Any
    refusals: tuple[type[Exception], ...] = (DomainError,)


def text_parser(parse: Callable[..., Any], *seeds: str) -> Parser:
    return Parser(read=lambda text: parse(text=text), tried_with=text_near(*seeds))
