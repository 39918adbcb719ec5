"""What changes between the reading of a page and its turn is left to the next run (requirements C2, E2, F6)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from chalicelib.use_cases.certificates import expire_certificates
from chalicelib.use_cases.run_due import run_due
from chalicelib.use_cases.run_policy_steps import run_policy_steps
from chalicelib.use_cases.run_representations import run_representations
from tests import journeys
from tests.applicants import carried_out, represent

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tests.world import World

CHILD = {
    "relation": "parent",
    "family_name": "Примеров",
    "given_name": "Егор",
    "born_on": "2012-03-20",
    "sex": "male",
}


def a_draft(world: World) -> None:
    journeys.drafted(world)


def a_policy_with_a_term(world: World) -> None:
    carried_out(world, ApplicantCategory.REFUGEE, "first_policy")


def a_child_of_nearly_14(world: World) -> None:
    represent(world, "citizen", CHILD)


def a_certificate(world: World) -> None:
    world.tools.registers.unavailable(CheckKind.INSURED_PERSON)
    journeys.submitted(world)
    world.settle()


NAMES = ("begins", "listed", "days", "run")
JUDGED_BY_THE_CLOCK = [
    (a_policy_with_a_term, "due_policies", 270, run_policy_steps),
    (a_child_of_nearly_14, "due_representations", 5, run_representations),
    (a_certificate, "due_certificates", 24, expire_certificates),
]


@pytest.mark.parametrize(NAMES, [(a_draft, "due_applications", 29, run_due), *JUDGED_BY_THE_CLOCK])
def test_a_copy_that_is_stale_is_passed_over(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    begins: Callable[[World], None],
    listed: str,
    days: int,
    run: Callable[..., object],
) -> None:
    begins(world)
    at: datetime = world.tools.at + timedelta(days=days)
    store = world.tools.store
    pages = [tuple(page) for page in getattr(store, listed)(until=at, page=50)]
    assert sum(map(len, pages)) == 1
    first = run(tools=world.tools, at=at)
    entries = len(journeys.actions(world))

    monkeypatch.setattr(type(store), listed, lambda _self, **_: iter(pages))

    assert skipped(first) == 0
    assert skipped(run(tools=world.tools, at=at)) == 1
    assert len(journeys.actions(world)) == entries


@pytest.mark.parametrize(NAMES, JUDGED_BY_THE_CLOCK)
def test_what_an_index_shows_too_early_is_passed_over(
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    begins: Callable[[World], None],
    listed: str,
    days: int,
    run: Callable[..., object],
) -> None:
    begins(world)
    store = world.tools.store
    pages = [tuple(page) for page in getattr(store, listed)(until=world.tools.at + timedelta(days=days), page=50)]
    entries = len(journeys.actions(world))
    monkeypatch.setattr(type(store), listed, lambda _self, **_: iter(pages))

    assert skipped(run(tools=world.tools, at=world.tools.at)) == 1
    assert len(journeys.actions(world)) == entries


def skipped(done: object) -> int:
    return int(done.get("skipped", 0) if isinstance(done, dict) else done.skipped)
