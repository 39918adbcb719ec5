"""Limits hold when requests overlap: another one is carried out between what a request reads and what it writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain import appeal
from chalicelib.use_cases import appointments, representations, scans, webhooks
from chalicelib.use_cases import tickets as ticket_use_cases
from chalicelib.use_cases.turns import TRIES
from tests import appeals, clinics, papers, tickets
from tests.applicants import CHILD
from tests.cases import meanwhile
from tests.cloud import memory_table
from tests.journeys import consented, drafted, problem
from tests.privacy import ERASURES

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from tests.world import World

    Send = Callable[[], httpx.Response]

WEBHOOK = {"url": "https://insurer.example.org/polis"}


def _post(world: World, path: str, body: Any = None, *, person: str = "citizen") -> Send:
    options = {} if body is None else {"json": body}
    return lambda: world.call("POST", path, person=person, **options)


def _scans(world: World) -> Send:
    body = {"document": "identity_document", "media_type": "image/png"}
    return _post(world, f"/v1/applications/{drafted(world)}/scans", body)


def _evidence(world: World) -> Send:
    path = f"/v1/appeals/{appeals.begun(world, appeals.refused(world))}/documents"
    return _post(world, path, {"media_type": "image/png"})


def _attachments(world: World) -> Send:
    consented(world)
    path = f"{tickets.ALL}/{tickets.opened(world)['id']}/attachments"
    return _post(world, path, {"media_type": "image/png"})


def _represented(world: World) -> Send:
    consented(world)
    return _post(world, "/v1/represented-persons", {**CHILD, "consent_version": "2026-11"})


def _webhooks(world: World) -> Send:
    return _post(world, "/v1/webhooks", WEBHOOK, person="operator")


def _appointments(world: World) -> Send:
    clinics.insured(world)
    world.drain()
    return _post(world, clinics.OWN_APPOINTMENTS, clinics.APPOINTMENT)


LIMITED = {
    "scans of an application": (_scans, scans, "MAX_SCANS"),
    "documents of an appeal": (_evidence, appeal, "MAX_DOCUMENTS"),
    "attachments of a ticket": (_attachments, ticket_use_cases, "MAX_ATTACHMENTS"),
    "represented persons": (_represented, representations, "MAX_REPRESENTED"),
    "subscriptions of an organisation": (_webhooks, webhooks, "MOST_SUBSCRIPTIONS"),
    "appointments that wait": (_appointments, appointments, "MAX_LIVE_APPOINTMENTS"),
}


@pytest.mark.parametrize("what", LIMITED)
def test_the_last_place_goes_to_one_of_two(world: World, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    prepare, module, limit = LIMITED[what]
    monkeypatch.setattr(module, limit, 2)
    send = prepare(world)
    assert send().status_code == 201
    beside: list[httpx.Response] = []

    with meanwhile(lambda: beside.append(send())):
        answer = send()

    assert [one.status_code for one in beside] == [201]
    problem(answer, 422, "rule_refused")


def test_who_is_always_overtaken_is_told_to_come_again(world: World) -> None:
    send = _webhooks(world)
    with meanwhile(lambda: send().raise_for_status(), times=TRIES):
        problem(send(), 409, "stale_write")


def test_a_subscription_that_ended_makes_room_at_once(world: World) -> None:
    send = _webhooks(world)
    made = [send().json()["id"] for _ in range(webhooks.MOST_SUBSCRIPTIONS)]
    assert world.call("DELETE", f"/v1/webhooks/{made[-1]}", person="operator").is_success
    assert send().status_code == 201


def test_a_turn_is_over_after_a_minute(world: World) -> None:
    """So that nothing which goes otherwise, as by its term, keeps a folder shut."""
    send = _webhooks(world)
    assert send().status_code == 201
    (gone,) = [place for place, item in memory_table().items.items() if item.get("type") == {"S": "HookSubscription"}]
    memory_table().delete(gone)

    problem(send(), 409, "stale_write")
    world.sleep(minutes=1)
    assert send().status_code == 201


def test_a_demand_to_be_forgotten_is_made_once(world: World) -> None:
    consented(world)
    send = _post(world, ERASURES, {"is_sure": True})
    beside: list[httpx.Response] = []
    with meanwhile(lambda: beside.append(send())):
        answer = send()

    assert answer.json()["id"] == beside[0].json()["id"]
    assert len(world.ok("GET", ERASURES)["items"]) == 1


def _contact(world: World) -> Send:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"phone": "+7 900 000-99-01"})
    return _post(world, "/v1/me/contacts/phone/codes")


def _address(world: World) -> Send:
    path = f"{papers.OWN}/{papers.ordered(world, papers.BY_POST)['id']}/address-codes"
    return _post(world, path, {"address": papers.NEW_ADDRESS})


@pytest.mark.parametrize("asks", [_contact, _address])
def test_one_of_two_requests_sends_a_code(world: World, asks: Callable[[World], Send]) -> None:
    send = asks(world)
    for _ in range(2):
        world.settle()
        before = len(world.tools.sms.sent)
        with meanwhile(lambda: send().raise_for_status()):
            problem(send(), 429, "too_many_requests")
        world.settle()
        assert len(world.tools.sms.sent) == before + 1
        world.sleep(minutes=2)


def test_copies_of_a_change_of_address_are_told_that_it_is_changed(world: World) -> None:
    delivery_id = papers.ordered(world, papers.BY_POST)["id"]
    path = f"{papers.OWN}/{delivery_id}"
    world.ok("POST", f"{path}/address-codes", json={"address": papers.NEW_ADDRESS})
    world.settle()
    change = _post(world, f"{path}/address-change", {"address": papers.NEW_ADDRESS, "code": world.code()})
    found = world.tools.store.challenge

    def late(**key: str) -> Any:
        world.tools.store.challenge = found
        assert change().is_success
        return found(**key)

    world.tools.store.challenge = late
    assert change().json()["address"] == papers.NEW_ADDRESS
