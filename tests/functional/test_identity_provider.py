"""The local OpenID provider over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import urllib3

from infra.local.identity_provider import running
from infra.local.persons import PERSONS

VERIFIER = "v" * 50
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
REDIRECT = "http://127.0.0.1:8000/callback?kept=1"
DEMONSTRATION = "urn:polis:demonstration"


class Clock:
    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        import time

        return time.time() + self.ahead


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def issuer(tmp_path, clock):
    with running(tmp_path, clock=clock) as url:
        yield url


def call(method, url, form=None, **headers):
    body = urlencode(form) if form is not None else None
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    return urllib3.request(method, url, body=body, headers=headers, redirect=False, retries=False)


def authorization(**changes):
    asked = {
        "response_type": "code",
        "client_id": "polis",
        "redirect_uri": REDIRECT,
        "scope": "openid profile",
        "state": "state-1",
        "nonce": "nonce-1",
        "code_challenge": CHALLENGE.decode(),
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in asked.items() if value is not None}


def answer_of(response):
    assert response.status == 303
    return {k: v[0] for k, v in parse_qs(urlsplit(response.headers["Location"]).query).items()}


def code_for(issuer, person="citizen"):
    chosen = call("POST", f"{issuer}/authorize", {**authorization(), "person": person})
    return answer_of(chosen)["code"]


def redeem(issuer, code, **changes):
    form = {
        "grant_type": "authorization_code",
        "client_id": "polis",
        "code": code,
        "redirect_uri": REDIRECT,
        "code_verifier": VERIFIER,
        **changes,
    }
    return call("POST", f"{issuer}/token", form)


def refresh(issuer, token):
    form = {"grant_type": "refresh_token", "client_id": "polis", "refresh_token": token}
    return call("POST", f"{issuer}/token", form)


def demonstrate(issuer, person):
    return call("POST", f"{issuer}/token", {"grant_type": DEMONSTRATION, "person": person})


def verified(issuer, token, audience="polis"):
    discovery = call("GET", f"{issuer}/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(call("GET", discovery["jwks_uri"]).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["ES256"], audience=audience, issuer=discovery["issuer"])


def test_signs_a_person_in_by_code_and_pkce(issuer):
    page = call("GET", f"{issuer}/authorize?{urlencode(authorization())}")
    assert page.status == 200
    assert "Примерова Анна Сергеевна" in page.data.decode()
    chosen = call("POST", f"{issuer}/authorize", {**authorization(), "person": "insured"})
    answer = answer_of(chosen)
    assert (answer["state"], answer["iss"], answer["kept"]) == ("state-1", issuer, "1")
    tokens = redeem(issuer, answer["code"])
    assert tokens.status == 200
    assert tokens.headers["Cache-Control"] == "no-store"
    login = verified(issuer, tokens.json()["id_token"])
    assert (login["nonce"], login["family_name"], login["assurance"]) == (
        "nonce-1",
        "Образцов",
        "confirmed",
    )
    access = verified(issuer, tokens.json()["access_token"])
    assert access["exp"] - access["iat"] == 3600
    assert access["identity_document"]["type"] == "14"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
        ({"person": "nobody"}, "access_denied"),
        ({"person": "deceased"}, "access_denied"),
    ],
)
def test_sends_errors_back_to_the_client(issuer, changes, error):
    answer = answer_of(call("GET", f"{issuer}/authorize?{urlencode(authorization(**changes))}"))
    assert (answer["error"], answer["state"]) == (error, "state-1")


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "stranger"},
        {"redirect_uri": "https://evil.example/"},
        {"redirect_uri": "http://127.0.0.1:80@evil.example/"},
        {"redirect_uri": "http://127.0.0.1.evil.example/"},
        {"redirect_uri": "http://127.0.0.1:8000\\@evil.example/"},
        {"redirect_uri": "http://127.0.0.1/#fragment"},
        {"redirect_uri": "//evil.example"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": None},
    ],
)
def test_sends_nobody_to_an_address_that_is_not_allowed(issuer, changes):
    response = call("GET", f"{issuer}/authorize?{urlencode(authorization(**changes))}")
    assert response.status == 400
    assert "Location" not in response.headers


def test_a_code_works_once_and_its_second_use_revokes_what_came_of_it(issuer):
    code = code_for(issuer)
    token = redeem(issuer, code).json()["refresh_token"]
    assert redeem(issuer, code).json() == {"error": "invalid_grant"}
    assert refresh(issuer, token).json() == {"error": "invalid_grant"}


def test_a_code_is_good_for_a_minute(issuer, clock):
    code = code_for(issuer)
    clock.ahead = 61
    assert redeem(issuer, code).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 50}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:8000/other"}, "invalid_grant"),
        ({"client_id": "stranger"}, "invalid_client"),
        ({"code": "guess"}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_refuses_a_wrong_redemption(issuer, changes, error):
    response = redeem(issuer, **{"code": code_for(issuer), **changes})
    assert (response.status, response.json()) == (400, {"error": error})


def test_rotates_refresh_tokens_and_revokes_them_all_when_one_is_replayed(issuer):
    first = demonstrate(issuer, "citizen").json()["refresh_token"]
    second = refresh(issuer, first).json()["refresh_token"]
    assert second != first
    assert refresh(issuer, first).json() == {"error": "invalid_grant"}
    assert refresh(issuer, second).json() == {"error": "invalid_grant"}


def test_gives_every_person_who_signs_in_a_token_and_no_one_else(issuer):
    for person in PERSONS:
        response = demonstrate(issuer, person.key)
        if not person.signs_in:
            assert response.json() == {"error": "invalid_grant"}
            continue
        claims = verified(issuer, response.json()["access_token"])
        assert claims["snils"] == person.snils
        assert claims["roles"] == list(person.roles)


def test_tells_user_info_for_an_access_token_only(issuer):
    tokens = demonstrate(issuer, "operator").json()
    told = call("GET", f"{issuer}/userinfo", Authorization=f"Bearer {tokens['access_token']}")
    assert (told.json()["insurer"], told.json()["region"]) == ("77012", "77")
    for wrong in (tokens["id_token"], tokens["access_token"][:-4] + "AAAA", ""):
        refused = call("GET", f"{issuer}/userinfo", Authorization=f"Bearer {wrong}")
        assert refused.status == 401
        assert "invalid_token" in refused.headers["WWW-Authenticate"]


def test_an_access_token_expires_in_an_hour(issuer, clock):
    token = demonstrate(issuer, "citizen").json()["access_token"]
    clock.ahead = 3601
    assert call("GET", f"{issuer}/userinfo", Authorization=f"Bearer {token}").status == 401


def test_key_refresh_tokens_and_added_persons_survive_a_restart(tmp_path):
    claims = {"sub": "g-1", "assurance": "confirmed", "roles": ["citizen"], "given_name": "Яна"}
    with running(tmp_path) as url:
        keys = call("GET", f"{url}/jwks.json").json()
        added = urllib3.request("POST", f"{url}/control/persons", json={"key": "g1", "claims": claims})
        assert added.status == 201
        token = demonstrate(url, "g1").json()["refresh_token"]
    with running(tmp_path) as url:
        assert call("GET", f"{url}/jwks.json").json() == keys
        renewed = refresh(url, token).json()["access_token"]
        assert verified(url, renewed)["given_name"] == "Яна"
    assert "d" not in keys["keys"][0]
    assert (tmp_path / "identity_provider.pem").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"key": "UP", "claims": {"sub": "1", "assurance": "confirmed", "roles": []}},
        {"key": "a", "claims": {"sub": "1", "assurance": "great", "roles": []}},
        {"key": "a", "claims": {"sub": 1, "assurance": "confirmed", "roles": []}},
    ],
)
def test_refuses_to_add_what_is_no_person(issuer, body):
    assert urllib3.request("POST", f"{issuer}/control/persons", json=body).status == 422


def test_signs_out_to_allowed_addresses_only(issuer):
    asked = urlencode({"post_logout_redirect_uri": "http://localhost:8000/", "state": "s"})
    back = call("GET", f"{issuer}/end_session?{asked}")
    assert back.headers["Location"] == "http://localhost:8000/?state=s"
    evil = urlencode({"post_logout_redirect_uri": "https://evil.example/"})
    assert call("GET", f"{issuer}/end_session?{evil}").status == 400
    assert "Вы вышли" in call("GET", f"{issuer}/end_session").data.decode()


def test_lists_the_persons_with_a_command_for_a_token(issuer):
    home = call("GET", f"{issuer}/").data.decode()
    assert f"curl -s {issuer}/token -d grant_type={DEMONSTRATION} -d person=auditor" in home
    assert 'lang="ru"' in home


def test_escapes_what_the_request_carries(issuer):
    asked = urlencode(authorization(state='"><script>'))
    page = call("GET", f"{issuer}/authorize?{asked}")
    assert b"<script>" not in page.data


def test_lets_only_pages_of_this_machine_read_answers(issuer):
    near = call("GET", f"{issuer}/jwks.json", Origin="http://localhost:8000")
    assert near.headers["Access-Control-Allow-Origin"] == "http://localhost:8000"
    far = call("GET", f"{issuer}/jwks.json", Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in far.headers


def test_refuses_a_foreign_host_name(issuer):
    assert call("GET", f"{issuer}/health", Host="rebound.example").status == 421
    assert json.loads(call("GET", f"{issuer}/health").data) == {"status": "ok"}
