"""Copies of each POST at once, with a key of idempotency and without one, on the local cloud.

Under one key all of them have one effect and one answer. Without a key as many of them have an effect as would one
after another: whatever copies overlap, the end is one that a queue of clients could have brought about.
`make faults` sends a hundred copies to every POST that there is; here a few go to a few.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.http.blueprint import registered_routes
from tests.concurrency.conftest import CloudProcess
from tests.concurrency.copies import Copies
from tests.concurrency.step import Step
from tests.concurrency.steps import STEPS
from tests.functional.conftest import issuer, world
from tests.functional.test_idempotency import CREATING, STEPS_ON_A_CASE, compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from tests.world import World

__all__ = ["issuer", "world"]

WHOLE = os.environ.get("COPIES_WHOLE") == "yes"
COPIES = 100 if WHOLE else 8
KEY, ANOTHER = "copies-0001", "copies-{}"
REFUSALS, SERVER_ERRORS = 400, 500
BUSY_ROW = '"status":"busy"'
COME_LATER = {409, 503}
"""Somebody else was there in the same moment: the client comes again."""

POSTS = sorted({*CREATING, *STEPS})
KEYED = sorted({*CREATING, *STEPS_ON_A_CASE})
FEW = ("/v1/applications",)


def tried(paths: list[str]) -> list[str]:
    """All of them, or those that stand for the others."""
    return paths if WHOLE else [path for path in paths if path in FEW]


def note(**figures: int) -> None:
    """Keep figures for the report of `make faults`."""
    path = os.environ.get("COPIES_FIGURES")
    if path:
        with Path(path).open("a", encoding="utf-8") as target:
            target.write(json.dumps(figures) + "\n")


@pytest.fixture(scope="module")
def one_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudProcess]:
    """The local cloud, once for all requests: each has a table of its own."""
    process = CloudProcess(tmp_path_factory.mktemp("copies"))
    process.start()
    yield process
    process.kill()


def prepared(world: World, cloud: CloudProcess, path: str) -> Copies:
    """Bring the world to where the request may be sent."""
    if path in STEPS:
        step = STEPS[path](world)
    else:
        made = CREATING[path](world)
        step = Step(path=made.path, person=made.person, body=made.body)
    return Copies(world=world, cloud=cloud, step=step, count=COPIES)


def is_done(answer: httpx.Response) -> bool:
    """Whether a request came to its end; a batch may say of its rows that others look at them right now."""
    return answer.status_code < REFUSALS and BUSY_ROW not in answer.text


def said(answer: httpx.Response) -> Any:
    return compared(answer) if answer.content else answer.status_code


def test_every_post_is_among_them() -> None:
    import app  # noqa: F401 — declares the routes

    assert {route.path for route in registered_routes() if route.method == "POST"} == set(POSTS)


@pytest.mark.parametrize("path", tried(KEYED))
def test_under_one_key_they_have_one_effect_and_one_answer(world: World, one_cloud: CloudProcess, path: str) -> None:
    copies = prepared(world, one_cloud, path)
    answers = copies.at_once([KEY] * COPIES)
    later = copies.again(KEY)
    left = copies.end()
    copies.one_by_one([KEY])

    assert {answer.status_code for answer in answers if not is_done(answer)} <= COME_LATER, _statuses(answers)
    assert is_done(later), later.text
    assert all(said(answer) == said(later) for answer in answers if is_done(answer))
    assert any(is_done(answer) for answer in answers)
    assert left == copies.end()
    note(keyed_posts=1, copies=COPIES)


@pytest.mark.parametrize("path", tried(POSTS))
def test_without_a_key_they_do_what_they_would_one_after_another(
    world: World, one_cloud: CloudProcess, path: str
) -> None:
    copies = prepared(world, one_cloud, path)
    # Where a key means nothing, half of them have one, which changes nothing.
    keys = [None if path in KEYED or number % 2 else ANOTHER.format(number) for number in range(COPIES)]
    answers = copies.at_once(keys)
    left = copies.end()
    done = sum(map(is_done, answers))
    one_by_one = copies.one_by_one([None] * done)
    refused = {200, *COME_LATER, copies.again(None).status_code}
    expected = _one_by_one(copies, done)

    assert done, _statuses(answers)
    assert all(map(is_done, one_by_one)), (_statuses(answers), _statuses(one_by_one))
    assert {answer.status_code for answer in answers if not is_done(answer)} <= refused, _statuses(answers)
    assert left == expected, (left - expected, expected - left)
    note(posts=1, copies=COPIES)


def _one_by_one(copies: Copies, count: int) -> Counter[str]:
    copies.one_by_one([None] * count)
    return copies.end()


def _statuses(answers: list[httpx.Response]) -> list[Any]:
    """How many ended how, with a word from one of each."""
    counted = Counter(answer.status_code for answer in answers)
    return [(status, count, _word(answers, status)) for status, count in counted.items()]


def _word(answers: list[httpx.Response], status: int) -> str:
    return next(answer.text[:200] for answer in answers if answer.status_code == status)
