"""AWS calls of each use case, counted through the seam while the whole service runs in this process."""

from __future__ import annotations

import math
from collections import Counter as Tally
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from bench.appeal_calls import measure_appeals
from bench.certificate_calls import count_certificates
from bench.clinic_calls import measure_clinics
from bench.correction_calls import count_corrections
from bench.exchange_calls import count_exchange
from bench.message_calls import count_messages
from bench.paper_calls import measure_papers
from bench.policy_calls import count_policies
from bench.privacy_calls import count_privacy
from bench.registry_calls import count_registry
from bench.session_calls import count_sessions
from bench.ticket_calls import count_tickets
from bench.webhook_calls import count_webhooks
from chalicelib.adapters import aws
from chalicelib.adapters.dynamodb.index_keys import DUE_SHARDS
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.paper_barcode import PaperBarcode, encode_barcode
from chalicelib.domain.qr_claims import QrClaims, QrKind
from chalicelib.domain.sex import Sex
from chalicelib.domain.temporary_certificate import CertificateState, CertificateStep, TemporaryCertificate
from chalicelib.use_cases.certificates import DUE_PAGE, expire_certificates
from infra.local.persons import PERSONS
from tests import cases, journeys, newborns, papers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tests.world import World

CITIZEN = "citizen"
WAITING = "later"
INSURED = "insured"
REGISTRAR = "registrar"
CONTRADICTED = ("other_surname", "invalid_passport")
EXPIRING = 30
PAPER, OLD = "paper_policy", "old_policy"
LEGACY = {
    PAPER: {"policy_type": "paper", "blank_number": "00000000014"},
    OLD: {"policy_type": "old_sample", "series": "77-00", "number": "900015"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """The calls that one use case made, and how many it may make."""

    use_case: str
    calls: tuple[str, ...]
    limit: int

    @property
    def kept(self) -> bool:
        """Whether the use case keeps its budget."""
        return len(self.calls) <= self.limit


@dataclass(slots=True)
class Counter:
    """Budgets in the order in which they were measured."""

    found: list[Budget] = field(default_factory=list)

    @contextmanager
    def measuring(self, use_case: str, *, limit: int) -> Iterator[None]:
        """Count the calls inside the block."""
        calls: list[str] = []

        def seam(name: str, moment: str) -> None:
            if moment == "before":
                calls.append(name)

        aws.add_seam(seam)
        try:
            yield
        finally:
            aws.remove_seam(seam)
        self.found.append(Budget(use_case=use_case, calls=tuple(calls), limit=limit))


def measured(world: World) -> tuple[Budget, ...]:
    """Walk one person to a policy, papers and another insurer, one to a certificate that expires; count on the way."""
    counter = Counter()
    _first_policy(world, counter)
    _public_lookup(world, counter)
    _clinic_lookup(world, counter)
    _papers(world, counter)
    _operators(world, counter)
    _certificate(world, counter)
    _insurer_changes(world, counter)
    _legacy_policies(world, counter)
    _newborn(world, counter)
    world.settle()
    count_policies(world, counter, _step)
    world.settle()
    measure_clinics(world, counter)
    count_corrections(world, counter)
    count_messages(world, counter, _step)
    count_sessions(world, counter)
    count_webhooks(world, counter, _step)
    count_exchange(world, counter)
    count_registry(world, counter)
    measure_appeals(world, counter)
    count_certificates(world, counter)
    count_tickets(world, counter)
    count_privacy(world, counter)
    _expiry(world, counter)
    return tuple(counter.found)


def _first_policy(world: World, counter: Counter) -> None:
    draft = journeys.prepared(world)
    path = f"/v1/applications/{draft}"
    with counter.measuring("save a draft", limit=1):
        world.ok("PATCH", path, json={"insurer": {"code": journeys.FIRST_INSURER}})
    code = journeys.coded(world, draft)
    with counter.measuring("submit", limit=3):
        answer = journeys.sign(world, draft, code)
    assert answer.is_success, answer.text
    _step(world, counter, "verification", "verify, without the registers", limit=4)
    _step(world, counter, "issuance", "issue a first policy", limit=6)
    with counter.measuring("status of an application", limit=1):
        found = world.ok("GET", path)
    assert found["state"] == "ready", found["state"]


def _person(key: str) -> Any:
    return next(person for person in PERSONS if person.key == key)


def _step(world: World, counter: Counter, queue: str, use_case: str, *, limit: int) -> None:
    """Relay the outbox, then count the Lambda of one queue."""
    world.drain(queues=("outbox_relay",))
    (message,) = world.messages(queue)
    with counter.measuring(use_case, limit=limit):
        world.invoke(queue, message["Body"], message["MessageId"])
    url = getattr(world.tools.settings, f"{queue}_queue_url")
    world.tools.client("sqs").delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    world.drain(queues=("outbox_relay",))


def _ask(world: World, counter: Counter, use_case: str, path: str, question: dict[str, Any], *, limit: int) -> None:
    person = REGISTRAR if "clinic" in path else None
    world.ok("POST", path, person=person, json=question)
    with counter.measuring(use_case, limit=limit):
        answer = world.ok("POST", path, person=person, json=question)
    assert answer.get("is_insured", answer.get("status") == "valid"), answer


def _public_lookup(world: World, counter: Counter) -> None:
    number = journeys.policy(world)["policy_number"]
    person = _person(CITIZEN)
    for factor in ({"born_on": person.born_on}, {"family_name": person.family_name}):
        question = {"policy_number": number, "consent": True, **factor}
        name = f"public lookup by policy number and {next(iter(factor))}"
        _ask(world, counter, name, "/v1/validity-checks", question, limit=2)


def _clinic_lookup(world: World, counter: Counter) -> None:
    person = _person(CITIZEN)
    document = {"type": "14", "series": person.document.series, "number": person.document.number}
    name = {"family_name": person.family_name, "given_name": person.given_name, "middle_name": person.middle_name}
    policy_number = journeys.policy(world)["policy_number"]
    questions: dict[str, Any] = {
        "policy_number": policy_number,
        "snils": person.snils,
        "document": document,
        "person": {**name, "born_on": person.born_on},
        "qr": _qr(world, policy_number),
    }
    for key, value in questions.items():
        _ask(world, counter, f"clinic lookup by {key}", "/v1/clinic/validity-checks", {key: value}, limit=3)


def _qr(world: World, policy_number: str) -> str:
    claims = QrClaims(
        kind=QrKind.POLICY,
        number=policy_number,
        born_on=date.fromisoformat(_person(CITIZEN).born_on),
        valid_from=world.tools.at.date(),
        valid_until=None,
        insurer_code=journeys.FIRST_INSURER,
        status_list=0,
        status_index=1,
        issued_at=world.tools.at,
    )
    return world.tools.qr.link(claims=claims)


def _papers(world: World, counter: Counter) -> None:
    """Order an extract on paper; what becomes of it is counted in a module of its own."""
    world.sleep(minutes=2)
    draft = journeys.drafted(world, kind="paper_extract")
    world.ok("PATCH", f"/v1/applications/{draft}", json={"delivery": papers.AT_OFFICE})
    world.upload(draft, journeys.scan())
    journeys.signed(world, draft)
    world.drain(queues=("outbox_relay", "verification", "outbox_relay"))
    _step(world, counter, "issuance", "order an extract on paper", limit=4)
    measure_papers(world, counter, draft)
    world.settle()


def _operators(world: World, counter: Counter) -> None:
    """Two cases that the registers cannot decide: one is asked about, one is sent back and then decided."""
    first, second = (cases.left_to_operator(world, person=person) for person in CONTRADICTED)
    with counter.measuring("a page of the operators' queue", limit=4):
        rows = cases.queue(world)
    assert [row["id"] for row in rows] == [first, second], rows
    with counter.measuring("take a case", limit=2):
        cases.taken(world, first)
    with counter.measuring("look at a case", limit=3):
        cases.viewed(world, first)
    question = {"fields": ["person.birthplace"], "message": "Уточните"}
    _worked_on(world, counter, first, "clarification", question, "ask about a case")
    world.tools.registers.mismatch(CheckKind.IDENTITY, "deceased")
    cases.taken(world, second)
    _worked_on(world, counter, second, "verification", {}, "send a case back")
    world.settle()
    world.tools.registers.confirmed(CheckKind.IDENTITY)
    cases.taken(world, second)
    _worked_on(world, counter, second, "decision", {"approve": True}, "decide a case")
    world.settle()
    with counter.measuring("delivery statistics of a month", limit=10):
        papers = world.ok("GET", "/v1/operator/delivery-statistics?from=2026-03-01", person=cases.OPERATOR)
    assert papers["scope"] == "insurer"
    with counter.measuring("statistics of a month", limit=8):
        figures = world.ok("GET", "/v1/operator/statistics?from=2026-03-01&until=2026-04-01", person=cases.OPERATOR)
    assert figures["decided"], figures


def _worked_on(
    world: World, counter: Counter, application_id: str, step: str, body: dict[str, Any], use_case: str
) -> None:
    with counter.measuring(use_case, limit=3):
        answer = cases.step(world, application_id, step, json=body)
    assert answer.is_success, answer.text


def _certificate(world: World, counter: Counter) -> None:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    draft = journeys.submitted(world, person=WAITING)
    use_case = "verify with a temporary certificate, without the registers"
    _step(world, counter, "verification", use_case, limit=4)
    number = journeys.application(world, draft, person=WAITING)["certificate_number"]
    question = {"certificate_number": number}
    _ask(world, counter, "public lookup by certificate", "/v1/validity-checks", {**question, "consent": True}, limit=2)
    _ask(world, counter, "clinic lookup by certificate_number", "/v1/clinic/validity-checks", question, limit=3)


def _insurer_changes(world: World, counter: Counter) -> None:
    """A policy that the register of insured persons knows, then one that this service issued the year before."""
    person = _person(INSURED)
    register = {"enp": person.insured.enp, "insurer_code": "77012", "insured_from": person.insured.insured_from}
    world.tools.registers.confirmed(CheckKind.INSURED_PERSON, **register)
    _changed(world, counter, INSURED, "issue a change of insurer, policy known to the register")
    world.sleep(days=330)
    _changed(world, counter, CITIZEN, "issue a change of insurer, policy of this service")


def _changed(world: World, counter: Counter, person: str, use_case: str) -> None:
    world.settle()
    draft = journeys.submitted(world, person=person, kind=journeys.INSURER_CHANGE)
    world.drain(queues=("outbox_relay", "verification", "outbox_relay"))
    _step(world, counter, "issuance", use_case, limit=6)
    found = journeys.application(world, draft, person=person)
    assert found["refusals"] == [], found["refusals"]


def _legacy_policies(world: World, counter: Counter) -> None:
    """A paper policy and one of the old sample: registered, confirmed, looked up by what is printed on them."""
    # The application that waits for its register would come between.
    world.tools.registers.release()
    world.sleep(minutes=16)
    world.settle()
    for key, numbers in LEGACY.items():
        person = _person(key)
        claim = {**numbers, "policy_number": person.insured.enp} if key == PAPER else {**numbers, "region": "77"}
        register = {"enp": person.insured.enp, "insurer_code": "77012", "insured_from": person.insured.insured_from}
        world.tools.registers.confirmed(CheckKind.INSURED_PERSON, **register)
        journeys.consented(world, person=key)
        world.settle()
        with counter.measuring(f"register a policy: {key}", limit=4):
            world.ok("POST", "/v1/me/legacy-policies", person=key, json=claim)
        _step(world, counter, "verification", f"confirm a policy, without the registers: {key}", limit=4)
        name = "blank_number" if key == PAPER else "old_policy"
        printed = {part: numbers[part] for part in ("series", "number")} if key == OLD else numbers[name]
        question = {name: printed, "consent": True, "born_on": person.born_on}
        _ask(world, counter, f"public lookup by {name}", "/v1/validity-checks", question, limit=2)
        _ask(world, counter, f"clinic lookup by {name}", "/v1/clinic/validity-checks", {name: printed}, limit=3)
    scanned = {"barcode": _barcode(_person(PAPER))}
    _ask(world, counter, "clinic lookup by barcode", "/v1/clinic/validity-checks", scanned, limit=3)


def _barcode(person: Any) -> str:
    barcode = PaperBarcode(
        version=2,
        policy_number=person.insured.enp,
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        sex=Sex(person.sex),
        born_on=date.fromisoformat(person.born_on),
    )
    return encode_barcode(barcode=barcode).hex()


def _newborn(world: World, counter: Counter) -> None:
    """A birth that the civil registry tells, of two parents who are known; then it is corrected."""
    world.settle()
    day = str(world.tools.at.date() - timedelta(days=1))
    message = newborns.birth(
        registered_on=day,
        father=newborns.FATHER,
        child={"born_on": day, "certificate": {**newborns.CERTIFICATE, "issued_on": day}},
    )
    with counter.measuring("take in a birth record", limit=3):
        answer = newborns.send(world, message)
    assert answer.json()["outcome"] == "accepted", answer.text
    _step(world, counter, "issuance", "insure a newborn of two known parents", limit=11)
    world.settle()
    renamed = {**message, "version": 2, "child": {**message["child"], "given_name": "Тимур"}}
    with counter.measuring("take in a later version of a birth record", limit=4):
        answer = newborns.send(world, renamed)
    assert answer.json()["outcome"] == "accepted", answer.text
    _step(world, counter, "issuance", "correct a newborn of two known parents", limit=10)
    assert newborns.send(world, renamed).json()["state"] == "insured"


def _expiry(world: World, counter: Counter) -> None:
    """Expire many certificates: a transaction and a hint for each, and one query for each page of each shard."""
    tools, at = world.tools, world.tools.at
    expire_certificates(tools=tools, at=at)
    for number in range(EXPIRING):
        work = tools.store.work(at=at)
        work.create(due_certificate(number=number, at=at))
        work.commit()
    queries = DUE_SHARDS * math.ceil(EXPIRING / DUE_SHARDS / DUE_PAGE)
    with counter.measuring(f"expire {EXPIRING} certificates", limit=2 * EXPIRING + queries):
        sweep = expire_certificates(tools=tools, at=at)
    assert sweep.expired == EXPIRING, sweep


def due_certificate(*, number: int, at: datetime) -> TemporaryCertificate:
    """A certificate whose last day has passed and of which its holder was warned."""
    return TemporaryCertificate(
        number=f"{number:09d}",
        person_id=f"person{number:020d}",
        application_id=f"01{number:024d}",
        account_id=f"account{number:019d}",
        insurer_code=journeys.FIRST_INSURER,
        region="77",
        issued_on=at.date() - timedelta(days=31),
        valid_until=at.date() - timedelta(days=1),
        utc_offset_hours=3,
        state=CertificateState.ACTIVE,
        next_step=CertificateStep.EXPIRE,
        status_index=number,
    )


def summary(budget: Budget) -> str:
    """The calls by name, in the order of their first appearance."""
    return ", ".join(f"{count} × {name}" if count > 1 else name for name, count in Tally(budget.calls).items())
