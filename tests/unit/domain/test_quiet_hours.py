"""Nobody is woken by a message that may wait; what is urgent comes at any hour (A5)."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.notifications import RULES, Channel, NotificationKind
from chalicelib.domain.quiet_hours import DEFAULT, NEVER, QuietHours, quiet_until
from chalicelib.domain.regions import REGIONS

KIND = NotificationKind.POLICY_ISSUED
TIMES = st.times().map(lambda t: t.replace(microsecond=0))
MOMENTS = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2028, 1, 1), timezones=st.just(UTC))


def until(at: datetime, *, region: str = "77", hours: QuietHours = DEFAULT, **wish) -> datetime | None:
    return quiet_until(**{"kind": KIND, "channel": Channel.SMS, "hours": hours, "region": region, "at": at, **wish})


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "region", "expected"),
    [
        (utc(16, 9), "77", None),
        (utc(16, 18, 59), "77", None),
        (utc(16, 19), "77", utc(17, 5)),
        (utc(17, 4, 59), "77", utc(17, 5)),
        (utc(17, 5), "77", None),
        # Kaliningrad, UTC+2
        (utc(16, 19, 59), "39", None),
        (utc(16, 20), "39", utc(17, 6)),
        # Kamchatka, UTC+12: the night begins at noon of Moscow
        (utc(16, 10), "41", utc(16, 20)),
        (utc(16, 20), "41", None),
        # nobody knows where: the clock of Moscow
        (utc(16, 19), "", utc(17, 5)),
        (utc(16, 19), "99", utc(17, 5)),
    ],
)
def test_waits_for_the_morning_of_the_region(at, region, expected) -> None:
    assert until(at, region=region) == expected


def test_the_regions_live_by_eleven_clocks() -> None:
    at = utc(16, 15)
    offsets = {region.utc_offset_hours for region in REGIONS.values()}
    assert len(offsets) == 11
    answers = {(region.utc_offset_hours, until(at, region=region.code)) for region in REGIONS.values()}
    assert len(answers) == 11


@pytest.mark.parametrize(
    "kind",
    [
        NotificationKind.ONE_TIME_CODE,
        NotificationKind.CONTACT_VERIFICATION_CODE,
        NotificationKind.EXTRACT_PICKUP_CODE,
        NotificationKind.CERTIFICATE_REVOKED,
        NotificationKind.POLICY_ANNULLED,
    ],
)
def test_what_is_urgent_comes_at_night(kind) -> None:
    assert RULES[kind].urgent
    assert until(utc(16, 23), kind=kind) is None


def test_a_letter_wakes_nobody() -> None:
    assert until(utc(16, 23), channel=Channel.EMAIL) is None


def test_quiet_hours_by_day_and_none_at_all() -> None:
    nap = QuietHours(begins=time(13), ends=time(15))
    assert until(utc(16, 10, 30), hours=nap) == utc(16, 12)
    assert until(utc(16, 12), hours=nap) is None
    assert until(utc(16, 23), hours=NEVER) is None


@given(at=MOMENTS, begins=TIMES, ends=TIMES, region=st.sampled_from(sorted(REGIONS)))
def test_what_waits_may_leave_at_its_moment_within_a_day(at, begins, ends, region) -> None:
    hours = QuietHours(begins=begins, ends=ends)
    waits = until(at, region=region, hours=hours)
    if waits is not None:
        assert timedelta(0) < waits - at <= timedelta(days=1)
        assert until(waits, region=region, hours=hours) is None
