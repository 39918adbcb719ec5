"""A session ends an hour after its last use, and half a day after it was opened at the latest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.session import IDLE_FOR, LONGEST, NOTED_EVERY, Session

OPENED = datetime(2026, 3, 16, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def session(seen_after=timedelta(0)):
    return Session(session_id="d", account_id="a", claims="{}", opened_at=OPENED, seen_at=OPENED + seen_after)


@given(st.timedeltas(min_value=timedelta(0), max_value=LONGEST))
def test_lives_to_the_second_of_its_end_and_no_longer(seen_after):
    made = session(seen_after)
    assert made.ends_at in {made.seen_at + IDLE_FOR, OPENED + LONGEST}
    assert made.ends_at <= OPENED + LONGEST
    assert made.is_live(at=made.ends_at - SECOND)
    assert not made.is_live(at=made.ends_at)


def test_a_use_is_noted_every_five_minutes():
    assert not session().is_to_be_noted(at=OPENED + NOTED_EVERY - SECOND)
    assert session().is_to_be_noted(at=OPENED + NOTED_EVERY)


def test_tells_nothing_of_who_it_is():
    assert "claims" not in repr(session())
    assert "session_id" not in repr(session())
