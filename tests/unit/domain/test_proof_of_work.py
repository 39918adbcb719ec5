from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta

import altcha
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.proof_of_work import HARDEST, NONCES, VALID_FOR, make_challenge, solved

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
KEY = b"k" * 32
NONCE_OF_TESTS = st.integers(0, NONCES - 1)


def challenge(**more):
    return dict(make_challenge(**{"key": KEY, "nonce": 7, "number": 5, "difficulty": 1000, "at": AT, **more}))


def solution(given, number=5, **more):
    payload = {name: given[name] for name in ("algorithm", "challenge", "salt", "signature")}
    return written({**payload, "number": number, "took": 12, **more})


def written(payload):
    return base64.b64encode(json.dumps(payload).encode()).decode()


def refusal(text, at=AT, key=KEY):
    with pytest.raises(InvalidValue) as refused:
        solved(key=key, text=text, at=at)
    return refused.value.reason


@given(NONCE_OF_TESTS, st.integers(0, 1000))
def test_accepts_what_the_reference_implementation_solves(nonce, number):
    asked = challenge(nonce=nonce, number=number)
    found = altcha.solve_challenge_v1(asked["challenge"], asked["salt"], "SHA-256", asked["maxnumber"])
    assert found.number == number
    taken = solved(key=KEY, text=solution(asked, found.number), at=AT)
    assert taken.challenge == asked["challenge"]
    assert taken.expires_at == AT + VALID_FOR


@given(NONCE_OF_TESTS, st.integers(0, HARDEST))
def test_the_reference_implementation_accepts_it_too(nonce, number):
    asked = challenge(nonce=nonce, number=number, at=datetime.now(tz=UTC))
    assert altcha.verify_solution_v1(solution(asked, number), KEY) == (True, None)
    assert altcha.verify_solution_v1(solution(asked, number + 1), KEY)[0] is False


@given(NONCE_OF_TESTS, st.integers(0, HARDEST), st.integers(0, HARDEST))
def test_no_other_number_solves_it(nonce, number, other):
    asked = challenge(nonce=nonce, number=number)
    if other == number:
        solved(key=KEY, text=solution(asked, other), at=AT)
    else:
        assert refusal(solution(asked, other)) == "proof_wrong"


def test_counts_until_its_last_second():
    asked = challenge()
    solved(key=KEY, text=solution(asked), at=AT + VALID_FOR - timedelta(seconds=1))
    assert refusal(solution(asked), at=AT + VALID_FOR) == "proof_expired"


def test_the_expiry_cannot_be_moved_by_taking_digits_of_the_number():
    asked = challenge(number=12345)
    moved = asked["salt"].removesuffix("&") + "12345"
    unended = hashlib.sha256(moved.encode()).hexdigest()
    for salt, number in (
        (asked["salt"] + "1", 2345),
        (asked["salt"].removesuffix("&"), 12345),
        (asked["salt"].replace("?expires=1", "?expires=9"), 12345),
        (asked["salt"] + "expires=9999999999&", 12345),
    ):
        assert refusal(solution(asked, number, salt=salt)) == "proof_wrong"
    assert refusal(solution(asked, 5, salt=moved[:-1], challenge=unended)) == "proof_wrong"


def test_a_challenge_of_another_key_is_not_ours():
    assert refusal(solution(challenge(key=b"x" * 32))) == "proof_wrong"


def test_a_challenge_that_somebody_else_made_is_not_ours():
    salt = challenge()["salt"]
    made = hashlib.sha256(f"{salt}1".encode()).hexdigest()
    for signature in ("", "0" * 64, challenge()["signature"]):
        assert refusal(solution(challenge(), 1, challenge=made, signature=signature)) == "proof_wrong"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "e30",
        "я",
        written([]),
        written(None),
        written({}),
        base64.b64encode(b"\xff\xfe").decode(),
        base64.b64encode(b"[" * 1400).decode(),
        base64.b64encode(b'{"number": ' + b"1" * 1400 + b"}").decode(),
        solution(challenge(), number="5"),
        solution(challenge(), number=5.0),
        solution(challenge(), number=True),
        solution(challenge(), number=-1),
        solution(challenge(), number=HARDEST + 1),
        solution(challenge(), number=float("nan")),
        solution(challenge(), algorithm="SHA-1"),
        solution(challenge(), algorithm=None),
        solution(challenge(), salt=5),
        solution(challenge(), salt="\ud800"),
        solution(challenge(), challenge="я" * 64),
        solution(challenge(), signature=["x"]),
    ],
)
def test_says_of_what_is_no_solution_that_it_cannot_be_read(text):
    assert refusal(text) == "proof_unreadable"


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda raw: base64.b64encode(raw).decode()))
def test_survives_whatever_is_sent(text):
    assert refusal(text) in {"proof_unreadable", "proof_wrong"}
