from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import StateConflict
from chalicelib.domain.regions import REGIONS
from chalicelib.domain.temporary_certificate import (
    WARNINGS,
    CertificateState,
    CertificateStep,
    TemporaryCertificate,
    first_step,
    left_at,
    reinstated,
    revoke,
    take_step,
)
from chalicelib.domain.terms import Term, TermUnit

OFFSETS = sorted({region.utc_offset_hours for region in REGIONS.values()})
ISSUED = date(2026, 3, 16)
VALID_FOR = timedelta(days=30)
STEPS = (CertificateStep.WARN_7_DAYS, CertificateStep.WARN_1_DAY, CertificateStep.EXPIRE)
WORKING_TERM = Term(days=45, unit=TermUnit.WORKING)
WORKING_STEPS = (
    (CertificateStep.WARN_10_WORKING_DAYS, date(2026, 3, 4), 10),
    (CertificateStep.WARN_3_WORKING_DAYS, date(2026, 3, 16), 10),
    (CertificateStep.WARN_1_WORKING_DAY, date(2026, 3, 18), 10),
    (CertificateStep.EXPIRE, date(2026, 3, 19), 0),
)


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


def issued(term, on, **more):
    step = first_step(term=term, issued_on=on)
    return certificate(issued_on=on, valid_until=term.end(start=on), next_step=step, **more)


def noon(day):
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)  # in Moscow


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


@pytest.mark.parametrize("offset", OFFSETS)
def test_45_working_days_from_12_january_2026_end_with_18_march(offset):
    present = issued(WORKING_TERM, date(2026, 1, 12), utc_offset_hours=offset)
    zone, done = timezone(timedelta(hours=offset)), []
    assert present.valid_until == date(2026, 3, 19)
    while (at := present.next_step_at) is not None:
        step, present = take_step(certificate=present, at=at)
        done.append((step, at.astimezone(zone).date(), at.astimezone(zone).hour))
    assert tuple(done) == WORKING_STEPS
    assert present.state is CertificateState.EXPIRED


@pytest.mark.parametrize(
    ("day", "step", "left"),
    [
        (date(2026, 3, 4), CertificateStep.WARN_10_WORKING_DAYS, 10),
        (date(2026, 3, 7), CertificateStep.WARN_10_WORKING_DAYS, 7),  # a Saturday; Monday is off
        (date(2026, 3, 15), CertificateStep.WARN_10_WORKING_DAYS, 3),
        (date(2026, 3, 16), CertificateStep.WARN_3_WORKING_DAYS, 3),
        (date(2026, 3, 17), CertificateStep.WARN_3_WORKING_DAYS, 2),
        (date(2026, 3, 18), CertificateStep.WARN_1_WORKING_DAY, 1),
    ],
)
def test_a_late_warning_is_the_last_one_due_and_tells_what_is_left(day, step, left):
    present = issued(WORKING_TERM, date(2026, 1, 12))
    taken, changed = take_step(certificate=present, at=noon(day))
    assert taken is step
    assert left_at(certificate=changed, step=taken, at=noon(day)) == left
    assert changed.next_step_at > noon(day)


@pytest.mark.parametrize(
    ("term", "first"),
    [
        (Term(days=30, unit=TermUnit.CALENDAR), CertificateStep.WARN_7_DAYS),
        (Term(days=8, unit=TermUnit.CALENDAR), CertificateStep.WARN_7_DAYS),
        (Term(days=7, unit=TermUnit.CALENDAR), CertificateStep.WARN_1_DAY),
        (Term(days=1, unit=TermUnit.CALENDAR), CertificateStep.EXPIRE),
        (Term(days=45, unit=TermUnit.WORKING), CertificateStep.WARN_10_WORKING_DAYS),
        (Term(days=9, unit=TermUnit.WORKING), CertificateStep.WARN_3_WORKING_DAYS),
        (Term(days=2, unit=TermUnit.WORKING), CertificateStep.WARN_1_WORKING_DAY),
    ],
)
def test_a_short_term_has_only_the_warnings_that_lie_in_it(term, first):
    assert first_step(term=term, issued_on=ISSUED) is first


