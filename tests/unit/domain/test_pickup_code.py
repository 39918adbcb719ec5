from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.pickup_code import (
    MAX_TRIES,
    Pickup,
    check_tries,
    derive_pickup_code,
    pickup_matches,
    spend_pickup_try,
)
from chalicelib.domain.signing_code import CodeNotAccepted, derive_code

SENT_AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
SECRETS = st.binary(min_size=1, max_size=64)
IDS = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)


@given(secret=SECRETS, pickup_id=IDS)
def test_has_eight_digits_and_opens_its_own_pickup_only(secret, pickup_id):
    pickup = Pickup(pickup_id=pickup_id, sent_at=SENT_AT)
    code = derive_pickup_code(secret=secret, pickup_id=pickup_id)
    assert len(code) == 8
    assert code.isdigit()
    assert pickup_matches(secret=secret, pickup=pickup, code=code)
    assert not pickup_matches(secret=secret, pickup=pickup, code=str((int(code) + 1) % 10**8).zfill(8))
    assert not pickup_matches(secret=secret, pickup=pickup, code="код")


def test_is_another_than_a_signing_code_of_the_same_id():
    code = derive_pickup_code(secret=b"secret", pickup_id="id")
    assert derive_code(secret=b"secret", challenge_id="id", digits=8) != code
    assert not code.endswith(derive_code(secret=b"secret", challenge_id="id"))


def test_closes_after_five_wrong_tries():
    pickup = Pickup(pickup_id="x", sent_at=SENT_AT)
    for spent in range(MAX_TRIES):
        check_tries(pickup=pickup)
        assert pickup.tries_left == MAX_TRIES - spent
        pickup = spend_pickup_try(pickup=pickup)
    with pytest.raises(CodeNotAccepted) as refusal:
        check_tries(pickup=pickup)
    assert (refusal.value.reason, refusal.value.tries_left) == ("tries_spent", 0)


def test_another_may_be_asked_for_after_a_minute():
    assert Pickup(pickup_id="x", sent_at=SENT_AT).resend_at == SENT_AT + timedelta(minutes=1)
