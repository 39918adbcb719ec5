"""Steps of support, over HTTP and by letters, as a person and the operators would take them."""

from __future__ import annotations

from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

from tests.journeys import scan

if TYPE_CHECKING:
    import httpx

    from tests.world import World

ALL = "/v1/tickets"
QUESTION = {"category": "other", "subject": "Полис", "text": "Когда будет готов полис?"}


def opened(world: World, *, person: str = "citizen", **question: Any) -> dict[str, Any]:
    """Open a ticket; returns it."""
    return dict(world.ok("POST", ALL, person=person, json={**QUESTION, **question}))


def ticket(world: World, ticket_id: str, *, person: str = "citizen") -> dict[str, Any]:
    """Read a ticket with its thread."""
    return dict(world.ok("GET", f"{ALL}/{ticket_id}/details", person=person))


def act(world: World, ticket_id: str, step: str, *, person: str = "citizen", **body: Any) -> httpx.Response:
    """Try a step of the person's; the answer may be a refusal."""
    return world.call("POST", f"{ALL}/{ticket_id}/{step}", person=person, **({"json": body} if body else {}))


def work(world: World, ticket_id: str, step: str, *, person: str = "fund", **body: Any) -> httpx.Response:
    """Try a step of an operator's; the answer may be a refusal."""
    path = f"/v1/operator/tickets/{ticket_id}/{step}"
    return world.call("POST", path, person=person, **({"json": body} if body else {}))


def attached(world: World, ticket_id: str) -> dict[str, Any]:
    """Upload a file to a ticket and let it be checked; returns it."""
    ordered = act(world, ticket_id, "attachments", media_type="image/png").json()
    world.invoke("scan_uploads", world.arrived(ordered["upload"]["fields"]["key"], scan()))
    return dict(world.ok("GET", f"{ALL}/{ticket_id}/attachments/{ordered['scan']['id']}/details"))


def letter(to: str, *, text: str = "Спасибо, понятно", sender: str, **headers: str) -> EmailMessage:
    """A letter as a person's program sends it."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, to, "Re: обращение"
    made["Message-ID"] = headers.pop("message_id", "<one@example.org>")
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def received(world: World, made: EmailMessage | bytes, *, name: str = "letter-1") -> None:
    """Let a letter arrive as the receiving server leaves it."""
    data = made if isinstance(made, bytes) else made.as_bytes()
    world.invoke("inbound_mail", world.arrived(f"mail/{name}", data))
