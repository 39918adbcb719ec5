from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import StateConflict
from chalicelib.domain.regions import REGIONS
from chalicelib.domain.temporary_certificate import (
    VALID_FOR,
    CertificateState,
    CertificateStep,
    TemporaryCertificate,
    revoke,
    take_step,
)

OFFSETS = sorted({region.utc_offset_hours for region in REGIONS.values()})
ISSUED = date(2026, 3, 16)
STEPS = (CertificateStep.WARN_7_DAYS, CertificateStep.WARN_1_DAY, CertificateStep.EXPIRE)


def certificate(offset=3, **more):
    known = {
        "number": "1",
        "person_id": "p",
        "application_id": "a",
        "account_id": "c",
        "insurer_code": "77012",
        "region": "77",
        "issued_on": ISSUED,
        "valid_until": ISSUED + VALID_FOR,
        "utc_offset_hours": offset,
        "state": CertificateState.ACTIVE,
        "status_index": 1,
    }
    return TemporaryCertificate(**{**known, **more})


def test_there_are_eleven_time_zones():
    assert list(range(2, 13)) == OFFSETS


@pytest.mark.parametrize("offset", OFFSETS)
@pytest.mark.parametrize(
    ("step", "day", "hour"),
    [
        (CertificateStep.WARN_7_DAYS, date(2026, 4, 8), 10),
        (CertificateStep.WARN_1_DAY, date(2026, 4, 14), 10),
        (CertificateStep.EXPIRE, date(2026, 4, 15), 0),
    ],
)
def test_acts_at_the_local_hour_and_never_earlier(offset, step, day, hour):
    waiting = certificate(offset, next_step=step)
    due = datetime(day.year, day.month, day.day, hour, tzinfo=timezone(timedelta(hours=offset)))

    assert waiting.next_step_at == due
    with pytest.raises(StateConflict):
        take_step(certificate=waiting, at=due - timedelta(microseconds=1))
    assert take_step(certificate=waiting, at=due)[0] is step


def test_goes_through_all_steps_to_its_end():
    present, done = certificate(), []
    while present.next_step_at is not None:
        step, present = take_step(certificate=present, at=present.next_step_at)
        done.append(step)

    assert tuple(done) == STEPS
    assert present.state is CertificateState.EXPIRED
    assert present.ended_at == datetime(2026, 4, 14, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "step", "state"),
    [
        (date(2026, 4, 14), CertificateStep.WARN_1_DAY, CertificateState.ACTIVE),
        (date(2026, 4, 20), CertificateStep.EXPIRE, CertificateState.EXPIRED),
    ],
)
def test_missed_runs_are_made_good_by_the_last_step_only(day, step, state):
    taken, changed = take_step(certificate=certificate(), at=datetime(day.year, day.month, day.day, 12, tzinfo=UTC))

    assert taken is step
    assert changed.state is state


@given(st.sampled_from(OFFSETS), st.datetimes(datetime(2026, 3, 16), datetime(2026, 5, 1), timezones=st.just(UTC)))
def test_never_ends_before_the_local_day_is_over(offset, at):
    try:
        _, changed = take_step(certificate=certificate(offset), at=at)
    except StateConflict:
        return
    local = at.astimezone(timezone(timedelta(hours=offset))).date()
    assert (changed.state is CertificateState.EXPIRED) == (local >= ISSUED + VALID_FOR)


@pytest.mark.parametrize("state", [CertificateState.REVOKED, CertificateState.EXPIRED])
def test_nothing_happens_to_what_has_ended(state):
    ended = certificate(state=state)

    with pytest.raises(StateConflict):
        take_step(certificate=ended, at=datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(StateConflict):
        revoke(certificate=ended, at=datetime(2027, 1, 1, tzinfo=UTC))


def test_a_revoked_one_waits_for_nothing():
    at = datetime(2026, 3, 20, 22, tzinfo=UTC)
    revoked = revoke(certificate=certificate(), at=at)

    assert revoked.next_step_at is None
    assert revoked.ended_at == at
    with pytest.raises(StateConflict):
        take_step(certificate=replace(certificate(), next_step=None), at=datetime(2027, 1, 1, tzinfo=UTC))


def test_is_valid_on_the_days_of_its_half_open_term():
    days = [ISSUED - timedelta(days=1), ISSUED, date(2026, 4, 14), date(2026, 4, 15)]

    assert [certificate().is_valid_on(day) for day in days] == [False, True, True, False]


def test_a_revoked_one_was_valid_until_the_local_day_of_its_end():
    revoked = revoke(certificate=certificate(), at=datetime(2026, 3, 20, 22, tzinfo=UTC))

    assert [revoked.is_valid_on(date(2026, 3, day)) for day in (16, 20, 21)] == [True, True, False]
    assert certificate(state=CertificateState.REVOKED).is_valid_on(ISSUED)
