"""Receipts, bounces and complaints come back, are shown, and stop what is dead (requirement M2)."""

from __future__ import annotations

import base64
import gzip
import importlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.events.runtime import PoisonMessage
from chalicelib.ports.errors import Unavailable
from chalicelib.ports.notifications import OutcomeUnknown
from infra.local.cloud import receipts as provider
from tests.corrections import FUND, person_id
from tests.journeys import actions, asked_to_sign, coded, consented, insured, messages, prepared, problem
from tests.world import table

if TYPE_CHECKING:
    from tests.world import World

TOLD = "consent_given"


def told(world: World) -> World:
    """A citizen who was told of the consent by a letter."""
    consented(world)
    world.settle()
    return world


def letter(world: World) -> Any:
    return world.tools.email.sent[-1]


def comes(world: World, event: dict[str, Any] | str) -> None:
    """Let a receipt come through its queue."""
    world.invoke("receipts", event if isinstance(event, str) else json.dumps(event))


def mail(world: World, outcome: str, reference: str = "") -> None:
    event = provider.mail_event(outcome=outcome, reference=reference or letter(world).reference, at=world.tools.at)
    comes(world, event)


def state(world: World, kind: str = TOLD, channel: str = "email") -> str:
    (found,) = [m["delivery"][channel] for m in messages(world) if m["kind"] == kind]
    return str(found)


def confirm(world: World, contact: str, value: str) -> None:
    world.ok("PATCH", "/v1/me", json={contact: value})
    world.ok("POST", f"/v1/me/contacts/{contact}/codes")
    world.settle()
    sent = world.tools.sms.sent[-1].text if contact == "phone" else letter(world).text
    code = next(word for word in sent.replace(".", " ").split() if word.isdigit() and len(word) == 6)
    world.ok("POST", f"/v1/me/contacts/{contact}/confirmation", json={"code": code})


def test_a_delivery_is_shown_with_its_title_and_moment(world: World) -> None:
    told(world)
    assert state(world) == "sent"
    mail(world, "delivered")
    (message,) = messages(world)
    (channel,) = message["channels"]
    assert channel["state_title"] == "Доставлено"
    assert channel["changed_at"] is not None
    assert channel["next_try_at"] is None


def test_a_hard_bounce_stops_the_address_tells_by_the_phone_and_asks_for_another(world: World) -> None:
    told(world)
    letters, texts = len(world.tools.email.sent), len(world.tools.sms.sent)
    mail(world, "hard_bounce")
    mail(world, "hard_bounce")
    mail(world, "delivered")
    world.settle()

    assert state(world) == "bounced"
    me = world.ok("GET", "/v1/me")
    assert me["email"]["is_stopped"]
    assert [task["code"] for task in me["tasks"]] == ["confirm_another_email"]
    assert len(world.tools.email.sent) == letters
    assert len(world.tools.sms.sent) == texts + 1
    assert "почту не доходят" in world.tools.sms.sent[-1].text
    assert any("/cabinet/profile" in m["text"] for m in messages(world) if m["kind"] == "email_unreachable")
    assert [m["kind"] for m in messages(world)].count("email_unreachable") == 1
    assert [entry["action"] for entry in actions(world)].count("contact_stopped") == 1


def test_another_address_ends_the_task_and_a_late_bounce_of_the_old_one_stops_nothing(world: World) -> None:
    told(world)
    old = letter(world).reference
    mail(world, "soft_bounce")
    confirm(world, "email", "new@example.org")
    mail(world, "hard_bounce", old)

    assert state(world) == "bounced"
    me = world.ok("GET", "/v1/me")
    assert me["email"] == {"value": "new@example.org", "is_verified": True, "pending": None, "is_stopped": False}
    assert me["tasks"] == []


def test_the_same_address_may_be_confirmed_anew(world: World) -> None:
    told(world)
    address = world.ok("GET", "/v1/me")["email"]["value"]
    mail(world, "complaint")
    assert state(world) == "complained"
    confirm(world, "email", address)
    me = world.ok("GET", "/v1/me")
    assert (me["email"]["is_stopped"], me["tasks"]) == (False, [])


def test_a_bounce_of_an_address_that_is_not_confirmed_yet_stops_nothing(world: World) -> None:
    told(world)
    world.ok("PATCH", "/v1/me", json={"email": "wrong@example.org"})
    world.ok("POST", "/v1/me/contacts/email/codes")
    world.settle()
    mail(world, "hard_bounce")
    assert not world.ok("GET", "/v1/me")["email"]["is_stopped"]


def test_a_soft_bounce_is_tried_again_after_an_hour(world: World) -> None:
    told(world)
    first = letter(world).reference
    mail(world, "soft_bounce")
    (message,) = messages(world)
    assert message["channels"][0]["state"] == "waiting"
    assert message["channels"][0]["next_try_at"] is not None
    world.sleep(minutes=59)
    world.run("run_messages")
    world.settle()
    assert letter(world).reference == first
    world.sleep(minutes=2)
    world.run("run_messages")
    world.settle()
    assert letter(world).reference != first
    assert state(world) == "sent"


def test_what_nobody_confirms_ends_by_name(world: World) -> None:
    told(world)
    world.sleep(hours=73)
    world.run("run_messages")
    assert state(world) == "unconfirmed"
    mail(world, "delivered")
    assert state(world) == "delivered"


