from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.signing_code import (
    MAX_TRIES,
    ApplicationChallenge,
    Challenge,
    CodeNotAccepted,
    check_open,
    derive_code,
    matches,
    spend_try,
)

SENT = datetime(2026, 3, 16, 9, tzinfo=UTC)
SECRET = b"s" * 32
CHALLENGE = Challenge(challenge_id="c1", subject_digest="d", sent_at=SENT)


@given(st.binary(min_size=1, max_size=32), st.text(max_size=26))
def test_a_code_is_six_digits_and_always_the_same(secret, challenge_id):
    code = derive_code(secret=secret, challenge_id=challenge_id)

    assert len(code) == 6
    assert code.isascii()
    assert code.isdigit()
    assert code == derive_code(secret=secret, challenge_id=challenge_id)


def test_another_challenge_or_secret_has_another_code():
    codes = {derive_code(secret=SECRET, challenge_id=str(n)) for n in range(50)}

    assert len(codes) > 45
    assert derive_code(secret=b"t" * 32, challenge_id="1") != derive_code(secret=SECRET, challenge_id="1")


def test_only_its_code_matches():
    code = derive_code(secret=SECRET, challenge_id="c1")

    assert matches(secret=SECRET, challenge=CHALLENGE, code=code)
    for wrong in ("", code[:-1], code + "0", "٠" * 6, str((int(code) + 1) % 10**6).zfill(6)):
        assert not matches(secret=SECRET, challenge=CHALLENGE, code=wrong)


@pytest.mark.parametrize(
    ("challenge", "digest", "seconds", "reason"),
    [
        (None, "d", 0, "code_not_requested"),
        (CHALLENGE, "another", 0, "content_changed"),
        (CHALLENGE, "d", 300, "code_expired"),
        (replace(CHALLENGE, tries=5), "d", 0, "tries_spent"),
    ],
)
def test_is_closed_with_a_reason(challenge, digest, seconds, reason):
    with pytest.raises(CodeNotAccepted) as refusal:
        check_open(challenge=challenge, subject_digest=digest, at=SENT + timedelta(seconds=seconds))

    assert refusal.value.reason == reason
    assert refusal.value.tries_left == 0


def test_is_open_to_the_last_second_and_the_last_try():
    last = replace(CHALLENGE, tries=MAX_TRIES - 1)

    assert check_open(challenge=last, subject_digest="d", at=SENT + timedelta(seconds=299)) is last


def test_counts_tries_down_and_never_below_nothing():
    spent = CHALLENGE
    lefts = []
    for _ in range(MAX_TRIES + 1):
        spent = spend_try(challenge=spent)
        lefts.append(spent.tries_left)

    assert lefts == [4, 3, 2, 1, 0, 0]


def test_may_be_sent_again_after_a_minute():
    assert CHALLENGE.resend_at == SENT + timedelta(seconds=60)
    assert ApplicationChallenge(application_id="a", challenge=CHALLENGE).version == 1
