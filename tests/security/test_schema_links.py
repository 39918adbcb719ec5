"""What is made or listed is read back and acted on, by the links of the OpenAPI itself: walks that schemathesis makes.

Each walk begins with a call that makes or lists something, goes on by links, and every answer on the way is what the
description says. `test_schema.py` asks the same of single calls.
"""

from __future__ import annotations

import random
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import Flaky
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation.stateful import run_state_machine_as_test

from tests.cloud import memory_table
from tests.functional.test_bad_input import person_of
from tests.functional.test_roles import BODIES, owned
from tests.journeys import consented
from tests.security.scale import WHOLE, note, whole_or
from tests.security.test_schema import CHECKS, DESCRIPTION, OF_THE_GATEWAY, ROUTES, SCHEMA, sent

if TYPE_CHECKING:
    import pytest

    from tests.world import World

__all__ = ["owned"]

WALKS = settings(
    max_examples=whole_or(20, 3),
    stateful_step_count=whole_or(8, 4),
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
A_FEW = "^/v1/tickets"
REFUSALS = 400
RIGHT_BODIES = 0.8
"""How many calls have a body that the rules accept, where one is known: else few walks would come far."""


class Figures:
    """What the walks came to."""

    def __init__(self) -> None:
        self.walks = self.calls = self.followed = self.found = 0
        self.failures: dict[str, str] = {}


def test_every_link_leads_to_an_operation_with_its_parameters() -> None:
    operations = {
        operation["operationId"]: path for path, found in DESCRIPTION["paths"].items() for operation in found.values()
    }
    assert len(operations) == sum(map(len, DESCRIPTION["paths"].values())), "two operations have one name"
    links = list(_links(DESCRIPTION["paths"]))
    for link in links:
        path = operations[link["operationId"]]
        assert path.count("{") == len(link["parameters"])
        assert all(f"{{{name}}}" in path for name in link["parameters"])
    assert len(links) > 150


def _links(part: Any) -> Any:
    if isinstance(part, dict):
        for name, value in part.items():
            yield from value.values() if name == "links" else _links(value)


def test_what_is_made_is_read_back(shared_world: World, request: pytest.FixtureRequest) -> None:
    consented(shared_world)
    if WHOLE:
        request.getfixturevalue("owned")
    figures = Figures()
    walker = _walker(shared_world, figures)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for seed in range(whole_or(60, 1)):
            walker._hypothesis_internal_use_seed = seed
            with suppress(Flaky):  # ids are drawn anew, so that a walk cannot always be made again
                run_state_machine_as_test(walker, settings=WALKS)

    note(
        schema_calls=figures.calls,
        schema_walks=figures.walks,
        links_followed=figures.followed,
        links_that_found=figures.found,
    )
    assert not figures.failures, "\n".join(figures.failures.values())
    assert figures.calls >= WALKS.max_examples
    assert figures.found >= whole_or(200, 0), (figures.calls, figures.followed, figures.found)


def _walker(world: World, figures: Figures) -> Any:
    """A walk that calls through the gateway of a world, as somebody who may."""
    begin, at = memory_table().copy(), world.tools.at
    machine: Any = SCHEMA.as_state_machine() if WHOLE else SCHEMA.include(path_regex=A_FEW).as_state_machine()

    class Walk(machine):  # type: ignore[misc]
        def setup(self) -> None:
            """Begin each walk alike, so that it can be made again."""
            figures.walks += 1
            memory_table().restore(begin)
            world.tools.at = at
            self.chance = random.Random(11)

        def step(self, input: Any) -> Any:  # noqa: A002 — the name is schemathesis's
            done = super().step(input)
            if input.transition is not None and input.is_applied:
                figures.followed += 1
                figures.found += done.response.status_code < REFUSALS
            return done

        def call(self, case: Any, **_: Any) -> Response:
            figures.calls += 1
            name = case.operation.label
            if name in BODIES and self.chance.random() < RIGHT_BODIES:
                case.body, case.media_type = BODIES[name], "application/json"
            world.sleep(hours=1)  # the limits of the calls before are over
            route = ROUTES.get(name)
            return Response.from_any(sent(world, case, person_of(route) if route else None))

        def validate_response(self, response: Response, case: Any, *_: Any, **__: Any) -> None:
            figures.failures.update(_failures(response, case))

    return Walk


def _failures(response: Response, case: Any) -> dict[str, str]:
    # An empty part of a path, or one of dots, is another address for any client.
    is_elsewhere = not {"", ".", ".."}.isdisjoint(map(str, dict(case.path_parameters or {}).values()))
    if is_elsewhere or response.status_code in OF_THE_GATEWAY or b"malformed_url" in response.content:
        return {}
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as failures:
        told = f"{case.as_curl_command()} — {response.status_code} {response.text[:300]}"
        return {f"{case.operation.label} {type(one).__name__}": f"{one} — {told}" for one in failures.exceptions}
    return {}
