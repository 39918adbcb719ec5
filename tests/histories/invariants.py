"""What must hold at the end of every history, whatever broke on the way (docs/invariants.md)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from chalicelib.domain.application_states import ApplicationState as State
from chalicelib.domain.policy import STANDING
from chalicelib.domain.temporary_certificate import CertificateState
from tests.faults import invariants
from tests.faults.invariants import Facts

if TYPE_CHECKING:
    from tests.histories.simulator import Simulation

UNSUBMITTED = (State.DRAFT, State.AWAITING_SIGNATURE)


def check_always(simulation: Simulation) -> None:
    """Assert what holds between any two calls."""
    facts = Facts(simulation.rig)
    active = Counter(policy.person_id for policy in facts.policies if policy.state in STANDING)
    assert all(count == 1 for count in active.values()), "two policies of one person stand"
    owners = {(policy.policy_number, policy.person_id) for policy in facts.policies}
    assert len(owners) == len({number for number, _ in owners}), "a number was given to two persons"
    live = Counter((a.person_id, a.kind) for a in facts.applications if a.is_live)
    assert all(count == 1 for count in live.values()), "one person has two live applications of a kind"
    for certificate in facts.certificates:
        is_active = certificate.state is CertificateState.ACTIVE
        assert not (is_active and active[certificate.person_id]), "a certificate is valid beside a policy"
        if certificate.state is CertificateState.EXPIRED:
            today = certificate.local_day(simulation.rig.at)
            assert today >= certificate.valid_until, "a certificate expired early"


def check_end(simulation: Simulation) -> None:
    """Assert what holds once everything that broke works again for fifteen minutes."""
    check_always(simulation)
    facts = Facts(simulation.rig)
    invariants.check(facts)
    _check_promises(simulation, facts)
    _check_stuck(facts)
    _check_messages(simulation)


def _check_promises(simulation: Simulation, facts: Facts) -> None:
    """Nothing that a client was told it has is lost, and nothing else came to be: the sums match."""
    by_id = {application.application_id: application for application in facts.applications}
    for person in simulation.people:
        for application_id, told in person.acknowledged.items():
            assert application_id in by_id, "an acknowledged application is lost"
            if told != "draft":
                kept = by_id[application_id]
                assert kept.number == told, "an acknowledged submission is lost"
                assert kept.state not in UNSUBMITTED
    drafted = Counter(application.account_id for application in facts.applications)
    wished = sorted(len(person.wished) for person in simulation.people if person.wished)
    assert sum(drafted.values()) <= sum(wished), "one request made two applications"
    submitted = [application for application in facts.applications if application.submitted_at is not None]
    ends = Counter(application.state for application in submitted)
    final = (State.READY, State.REFUSED, State.WITHDRAWN, State.EXPIRED)
    open_ones = sum(application.is_live for application in submitted)
    assert len(submitted) == sum(ends[state] for state in final) + open_ones, "the sums do not match"
    issued = {a.policy_id for a in submitted if a.state is State.READY and a.kind == "first_policy"}
    assert issued <= {policy.policy_id for policy in facts.policies}, "a policy was announced and is not there"


def _check_stuck(facts: Facts) -> None:
    """What is not at its end waits for a person or a day, and is seen to."""
    for application in facts.applications:
        if not application.is_live or application.state is State.CLARIFICATION_REQUIRED:
            continue
        waits_for_day = application.state is State.APPROVED and application.next_look_at is not None
        assert waits_for_day or application.needs_operator, f"stuck in {application.state}: {application.kind}"


def _check_messages(simulation: Simulation) -> None:
    """Each message goes out once by each channel, but for one whose process ended between sending and noting it."""
    sent = Counter(message.reference for message in (*simulation.rig.sms.sent, *simulation.rig.email.sent))
    twice = sum(count - 1 for count in sent.values())
    assert twice <= simulation.done["outcomes_lost"], "a message went out twice"
