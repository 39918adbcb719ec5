"""Refusals of the HTTP edge itself, known also to the authorizer, which knows no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class HttpProblem(Exception):
    """A refusal of the HTTP edge itself; ``code`` is a key of ``HTTP_PROBLEMS``."""

    def __init__(self, code: str, detail: str | None = None, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.headers = dict(headers or {})
