"""AWS calls of corrections with four eyes, and of looking at the persons whom they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.corrections import CORRECTIONS, FUND, REASON, SECOND_FUND, person_id

if TYPE_CHECKING:
    from bench.calls import Counter
    from tests.world import World

PERSONS = "/v1/operator/persons"


def count_corrections(world: World, counter: Counter) -> None:
    """Look at a citizen, correct the name and the birth date, undo one, merge another record."""
    about, other = person_id(world), person_id(world, "later")
    _look(world, counter, about)
    made = _propose(world, counter, "propose another name", limit=7, about=about, kind="wrong_name", given_name="Ася")
    with counter.measuring("list of corrections", limit=1):
        world.ok("GET", CORRECTIONS, person=SECOND_FUND)
    with counter.measuring("a correction", limit=3):
        world.ok("GET", f"{CORRECTIONS}/{made}", person=SECOND_FUND)
    _approve(world, counter, "approve another name", made, limit=10)
    with counter.measuring("propose to undo a correction", limit=7):
        undoing = world.ok("POST", f"{CORRECTIONS}/{made}/reversal", person=FUND, json={"reason": REASON})
    _approve(world, counter, "approve the undoing of a correction", undoing["id"], limit=9)
    born = {"kind": "wrong_birth_date", "born_on": "1990-05-15"}
    made = _propose(world, counter, "propose another birth date", limit=7, about=about, **born)
    _approve(world, counter, "approve another birth date", made, limit=12)
    made = _propose(
        world,
        counter,
        "propose to merge two records",
        limit=12,
        about=about,
        kind="persons_merged",
        other_person_id=other,
    )
    _approve(world, counter, "approve a merger of two records", made, limit=14)
    made = _propose(
        world,
        counter,
        "propose a correction that is rejected",
        limit=7,
        about=about,
        kind="wrong_name",
        given_name="Ада",
    )
    with counter.measuring("reject a correction", limit=2):
        world.ok("POST", f"{CORRECTIONS}/{made}/rejection", person=SECOND_FUND, json={"reason": REASON})


def _look(world: World, counter: Counter, about: str) -> None:
    today = world.tools.at.date()
    with counter.measuring("card of a person", limit=5):
        world.ok("GET", f"{PERSONS}/{about}", person=FUND)
    with counter.measuring("insurance on a day", limit=5):
        world.ok("GET", f"{PERSONS}/{about}/insurance", person=FUND)
    with counter.measuring("insurance on a day, as known on another", limit=6):
        world.ok("GET", f"{PERSONS}/{about}/insurance?known_on={today}", person=FUND)
    with counter.measuring("duplicates of a person, none found", limit=9):
        world.ok("GET", f"{PERSONS}/{about}/duplicates", person=FUND)


def _propose(world: World, counter: Counter, use_case: str, *, limit: int, about: str, kind: str, **values: Any) -> str:
    body = {"kind": kind, "person_id": about, "reason": REASON, "values": values}
    with counter.measuring(use_case, limit=limit):
        made = world.ok("POST", CORRECTIONS, person=FUND, json=body)
    return str(made["id"])


def _approve(world: World, counter: Counter, use_case: str, correction_id: str, *, limit: int) -> None:
    with counter.measuring(use_case, limit=limit):
        done = world.ok("POST", f"{CORRECTIONS}/{correction_id}/approval", person=SECOND_FUND)
    assert done["state"] == "carried_out", done
