"""AWS calls of a ticket of support: opened, answered, continued by letter, handed over, closed, rated."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.domain.reply_address import reply_address
from tests import tickets

if TYPE_CHECKING:
    from bench.calls import Counter
    from tests.world import World

DESK = "/v1/operator/tickets"


def count_tickets(world: World, counter: Counter) -> None:
    """A person asks, both desks answer."""
    with counter.measuring("open a ticket", limit=3):
        ticket_id = str(tickets.opened(world)["id"])
    world.settle()
    with counter.measuring("my tickets", limit=1):
        world.ok("GET", tickets.ALL)
    with counter.measuring("a ticket with its thread", limit=1):
        tickets.ticket(world, ticket_id)
    with counter.measuring("permission to attach a file to a ticket", limit=2):
        _done(tickets.act(world, ticket_id, "attachments", media_type="image/png"))
    with counter.measuring("tickets of a desk", limit=1):
        world.ok("GET", DESK, person="fund")
    with counter.measuring("take a ticket", limit=2):
        _done(tickets.work(world, ticket_id, "assignment"))
    with counter.measuring("look at a ticket as an operator", limit=3):
        world.ok("GET", f"{DESK}/{ticket_id}/details", person="fund")
    with counter.measuring("answer a ticket", limit=3):
        _done(tickets.work(world, ticket_id, "messages", text="Завтра"))
    world.settle()
    _letter(world, counter, ticket_id)
    with counter.measuring("write to a ticket", limit=3):
        _done(tickets.act(world, ticket_id, "messages", text="Спасибо"))
    with counter.measuring("hand a ticket over", limit=2):
        _done(tickets.work(world, ticket_id, "handover", note="Коллеге"))
    _done(tickets.work(world, ticket_id, "assignment"))
    with counter.measuring("close a ticket", limit=3):
        _done(tickets.work(world, ticket_id, "closure"))
    with counter.measuring("rate a ticket", limit=2):
        _done(tickets.act(world, ticket_id, "rating", rating=5))
    world.settle()


def _letter(world: World, counter: Counter, ticket_id: str) -> None:
    secret, sender = world.tools.secrets.signing_secret, world.ok("GET", "/v1/me")["email"]["value"]
    to = reply_address(ticket_id=ticket_id, secret=secret, domain="answers.example.org")
    event = world.arrived(f"mail/{ticket_id}", tickets.letter(to, sender=sender).as_bytes())
    assert json.loads(event)["Records"]
    with counter.measuring("take a letter in", limit=5):
        world.invoke("inbound_mail", event)
    world.settle()


def _done(answer: Any) -> None:
    assert answer.is_success, answer.text
