from __future__ import annotations

import base64
import http.server
import json
import threading
import time
from dataclasses import replace

import jwt
import pytest
from chalice.app import AuthRequest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWKClientConnectionError

from chalicelib.domain.principal import Assurance, Role
from chalicelib.domain.sex import Sex
from chalicelib.http.auth import principal_of
from chalicelib.http.authorizer import authorizer
from chalicelib.http.tokens import SigningKeys, Unauthorized, account_id_of, verified_claims
from chalicelib.settings import IdentitySettings, identity_settings

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
WEAK_RSA = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  # the point of the test is that it is refused
EC = ec.generate_private_key(ec.SECP256R1())
OTHER = ec.generate_private_key(ec.SECP256R1())


def published(algorithm, key, kid, alg):
    return json.loads(algorithm.to_jwk(key.public_key())) | {"kid": kid, "alg": alg, "use": "sig"}


KEYS = {
    "keys": [
        published(RSAAlgorithm, RSA, "rsa", "RS256"),
        published(ECAlgorithm, EC, "ec", "ES256"),
        published(RSAAlgorithm, WEAK_RSA, "weak", "RS256"),
    ]
}


class Issuer:
    """An issuer that counts the fetches of its keys and may be out of order."""

    def __init__(self):
        self.keys, self.fetches, self.status = KEYS, 0, 200
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.fetches += 1
                self.send_response(issuer.status)
                self.end_headers()
                self.wfile.write(json.dumps(issuer.keys).encode())

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/jwks.json"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()


@pytest.fixture
def issuer():
    found = Issuer()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def settings(issuer):
    return IdentitySettings(issuer="https://id.example", audience="polis", jwks_url=issuer.url, client_id="polis")


@pytest.fixture
def keys(settings):
    return SigningKeys(settings.jwks_url)


def claims(**changes):
    now = int(time.time())
    usual = {
        "iss": "https://id.example",
        "aud": "polis",
        "sub": "citizen-1",
        "iat": now,
        "exp": now + 60,
        "assurance": "confirmed",
        "roles": ["citizen"],
        "family_name": "Ёлкина",
        "gender": "female",
        "birthdate": "1990-02-03",
        "identity_document": {"type": "14", "series": "45 01", "number": "000001", "issued_on": "2010-03-04"},
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def token(key=RSA, algorithm="RS256", kid="rsa", **changes):
    return jwt.encode(claims(**changes), key, algorithm=algorithm, headers={"kid": kid} if kid else None)


def test_accepts_both_algorithms(settings, keys):
    for good in (token(), token(EC, "ES256", "ec"), token(aud=["polis", "other"])):
        assert verified_claims(good, settings=settings, keys=keys)["sub"] == "citizen-1"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"iss": "https://id.example/"},
        {"iss": "http://id.example"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"sub": None},
        {"sub": ""},
        {"sub": "s" * 256},
        {"exp": None},
        {"exp": 1},
        {"exp": "soon"},
        {"iat": None},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
        {"kid": None},
        {"kid": "unknown"},
        {"kid": "ec"},
        {"key": OTHER, "algorithm": "ES256", "kid": "ec"},
        {"key": RSA, "algorithm": "RS512"},
        {"key": RSA, "algorithm": "PS256"},
    ],
)
def test_refuses_a_token_that_is_not_for_us(settings, keys, changes):
    with pytest.raises(Unauthorized, match=r"\AUnauthorized\Z"):
        verified_claims(token(**changes), settings=settings, keys=keys)


def test_refuses_the_signature_of_a_short_key(settings, keys):
    with pytest.warns(jwt.warnings.InsecureKeyLengthWarning):
        short = token(WEAK_RSA, kid="weak")
    with pytest.raises(Unauthorized):
        verified_claims(short, settings=settings, keys=keys)


def unsigned(header, body):
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, body))
    return ".".join(parts)


def test_refuses_no_signature_and_a_public_key_as_a_secret(settings, keys):
    import hashlib
    import hmac

    none = unsigned({"alg": "none", "kid": "rsa"}, claims()) + "."
    signed = unsigned({"alg": "HS256", "kid": "rsa"}, claims())
    secret = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    digest = hmac.new(secret, signed.encode(), hashlib.sha256).digest()
    confused = f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
    for bad in (
        none,
        confused,
        "",
        "a.b",
        "a.b.c",
        token()[:-4] + "AAAA",
        unsigned({"alg": ["RS256"]}, {}) + ".",
    ):
        with pytest.raises(Unauthorized):
            verified_claims(bad, settings=settings, keys=keys)


def test_allows_for_clocks_that_differ_by_seconds(settings, keys):
    now = int(time.time())
    late = token(iat=now + 20, exp=now - 20)
    assert verified_claims(late, settings=settings, keys=keys)["sub"] == "citizen-1"


