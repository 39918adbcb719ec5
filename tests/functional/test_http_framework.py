from __future__ import annotations

import json
import logging
from datetime import UTC, date, datetime
from enum import StrEnum

import pytest
from chalice import Chalice
from pydantic import Field, field_validator

from chalicelib.domain.errors import InvalidValue, RuleRefused
from chalicelib.http import blueprint, documentation
from chalicelib.http.auth import authorizer_blueprint
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.middleware import cors_config, http_middleware
from chalicelib.http.models import In, IsoDate, Out, Page, PageQuery
from chalicelib.http.openapi import build_document
from chalicelib.http.openapi_page import render_page
from chalicelib.http.pagination import decode_cursor, encode_cursor
from chalicelib.ports.errors import PreconditionFailed, RateLimited, Unavailable

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CANARY = "Канарейкина"


class Color(StrEnum):
    RED = "red"
    BLUE = "blue"


class PersonIn(In):
    family_name: str = Field(max_length=20)
    born_on: IsoDate | None = None
    color: Color = Color.RED
    weight: float | None = None
    code: str | None = None

    @field_validator("code")
    @classmethod
    def check_code(cls, value: str | None) -> str | None:
        if value == "bad":
            raise InvalidValue("bad_code", "Укажите другой код")
        if value == "worse":
            raise ValueError(f"{CANARY} is not good")
        return value


class PersonOut(Out):
    family_name: str
    born_on: date | None = None
    at: datetime | None = None


class ColorQuery(PageQuery):
    color: tuple[Color, ...] = ()
    on: IsoDate | None = None


ERRORS = {
    "rule": RuleRefused("too_early", "Пока рано", rule="ст. 16", possible_on=date(2027, 1, 1)),
    "busy": RateLimited(retry_after=7),
    "away": Unavailable(),
    "boom": KeyError(CANARY),
    "forged": ValueError(CANARY),
}


def add_failing_routes(api: ApiBlueprint) -> None:
    @api.route("DELETE", "/v1/persons/{name}", summary="Удалить", tag="t", auth=False)
    def remove(call: Call, name: str) -> None:
        if name == "invalid-answer":
            PersonOut.model_validate({"family_name": 5, "secret": CANARY})
        if name in ERRORS:
            raise ERRORS[name]

    @api.route("GET", "/v1/me", summary="Я", tag="t")
    def whoami(call: Call) -> PersonOut:
        person = call.principal.person
        assert person is not None
        return PersonOut(family_name=f"{person.family_name} {sorted(call.principal.roles)}")


def make_api() -> ApiBlueprint:
    api = ApiBlueprint(__name__)

    @api.route("POST", "/v1/persons", status=201, summary="Создать", tag="t", auth=False, idempotent=True, etag=True)
    def create(call: Call, body: PersonIn) -> Reply[PersonOut]:
        answer = PersonOut(family_name=body.family_name, born_on=body.born_on, at=call.at)
        return Reply(answer, version=1, location=f"/v1/persons/{call.idempotency_key}")

    @api.route("GET", "/v1/persons", summary="Список", tag="t", auth=False, cache="public, max-age=60")
    def find(call: Call, query: ColorQuery) -> Page[PersonOut]:
        decode_cursor(query.cursor)
        names = [*query.color, str(query.on), str(query.limit)]
        return Page[PersonOut](
            items=[PersonOut(family_name=name) for name in names], next_cursor=encode_cursor({"PK": "а"})
        )

    @api.route("GET", "/v1/persons/{name}", summary="Один", tag="t", auth=False, etag=True)
    def read(call: Call, name: str) -> Reply[PersonOut]:
        return Reply(PersonOut(family_name=name), version=7)

    @api.route("PUT", "/v1/persons/{name}", summary="Изменить", tag="t", auth=False, if_match=True)
    def change(call: Call, name: str, body: PersonIn) -> PersonOut:
        if call.if_match != 7:
            raise PreconditionFailed
        return PersonOut(family_name=name)

    add_failing_routes(api)
    return api


