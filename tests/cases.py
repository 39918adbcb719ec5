"""Steps of operators, over HTTP: cases come into the queue, are taken, asked about, decided."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chalicelib.adapters import aws
from chalicelib.domain.checks import CheckKind
from tests.journeys import application, submitted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

    from tests.world import World

OPERATOR, FUND, AUDITOR = "operator", "fund", "auditor"


def left_to_operator(world: World, *, person: str = "citizen", **options: Any) -> str:
    """Bring an application to where only an operator can decide; returns its id."""
    world.tools.registers.mismatch(CheckKind.IDENTITY, "deceased")
    application_id = submitted(world, person=person, **options)
    world.settle()
    world.tools.registers.confirmed(CheckKind.IDENTITY)
    left = application(world, application_id, person=person)
    assert (left["state"], left["needs_operator"]) == ("in_processing", True)
    return application_id


def overdue(world: World, *, person: str = "citizen", **options: Any) -> str:
    """Bring an application past its due date while a register is silent; returns its id."""
    world.tools.registers.unavailable(CheckKind.IDENTITY)
    application_id = submitted(world, person=person, **options)
    world.settle()
    world.sleep(days=50)
    world.run("run_due")
    assert application(world, application_id, person=person)["is_overdue"] is True
    return application_id


def path(application_id: str, step: str = "") -> str:
    """The address of a case, or of a step on it."""
    return f"/v1/operator/applications/{application_id}" + (f"/{step}" if step else "")


def queue(world: World, query: str = "", *, person: str = OPERATOR) -> list[dict[str, Any]]:
    """The first page of the queue."""
    return list(world.ok("GET", f"/v1/operator/applications?{query}", person=person)["items"])


def listed(world: World, query: str = "", *, person: str = OPERATOR) -> list[str]:
    """The ids on the first page of the queue."""
    return [row["id"] for row in queue(world, query, person=person)]


def viewed(world: World, application_id: str, *, person: str = OPERATOR) -> dict[str, Any]:
    """Look at a case."""
    return dict(world.ok("GET", path(application_id), person=person))


def step(world: World, application_id: str, name: str, *, person: str = OPERATOR, **options: Any) -> httpx.Response:
    """Try a step on a case; the answer may be a refusal."""
    return world.call("POST", path(application_id, name), person=person, **options)


def taken(world: World, application_id: str, *, person: str = OPERATOR) -> str:
    """Take a case; returns its id."""
    world.ok("POST", path(application_id, "lease"), person=person)
    return application_id


def asked(world: World, application_id: str, *, person: str = OPERATOR, **question: Any) -> dict[str, Any]:
    """Take a case and ask the person."""
    taken(world, application_id, person=person)
    body = {"fields": ["person.birthplace"], "message": "Уточните место рождения", **question}
    return dict(world.ok("POST", path(application_id, "clarification"), person=person, json=body))


def decided(world: World, application_id: str, *, person: str = OPERATOR, **decision: Any) -> dict[str, Any]:
    """Take a case and decide it; without more it is approved."""
    taken(world, application_id, person=person)
    body = {"approve": True, **decision}
    return dict(world.ok("POST", path(application_id, "decision"), person=person, json=body))


@contextmanager
def meanwhile(act: Callable[[], object], *, times: int = 1) -> Iterator[None]:
    """Let something happen right before each of the next transactions of the block."""
    left = times

    def seam(name: str, moment: str) -> None:
        nonlocal left
        if name == "dynamodb.TransactWriteItems" and moment == "before" and left:
            still, left = left - 1, 0  # what happens meanwhile is not itself interrupted
            act()
            left = still

    aws.add_seam(seam)
    try:
        yield
    finally:
        aws.remove_seam(seam)
