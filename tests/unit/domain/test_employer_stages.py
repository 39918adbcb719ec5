"""Requests of employers: stages, places, progress, and what an employee lets an employer know (requirement K2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from chalicelib.domain.employee_consent import (
    CONSENT_STATE_TITLES,
    ConsentState,
    EmployeeConsent,
    decide_consent,
)
from chalicelib.domain.employer import EMPLOYER_REFUSALS, EMPLOYER_STATE_TITLES, EmployerState
from chalicelib.domain.employer_request import (
    CHUNK_ROWS,
    MAX_BYTES,
    MAX_LISTS,
    MAX_ROWS,
    MEDIA_TYPES,
    RESTING,
    STAGE_TITLES,
    EmployerRequest,
    RequestStage,
    StaffList,
    at_stage,
    progress_of,
)
from chalicelib.domain.errors import DomainError, InvalidValue, StateConflict

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
R, C = RequestStage, ConsentState
REQUEST = EmployerRequest(
    request_id="r",
    employer_id="e",
    account_id="a",
    organisation_id="o",
    number="1",
    from_on=date(2026, 3, 1),
    until_on=date(2026, 3, 2),
    asked_at=AT,
    utc_offset_hours=3,
    work_id="w",
    updated_at=AT,
)
STAGES = {
    (R.AWAITING_LIST, R.READING),
    (R.READING, R.CHECKING),
    (R.READING, R.AWAITING_LIST),
    (R.READING, R.READY),
    (R.CHECKING, R.ASKING),
    (R.ASKING, R.WRITING),
    (R.WRITING, R.READY),
    (R.READY, R.READING),
    (R.READY, R.CHECKING),
}
CONSENTS = {
    (C.ASKED, C.GIVEN),
    (C.ASKED, C.REFUSED),
    (C.GIVEN, C.REVOKED),
    (C.REFUSED, C.GIVEN),
    (C.REVOKED, C.GIVEN),
}


def a_list(number: int, rows: int) -> StaffList:
    chunks = -(-rows // CHUNK_ROWS)
    return StaffList(
        list_id=str(number),
        number=number,
        media_type=MEDIA_TYPES[0],
        object_key="k",
        ordered_at=AT,
        rows=rows,
        chunks=chunks,
    )


@pytest.mark.parametrize(("one", "other"), list(product(R, R)))
def test_only_these_stages_follow_one_another(one: RequestStage, other: RequestStage) -> None:
    begun = replace(REQUEST, stage=one, cursor=7)
    if (one, other) in STAGES:
        moved = at_stage(begun, other, at=AT + timedelta(hours=1))
        assert (moved.stage, moved.cursor, moved.stage_started_at) == (other, 0, AT + timedelta(hours=1))
        return
    with pytest.raises(StateConflict) as refusal:
        at_stage(begun, other, at=AT)
    assert STAGE_TITLES[one].lower() in refusal.value.detail


@pytest.mark.parametrize(("one", "other"), list(product(C, C)))
def test_an_employee_may_change_the_mind_and_nobody_else(one: ConsentState, other: ConsentState) -> None:
    consent = EmployeeConsent(person_id="p", organisation_id="o", organisation_name="", asked_at=AT, state=one)
    if (one, other) in CONSENTS:
        decided = decide_consent(consent=consent, state=other, at=AT)
        assert (decided.state, decided.decided_at) == (other, AT)
        return
    with pytest.raises(StateConflict) as refusal:
        decide_consent(consent=consent, state=other, at=AT)
    assert CONSENT_STATE_TITLES[one].lower() in refusal.value.detail


def test_the_bounds_are_those_that_are_promised() -> None:
    assert (MAX_ROWS, MAX_BYTES, MAX_LISTS, CHUNK_ROWS) == (100_000, 26_214_400, 50, 2_000)
    assert MEDIA_TYPES == ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    assert {R.AWAITING_LIST, R.READY} == RESTING
    assert set(EMPLOYER_STATE_TITLES) == set(EmployerState)
    assert {"powers_revoked", "organisation_closed", "not_authorised"} <= set(EMPLOYER_REFUSALS)


def test_a_cursor_goes_through_all_lists() -> None:
    lists = (a_list(1, 4_001), a_list(2, 1), a_list(3, 2_000))
    several = replace(REQUEST, lists=lists)
    assert (several.chunks, several.rows) == (5, 6_002)
    assert [(one.number, chunk) for one, chunk in map(several.place_of, range(5))] == [
        (1, 0),
        (1, 1),
        (1, 2),
        (2, 0),
        (3, 0),
    ]
    with pytest.raises(StateConflict):
        several.place_of(5)
    assert [a_list(1, rows).is_read for rows in (0, 1)] == [False, True]


@pytest.mark.parametrize(
    ("stage", "cursor", "progress"),
    [
        (R.AWAITING_LIST, 0, (5_000, 0, 0, 0)),
        (R.READING, 0, (5_000, 0, 0, None)),
        (R.READY, 0, (5_000, 5_000, 100, 0)),
        (R.CHECKING, 0, (5_000, 0, 0, None)),
        (R.CHECKING, 1, (5_000, 2_000, 40, 90)),
        (R.ASKING, 2, (5_000, 3_000, 60, 40)),
        (R.ASKING, 3, (5_000, 5_000, 100, 0)),
    ],
)
def test_progress_is_told_by_rows_and_time_by_what_was_done(
    stage: RequestStage, cursor: int, progress: tuple[int, int, int, int | None]
) -> None:
    lists = (a_list(1, 3_000), a_list(2, 2_000))
    begun = replace(REQUEST, stage=stage, cursor=cursor, lists=lists, stage_started_at=AT)
    found = progress_of(begun, at=AT + timedelta(seconds=60))
    assert (found.rows, found.rows_done, found.percent, found.seconds_left) == progress
    empty = progress_of(replace(begun, lists=(), cursor=0), at=AT)
    assert (empty.rows, empty.rows_done) == (0, 0)
    untimed = progress_of(replace(begun, stage_started_at=None), at=AT)
    assert untimed.percent == found.percent


def test_errors_have_codes_that_clients_know() -> None:
    assert (DomainError.code, InvalidValue.code, StateConflict.code) == (
        "domain_error",
        "invalid_value",
        "state_conflict",
    )