class Http:
    def __init__(self) -> None:
        self.api = make_api()
        self.app = Chalice("test", configure_logs=False)
        self.app.api.cors = cors_config("https://web.example")
        self.app.register_middleware(http_middleware(web_origin="https://web.example"), "http")
        self.app.register_blueprint(authorizer_blueprint)
        self.app.register_blueprint(self.api)
        self.app.register_blueprint(documentation.blueprint)

    def __call__(self, method, path, body=None, *, resource=None, query=None, authorizer=None, **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        parts = path.split("/")
        template = (resource or path).split("/")
        event = {
            "headers": names,
            "multiValueQueryStringParameters": query,
            "pathParameters": {t[1:-1]: p for t, p in zip(template, parts, strict=True) if t[:1] == "{"} or None,
            "body": body,
            "isBase64Encoded": False,
            "stageVariables": None,
            "requestContext": {
                "httpMethod": method,
                "resourcePath": resource or path,
                "requestId": "req-1",
                "identity": {"sourceIp": "192.0.2.1"},
                "authorizer": authorizer,
            },
        }
        answer = self.app(event, None)
        answer["json"] = json.loads(answer["body"]) if answer["body"][:1] == "{" else None
        return answer


@pytest.fixture(name="http")
def _http(monkeypatch):
    # What is declared here must not be taken for routes of the service by the tests that run after these.
    monkeypatch.setattr(blueprint, "_ROUTES", [])
    monkeypatch.setattr(blueprint, "_clock", lambda: NOW)
    return Http()


def post(http, body, **headers):
    if isinstance(body, dict):
        body = json.dumps(body)
    return http("POST", "/v1/persons", body, Idempotency_Key="k-1", **headers)


def one(http, method, name, body=None, **headers):
    return http(method, f"/v1/persons/{name}", body, resource="/v1/persons/{name}", **headers)


def test_creates_with_location_etag_and_the_moment_of_the_clock(http):
    answer = post(http, {"family_name": "Ёлкина", "born_on": "1990-02-03", "color": "blue"})
    assert answer["statusCode"] == 201
    assert answer["json"] == {
        "family_name": "Ёлкина",
        "born_on": "1990-02-03",
        "at": "2026-03-01T12:00:00Z",
    }
    assert answer["headers"]["Location"] == "/v1/persons/k-1"
    assert answer["headers"]["ETag"] == '"v1"'
    assert answer["headers"]["Content-Type"] == "application/json; charset=utf-8"
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert answer["headers"]["X-Request-Id"] == "req-1"
    assert answer["headers"]["X-Content-Type-Options"] == "nosniff"
    assert answer["headers"]["Access-Control-Allow-Origin"] == "https://web.example"


def test_reports_every_error_of_a_body_without_its_values(http):
    answer = post(
        http,
        {
            "family_name": CANARY * 3,
            "born_on": "0",
            "color": CANARY,
            "weight": CANARY,
            "code": "bad",
            "extra": CANARY,
        },
    )
    assert answer["statusCode"] == 422
    assert CANARY not in answer["body"]
    found = {error["field"]: error["code"] for error in answer["json"]["errors"]}
    assert found == {
        "family_name": "too_long",
        "born_on": "not_a_date",
        "color": "not_allowed",
        "weight": "not_a_number",
        "code": "bad_code",
        "extra": "unknown_field",
    }
    messages = {error["field"]: error["message"] for error in answer["json"]["errors"]}
    assert messages["color"] == "Выберите одно из значений: 'red' или 'blue'"
    assert messages["code"] == "Укажите другой код"


def test_hides_the_message_of_a_validator_that_is_not_a_domain_refusal(http):
    answer = post(http, {"family_name": "А", "code": "worse"})
    assert answer["json"]["errors"] == [{"field": "code", "code": "invalid_value", "message": "Проверьте значение"}]


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        None,
        "{",
        '{"family_name":"а","family_name":"б"}',
        '{"family_name":"а","weight":NaN}',
        '{"family_name":"а","weight":-Infinity}',
        '{"family_name":"\\u0000"}',
        '{"family_name":["\\u0000"]}',
        '{"family_name":"\\ud800"}',
        '{"family_name":"\ud800"}',
        '{"\\u0000":1}',
        "[" * 100_000,
        '{"a":' * 5_000,
        "\ufeff{}",
        '{"weight":' + "9" * 5_000 + "}",
    ],
)
def test_refuses_a_body_that_is_not_well_formed(http, body):
    answer = post(http, body)
    assert answer["statusCode"] == 400
    assert answer["json"]["code"] == "malformed_request"


@pytest.mark.parametrize("body", ["[]", "5", "null", '"a"', '{"family_name":null}', '{"weight":1e999}'])
def test_refuses_a_body_of_another_shape(http, body):
    assert post(http, body)["statusCode"] == 422


