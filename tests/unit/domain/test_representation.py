from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.form_sections import SECTIONS
from chalicelib.domain.representation import (
    RELATIONS,
    Powers,
    Relation,
    Representation,
    RepresentationState,
    check_powers,
    end_of_powers,
    next_look,
)
from chalicelib.domain.supporting_documents import DocumentKind

ON = date(2026, 3, 16)
CHILD = date(2020, 3, 15)
ADULT = date(1980, 1, 1)
PAPER = Powers(number="77 АВ 1234567", issuer="нотариус", issued_on=date(2026, 1, 15))


def codes(relation, born_on, powers=PAPER):
    found = check_powers(rule=RELATIONS[relation], born_on=born_on, powers=powers, on=ON)
    return {error.field: error.code for error in found}


def end(relation, born_on, powers=PAPER):
    return end_of_powers(rule=RELATIONS[relation], born_on=born_on, powers=powers)


@pytest.mark.parametrize("rule", RELATIONS.values(), ids=lambda rule: rule.relation.value)
def test_a_ground_asks_for_what_the_form_has(rule):
    assert all(path.split(".")[1] in SECTIONS[path.split(".")[0]] for path in rule.fields)
    assert rule.documents <= set(DocumentKind)
    assert rule.title
    assert "ст." in rule.article


def test_every_ground_has_a_rule():
    assert set(RELATIONS) == set(Relation)


@pytest.mark.parametrize(
    ("relation", "born_on", "powers", "expected"),
    [
        (Relation.PARENT, CHILD, Powers(), date(2038, 3, 15)),
        (Relation.GUARDIAN, CHILD, PAPER, date(2038, 3, 15)),
        (Relation.GUARDIAN, CHILD, replace(PAPER, valid_until=date(2027, 1, 1)), date(2027, 1, 2)),
        (Relation.ADULT_GUARDIAN, ADULT, PAPER, None),
        (Relation.ATTORNEY, ADULT, PAPER, date(2027, 1, 15)),
        (Relation.ATTORNEY, ADULT, replace(PAPER, valid_until=date(2029, 1, 14)), date(2029, 1, 15)),
    ],
)
def test_powers_end_by_birthday_or_by_paper(relation, born_on, powers, expected):
    assert end(relation, born_on, powers) == expected


@pytest.mark.parametrize(
    ("relation", "born_on", "powers", "expected"),
    [
        (Relation.PARENT, CHILD, Powers(), {}),
        (Relation.ATTORNEY, ADULT, PAPER, {}),
        (Relation.PARENT, date(2008, 3, 16), Powers(), {"born_on": "over_age"}),
        (Relation.PARENT, date(2008, 3, 17), Powers(), {}),
        (Relation.PARENT, ON + timedelta(days=1), Powers(), {"born_on": "date_in_future"}),
        (Relation.ATTORNEY, CHILD, PAPER, {"born_on": "under_age"}),
        (
            Relation.GUARDIAN,
            CHILD,
            Powers(),
            {"powers.number": "required", "powers.issuer": "required", "powers.issued_on": "required"},
        ),
        (
            Relation.GUARDIAN,
            CHILD,
            replace(PAPER, issued_on=ON + timedelta(days=1)),
            {"powers.issued_on": "date_in_future"},
        ),
        (
            Relation.ATTORNEY,
            ADULT,
            replace(PAPER, valid_until=PAPER.issued_on - timedelta(days=1)),
            {"powers.valid_until": "before_issue"},
        ),
        (
            Relation.ATTORNEY,
            ADULT,
            replace(PAPER, valid_until=ON - timedelta(days=1)),
            {"powers.valid_until": "powers_expired"},
        ),
        (
            Relation.ATTORNEY,
            ADULT,
            replace(PAPER, issued_on=ON - timedelta(days=365)),
            {"powers.valid_until": "powers_expired"},
        ),
        (Relation.ATTORNEY, ADULT, replace(PAPER, valid_until=ON), {}),
    ],
)
def test_names_every_mistake_of_a_ground(relation, born_on, powers, expected):
    assert codes(relation, born_on, powers) == expected


def representation(**more):
    known = {
        "representative_id": "r",
        "person_id": "p",
        "relation": Relation.PARENT,
        "since_on": ON,
        "born_on": CHILD,
        "utc_offset_hours": 3,
        "until_on": date(2038, 3, 15),
    }
    return Representation(**{**known, **more})


def test_stands_until_its_day_and_not_on_it():
    known = representation()

    assert known.stands_on(date(2038, 3, 14))
    assert not known.stands_on(date(2038, 3, 15))
    assert representation(until_on=None).stands_on(date(2099, 1, 1))
    assert not representation(state=RepresentationState.ENDED).stands_on(ON)


def test_a_timer_looks_at_the_14th_birthday_and_at_the_end():
    known = representation()

    assert next_look(known, on=ON) == datetime(2034, 3, 14, 21, tzinfo=UTC)
    assert next_look(known, on=date(2034, 3, 15)) == datetime(2038, 3, 14, 21, tzinfo=UTC)
    assert next_look(known, on=date(2038, 3, 15)) is None
    assert next_look(representation(state=RepresentationState.ENDED), on=ON) is None


@given(st.dates(date(1950, 1, 1), ON), st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(Relation))
def test_accepted_powers_always_stand_today(born_on, valid_until, relation):
    powers = replace(PAPER, valid_until=valid_until)
    rule = RELATIONS[relation]
    if check_powers(rule=rule, born_on=born_on, powers=powers, on=ON):
        return
    last = end_of_powers(rule=rule, born_on=born_on, powers=powers)

    assert last is None or last > ON
