"""All use cases that are broken, and the rig on which that is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.faults.appeal_scenarios import APPEAL_SCENARIOS, APPEAL_STAGES
from tests.faults.certificate_scenarios import CERTIFICATE_SCENARIOS, CERTIFICATE_STAGES
from tests.faults.clinic_scenarios import CLINIC_SCENARIOS, CLINIC_STAGES
from tests.faults.correction_scenarios import CORRECTION_SCENARIOS, CORRECTION_STAGES
from tests.faults.employer_scenarios import EMPLOYER_SCENARIOS, EMPLOYER_STAGES
from tests.faults.exchange_scenarios import EXCHANGE_SCENARIOS, EXCHANGE_STAGES
from tests.faults.invariants import Facts, Outcome, check, outcome_of
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
    """A use case as it goes when nothing breaks: its calls, and how it ends."""

    calls: tuple[str, ...]
    end: Outcome


@dataclass(kw_only=True)
class Bench:
    """Walks through use cases, whole or broken; what leads to them is walked once, as far as it is needed."""

    rig: Rig
    _moments: dict[str, Moment] = field(default_factory=dict)
    _known: dict[str, Unbroken] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._moments[""] = self.rig.keep()

    def unbroken(self, name: str) -> Unbroken:
        """Walk through a use case as it goes: the faults are made from its calls."""
        if name not in self._known:
            with self._begun(name) as seam:
                SCENARIOS[name].run(self.rig)
                calls = tuple(seam.calls)
            self._known[name] = Unbroken(calls=calls, end=self._end())
        return self._known[name]

    def broken(self, name: str, index: int, fault: Fault) -> Outcome:
        """Walk through a use case, let a fault happen at one of its calls, and tell how all ends."""
        with self._begun(name, index, fault) as seam:
            SCENARIOS[name].run(self.rig)
            assert seam.fired
        return self._end()

    def _begun(self, name: str, index: int | None = None, fault: Fault = Fault.FAILS) -> Any:
        scenario = SCENARIOS[name]
        moment = self._moment(scenario.begins)
        self.rig.real_senders = scenario.real_senders
        self.rig.second = SecondProvider() if scenario.second_sender else None
        self.rig.restore(moment)
        return self.rig.broken(index, fault)

    def _moment(self, stage: str) -> Moment:
        if stage not in self._moments:
            earlier, lead = STAGES[stage]
            before = self._moment(earlier)
            self.rig.real_senders, self.rig.second = False, None
            self.rig.restore(before)
            lead(self.rig)
            self._moments[stage] = self.rig.keep()
        return self._moments[stage]

    def _end(self) -> Outcome:
        self.rig.settle()
        facts = Facts(self.rig)
        check(facts)
        return outcome_of(facts)
