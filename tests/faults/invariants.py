"""What must be true whatever broke on the way."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.appeal import Appeal
from chalicelib.domain.application import Application
from chalicelib.domain.application_states import FINAL_STATES, TRANSITIONS, ApplicationState
from chalicelib.domain.appointment import Appointment
from chalicelib.domain.attachment import Attachment
from chalicelib.domain.audit import AuditEntry, is_whole
from chalicelib.domain.change_file import ChangeFile
from chalicelib.domain.civil_record import CivilRecord, RecordState
from chalicelib.domain.corrections import Correction
from chalicelib.domain.delivery import Delivery
from chalicelib.domain.delivery_states import DELIVERY_TRANSITIONS, DeliveryState
from chalicelib.domain.dispatch import Dispatch
from chalicelib.domain.employee_consent import EmployeeConsent
from chalicelib.domain.employer import Employer
from chalicelib.domain.employer_request import EmployerRequest
from chalicelib.domain.fund_answer import FundAnswer
from chalicelib.domain.fund_change import FundChange
from chalicelib.domain.insurance_certificate import CERTIFICATE_TRANSITIONS, InsuranceCertificate
from chalicelib.domain.insurer_records import InsurerOffices, InsurerRating
from chalicelib.domain.legacy_policy import BLANK_KIND, OLD_KIND
from chalicelib.domain.legacy_registration import LIVE_KIND, LegacyPolicy, LegacyState
from chalicelib.domain.person import Person
from chalicelib.domain.policy import STANDING, Policy, PolicyState
from chalicelib.domain.policy_number import parse_policy_number
from chalicelib.domain.records import ViewLog
from chalicelib.domain.regions import local_date
from chalicelib.domain.registry_job import RegistryImport
from chalicelib.domain.representation import Representation, RepresentationState
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate
from chalicelib.domain.validity import ValidityCard, ValidityStatus, validity_on
from chalicelib.domain.webhook import HookSubscription
from chalicelib.use_cases.journal import chain_name
from tests.faults.appeal_invariants import check_appeals, ends_of
from tests.faults.clinic_invariants import check_attachments
from tests.faults.webhook_scenarios import check_webhooks, hooks_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.faults.rig import Rig

LOOKS = {"application_viewed", "insurance_viewed", "snapshot_taken", "fhir_read", "appointment_viewed"}
EXCHANGE = {"FundChange", "ChangeFile", "ChangeFilePage", "FundAnswer", "AnswerPage", "TakenFile", "ExchangeRound"}
INSURERS = {"Insurer", "RegistryImport", "ImportReportPage", "InsurerDeparture", "InsurerRating", "InsurerOffices"}
REGISTRY = EXCHANGE | INSURERS
BLANKS = tuple(f"LOOKUP#{kind}#" for kind in (BLANK_KIND, OLD_KIND))
ARROWS = {(source, rule.target) for rule in TRANSITIONS for source in rule.sources}
DELIVERY_ARROWS = {(source, rule.target) for rule in DELIVERY_TRANSITIONS for source in rule.sources}

CERTIFICATE_ARROWS = {(rule.source, rule.target) for rule in CERTIFICATE_TRANSITIONS}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The end of a history as people see it: no ids, no numbers drawn by chance."""

    applications: list[Any]
    policies: list[Any]
    certificates: list[Any]
    deliveries: list[Any]
    attachments: list[Any]
    appointments: list[Any]
    representations: list[Any]
    registrations: list[Any]
    births: list[Any]
    stated: list[Any]
    appeals: list[Any]
    staff: list[Any]
    records: Counter[str]
    registry: Counter[str]
    documents: Counter[str]
    dispatches: list[Any]
    contacts: list[Any]
    notifications: Counter[str]
    sent: Counter[str]
    hooks: list[Any]
    journal: Counter[str]


