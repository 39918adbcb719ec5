"""Policies of earlier samples that the register does not confirm, or that are another's (requirement F5)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.checks import CheckKind
from chalicelib.domain.records import Pointer
from chalicelib.ports.errors import Rejected
from infra.local.person_numbers import policy_number_of
from tests.journeys import (
    actions,
    consented,
    insurance,
    messages,
    policy,
    problem,
)
from tests.legacy import (
    BLANK,
    ENP,
    OLD,
    OTHER_ENP,
    PAPER,
    PETRS_ENP,
    known_to_register,
    legacy,
    refusal,
    register,
    registered,
)

if TYPE_CHECKING:
    from tests.world import World


class TestRefused:
    """What the register does not confirm is refused with a reason and a mend."""

    def test_a_policy_that_the_register_does_not_know(self, world: World) -> None:
        registered(world)
        world.settle()

        assert refusal(world) == "not_in_register"
        assert messages(world)[0]["kind"] == "legacy_policy_refused"
        assert actions(world)[0]["details"]["reason"] == "not_in_register"

    def test_a_number_that_is_not_the_persons(self, world: World) -> None:
        known_to_register(world, OTHER_ENP)
        registered(world)
        world.settle()

        assert refusal(world) == "policy_number_differs"

    @pytest.mark.parametrize("reason", ["policy_number_differs", "snils_differs", "deceased", "never_heard_of"])
    def test_what_the_register_knows_otherwise(self, world: World, reason: str) -> None:
        world.tools.registers.mismatch(CheckKind.INSURED_PERSON, reason)
        registered(world)
        world.settle()

        codes = {"snils_differs": "wrong_personal_data", "policy_number_differs": "policy_number_differs"}
        assert refusal(world) == codes.get(reason, "register_answer_unclear")

    @pytest.mark.parametrize(
        "data",
        [
            {"enp": "7700000000000005"},
            {"enp": "77"},
            {"insurer_code": ""},
            {"insurer_code": "SOGAZ"},
            {"insured_from": "yesterday"},
            {"enp": policy_number_of(region="77", born_on="1990-05-15", sex="female", serial=1)},
            {"enp": policy_number_of(region="77", born_on="1990-05-14", sex="male", serial=1)},
        ],
    )
    def test_an_answer_that_cannot_be(self, world: World, data: dict[str, str]) -> None:
        known_to_register(world, **data)
        registered(world)
        world.settle()

        assert refusal(world) in {"register_answer_unclear", "register_contradiction"}

    def test_a_question_that_the_register_refuses(self, world: World) -> None:
        world.tools.registers.failing(CheckKind.INSURED_PERSON, Rejected("no"))
        registered(world)
        world.settle()

        assert refusal(world) == "register_answer_unclear"

    def test_it_can_be_mended_and_registered_again(self, world: World) -> None:
        known_to_register(world)
        registered(world, {**PAPER, "policy_number": OTHER_ENP})
        world.settle()
        assert refusal(world) == "policy_number_differs"

        assert register(world).status_code == 201
        world.settle()

        assert [found["state"] for found in insurance(world)["legacy_policies"]] == ["refused", "confirmed"]

    def test_guessing_numbers_ends_soon(self, world: World) -> None:
        consented(world)
        for serial in range(10):
            assert register(world, {**OLD, "number": f"{serial}"}).status_code == 201
            world.settle()

        answer = register(world, OLD)

        problem(answer, 429, "too_many_requests")
        assert 0 < int(answer.headers["Retry-After"]) <= 86_400
        world.sleep(days=1)
        assert register(world, OLD).status_code == 201


class TestAnothers:
    """What is another person's is refused without telling whose."""

    def holds(self, world: World, claim: dict[str, str]) -> None:
        """The insured person has a policy; the citizen's own is known to the register."""
        known_to_register(world, PETRS_ENP)
        registered(world, claim, person="insured")
        world.settle()
        assert legacy(world, person="insured")["state"] == "confirmed"
        known_to_register(world)

    @pytest.mark.parametrize(
        ("his", "hers"),
        [
            ({"policy_type": "paper", "policy_number": PETRS_ENP, "blank_number": BLANK}, PAPER),
            (
                {"policy_type": "paper", "policy_number": PETRS_ENP, "blank_number": BLANK},
                {**PAPER, "policy_type": "plastic"},
            ),
            (OLD, {**OLD, "series": "77-МУ"}),
        ],
    )
    def test_a_number_of_another_person(self, world: World, his: dict[str, str], hers: dict[str, str]) -> None:
        self.holds(world, his)
        registered(world, hers)
        world.settle()

        assert refusal(world) == "another_persons_policy"
        told = json.dumps([legacy(world), messages(world), actions(world)], ensure_ascii=False)
        assert not any(text in told for text in ("Образцов", PETRS_ENP, "1985-11-30"))
        assert legacy(world, person="insured")["state"] == "confirmed"
        assert policy(world, person="insured")["policy_number"] == PETRS_ENP

    @pytest.mark.parametrize("kind", ["policy_number", "snils", "document"])
    def test_one_person_under_two_accounts(self, world: World, kind: str) -> None:
        known_to_register(world)
        registered(world)
        numbers = {"policy_number": ENP, "snils": world.ok("GET", "/v1/me")["snils"], "document": "14|0020|900001"}
        value_hash = world.tools.secrets.lookup_hash(kind=kind, value=numbers[kind])
        work = world.tools.store.work(at=world.tools.at)
        work.claim(Pointer(kind=kind, value_hash=value_hash, target="another", person_id="another"))
        work.commit()
        world.settle()

        assert refusal(world) == "another_persons_policy"

    def test_two_territories_may_have_given_one_number(self, world: World) -> None:
        self.holds(world, {**OLD, "region": "50"})
        registered(world, OLD)
        world.settle()

        assert legacy(world)["state"] == "confirmed"
