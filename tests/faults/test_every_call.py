"""Each AWS call and each question to a register of all use cases, broken in every way, must do no harm.

The main use cases are broken in every way each time; of the others each call is broken once, in one way after another,
and in all ways where FAULTS_WHOLE=yes, as `make faults` and the proof of a submission ask.
"""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from moto.s3.models import s3_backends

from chalicelib import bootstrap
from tests.cloud import ACCOUNT, in_process_cloud
from tests.faults.rig import Rig
from tests.faults.scenarios import SCENARIOS as MAIN_SCENARIOS
from tests.faults.seam import Fault
from tests.faults.use_cases import SCENARIOS, Bench

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from tests.faults.invariants import Outcome

WHOLE = os.environ.get("FAULTS_WHOLE") == "yes"
ONE_CASE = os.environ.get("FAULT_CASE")
FIGURES = os.environ.get("FAULTS_FIGURES")


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    from app import app

    with in_process_cloud():
        yield Bench(rig=Rig(app=app))
        _leave()


def _leave() -> None:
    buckets = [bucket for backend in s3_backends[ACCOUNT].values() for bucket in backend.buckets.values()]
    for bucket in buckets:
        for name in list(bucket.keys):
            for version in bucket.keys.getlist(name):
                # Else its file is closed by the garbage collector, with a warning, in some other test.
                version.dispose()
    bootstrap.use_container(None)


@pytest.mark.parametrize("name", SCENARIOS)
def test_does_no_harm(bench: Bench, name: str, request: pytest.FixtureRequest) -> None:
    known = bench.unbroken(name)
    cases = _cases(name, known.calls)
    for index, fault in cases:
        case = f"{index}-{fault.value}"
        replay = f"FAULT_CASE={case} python -m pytest '{request.node.nodeid}'"
        print(f"{known.calls[index]}: {replay}")  # the last one is shown when a case fails
        _compare(bench.broken(name, index, fault), known.end, known.calls[index], fault)
    assert cases, "nothing was broken"
    _note(len(cases))


def _cases(name: str, calls: tuple[str, ...]) -> list[tuple[int, Fault]]:
    """Tell which calls are broken, and how."""
    every = [(index, fault) for index in range(len(calls)) for fault in Fault]
    if ONE_CASE:
        return [(index, fault) for index, fault in every if f"{index}-{fault.value}" == ONE_CASE]
    if WHOLE or name in MAIN_SCENARIOS:
        return every
    turn = count(len(name))  # not all begin with the same fault
    return [(index, list(Fault)[next(turn) % len(Fault)]) for index in range(len(calls))]


def _note(broken: int) -> None:
    if FIGURES:
        with Path(FIGURES).open("a", encoding="utf-8") as target:
            target.write(f"{broken}\n")


def _compare(end: Outcome, expected: Outcome, call: str, fault: Fault) -> None:
    assert end.applications == expected.applications
    assert end.policies == expected.policies
    assert max(end.notifications.values(), default=0) <= 1, end.notifications
    if call.startswith("registers."):
        # What a silent register brings is allowed: a delay that is told, a certificate that bridges it.
        return
    _compare_sent(end.sent, expected.sent, call, fault)
    assert replace(end, sent=expected.sent) == expected


def _compare_sent(sent: Counter[str], expected: Counter[str], call: str, fault: Fault) -> None:
    """Only where nobody knows whether the provider took a message, that one may come twice."""
    extra = sent - expected
    assert not expected - sent, "a message is lost"
    is_unknown = call in {"sns.Publish", "sesv2.SendEmail"} and fault in {Fault.ANSWER_LOST, Fault.KILLED}
    assert sum(extra.values()) <= (1 if is_unknown else 0), extra
