"""Rules of appeals: arrows, grounds, the clock with its pauses, leases, four eyes, figures (requirement L1)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.appeal import (
    EFFECT_TITLES,
    Appeal,
    AppealDecision,
    Effect,
    Refused,
    ask_about,
    check_escalated_in_time,
    check_filed_in_time,
    file_at_level,
    give_appeal_back,
    go_on_after_question,
    move_appeal,
    require_appeal_lease,
    take_appeal,
)
from chalicelib.domain.appeal_rules import (
    LEVELS,
    REASONS,
    SUBJECTS,
    TOPICS,
    SubjectKind,
    check_grounds,
    check_words,
    reasons_for,
    subject_topic,
    topic_of,
)
from chalicelib.domain.appeal_states import (
    APPEAL_STATE_TITLES,
    APPEAL_TRANSITIONS,
    FINAL_APPEAL_STATES,
    AppealEvent,
    AppealState,
    AppealWho,
    Level,
    appeal_rule,
    open_appeal_events,
)
from chalicelib.domain.appeal_summary import appeal_statistics_of, appeal_summary_of
from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.audit import SYSTEM, Actor
from chalicelib.domain.case_summary import ScopeKind
from chalicelib.domain.errors import InvalidValue, RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.notifications import RULES, NotificationKind
from chalicelib.domain.numbers import Series, parse_application_number, parse_series_number, series_number
from chalicelib.domain.operator_case import LEASE_FOR, CaseTaken
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
OPERATOR = Actor(kind="operator", actor_id="refuser", organisation="77012")
REFUSED = Refused(
    kind=SubjectKind.APPLICATION,
    subject_id="01KKTXZ8M0J77M3GB40726KZTJ",
    number="2026-00000001-8",
    refused_at=AT,
    refused_by=OPERATOR,
    region="77",
    insurer_code="77012",
    topic="1.1",
)


def made(state=AppealState.FILED, **changes):
    known = Appeal(
        appeal_id="A1",
        person_id="person",
        account_id="account",
        refused=REFUSED,
        state=state,
        topic="1.1",
        created_at=AT,
        updated_at=AT,
        filed_at=AT,
    )
    return replace(file_at_level(appeal=known, level=Level.FIRST, at=AT), **changes)


def decided(*, upheld, level=Level.FIRST, at=AT, by="decider"):
    return AppealDecision(
        level=level, upheld=upheld, explanation="x", decided_at=at, decided_by=by, organisation="77012"
    )


def moved(appeal, event, at=AT):
    return move_appeal(appeal=appeal, event=event, at=at, actor=SYSTEM)


def mistakes(call, **options):
    with pytest.raises(ValidationFailed) as caught:
        call(**options)
    return {error.field: error.code for error in caught.value.errors}


class TestArrows:
    """The table of states."""

    @pytest.mark.parametrize(("state", "level", "event"), list(product(AppealState, Level, AppealEvent)))
    def test_only_the_table_moves_an_appeal(self, state, level, event):
        rules = [
            rule
            for rule in APPEAL_TRANSITIONS
            if rule.event is event and state in rule.sources and rule.level in {None, level}
        ]
        appeal = made(state, level=level)
        if not rules:
            with pytest.raises(StateConflict) as caught:
                moved(appeal, event)
            assert APPEAL_STATE_TITLES[state] in caught.value.detail
            return
        (rule,) = rules
        assert appeal_rule(state=state, level=level, event=event) is rule
        after = moved(appeal, event)
        assert (after.state, after.history[-1].event) == (rule.target, event)
        assert event in open_appeal_events(state=state, level=level, who=rule.by)

    def test_from_the_end_nothing_leads_and_every_arrow_tells_or_says_why_not(self):
        for rule in APPEAL_TRANSITIONS:
            assert not rule.sources & FINAL_APPEAL_STATES
            assert (rule.notification is None) is bool(rule.silent_because)
            assert rule.notification is None or NotificationKind(rule.notification) in RULES
        assert APPEAL_STATE_TITLES.keys() == set(AppealState)
        assert EFFECT_TITLES.keys() == set(Effect)

    def test_the_fund_is_the_last_level(self):
        assert open_appeal_events(state=AppealState.REJECTED, level=Level.FIRST, who=AppealWho.PERSON) == ("escalate",)
        assert appeal_rule(state=AppealState.FILED, level=Level.FUND, event=AppealEvent.REJECT).target == (
            AppealState.REJECTED_FINALLY
        )
        assert LEVELS[Level.FUND].scopes == {ScopeKind.REGION}


class TestGrounds:
    """Reasons of the catalogue and own words."""

    def test_every_mistake_is_named_at_once(self):
        found = mistakes(check_grounds, subject=SubjectKind.DELIVERY, reasons=["register_error", "x", "other"], text="")
        assert found == {"reasons.0": "not_in_list", "reasons.1": "not_in_list", "text": "required"}
        assert mistakes(check_grounds, subject=SubjectKind.DELIVERY, reasons=[], text="") == {"reasons": "required"}
        many = list(reasons_for(SubjectKind.APPLICATION))[:6]
        assert mistakes(check_grounds, subject=SubjectKind.APPLICATION, reasons=many, text="x" * 10)["reasons"]

    @pytest.mark.parametrize("subject", SubjectKind)
    def test_every_reason_that_fits_a_subject_is_taken(self, subject):
        for code in reasons_for(subject):
            check_grounds(subject=subject, reasons=[code], text="Десять знаков и больше")
            assert topic_of(reasons=[code], otherwise=SUBJECTS[subject].topic) in TOPICS

    def test_words_are_words(self):
        assert check_words(text="  достаточно длинно ", field="text", message="Напишите") == "достаточно длинно"
        assert mistakes(check_words, text="   коротко   ", field="text", message="Напишите") == {"text": "required"}

    @pytest.mark.parametrize(
        ("kind", "category", "topic"),
        [
            (ApplicationKind.FIRST_POLICY, ApplicantCategory.CITIZEN_14_PLUS, "1.1"),
            (ApplicationKind.FIRST_POLICY, ApplicantCategory.REFUGEE, "1.1.2"),
            (ApplicationKind.INSURER_CHANGE, ApplicantCategory.REFUGEE, "1.4"),
            (None, None, "1.1"),
        ],
    )
    def test_the_topic_follows_from_what_was_refused_to_whom(self, kind, category, topic):
        assert subject_topic(subject=SubjectKind.APPLICATION, kind=kind, category=category) == topic
        assert topic_of(reasons=["facts_wrong", "data_misused", "money_demanded"], otherwise=topic) == "1.17"
        assert topic_of(reasons=["facts_wrong"], otherwise=topic) == topic
        assert {reason.topic for reason in REASONS.values()} - {None} <= TOPICS.keys()


class TestClock:
    """Ten working days, without those of the person's answer."""

    def test_counts_working_days_from_the_next_day(self):
        assert made().due_on == date(2026, 3, 30)
        friday_night = datetime(2026, 3, 20, 22, tzinfo=UTC)  # Saturday in Moscow
        assert file_at_level(appeal=made(), level=Level.FUND, at=friday_night).due_on == date(2026, 4, 3)

    @given(asked=st.integers(0, 9), answered=st.integers(0, 30))
    def test_stands_still_while_the_person_is_asked(self, asked, answered):
        asked_at = AT + timedelta(days=asked)
        answered_at = asked_at + timedelta(days=answered)
        question = ask_about(appeal=moved(made(), AppealEvent.ASK, asked_at), text="Что?", at=asked_at)
        assert question.lease is None
        after = go_on_after_question(appeal=moved(question, AppealEvent.ANSWER, answered_at), at=answered_at)
        left_before = RUSSIAN_CALENDAR.working_days_between(start=made().local_day(asked_at), end=made().due_on)
        left_after = RUSSIAN_CALENDAR.working_days_between(start=after.local_day(answered_at), end=after.due_on)
        assert left_after == left_before
        assert after.question is None
        assert after.history[-1].paused_days == RUSSIAN_CALENDAR.working_days_between(
            start=made().local_day(asked_at), end=made().local_day(answered_at)
        )

    def test_goes_on_only_after_a_question(self):
        with pytest.raises(StateConflict):
            go_on_after_question(appeal=made(), at=AT)

    def test_a_late_one_stays_late_unless_the_pause_covers_it(self):
        late = made(is_overdue=True, due_on=date(2026, 3, 12))
        asked = ask_about(appeal=moved(late, AppealEvent.ASK), text="Что?", at=AT)
        assert go_on_after_question(appeal=moved(asked, AppealEvent.ANSWER), at=AT).is_overdue is True
        later = AT + timedelta(days=7)
        answered = go_on_after_question(appeal=moved(asked, AppealEvent.ANSWER, later), at=later)
        assert (answered.due_on, answered.is_overdue) == (date(2026, 3, 19), True)
        in_time = replace(asked, due_on=date(2026, 3, 16))
        assert go_on_after_question(appeal=moved(in_time, AppealEvent.ANSWER, later), at=later).is_overdue is False

    def test_a_timer_looks_where_time_changes_something(self):
        assert made(AppealState.DRAFT).next_step_at == AT + timedelta(days=30)
        assert made().next_step_at == datetime(2026, 3, 30, 21, tzinfo=UTC)
        assert made(is_overdue=True).next_step_at is None
        asked = ask_about(appeal=moved(made(), AppealEvent.ASK), text="Что?", at=AT)
        assert asked.next_step_at == datetime(2026, 3, 23, 21, tzinfo=UTC)
        assert moved(made(), AppealEvent.UPHOLD).next_step_at is None

    def test_turning_too_late_is_refused(self):
        check_filed_in_time(refused=REFUSED, at=AT + timedelta(days=90))
        check_escalated_in_time(appeal=made(), at=AT)
        rejected = made(AppealState.REJECTED, decisions=(decided(upheld=False),))
        check_escalated_in_time(appeal=rejected, at=AT + timedelta(days=90))
        for check, options in (
            (check_filed_in_time, {"refused": REFUSED}),
            (check_escalated_in_time, {"appeal": rejected}),
        ):
            with pytest.raises(RuleRefused) as caught:
                check(**options, at=AT + timedelta(days=90, seconds=1))
            assert caught.value.reason == "appeal_too_late"


