"""What the public check gives away: nothing by status, size or calls; and how often it may be asked (G1, G4)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bench.calls import Counter
from chalicelib.http.calls import client_of
from chalicelib.use_cases.check_validity import CLIENT_LIMIT, SUBJECT_LIMIT
from infra.local.person_numbers import policy_number_of
from tests.journeys import insured, policy, problem
from tests.security.scale import note, whole_or
from tests.world import open_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World

PATH = "/v1/validity-checks"
BORN = "1990-05-14"
UNKNOWN = policy_number_of(region="77", born_on=BORN, sex="female", serial=99_999)
WRONG = (
    {"born_on": "1990-05-15"},
    {"family_name": "Иванова"},
    {"born_on": BORN, "family_name": "Иванова"},
    {"born_on": "1990-05-15", "family_name": "Примерова"},
)
DIFFER_ALWAYS = {"date", "x-request-id", "x-amzn-requestid", "x-amz-apigw-id", "x-amzn-trace-id"}
FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP", "X-Client-IP")


def ask(world: World, address: str = "203.0.113.7", headers: dict[str, str] | None = None, **question: Any) -> Any:
    """Ask from an address."""

    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=world._asgi, client=(address, 40_000))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post(PATH, json={"consent": True, **question}, headers=headers or {})

    return asyncio.run(send())


@pytest.fixture(scope="module")
def enp(issuer: str) -> Iterator[Any]:
    with open_world(issuer) as world:
        insured(world)
        yield world, str(policy(world)["policy_number"])


@pytest.fixture
def world(enp: Any) -> World:
    made: World = enp[0]
    made.sleep(hours=2)
    return made


def shape(answer: Any) -> tuple[int, int, list[tuple[str, str]]]:
    """All of an answer that can be told from outside, but its hour and number."""
    told = {name: value for name, value in answer.headers.items() if name not in DIFFER_ALWAYS}
    return answer.status_code, len(answer.content), sorted(told.items())


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_unknown_and_mismatch_answer_alike_in_all_that_can_be_seen(world: World, enp: Any, wrong: Any) -> None:
    ask(world, policy_number=UNKNOWN, born_on=BORN)  # a cold process reads its secret
    counter = Counter()
    with counter.measuring("mismatch", limit=9):
        mismatch = ask(world, policy_number=enp[1], **wrong)
    with counter.measuring("unknown", limit=9):
        unknown = ask(world, policy_number=UNKNOWN, **wrong)
    assert unknown.json()["status"] == "not_found"
    assert (mismatch.content, shape(mismatch)) == (unknown.content, shape(unknown))
    assert counter.found[0].calls == counter.found[1].calls


def test_the_limit_of_a_number_survives_every_address(world: World, enp: Any) -> None:
    times, _ = SUBJECT_LIMIT
    statuses = [ask(world, f"198.51.100.{n}", policy_number=enp[1], **WRONG[0]).status_code for n in range(times + 1)]
    assert statuses == [200] * times + [429]
    problem(ask(world, "2001:db8::1", policy_number=enp[1], born_on=BORN), 429, "too_many_requests")
    assert ask(world, policy_number=UNKNOWN, born_on=BORN).status_code == 200


def test_the_limit_of_a_client_survives_addresses_of_its_network_and_headers(world: World) -> None:
    times, _ = CLIENT_LIMIT

    def asked(n: int) -> int:
        headers = dict.fromkeys(FORWARDED, f"192.0.2.{n}")
        status: int = ask(world, f"2001:db8:7:7:{n:x}::{n}", headers, certificate_number=f"{n:09d}").status_code
        return status

    assert [asked(n) for n in range(1, times + 2)] == [200] * times + [429]
    assert ask(world, "2001:db8:7:8::1", certificate_number="000000999").status_code == 200


def test_one_client_learns_nothing_from_numbers_in_a_row(world: World, enp: Any) -> None:
    """The number that exists lies among them, and the birth date, which a number tells, is right."""
    count = whole_or(10_000, 150)
    serial = int(str(enp[1])[10:15])
    row = range(serial + count - 1, serial - 1, -1)
    numbers = [policy_number_of(region="77", born_on=BORN, sex="female", serial=n) for n in row]
    assert enp[1] in numbers[CLIENT_LIMIT[0] :], "else the limit would not be what hides it"
    answers = [ask(world, policy_number=number, born_on=BORN) for number in numbers]
    answered = [answer for answer in answers if answer.status_code == 200]
    assert len(answered) == CLIENT_LIMIT[0]
    assert {answer.status_code for answer in answers} == {200, 429}
    assert {answer.json()["status"] for answer in answered} == {"not_found"}
    note(numbers_in_a_row=count, confirmed=0)


def test_many_clients_learn_nothing_without_the_second_factor(world: World, enp: Any) -> None:
    count = whole_or(10_000, 60)
    serial = int(str(enp[1])[10:15])
    bodies = set()
    for n in range(count):
        number = policy_number_of(region="77", born_on=BORN, sex="female", serial=(serial - count // 2 + n) % 100_000)
        address = f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"
        answer = ask(world, address, policy_number=number, family_name="Иванова")
        bodies.add((answer.status_code, answer.content))
    assert len(bodies) == 1
    note(numbers_by_many_clients=count)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("no:address", "no:address"),
        ("", ""),
        (None, ""),
    ],
)
def test_who_is_one_client(address: str | None, counted: str) -> None:
    assert client_of({"identity": {"sourceIp": address}}) == counted
    assert client_of({}) == ""
