"""What a change is named by, and what is put back where somebody touched it since (requirement D4)."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from chalicelib.domain.application_states import FINAL_STATES, ApplicationState
from chalicelib.domain.changes import FOLLOWING, Change, changed, reference, undone
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.representation import Relation, Representation
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate
from tests.unit.domain.test_changes import APPLICATION, DAY, DOCUMENT, PERSON, POINTER, POLICY

NAMED = {
    "Person:p": PERSON,
    "Policy:p:n": POLICY,
    "Application:a": APPLICATION,
    "StoredDocument:p:d": DOCUMENT,
    "Pointer:snils:h:p": POINTER,
    "TemporaryCertificate:p:a": TemporaryCertificate(
        number="9",
        person_id="p",
        application_id="a",
        account_id="p",
        insurer_code="77012",
        region="77",
        issued_on=DAY,
        valid_until=DAY,
        utc_offset_hours=3,
        state=CertificateState.ACTIVE,
        status_index=1,
    ),
    "Representation:m:p": Representation(
        representative_id="m",
        person_id="p",
        relation=Relation.PARENT,
        since_on=DAY,
        born_on=DAY,
        utc_offset_hours=3,
    ),
}


@pytest.mark.parametrize("name", NAMED)
def test_a_thing_is_named_by_its_kind_and_all_its_ids(name):
    assert reference(NAMED[name]) == name


def test_a_change_of_nothing_is_none():
    with pytest.raises(ValueError, match="nothing"):
        _ = Change(before=None, after=None).thing


class TestWhatIsGone:
    """A thing that was changed, and then went, or is another by its name."""

    CHANGE = changed(before=PERSON, after=replace(PERSON, sex="female"))

    def test_is_not_put_back(self):
        with pytest.raises(StateConflict):
            undone(changes=self.CHANGE, standing={})
        with pytest.raises(StateConflict):
            undone(changes=self.CHANGE, standing={reference(PERSON): POLICY})

    def test_stands_again_two_versions_on_unless_it_is_there(self):
        went = (Change(before=replace(POLICY, version=4), after=None),)
        assert undone(changes=went, standing={}) == (Change(before=None, after=replace(POLICY, version=6)),)
        with pytest.raises(StateConflict):
            undone(changes=went, standing={reference(POLICY): POLICY})


class TestWhatFollows:
    """Fields that follow from others are put back if nobody touched them, and are no conflict if somebody did."""

    @pytest.mark.parametrize(
        ("name", "old", "new", "since"),
        [("warned_days", (), (30,), (30, 7)), ("name_in_qr", False, True, None), ("end_reason", "", "x", "y")],
    )
    def test_of_a_policy(self, name, old, new, since):
        before, after = replace(POLICY, **{name: old}), replace(POLICY, **{name: new})
        (back,) = undone(changes=changed(before=before, after=after), standing={reference(POLICY): after})
        assert getattr(back.after, name) == old
        touched = {reference(POLICY): replace(after, **{name: since})}
        if name == "warned_days":
            (kept,) = undone(changes=changed(before=before, after=after), standing=touched)
            assert getattr(kept.after, name) == since
            return
        with pytest.raises(StateConflict):
            undone(changes=changed(before=before, after=after), standing=touched)

    @pytest.mark.parametrize("name", sorted(FOLLOWING))
    def test_their_names_are_those_of_fields(self, name):
        kinds = (PERSON, POLICY, APPLICATION, DOCUMENT, *NAMED.values())
        assert any(name in {field.name for field in fields(thing)} for thing in kinds)

    def test_what_is_put_back_unchanged_since_is_no_conflict(self):
        after = replace(POLICY, end_reason="x", name_in_qr=True)
        now = replace(after, end_reason="")
        (back,) = undone(changes=changed(before=POLICY, after=after), standing={reference(POLICY): now})
        assert (back.after.end_reason, back.after.name_in_qr) == ("", False)


class TestApplications:
    MOVED = changed(before=APPLICATION, after=replace(APPLICATION, person_id="q"))

    def put_back(self, **now):
        standing = replace(APPLICATION, person_id="q", **now)
        (back,) = undone(changes=self.MOVED, standing={reference(standing): standing})
        return back.after

    def test_what_has_given_a_policy_since_is_not_another_persons_again(self):
        assert self.put_back().person_id == "p"
        with pytest.raises(StateConflict):
            self.put_back(policy_id="n")

    def test_what_was_not_moved_keeps_the_policy_that_came_since(self):
        asked = changed(before=APPLICATION, after=replace(APPLICATION, account_id="other"))
        now = replace(APPLICATION, account_id="other", policy_id="n")
        (back,) = undone(changes=asked, standing={reference(now): now})
        assert (back.after.account_id, back.after.policy_id) == ("p", "n")

    @pytest.mark.parametrize("state", ApplicationState)
    @pytest.mark.parametrize("needs", [True, False])
    def test_what_is_over_waits_for_nobody(self, state, needs):
        back = self.put_back(state=state, needs_operator=needs)
        assert back.needs_operator is (needs and state not in FINAL_STATES)
