"""What must be true whatever broke on the way."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.application import Application
from chalicelib.domain.application_states import FINAL_STATES, TRANSITIONS, ApplicationState
from chalicelib.domain.audit import AuditEntry, is_whole
from chalicelib.domain.policy import Policy, PolicyState
from chalicelib.domain.policy_number import parse_policy_number
from chalicelib.domain.records import ViewLog
from chalicelib.domain.regions import local_date
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate
from chalicelib.domain.validity import ValidityCard, ValidityStatus, validity_on
from chalicelib.use_cases.journal import chain_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.faults.rig import Rig

LOOKS = {"application_viewed"}
ARROWS = {(source, rule.target) for rule in TRANSITIONS for source in rule.sources}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of a history as people see it: no ids, no numbers drawn by chance."""

    applications: list[Any]
    policies: list[Any]
    certificates: list[Any]
    records: Counter[str]
    documents: Counter[str]
    notifications: Counter[str]
    sent: Counter[str]
    journal: Counter[str]


class Facts:
    """What the table and the queues hold, read back as entities."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.rows = rig.items()
        self.applications: list[Application] = self._all(Application)
        self.states = {row["PK"]: row["state"] for row in self.rows if row.get("type") == "Application"}
        self.policies: list[Policy] = self._all(Policy)
        self.certificates: list[TemporaryCertificate] = self._all(TemporaryCertificate)
        self.views: list[ViewLog] = self._all(ViewLog)
        self.entries: list[AuditEntry] = self._all(AuditEntry)

    def of_type(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(row["data"]) for row in self.rows if row.get("type") == name]

    def _all(self, kind: Any) -> list[Any]:
        return [msgspec.json.decode(row["data"], type=kind) for row in self.rows if row.get("type") == kind.__name__]

    def cards(self) -> dict[str, ValidityCard]:
        return {card.reference: card for card in self._all(ValidityCard)}

    def messages(self, queue: str) -> dict[str, dict[str, str]]:
        """The messages that a queue was ever given, each once, by the id of the outbox."""
        found = [*self.rig.waiting, *self.rig.handled]
        bodies = [json.loads(message.body) for message in found if message.queue == queue]
        return {body["id"]: body["body"] for body in bodies}


def outcome_of(rig: Rig) -> Outcome:
    """Tell how a history ended."""
    facts = Facts(rig)
    orders = facts.messages("notifications").values()
    return Outcome(
        applications=sorted(
            (a.kind.value, a.state.value, a.number is not None, a.needs_operator, a.delay is not None)
            for a in facts.applications
        ),
        policies=sorted((p.state.value, [x.insurer_code for x in p.periods]) for p in facts.policies),
        certificates=sorted((c.state.value, c.next_step) for c in facts.certificates),
        records=Counter(
            f"{row['type']} {_kind(row)}"
            for row in facts.rows
            if row.get("type") in {"LiveMarker", "ActivePolicyMarker", "Pointer", "Revocation", "IdempotencyRecord"}
        ),
        documents=Counter(f"{d['document_type']} {d.get('superseded')}" for d in facts.of_type("StoredDocument")),
        notifications=Counter(order["kind"] for order in orders),
        sent=Counter(" ".join(pair) for pair in rig.sent()),
        journal=_journal(facts),
    )


def _journal(facts: Facts) -> Counter[str]:
    """What the journal tells; a look is noted before it is shown, so that one whose answer got lost is noted again."""
    told = Counter(entry.action.name for entry in facts.entries)
    return Counter({name: min(count, 1) if name in LOOKS else count for name, count in told.items()})


def _kind(row: dict[str, Any]) -> str:
    data = json.loads(row["data"])
    return str(data.get("kind") or data.get("status") or "")


def check(rig: Rig) -> None:
    """Assert what holds in every history."""
    facts = Facts(rig)
    assert not facts.of_type("OutboxEntry"), "something never left the outbox"
    _check_applications(facts)
    _check_insurance(facts)
    _check_journal(facts)
    _check_lookups(facts)
    ordered = {document["document_id"] for document in facts.of_type("StoredDocument")}
    told = {body["document_id"] for body in facts.messages("documents").values()}
    assert told <= ordered, "a document is to be made that nobody ordered"


def _check_applications(facts: Facts) -> None:
    live = Counter((m["person_id"], m["kind"]) for m in facts.of_type("LiveMarker"))
    expected = Counter((a.person_id, a.kind.value) for a in facts.applications if a.is_live)
    assert live == expected, "the places of live applications are not those of live applications"
    numbers = [a.number for a in facts.applications if a.number]
    assert len(set(numbers)) == len(numbers)
    pointed = [p["target"] for p in facts.of_type("Pointer") if p["kind"] == "application"]
    assert sorted(pointed) == sorted(a.application_id for a in facts.applications if a.number)
    for application in facts.applications:
        states = [moment.state for moment in application.history]
        assert states[0] is ApplicationState.DRAFT
        assert states[-1] is application.state
        assert set(itertools.pairwise(states)) <= ARROWS, states
        assert facts.states[f"APPLICATION#{application.application_id}"] == application.state.value
        if application.state in FINAL_STATES:
            assert application.next_look_at is None or application.state is not ApplicationState.READY


def _check_insurance(facts: Facts) -> None:
    active = Counter(p.person_id for p in facts.policies if p.state is PolicyState.ACTIVE)
    assert all(count == 1 for count in active.values()), "two active policies"
    assert Counter(m["person_id"] for m in facts.of_type("ActivePolicyMarker")) == active
    numbers = [p.policy_number for p in facts.policies]
    assert len(set(numbers)) == len(numbers), "a number was given twice"
    assert [parse_policy_number(text=number) for number in numbers] == numbers
    pointers = [p["target"] for p in facts.of_type("Pointer") if p["kind"] == "policy_number"]
    assert sorted(pointers) == sorted(p.person_id for p in facts.policies)
    indexes = [e.status_index for e in (*facts.policies, *facts.certificates)]
    assert len(set(indexes)) == len(indexes), "two codes share a place in the status list"
    for certificate in facts.certificates:
        both = certificate.state is CertificateState.ACTIVE and active[certificate.person_id]
        assert not both, "a certificate is active beside an active policy"
    per_application = Counter(c.application_id for c in facts.certificates)
    assert all(count == 1 for count in per_application.values())


def _check_journal(facts: Facts) -> None:
    entities = (*facts.applications, *facts.policies, *facts.certificates)
    heads = {chain_name(entity): entity.chain for entity in entities}
    heads |= {f"views:{log.person_id}": log.chain for log in facts.views}
    for name, head in heads.items():
        entries = sorted((e for e in facts.entries if e.chain == name), key=lambda e: e.sequence)
        assert is_whole(entries=entries, head=head), f"the chain {name.split(':')[0]} is broken"


def _check_lookups(facts: Facts) -> None:
    cards = facts.cards()
    on = local_date(at=facts.rig.at, region="77")
    covers: Iterable[tuple[str, bool]] = (
        *((p.policy_id, p.is_valid_on(on)) for p in facts.policies),
        *((c.application_id, c.is_valid_on(on)) for c in facts.certificates),
    )
    for reference, is_valid in covers:
        told = validity_on(card=cards[reference], on=on).status is ValidityStatus.VALID
        assert told is is_valid, "a lookup tells something else than what is"
