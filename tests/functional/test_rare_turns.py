"""Turns that only chance or another process brings: they are refused or repeated, and nothing is done by half."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.checks import CheckKind
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.notifications import NotificationKind
from chalicelib.domain.policy_number import build_policy_number
from chalicelib.domain.records import Pointer
from chalicelib.domain.sex import Sex
from chalicelib.ports.errors import AlreadyExists
from chalicelib.use_cases.deliver_notification import Order, deliver_notification
from tests.journeys import (
    application,
    asked_to_sign,
    coded,
    insurance,
    insured,
    prepared,
    problem,
    sign,
    signed,
    submitted,
    wrong_fields,
)

if TYPE_CHECKING:
    from tests.world import World


def test_a_certificate_whose_number_is_taken_is_made_when_the_message_comes_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tools.registers.unavailable(CheckKind.INSURED_PERSON)
    people = ("citizen", "insured")
    for person in people:
        submitted(world, person=person)
    draws = iter([7, 7, 8])
    monkeypatch.setattr(world.tools.ids, "below", lambda _limit: next(draws))
    world.drain(queues=("outbox_relay",))
    first, second = world.messages("verification")
    world.deliver("verification", first)

    with pytest.raises(AlreadyExists):
        world.deliver("verification", second)
    assert [len(insurance(world, person=person)["certificates"]) for person in people] == [1, 0]
    world.deliver("verification", second)

    numbers = [insurance(world, person=person)["certificates"][0]["number"] for person in people]
    assert [number[:8] for number in numbers] == ["00000007", "00000008"]


def test_a_number_that_is_taken_is_drawn_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drafts = [prepared(world), prepared(world, person="insured")]
    draws = iter([7, 7, 7, 8])
    monkeypatch.setattr(world.tools.ids, "below", lambda _limit: next(draws))
    first = signed(world, drafts[0])
    second = signed(world, drafts[1], person="insured")
    assert [found["number"].split("-")[1] for found in (first, second)] == ["00000007", "00000008"]


def test_a_number_is_drawn_three_times_and_then_nothing_is_submitted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.tools.ids, "below", lambda _limit: 7)
    submitted(world)
    draft = prepared(world, person="insured")
    code = coded(world, draft, person="insured")
    problem(sign(world, draft, code, person="insured"), 409, "already_exists")
    assert application(world, draft, person="insured")["state"] == "awaiting_signature"
    monkeypatch.undo()
    assert sign(world, draft, code, person="insured").status_code == 201


def test_refuses_to_save_over_another_window_that_asked_for_the_code_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store saw the old version in a state that it does not save; what is read next is newer."""
    draft = prepared(world)
    path, body = f"/v1/applications/{draft}", {"insurer": {"code": "77015"}}
    seen = world.call("GET", path).headers["ETag"]

    def overtaken(*_: object, **__: object) -> None:
        coded(world, draft)
        raise StateConflict("Заявление ждёт подписи")

    monkeypatch.setattr(type(world.tools.store), "save_draft", overtaken)
    problem(world.call("PATCH", path, json=body, headers={"If-Match": seen}), 412, "precondition_failed")
    assert application(world, draft)["form"]["insurer"]["code"] == "77012"


@pytest.mark.parametrize(("taken", "drawn"), [(4, "00005"), (5, None)])
def test_five_numbers_of_a_policy_are_tried_before_an_operator_looks(
    world: World, taken: int, drawn: str | None
) -> None:
    application_id = submitted(world)
    work = world.tools.store.work(at=world.tools.at)
    for serial in range(1, taken + 1):
        number = build_policy_number(territory="77", born_on=date(1990, 5, 14), sex=Sex.FEMALE, serial=serial)
        value_hash = world.tools.secrets.lookup_hash(kind="policy_number", value=number)
        work.claim(Pointer(kind="policy_number", value_hash=value_hash, target="somebody", person_id="somebody"))
    work.commit()
    world.settle()

    assert [found["policy_number"][10:15] for found in insurance(world)["policies"]] == ([drawn] if drawn else [])
    left = application(world, application_id)
    assert (left["state"], left["needs_operator"]) == (("ready", False) if drawn else ("approved", True))


def test_the_present_insurer_has_to_be_known_where_none_is_chosen(world: World) -> None:
    insured(world)
    draft = prepared(world, kind="replacement", insurer="99999")
    answer = asked_to_sign(world, draft)
    assert wrong_fields(problem(answer, 422, "validation_failed"))["insurer.code"] == "insurer_unknown"


def test_a_letter_to_an_insurer_needs_no_profile_of_whom_it_is_about(world: World) -> None:
    at = world.tools.at
    order = Order(
        order_id="01KKTXZ8M0J77M3GB40726KZTJ",
        kind=NotificationKind.INSURER_NOTIFIED_OF_ARRIVAL,
        person_id="nobody",
        context={"insurer_code": "77012", "number": "2026-00000001-1", "day": "2026-03-16"},
        ordered_at=at - timedelta(minutes=1),
    )
    assert deliver_notification(tools=world.tools, order=order, at=at) == {"email": "sent"}
    (letter,) = world.tools.email.sent
    assert letter.to == "smo-77012@example.org"
    assert "nobody" not in json.dumps([letter.subject, letter.text, letter.html])
