"""The readable page of the OpenAPI document: plain HTML without scripts or foreign resources."""

from __future__ import annotations

import base64
import hashlib
import json
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_STYLE = """
:root{color-scheme:light dark;--line:#8884;--soft:#8881;--accent:#0b5cad}
@media(prefers-color-scheme:dark){:root{--accent:#7db8f2}}
*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif}
main{max-width:64rem;margin:0 auto;padding:1.5rem}a{color:var(--accent)}
h1{margin-top:0}h2{margin-top:2.5rem;border-bottom:2px solid var(--line)}
nav ul{columns:18rem;padding-left:1.2rem}code{font:.9em ui-monospace,monospace;overflow-wrap:anywhere}
details{border:1px solid var(--line);border-radius:.5rem;margin:.6rem 0;padding:.2rem .8rem}
summary{cursor:pointer;padding:.4rem 0}summary b{display:inline-block;min-width:4.5rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}
th,td{border-bottom:1px solid var(--line);padding:.3rem .6rem .3rem 0;text-align:left;vertical-align:top}
pre{background:var(--soft);padding:.8rem;overflow:auto;border-radius:.5rem}
.lock{font-size:.85em;opacity:.8}.scroll{overflow-x:auto}
"""

_DIGEST = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

#: The Content-Security-Policy under which the page is shown as it should be.
PAGE_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def render_page(document: Mapping[str, Any]) -> str:
    """Render an OpenAPI document that ``build_document`` made as an HTML page."""
    info = document["info"]
    tags = document["tags"]
    return "".join(
        (
            '<!doctype html><html lang="ru"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{escape(info['title'])}</title><style>{_STYLE}</style></head><body><main>",
            f"<h1>{escape(info['title'])}</h1><p>Версия {escape(info['version'])}. ",
            f"{escape(info['description'])} ",
            'Документ для программ: <a href="/openapi.json">openapi.json</a>.</p>',
            _contents(tags),
            *(_section(tag, document) for tag in tags),
            _problems(document["x-problems"]),
            _schemas(document["components"]["schemas"]),
            "</main></body></html>",
        )
    )


def _contents(tags: Iterable[Mapping[str, str]]) -> str:
    links = [(f"tag-{tag['name']}", tag["description"]) for tag in tags]
    links += [("problems", "Ошибки"), ("schemas", "Схемы данных")]
    items = "".join(f'<li><a href="#{escape(to)}">{escape(text)}</a></li>' for to, text in links)
    return f'<nav aria-label="Содержание"><ul>{items}</ul></nav>'


def _section(tag: Mapping[str, str], document: Mapping[str, Any]) -> str:
    operations = [
        _operation(method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if tag["name"] in operation["tags"]
    ]
    return (
        f'<section id="tag-{escape(tag["name"])}"><h2>{escape(tag["description"])}</h2>{"".join(operations)}</section>'
    )


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> str:
    lock = "нужен вход" if operation["security"] else "без входа"
    roles = ", ".join(operation.get("x-roles", ()))
    return (
        f'<details id="{escape(operation["operationId"])}"><summary><b>{method.upper()}</b> '
        f"<code>{escape(path)}</code> – {escape(operation['summary'])} "
        f'<span class="lock">({lock}{": " + escape(roles) if roles else ""})</span></summary>'
        f"{_paragraph(operation.get('description'))}"
        f"{_parameters(operation['parameters'])}{_body(operation.get('requestBody'))}"
        f"{_responses(operation['responses'])}</details>"
    )


def _paragraph(text: str | None) -> str:
    return f"<p>{escape(text)}</p>" if text else ""


def _table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = "".join(f'<th scope="col">{heading}</th>' for heading in headings)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


_PLACES = {"path": "адрес", "query": "запрос", "header": "заголовок"}


def _parameters(parameters: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        (
            f"<code>{escape(parameter['name'])}</code>",
            _PLACES[parameter["in"]],
            _type(parameter["schema"]),
            "да" if parameter["required"] else "нет",
            escape(parameter.get("description", "")),
        )
        for parameter in parameters
    ]
    headings = ("Параметр", "Где", "Тип", "Обязателен", "Описание")
    return f"<h4>Параметры</h4>{_table(headings, rows)}" if rows else ""


def _body(body: Mapping[str, Any] | None) -> str:
    if body is None:
        return ""
    schema = next(iter(body["content"].values()))["schema"]
    return f"<h4>Тело запроса</h4><p>{_type(schema)}</p>"


def _responses(responses: Mapping[str, Any]) -> str:
    rows = []
    for status, response in responses.items():
        content = response.get("content") or {}
        types = [f"{_type(part['schema'])} <code>{escape(kind)}</code>" for kind, part in content.items()]
        rows.append((escape(status), escape(response["description"]), ", ".join(types)))
    return f"<h4>Ответы</h4>{_table(('Статус', 'Смысл', 'Тело'), rows)}"


def _problems(problems: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        (
            f'<code id="problem-{escape(item["code"])}">{escape(item["code"])}</code>',
            str(item["status"]),
            escape(item["title"]),
        )
        for item in problems
    ]
    return f'<section id="problems"><h2>Ошибки</h2>{_table(("Код", "Статус", "Смысл"), rows)}</section>'


def _schemas(schemas: Mapping[str, Any]) -> str:
    parts = "".join(_schema(name, schema) for name, schema in schemas.items())
    return f'<section id="schemas"><h2>Схемы данных</h2>{parts}</section>'


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    required = schema.get("required", ())
    rows = [
        (
            f"<code>{escape(field)}</code>",
            _type(part),
            "да" if field in required else "нет",
            escape(part.get("description", "")),
        )
        for field, part in schema.get("properties", {}).items()
    ]
    fields = _table(("Поле", "Тип", "Обязательно", "Описание"), rows) if rows else f"<p>{_type(schema)}</p>"
    return (
        f'<details id="schema-{escape(name)}"><summary><code>{escape(name)}</code></summary>'
        f"{_paragraph(schema.get('description'))}{fields}{_example(schema)}</details>"
    )


def _example(schema: Mapping[str, Any]) -> str:
    example = schema.get("example") or next(iter(schema.get("examples", ())), None)
    if example is None:
        return ""
    return f"<h4>Пример</h4><pre>{escape(json.dumps(example, ensure_ascii=False, indent=2))}</pre>"


_TYPES = {
    "string": "строка",
    "integer": "целое",
    "number": "число",
    "boolean": "да/нет",
    "object": "объект",
    "null": "null",
}


def _type(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = escape(schema["$ref"].rsplit("/", 1)[1])
        return f'<a href="#schema-{name}">{name}</a>'
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return " или ".join(_type(part) for part in schema[key])
    if "enum" in schema:
        return " | ".join(f"<code>{escape(str(value))}</code>" for value in schema["enum"])
    if "const" in schema:
        return f"<code>{escape(str(schema['const']))}</code>"
    if schema.get("type") == "array":
        return f"список: {_type(schema.get('items', {}))}"
    name = _TYPES.get(str(schema.get("type")), "любое значение")
    return f"{name} ({escape(schema['format'])})" if "format" in schema else name