class Facts:
    """What the table and the queues hold, read back as entities."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.rows = rig.items()
        self._by_type: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in self.rows:
            self._by_type[row.get("type", "")].append(row)
        self.applications: list[Application] = self._all(Application)
        self.states = {row["PK"]: row["state"] for row in self._by_type["Application"]}
        self.policies: list[Policy] = self._all(Policy)
        self.certificates: list[TemporaryCertificate] = self._all(TemporaryCertificate)
        self.deliveries: list[Delivery] = self._all(Delivery)
        self.representations: list[Representation] = self._all(Representation)
        self.registrations: list[LegacyPolicy] = self._all(LegacyPolicy)
        self.births: list[CivilRecord] = self._all(CivilRecord)
        self.dispatches: list[Dispatch] = self._all(Dispatch)
        self.persons: list[Person] = self._all(Person)
        self.appointments: list[Appointment] = self._all(Appointment)
        self.attachments: list[Attachment] = self._all(Attachment)
        self.stated: list[InsuranceCertificate] = self._all(InsuranceCertificate)
        self.appeals: list[Appeal] = self._all(Appeal)
        self.staff: list[Any] = [
            *self._all(Employer),
            *self._all(EmployerRequest),
            *self._all(EmployeeConsent),
        ]
        self.views: list[ViewLog] = self._all(ViewLog)
        self.corrections: list[Correction] = self._all(Correction)
        self.exchange = [*self._all(FundChange), *self._all(ChangeFile), *self._all(FundAnswer)]
        self.kept = [*self.exchange, *self._all(RegistryImport), *self._all(InsurerRating), *self._all(InsurerOffices)]
        self.kept += self._all(HookSubscription)
        self.entries: list[AuditEntry] = self._all(AuditEntry)

    def of_type(self, name: str) -> list[dict[str, Any]]:
        return [json.loads(row["data"]) for row in self._by_type[name]]

    def all(self, kind: Any) -> list[Any]:
        """The entities of a kind."""
        return self._all(kind)

    def _all(self, kind: Any) -> list[Any]:
        return [msgspec.json.decode(row["data"], type=kind) for row in self._by_type[kind.__name__]]

    def cards(self, *, blank: bool = False) -> dict[str, ValidityCard]:
        """The cards by what they stand for: under its number, or under that of its blank."""
        rows = self._by_type["ValidityCard"]
        cards = [(row["PK"], msgspec.json.decode(row["data"], type=ValidityCard)) for row in rows]
        return {card.reference: card for key, card in cards if key.startswith(BLANKS) is blank}

    def messages(self, queue: str) -> dict[str, dict[str, str]]:
        """The messages that a queue was ever given, each once, by the id of the outbox."""
        found = [*self.rig.waiting, *self.rig.handled]
        bodies = [json.loads(message.body) for message in found if message.queue == queue]
        return {body["id"]: body["body"] for body in bodies}


def outcome_of(facts: Facts) -> Outcome:
    """Tell how a history ended."""
    # Another try names the order that it belongs to.
    orders = [order for order in facts.messages("notifications").values() if "order_id" not in order]
    return Outcome(
        applications=sorted(
            (a.kind.value, a.state.value, a.number is not None, a.needs_operator, a.delay is not None)
            for a in facts.applications
        ),
        policies=sorted((p.state.value, [x.insurer_code for x in p.periods]) for p in facts.policies),
        certificates=sorted((c.state.value, c.next_step) for c in facts.certificates),
        deliveries=sorted(
            (d.state.value, d.is_overdue, sorted(d.address.items()), d.tracking_number, len(d.history))
            for d in facts.deliveries
        ),
        attachments=sorted((a.state.value, a.is_overdue, a.refusal, len(a.history)) for a in facts.attachments),
        appointments=sorted((a.state.value, a.answer, len(a.history)) for a in facts.appointments),
        representations=sorted((r.relation.value, r.state.value, r.end_reason) for r in facts.representations),
        registrations=sorted((r.state.value, r.delay is not None) for r in facts.registrations),
        births=sorted((b.message.version, b.state.value, len(b.granted)) for b in facts.births),
        stated=sorted((s.state.value, bool(s.number), len(s.stretches)) for s in facts.stated),
        appeals=ends_of(facts.appeals),
        staff=sorted(_staff(entity) for entity in facts.staff),
        records=Counter(
            f"{row['type']} {_kind(row)}"
            for row in facts.rows
            if row.get("type") in {"LiveMarker", "ActivePolicyMarker", "Pointer", "Revocation", "IdempotencyRecord"}
        ),
        registry=Counter(
            f"{row['type']} {row['version']} {_kind(row)}" for row in facts.rows if row.get("type") in REGISTRY
        ),
        documents=Counter(f"{d['document_type']} {d.get('superseded')}" for d in facts.of_type("StoredDocument")),
        dispatches=sorted((d.kind.value, d.channel.value, d.state.value, len(d.heard)) for d in facts.dispatches),
        contacts=sorted(
            (contact.value, contact.stopped is not None)
            for person in facts.persons
            for contact in (person.phone, person.email)
            if contact is not None
        ),
        notifications=Counter(order["kind"] for order in orders),
        sent=Counter(" ".join(pair) for pair in facts.rig.sent()),
        hooks=hooks_of(facts),
        journal=_journal(facts),
    )


def _staff(entity: Any) -> tuple[str, ...]:
    if isinstance(entity, EmployerRequest):
        counts, rows = sorted(entity.counts.items()), [one.rows for one in entity.lists]
        return "request", entity.stage.value, str(entity.cursor), str(counts), str(rows), str(sorted(entity.files))
    return type(entity).__name__, entity.state.value


def _journal(facts: Facts) -> Counter[str]:
    """What the journal tells; a look is noted before it is shown, so that one whose answer got lost is noted again."""
    told = Counter(entry.action.name for entry in facts.entries)
    return Counter({name: min(count, 1) if name in LOOKS else count for name, count in told.items()})


def _kind(row: dict[str, Any]) -> str:
    data = json.loads(row["data"])
    return str(data.get("kind") or data.get("status") or "")


def check(facts: Facts) -> None:
    """Assert what holds in every history."""
    assert not facts.of_type("OutboxEntry"), "something never left the outbox"
    _check_applications(facts)
    _check_insurance(facts)
    _check_deliveries(facts)
    _check_births(facts)
    check_attachments(facts)
    check_appeals(facts.appeals, facts.of_type("AppealedRefusal"), facts.of_type("AppealNumber"))
    _check_stated(facts)
    check_webhooks(facts)
    _check_journal(facts)
    _check_lookups(facts)
    ordered = {document["document_id"] for document in facts.of_type("StoredDocument")} | _taken_back(facts)
    told = {body["document_id"] for body in facts.messages("documents").values() if "document_id" in body}
    assert told <= ordered, "a document is to be made that nobody ordered"


def _taken_back(facts: Facts) -> set[str]:
    """The documents that a correction had ordered and its undoing took away; their messages find nothing to do."""
    changes = [change for kept in facts.of_type("CorrectionChanges") for change in kept["changes"]]
    gone = [change for change in changes if change["type"] == "StoredDocument" and change["after"] is None]
    return {change["before"]["document_id"] for change in gone}


def _check_applications(facts: Facts) -> None:
    live = Counter((m["person_id"], m["kind"]) for m in facts.of_type("LiveMarker"))
    expected = Counter((a.person_id, a.kind.value) for a in facts.applications if a.is_live)
    expected += Counter((r.person_id, LIVE_KIND) for r in facts.registrations if r.is_live)
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
    standing = [policy for policy in facts.policies if policy.state in STANDING]
    active = Counter(policy.person_id for policy in standing)
    assert all(count == 1 for count in active.values()), "two policies stand"
    markers = {(m["person_id"], m["policy_id"]) for m in facts.of_type("ActivePolicyMarker")}
    assert markers == {(p.person_id, p.policy_id) for p in standing}, "the place is not that of the policy that stands"
    owners = {(p.policy_number, p.person_id) for p in facts.policies}
    assert len(owners) == len({number for number, _ in owners}), "a number was given to two persons"
    assert all(parse_policy_number(text=number) == number for number, _ in owners)
    pointers = [p["target"] for p in facts.of_type("Pointer") if p["kind"] == "policy_number"]
    assert sorted(pointers) == sorted(person for _, person in owners)
    replaced = {p.policy_id: p.successor_id for p in facts.policies if p.state is PolicyState.REPLACED}
    assert set(replaced.values()) <= {p.policy_id for p in facts.policies}, "a replaced policy leads nowhere"
    indexes = [e.status_index for e in (*facts.policies, *facts.certificates)]
    assert len(set(indexes)) == len(indexes), "two codes share a place in the status list"
    for certificate in facts.certificates:
        both = certificate.state is CertificateState.ACTIVE and active[certificate.person_id]
        assert not both, "a certificate is active beside an active policy"
    for registration in facts.registrations:
        if registration.state is LegacyState.CONFIRMED:
            (policy,) = [p for p in facts.policies if p.policy_id == registration.policy_id]
            assert policy.form == registration.blank.policy_type.value
    per_application = Counter(c.application_id for c in facts.certificates)
    assert all(count == 1 for count in per_application.values())


def _check_deliveries(facts: Facts) -> None:
    """Each has its one order and its document, moved by the machine alone, and is listed where it stands."""
    papers = Counter(a.application_id for a in facts.applications if a.kind.value == "paper_extract" and a.policy_id)
    assert Counter(d.delivery_id for d in facts.deliveries) == papers
    documents = {document["document_id"] for document in facts.of_type("StoredDocument")}
    listed = {row["SK"]: row["gsi1pk"] for row in facts.rows if row.get("type") == "Delivery"}
    for delivery in facts.deliveries:
        assert delivery.document_id in documents
        states = [step.state for step in delivery.history]
        assert (states[0], states[-1]) == (DeliveryState.ORDERED, delivery.state)
        assert set(itertools.pairwise(states)) <= DELIVERY_ARROWS, states
        assert (delivery.pickup is not None) is (delivery.state is DeliveryState.READY)
        place = f"PAPERS#{delivery.insurer_code}#{delivery.state}"
        assert listed[f"PAPER#{delivery.delivery_id}"] == place, "listed where it does not stand"


def _check_births(facts: Facts) -> None:
    for birth in facts.births:
        assert birth.state is not RecordState.RECEIVED, "a record was never handled"
        standing = [p for p in facts.policies if p.person_id == birth.person_id and p.state in STANDING]
        assert bool(standing) is (birth.state is RecordState.INSURED)
        assert {policy.policy_id for policy in standing} <= {birth.policy_id}
        rights = {
            r.representative_id
            for r in facts.representations
            if r.person_id == birth.person_id and r.state is RepresentationState.ACTIVE
        }
        assert rights == set(birth.granted)
    versions = [(v["record_id"], v["message"]["version"]) for v in facts.of_type("ReceivedVersion")]
    assert {record_id for record_id, _ in versions} == {birth.record_id for birth in facts.births}


def _check_stated(facts: Facts) -> None:
    """Each certificate of insurance was moved by the machine alone; an approved one has a document and a number."""
    documents = Counter(d["subject_id"] for d in facts.of_type("StoredDocument"))
    pointers = [p for p in facts.of_type("Pointer") if p["kind"] == "insurance_certificate"]
    for stated in facts.stated:
        states = [moment.state for moment in stated.history]
        assert states[-1] is stated.state
        assert set(itertools.pairwise(states)) <= CERTIFICATE_ARROWS, states
        assert documents[stated.certificate_id] == bool(stated.number)
    assert len(pointers) == sum(bool(stated.number) for stated in facts.stated)


def _check_journal(facts: Facts) -> None:
    entities = (
        *facts.applications,
        *facts.policies,
        *facts.certificates,
        *facts.representations,
        *facts.registrations,
        *facts.deliveries,
        *facts.births,
        *facts.attachments,
        *facts.appointments,
        *facts.corrections,
        *facts.kept,
        *facts.stated,
        *facts.appeals,
        *facts.staff,
    )
    heads = {chain_name(entity): entity.chain for entity in entities}
    heads |= {f"views:{log.person_id}": log.chain for log in facts.views}
    for name, head in heads.items():
        entries = sorted((e for e in facts.entries if e.chain == name), key=lambda e: e.sequence)
        assert is_whole(entries=entries, head=head), f"the chain {name.split(':')[0]} is broken"


def _check_lookups(facts: Facts) -> None:
    cards = facts.cards()
    # A number is for life: its card tells of the newest policy.
    newest = {p.policy_number: p.policy_id for p in sorted(facts.policies, key=lambda policy: policy.policy_id)}
    assert set(newest.values()) <= set(cards)
    on = local_date(at=facts.rig.at, region="77")
    covers: Iterable[tuple[str, bool]] = (
        *((p.policy_id, p.is_valid_on(on)) for p in facts.policies if p.policy_id in cards),
        *((c.application_id, c.is_valid_on(on)) for c in facts.certificates),
    )
    for reference, is_valid in covers:
        told = validity_on(card=cards[reference], on=on).status is ValidityStatus.VALID
        assert told is is_valid, "a lookup tells something else than what is"
    blanks = facts.cards(blank=True)
    numbered = [(p, p.blank) for p in facts.policies if p.blank is not None and p.blank.is_numbered]
    assert blanks.keys() == {policy.policy_id for policy, _ in numbered}
    for policy, blank in numbered:
        told = validity_on(card=blanks[policy.policy_id], on=on).status is ValidityStatus.VALID
        assert told is (policy.is_valid_on(on) and policy.form == blank.policy_type.value)