@given(
    st.builds(Term, days=st.integers(1, 90), unit=st.sampled_from(TermUnit)),
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    st.lists(st.integers(1, 60), min_size=1, max_size=8),
)
def test_however_many_runs_are_missed_each_warning_is_true_and_the_end_comes(term, on, pauses):
    present, day, said = issued(term, on), on, []
    for pause in [*pauses, 400]:
        day += timedelta(days=pause)
        try:
            step, present = take_step(certificate=present, at=noon(day))
        except StateConflict:
            continue
        said.append(step)
        if step in WARNINGS:
            left = left_at(certificate=present, step=step, at=noon(day))
            assert WARNINGS[step].unit is term.unit
            assert 0 <= left <= WARNINGS[step].days
            assert day < present.valid_until
    assert said[-1] is CertificateStep.EXPIRE
    assert len(set(said)) == len(said)


class TestReinstated:
    """A revoked one counts again to the end of its term."""

    @pytest.mark.parametrize(
        ("days", "step"),
        [
            (0, CertificateStep.WARN_7_DAYS),
            (22, CertificateStep.WARN_7_DAYS),
            (23, CertificateStep.WARN_1_DAY),
            (28, CertificateStep.WARN_1_DAY),
            (29, CertificateStep.EXPIRE),
        ],
    )
    def test_with_the_warnings_that_are_ahead(self, days, step):
        revoked = revoke(certificate=certificate(), at=noon(ISSUED))
        at = certificate(next_step=CertificateStep.WARN_7_DAYS).next_step_at + timedelta(days=days - 23)
        again = reinstated(certificate=revoked, unit=TermUnit.CALENDAR, at=at)
        assert (again.state, again.next_step, again.ended_at) == (CertificateState.ACTIVE, step, None)
        assert again.next_step_at > at

    def test_at_the_very_moment_of_a_warning_the_next_one_is_ahead(self):
        revoked = revoke(certificate=certificate(), at=noon(ISSUED))
        moment = certificate(next_step=CertificateStep.WARN_7_DAYS).next_step_at
        assert (
            reinstated(certificate=revoked, unit=TermUnit.CALENDAR, at=moment).next_step is CertificateStep.WARN_1_DAY
        )
        before = reinstated(certificate=revoked, unit=TermUnit.CALENDAR, at=moment - timedelta(seconds=1))
        assert before.next_step is CertificateStep.WARN_7_DAYS

    def test_by_the_warnings_of_its_unit(self):
        revoked = revoke(certificate=issued(WORKING_TERM, date(2026, 1, 12)), at=noon(date(2026, 1, 13)))
        again = reinstated(certificate=revoked, unit=TermUnit.WORKING, at=noon(date(2026, 1, 13)))
        assert again.next_step is CertificateStep.WARN_10_WORKING_DAYS

    @pytest.mark.parametrize("state", [CertificateState.ACTIVE, CertificateState.EXPIRED])
    def test_only_what_was_revoked_and_has_time_left(self, state):
        with pytest.raises(StateConflict):
            reinstated(certificate=certificate(state=state), unit=TermUnit.CALENDAR, at=noon(ISSUED))
        revoked = revoke(certificate=certificate(), at=noon(ISSUED))
        end = certificate(next_step=CertificateStep.EXPIRE).next_step_at
        assert (
            reinstated(certificate=revoked, unit=TermUnit.CALENDAR, at=end - timedelta(seconds=1)).state.value
            == "active"
        )
        with pytest.raises(StateConflict):
            reinstated(certificate=revoked, unit=TermUnit.CALENDAR, at=end)


def test_a_step_is_taken_at_its_very_moment_and_not_before():
    found = certificate(next_step=CertificateStep.WARN_7_DAYS)
    moment = found.next_step_at
    with pytest.raises(StateConflict):
        take_step(certificate=found, at=moment - timedelta(seconds=1))
    assert take_step(certificate=found, at=moment)[0] is CertificateStep.WARN_7_DAYS
    last = certificate(next_step=CertificateStep.WARN_1_DAY).next_step_at
    assert take_step(certificate=found, at=last)[0] is CertificateStep.WARN_1_DAY
    assert take_step(certificate=found, at=last - timedelta(seconds=1))[0] is CertificateStep.WARN_7_DAYS
    with pytest.raises(StateConflict):
        take_step(certificate=replace(found, next_step=None), at=moment)


def test_only_a_revoked_one_has_a_day_of_its_revocation():
    for state in CertificateState:
        found = certificate(state=state, ended_at=noon(ISSUED))
        assert found.revoked_on == (ISSUED if state is CertificateState.REVOKED else None)
        assert replace(found, ended_at=None).revoked_on is None
