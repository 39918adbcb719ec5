"""Turns that only chance or another process brings: they are refused or repeated, and nothing is done by half."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.checks import CheckKind
from chalicelib.domain.notifications import NotificationKind
from chalicelib.domain.policy_number import build_policy_number
from chalicelib.domain.records import Pointer
from chalicelib.domain.sex import Sex
from chalicelib.ports.errors import AlreadyExists
from chalicelib.use_cases.deliver_notification import Order, deliver_notification
from tests.journeys import application, asked_to_sign, insurance, insured, prepared, problem, submitted, wrong_fields

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
