"""Routes whose modules load at their first request, so that a cold start pays for one resource and not for all.

The table is written from the modules themselves (``python -m infra.openapi``) and compared in every build; only the
Lambda "api" serves from it, everything else imports every module.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chalice.app import Chalice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TABLE = Path(__file__).with_name("route_table.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One route as Chalice knows it, and the module that holds its blueprint."""

    module: str
    name: str
    method: str
    path: str
    content_types: tuple[str, ...]
    is_protected: bool


def rows_of(modules: Iterable[str]) -> tuple[Row, ...]:
    """Import the modules and list what their blueprints serve, in the order of declaration."""
    return tuple(
        Row(
            module=module,
            name=entry.view_name,
            method=method,
            path=path,
            content_types=tuple(entry.content_types),
            is_protected=entry.authorizer is not None,
        )
        for module in modules
        for (path, method), entry in _entries(module).items()
    )


def dump(rows: Iterable[Row]) -> str:
    """Write rows as the text of the table."""
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1) + "\n"


def table() -> tuple[Row, ...]:
    """Read the committed table."""
    rows = json.loads(TABLE.read_text(encoding="utf-8"))
    return tuple(Row(**{**row, "content_types": tuple(row["content_types"])}) for row in rows)


def register(app: Chalice, rows: Iterable[Row], *, authorizer: Any) -> None:
    """Give the app every route of the rows; a module is imported when one of its routes is first asked for."""
    for row in rows:
        app.route(
            row.path,
            methods=[row.method],
            name=row.name,
            content_types=list(row.content_types),
            authorizer=authorizer if row.is_protected else None,
        )(_on_demand(row))


def _on_demand(row: Row) -> Callable[..., Any]:
    def view(**path: str) -> Any:
        return _entries(row.module)[row.path, row.method].view_function(**path)

    return view


@cache
def _entries(module: str) -> dict[tuple[str, str], Any]:
    """Import a module and let an app that serves nothing take in its blueprint: Chalice registers one only once."""
    held = Chalice(app_name="polis", configure_logs=False)
    held.register_blueprint(import_module(module).blueprint)
    return {(path, method): entry for path, methods in held.routes.items() for method, entry in methods.items()}
