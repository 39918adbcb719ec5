"""Proof of work before public lookups: switched on by a setting, good once, for a while (requirement G4)."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING, Any

import altcha
import pytest

from bench.calls import Counter
from chalicelib.adapters import aws
from tests.journeys import insured, policy, problem, wrong_fields

if TYPE_CHECKING:
    import httpx

    from tests.world import World

DIFFICULTY = 1000
VALIDITY = ("/v1/validity-checks", {"certificate_number": "123456789", "consent": True})
READINESS = ("/v1/readiness-checks", {"number": "123456789"})
LOOKUPS = [VALIDITY, READINESS]
ANSWERED = {200, 404}


@pytest.fixture
def guarded(world: World) -> World:
    world.tools.settings = replace(world.tools.settings, proof_of_work=DIFFICULTY)
    return world


def challenge(world: World) -> dict[str, Any]:
    return dict(world.ok("GET", "/v1/challenges", person=None))


def solution(asked: dict[str, Any], **more: object) -> str:
    found = altcha.solve_challenge_v1(asked["challenge"], asked["salt"], asked["algorithm"], asked["maxnumber"])
    assert found is not None
    payload = {**{n: v for n, v in asked.items() if n != "maxnumber"}, "number": found.number, "took": 3, **more}
    return base64.b64encode(json.dumps(payload).encode()).decode()


def ask(world: World, lookup: tuple[str, dict[str, Any]], proof: str | None = None) -> httpx.Response:
    path, question = lookup
    return world.call("POST", path, person=None, json=question if proof is None else {**question, "altcha": proof})


def refused(answer: httpx.Response, reason: str) -> dict[str, Any]:
    body = problem(answer, 403, "proof_not_accepted", reason)
    assert set(body["challenge"]) == {"algorithm", "challenge", "maxnumber", "salt", "signature"}
    return body


class TestOff:
    """As it is delivered."""

    @pytest.mark.parametrize("lookup", LOOKUPS)
    def test_asks_for_no_proof_and_reads_none(self, world: World, lookup: tuple[str, dict[str, Any]]) -> None:
        assert ask(world, lookup).status_code in ANSWERED
        assert ask(world, lookup, "whatever").status_code in ANSWERED

    def test_sets_no_challenge(self, world: World) -> None:
        body = problem(world.call("GET", "/v1/challenges", person=None), 404, "not_found")
        assert "не нужно" in body["detail"]


class TestOn:
    """Where the setting asks for it."""

    def test_sets_a_new_challenge_each_time_and_makes_no_call(self, guarded: World) -> None:
        challenge(guarded)  # a cold process reads its secret
        counter = Counter()
        with counter.measuring("challenges", limit=0):
            asked = [challenge(guarded) for _ in range(20)]
        assert len({c["challenge"] for c in asked}) == len({c["salt"] for c in asked}) == 20
        assert {c["maxnumber"] for c in asked} == {DIFFICULTY}
        assert counter.found[0].calls == ()

    @pytest.mark.parametrize("lookup", LOOKUPS)
    def test_answers_a_solved_challenge_once(self, guarded: World, lookup: tuple[str, dict[str, Any]]) -> None:
        proof = solution(challenge(guarded))
        assert ask(guarded, lookup, proof).status_code in ANSWERED
        for again in LOOKUPS:
            refused(ask(guarded, again, proof), "proof_used")

    @pytest.mark.parametrize("lookup", LOOKUPS)
    def test_every_refusal_brings_a_challenge_that_can_be_solved(
        self, guarded: World, lookup: tuple[str, dict[str, Any]]
    ) -> None:
        spent = solution(challenge(guarded))
        assert ask(guarded, lookup, spent).status_code in ANSWERED
        old = solution(challenge(guarded))
        guarded.sleep(minutes=10)
        wrong = solution(challenge(guarded), number=DIFFICULTY + 1)
        for proof, reason in (
            (None, "proof_required"),
            ("", "proof_required"),
            ("%%%", "proof_unreadable"),
            (wrong, "proof_wrong"),
            (old, "proof_expired"),
            (spent, "proof_expired"),
        ):
            fresh = refused(ask(guarded, lookup, proof), reason)["challenge"]
            assert ask(guarded, lookup, solution(fresh)).status_code in ANSWERED

    def test_tells_mistakes_in_the_question_before_it_asks_for_a_proof(self, guarded: World) -> None:
        answer = ask(guarded, ("/v1/validity-checks", {"certificate_number": "1", "consent": True}))
        assert wrong_fields(problem(answer, 422)) == {"certificate_number": "certificate_number_length"}

    def test_a_refused_proof_counts_against_no_limit(self, guarded: World) -> None:
        for _ in range(30):
            refused(ask(guarded, VALIDITY), "proof_required")
        assert ask(guarded, VALIDITY, solution(challenge(guarded))).status_code == 200

    def test_a_lookup_that_is_limited_spends_no_proof(self, guarded: World) -> None:
        for _ in range(20):
            assert ask(guarded, VALIDITY, solution(challenge(guarded))).status_code == 200
        guarded.sleep(minutes=55)  # the limits of a number run by the full hour
        proof = solution(challenge(guarded))
        problem(ask(guarded, VALIDITY, proof), 429, "too_many_requests")
        guarded.sleep(minutes=5)
        assert ask(guarded, VALIDITY, proof).status_code == 200

    def test_only_one_of_two_lookups_at_the_same_moment_can_spend_it(self, guarded: World) -> None:
        proof = solution(challenge(guarded))
        others: list[int] = []

        def overtaken(name: str, phase: str) -> None:
            if name == "dynamodb.TransactWriteItems" and phase == "before" and not others:
                others.append(0)
                thread = Thread(target=lambda: others.append(ask(guarded, READINESS, proof).status_code))
                thread.start()
                thread.join()

        aws.add_seam(overtaken)
        try:
            answer = ask(guarded, VALIDITY, proof)
        finally:
            aws.remove_seam(overtaken)
        assert others[1] in ANSWERED
        refused(answer, "proof_used")

    def test_finds_a_policy_within_the_same_two_calls(self, guarded: World) -> None:
        insured(guarded)
        question = {"policy_number": policy(guarded)["policy_number"], "born_on": "1990-05-14", "consent": True}
        lookup = ("/v1/validity-checks", question)
        assert ask(guarded, lookup, solution(challenge(guarded))).json()["status"] == "valid"
        proof = solution(challenge(guarded))
        counter = Counter()
        with counter.measuring("answered", limit=2):
            assert ask(guarded, lookup, proof).json()["status"] == "valid"
        with counter.measuring("refused", limit=1):
            refused(ask(guarded, lookup, proof), "proof_used")
        assert [budget.calls for budget in counter.found] == [
            ("dynamodb.TransactWriteItems", "dynamodb.GetItem"),
            ("dynamodb.TransactWriteItems",),
        ]

    def test_leaves_clinics_alone(self, guarded: World) -> None:
        question = {"snils": "112-233-445 95"}
        answer = guarded.call("POST", "/v1/clinic/validity-checks", person="registrar", json=question)
        assert answer.status_code == 200

    def test_does_not_take_a_challenge_of_another_service(self, guarded: World) -> None:
        expires = datetime.fromtimestamp(guarded.tools.at.timestamp() + 60, tz=UTC)
        options = altcha.ChallengeOptionsV1(hmac_key="their key", max_number=DIFFICULTY, expires=expires)
        theirs = altcha.create_challenge_v1(options).to_dict()
        asked = {**{n: v for n, v in theirs.items() if n != "maxNumber"}, "maxnumber": DIFFICULTY}
        refused(ask(guarded, VALIDITY, solution(asked)), "proof_wrong")
