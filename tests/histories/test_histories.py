"""Seeded histories in told time: whatever breaks on the way, what must hold holds at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.histories.replay import Shrinking, command, theatre
from tests.histories.simulator import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.histories.replay import Theatre

SEEDS = range(30)


@pytest.fixture(scope="module")
def opened() -> Iterator[Theatre]:
    with theatre() as made:
        yield made


@pytest.mark.parametrize("seed", SEEDS)
def test_invariants_hold(opened: Theatre, seed: int) -> None:
    print(f"replay: {command(seed)}")  # shown when it fails
    opened.play(seed)


def test_the_same_seed_is_the_same_history(opened: Theatre) -> None:
    first = opened.play(7)
    held = _told(opened)

    assert opened.play(7) == first
    assert _told(opened) == held


def _told(opened: Theatre) -> list[dict[str, Any]]:
    """What the table holds but for scans, which name the versions that the storage of files has drawn."""
    return [row for row in opened.rig.items() if row.get("type") != "Scan"]


def test_faults_and_duplicates_do_happen(opened: Theatre) -> None:
    done = opened.play(3)

    assert min(done["faults"], done["duplicates"], done["a_message_comes"], done["somebody_acts"]) > 0


def test_a_failing_history_is_shrunk_to_the_steps_that_it_needs(opened: Theatre) -> None:
    class FailsIfBoth:
        """Fails as long as steps 17 and 90 are in it."""

        def fails(self, _seed: int, skipped: frozenset[int]) -> bool:
            return not skipped & {17, 90}

    skipped = Shrinking(theatre=FailsIfBoth(), seed=1).run()  # type: ignore[arg-type]

    assert set(range(STEPS)) - skipped == {17, 90}
    assert command(1, skipped) == "python -m tests.histories --seed 1 --only 17,90"
