from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest

from chalicelib.domain.appointment import (
    APPOINTMENT_TRANSITIONS,
    Appointment,
    AppointmentEvent,
    AppointmentState,
    AppointmentStep,
    answer_mistakes,
    appointment_rule,
    move_appointment,
    proof_to_attach,
    wish_mistakes,
)
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.records import DocumentType, StoredDocument

AT = datetime(2026, 3, 16, 21, 30, tzinfo=UTC)
TODAY = date(2026, 3, 16)
DAY = timedelta(days=1)
ASKED = AppointmentStep(event=None, state=AppointmentState.REQUESTED, at=AT, actor=SYSTEM)
APPOINTMENT = Appointment(
    appointment_id="1",
    person_id="p",
    account_id="p",
    clinic_code="770001",
    doctor_id="d",
    state=AppointmentState.REQUESTED,
    requested_at=AT,
    utc_offset_hours=3,
    wished_from=TODAY,
    wished_until=TODAY,
    document_id="d",
    document_type=DocumentType.EXTRACT,
    history=(ASKED,),
)
EXTRACT, POLICY, CERTIFICATE = DocumentType.EXTRACT, DocumentType.POLICY, DocumentType.TEMPORARY_CERTIFICATE


def coded(mistakes):
    return [(mistake.field, mistake.code) for mistake in mistakes]


def document(document_id, document_type, *, subject="s", **changed):
    made = StoredDocument(
        document_id=document_id,
        person_id="p",
        document_type=document_type,
        subject_id=subject,
        application_id="",
        object_key="k",
        ordered_at=AT,
        made_at=AT,
    )
    return replace(made, **changed)


@pytest.mark.parametrize("rule", APPOINTMENT_TRANSITIONS, ids=lambda rule: rule.event.value)
def test_each_arrow_is_followed_once_and_remembered(rule):
    moved = move_appointment(appointment=APPOINTMENT, event=rule.event, at=AT + DAY, actor=SYSTEM)

    assert (moved.state, moved.is_live, APPOINTMENT.is_live) == (rule.target, False, True)
    assert moved.history == (ASKED, AppointmentStep(event=rule.event, state=rule.target, at=AT + DAY, actor=SYSTEM))
    assert [moved.has_just(event) for event in AppointmentEvent] == [event is rule.event for event in AppointmentEvent]
    for event in AppointmentEvent:
        with pytest.raises(StateConflict):
            appointment_rule(state=moved.state, event=event)


def test_a_person_is_told_what_the_clinic_did():
    told = {rule.entry: rule.notification for rule in APPOINTMENT_TRANSITIONS}
    assert told == {
        "appointment_acknowledged": "appointment_acknowledged",
        "appointment_declined": "appointment_declined",
        "appointment_withdrawn": None,
    }


def test_the_day_is_that_of_the_clinic():
    assert APPOINTMENT.local_day(AT) == date(2026, 3, 17)
    assert replace(APPOINTMENT, utc_offset_hours=2).local_day(AT) == TODAY
    assert APPOINTMENT.local_day(AT.astimezone()) == date(2026, 3, 17)


@pytest.mark.parametrize(
    ("begins", "ends", "mistakes"),
    [
        (0, 0, []),
        (0, 60, []),
        (60, 60, []),
        (-1, 0, [("wished_from", "in_the_past")]),
        (1, 0, [("wished_until", "before_first")]),
        (0, 61, [("wished_until", "too_far")]),
        (-1, -2, [("wished_from", "in_the_past"), ("wished_until", "before_first")]),
    ],
)
def test_wished_days_lie_ahead_and_within_sixty_days(begins, ends, mistakes):
    found = wish_mistakes(wished_from=TODAY + begins * DAY, wished_until=TODAY + ends * DAY, on=TODAY)
    assert coded(found) == mistakes


@pytest.mark.parametrize(
    ("is_acknowledged", "starts_at", "answer", "mistakes"),
    [
        (True, AT + timedelta(seconds=1), "", []),
        (True, AT + 60 * DAY, "", []),
        (True, None, "Приходите", [("starts_at", "required")]),
        (True, AT, "", [("starts_at", "out_of_range")]),
        (True, AT + 60 * DAY + timedelta(seconds=1), "", [("starts_at", "out_of_range")]),
        (False, None, "Врач в отпуске", []),
        (False, AT + DAY, "", [("answer", "required")]),
    ],
)
def test_an_answer_names_the_time_or_the_reason(is_acknowledged, starts_at, answer, mistakes):
    found = answer_mistakes(is_acknowledged=is_acknowledged, starts_at=starts_at, answer=answer, at=AT)
    assert coded(found) == mistakes


def test_the_newest_extract_proves_best_then_the_policy_then_the_certificate():
    by_rank = [document("9", CERTIFICATE), document("8", POLICY), document("1", EXTRACT), document("2", EXTRACT)]
    while by_rank:
        for some in permutations(by_rank):
            assert proof_to_attach(documents=some, subjects=["s", "other"]) == by_rank[-1]
        by_rank.pop()
    assert proof_to_attach(documents=[], subjects=["s"]) is None


@pytest.mark.parametrize(
    "useless",
    [
        document("1", EXTRACT, made_at=None),
        document("1", EXTRACT, superseded=True),
        document("1", EXTRACT, subject="ended"),
        document("1", DocumentType.RECEIPT),
    ],
    ids=["not made yet", "superseded", "of what ended", "no proof"],
)
def test_what_proves_nothing_now_is_passed_by(useless):
    assert proof_to_attach(documents=[useless], subjects=["s"]) is None
    assert proof_to_attach(documents=[document("0", CERTIFICATE), useless], subjects=["s"]).document_id == "0"
