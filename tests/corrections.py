"""Operators who correct with four eyes, over HTTP, and the state of everything kept about a person."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec

from chalicelib.domain.application import Application
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.audit import AuditEntry, is_whole
from chalicelib.domain.corrections import Correction
from chalicelib.domain.insurance_history import CertificateVersion, PolicyVersion
from chalicelib.domain.legacy_registration import LIVE_KIND, LegacyPolicy
from chalicelib.domain.person import Person
from chalicelib.domain.policy import STANDING, Policy
from chalicelib.domain.policy_number import parse_policy_number
from chalicelib.domain.records import ActivePolicyMarker, LiveMarker, Pointer
from chalicelib.domain.representation import Representation
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate
from chalicelib.domain.validity import ValidityCard
from chalicelib.use_cases.journal import chain_name
from infra.local.persons import PERSONS
from tests.cloud import memory_table
from tests.faults.invariants import BLANKS
from tests.journeys import problem

if TYPE_CHECKING:
    import httpx

    from tests.world import World

FUND, SECOND_FUND = "fund", "second_fund"
OPERATOR, SECOND_OPERATOR = "operator", "second_operator"
CORRECTIONS = "/v1/operator/corrections"
REASON = "Ошибка при вводе, подтверждена копией документа"

HISTORY = ("ACTIVITY#", "VERSION#", "MESSAGE#", "STATE#VIEWS", "CHANGE#")
"""The journal, the versions, the messages and what the fund is told: they only grow."""

TECHNICAL = {"version", "chain", "awaited_message"}


def person_id(world: World, person: str = "citizen") -> str:
    """The id under which a person's account is kept."""
    from chalicelib.http.tokens import account_id_of

    subject = next(found.subject for found in PERSONS if found.key == person)
    return account_id_of(issuer=world.issuer, subject=subject)


def asked(
    world: World, kind: str, about: str, *, by: str = FUND, reason: str = REASON, **values: str
) -> httpx.Response:
    """Propose a correction; the answer may be a refusal."""
    body = {"kind": kind, "person_id": about, "reason": reason, "values": values}
    return world.call("POST", CORRECTIONS, person=by, json=body)


def proposed(world: World, kind: str, about: str, *, by: str = FUND, **values: str) -> dict[str, Any]:
    """Propose a correction that must be possible."""
    answer = asked(world, kind, about, by=by, **values)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def decided(world: World, correction_id: str, *, by: str = SECOND_FUND) -> httpx.Response:
    """Approve a proposal; the answer may be a refusal."""
    return world.call("POST", f"{CORRECTIONS}/{correction_id}/approval", person=by)


def approved(world: World, correction_id: str, *, by: str = SECOND_FUND) -> dict[str, Any]:
    """Approve a proposal that must be carried out."""
    answer = decided(world, correction_id, by=by)
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "carried_out"
    return dict(answer.json())


def corrected(world: World, kind: str, about: str, **values: str) -> dict[str, Any]:
    """Propose and approve a correction."""
    return approved(world, proposed(world, kind, about, **values)["id"])


def reversed_(world: World, correction_id: str) -> dict[str, Any]:
    """Undo a correction, with four eyes again."""
    path = f"{CORRECTIONS}/{correction_id}/reversal"
    answer = world.call("POST", path, person=SECOND_FUND, json={"reason": "Исправление оказалось ошибочным"})
    assert answer.status_code == 201, answer.text
    return approved(world, answer.json()["id"], by=FUND)


def rows() -> list[dict[str, Any]]:
    """Everything that the table holds, as plain values."""
    return [
        {name: next(iter(value.values())) for name, value in item.items()} for item in memory_table().items.values()
    ]


def state() -> dict[tuple[str, str], Any]:
    """What is true of everybody and everything: the table without what only grows, and without versions."""
    kept = {}
    for row in rows():
        key = (row["PK"], row["SK"])
        if _is_history(*key):
            continue
        kept[key] = _plain(row)
    return kept