class TestLease:
    """One operator at a time, never who refused or decided."""

    def test_is_taken_renewed_given_back(self):
        taken = take_appeal(appeal=made(), operator_id="me", at=AT)
        require_appeal_lease(appeal=taken, operator_id="me", at=AT)
        again = take_appeal(appeal=taken, operator_id="me", at=AT + timedelta(minutes=5))
        assert (again.lease.taken_at, again.lease.until) == (AT, AT + timedelta(minutes=5) + LEASE_FOR)
        assert give_appeal_back(appeal=again, operator_id="me", at=AT).lease is None

    def test_is_nobody_elses_meanwhile(self):
        taken = take_appeal(appeal=made(), operator_id="me", at=AT)
        for act in (take_appeal, give_appeal_back, require_appeal_lease):
            with pytest.raises(CaseTaken) as caught:
                act(appeal=taken, operator_id="other", at=AT)
            assert "12:30" in caught.value.detail
        assert take_appeal(appeal=taken, operator_id="other", at=AT + LEASE_FOR).lease.operator_id == "other"

    def test_is_needed_and_only_where_there_is_something_to_decide(self):
        for appeal in (made(), made(AppealState.QUESTION_ASKED)):
            with pytest.raises(StateConflict):
                require_appeal_lease(appeal=appeal, operator_id="me", at=AT)
        with pytest.raises(StateConflict):
            take_appeal(appeal=made(AppealState.REJECTED), operator_id="me", at=AT)

    def test_who_refused_or_decided_or_appeals_is_barred(self):
        assert made().barred == {"person", "account", "refuser"}
        by_registers = made(refused=replace(REFUSED, refused_by=SYSTEM), decisions=(decided(upheld=False),))
        assert by_registers.barred == {"person", "account", "decider"}

    def test_room_grows_with_each_question(self):
        assert made().documents_room == 20
        assert moved(made(), AppealEvent.ASK).documents_room == 40


