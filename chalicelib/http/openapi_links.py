"""Links of the OpenAPI document: from what a call makes or lists to the calls that read it back or act on it.

They are found, not written: a path that goes on behind a collection by ``{…_id}`` takes that id from the answer of the
collection. Built at build time, never in a Lambda.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PARAMETER = re.compile(r"{(\w+)}")
_BELOW = re.compile(r"((?:/{\w+})+)((?:/[a-z-]+)*)")
_OWNER = re.compile(r"(.*/{\w+})/[a-z-]+")
_JSON = "application/json"
_READ_BACK = ("", "/details")

Document = dict[str, Any]


def add_links(document: Document) -> None:
    """Add to each answer that tells ids the links to where they lead."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, response in operation["responses"].items():
                links = dict(_links(document, path, method, status, response))
                if links:
                    response["links"] = links


def _links(
    document: Document, path: str, method: str, status: str, response: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    schema = _schema(document, response)
    if method == "post" and status == "201":
        yield from _below(document, path, _Ids(document, schema, ""))
        yield from _owner(document, path)
    elif method == "get" and status == "200" and "items" in schema.get("properties", {}):
        row = _resolved(document, schema["properties"]["items"].get("items", {}))
        yield from _below(document, path, _Ids(document, row, "/items/0"))


class _Ids:
    """Where in an answer the value of a parameter stands."""

    def __init__(self, document: Document, schema: Mapping[str, Any], place: str) -> None:
        self._document = document
        self._parts: Mapping[str, Any] = schema.get("properties", {})
        self._place = place

    def pointer(self, parameter: str) -> str | None:
        """The value under the parameter's name, the id, or the id of the only part that has one."""
        for name in (parameter, "id"):
            if name in self._parts:
                return f"$response.body#{self._place}/{name}"
        holders = [
            name for name, part in self._parts.items() if "id" in _resolved(self._document, part).get("properties", {})
        ]
        return f"$response.body#{self._place}/{holders[0]}/id" if len(holders) == 1 else None


def _below(document: Document, path: str, ids: _Ids) -> Iterator[tuple[str, Any]]:
    """Operations on what an answer tells of: one id below the collection."""
    for target, operations in document["paths"].items():
        found = _BELOW.fullmatch(target.removeprefix(path)) if target.startswith(f"{path}/{{") else None
        if found is None:
            continue
        taken = {name: ids.pointer(name) for name in _PARAMETER.findall(found[1])}
        if None in taken.values() or len(set(taken.values())) < len(taken):
            continue
        for operation in operations.values():
            yield _link(operation, {**_same(path), **taken})


def _owner(document: Document, path: str) -> Iterator[tuple[str, Any]]:
    """The reading of what a step was taken on."""
    found = _OWNER.fullmatch(path)
    for end in _READ_BACK if found else ():
        operation = document["paths"].get(f"{found[1]}{end}", {}).get("get") if found else None
        if operation is not None:
            yield _link(operation, _same(path))


def _same(path: str) -> dict[str, str]:
    return {name: f"$request.path.{name}" for name in _PARAMETER.findall(path)}


def _link(operation: Mapping[str, Any], parameters: Mapping[str, Any]) -> tuple[str, Any]:
    name = operation["operationId"]
    return name, {"operationId": name, "parameters": dict(parameters)}


def _schema(document: Document, response: Mapping[str, Any]) -> Mapping[str, Any]:
    return _resolved(document, response.get("content", {}).get(_JSON, {}).get("schema", {}))


def _resolved(document: Document, schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref")
    found: Mapping[str, Any] = document["components"]["schemas"][reference.rsplit("/", 1)[1]] if reference else schema
    return found