def test_refuses_bytes_that_are_not_utf_8(http):
    event_body = "eyJmYW1pbHlfbmFtZSI6Iv8ifQ=="  # {"family_name":"\xff"}
    request = dict.fromkeys(("multiValueQueryStringParameters", "pathParameters", "stageVariables"))
    context = {"httpMethod": "POST", "resourcePath": "/v1/persons"}
    headers = {"idempotency-key": "k"}
    for text in (event_body, "***"):
        answer = http.app(
            request | {"headers": headers, "body": text, "isBase64Encoded": True, "requestContext": context},
            None,
        )
        assert answer["statusCode"] == 400


def test_refuses_a_body_over_256_kilobytes(http):
    assert post(http, '{"family_name":"' + "a" * 262_144 + '"}')["statusCode"] == 413


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "text/plain, application/json", "application/json; charset=windows-1251", "*/*"],
)
def test_refuses_another_media_type(http, media_type):
    answer = post(http, {"family_name": "А"}, Content_Type=media_type)
    assert answer["statusCode"] == 415
    assert answer["headers"]["Content-Type"] == "application/problem+json; charset=utf-8"
    assert answer["json"]["code"] == "unsupported_media_type"


def test_takes_the_usual_media_type_with_its_character_set(http):
    answer = post(http, {"family_name": "А"}, Content_Type="application/json; charset=UTF-8")
    assert answer["statusCode"] == 201


@pytest.mark.parametrize("key", ["", "a b", "ключ", "k" * 129, "a\tb"])
def test_refuses_a_bad_idempotency_key(http, key):
    answer = http("POST", "/v1/persons", '{"family_name":"А"}', Idempotency_Key=key)
    assert answer["statusCode"] == 400


def test_demands_the_idempotency_key(http):
    answer = http("POST", "/v1/persons", '{"family_name":"А"}')
    assert answer["statusCode"] == 400
    assert "Idempotency-Key" in answer["json"]["detail"]


def test_reads_lists_and_types_of_the_query(http):
    answer = http("GET", "/v1/persons", query={"color": ["red", "blue"], "on": ["2026-01-31"], "limit": ["5"]})
    assert [item["family_name"] for item in answer["json"]["items"]] == ["red", "blue", "2026-01-31", "5"]
    assert answer["headers"]["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": ["0"]}, "limit"),
        ({"limit": ["101"]}, "limit"),
        ({"limit": ["5", "6"]}, "limit"),
        ({"color": ["green"]}, "color.0"),
        ({"on": ["0"]}, "on"),
        ({"other": ["1"]}, "other"),
        ({"cursor": ["garbage"]}, "cursor"),
        ({"cursor": ["\x00"]}, "cursor"),
        ({"cursor": ["\ud800"]}, "cursor"),
    ],
)
def test_refuses_a_bad_query(http, query, field):
    answer = http("GET", "/v1/persons", query=query)
    assert answer["statusCode"] == 422
    assert [error["field"] for error in answer["json"]["errors"]] == [field]


def test_refuses_query_parameters_where_none_are_taken(http):
    assert one(http, "GET", "a", query={"x": ["1"]})["statusCode"] == 422


def test_decodes_path_parameters(http):
    assert one(http, "GET", "%D0%AF%2Fa")["json"]["family_name"] == "Я/a"


@pytest.mark.parametrize("name", ["%zz", "%", "%ff", "%00", "a%0Ab", "%ED%A0%80", "a" * 600])
def test_finds_nothing_under_a_broken_path_parameter(http, name):
    assert one(http, "GET", name)["statusCode"] == 404


def test_answers_not_modified_when_the_version_is_known(http):
    answer = one(http, "GET", "a", If_None_Match='"v7"')
    assert (answer["statusCode"], answer["body"]) == (304, "")
    assert answer["headers"]["ETag"] == '"v7"'


@pytest.mark.parametrize(
    ("tag", "status"),
    [('"v7"', 200), ('W/"v7"', 200), ('"v6"', 412), ("v7", 400), ('"v7", "v8"', 400), ("*", 412)],
)
def test_reads_the_version_from_if_match(http, tag, status):
    answer = one(http, "PUT", "a", '{"family_name":"А"}', If_Match=tag)
    assert answer["statusCode"] == status


def test_demands_if_match(http):
    assert one(http, "PUT", "a", '{"family_name":"А"}')["statusCode"] == 428


def test_answers_no_content(http):
    answer = one(http, "DELETE", "a")
    assert (answer["statusCode"], answer["body"]) == (204, "")
    assert "Content-Type" not in answer["headers"]