def test_gives_up_by_name_once_the_plan_is_used_up(world: World) -> None:
    consented(world)
    world.tools.email.failures += [Unavailable("Почта не отвечает")] * 8
    for hours in (0, 1, 1, 1, 2, 5, 13, 25, 1):
        world.sleep(hours=hours)
        world.run("run_messages")
        world.settle()
    assert world.tools.email.failures == []
    assert state(world) == "undelivered"


def test_a_planned_try_is_not_made_when_the_person_switched_the_channel_off(world: World) -> None:
    consented(world)
    world.tools.email.failures.append(Unavailable("Почта не отвечает"))
    world.settle()
    world.ok("PATCH", "/v1/me", json={"preferences": {f"{TOLD}.email": False}})
    world.sleep(minutes=1)
    world.settle()
    assert state(world) == "cancelled"
    assert world.tools.email.sent == []


def test_a_code_whose_answer_got_lost_is_not_sent_twice_and_one_that_waits_too_long_not_at_all(world: World) -> None:
    told(world)
    world.ok("PATCH", "/v1/me", json={"phone": "+7 900 000-00-77"})
    texts = len(world.tools.sms.sent)
    world.tools.sms.failures.append(OutcomeUnknown("Ответа нет"))
    world.ok("POST", "/v1/me/contacts/phone/codes")
    world.settle()
    world.sleep(minutes=2)
    world.tools.sms.failures += [Unavailable("СМС не уходят")] * 3
    world.ok("POST", "/v1/me/contacts/phone/codes")
    for _ in range(4):
        world.settle()
        world.sleep(minutes=3)
    assert len(world.tools.sms.sent) == texts
    kept = [item["data"]["S"] for item in table() if item.get("type") == {"S": "Dispatch"}]
    states = [json.loads(data)["state"] for data in kept]
    assert sorted(states)[-2:] == ["too_late", "unconfirmed"]


def test_an_sms_that_fails_comes_back_by_the_log_without_the_number(world: World) -> None:
    told(world)
    mail(world, "complaint")
    world.settle()
    text = world.tools.sms.sent[-1]
    line = provider.text_line(outcome="hard_bounce", message_id=f"sms-{len(world.tools.sms.sent)}", number=text.to)
    logged = {"logEvents": [{"message": "INIT"}, {"message": "[]"}, {"message": json.dumps(line)}]}
    data = base64.b64encode(gzip.compress(json.dumps(logged).encode())).decode()
    importlib.import_module("chalicelib.events.receipts").sms_log({"awslogs": {"data": data}}, None)
    world.settle()

    assert text.to not in world.delivered[-1][1]
    assert state(world, "email_unreachable", "sms") == "bounced"
    assert [task["code"] for task in world.ok("GET", "/v1/me")["tasks"]] == [
        "confirm_another_phone",
        "confirm_another_email",
    ]


def test_who_cannot_get_a_code_is_told_so_instead_of_waiting_for_it(world: World) -> None:
    application_id = prepared(world)
    world.settle()
    coded(world, application_id)
    world.settle()
    comes(world, provider.text_message(outcome="hard_bounce", message_id=f"sms-{len(world.tools.sms.sent)}"))
    world.sleep(minutes=2)
    problem(asked_to_sign(world, application_id), 422, "rule_refused", "phone_unreachable")


def test_a_receipt_that_is_faster_than_its_note_comes_again_and_one_of_nothing_ours_is_dropped(world: World) -> None:
    told(world)
    event = provider.mail_event(outcome="delivered", reference="01KKTXZ8M0J77M3GB40726KZTJ-email-1", at=world.tools.at)
    with pytest.raises(Unavailable):
        comes(world, event)
    world.sleep(minutes=11)
    comes(world, event)
    comes(
        world, provider.text_message(outcome="delivered", message_id="nobody's", at=world.tools.at.replace(year=2025))
    )


@pytest.mark.parametrize(
    "body",
    ["{}", '{"eventType": "Bounce"}', '{"eventType": "Open", "mail": {}}', '{"body": {}}', '{"body": 5}', "[]"],
)
def test_what_is_no_receipt_is_poison(world: World, body: str) -> None:
    with pytest.raises(PoisonMessage):
        comes(world, body)


def test_operators_see_what_became_of_messages_and_the_look_is_noted(world: World) -> None:
    insured(world)
    whose = person_id(world)
    mail(world, "hard_bounce")
    seen = world.ok("GET", f"/v1/operator/persons/{whose}/messages?limit=1", person=FUND)
    assert [stop["contact"] for stop in seen["stopped_contacts"]] == ["email"]
    assert len(seen["items"]) == 1
    assert "text" not in seen["items"][0]
    rest = world.ok("GET", f"/v1/operator/persons/{whose}/messages?cursor={seen['next_cursor']}", person=FUND)
    states = [channel["state"] for item in rest["items"] for channel in item["channels"]]
    assert set(states) <= {"sent", "bounced"}
    assert "person_viewed" in [entry["action"] for entry in actions(world)]
    assert world.call("GET", f"/v1/operator/persons/{whose}/messages").status_code == 403