def test_fetches_the_keys_once_and_not_for_every_unknown_key(issuer, settings, keys):
    for _ in range(5):
        verified_claims(token(), settings=settings, keys=keys)
        with pytest.raises(Unauthorized):
            verified_claims(token(kid="unknown"), settings=settings, keys=keys)
    assert issuer.fetches == 1


def test_fetches_again_when_a_new_key_appears(issuer, settings):
    keys = SigningKeys(settings.jwks_url, cooldown_seconds=0)
    verified_claims(token(), settings=settings, keys=keys)
    issuer.keys = {"keys": [*KEYS["keys"], published(ECAlgorithm, OTHER, "new", "ES256")]}
    assert verified_claims(token(OTHER, "ES256", "new"), settings=settings, keys=keys)
    assert issuer.fetches == 2


@pytest.mark.parametrize(("status", "answer"), [(503, {}), (200, {"keys": []}), (200, [])])
def test_keeps_using_old_keys_while_the_issuer_is_away(issuer, settings, status, answer):
    keys = SigningKeys(settings.jwks_url)
    verified_claims(token(), settings=settings, keys=keys)
    issuer.status, issuer.keys = status, answer
    keys.get_jwk_set(refresh=True)
    assert issuer.fetches == 2
    assert verified_claims(token(), settings=settings, keys=keys)["sub"] == "citizen-1"


def test_gives_up_old_keys_after_a_day(issuer, settings):
    moments = [0.0]
    keys = SigningKeys(settings.jwks_url, monotonic=lambda: moments[0])
    keys.get_jwk_set()
    issuer.status, moments[0] = 503, 86_401.0
    with pytest.raises(PyJWKClientConnectionError):
        keys.get_jwk_set(refresh=True)


def test_does_not_blame_the_caller_when_there_are_no_keys(issuer, settings):
    issuer.status = 503
    with pytest.raises(PyJWKClientConnectionError):
        verified_claims(token(), settings=settings, keys=SigningKeys(settings.jwks_url))


def authorize(header, settings, monkeypatch):
    monkeypatch.setenv("OIDC_ISSUER", settings.issuer)
    monkeypatch.setenv("OIDC_AUDIENCE", settings.audience)
    monkeypatch.setenv("OIDC_JWKS_URL", settings.jwks_url)
    arn = "arn:aws:execute-api:eu-central-1:1:api/stage/GET/v1/me"
    return authorizer.func(AuthRequest("TOKEN", header, arn)).to_dict(AuthRequest("TOKEN", header, arn))


def test_hands_the_claims_to_the_api(settings, monkeypatch):
    answer = authorize(f"Bearer {token(secret='x')}", settings, monkeypatch)
    (statement,) = answer["policyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert all(isinstance(value, str) for value in answer["context"].values())
    assert "secret" not in answer["context"]["claims"]
    principal = principal_of(answer["context"])
    assert principal.account_id == account_id_of(issuer=settings.issuer, subject="citizen-1")
    assert principal.roles == {Role.CITIZEN}
    assert principal.has_role(Role.CITIZEN, Role.AUDITOR)
    assert principal.assurance is Assurance.CONFIRMED
    assert (principal.person.family_name, principal.person.sex) == ("Ёлкина", Sex.FEMALE)
    assert principal.person.born_on.isoformat() == "1990-02-03"
    assert principal.person.identity_document.number == "000001"


@pytest.mark.parametrize("header", ["", "Bearer", "Basic abc", "Bearer ", "Bearer " + "a" * 9000, "Bearer a b"])
def test_refuses_a_header_without_a_bearer_token(settings, monkeypatch, header):
    with pytest.raises(Unauthorized):
        authorize(header, settings, monkeypatch)


def test_shows_nothing_of_the_person(settings, monkeypatch):
    context = authorize(f"Bearer {token()}", settings, monkeypatch)["context"]
    shown = repr(principal_of(context))
    for secret in ("Ёлкина", "citizen-1", "1990", "000001", "45 01"):
        assert secret not in shown


def test_orders_the_strengths_of_proof():
    assert Assurance.CONFIRMED.is_at_least(Assurance.STANDARD)
    assert not Assurance.SIMPLIFIED.is_at_least(Assurance.STANDARD)


def test_tells_accounts_apart_by_issuer_and_subject():
    ids = {account_id_of(issuer=issuer, subject=subject) for issuer in "ab" for subject in "cd"}
    assert len(ids) == 4
    assert all(len(value) == 26 and value.isalnum() and value.islower() for value in ids)


def test_demands_every_setting_of_identity(settings):
    given = {"OIDC_ISSUER": "i", "OIDC_AUDIENCE": "a", "OIDC_JWKS_URL": "u"}
    assert identity_settings(given) == replace(settings, issuer="i", audience="a", jwks_url="u", client_id="a")
    for name in given:
        with pytest.raises(KeyError):
            identity_settings({key: value for key, value in given.items() if key != name})
