"""Attacks on tokens, over HTTP: each forged token is one step from a good one and opens nothing (A1)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.server
import json
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from infra.local.identity_provider import running
from tests.functional.test_bad_input import UNKNOWN_ID
from tests.functional.test_roles import guarded, label
from tests.functional.test_roles import send as sent
from tests.journeys import drafted, problem
from tests.security.scale import note
from tests.visitors import Visitor
from tests.world import World, open_world

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from chalicelib.http.routes import Route

THIEF_EC, THIEF_RSA = ec.generate_private_key(ec.SECP256R1()), rsa.generate_private_key(65537, 2048)
KID_INJECTIONS = (
    "../../../../../../dev/null",
    "/dev/null",
    "file:///etc/passwd",
    "https://evil.example/jwks.json",
    "' UNION SELECT 'key' --",
    "$(id)",
    "\u0000",
    "k" * 4000,
    "",
    0,
    None,
    ["a"],
    {"a": 1},
)
UNCONFIRMED_MAY = 403


@dataclass(frozen=True, slots=True)
class Forge:
    """Makes tokens with the very key of the issuer, so that each can be wrong in one thing alone."""

    issuer: str
    key: ec.EllipticCurvePrivateKey
    good: str

    def claims(self, **changes: Any) -> dict[str, Any]:
        found = jwt.decode(self.good, options={"verify_signature": False})
        return {name: value for name, value in {**found, **changes}.items() if value is not None}

    def header(self, **changes: Any) -> dict[str, Any]:
        return {**jwt.get_unverified_header(self.good), **changes}

    def signed(self, header: dict[str, Any] | None = None, *, key: Any = None, **changes: Any) -> str:
        """Sign whatever is given by ES256, also what no library would sign."""
        text = _parts(header or self.header(), self.claims(**changes))
        return f"{text}.{_encoded(ECAlgorithm(ECAlgorithm.SHA256).sign(text.encode(), key or self.key))}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _parts(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(claims).encode())}"


def _without_signature(forge: Forge) -> Iterator[str]:
    head, body, signature = forge.good.split(".")
    for algorithm in ("none", "None", "NONE", "nOnE", "", None):
        text = _parts(forge.header(alg=algorithm), forge.claims())
        yield from (f"{text}.", text, f"{text}.{signature}")
    yield from (f"{head}.{body}", f"{head}.{body}.", f"{head}..{signature}", f".{body}.{signature}")
    # A signature of zeros passes where nobody looks whether r and s are in range (CVE-2022-21449).
    yield f"{head}.{body}.{_encoded(bytes(64))}"
    yield f"{head}.{body}.{_encoded(base64.urlsafe_b64decode(signature + '==')[:-1])}"


def _wrong_keys(forge: Forge) -> Iterator[str]:
    yield forge.signed(key=THIEF_EC)
    own = {**ECAlgorithm.to_jwk(THIEF_EC.public_key(), as_dict=True), "kid": "own"}
    yield forge.signed(forge.header(jwk=own), key=THIEF_EC)
    yield forge.signed(forge.header(jwk=own, kid="own"), key=THIEF_EC)
    yield forge.signed(forge.header(x5c=[_encoded(b"certificate")]), key=THIEF_EC)
    thief = json.loads(RSAAlgorithm.to_jwk(THIEF_RSA.public_key()))
    yield jwt.encode(forge.claims(), THIEF_RSA, algorithm="RS256", headers=forge.header(alg="RS256", jwk=thief))
    # Data under the signature of a good token, but other data.
    head, _, signature = forge.good.split(".")
    yield f"{head}.{_encoded(json.dumps(forge.claims(roles=['auditor', 'administrator'])).encode())}.{signature}"


def _confused(forge: Forge) -> Iterator[str]:
    """The public key, which anybody has, as the secret of HMAC."""
    public = forge.key.public_key()
    told = ECAlgorithm.to_jwk(public, as_dict=True)
    secrets = [
        public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        json.dumps(told).encode(),
        str(told["x"]).encode(),
        b"",
    ]
    for secret in secrets:
        for algorithm, digest in (("HS256", hashlib.sha256), ("HS384", hashlib.sha384), ("HS512", hashlib.sha512)):
            text = _parts(forge.header(alg=algorithm), forge.claims())
            yield f"{text}.{_encoded(hmac.new(secret, text.encode(), digest).digest())}"
    for algorithm in ("RS256", "PS256", "ES384", "ES512", "EdDSA", "HS256", ["ES256"], {"a": 1}, 7):
        yield forge.signed(forge.header(alg=algorithm))


def _for_others(forge: Forge) -> Iterator[str]:
    for issuer in (None, "", "https://evil.example", forge.issuer + "/", forge.issuer.upper(), [forge.issuer]):
        yield forge.signed(iss=issuer)
    for audience in (None, "", "other", "Polis", "polis ", ["other"], [], {"polis": 1}):
        yield forge.signed(aud=audience)
    for subject in (None, "", 7, ["1"], "s" * 256):
        yield forge.signed(sub=subject)


def _at_other_times(forge: Forge) -> Iterator[str]:
    now = int(time.time())
    for ended in (None, 0, now - 31, now - 3600, -1, "soon", [now + 60]):
        yield forge.signed(exp=ended)
    yield forge.signed(nbf=now + 120)
    yield forge.signed(iat=now + 120)
    yield forge.signed(iat=None)


def _odd_headers(forge: Forge) -> Iterator[str]:
    for kid in KID_INJECTIONS:
        yield forge.signed(forge.header(kid=kid))
    yield forge.signed({"alg": "ES256"})
    yield forge.signed(forge.header(crit=["exp"]))
    yield forge.signed(forge.header(b64=False, crit=["b64"]))
    yield from ("a.b.c", "....", "e30.e30.", forge.good + ".", forge.good.replace(".", "\t", 1), "ey" * 4500)
    yield forge.good.replace(".", "..", 1)


ATTACKS: dict[str, Callable[[Forge], Iterator[str]]] = {
    "no signature": _without_signature,
    "another key": _wrong_keys,
    "key confusion": _confused,
    "issuer, audience, subject": _for_others,
    "expired or not yet": _at_other_times,
    "kid and other headers": _odd_headers,
}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("issuer")
    back = frozenset({"https://polis.example.org/sign-in/callback"})
    with running(folder, redirect_uris=back) as issuer, open_world(issuer) as made:
        made.tools.issuer_folder = folder
        yield made


@pytest.fixture(scope="module")
def forge(world: World) -> Forge:
    folder: Path = world.tools.issuer_folder
    key: Any = load_pem_private_key((folder / "identity_provider.pem").read_bytes(), None)
    return Forge(world.issuer, key, world.token("citizen"))


def _asked(world: World, authorization: str, path: str = "/v1/me") -> Any:
    return world.call("GET", path, person=None, headers={"Authorization": authorization})


def test_what_the_forge_makes_unchanged_is_good(world: World, forge: Forge) -> None:
    """Else the refusals below would prove nothing."""
    drafted(world)
    for good in (forge.good, forge.signed(), forge.signed(aud=["polis", "other"])):
        assert _asked(world, f"Bearer {good}").status_code == 200


@pytest.mark.parametrize("attack", ATTACKS)
def test_forged_tokens_open_nothing(world: World, forge: Forge, attack: str) -> None:
    tokens = list(ATTACKS[attack](forge))
    for token in tokens:
        answer = _asked(world, f"Bearer {token}")
        assert answer.status_code == 401, (token[:200], answer.text)
        problem(answer, 401, "unauthorized")
    assert len(tokens) > 4
    note(forged_tokens=len(tokens))


def test_a_token_counts_in_its_header_alone(world: World, forge: Forge) -> None:
    for authorization in (forge.good, f"Basic {forge.good}", f"Bearer{forge.good}", f"Token {forge.good}", "Bearer"):
        problem(_asked(world, authorization), 401)
    for path in (f"/v1/me?access_token={forge.good}", f"/v1/me?authorization=Bearer%20{forge.good}"):
        problem(world.call("GET", path, person=None), 401)
    problem(world.call("GET", "/v1/me", person=None, headers={"Cookie": f"Authorization=Bearer {forge.good}"}), 401)


def test_nobody_is_asked_for_a_key_that_a_token_names(world: World, forge: Forge) -> None:
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"keys": [ECAlgorithm.to_jwk(THIEF_EC.public_key(), as_dict=True)]}).encode())

        def log_message(self, *_: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/jwks.json"
        for name in ("jku", "x5u", "kid"):
            header = forge.header(**{name: url})
            problem(_asked(world, f"Bearer {forge.signed(header, key=THIEF_EC)}"), 401)
        problem(_asked(world, f"Bearer {forge.signed(key=THIEF_EC, iss=url.removesuffix('/jwks.json'))}"), 401)
        server.shutdown()
    assert asked == []


def test_what_a_token_says_of_roles_is_taken_at_its_word_and_no_further(world: World, forge: Forge) -> None:
    for roles in (None, [], ["wizard"], "auditor", ["Auditor"], [["auditor"]], {"auditor": 1, "x": 2}, 5):
        answer = _asked(world, f"Bearer {forge.signed(roles=roles)}", "/v1/auditor/clinic-searches")
        assert answer.status_code in {401, 403, 404}, (roles, answer.text)


def _creates(route: Route) -> bool:
    return label(route) in {
        "POST /v1/applications",
        "POST /v1/me/legacy-policies",
        "POST /v1/me/employers",
        "POST /v1/represented-persons",
    }


@pytest.mark.parametrize("route", [route for route in guarded() if _creates(route)], ids=label)
def test_an_account_that_is_not_confirmed_files_nothing(world: World, forge: Forge, route: Route) -> None:
    problem(sent(world, route, "unconfirmed"), UNCONFIRMED_MAY)
    for assurance in (None, "simplified", "standard", "CONFIRMED", "verified", 3, ["confirmed"]):
        headers = {"Authorization": f"Bearer {forge.signed(assurance=assurance)}"}
        answer = sent(world, route, None, UNKNOWN_ID, headers=headers)
        assert answer.status_code in {401, 403}, (assurance, answer.text)


def test_a_session_that_was_ended_opens_nothing(world: World) -> None:
    visitor, stolen = Visitor(world), Visitor(world)
    visitor.sign_in("citizen")
    stolen.cookies = dict(visitor.cookies)
    assert stolen.call("GET", "/cabinet").status_code == 200
    visitor.send("/sign-out", {}, seen=visitor.open("/cabinet"))
    for path in ("/cabinet", "/cabinet/documents", "/operator", "/clinic"):
        answer = stolen.call("GET", path)
        assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/sign-in"), path
