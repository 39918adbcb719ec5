"""Bad input never yields a server error, on any route (issue of hostile and broken clients)."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.http.blueprint import registered_routes
from chalicelib.http.routes import signature_of
from tests.journeys import drafted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from chalicelib.http.routes import Route
    from tests.world import World

JSON = {"Content-Type": "application/json"}
ROLE_PERSONS = {
    "citizen": "citizen",
    "clinic_registrar": "registrar",
    "insurer_operator": "operator",
    "fund_operator": "fund",
    "civil_registry": "civil_registry",
    "administrator": "administrator",
    "auditor": "auditor",
}
UNKNOWN_ID = "01KKTXZ8M0J77M3GB40726KZTJ"
DEEP = 10_000


def _raw() -> Iterator[tuple[str, bytes]]:
    """Bodies that are bad whatever the route asks for."""
    yield "empty", b""
    yield "spaces", b"  \n"
    for name, text in {
        "brace": "{",
        "two documents": "{}{}",
        "trailing comma": '{"a": 1,}',
        "single quotes": "{'a': 1}",
        "comment": "{} // x",
        "array": "[]",
        "array of objects": "[{}]",
        "string": '"text"',
        "number": "5",
        "huge number": "1" + "0" * 5000,
        "null": "null",
        "true": "true",
        "NaN": '{"a": NaN}',
        "Infinity": '{"a": -Infinity}',
        "exponent": '{"a": 1e999}',
        "duplicate keys": '{"a": 1, "a": 2}',
        "nul escape": '{"a": "\\u0000"}',
        "nul key": '{"\\u0000": 1}',
        "lone surrogate": '{"a": "\\ud800"}',
        "lone surrogate key": '{"\\udfff": 1}',
        "emoji": '{"😀": "👩‍👩‍👧‍👦"}',
        "right to left": '{"\u202e": "\u202eabc\u200f"}',
        "zero width": '{"\u200b": "\u200b\ufeff"}',
        "long key": '{"' + "k" * 20_000 + '": 1}',
        "long text": '{"a": "' + "я" * 50_000 + '"}',
        "deep arrays": "[" * DEEP + "]" * DEEP,
        "deep objects": '{"a":' * DEEP + "1" + "}" * DEEP,
        "unclosed depth": "[" * DEEP,
        "prototype": '{"__proto__": {"a": 1}, "__class__": 1}',
        "format": '{"a": "{0.__class__} %s %n ${x}"}',
    }.items():
        yield name, text.encode()
    yield "byte order mark", b"\xef\xbb\xbf{}"
    yield "utf-16", "{}".encode("utf-16")
    yield "cp1251", '{"a": "я"}'.encode("cp1251")
    yield "broken utf-8", b'{"a": "\xff\xfe\xc3\x28"}'
    yield "nul byte", b'{"a": "\x00"}'
    yield "raw surrogate", b'{"a": "\xed\xa0\x80"}'
    yield "300 KB", b'{"a": "' + b"x" * 300_000 + b'"}'


READERS = ("POST /v1/applications", "POST /v1/form-checks", "POST /v1/validity-checks")
"""Routes that meet every bad body; the others share their parser and meet the worst of them."""

WORST = (
    "empty",
    "brace",
    "array",
    "null",
    "NaN",
    "duplicate keys",
    "nul escape",
    "lone surrogate",
    "deep objects",
    "300 KB",
)

ODD_VALUES: tuple[Any, ...] = (
    None,
    10**30,
    "",
    "\u200b\u202e😀",
    "я" * 5000,
    "{{7*7}}${7*7}%s' OR 1=1 --",
    "0001-01-01",
    ["x"],
    {"x": {"y": [None]}},
)
ODD_IDS = (
    "..",
    "%2e%2e%2f",
    "%00",
    "%zz",
    "%ed%a0%80",
    "%F0%9F%98%80",
    "a%2Fb",
    "0" * 26,
    UNKNOWN_ID.lower(),
    "A" * 600,
    "{id}",
    UNKNOWN_ID,
)


def routes() -> list[Route]:
    import app  # noqa: F401 — declares the routes

    return sorted(
        (route for route in registered_routes() if route.path.startswith(("/v1/", "/health", "/.well-known"))),
        key=lambda route: (route.path, route.method),
    )


def label(route: Route) -> str:
    return f"{route.method} {route.path}"


def with_body() -> list[Route]:
    return [route for route in routes() if signature_of(route.handler).body is not None]


def with_id() -> list[Route]:
    return [route for route in routes() if "{" in route.path]


def person_of(route: Route) -> str | None:
    return ROLE_PERSONS[route.roles[0]] if route.roles else None


def path_of(route: Route, identifier: str) -> str:
    return re.sub(r"\{[^}]*\}", lambda _: identifier, route.path)


def send(world: World, route: Route, identifier: str, **options: Any) -> httpx.Response:
    world.sleep(hours=1)  # the limits of the calls before are over
    return world.call(route.method, path_of(route, identifier), person=person_of(route), **options)


def check(answer: httpx.Response, *, refused: bool = True) -> None:
    """Nothing that a client sends is our failure, and every refusal explains itself."""
    assert answer.status_code < 500, (answer.status_code, answer.text[:300])
    if refused:
        assert answer.status_code >= 400, answer.text[:300]
    if answer.status_code >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json"), answer.text[:300]
        body = answer.json()
        assert body["status"] == answer.status_code
        assert body["code"]
        assert len(answer.content) < 100_000


@pytest.fixture(scope="class")
def draft(shared_world: World) -> str:
    return drafted(shared_world)


class TestBodies:
    """Whole bodies and single values, on every route that takes one."""

    @pytest.mark.parametrize("route", with_body(), ids=label)
    def test_refuses_every_bad_body(self, shared_world: World, draft: str, route: Route) -> None:
        bodies = dict(_raw())
        for name in bodies if label(route) in READERS else WORST:
            body = bodies[name]
            answer = send(shared_world, route, draft, content=body, headers=JSON)
            assert answer.status_code in {400, 404, 413, 422}, (name, answer.status_code, answer.text[:200])
            check(answer)

    @pytest.mark.parametrize("route", with_body(), ids=label)
    def test_refuses_other_types_of_content(self, shared_world: World, draft: str, route: Route) -> None:
        for content_type in ("text/plain", "application/json; charset=cp1251", "multipart/form-data"):
            answer = send(shared_world, route, draft, content=b"{}", headers={"Content-Type": content_type})
            assert answer.status_code in {400, 404, 415}, (content_type, answer.status_code)
            check(answer)

    @pytest.mark.parametrize("route", with_body(), ids=label)
    def test_survives_odd_values_in_every_field(self, shared_world: World, draft: str, route: Route) -> None:
        model = signature_of(route.handler).body
        for name in model.model_fields:
            for value in ODD_VALUES:
                check(send(shared_world, route, draft, json={name: value}), refused=False)
        extra = send(shared_world, route, draft, json={"no_such_field": 1})
        assert extra.status_code in {404, 422}

    def test_survives_odd_texts_in_every_field_of_a_form(self, shared_world: World, draft: str) -> None:
        import chalicelib.domain.application_form as form

        texts = [value for value in ODD_VALUES if isinstance(value, str) and len(value) <= 300]
        texts += ["\u0301" * 100, "ﬀ", "１２３", "-" * 300, "\t", "00000000000", "29.02.2023", "٣"]
        for text in texts:
            sections = {name: dict.fromkeys(fields, text) for name, fields in form.SECTIONS.items()}
            for complete in (True, False):
                body = {"kind": "first_policy", "form": sections, "complete": complete}
                answer = shared_world.call("POST", "/v1/form-checks", json=body)
                assert answer.status_code == 200, (text, answer.text[:300])
            saved = shared_world.call("PATCH", f"/v1/applications/{draft}", json=sections)
            assert saved.status_code == 200, (text, saved.text[:300])
            refused = shared_world.call("POST", f"/v1/applications/{draft}/signing-codes")
            assert refused.status_code == 422, (text, refused.text[:300])

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(data=st.data())
    def test_survives_whatever_can_be_written_in_json(
        self, shared_world: World, draft: str, data: st.DataObject
    ) -> None:
        route = data.draw(st.sampled_from(with_body()), label="route")
        fields = sorted(signature_of(route.handler).body.model_fields)
        leaf = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
        value = st.recursive(
            leaf, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(), part, max_size=3)
        )
        body = data.draw(
            st.dictionaries(st.sampled_from(fields) | st.text(max_size=5), value, max_size=4), label="body"
        )
        check(send(shared_world, route, draft, content=json.dumps(body), headers=JSON), refused=False)


class TestAddresses:
    """Ids in paths, queries and headers."""

    @pytest.mark.parametrize("route", with_id(), ids=label)
    def test_finds_nothing_at_odd_addresses(self, shared_world: World, draft: str, route: Route) -> None:
        body = {"json": {}} if signature_of(route.handler).body is not None else {}
        for identifier in ODD_IDS:
            answer = send(shared_world, route, identifier, **body)
            assert answer.status_code in {400, 403, 404, 405, 414, 422}, (
                identifier,
                answer.status_code,
                answer.text[:200],
            )
            check(answer)

    @pytest.mark.parametrize("route", [route for route in routes() if route.method == "GET"], ids=label)
    def test_refuses_queries_that_it_does_not_know(self, shared_world: World, draft: str, route: Route) -> None:
        for query in (
            "x=1",
            "limit=%00",
            "cursor=%ff",
            "limit=1e9",
            "cursor=" + "A" * 3000,
        ):
            answer = shared_world.call("GET", f"{path_of(route, draft)}?{query}", person=person_of(route))
            check(answer, refused=False)

    @pytest.mark.parametrize("route", routes(), ids=label)
    def test_survives_odd_headers(self, shared_world: World, draft: str, route: Route) -> None:
        has_body = signature_of(route.handler).body is not None
        for headers in (
            {"If-Match": '"v99999999999999999999"'},
            {"If-None-Match": '"v1", *'},
            {"Idempotency-Key": "k" * 500},
            {"Accept": "text/html;q=x, */*;q=-1"},
            {"Accept-Language": "😀".encode()},
            {"X-Forwarded-For": "' OR 1=1, ::, 999.999.999.999", "Content-Encoding": "gzip"},
        ):
            options = {"content": b"{}", "headers": {**JSON, **headers}} if has_body else {"headers": headers}
            check(send(shared_world, route, UNKNOWN_ID, **options), refused=False)

    def test_answers_unknown_addresses_and_methods_with_problems(self, shared_world: World) -> None:
        for method, path in (
            ("GET", "/v1/nothing"),
            ("DELETE", "/v1/me"),
            ("PUT", "/v1/applications"),
            ("TRACE", "/v1/me"),
            ("GET", "//v1/me"),
        ):
            answer = shared_world.call(method, path)
            assert answer.status_code in {401, 403, 404, 405}, (method, path, answer.status_code)
            check(answer)
