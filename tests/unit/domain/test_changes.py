"""Changes and their undoing: exact where nothing else happened, careful where something did (requirement D4)."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.application import ApplicantCategory, Application, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.audit import ChainHead
from chalicelib.domain.changes import FOLLOWING, TECHNICAL, Change, changed, reference, undone, versions_seen
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.person import Contact, Person
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState
from chalicelib.domain.records import DocumentType, Pointer, StoredDocument

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
DAY = date(2026, 3, 16)

PERSON = Person(
    person_id="p", account_id="p", family_name="А", given_name="Б", middle_name="", born_on="", sex="", snils=""
)
POLICY = Policy(
    policy_id="n",
    person_id="p",
    policy_number="1",
    state=PolicyState.ACTIVE,
    issued_on=DAY,
    issued_at=NOW,
    valid_from=DAY,
    periods=(InsurerPeriod(insurer_code="77012", insured_from=DAY),),
    status_index=1,
)
APPLICATION = Application(
    application_id="a",
    person_id="p",
    account_id="p",
    kind=ApplicationKind.FIRST_POLICY,
    category=ApplicantCategory.CITIZEN_14_PLUS,
    state=ApplicationState.IN_PROCESSING,
    created_at=NOW,
    updated_at=NOW,
    needs_operator=True,
)
DOCUMENT = StoredDocument(
    document_id="d",
    person_id="p",
    document_type=DocumentType.POLICY,
    subject_id="n",
    application_id="a",
    object_key="k",
    ordered_at=NOW,
)
POINTER = Pointer(kind="snils", value_hash="h", target="p", person_id="p")

texts = st.sampled_from(["", "А", "Б", "В"])
people = st.builds(
    replace,
    st.just(PERSON),
    family_name=texts,
    given_name=texts,
    born_on=texts,
    sex=texts,
    snils=texts,
    phone=st.none() | st.builds(Contact, value=texts),
    policy_number=st.none() | texts,
    updated_at=st.none() | st.just(NOW),
    version=st.integers(1, 9),
)


def same(one, other):
    """Equal in everything that is true, whatever tells how it is kept."""
    return all(getattr(one, f.name) == getattr(other, f.name) for f in fields(one) if f.name not in TECHNICAL)


def back(change, *standing):
    (found,) = undone(changes=(change,), standing={reference(thing): thing for thing in standing})
    return found


@given(before=people, after=people, version=st.integers(1, 99))
def test_undoing_restores_exactly_what_was_and_goes_on_in_versions(before, after, version):
    now = replace(after, version=version, chain=ChainHead(sequence=version))
    restored = back(Change(before=before, after=after), now).after

    assert same(restored, before)
    assert (restored.version, restored.chain) == (version, now.chain)


@given(before=people, after=people, now=people)
def test_undoing_touches_only_what_was_corrected_or_refuses(before, after, now):
    change = Change(before=before, after=after)
    corrected = {f.name for f in fields(after) if getattr(before, f.name) != getattr(after, f.name)} - TECHNICAL
    try:
        restored = back(change, now).after
    except StateConflict:
        assert any(getattr(now, n) not in (getattr(before, n), getattr(after, n)) for n in corrected)
        return
    for name in {f.name for f in fields(now)} - TECHNICAL - FOLLOWING:
        assert getattr(restored, name) == getattr(before if name in corrected else now, name)


@given(before=people, after=people)
def test_undoing_twice_is_doing(before, after):
    first = back(Change(before=before, after=after), after)
    assert same(back(first, first.after).after, after)


def test_what_did_not_change_is_no_change():
    assert changed(before=PERSON, after=PERSON) == ()
    assert changed(before=PERSON, after=replace(PERSON, sex="m")) == (
        Change(before=PERSON, after=replace(PERSON, sex="m")),
    )
    with pytest.raises(ValueError, match="nothing"):
        _ = Change(before=None, after=None).thing


def test_undoes_in_the_opposite_order():
    one, two = replace(PERSON, sex="m"), replace(POLICY, category="x")
    changes = (Change(before=PERSON, after=one), Change(before=POLICY, after=two))
    found = undone(changes=changes, standing={reference(thing): thing for thing in (one, two)})
    assert [type(change.thing) for change in found] == [Policy, Person]


def test_what_was_created_is_taken_away_and_may_come_again():
    made = Change(before=None, after=POLICY)
    later = replace(POLICY, version=3, warned_days=(30,))
    gone = back(made, later)
    assert gone == Change(before=later, after=None)

    again = back(gone)
    assert again.after == replace(later, version=5)
    with pytest.raises(StateConflict, match="уже есть"):
        back(gone, later)


def test_what_was_created_and_used_since_is_not_taken_away():
    with pytest.raises(StateConflict, match="изменились"):
        back(Change(before=None, after=POLICY), replace(POLICY, state=PolicyState.ANNULLED))


def test_a_document_that_was_made_meanwhile_is_taken_away_all_the_same():
    made = replace(DOCUMENT, made_at=NOW, qr_link="q", version=2)
    assert back(Change(before=None, after=DOCUMENT), made) == Change(before=made, after=None)


def test_what_is_not_there_any_more_cannot_be_put_back():
    change = Change(before=PERSON, after=replace(PERSON, sex="m"))
    with pytest.raises(StateConflict, match="больше нет"):
        back(change)


def test_pointers_turn_round_without_being_read():
    other = replace(POINTER, person_id="q", target="q")
    assert back(Change(before=POINTER, after=other)) == Change(before=other, after=POINTER)
    assert back(Change(before=None, after=POINTER)) == Change(before=POINTER, after=None)


def test_an_application_that_moved_back_waits_for_nobody_once_it_is_decided():
    moved = replace(APPLICATION, person_id="q", needs_operator=False)
    change = Change(before=APPLICATION, after=moved)

    assert back(change, moved).after == APPLICATION
    refused = replace(moved, state=ApplicationState.REFUSED)
    assert back(change, refused).after == replace(refused, person_id="p")
    with pytest.raises(StateConflict):
        back(change, replace(moved, state=ApplicationState.READY, policy_id="x"))


def test_closing_undone_leaves_the_policy_that_an_application_gave():
    closed = replace(APPLICATION, state=ApplicationState.WITHDRAWN, needs_operator=False)
    change = Change(before=APPLICATION, after=closed)
    now = replace(closed, policy_id="x")
    assert back(change, now).after == replace(APPLICATION, policy_id="x")


def test_names_every_thing_by_ids_only_and_sees_its_version():
    things = (PERSON, POLICY, APPLICATION, DOCUMENT, POINTER)
    assert len({reference(thing) for thing in things}) == len(things)
    changes = tuple(Change(before=thing, after=None) for thing in things)
    assert set(versions_seen(changes)) == {reference(thing) for thing in things[:-1]}
    assert versions_seen((Change(before=None, after=PERSON),)) == {}
