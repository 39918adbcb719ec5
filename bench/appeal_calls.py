"""AWS calls of an appeal: begun, filed, asked about, decided at both levels, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests import appeals, journeys

if TYPE_CHECKING:
    from bench.calls import Counter
    from tests.world import World

PERSON = "insured"
"""Whose insurer was changed a calendar year ago."""

LIST = "/v1/operator/appeals"


def measure_appeals(world: World, counter: Counter) -> None:
    """A person whose change of insurer was refused appeals, at both levels."""
    world.run("run_due")  # the change before this one is in force long since
    world.settle()
    change = {"kind": journeys.INSURER_CHANGE, "insurer": journeys.FIRST_INSURER}
    application_id = appeals.refused(world, person=PERSON, **change)
    body = {"subject": "application", "subject_id": application_id}
    with counter.measuring("begin an appeal", limit=2):
        appeal_id = str(world.ok("POST", "/v1/appeals", person=PERSON, json=body)["id"])
    with counter.measuring("permission to upload a document to an appeal", limit=2):
        ordered = _act(world, appeal_id, "documents", media_type="image/png")
    world.invoke("scan_uploads", world.arrived(ordered["upload"]["fields"]["key"], journeys.scan()))
    with counter.measuring("file an appeal", limit=3):
        _act(world, appeal_id, "submission", **appeals.GROUNDS)
    with counter.measuring("my appeals", limit=1):
        world.ok("GET", "/v1/appeals", person=PERSON)
    world.settle()
    _first_level(world, counter, appeal_id)
    _fund(world, counter, appeal_id)


def _act(world: World, appeal_id: str, step: str, **body: Any) -> Any:
    answer = appeals.act(world, appeal_id, step, person=PERSON, **body)
    assert answer.is_success, answer.text
    return answer.json()


def _work(world: World, appeal_id: str, step: str, *, by: str, **body: Any) -> None:
    answer = appeals.work(world, appeal_id, step, person=by, **body)
    assert answer.is_success, answer.text


def _first_level(world: World, counter: Counter, appeal_id: str) -> None:
    by = "second_operator"
    with counter.measuring("appeals to decide", limit=1):
        world.ok("GET", LIST, person=by)
    with counter.measuring("take an appeal", limit=2):
        _work(world, appeal_id, "lease", by=by)
    with counter.measuring("look at an appeal as an operator", limit=3):
        world.ok("GET", f"{LIST}/{appeal_id}/details", person=by)
    with counter.measuring("ask about an appeal", limit=3):
        _work(world, appeal_id, "question", by=by, text=appeals.WORDS)
    with counter.measuring("answer a question on an appeal", limit=2):
        _act(world, appeal_id, "answer", text=appeals.WORDS)
    _work(world, appeal_id, "lease", by=by)
    with counter.measuring("decide an appeal against the person", limit=3):
        _work(world, appeal_id, "decision", by=by, uphold=False, explanation=appeals.EXPLANATION)
    world.settle()


def _fund(world: World, counter: Counter, appeal_id: str) -> None:
    with counter.measuring("take an appeal to the fund", limit=3):
        _act(world, appeal_id, "second-level", text=appeals.WORDS)
    _work(world, appeal_id, "lease", by="fund")
    with counter.measuring("uphold an appeal, of an application", limit=6):
        _work(world, appeal_id, "decision", by="fund", uphold=True, explanation=appeals.EXPLANATION)
    world.settle()
    with counter.measuring("statistics of appeals of a month", limit=3):
        world.ok("GET", "/v1/operator/appeal-statistics", person="fund")
