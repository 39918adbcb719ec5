"""One suite for the port `Registers`: the in-memory fake and the HTTP adapter on the simulator."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

import pytest
import urllib3

from chalicelib.adapters.registers import HTTPRegisters, RetryPolicy
from chalicelib.domain.checks import CheckKind, CheckRequest, CheckStatus
from chalicelib.ports.errors import Rejected, Throttled, Unavailable
from infra.local.persons import PERSONS
from infra.local.registers_simulator import running
from tests.fakes.registers import FakeRegisters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.ports.registers import Registers

HELD = {person.key: person for person in PERSONS}
QUICK = RetryPolicy(attempts=2, base_seconds=0.01, cap_seconds=0.01, total_seconds=2.0)


def subject_of(key: str, **changes: str) -> dict[str, str]:
    person = HELD[key]
    return {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "middle_name": person.middle_name,
        "born_on": person.born_on,
        "sex": person.sex,
        "snils": person.snils,
        "document_type": person.document.type,
        "document_series": person.document.series,
        "document_number": person.document.number,
        **changes,
    }


def question(kind: CheckKind, key: str, request_id: str = "01-first", **changes: str) -> CheckRequest:
    return CheckRequest(request_id=request_id, kind=kind, subject=subject_of(key, **changes))


class Rig(Protocol):
    """One implementation, and the ways to make the other side behave."""

    registers: Registers

    def differ(self, kind: CheckKind, reason: str) -> None: ...

    def hold_insured(self, **data: str) -> None: ...

    def defer(self, kind: CheckKind) -> None: ...

    def release(self) -> None: ...

    def break_down(self, kind: CheckKind) -> None: ...

    def throttle(self, kind: CheckKind) -> None: ...

    def mend(self, kind: CheckKind) -> None: ...


class FakeRig:
    def __init__(self) -> None:
        self.registers = FakeRegisters()

    def differ(self, kind: CheckKind, reason: str) -> None:
        self.registers.mismatch(kind, reason)

    def hold_insured(self, **data: str) -> None:
        self.registers.confirmed(CheckKind.INSURED_PERSON, **data)

    def defer(self, kind: CheckKind) -> None:
        self.registers.pending(kind)

    def release(self) -> None:
        self.registers.release()

    def break_down(self, kind: CheckKind) -> None:
        self.registers.unavailable(kind)

    def throttle(self, kind: CheckKind) -> None:
        self.registers.failing(kind, Throttled("Реестр просит подождать.", retry_after=7))

    def mend(self, kind: CheckKind) -> None:
        self.registers.working(kind)


class SimulatorRig:
    def __init__(self, url: str) -> None:
        self.url = url
        self.registers = HTTPRegisters(base_url=url, policy=QUICK)

    def control(self, method: str, path: str, **told: object) -> None:
        response = urllib3.request(method, f"{self.url}/control/{path}", json=told)
        assert response.status == 200, response.data

    def differ(self, kind: CheckKind, reason: str) -> None:
        """The simulator finds the difference itself: the question is wrong already."""

    def hold_insured(self, **data: str) -> None:
        """The simulator holds the insured person already."""

    def defer(self, kind: CheckKind) -> None:
        self.control("POST", "behaviours", kind=kind, behaviour="later", seconds=600)

    def release(self) -> None:
        self.control("POST", "tickets/release")

    def break_down(self, kind: CheckKind) -> None:
        self.control("POST", "behaviours", kind=kind, behaviour="down", seconds=9)

    def throttle(self, kind: CheckKind) -> None:
        self.control("POST", "behaviours", kind=kind, behaviour="throttle", seconds=7)

    def mend(self, kind: CheckKind) -> None:
        self.control("DELETE", "behaviours")


@pytest.fixture(params=["fake", "simulator"])
def rig(request, tmp_path) -> Iterator[Rig]:
    if request.param == "fake":
        yield FakeRig()
        return
    with running(tmp_path) as url:
        yield SimulatorRig(url)


def test_confirms_what_agrees(rig):
    answer = rig.registers.ask(request=question(CheckKind.IDENTITY, "citizen"))
    assert answer.status is CheckStatus.CONFIRMED
    assert answer.reasons == ()
    assert answer.register_version
    assert answer.answered_at is not None
    assert answer.answered_at.tzinfo is not None


def test_names_what_differs(rig):
    rig.differ(CheckKind.IDENTITY, "birth_date_differs")
    answer = rig.registers.ask(request=question(CheckKind.IDENTITY, "citizen", born_on="1990-05-15"))
    assert answer.status is CheckStatus.MISMATCH
    assert answer.reasons == ("birth_date_differs",)


def test_does_not_find_a_person_who_is_not_insured(rig):
    answer = rig.registers.ask(request=question(CheckKind.INSURED_PERSON, "citizen"))
    assert answer.status is CheckStatus.NOT_FOUND
    assert dict(answer.data) == {}


def test_tells_the_policy_of_an_insured_person(rig):
    held = HELD["insured"].insured
    rig.hold_insured(
        enp=held.enp,
        insurer_code=held.insurer_code,
        insured_from=held.insured_from,
        region=held.region,
    )
    answer = rig.registers.ask(request=question(CheckKind.INSURED_PERSON, "insured"))
    assert answer.status is CheckStatus.CONFIRMED
    assert dict(answer.data) == {
        "enp": held.enp,
        "insurer_code": "77012",
        "insured_from": "2019-03-01",
        "region": "77",
    }


def test_promises_an_answer_and_keeps_the_promise(rig):
    rig.defer(CheckKind.SNILS)
    promise = rig.registers.ask(request=question(CheckKind.SNILS, "citizen"))
    assert promise.status is CheckStatus.PENDING
    assert promise.retry_after >= 1
    waiting = rig.registers.collect(ticket=promise.ticket)
    assert (waiting.status, waiting.ticket) == (CheckStatus.PENDING, promise.ticket)
    rig.release()
    assert rig.registers.collect(ticket=promise.ticket).status is CheckStatus.CONFIRMED
    assert rig.registers.collect(ticket=promise.ticket).status is CheckStatus.CONFIRMED


def test_answers_the_same_request_with_the_same_answer(rig):
    rig.defer(CheckKind.IDENTITY)
    request = question(CheckKind.IDENTITY, "citizen")
    first, second = rig.registers.ask(request=request), rig.registers.ask(request=request)
    assert first.ticket is not None
    assert first.ticket == second.ticket


def test_rejects_another_question_under_the_same_request_id(rig):
    rig.registers.ask(request=question(CheckKind.IDENTITY, "citizen"))
    with pytest.raises(Rejected):
        rig.registers.ask(request=question(CheckKind.IDENTITY, "insured"))


def test_rejects_an_unknown_ticket(rig):
    with pytest.raises(Rejected):
        rig.registers.collect(ticket="nobody-promised-this")


def test_says_unavailable_while_a_register_is_down_and_answers_when_it_is_back(rig):
    rig.break_down(CheckKind.PASSPORT)
    request = question(CheckKind.PASSPORT, "citizen")
    with pytest.raises(Unavailable):
        rig.registers.ask(request=request)
    assert rig.registers.ask(request=question(CheckKind.SNILS, "citizen", "02-other")).status
    rig.mend(CheckKind.PASSPORT)
    assert rig.registers.ask(request=request).status is CheckStatus.CONFIRMED


def test_passes_on_how_long_to_wait(rig):
    rig.throttle(CheckKind.INN)
    with pytest.raises(Throttled) as caught:
        rig.registers.ask(request=question(CheckKind.INN, "citizen", inn=HELD["citizen"].inn))
    assert caught.value.retry_after == 7


def test_names_no_personal_data_in_errors(rig):
    rig.break_down(CheckKind.IDENTITY)
    with pytest.raises(Unavailable) as caught:
        rig.registers.ask(request=question(CheckKind.IDENTITY, "citizen"))
    told = repr(caught.value) + caught.value.detail + repr(caught.value.__cause__)
    values = json.loads(json.dumps(subject_of("citizen"))).values()
    assert not [value for value in values if len(value) > 4 and value in told]
