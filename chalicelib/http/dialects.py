"""How a blueprint's routes read bodies and write refusals: JSON with problem details, or what a standard asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from chalicelib.http.responses import JSON, respond_problem
from chalicelib.http.validation import parse_body

if TYPE_CHECKING:
    from chalice import Response

    from chalicelib.http.problems import Problem

JSON_TYPE = "application/json"


class Refuse(Protocol):
    """Writes a refusal."""

    def __call__(self, problem: Problem, *, request_id: str) -> Response:
        """Build the answer that carries a problem."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a body may be, how it is read (model, bytes, media type), how refusals look, and what an answer is."""

    media_types: tuple[str, ...]
    read: Callable[[type[Any], bytes, str], Any]
    refuse: Refuse
    content_type: str


JSON_DIALECT = Dialect(
    media_types=(JSON_TYPE,),
    read=lambda model, raw, _: parse_body(model, raw),
    refuse=respond_problem,
    content_type=JSON,
)
