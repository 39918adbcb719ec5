"""AWS calls of the use cases that change a policy or act for another person."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.dynamodb.index_keys import DUE_SHARDS
from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from chalicelib.use_cases.run_policy_steps import run_policy_steps
from tests import journeys
from tests.applicants import APPLICANTS, CHILD, begun, scanned

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.calls import Counter
    from tests.world import World

    Step = Callable[..., None]

RESIDENT, TEMPORARY = ApplicantCategory.FOREIGNER_PERMANENT, ApplicantCategory.EAEU_WORKER
YOUNG = ApplicantCategory.CHILD_UNDER_14
QUERIES = DUE_SHARDS


def count_policies(world: World, counter: Counter, step: Step) -> None:
    """Walk a child, a resident's policy through its changes, and a worker's to the end of its term."""
    world.tools.registers.not_found(CheckKind.INSURED_PERSON)
    _child(world, counter, step)
    _changes(world, counter, step)
    _end_of_term(world, counter, step)


def _child(world: World, counter: Counter, step: Step) -> None:
    journeys.consented(world, person="citizen")
    with counter.measuring("declare a represented person", limit=3):
        made = world.ok("POST", "/v1/represented-persons", json={**CHILD, "consent_version": "2026-11"})
    child = made["person_id"]
    wish = {"kind": "first_policy", "category": YOUNG.value, "person_id": child}
    with counter.measuring("create a draft about a represented person", limit=3):
        draft = world.ok("POST", "/v1/applications", json=wish)
    world.ok("POST", f"/v1/applications/{draft['id']}/withdrawal")
    _issued(world, counter, step, YOUNG, "first_policy", "issue a child's policy", about=child)
    with counter.measuring("folder of a represented person", limit=2):
        world.ok("GET", f"/v1/represented-persons/{child}/insurance")


def _changes(world: World, counter: Counter, step: Step) -> None:
    today = str(world.tools.at.date())
    for kind, use_case, sections in (
        ("first_policy", "issue a policy with a permit", {}),
        ("replacement", "replace a policy", {"replacement": {"reason": "lost"}}),
        ("suspension", "suspend a policy", {"suspension": {"reason": "left_country", "from_on": today}}),
        ("resumption", "resume a policy", {"resumption": {"from_on": today}}),
        ("policy_refusal", "give a policy up", {"refusal": {"understood": "yes"}}),
    ):
        _issued(world, counter, step, RESIDENT, kind, use_case, sections=sections)
        world.sleep(minutes=2)


def _end_of_term(world: World, counter: Counter, step: Step) -> None:
    basis = APPLICANTS[TEMPORARY].sections["basis"]
    day = world.tools.at.date()
    term = {**basis, "valid_until": str(day + timedelta(days=5)), "stay_until": str(day + timedelta(days=9))}
    sections = {"basis": {**term, "issued_on": str(day)}}
    _issued(world, counter, step, TEMPORARY, "first_policy", "issue a policy with a contract", sections=sections)
    world.sleep(days=7)
    run = world.tools.at
    # The folder, one transaction and its hint; a page of each shard.
    with counter.measuring("end a policy whose term is over", limit=3 + QUERIES):
        done = run_policy_steps(tools=world.tools, at=run)
    assert done == {"expire": 1}, done


def _issued(
    world: World, counter: Counter, step: Step, category: ApplicantCategory, kind: str, use_case: str, **more: Any
) -> None:
    """Bring an application to its approval and count what carries it out."""
    person = APPLICANTS[category].person
    draft = begun(world, category, kind, **more)
    scanned(world, draft["id"], person=person)
    journeys.signed(world, draft["id"], person=person)
    world.drain(queues=("outbox_relay", "verification", "outbox_relay"))
    step(world, counter, "issuance", use_case, limit=6)
    found = journeys.application(world, draft["id"], person=person)
    assert found["state"] == "ready", found["refusals"]
    world.settle()
