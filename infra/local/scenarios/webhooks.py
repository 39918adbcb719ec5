"""Webhooks: an insurer's receiver checks signatures, is down for a while, and then gets everything in order (M3)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.local.http_service import Request, Response, serving
from infra.local.scenarios.stage import INSURER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.scenarios.stage import Stage

_OPERATOR = "operator"
_OLDEST_SECONDS = 300
_MADE = ["application.submitted", "policy.issued", "application.completed"]


@dataclass(kw_only=True)
class Receiver:
    """What an insurer would run: it knows its secrets, keeps what is signed by one of them, and may be down."""

    secrets: list[str] = field(default_factory=list)
    is_down: bool = False
    refused: int = 0
    forged: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, request: Request) -> Response:
        """Take a message, refuse it while down, refuse what nobody signed."""
        if self.is_down:
            self.refused += 1
            return Response(status=503)
        signed = [self._is_signed(secret, request) for secret in self.secrets]
        if not any(signed):
            self.forged += 1
            return Response(status=401)
        self.events.append({**json.loads(request.body), "signed_by": sum(signed)})
        return Response(status=204)

    def _is_signed(self, secret: str, request: Request) -> bool:
        """The recipe of docs/webhooks.md."""
        name, moment = request.headers["webhook-id"], request.headers["webhook-timestamp"]
        if abs(time.time() - int(moment)) > _OLDEST_SECONDS:
            return False
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.new(key, f"{name}.{moment}.".encode() + request.body, hashlib.sha256).digest()
        wanted = b"v1," + base64.b64encode(digest)
        given = request.headers["webhook-signature"].split(" ")
        return any(hmac.compare_digest(wanted, one.encode()) for one in given)

    @property
    def cursors(self) -> list[int]:
        """The numbers of what came, in the order in which it came."""
        return [event["data"]["cursor"] for event in self.events]


@contextmanager
def _listening(receiver: Receiver) -> Iterator[str]:
    with serving(receiver) as url:
        yield f"{url}/polis"


def webhooks(stage: Stage) -> None:
    """Subscribe, receive, fail and recover, rotate the secret, and send all of it again from a cursor."""
    journey, receiver = stage.journey, Receiver()
    journey.sign_in(_OPERATOR)
    journey.refused(422, "POST", "/v1/webhooks", person=_OPERATOR, json={"url": "https://10.0.0.1/", "kinds": ["x"]})
    journey.step("an address inside and an unknown kind refused at once")
    with _listening(receiver) as url:
        made = journey.ok("POST", "/v1/webhooks", person=_OPERATOR, json={"url": url})
        path = f"/v1/webhooks/{made['id']}"
        receiver.secrets.append(made["secret"])
        journey.step("an insurer subscribes", kinds=len(made["kinds"]))
        _received(stage, receiver)
        _recovered(stage, receiver, path)
        _sent_again(stage, receiver, path, first=made["last"])
        journey.ok("DELETE", path, person=_OPERATOR)
    journey.step("unsubscribed")


def _insured(stage: Stage, names: str) -> None:
    stage.apply(
        stage.someone(names, born_on="1990-02-03", sex="female"),
        {"kind": "first_policy"},
        {"insurer": {"code": INSURER}},
    )


def _received(stage: Stage, receiver: Receiver) -> None:
    journey = stage.journey
    _insured(stage, "Вестникова Анна Петровна")
    journey.wait("the events", lambda: len(receiver.events) == len(_MADE))
    journey.expect(sorted(event["type"] for event in receiver.events) == sorted(_MADE), f"{receiver.events}")
    journey.expect("Вестникова" not in json.dumps(receiver.events, ensure_ascii=False), "personal data in an event")
    journey.step("signed events of an application and its policy", types=[one["type"] for one in receiver.events])


def _recovered(stage: Stage, receiver: Receiver, path: str) -> None:
    journey = stage.journey
    receiver.is_down = True
    _insured(stage, "Молчанова Ольга Ильинична")
    journey.wait("refused messages", lambda: receiver.refused > 1)
    found = journey.ok("GET", path, person=_OPERATOR)
    journey.expect(found["waiting"], f"nothing waits: {found}")
    journey.step("the receiver is down: its cases wait", cases=len(found["waiting"]), refused=receiver.refused)
    receiver.is_down = False
    journey.wait("what was missed", lambda: len(receiver.events) == 2 * len(_MADE))
    places: dict[str, list[int]] = {}
    for event in receiver.events:
        places.setdefault(event["data"]["case"]["id"], []).append(event["data"]["case"]["place"])
    journey.expect(all(found == sorted(found) for found in places.values()), f"a case overtook itself: {places}")
    journey.expect(not receiver.forged, "a message was not signed")
    journey.step("the receiver is up: everything came, each case in its order", cursors=receiver.cursors)


def _sent_again(stage: Stage, receiver: Receiver, path: str, *, first: int) -> None:
    journey = stage.journey
    rotated = journey.ok("POST", f"{path}/secrets", person=_OPERATOR, json={"both_days": 1})
    receiver.secrets.append(rotated["secret"])
    receiver.events.clear()
    journey.ok("POST", f"{path}/replays", person=_OPERATOR, json={"after": first})
    journey.wait("the replay", lambda: len(receiver.events) == 2 * len(_MADE))
    journey.expect(receiver.cursors == sorted(receiver.cursors), f"out of order: {receiver.cursors}")
    journey.expect(all(event["signed_by"] == len(receiver.secrets) for event in receiver.events), "one secret signs")
    feed = journey.ok("GET", f"/v1/webhook-events?after={first}", person=_OPERATOR)["items"]
    sent = [{name: value for name, value in event.items() if name != "signed_by"} for event in receiver.events]
    journey.expect(feed == sent, "the feed differs from what was sent")
    journey.step("sent again from a cursor, signed by both secrets; the feed has the same", events=len(feed))
