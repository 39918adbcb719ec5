"""What anyone may open: pages, descriptions, keys, lists; and the code on a policy checked with them alone."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import httpx
import pytest

from chalicelib.adapters.documents.qr_token import decode_and_verify
from chalicelib.adapters.documents.status_list import decode_status_list
from chalicelib.domain.qr_claims import QrReason
from chalicelib.ports.signing import PublicKey
from tests.e2e.people import prepared, ready

PAGES = {
    "/Q": "text/html",
    "/q": "text/html",
    "/status": "text/html",
    "/docs": "text/html",
    "/openapi.json": "application/json",
    "/static/qr.js": "text/javascript",
    "/.well-known/jwks.json": "application/json",
    "/health": "application/json",
}


@pytest.mark.parametrize(("path", "media_type"), PAGES.items(), ids=PAGES)
def test_public_pages_have_their_type_and_safe_headers(stack, path, media_type):
    answer = httpx.get(stack.urls["web"] + path, timeout=60)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"]
    assert answer.headers["x-request-id"] or answer.headers["x-amzn-requestid"]
    if media_type == "text/html":
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy


def test_unknown_pages_are_problems(stack):
    answer = httpx.get(stack.urls["web"] + "/static/unknown.js", timeout=60)
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")


def keys_from(jwks):
    """Read the keys as any verifier would."""

    def number(text):
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

    return [PublicKey(kid=key["kid"], x=number(key["x"]), y=number(key["y"])) for key in jwks["keys"]]


def test_code_of_a_policy_is_verified_by_published_keys_and_the_list_tells_of_the_revoked_certificate(
    stack, journey, folk
):
    person = folk.welcome(journey)
    application_id = prepared(journey, person)
    journey.registers(kind="insured_person", behaviour="down", seconds=0)
    journey.sign_and_submit(person, application_id, key="pages")
    journey.application(person, application_id, lambda found: found["certificate_number"])
    certificate, _ = journey.document(person, "temporary_certificate", application_id)
    journey.registers()
    ready(journey, person, application_id)
    policy, _ = journey.document(person, "policy", application_id)

    keys = keys_from(journey.ok("GET", "/.well-known/jwks.json"))
    at = datetime.now(tz=UTC)
    message = journey.ok("GET", "/v1/status-lists/0")["status_list"]
    listed = decode_status_list(message=base64.urlsafe_b64decode(message + "=" * (-len(message) % 4)), keys=keys)
    lists = {listed.list_id: listed}

    valid = decode_and_verify(token=policy["qr_link"], keys=keys, at=at, status=lists.get)
    assert valid.reason is QrReason.VALID
    assert policy["qr_link"].startswith(stack.urls["web"].upper() + "/Q#")
    revoked = decode_and_verify(token=certificate["qr_link"], keys=keys, at=at, status=lists.get)
    assert revoked.reason is QrReason.REVOKED
    forged = policy["qr_link"][:-20] + "A" * 20
    assert decode_and_verify(token=forged, keys=keys, at=at, status=lists.get).reason is QrReason.BAD_SIGNATURE