def test_shows_the_rule_and_the_first_possible_day(http):
    problem = one(http, "DELETE", "rule")["json"]
    assert problem == {
        "type": "/problems/rule_refused",
        "title": "Действие не допускается правилами страхования",
        "status": 422,
        "detail": "Пока рано",
        "code": "rule_refused",
        "instance": "urn:request:req-1",
        "reason": "too_early",
        "rule": "ст. 16",
        "possible_on": "2027-01-01",
    }


@pytest.mark.parametrize(("name", "status", "seconds"), [("busy", 429, "7"), ("away", 503, "5")])
def test_says_when_to_retry(http, name, status, seconds):
    answer = one(http, "DELETE", name)
    assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (status, seconds)


@pytest.mark.parametrize("name", ["boom", "forged", "invalid-answer"])
def test_hides_and_logs_a_failure_without_values(http, caplog, name):
    with caplog.at_level(logging.ERROR):
        answer = one(http, "DELETE", name)
    assert answer["statusCode"] == 500
    assert answer["json"]["instance"] == "urn:request:req-1"
    (record,) = caplog.records
    assert record.route == "DELETE /v1/persons/{name}"
    assert any("remove" in frame for frame in record.stack)
    assert CANARY not in answer["body"] + repr(vars(record))


def test_rewrites_the_errors_of_chalice(http):
    answer = http("PATCH", "/v1/persons")
    assert answer["statusCode"] == 405
    assert set(answer["headers"]["Allow"].split(", ")) == {"GET", "POST"}
    assert answer["json"]["code"] == "method_not_allowed"
    assert http("GET", "/nowhere")["json"]["status"] == 404


def test_builds_the_principal_from_the_context_of_the_authorizer(http):
    claims = {"sub": "s", "family_name": "Петрова", "roles": ["citizen", "wizard"], "assurance": "x"}
    context = {"claims": json.dumps(claims), "account_id": "a" * 26, "principalId": "s"}
    answer = http("GET", "/v1/me", authorizer=context)
    assert answer["json"]["family_name"].startswith("Петрова [<Role.CITIZEN")
    assert "wizard" not in answer["body"]


@pytest.mark.parametrize("context", [None, {}, {"claims": "{"}, {"claims": "[]", "account_id": "a"}])
def test_refuses_a_call_without_a_good_context(http, context):
    assert http("GET", "/v1/me", authorizer=context)["statusCode"] == 401


def test_puts_the_authorizer_before_every_route_that_needs_login(http):
    entry = http.app.routes["/v1/me"]["GET"]
    assert entry.authorizer.config.handler_string == "chalicelib.http.authorizer.authorizer"
    assert http.app.routes["/v1/persons"]["POST"].authorizer is None


def test_describes_the_routes_as_valid_openapi(http):
    from openapi_spec_validator import validate

    document = build_document(http.api.routes, version="1", tags={"t": "Люди <&>"})
    validate(document)
    create = document["paths"]["/v1/persons"]["post"]
    assert create["security"] == []
    assert create["requestBody"]["content"]["application/json"]["schema"]["$ref"].endswith("/PersonIn")
    assert {"201", "400", "413", "415", "422", "429", "500", "503"} == set(create["responses"])
    assert [p["name"] for p in create["parameters"]] == ["Idempotency-Key"]
    assert document["paths"]["/v1/me"]["get"]["security"] == [{"bearer": []}]
    page = render_page(document)
    assert "Люди &lt;&amp;&gt;" in page
    assert "<script" not in page
    assert 'id="schema-PersonIn"' in page


def test_keeps_calls_of_threads_apart(http):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        names = [f"n{number}" for number in range(400)]
        answers = list(pool.map(lambda name: post(http, {"family_name": name}), names))
    assert [answer["json"]["family_name"] for answer in answers] == names


def test_serves_the_document_and_its_page(http, tmp_path, monkeypatch):
    import chalicelib.http.documentation as module

    document = build_document(http.api.routes, version="1")
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    monkeypatch.setattr(module, "DOCUMENT", path)
    for cached in (module._document, module._page):
        cached.cache_clear()
    assert http("GET", "/openapi.json")["json"] == document
    page = http("GET", "/docs")
    assert page["headers"]["Content-Type"] == "text/html; charset=utf-8"
    assert "style-src 'sha256-" in page["headers"]["Content-Security-Policy"]
    assert "/v1/persons/{name}" in page["body"]
    for cached in (module._document, module._page):
        cached.cache_clear()
