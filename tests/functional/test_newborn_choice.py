"""A parent chooses the insurer of a newborn by the rule of the law (I1, N1; 326-ФЗ, art. 16, part 3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.representation import Relation, Representation
from chalicelib.http.tokens import account_id_of
from infra.local.persons import PERSONS
from tests.journeys import (
    INSURER_CHANGE,
    OTHER_INSURER,
    THIRD_INSURER,
    application,
    asked_to_sign,
    coded,
    consented,
    insured,
    messages,
    problem,
    sign,
    signed,
)
from tests.newborns import (
    CHOICE_FROM,
    FATHER,
    REPRESENTED,
    birth,
    child,
    choice,
    mother_insured,
    standing,
    told,
)

if TYPE_CHECKING:
    from tests.world import World

ARTICLE = "326-ФЗ, ст. 16, ч. 3; Правила ОМС, п. 5"


def born(world: World) -> str:
    """A child that is insured; returns its id."""
    mother_insured(world)
    told(world, birth())
    return str(child(world)["person_id"])


def at_day(world: World, year: int, month: int, day: int) -> None:
    world.tools.at = datetime(year, month, day, 9, tzinfo=UTC)


class TestConsent:
    """The child of a record has no consent yet: a parent gives it."""

    def test_is_needed_for_an_application_and_given_by_a_parent(self, world: World) -> None:
        son = born(world)
        wish = {"kind": INSURER_CHANGE, "category": "child_under_14", "person_id": son}
        problem(world.call("POST", "/v1/applications", json=wish), 422, "rule_refused", "consent_required")
        assert child(world)["has_consent"] is False

        given = world.ok("POST", f"{REPRESENTED}/{son}/consents", json={"version": "2026-11"})
        again = world.ok("POST", f"{REPRESENTED}/{son}/consents", json={"version": "2026-11"})

        assert given == again
        assert given["has_consent"] is True
        assert world.call("POST", "/v1/applications", json=wish).status_code == 201
        world.settle()
        entries = world.ok("GET", f"{REPRESENTED}/{son}/activity")["items"]
        assert [e["by"] for e in entries if e["action"] == "consent_given"] == ["representative"]
        assert [m["kind"] for m in messages(world)].count("consent_given") == 2  # the mother's own and this one

    def test_is_given_to_the_present_text_by_who_may_act(self, world: World) -> None:
        son = born(world)
        path = f"{REPRESENTED}/{son}/consents"

        problem(world.call("POST", path, json={"version": "2019-01"}), 422, "rule_refused", "consent_outdated")
        problem(world.call("POST", path, person="insured", json={"version": "2026-11"}), 404, "not_found")
        unconfirmed = world.call("POST", path, person="unconfirmed", json={"version": "2026-11"})
        problem(unconfirmed, 403, "account_not_confirmed")

    def test_is_not_given_for_who_is_not_there(self, world: World) -> None:
        consented(world)
        (own,) = [found for found in PERSONS if found.key == "citizen"]
        right = Representation(
            representative_id=account_id_of(issuer=world.issuer, subject=own.subject),
            person_id="01KKTXZ8M0J77M3GB40726KZTJ",
            relation=Relation.PARENT,
            since_on=date(2026, 3, 1),
            born_on=date(2026, 3, 1),
            utc_offset_hours=3,
        )
        work = world.tools.store.work(at=world.tools.at)
        work.create(right)
        work.commit()

        path = f"{REPRESENTED}/{right.person_id}/consents"
        problem(world.call("POST", path, json={"version": "2026-11"}), 404, "not_found")


class TestTime:
    """When the choice is possible."""

    @pytest.mark.parametrize("day", [(2026, 3, 27), (2026, 4, 24)], ids=["at once", "on the last of thirty days"])
    def test_is_refused_until_thirty_days_are_over(self, world: World, day: tuple[int, int, int]) -> None:
        son = born(world)
        at_day(world, *day)

        answer = problem(asked_to_sign(world, choice(world, son)), 422, "rule_refused", "mothers_insurer_stands")

        assert (answer["rule"], answer["possible_on"]) == (ARTICLE, CHOICE_FROM)

    @pytest.mark.parametrize(
        "day", [(2026, 4, 25), (2026, 12, 20), (2027, 2, 1)], ids=["first day", "after 1 November", "next year"]
    )
    def test_is_free_afterwards_whatever_the_calendar(self, world: World, day: tuple[int, int, int]) -> None:
        son = born(world)
        at_day(world, *day)
        chosen = choice(world, son)
        signed(world, chosen)
        world.settle()
        assert application(world, chosen)["state"] == "approved"
        world.sleep(days=20)
        world.run("run_due")
        world.settle()

        bases = [(p["insurer_code"], p["basis"]) for p in standing(world, son)["periods"]]
        assert bases == [("77012", "mother"), (OTHER_INSURER, "parents_choice")]

    def test_is_made_once_and_then_the_rule_of_everybody_counts(self, world: World) -> None:
        son = born(world)
        at_day(world, 2026, 4, 27)
        signed(world, choice(world, son))
        world.settle()
        world.sleep(days=10)
        world.run("run_due")
        world.settle()

        again = choice(world, son, insurer=THIRD_INSURER)

        answer = problem(asked_to_sign(world, again), 422, "rule_refused", "once_a_year")
        assert answer["possible_on"] == "2027-01-01"


def test_of_two_parents_the_first_signature_counts(world: World) -> None:
    insured(world, person="insured")
    mother_insured(world)
    told(world, birth(father=FATHER))
    son = child(world)["person_id"]
    world.sleep(days=40)
    mothers = choice(world, son)
    fathers = choice(world, son, person="insured", insurer=THIRD_INSURER)
    code = coded(world, fathers, person="insured")
    signed(world, mothers)

    refusal = problem(sign(world, fathers, code, person="insured"), 409, "already_exists", "live_application")

    assert "другой представитель" in refusal["detail"]
    world.settle()
    assert application(world, mothers)["state"] == "approved"
    assert application(world, fathers, person="insured")["state"] != "approved"
