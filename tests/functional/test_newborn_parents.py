"""Who may act for a newborn follows the record of the birth (requirement N1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.journeys import insured, problem
from tests.newborns import FATHER, REPRESENTED, birth, both_insured, child, children, kinds, parent, told

if TYPE_CHECKING:
    from tests.world import World


class TestParents:
    """Who may act for the child follows the record."""

    def test_a_father_who_is_added_later_sees_the_child(self, world: World) -> None:
        both_insured(world)
        told(world, birth())
        assert children(world, person="insured") == []

        told(world, birth(2, father=FATHER))

        assert child(world, person="insured")["person_id"] == child(world)["person_id"]

    def test_who_is_no_parent_any_more_sees_the_child_no_more(self, world: World) -> None:
        both_insured(world)
        told(world, birth(father=FATHER))
        son = child(world)["person_id"]

        told(world, birth(2))

        assert child(world, person="insured")["state"] == "ended"
        problem(world.call("GET", f"{REPRESENTED}/{son}/insurance", person="insured"), 404)
        assert "representation_ended" in kinds(world, person="insured")
        assert child(world)["state"] == "active"

    def test_a_parent_whose_place_another_takes(self, world: World) -> None:
        both_insured(world)
        told(world, birth(father=FATHER))
        insured(world, person="later")

        told(world, birth(2, father=parent("later")))

        assert child(world, person="insured")["state"] == "ended"
        assert child(world, person="later")["state"] == "active"

    def test_a_parent_who_comes_back_gets_the_right_again(self, world: World) -> None:
        both_insured(world)
        told(world, birth(father=FATHER))
        told(world, birth(2))

        told(world, birth(3, father=FATHER))

        assert child(world, person="insured")["state"] == "active"

    def test_who_gave_the_right_up_does_not_get_it_again(self, world: World) -> None:
        both_insured(world)
        told(world, birth(father=FATHER))
        son = child(world)["person_id"]
        world.ok("POST", f"{REPRESENTED}/{son}/termination", person="insured")
        world.settle()
        written = kinds(world, person="insured")

        told(world, birth(2, father=FATHER, child={"given_name": "Тимур", "born_on": "2026-03-21"}))

        assert child(world, person="insured")["state"] == "ended"
        assert kinds(world, person="insured") == written

    def test_a_parent_who_is_only_not_found_keeps_the_right(self, world: World) -> None:
        both_insured(world)
        told(world, birth(father=FATHER))

        told(world, birth(2, father={"family_name": "Образцов", "given_name": "Пётр"}))

        assert child(world, person="insured")["state"] == "active"
