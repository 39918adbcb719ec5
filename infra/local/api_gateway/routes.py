"""Finds the resource of a path as API Gateway does: literal segments before parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalice.app import ChaliceAuthorizer, CORSConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One path template with its methods and the answer to its CORS preflight."""

    template: str
    names: tuple[str, ...]
    methods: Mapping[str, Any]
    cors: Mapping[str, str] | None

    def preflight(self) -> dict[str, str] | None:
        """Headers of the OPTIONS answer, None when the resource has no CORS."""
        if self.cors is None:
            return None
        allowed = ",".join([*self.methods, "OPTIONS"])
        return {**self.cors, "Access-Control-Allow-Methods": allowed}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A resource found for a path, with the raw (still percent-encoded) parameters."""

    resource: Resource
    parameters: dict[str, str]


@dataclass(slots=True)
class _Node:
    literals: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    resource: Resource | None = None


class RouteTable:
    """The routes of one Chalice app."""

    def __init__(self, app: Any) -> None:
        """Read ``app.routes``; raise ValueError for authorizers that only AWS can run."""
        self._root = _Node()
        self.cors = cors_headers(app.api.cors)
        for template, methods in app.routes.items():
            self._add(template, methods)

    def find(self, path: str) -> Match | None:
        """Find the resource of a raw path; a slash at the end does not matter."""
        segments = [] if path == "/" else path.removesuffix("/").split("/")[1:]
        values: list[str] = []
        resource = _descend(self._root, segments, 0, values)
        if resource is None:
            return None
        parameters = dict(zip(resource.names, reversed(values), strict=True))
        return Match(resource=resource, parameters=parameters)

    def _add(self, template: str, methods: Mapping[str, Any]) -> None:
        node, names = self._root, []
        for segment in template.strip("/").split("/") if template != "/" else []:
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.literals.setdefault(segment, _Node())
        for entry in methods.values():
            _refuse_foreign_authorizer(entry)
        cors = next((entry.cors for entry in methods.values() if entry.cors is not None), None)
        node.resource = Resource(template=template, names=tuple(names), methods=methods, cors=cors_headers(cors))


def cors_headers(cors: Any) -> dict[str, str] | None:
    """Turn Chalice's CORS setting (bool or CORSConfig) into response headers."""
    if not cors:
        return None
    config = CORSConfig() if cors is True else cors
    return dict(config.get_access_control_headers())


def _descend(node: _Node, segments: list[str], at: int, values: list[str]) -> Resource | None:
    """Depth is that of the route tree, not of the request: a hostile path cannot deepen it."""
    if at == len(segments):
        return node.resource
    segment = segments[at]
    literal = node.literals.get(segment)
    if literal is not None:
        found = _descend(literal, segments, at + 1, values)
        if found is not None:
            return found
    if node.parameter is None or not segment:
        return None
    found = _descend(node.parameter, segments, at + 1, values)
    if found is not None:
        values.append(segment)
    return found


def _refuse_foreign_authorizer(entry: Any) -> None:
    if entry.authorizer is not None and not isinstance(entry.authorizer, ChaliceAuthorizer):
        raise ValueError(f"{entry.uri_pattern}: only a built-in authorizer runs on one machine")
