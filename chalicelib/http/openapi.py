"""The OpenAPI 3.1 document of the declared routes; built at build time, never in a Lambda."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.http.openapi_links import add_links
from chalicelib.http.openapi_parts import TAGS, components, refusal
from chalicelib.http.problems import all_codes
from chalicelib.http.routes import signature_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.http.routes import Route, Signature

_REF = "#/components/schemas/{model}"
_PARAMETER = re.compile(r"{(\w+)}")
_MEDIA_TYPE = "application/json"
_NO_BODY = (204, 304)

Schemas = dict[tuple[Any, JsonSchemaMode], dict[str, Any]]


def build_document(routes: Iterable[Route], *, version: str, tags: Mapping[str, str] = TAGS) -> dict[str, Any]:
    """Describe the routes; ``tags`` are names with Russian descriptions, in their order."""
    declared = sorted(routes, key=lambda route: (route.path, route.method))
    schemas, definitions = _schemas(declared)
    paths: dict[str, dict[str, Any]] = {}
    for route in declared:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    used = sorted({route.tag for route in declared})
    names = [name for name in tags if name in used]
    names += [name for name in used if name not in names]
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Полис: онлайн-оформление полиса ОМС",
            "version": version,
            "description": "Ошибки описаны по RFC 9457; времена – UTC, даты – ГГГГ-ММ-ДД.",
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": tags.get(name, name)} for name in names],
        "paths": paths,
        "components": components(definitions),
        "x-problems": [
            {"code": code, "status": status, "title": title}
            for code, (status, title) in sorted(all_codes().items(), key=lambda item: item[::-1])
        ],
    }
    add_links(document)
    return document


def _models(signature: Signature) -> Iterable[tuple[type[BaseModel], JsonSchemaMode]]:
    if signature.body is not None:
        yield signature.body, "validation"
    if _is_model(signature.answer):
        yield signature.answer, "serialization"


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _schemas(routes: Iterable[Route]) -> tuple[Schemas, dict[str, Any]]:
    wanted = {pair: None for route in routes for pair in _models(signature_of(route.handler))}
    found, definitions = models_json_schema(list(wanted), ref_template=_REF)
    return found, definitions.get("$defs", {})


def _operation(route: Route, schemas: Schemas) -> dict[str, Any]:
    signature = signature_of(route.handler)
    operation: dict[str, Any] = {
        # Handlers of different modules are named alike: «view», «withdraw».
        "operationId": f"{route.handler.__module__.rpartition('.')[2]}_{route.handler.__name__}",
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [*_path(route, signature), *_query(signature), *_headers(route)],
        "responses": _responses(route, signature, schemas),
        "security": [{"bearer": []}] if route.auth else [],
    }
    if route.description:
        operation["description"] = route.description
    if route.roles:
        operation["x-roles"] = list(route.roles)
    if signature.body is not None:
        schema = schemas[signature.body, "validation"]
        operation["requestBody"] = {
            "required": True,
            "content": {route.consumes: {"schema": schema}},
        }
    return operation


def _path(route: Route, signature: Signature) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            # An empty one would be another address.
            "schema": {"minLength": 1, **TypeAdapter(signature.path[name]).json_schema()},
        }
        for name in _PARAMETER.findall(route.path)
    ]


def _query(signature: Signature) -> list[dict[str, Any]]:
    if signature.query is None:
        return []
    schema = signature.query.model_json_schema(ref_template=_REF)
    definitions = schema.get("$defs", {})
    required = schema.get("required", [])
    return [
        _described(
            {
                "name": name,
                "in": "query",
                "required": name in required,
                "schema": _inlined(part, definitions),
            }
        )
        for name, part in schema["properties"].items()
    ]


def _described(parameter: dict[str, Any]) -> dict[str, Any]:
    description = parameter["schema"].pop("description", None)
    return {**parameter, "description": description} if description else parameter


def _inlined(part: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_inlined(item, definitions) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        rest = {name: value for name, value in part.items() if name != "$ref"}
        target = definitions[part["$ref"].rsplit("/", 1)[1]]
        return {**_inlined(target, definitions), **rest}
    return {name: _inlined(value, definitions) for name, value in part.items()}


def _headers(route: Route) -> list[dict[str, Any]]:
    found = []
    if route.idempotent:
        found.append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": route.idempotent is True,
                "description": "Повтор с тем же ключом в течение 24 часов вернёт тот же ответ",
                "schema": {"type": "string", "minLength": 1, "maxLength": 128},
            }
        )
    if route.if_match:
        found.append(
            {
                "name": "If-Match",
                "in": "header",
                "required": route.if_match is True,
                "description": "ETag прочитанных данных",
                "schema": {"type": "string", "examples": ['"v3"']},
            }
        )
    return found


def _responses(route: Route, signature: Signature, schemas: Schemas) -> dict[str, Any]:
    statuses = sorted(_refusals(route, signature))
    return {
        **_success(route, signature, schemas),
        **_repeated(route, signature, schemas),
        **({"304": {"description": "Не изменилось"}} if _may_be_unchanged(route) else {}),
        **{str(status): refusal(status) for status in statuses},
    }


def _may_be_unchanged(route: Route) -> bool:
    return route.etag and route.method == "GET"


def _success(route: Route, signature: Signature, schemas: Schemas) -> dict[str, Any]:
    status = 204 if signature.answer is None and route.content_type is None else route.status
    response: dict[str, Any] = {
        "description": HTTPStatus(status).phrase if status not in _NO_BODY else "Выполнено",
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}},
    }
    if route.etag:
        response["headers"]["ETag"] = {"$ref": "#/components/headers/ETag"}
    if status == HTTPStatus.CREATED:
        response["headers"]["Location"] = {"$ref": "#/components/headers/Location"}
    if status not in _NO_BODY:
        response["content"] = _content(route, signature, schemas)
        if route.also is not None:
            response["content"][route.also] = {"schema": {"type": "string"}}
        response["description"] = "Успех" if status != HTTPStatus.CREATED else "Создано"
    return {str(status): response}


def _repeated(route: Route, signature: Signature, schemas: Schemas) -> dict[str, Any]:
    if route.repeated is None:
        return {}
    (response,) = _success(replace(route, status=route.repeated), signature, schemas).values()
    return {str(route.repeated): {**response, "description": "Уже было: ничего не изменилось"}}


def _content(route: Route, signature: Signature, schemas: Schemas) -> dict[str, Any]:
    if route.content_type is not None:
        return {route.content_type.partition(";")[0]: {"schema": {"type": "string"}}}
    if _is_model(signature.answer):
        return {_MEDIA_TYPE: {"schema": schemas[signature.answer, "serialization"]}}
    schema = TypeAdapter(signature.answer).json_schema(mode="serialization")
    definitions = schema.pop("$defs", {})
    return {_MEDIA_TYPE: {"schema": _inlined(schema, definitions)}}


def _refusals(route: Route, signature: Signature) -> set[int]:
    # 422 is possible everywhere: unknown query parameters are refused.
    found = {422, 429, 500, 503, *route.errors}
    if route.auth:
        found |= {401, 403}
    if "{" in route.path:
        found.add(404)
    if route.idempotent or route.if_match:
        found.add(400)
    if route.if_match:
        found |= {409, 412}
    if route.if_match is True:
        found.add(428)
    if signature.body is not None:
        found |= {400, 413, 415}
    return found
