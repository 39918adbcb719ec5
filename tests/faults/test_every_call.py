"""Each AWS call and each question to a register of the main use cases, broken in every way, must do no harm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import pytest
from moto.s3.models import s3_backends

from chalicelib import bootstrap
from tests.cloud import ACCOUNT, in_process_cloud
from tests.faults.appeal_scenarios import APPEAL_SCENARIOS, APPEAL_STAGES
from tests.faults.certificate_scenarios import CERTIFICATE_SCENARIOS, CERTIFICATE_STAGES
from tests.faults.clinic_scenarios import CLINIC_SCENARIOS, CLINIC_STAGES
from tests.faults.correction_scenarios import CORRECTION_SCENARIOS, CORRECTION_STAGES
from tests.faults.employer_scenarios import EMPLOYER_SCENARIOS, EMPLOYER_STAGES
from tests.faults.exchange_scenarios import EXCHANGE_SCENARIOS, EXCHANGE_STAGES
from tests.faults.invariants import Outcome, check, outcome_of
from tests.faults.message_scenarios import MESSAGE_SCENARIOS, MESSAGE_STAGES
from tests.faults.newborn_scenarios import NEWBORN_SCENARIOS, NEWBORN_STAGES
from tests.faults.paper_scenarios import PAPER_SCENARIOS, PAPER_STAGES
from tests.faults.policy_scenarios import POLICY_SCENARIOS, POLICY_STAGES
from tests.faults.privacy_scenarios import PRIVACY_SCENARIOS, PRIVACY_STAGES
from tests.faults.registry_scenarios import REGISTRY_SCENARIOS, REGISTRY_STAGES
from tests.faults.rig import Moment, Rig
from tests.faults.scenarios import SCENARIOS as MAIN_SCENARIOS
from tests.faults.scenarios import STAGES as MAIN_STAGES
from tests.faults.seam import Fault, SecondProvider
from tests.faults.session_scenarios import SESSION_SCENARIOS
from tests.faults.sms_scenarios import SMS_SCENARIOS, SMS_STAGES
from tests.faults.ticket_scenarios import TICKET_SCENARIOS, TICKET_STAGES
from tests.faults.webhook_scenarios import WEBHOOK_SCENARIOS, WEBHOOK_STAGES

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterator

    from tests.faults.scenarios import Scenario


STAGES = {
    **MAIN_STAGES,
    **POLICY_STAGES,
    **PAPER_STAGES,
    **NEWBORN_STAGES,
    **CLINIC_STAGES,
    **CORRECTION_STAGES,
    **CERTIFICATE_STAGES,
    **MESSAGE_STAGES,
    **SMS_STAGES,
    **APPEAL_STAGES,
    **REGISTRY_STAGES,
    **EMPLOYER_STAGES,
    **EXCHANGE_STAGES,
    **WEBHOOK_STAGES,
    **PRIVACY_STAGES,
    **TICKET_STAGES,
}
MORE_SCENARIOS = (
    *POLICY_SCENARIOS,
    *PAPER_SCENARIOS,
    *NEWBORN_SCENARIOS,
    *CORRECTION_SCENARIOS,
    *CLINIC_SCENARIOS,
    *CERTIFICATE_SCENARIOS,
    *MESSAGE_SCENARIOS,
    *SMS_SCENARIOS,
    *APPEAL_SCENARIOS,
    *SESSION_SCENARIOS,
    *REGISTRY_SCENARIOS,
    *EMPLOYER_SCENARIOS,
    *EXCHANGE_SCENARIOS,
    *WEBHOOK_SCENARIOS,
    *PRIVACY_SCENARIOS,
    *TICKET_SCENARIOS,
)
SCENARIOS = {**MAIN_SCENARIOS, **{scenario.name: scenario for scenario in MORE_SCENARIOS}}


@dataclass(frozen=True, kw_only=True)
class Unbroken:
    """A use case as it goes when nothing breaks: where it begins, and its calls."""

    begin: Moment
    calls: tuple[str, ...]


def _service() -> Rig:
    from app import app

    return Rig(app=app)


@cache
def unbroken() -> dict[str, Unbroken]:
    """Walk through every use case once, counting its calls: the cases are generated from them."""
    with in_process_cloud():
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
    _with_senders(rig, scenario)
    rig.restore(begin)
    with rig.broken(None, Fault.FAILS) as seam:
        scenario.run(rig)
        return Unbroken(begin=begin, calls=tuple(seam.calls))


def _with_senders(rig: Rig, scenario: Scenario) -> None:
    rig.real_senders = scenario.real_senders
    rig.second = SecondProvider() if scenario.second_sender else None


def _leave() -> None:
    buckets = [bucket for backend in s3_backends[ACCOUNT].values() for bucket in backend.buckets.values()]
    for bucket in buckets:
        for name in list(bucket.keys):
            for version in bucket.keys.getlist(name):
                # Else its file is closed by the garbage collector, with a warning, in some other test.
                version.dispose()
    bootstrap.use_container(None)


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
    with in_process_cloud():
        yield _service()
        _leave()


@pytest.fixture(scope="module")
def ends(rig: Rig) -> Callable[[str], Outcome]:
    """Tells how a use case ends when nothing breaks."""
    return cache(lambda name: _end(rig, name, None, Fault.FAILS))


def _end(rig: Rig, name: str, index: int | None, fault: Fault) -> Outcome:
    scenario = SCENARIOS[name]
    _with_senders(rig, scenario)
    rig.restore(unbroken()[name].begin)
    with rig.broken(index, fault) as seam:
        scenario.run(rig)
        assert seam.fired is (index is not None)
    rig.settle()
    check(rig)
    return outcome_of(rig)


def test_does_no_harm(
    rig: Rig, ends: Callable[[str], Outcome], name: str, index: int, fault: Fault, request: pytest.FixtureRequest
) -> None:
    print(f"replay: python -m pytest '{request.node.nodeid}'")  # shown when the case fails
    _compare(_end(rig, name, index, fault), ends(name), unbroken()[name].calls[index], fault)


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
