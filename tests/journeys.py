"""Steps that the journeys share, over HTTP, as a person would take them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from tests.functional.scan_files import page, png

if TYPE_CHECKING:
    import httpx

    from tests.world import World

FIRST_POLICY = "first_policy"
INSURER_CHANGE = "insurer_change"
FIRST_INSURER = "77012"
OTHER_INSURER = "77004"
THIRD_INSURER = "77015"


@cache
def scan() -> bytes:
    """A page that passes the inspection."""
    return png(page())


def consented(world: World, *, person: str = "citizen") -> None:
    """Read the text of the consent and agree to it."""
    version = world.ok("GET", "/v1/consent-text", person=None)["version"]
    world.ok("POST", "/v1/me/consents", person=person, json={"version": version})


def drafted(world: World, *, person: str = "citizen", kind: str = FIRST_POLICY) -> str:
    """Begin an application; returns its id."""
    consented(world, person=person)
    return str(world.ok("POST", "/v1/applications", person=person, json={"kind": kind})["id"])


def prepared(
    world: World,
    *,
    person: str = "citizen",
    kind: str = FIRST_POLICY,
    insurer: str | None = None,
    reason: str = "by_wish",
) -> str:
    """Bring an application to the point where only the signature is missing."""
    draft = drafted(world, person=person, kind=kind)
    chosen = {"code": insurer or (FIRST_INSURER if kind == FIRST_POLICY else OTHER_INSURER)}
    if kind == INSURER_CHANGE:
        chosen["change_reason"] = reason
    saved = world.ok("PATCH", f"/v1/applications/{draft}", person=person, json={"insurer": chosen})
    assert saved["errors"] == []
    uploaded = world.upload(draft, scan(), person=person)
    assert uploaded["state"] == "accepted", uploaded
    return draft


def asked_to_sign(world: World, application_id: str, *, person: str = "citizen") -> httpx.Response:
    """Ask for the code that signs; the answer may be a refusal."""
    return world.call("POST", f"/v1/applications/{application_id}/signing-codes", person=person)


def coded(world: World, application_id: str, *, person: str = "citizen") -> str:
    """Ask for the code that signs and read it from the SMS."""
    world.ok("POST", f"/v1/applications/{application_id}/signing-codes", person=person)
    world.drain(queues=("outbox_relay", "notifications"))
    return world.code()


def sign(world: World, application_id: str, code: str, *, person: str = "citizen", **options: Any) -> httpx.Response:
    """Send the code; the answer may be a refusal."""
    path = f"/v1/applications/{application_id}/submission"
    return world.call("POST", path, person=person, json={"code": code}, **options)


def signed(world: World, application_id: str, *, person: str = "citizen") -> dict[str, Any]:
    """Sign and submit what is prepared; returns the application."""
    answer = sign(world, application_id, coded(world, application_id, person=person), person=person)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def submitted(world: World, **options: Any) -> str:
    """Bring an application to its submission."""
    application_id = prepared(world, **options)
    signed(world, application_id, person=options.get("person", "citizen"))
    return application_id


def insured(world: World, *, person: str = "citizen") -> str:
    """Bring a person to an active policy; returns the id of the application."""
    application_id = submitted(world, person=person)
    world.settle()
    assert application(world, application_id, person=person)["state"] == "ready"
    return application_id


def application(world: World, application_id: str, *, person: str = "citizen") -> dict[str, Any]:
    """Read an application."""
    return dict(world.ok("GET", f"/v1/applications/{application_id}", person=person))


def insurance(world: World, *, person: str = "citizen") -> dict[str, Any]:
    """Read what proves the person's insurance."""
    return dict(world.ok("GET", "/v1/me/insurance", person=person))


def policy(world: World, *, person: str = "citizen") -> dict[str, Any]:
    """Read the person's only policy."""
    (only,) = insurance(world, person=person)["policies"]
    return dict(only)


def document(world: World, document_type: str, *, person: str = "citizen") -> dict[str, Any]:
    """Read the newest document of a type."""
    found = [d for d in insurance(world, person=person)["documents"] if d["document_type"] == document_type]
    return dict(max(found, key=lambda d: d["id"]))


def messages(world: World, *, person: str = "citizen") -> list[dict[str, Any]]:
    """Read the messages in the cabinet, newest first."""
    return list(world.ok("GET", "/v1/me/messages?limit=100", person=person)["items"])


def actions(world: World, *, person: str = "citizen") -> list[dict[str, Any]]:
    """Read the journal of actions, newest first."""
    return list(world.ok("GET", "/v1/me/activity?limit=100", person=person)["items"])


def problem(answer: httpx.Response, status: int, code: str | None = None, reason: str | None = None) -> dict[str, Any]:
    """Check that an answer is a refusal of the kind expected; returns the problem."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = dict(answer.json())
    assert body["status"] == status
    assert all(body[name] for name in ("title", "detail", "instance"))
    assert code in (None, body["code"]), body
    assert reason in (None, body.get("reason")), body
    return body


def wrong_fields(body: dict[str, Any]) -> dict[str, str]:
    """The codes of mistakes by field, of a problem or a draft."""
    return {error["field"]: error["code"] for error in body.get("errors", [])}
