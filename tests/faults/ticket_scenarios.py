"""Tickets of support, to be broken at every call: opened, answered, written to by letter, what time brings (L2)."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.adapters.secrets import ServiceSecrets
from chalicelib.domain.reply_address import reply_address
from tests.cloud import cloud
from tests.faults.correction_scenarios import signed_in
from tests.faults.scenarios import CLIENT_WAITS, NEXT_DUE_RUN, Scenario, fire
from tests.tickets import QUESTION, letter

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig

OWN, DESK = "/v1/tickets/{ticket_id}", "/v1/operator/tickets/{ticket_id}"


def _ticket_id(rig: Rig) -> str:
    (row,) = rig.items("Ticket")
    return str(row["PK"].removeprefix("APPLICATION#"))


def _open(rig: Rig) -> None:
    assert rig.api("POST", "/v1/tickets", QUESTION, key="my-ticket")["id"]


def _own(step: str, body: Any = None, *, key: str | None = None) -> Callable[[Rig], None]:
    def act(rig: Rig) -> None:
        rig.api("POST", f"{OWN}/{step}", body, key=key, ticket_id=_ticket_id(rig))

    return act


def _work(step: str, body: Any = None, *, key: str | None = None) -> Callable[[Rig], None]:
    def act(rig: Rig) -> None:
        with signed_in(rig, "fund"):
            rig.api("POST", f"{DESK}/{step}", body, key=key, ticket_id=_ticket_id(rig))

    return act


def _rested(act: Callable[[Rig], None], *, days: int = 0) -> Callable[[Rig], None]:
    def rest(rig: Rig) -> None:
        act(rig)
        rig.settle()
        rig.waiting.clear()
        rig.sleep(timedelta(days=days))

    return rest


def _letter(rig: Rig) -> None:
    """The event of S3 on a letter, delivered as often as its handler fails."""
    # By a client of its own: what the person's mail program knows costs the service no call.
    secret = ServiceSecrets(client=cloud("secretsmanager"), secret_id=os.environ["LOOKUP_SECRET_ID"]).signing_secret
    to = reply_address(ticket_id=_ticket_id(rig), secret=secret, domain="answers.example.org")
    data = letter(to, sender="citizen@example.org").as_bytes()
    cloud("s3").put_object(Bucket="polis-scans", Key="mail/one", Body=data)
    event = json.dumps({"Records": [{"s3": {"object": {"key": "mail/one"}}}]})
    record = {"messageId": "mail", "body": event, "receiptHandle": "r", "attributes": {}}
    rig._run("inbound_mail", "inbound_mail", {"Records": [record]})


ANSWER = {"text": "Завтра"}
TICKET_STAGES: dict[str, tuple[str, Callable[[Rig], None]]] = {
    "ticket_opened": ("drafted", _rested(_open)),
    "ticket_late": ("ticket_opened", _rested(lambda _: None, days=10)),
    "ticket_taken": ("ticket_opened", _rested(_work("assignment"))),
    "ticket_answered": ("ticket_taken", _rested(_work("messages", ANSWER, key="answer"))),
    "ticket_silent": ("ticket_answered", _rested(lambda _: None, days=15)),
}

TICKET_SCENARIOS = (
    *(
        Scenario(name=name, begins=begins, act=act, pause=CLIENT_WAITS)
        for name, begins, act in (
            ("ticket_opened", "drafted", _open),
            ("ticket_written_to", "ticket_answered", _own("messages", ANSWER, key="more")),
            ("ticket_taken", "ticket_opened", _work("assignment")),
            ("ticket_answered", "ticket_taken", _work("messages", ANSWER, key="answer")),
            ("ticket_handed_over", "ticket_taken", _work("handover", {"note": "Коллеге"})),
            ("ticket_settled", "ticket_answered", _work("closure")),
        )
    ),
    Scenario(name="letter_to_a_ticket", begins="ticket_answered", act=_letter),
    Scenario(name="ticket_overdue", begins="ticket_late", act=fire("due", "run_due"), pause=NEXT_DUE_RUN),
    Scenario(name="ticket_falls_silent", begins="ticket_silent", act=fire("due", "run_due"), pause=NEXT_DUE_RUN),
)
