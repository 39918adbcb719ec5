"""A person is forgotten: at once where the law allows it, when the term is over where it does not (requirement P2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from chalicelib.domain.audit import AuditEntry, ChainHead, find_breaks
from chalicelib.ports.queries import Period
from tests import journeys
from tests.corrections import corrected, person_id
from tests.journeys import (
    actions,
    consented,
    drafted,
    insured,
    messages,
    policy,
    prepared,
    problem,
    submitted,
    wrong_fields,
)
from tests.privacy import ERASURES, PREVIEW, answered, demanded, exported, kinds, left_of, values_of
from tests.tickets import opened

if TYPE_CHECKING:
    from tests.world import World

REVOCATION = "/v1/me/consents/revocation"


def proven_journal(world: World) -> int:
    """Check that the journal is whole up to the heads that are kept; returns how many entries there are."""
    page = world.ok("GET", "/v1/me/activity/export")
    by_chain: dict[str, list[AuditEntry]] = {}
    store = world.tools.store
    for line in store.journal(person_id=person_id(world), period=Period(), limit=1000, after=None).items:
        by_chain.setdefault(line.entry.chain, []).append(line.entry)
    heads = {head["chain"]: ChainHead(sequence=head["sequence"], digest=head["digest"]) for head in page["heads"]}
    assert heads.keys() >= {f"person:{person_id(world)}"}
    for chain, entries in by_chain.items():
        assert find_breaks(entries=entries, head=heads.get(chain)) == ()
    return sum(map(len, by_chain.values()))


def test_who_only_drafted_is_forgotten_whole_and_may_come_back(world: World) -> None:
    prepared(world)
    world.settle()
    values = values_of(world)
    assert left_of(values)
    planned = world.ok("GET", PREVIEW)
    assert kinds(planned["erases"]) == {"draft": 1, "profile": 1}
    assert (planned["stays"], planned["empties_profile"]) == ([], True)

    asked = demanded(world)
    assert (asked["state_title"], asked["due_on"], asked["law"]) == (
        "Исполняется",
        "2026-03-30",
        "152-ФЗ, ст. 21, ч. 5.1",
    )
    assert demanded(world)["id"] == asked["id"]
    done = answered(world)
    assert (done["state_title"], done["stays"]) == ("Исполнено", [])
    assert kinds(done["erased"]) == {"draft": 1, "profile": 1, "message": 1}
    assert left_of(values) == []
    entries = proven_journal(world)
    assert [message["kind"] for message in messages(world)] == ["erasure_answered"]
    assert "data_erased" in {action["action"] for action in actions(world)}

    problem(
        world.call("POST", "/v1/applications", json={"kind": "first_policy"}), 422, "rule_refused", "consent_required"
    )
    insured(world)
    assert world.ok("GET", "/v1/me")["family_name"] == world.person("citizen").family_name
    assert proven_journal(world) > entries


def test_what_the_law_keeps_stays_with_its_reason_and_goes_when_the_term_is_over(world: World) -> None:
    insured(world)
    world.drain()
    number = policy(world)["policy_number"]
    values = {*values_of(world), number}
    demanded(world)
    done = answered(world)
    stays = {row["kind"]: row for row in done["stays"]}
    assert kinds(done["erased"])["contacts"] == 1
    assert (stays["policy"]["kept_until"], stays["policy"]["reason"]) == (None, "полис действует или приостановлен")
    assert (stays["policy"]["term"], "326-ФЗ" in stays["policy"]["law"]) == ("5 лет", True)
    assert (stays["application"]["kept_until"], stays["application"]["reason"]) == (
        "2031-03-16",
        "срок хранения не истёк",
    )
    assert world.ok("GET", "/v1/me")["phone"] is None

    corrected(world, "policy_annulled", person_id(world), annulment="lost_right", from_on="2026-03-16")
    world.drain()
    world.sleep(days=5 * 365)
    world.run("run_retention")
    assert left_of({number})
    world.sleep(days=10)
    world.run("run_retention")
    assert left_of(values) == []
    problem(world.call("GET", f"/v1/applications?number={number}"), 422)
    assert proven_journal(world)
    world.run("run_retention")


def test_a_revoked_consent_is_carried_out_within_thirty_days_unless_it_is_given_anew(world: World) -> None:
    drafted(world)
    world.ok("POST", REVOCATION)
    consented(world)
    assert (answered(world)["state_title"], left_of(values_of(world)) != []) == (
        "Не исполнено: согласие дано снова",
        True,
    )
    world.sleep(seconds=1)
    world.ok("POST", REVOCATION)
    revoked = world.ok("GET", ERASURES)["items"][0]
    assert (revoked["cause"], revoked["due_on"], revoked["law"]) == (
        "consent_revoked",
        "2026-04-15",
        "152-ФЗ, ст. 21, ч. 5",
    )
    assert answered(world)["state"] == "done"
    assert left_of(values_of(world)) == []
    world.sleep(days=3 * 366)
    world.run("run_retention")
    assert world.ok("GET", ERASURES)["items"] == []
    demanded(world)
    assert kinds(answered(world)["erased"]) == {"message": 2}


def test_who_waits_for_a_decision_can_still_be_told_of_it(world: World) -> None:
    submitted(world)
    opened(world)
    demanded(world)
    done = answered(world)
    assert {"application", "ticket", "profile", "contacts"} <= kinds(done["stays"]).keys()
    assert "contacts" not in kinds(done["erased"])
    assert world.ok("GET", "/v1/me")["phone"]["value"] == world.person("citizen").phone


def test_a_demand_needs_a_profile_and_a_word(world: World) -> None:
    problem(world.call("POST", ERASURES, json={"is_sure": True}), 404)
    consented(world)
    refused = problem(world.call("POST", ERASURES, json={"is_sure": False}), 422)
    assert wrong_fields(refused) == {"is_sure": "confirmation_required"}


def test_records_that_were_merged_are_one_person(world: World) -> None:
    insured(world)
    journeys.prepared(world, person="later")
    first, second = person_id(world), person_id(world, "later")
    corrected(world, "persons_merged", first, other_person_id=second)
    world.settle()
    planned = world.ok("GET", PREVIEW, person="later")
    assert "policy" in kinds(planned["stays"])
    data = json.loads(exported(world, person="later").read("data.json"))
    assert len(data["profile"]) == len({record["person_id"] for record in data["profile"]}) == 2
    demanded(world, person="later")
    answered(world, person="later")
    demands = world.ok("GET", ERASURES, person="later")["items"]
    assert [demand["state"] for demand in demands] == ["done", "done"]
    assert {"policy", "application"} <= {kind for demand in demands for kind in kinds(demand["stays"])}
