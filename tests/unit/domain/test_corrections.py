"""The table of corrections, their values, their life, and what an operator is shown (requirements D4, F7, O2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.changes import Change
from chalicelib.domain.correction_rules import CORRECTION_RULES
from chalicelib.domain.correction_values import VALUES, read_values
from chalicelib.domain.corrections import (
    CORRECTION_STATE_TITLES,
    CORRECTION_TRANSITIONS,
    Correction,
    CorrectionKind,
    CorrectionState,
    decided,
    moved,
)
from chalicelib.domain.differences import SHOWN, TITLES, differences, words
from chalicelib.domain.errors import NotPermitted, StateConflict
from chalicelib.domain.notifications import RULES
from chalicelib.domain.person import Contact, Death, Merger, Person
from chalicelib.domain.policy import InsurerPeriod, PolicyState, Suspension
from chalicelib.domain.records import DocumentType, Pointer
from chalicelib.use_cases.plan_correction import PLANS

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
CORRECTION = Correction(
    correction_id="c",
    kind=CorrectionKind.WRONG_SEX,
    person_id="p",
    scope="region:77",
    reason="ошибка",
    proposed_by="one",
    proposed_at=NOW,
)


@pytest.mark.parametrize("kind", CorrectionKind)
def test_every_kind_says_what_it_needs_and_changes_and_can_be_planned(kind):
    rule = CORRECTION_RULES[kind]
    assert rule.kind is kind
    assert all((rule.title, rule.changes, rule.article, rule.told))
    assert {*rule.needs, *rule.optional} <= set(VALUES)
    assert not set(rule.needs) & set(rule.optional)
    assert rule.tells in RULES
    assert kind in PLANS


def test_there_are_at_least_twenty_named_corrections():
    assert len({rule.title for rule in CORRECTION_RULES.values()}) >= 20


def test_every_value_is_used_and_has_its_title():
    used = {name for rule in CORRECTION_RULES.values() for name in (*rule.needs, *rule.optional)}
    assert used == set(VALUES)
    assert all(value.title for value in VALUES.values())


def test_every_state_has_a_title_and_its_arrows():
    assert set(CORRECTION_STATE_TITLES) == set(CORRECTION_TRANSITIONS) == set(CorrectionState)


@given(path=st.lists(st.sampled_from(CorrectionState), max_size=5))
def test_moves_along_its_arrows_only(path):
    correction = CORRECTION
    for state in path:
        allowed = state in CORRECTION_TRANSITIONS[correction.state]
        try:
            correction = moved(correction=correction, state=state)
        except StateConflict:
            assert not allowed
        else:
            assert allowed
            assert correction.state is state


def test_a_second_operator_decides():
    with pytest.raises(NotPermitted):
        decided(correction=CORRECTION, state=CorrectionState.CARRIED_OUT, by="one", reason="", at=NOW)
    done = decided(correction=CORRECTION, state=CorrectionState.REJECTED, by="two", reason="нет", at=NOW)
    assert (done.state, done.decided_by, done.decision_reason) == (CorrectionState.REJECTED, "two", "нет")


@given(
    values=st.dictionaries(st.sampled_from([*VALUES, "x"]), st.text(max_size=20)), kind=st.sampled_from(CorrectionKind)
)
def test_reads_values_or_says_what_is_wrong_with_each(values, kind):
    rule = CORRECTION_RULES[kind]
    read, errors = read_values(values=values, needs=rule.needs, optional=rule.optional)
    wrong = {error.field.removeprefix("values.") for error in errors}
    known = {*rule.needs, *rule.optional}
    assert wrong >= set(values) - known
    assert wrong >= set(rule.needs) - set(values)
    assert set(read) == (known & set(values)) - wrong
    assert all(error.message and error.code for error in errors)
    again, none = read_values(values=read, needs=tuple(read), optional=())
    assert (again, none) == (read, []), "what was read is read the same again"


def person(**more):
    known = {"family_name": "А", "given_name": "Б", "middle_name": "", "born_on": "", "sex": "", "snils": ""}
    return Person(person_id="p", account_id="p", **{**known, **more})


def test_shows_the_fields_that_matter_and_no_others():
    before = person(phone=Contact(value="+7"))
    after = replace(before, phone=None, sex="male", version=7, updated_at=NOW)
    told = differences(Change(before=before, after=after))
    assert [(found.of, found.field, found.before, found.after) for found in told] == [
        ("Человек", "пол", "", "male"),
        ("Человек", "телефон", "+7", ""),
    ]
    pointer = Pointer(kind="snils", value_hash="secret", target="p", person_id="p")
    (found,) = differences(Change(before=None, after=pointer))
    assert (found.of, found.after) == ("Поиск по идентификатору: новая запись", "p")
    (found,) = differences(Change(before=pointer, after=None))
    assert (found.of, found.before, found.after) == ("Поиск по идентификатору snils", "p", "")


def test_every_kind_of_thing_is_shown_by_fields_that_it_has():
    for kind, shown in SHOWN.items():
        assert set(shown) <= set(kind.__dataclass_fields__)
    assert set(SHOWN) == set(TITLES)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "да"),
        (False, "нет"),
        ((), ""),
        ({"city": "Москва", "flat": ""}, "Москва"),
        (PolicyState.ACTIVE, "Действует"),
        (ApplicationState.READY, "Готово к использованию"),
        (DocumentType.POLICY, "Полис ОМС"),
        (date(2026, 3, 16), "2026-03-16"),
        ((InsurerPeriod(insurer_code="77012", insured_from=date(2026, 3, 16)),), "77012: с 2026-03-16"),
        (
            Suspension(reason="left_country", from_on=date(2026, 3, 16), until_on=date(2026, 4, 1)),
            "left_country: с 2026-03-16 до 2026-04-01",
        ),
        (Death(died_on=date(2026, 3, 16), correction_id="c"), "2026-03-16"),
        (Merger(into="q", correction_id="c"), "q"),
        (3, "3"),
    ],
)
def test_says_values_in_words(value, text):
    assert words(value) == text
