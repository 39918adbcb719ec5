"""Every category through every kind of application that it may file, to the end (requirements B2, B5, F6, F7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.matrix import MATRIX
from tests.applicants import (
    APPLICANTS,
    OTHER_REGION,
    OTHER_REGION_INSURER,
    carried_out,
    represent,
)
from tests.journeys import OTHER_INSURER, consented, insurance, problem
from tests.papers import BY_POST

if TYPE_CHECKING:
    from tests.world import World

K = ApplicationKind
PAIRS = {(row.category, row.kind) for row in MATRIX}
GRID = [(category, kind) for category in ApplicantCategory for kind in ApplicationKind]


class TestWhatMayBeFiled:
    """The whole table: a pair is accepted, or refused with its code."""

    @pytest.mark.parametrize(("category", "kind"), GRID, ids=lambda value: value.value)
    def test_a_pair_is_accepted_or_refused(
        self, shared_world: World, category: ApplicantCategory, kind: ApplicationKind
    ) -> None:
        applicant = APPLICANTS[category]
        consented(shared_world, person=applicant.person)
        wish = {"kind": kind.value, "category": category.value}
        if applicant.represented is not None:
            wish["person_id"] = self.child(shared_world)
        answer = shared_world.call("POST", "/v1/applications", person=applicant.person, json=wish)
        if (category, kind) in PAIRS:
            assert answer.status_code == 201, answer.text
            assert answer.json()["category"] == category.value
        else:
            problem(answer, 422, "rule_refused", "kind_not_available")

    def child(self, world: World) -> str:
        known = world.ok("GET", "/v1/represented-persons", person="citizen")["items"]
        return (
            str(known[0]["person_id"])
            if known
            else represent(world, "citizen", APPLICANTS["child_under_14"].represented)
        )


def may(category: ApplicantCategory, kind: ApplicationKind) -> bool:
    return (category, kind) in PAIRS


@pytest.mark.parametrize("category", ApplicantCategory, ids=lambda value: value.value)
def test_a_category_walks_through_all_its_kinds(world: World, category: ApplicantCategory) -> None:
    applicant = APPLICANTS[category]
    about = represent(world, applicant.person, applicant.represented) if applicant.represented else None
    walk = Walk(world, category, about)

    first = walk.apply(K.FIRST_POLICY)
    assert (first["state"], walk.standing()["valid_until"]) == ("ready", applicant.until)
    number = walk.standing()["policy_number"]

    walk.apply(K.REPLACEMENT, replacement={"reason": "lost"})
    old, new = walk.policies()
    assert (old["state"], new["state"], old["successor_id"]) == ("replaced", "active", new["id"])
    assert new["policy_number"] == number

    if may(category, K.SUSPENSION):
        walk.apply(K.SUSPENSION, suspension={"reason": "left_country", "from_on": "2026-03-16"})
        assert walk.policies()[-1]["state"] == "suspended"
        walk.apply(K.RESUMPTION, resumption={"from_on": "2026-03-16"})
        assert walk.policies()[-1]["state"] == "active"

    walk.apply(K.PAPER_EXTRACT, delivery=BY_POST)
    (delivery,) = walk.deliveries()
    assert (delivery["state"], delivery["method"]) == ("ordered", "post")

    changed = walk.apply(K.INSURER_CHANGE, insurer={"code": OTHER_INSURER, "change_reason": "by_wish"})
    assert changed["state"] == "approved"
    world.sleep(days=10)
    world.run("run_due")
    world.settle()
    assert walk.standing()["periods"][-1]["insurer_code"] == OTHER_INSURER

    if may(category, K.REGION_CHANGE):
        moved = walk.apply(K.REGION_CHANGE, insurer={"code": OTHER_REGION_INSURER}, registration_address=OTHER_REGION)
        assert moved["state"] == "approved"
        world.sleep(days=10)
        world.run("run_due")
        world.settle()
        assert walk.standing()["periods"][-1]["insurer_code"] == OTHER_REGION_INSURER

    if may(category, K.POLICY_REFUSAL):
        walk.apply(K.POLICY_REFUSAL, refusal={"understood": "yes"})
        assert walk.policies()[-1]["state"] == "annulled"
        walk.apply(K.FIRST_POLICY)
        assert walk.standing()["policy_number"] == number


class Walk:
    """One applicant's way."""

    def __init__(self, world: World, category: ApplicantCategory, about: str | None) -> None:
        self.world, self.category, self.about = world, category, about
        self.person = APPLICANTS[category].person

    def apply(self, kind: ApplicationKind, **sections: dict[str, str]) -> dict[str, Any]:
        done = carried_out(self.world, self.category, kind.value, about=self.about, sections=sections)
        assert done["refusals"] == []
        self.world.sleep(minutes=2)
        return done

    def policies(self) -> list[dict[str, Any]]:
        if self.about is None:
            return list(insurance(self.world, person=self.person)["policies"])
        path = f"/v1/represented-persons/{self.about}/insurance"
        return list(self.world.ok("GET", path, person=self.person)["policies"])

    def deliveries(self) -> list[dict[str, Any]]:
        whose = "me" if self.about is None else f"represented-persons/{self.about}"
        return list(self.world.ok("GET", f"/v1/{whose}/deliveries", person=self.person)["items"])

    def standing(self) -> dict[str, Any]:
        return next(policy for policy in self.policies() if policy["state"] in {"active", "suspended"})
