"""Time tells nothing: an unknown number and a wrong second factor take equally long (G4)."""

from __future__ import annotations

import gc
import json
import statistics
import time
from datetime import timedelta
from typing import Any

from app import app
from chalicelib import bootstrap
from chalicelib.use_cases.check_validity import SUBJECT_LIMIT
from tests.cloud import in_process_cloud
from tests.faults.rig import Rig
from tests.faults.scenarios import STAGES
from tests.security.scale import WHOLE, note, whole_or
from tests.security.test_public_answers import PATH, UNKNOWN, WRONG

MOST_DIFFERENCE = 0.05


def _seconds(rig: Rig, question: dict[str, Any]) -> float:
    started = time.perf_counter()
    answer = rig.answer("POST", PATH, {"consent": True, **question})
    taken = time.perf_counter() - started
    assert (answer["statusCode"], "not_found" in answer["body"]) == (200, True)
    return taken


def _walked(rig: Rig, name: str) -> None:
    earlier, stage = STAGES[name]
    if earlier:
        _walked(rig, earlier)
    stage(rig)


def test_time_tells_nothing() -> None:
    """2,000 pairs in one process, in turns: only between neighbours nothing of the machine has changed."""
    pairs = whole_or(2_000, 40)
    with in_process_cloud():
        rig = Rig(app=app)
        _walked(rig, "approved")
        rig.settle()
        number = _policy_number(rig)
        questions = {"mismatch": {"policy_number": number}, "unknown": {"policy_number": UNKNOWN}}
        taken: dict[str, list[float]] = {name: [] for name in questions}
        gc.collect()
        gc.disable()
        try:
            for turn in range(pairs):
                if turn % SUBJECT_LIMIT[0] == 0:
                    rig.sleep(timedelta(hours=1))
                order = list(questions)[:: 1 if turn % 2 else -1]
                for name in order:
                    taken[name].append(_seconds(rig, {**questions[name], **WRONG[turn // 2 % len(WRONG)]}))
        finally:
            gc.enable()
        bootstrap.use_container(None)
    medians = {name: statistics.median(seconds) for name, seconds in taken.items()}
    difference = abs(medians["mismatch"] - medians["unknown"]) / max(medians.values())
    note(**{f"median_{name}_ms": round(1000 * seconds, 3) for name, seconds in medians.items()})
    note(timing_pairs=pairs, timing_difference=round(difference, 4))
    # Few pairs beside other tests tell little; all of them are asked by `make security`.
    assert difference < (MOST_DIFFERENCE if WHOLE else 0.5)


def _policy_number(rig: Rig) -> str:
    (found,) = rig.items("Policy")
    return str(json.loads(found["data"])["policy_number"])
