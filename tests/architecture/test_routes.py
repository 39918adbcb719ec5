"""What may be called without a token is written here, and nothing else."""

from __future__ import annotations

import re

import pytest

from app import MODULES, app
from chalicelib.http.route_table import rows_of
from infra.local.identity_provider import running
from tests.functional.test_bad_input import UNKNOWN_ID
from tests.world import open_world

PUBLIC = {
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/Q"),
    ("GET", "/docs"),
    ("GET", "/fhir/r4/metadata"),
    ("GET", "/health"),
    ("GET", "/openapi.json"),
    ("GET", "/q"),
    ("GET", "/static/{name}"),
    ("GET", "/status"),
    ("GET", "/v1/challenges"),
    ("GET", "/v1/clinics"),
    ("GET", "/v1/clinics/{code}"),
    ("GET", "/v1/consent-text"),
    ("GET", "/v1/dictionaries"),
    ("GET", "/v1/dictionaries/{name}"),
    ("GET", "/v1/insured-numbers"),
    ("GET", "/v1/insurer-comparison"),
    ("GET", "/v1/insurer-ratings"),
    ("GET", "/v1/doctors"),
    ("GET", "/v1/insurers"),
    ("GET", "/v1/insurers/{code}"),
    ("GET", "/v1/insurers/{code}/branches"),
    ("GET", "/v1/insurers/{code}/issue-points"),
    ("GET", "/v1/insurers/{code}/ratings"),
    ("GET", "/v1/status-lists/{number}"),
    ("POST", "/v1/clinic-searches"),
    ("POST", "/v1/readiness-checks"),
    ("POST", "/v1/sms-receipts"),
    ("POST", "/v1/validity-checks"),
}


OF_FILES = "chalicelib.web.pages"


def pages():
    """The pages that know who is in the browser; those of `pages` are the same for everybody."""
    return {
        (row.method, row.path)
        for row in rows_of(m for m in MODULES if m.startswith("chalicelib.web.") and m != OF_FILES)
    }


def is_page(method, path):
    return (method, path) in pages()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    with running(tmp_path_factory.mktemp("identity")) as issuer, open_world(issuer) as made:
        yield made


#: Pages for everybody; every other page asks for a session, which a browser has only after signing in.
PUBLIC_PAGES = {
    ("GET", "/"),
    ("GET", "/check"),
    ("GET", "/help"),
    ("GET", "/insurers"),
    ("GET", "/insurers/{code}"),
    ("GET", "/sign-in"),
    ("GET", "/sign-in/callback"),
    ("GET", "/signed-out"),
    ("GET", "/ui"),
    ("POST", "/check"),
    ("POST", "/sign-out"),
}


def test_every_route_is_behind_the_authorizer_or_on_the_short_list():
    entries = {
        (method, path): entry.authorizer for path, methods in app.routes.items() for method, entry in methods.items()
    }

    pages = {(method, path) for method, path in entries if is_page(method, path)}
    assert {route for route, authorizer in entries.items() if authorizer is None} - pages == PUBLIC
    assert {authorizer.name for authorizer in entries.values() if authorizer is not None} == {"authorizer"}


def test_every_other_page_sends_whoever_is_not_signed_in_to_sign_in(world):
    for method, path in sorted(page for page in pages() if page not in PUBLIC_PAGES):
        address = re.sub(r"\{\w+\}", UNKNOWN_ID, path)
        if method == "GET":
            answer = world.call("GET", address, person=None)
            assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in"), path
        else:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            forged = world.call("POST", address, person=None, headers=headers, content="x=1")
            assert forged.status_code == 403, path
            ended = world.call("POST", address, person=None, headers=headers, content="account=1")
            assert ended.status_code == 401, path


def test_debug_stays_off():
    assert app.debug is False