def _is_history(partition: str, sort: str) -> bool:
    counted = ("COUNTER#", "STATUS#", "RATE#", "TURN#", "LOOKUPS#", "IDEMPOTENCY#")
    beside = ("OUTBOX#", "CORRECTION#", "DISPATCH#", "SENT#", *counted)
    return sort.startswith(HISTORY) or partition.startswith(beside)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row without the numbers that only move on; the texts inside are read."""
    plain = {name: value for name, value in row.items() if name != "version"}
    data = json.loads(plain["data"])
    plain["data"] = {name: value for name, value in data.items() if name not in TECHNICAL}
    return plain


def statuses() -> dict[str, str]:
    """What the lists of revoked codes say, by place."""
    return {row["SK"]: json.loads(row["data"])["status"] for row in rows() if row["PK"].startswith("STATUS#")}


def check_invariants(world: World) -> None:
    """What must be true of everybody after any correction."""
    facts = Kept()
    _check_policies(facts, world)
    _check_lookups(facts, world)
    _check_applications(facts)
    _check_journal(facts)
    _check_versions(facts)


class Kept:
    """The table, read back as entities."""

    def __init__(self) -> None:
        self.rows = rows()
        self.persons = self.all(Person)
        self.policies = self.all(Policy)
        self.certificates = self.all(TemporaryCertificate)
        self.representations = self.all(Representation)
        self.corrections = self.all(Correction)
        self.registrations = self.all(LegacyPolicy)
        self.applications = self._applications()
        self.pointers = self.all(Pointer)

    def all(self, kind: Any) -> list[Any]:
        found = [row for row in self.rows if row.get("type") == kind.__name__]
        return [msgspec.json.decode(row["data"], type=kind) for row in found]

    def cards(self) -> dict[str, ValidityCard]:
        """The cards under numbers, by what they stand for; those under blanks are other names of them."""
        found = [row for row in self.rows if row.get("type") == "ValidityCard" and not row["PK"].startswith(BLANKS)]
        cards = [msgspec.json.decode(row["data"], type=ValidityCard) for row in found]
        return {card.reference: card for card in cards}

    def _applications(self) -> list[Application]:
        found = [row for row in self.rows if row.get("type") == "Application"]
        return [
            replace(msgspec.json.decode(row["data"], type=Application), state=ApplicationState(row["state"]))
            for row in found
        ]


def _check_policies(facts: Kept, world: World) -> None:
    standing = {(p.person_id, p.policy_id) for p in facts.policies if p.state in STANDING}
    markers = facts.all(ActivePolicyMarker)
    assert {(m.person_id, m.policy_id) for m in markers} == standing, "the place is not that of the policy that stands"
    assert len({person for person, _ in standing}) == len(standing), "two policies of one person stand"
    owners = {(p.policy_number, p.person_id) for p in facts.policies}
    assert len({number for number, _ in owners}) == len(owners), "one number of two persons"
    assert all(parse_policy_number(text=number) == number for number, _ in owners)
    hashed = {
        (world.tools.secrets.lookup_hash(kind="policy_number", value=number), person) for number, person in owners
    }
    assert {(p.value_hash, p.target) for p in facts.pointers if p.kind == "policy_number"} == hashed
    for certificate in facts.certificates:
        assert certificate.state is not CertificateState.ACTIVE or certificate.person_id not in {p for p, _ in standing}
    merged = {person.person_id: person.merged.into for person in facts.persons if person.merged}
    assert not {p.person_id for p in facts.policies} & set(merged), "a merged record has a policy of its own"
    assert not {p.person_id for p in facts.pointers} & set(merged), "something leads to a merged record"


def _check_lookups(facts: Kept, world: World) -> None:
    cards = facts.cards()
    shown: dict[str, Policy] = {}
    for policy in sorted(facts.policies, key=lambda p: (p.state in STANDING, p.policy_id)):
        shown[policy.policy_number] = policy
    listed = statuses()
    persons = {person.person_id: person for person in facts.persons}
    for policy in facts.policies:
        wanted = {"suspended": "suspended", "replaced": "replaced"}.get(policy.state, "revoked")
        assert listed.get(f"{policy.status_index:06d}") == (None if policy.state == "active" else wanted)
        if shown[policy.policy_number] is policy:
            card = cards[policy.policy_id]
            assert (card.state, card.person_id, card.periods) == (policy.state, policy.person_id, policy.periods)
            assert (card.ended_on, card.suspensions) == (policy.ended_on, policy.suspensions)
            born_on = persons[policy.person_id].born_on
        if shown[policy.policy_number] is policy and policy.state in STANDING:
            assert card.factors["born_on"] == world.tools.secrets.lookup_hash(kind="born_on", value=born_on)
    assert {c.reference for c in cards.values() if c.kind == "policy"} == {p.policy_id for p in shown.values()}


def _check_applications(facts: Kept) -> None:
    live = {(a.person_id, a.kind.value, a.application_id) for a in facts.applications if a.is_live}
    live |= {(r.person_id, LIVE_KIND, r.registration_id) for r in facts.registrations if r.is_live}
    held = {(m.person_id, m.kind, m.application_id) for m in facts.all(LiveMarker)}
    assert held == live, "the places of live applications are not those of live applications"
    for application in facts.applications:
        assert application.history[-1].state is application.state


def _check_journal(facts: Kept) -> None:
    entities = (
        *facts.persons,
        *facts.applications,
        *facts.policies,
        *facts.certificates,
        *facts.representations,
        *facts.corrections,
        *facts.registrations,
    )
    entries = facts.all(AuditEntry)
    for entity in entities:
        name = chain_name(entity)
        chain = sorted((e for e in entries if e.chain == name), key=lambda e: e.sequence)
        assert is_whole(entries=chain, head=entity.chain), f"the chain {name} is broken"


def _check_versions(facts: Kept) -> None:
    """The newest version of each policy and certificate is what stands now."""
    newest: dict[tuple[str, str], Any] = {}
    for kind, name in ((PolicyVersion, "policy"), (CertificateVersion, "certificate")):
        for version in sorted(facts.all(kind), key=lambda v: (v.known_at, getattr(v, name).version)):
            proof = getattr(version, name)
            newest[proof.person_id, getattr(proof, "policy_id", None) or proof.application_id] = version
    known = [getattr(v, "policy", None) or v.certificate for v in newest.values() if not v.gone]
    order = lambda proof: (proof.person_id, type(proof).__name__, proof.status_index)  # noqa: E731
    assert sorted(known, key=order) == sorted((*facts.policies, *facts.certificates), key=order)


def reason(world: World, kind: str, about: str, **values: str) -> str:
    """Propose a correction that is refused by a rule; returns the reason."""
    return str(problem(asked(world, kind, about, **values), 422, "rule_refused")["reason"])
