"""Any corrections in any order keep what must always be true, and undone one by one leave nothing behind (D4, F2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from tests.applicants import CHILD, represent
from tests.cloud import memory_table
from tests.corrections import (
    CORRECTIONS,
    FUND,
    REASON,
    SECOND_FUND,
    asked,
    check_invariants,
    decided,
    person_id,
    state,
)
from tests.journeys import drafted, insured
from tests.world import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

DAYS = st.sampled_from(["2026-03-10", "2026-03-16", "2026-03-20", "2026-03-25", "2026-04-05"])
AHEAD = st.sampled_from(["", "2026-12-01", "2027-06-01"])

VALUES: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "wrong_birth_date": {"born_on": st.sampled_from(["1990-05-14", "1990-05-15", "1988-02-29"])},
    "wrong_sex": {"sex": st.sampled_from(["male", "female"])},
    "wrong_name": {"family_name": st.sampled_from(["Примерова", "Верная"])},
    "wrong_snils": {"snils": st.sampled_from(["112-233-445 95", "646-663-083 23", ""])},
    "wrong_document": {
        "document_type": st.just("14"),
        "document_series": st.just("4510"),
        "document_number": st.sampled_from(["123456", "123457"]),
    },
    "contact_of_another": {"contact": st.sampled_from(["phone", "email"])},
    "wrong_insurer": {"insurer_code": st.sampled_from(["77012", "77004", "77015"]), "from_on": DAYS},
    "wrong_period_boundary": {"from_on": DAYS, "new_from_on": DAYS},
    "wrong_term": {"valid_until": AHEAD},
    "wrong_category": {"category": st.sampled_from(["citizen_14_plus", "refugee"])},
    "policy_annulled": {"annulment": st.just("duplicate"), "from_on": DAYS},
    "policy_ended_by_mistake": {"policy_id": st.just("")},
    "duplicate_number": {"policy_number": st.just("")},
    "persons_merged": {"other_person_id": st.just("")},
    "persons_separated": {"other_person_id": st.just("")},
    "death_recorded": {"died_on": DAYS},
    "death_cancelled": {},
    "representation_wrong": {},
    "representation_ended_by_mistake": {},
}


class Corrected:
    """One world, put back to its beginning for each example."""

    def __init__(self, world: World) -> None:
        self.world = world
        for person in ("citizen", "later"):
            insured(world, person=person)
            drafted(world, person=person)
        child = represent(world, "citizen", CHILD)
        world.drain()
        world.sleep(days=20)
        self.people = [person_id(world), person_id(world, "later"), child]
        self._begin = memory_table().copy()

    def begin(self) -> None:
        """Forget what the example before has done; the messages stay in their queues."""
        memory_table().restore(self._begin)
        self.world.tools.at = NOW.replace(month=4, day=5)

    def policies(self, about: str) -> list[Any]:
        return list(self.world.tools.store.person_file(person_id=about).policies)

    def correct(self, kind: str, about: str, values: dict[str, str]) -> str | None:
        """Propose and approve; returns the correction's id, or None if it makes no sense now."""
        answer = asked(self.world, kind, about, **values)
        assert answer.status_code in {201, 409, 422}, answer.text
        if answer.status_code != 201:
            return None
        approval = decided(self.world, answer.json()["id"])
        assert approval.status_code == 200, (kind, values, approval.text)
        return str(answer.json()["id"])

    def undo(self, correction_id: str) -> str | None:
        """Undo; returns the id of the reversal, or None if something has happened to it since."""
        path = f"{CORRECTIONS}/{correction_id}/reversal"
        answer = self.world.call("POST", path, person=SECOND_FUND, json={"reason": REASON})
        assert answer.status_code in {201, 409}, answer.text
        if answer.status_code != 201:
            return None
        approval = decided(self.world, answer.json()["id"], by=FUND)
        assert approval.status_code == 200, approval.text
        return str(answer.json()["id"])


@pytest.fixture(scope="class")
def corrected(shared_world: World) -> Iterator[Corrected]:
    return Corrected(shared_world)


def drawn_values(data: st.DataObject, corrected: Corrected, kind: str, about: str) -> dict[str, str]:
    values = {name: data.draw(strategy, label=name) for name, strategy in VALUES[kind].items()}
    if "policy_id" in values or "policy_number" in values:
        policies = corrected.policies(about)
        chosen = data.draw(st.sampled_from(policies), label="policy") if policies else None
        known = {"policy_id": getattr(chosen, "policy_id", "0" * 26)}
        known["policy_number"] = getattr(chosen, "policy_number", "7856130840000017")
        values = {name: known[name] for name in values}
    if "other_person_id" in values:
        values["other_person_id"] = data.draw(st.sampled_from(corrected.people), label="other")
    return values


class TestSequences:
    """Many corrections of the same people."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(data=st.data())
    def test_keep_what_must_be_true_and_leave_nothing_behind(self, corrected: Corrected, data: st.DataObject) -> None:
        corrected.begin()
        before, done = state(), []
        for _ in range(data.draw(st.integers(1, 6), label="steps")):
            kind = data.draw(st.sampled_from(sorted(VALUES)), label="kind")
            about = data.draw(st.sampled_from(corrected.people), label="about")
            made = corrected.correct(kind, about, drawn_values(data, corrected, kind, about))
            note(f"{kind}: {'carried out' if made else 'refused'}")
            if made is not None:
                done.append(made)
                check_invariants(corrected.world)
        for made in reversed(done):
            assert corrected.undo(made) is not None, "the last correction can always be undone"
            check_invariants(corrected.world)
        assert state() == before

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(data=st.data())
    def test_undone_in_any_order_keep_it_too(self, corrected: Corrected, data: st.DataObject) -> None:
        corrected.begin()
        done: list[str] = []
        for _ in range(data.draw(st.integers(2, 8), label="steps")):
            if done and data.draw(st.booleans(), label="undo"):
                made = corrected.undo(data.draw(st.sampled_from(done), label="which"))
            else:
                kind = data.draw(st.sampled_from(sorted(VALUES)), label="kind")
                about = data.draw(st.sampled_from(corrected.people), label="about")
                made = corrected.correct(kind, about, drawn_values(data, corrected, kind, about))
            if made is not None:
                done.append(made)
            check_invariants(corrected.world)
