"""When a person may choose a clinic, how an attachment moves, and which one stands on a day (requirement J2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import attachment as attachment_module
from chalicelib.domain.areas import AreaType
from chalicelib.domain.attachment import (
    ATTACHMENT_REASON_TITLES,
    Attachment,
    AttachmentReason,
    AttachmentStep,
    attachment_on,
    attachment_terms_on,
    check_choice,
    check_year,
    decision_due_on,
    move_attachment,
)
from chalicelib.domain.attachment_states import (
    ATTACHMENT_STATE_TITLES,
    ATTACHMENT_TRANSITIONS,
    AttachmentEvent,
    AttachmentState,
    AttachmentWho,
    attachment_rule,
    open_attachment_events,
)
from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.errors import RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.notifications import NotificationKind

AT = datetime(2026, 3, 16, 22, 30, tzinfo=UTC)
HOME = {"region": "77", "city": "Москва", "street": "ул. Ленина", "house": "1", "flat": "2"}


def attachment(**changed: object) -> Attachment:
    made = Attachment(
        attachment_id="1",
        person_id="p",
        account_id="p",
        clinic_code="770001",
        region="77",
        doctor_id="d001",
        area=AreaType.THERAPIST,
        reason=AttachmentReason.BY_WISH,
        state=AttachmentState.REQUESTED,
        requested_at=AT,
        due_on=date(2026, 3, 19),
        utc_offset_hours=3,
        address=HOME,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


STOOD = attachment(state=AttachmentState.ATTACHED, attached_on=date(2026, 3, 17))


def test_the_day_is_that_of_the_clinics_region() -> None:
    attached = move_attachment(attachment=attachment(), event=AttachmentEvent.ATTACH, at=AT, actor=SYSTEM)
    assert (attached.state, attached.attached_on) == (AttachmentState.ATTACHED, date(2026, 3, 17))
    ended = move_attachment(attachment=attached, event=AttachmentEvent.END, at=AT, actor=SYSTEM)
    assert (ended.state, ended.detached_on, ended.is_live) == (AttachmentState.ENDED, date(2026, 3, 17), False)
    assert not ended.stands_on(date(2026, 3, 17))
    assert ended.history[-1] == AttachmentStep(
        event=AttachmentEvent.END, state=AttachmentState.ENDED, at=AT, actor=SYSTEM
    )


@pytest.mark.parametrize("state", AttachmentState)
@pytest.mark.parametrize("event", AttachmentEvent)
def test_only_the_arrows_of_the_table_exist(state: AttachmentState, event: AttachmentEvent) -> None:
    exists = any(rule.source is state and rule.event is event for rule in ATTACHMENT_TRANSITIONS)
    asked = attachment(state=state)
    if exists:
        assert move_attachment(attachment=asked, event=event, at=AT, actor=SYSTEM).has_just(event)
        return
    with pytest.raises(StateConflict, match=ATTACHMENT_STATE_TITLES[state]):
        move_attachment(attachment=asked, event=event, at=AT, actor=SYSTEM)


def test_the_table_names_kinds_that_exist_and_says_why_it_is_silent() -> None:
    for rule in ATTACHMENT_TRANSITIONS:
        assert bool(rule.notification) is not bool(rule.silent_because)
        for kind in filter(None, (rule.notification, rule.clinic_notification)):
            assert NotificationKind(kind)
        assert attachment_rule(state=rule.source, event=rule.event) is rule
        assert rule.event in open_attachment_events(state=rule.source, who=rule.by)
    assert open_attachment_events(state=AttachmentState.ENDED, who=AttachmentWho.CLINIC) == ()


@pytest.mark.parametrize(
    ("on", "due"),
    [
        (date(2026, 3, 16), date(2026, 3, 18)),
        (date(2026, 3, 19), date(2026, 3, 23)),
        (date(2026, 4, 30), date(2026, 5, 5)),
        (date(2010, 1, 11), date(2010, 1, 13)),
    ],
)
def test_two_working_days_for_the_decision(on: date, due: date) -> None:
    assert decision_due_on(on=on) == due


def test_a_timer_looks_once_the_term_has_passed() -> None:
    assert attachment().next_step_at == datetime(2026, 3, 19, 21, tzinfo=UTC)
    assert attachment(is_overdue=True).next_step_at is None
    assert STOOD.next_step_at is None


@given(days=st.integers(0, 800), reason=st.sampled_from(AttachmentReason))
def test_by_wish_once_in_a_year_from_the_day_of_attachment(days: int, reason: AttachmentReason) -> None:
    on = date(2026, 3, 17) + timedelta(days=days)
    if reason in attachment_terms_on(on).free_reasons or on >= date(2027, 3, 17):
        check_year(former=STOOD, reason=reason, on=on)
        return
    with pytest.raises(RuleRefused) as refused:
        check_year(former=STOOD, reason=reason, on=on)
    assert refused.value.possible_on == date(2027, 3, 17)


def test_the_first_choice_is_free() -> None:
    check_year(former=None, reason=AttachmentReason.BY_WISH, on=date(2026, 3, 17))
    check_choice(former=None, reason=AttachmentReason.MOVED, address=HOME, clinic_doctor=("770001", "d001"))
    assert set(ATTACHMENT_REASON_TITLES) == set(AttachmentReason)


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        ({}, True),
        ({"street": "Ленина улица"}, True),
        ({"street": "ЛЕНИНА", "city": "г. Москва"}, True),
        ({"house": "2"}, False),
        ({"flat": "3"}, False),
        ({"street": "ул. Мира"}, False),
        ({"city": "Клин"}, False),
        ({"region": "50"}, False),
    ],
)
def test_a_move_changes_the_address(changed: dict[str, str], is_same: bool) -> None:
    moved = {"former": STOOD, "reason": AttachmentReason.MOVED, "address": {**HOME, **changed}}
    if not is_same:
        check_choice(**moved, clinic_doctor=("770002", "d006"))  # type: ignore[arg-type]
        return
    with pytest.raises(ValidationFailed) as refused:
        check_choice(**moved, clinic_doctor=("770002", "d006"))  # type: ignore[arg-type]
    assert [error.code for error in refused.value.errors] == ["address_not_changed"]


def test_the_same_doctor_is_not_chosen_twice() -> None:
    with pytest.raises(RuleRefused) as refused:
        check_choice(former=STOOD, reason=AttachmentReason.BY_WISH, address=HOME, clinic_doctor=("770001", "d001"))
    assert refused.value.reason == "same_attachment"


@given(st.lists(st.integers(1, 400), min_size=1, max_size=8), st.integers(0, 3000))
def test_exactly_one_of_a_chain_stands_on_a_day(lengths: list[int], day: int) -> None:
    start, chain = date(2020, 1, 1), []
    for number, length in enumerate(lengths):
        until = start + timedelta(days=length)
        is_last = number == len(lengths) - 1
        chain.append(attachment(attachment_id=str(number), attached_on=start, detached_on=None if is_last else until))
        start = until
    on = date(2020, 1, 1) + timedelta(days=day)
    standing = [found for found in chain if found.stands_on(on)]
    assert len(standing) == 1
    assert attachment_on(attachments=chain, on=on) == standing[0]
    assert attachment_on(attachments=chain, on=date(2019, 12, 31)) is None


def test_the_therapists_area_is_told_before_others() -> None:
    dentist = replace(STOOD, attachment_id="0", area=AreaType.DENTIST)
    assert attachment_on(attachments=(dentist, STOOD), on=date(2026, 4, 1)) == STOOD
    assert attachment_on(attachments=(dentist, STOOD), on=date(2026, 4, 1), area=AreaType.DENTIST) == dentist


def test_the_terms_of_a_day_are_the_newest_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    (first,) = attachment_module.ATTACHMENT_TERMS
    second, third = (
        replace(first, in_force_from=date(year, 1, 1), decision_days=days, years_between=days)
        for year, days in ((2026, 5), (2027, 7))
    )
    monkeypatch.setattr(attachment_module, "ATTACHMENT_TERMS", (first, third, second))
    for on, terms in (
        (date(2000, 1, 1), first),
        (date(2011, 11, 22), first),
        (date(2025, 12, 31), first),
        (date(2026, 1, 1), second),
        (date(2026, 12, 31), second),
        (date(2027, 1, 1), third),
    ):
        assert attachment_terms_on(on) == terms
    with pytest.raises(RuleRefused) as refused:
        check_year(former=STOOD, reason=AttachmentReason.BY_WISH, on=date(2026, 6, 1))
    assert refused.value.possible_on == date(2031, 3, 17)


def test_a_former_one_that_never_began_frees_from_the_year() -> None:
    check_year(former=replace(STOOD, attached_on=None), reason=AttachmentReason.BY_WISH, on=date(2026, 3, 18))
    check_year(former=STOOD, reason=AttachmentReason.MOVED, on=date(2026, 3, 18))
    check_year(former=STOOD, reason=AttachmentReason.BY_WISH, on=date(2027, 3, 17))
    with pytest.raises(RuleRefused) as refused:
        check_year(former=STOOD, reason=AttachmentReason.BY_WISH, on=date(2027, 3, 16))
    assert (refused.value.reason, refused.value.possible_on) == ("attached_this_year", date(2027, 3, 17))


def test_it_stands_from_its_day_until_the_day_of_its_end() -> None:
    ended = replace(STOOD, detached_on=date(2026, 3, 20))
    days = [date(2026, 3, 16), date(2026, 3, 17), date(2026, 3, 19), date(2026, 3, 20)]
    assert [ended.stands_on(day) for day in days] == [False, True, True, False]
    assert [STOOD.stands_on(day) for day in days] == [False, True, True, True]
    assert not attachment().stands_on(days[1])


def test_every_step_is_remembered_and_known_as_the_last() -> None:
    asked = attachment()
    assert [asked.has_just(event) for event in AttachmentEvent] == [False] * len(AttachmentEvent)
    made = move_attachment(attachment=asked, event=AttachmentEvent.ATTACH, at=AT, actor=SYSTEM)
    ended = move_attachment(attachment=made, event=AttachmentEvent.END, at=AT + timedelta(days=1), actor=SYSTEM)
    assert [step.event for step in ended.history] == [AttachmentEvent.ATTACH, AttachmentEvent.END]
    assert (ended.attached_on, ended.detached_on) == (date(2026, 3, 17), date(2026, 3, 18))
    assert (made.has_just(AttachmentEvent.ATTACH), ended.has_just(AttachmentEvent.ATTACH)) == (True, False)


def test_of_two_in_one_area_the_first_is_told() -> None:
    two = [replace(STOOD, attachment_id=number) for number in ("2", "1")]
    found = attachment_on(attachments=two, on=date(2026, 4, 1))
    assert found is not None
    assert found.attachment_id == "1"


@pytest.mark.parametrize("missing", [{}, {"city": "Москва"}, {"street": "Мира"}])
def test_an_address_that_is_not_known_is_the_same_as_itself_only(missing: dict[str, str]) -> None:
    former = replace(STOOD, address=missing)
    with pytest.raises(ValidationFailed) as refused:
        check_choice(
            former=former, reason=AttachmentReason.MOVED, address=dict(missing), clinic_doctor=("770002", "d006")
        )
    assert [(error.field, error.code) for error in refused.value.errors] == [("address", "address_not_changed")]
    wish = {"former": former, "reason": AttachmentReason.BY_WISH, "address": dict(missing)}
    check_choice(**wish, clinic_doctor=("770002", "d006"))  # type: ignore[arg-type]
    for part in ("region", "city", "street", "house", "flat"):
        told = {**missing, part: "х"}
        check_choice(former=former, reason=AttachmentReason.MOVED, address=told, clinic_doctor=("770002", "d006"))