class TestFigures:
    """What lists and statistics tell."""

    def test_what_was_never_filed_is_nobodys_work(self):
        assert appeal_summary_of(made(filed_at=None)) is None

    def test_whose_work_it_is(self):
        summary = appeal_summary_of(made())
        assert [scope.kind for scope in summary.scopes] == [ScopeKind.INSURER, ScopeKind.REGION]
        assert (summary.is_work_of(ScopeKind.INSURER), summary.is_work_of(ScopeKind.REGION)) == (True, True)
        at_fund = appeal_summary_of(made(level=Level.FUND))
        assert (at_fund.is_work_of(ScopeKind.INSURER), at_fund.is_work_of(ScopeKind.REGION)) == (False, True)
        nobodys = appeal_summary_of(made(refused=replace(REFUSED, insurer_code="")))
        assert [scope.kind for scope in nobodys.scopes] == [ScopeKind.REGION]

    def test_the_time_of_answers_is_not_the_deciders(self):
        asked = moved(made(), AppealEvent.ASK, AT + timedelta(days=1))
        answered = moved(asked, AppealEvent.ANSWER, AT + timedelta(days=3))
        ended_at = AT + timedelta(days=4)
        ended = replace(moved(answered, AppealEvent.UPHOLD, ended_at), decisions=(decided(upheld=True, at=ended_at),))
        assert appeal_summary_of(ended).seconds == timedelta(days=2).total_seconds()
        assert appeal_summary_of(answered).seconds is None

    def test_counts_by_topic_once_each(self):
        upheld = replace(
            moved(made(), AppealEvent.UPHOLD), appeal_id="A2", topic="1.12", decisions=(decided(upheld=True),)
        )
        rejected = replace(moved(made(), AppealEvent.REJECT), appeal_id="A3", is_overdue=True)
        withdrawn = replace(moved(made(), AppealEvent.WITHDRAW), appeal_id="A4", topic="1.4")
        found = [appeal_summary_of(appeal) for appeal in (made(), made(), upheld, rejected, withdrawn)]
        figures = appeal_statistics_of(found)
        assert list(figures.by_topic) == ["1.1", "1.4", "1.12"]
        assert (figures.total.filed, figures.total.open, figures.total.upheld, figures.total.rejected) == (4, 1, 1, 1)
        assert (figures.total.withdrawn, figures.total.overdue, figures.by_topic["1.1"].filed) == (1, 1, 2)
        assert (figures.by_subject, figures.by_level) == ({"application": 4}, {"first": 4})
        assert figures.time_to_decision.count == 1
        assert appeal_statistics_of([]).time_to_decision is None


class TestNumbers:
    """Numbers of appeals and tickets are told apart from those of applications."""

    @given(st.sampled_from(Series), st.integers(0, 99_999_999))
    def test_read_back_in_any_spelling_and_vouch_for_their_letter(self, series, serial):
        number = series_number(series=series, serial_or_random=serial, on=date(2026, 3, 16))
        assert parse_series_number(text=number, series=series) == number
        assert parse_series_number(text=number.lower().replace("-", " "), series=series) == number
        digits = number.split("-", 1)[1]
        assert parse_series_number(text=digits, series=series) == number
        with pytest.raises(InvalidValue):
            parse_application_number(text=digits)
        other = next(known for known in Series if known is not series)
        with pytest.raises(InvalidValue):
            parse_series_number(text=digits, series=other)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("Ж-2026-0000A001-1", "series_number_digits"),
            ("Ж-2026-1", "series_number_length"),
            ("", "series_number_length"),
            ("Ж-2026-00000001-0", "series_number_check_digit"),
        ],
    )
    def test_says_what_is_wrong(self, text, reason):
        with pytest.raises(InvalidValue) as caught:
            parse_series_number(text=text, series=Series.APPEAL)
        assert caught.value.reason == reason
