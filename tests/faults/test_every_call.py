"""Each AWS call and each question to a register of the main use cases, broken in every way, must do no harm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from moto import mock_aws
from moto.dynamodb.models.table import Table
from moto.s3.models import s3_backends

from chalicelib import bootstrap
from chalicelib.adapters import aws
from tests.faults.invariants import Outcome, check, outcome_of
from tests.faults.newborn_scenarios import NEWBORN_SCENARIOS, NEWBORN_STAGES
from tests.faults.policy_scenarios import POLICY_SCENARIOS, POLICY_STAGES
from tests.faults.rig import ACCOUNT, Moment, Rig, quick_copies
from tests.faults.scenarios import SCENARIOS as MAIN_SCENARIOS
from tests.faults.scenarios import STAGES as MAIN_STAGES
from tests.faults.seam import Fault
from tests.world import create_resources

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from tests.faults.scenarios import Scenario


STAGES = {**MAIN_STAGES, **POLICY_STAGES, **NEWBORN_STAGES}
SCENARIOS = {
    **MAIN_SCENARIOS,
    **{scenario.name: scenario for scenario in (*POLICY_SCENARIOS, *NEWBORN_SCENARIOS)},
}


@dataclass(frozen=True, kw_only=True)
class Unbroken:
    """A use case as it goes when nothing breaks: where it begins, its calls, and how it ends."""

    begin: Moment
    calls: tuple[str, ...]
    end: Outcome


def _service() -> Rig:
    from app import app

    return Rig(app=app)


def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in create_resources().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(Table, "__deepcopy__", quick_copies, raising=False)


@cache
def unbroken() -> dict[str, Unbroken]:
    """Walk through every use case once, counting its calls: the cases are generated from them."""
    with pytest.MonkeyPatch.context() as monkeypatch, mock_aws():
        _environment(monkeypatch)
        rig = _service()
        moments = {"": rig.keep()}
        for name, (earlier, lead) in STAGES.items():
            rig.restore(moments[earlier])
            lead(rig)
            moments[name] = rig.keep()
        known = {name: _walk(rig, scenario, moments[scenario.begins]) for name, scenario in SCENARIOS.items()}
        _leave()
    return known


def _walk(rig: Rig, scenario: Scenario, begin: Moment) -> Unbroken:
    rig.real_senders = scenario.real_senders
    rig.restore(begin)
    with rig.broken(None, Fault.FAILS) as seam:
        scenario.run(rig)
        calls = tuple(seam.calls)
    rig.settle()
    check(rig)
    return Unbroken(begin=begin, calls=calls, end=outcome_of(rig))


def _leave() -> None:
    buckets = [bucket for backend in s3_backends[ACCOUNT].values() for bucket in backend.buckets.values()]
    for bucket in buckets:
        for name in list(bucket.keys):
            for version in bucket.keys.getlist(name):
                # Else its file is closed by the garbage collector, with a warning, in some other test.
                version.dispose()
    bootstrap.use_container(None)
    aws.forget_clients()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "fault" in metafunc.fixturenames:
        cases = [
            pytest.param(name, index, fault, id=f"{name}-{index}-{call}-{fault.value}")
            for name, use_case in unbroken().items()
            for index, call in enumerate(use_case.calls)
            for fault in Fault
        ]
        metafunc.parametrize(("name", "index", "fault"), cases)


@pytest.fixture(scope="module")
def rig() -> Iterator[Rig]:
    with pytest.MonkeyPatch.context() as monkeypatch, mock_aws():
        _environment(monkeypatch)
        yield _service()
        _leave()


def test_does_no_harm(rig: Rig, name: str, index: int, fault: Fault, request: pytest.FixtureRequest) -> None:
    print(f"replay: python -m pytest '{request.node.nodeid}'")  # shown when the case fails
    scenario, expected = SCENARIOS[name], unbroken()[name]
    rig.real_senders = scenario.real_senders
    rig.restore(expected.begin)
    with rig.broken(index, fault) as seam:
        scenario.run(rig)
        assert seam.fired
    rig.settle()
    check(rig)
    _compare(outcome_of(rig), expected, expected.calls[index], fault)


def _compare(end: Outcome, expected: Unbroken, call: str, fault: Fault) -> None:
    assert end.applications == expected.end.applications
    assert end.policies == expected.end.policies
    assert max(end.notifications.values(), default=0) <= 1, end.notifications
    if call.startswith("registers."):
        # What a silent register brings is allowed: a delay that is told, a certificate that bridges it.
        return
    _compare_sent(end.sent, expected.end.sent, call, fault)
    assert replace(end, sent=expected.end.sent) == expected.end


def _compare_sent(sent: Counter[str], expected: Counter[str], call: str, fault: Fault) -> None:
    """Only where nobody knows whether the provider took a message, that one may come twice."""
    extra = sent - expected
    assert not expected - sent, "a message is lost"
    is_unknown = call in {"sns.Publish", "sesv2.SendEmail"} and fault in {Fault.ANSWER_LOST, Fault.KILLED}
    assert sum(extra.values()) <= (1 if is_unknown else 0), extra
