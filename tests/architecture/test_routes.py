"""What may be called without a token is written here, and nothing else."""

from __future__ import annotations

from app import app

PUBLIC = {
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/Q"),
    ("GET", "/docs"),
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
    ("GET", "/v1/doctors"),
    ("GET", "/v1/insurers"),
    ("GET", "/v1/insurers/{code}"),
    ("GET", "/v1/status-lists/{number}"),
    ("POST", "/v1/clinic-searches"),
    ("POST", "/v1/readiness-checks"),
    ("POST", "/v1/validity-checks"),
}


def test_every_route_is_behind_the_authorizer_or_on_the_short_list():
    entries = {
        (method, path): entry.authorizer for path, methods in app.routes.items() for method, entry in methods.items()
    }

    assert {route for route, authorizer in entries.items() if authorizer is None} == PUBLIC
    assert {authorizer.name for authorizer in entries.values() if authorizer is not None} == {"authorizer"}


def test_debug_stays_off():
    assert app.debug is False
