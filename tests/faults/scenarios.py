"""The use cases that are broken at every call: how each begins, and what the client or AWS does then."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import boto3

from chalicelib.domain.checks import CheckKind
from tests.faults import papers
from tests.faults.rig import VISIBILITY, Crashed, Rig
from tests.functional.scan_files import page, png

APPLICATION = "/v1/applications/{application_id}"
CLIENT_WAITS = timedelta(seconds=2)
NEXT_DUE_RUN = timedelta(minutes=5)
NEXT_RELAY_RUN = timedelta(minutes=1)
NEXT_EXPIRY_RUN = timedelta(hours=1)
LOST_AFTER = timedelta(seconds=31)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """``begins`` is the stage where ``act`` is called; it is repeated after ``pause`` until it comes to its end."""

    name: str
    begins: str
    act: Callable[[Rig], None]
    pause: timedelta = VISIBILITY
    real_senders: bool = False

    def run(self, rig: Rig) -> None:
        """Act, and repeat what did not come to its end."""
        while True:
            try:
                self.act(rig)
            except Crashed:
                rig.sleep(self.pause)
            else:
                return


def _draft(rig: Rig, kind: str, insurer: dict[str, str], **sections: dict[str, str]) -> None:
    draft = rig.api("POST", "/v1/applications", {"kind": kind})
    application_id = str(draft["id"])
    rig.api("PATCH", APPLICATION, {"insurer": insurer, **sections}, application_id=application_id)
    order = {"document": "identity_document", "media_type": "image/png"}
    ordered = rig.api("POST", f"{APPLICATION}/scans", order, application_id=application_id)
    key = ordered["upload"]["fields"]["key"]
    put = boto3.client("s3").put_object(Bucket="polis-scans", Key=key, Body=png(page()))
    event = {"Records": [{"s3": {"object": {"key": key, "versionId": put["VersionId"]}}}]}
    record = {"messageId": "s", "body": json.dumps(event), "receiptHandle": "r", "attributes": {}}
    rig._run("scan_uploads", "scan_uploads", {"Records": [record]})
    rig.api("POST", f"{APPLICATION}/signing-codes", application_id=application_id)
    rig.step("notifications")


def _consent(rig: Rig) -> None:
    version = rig.api("GET", "/v1/consent-text")["version"]
    rig.api("POST", "/v1/me/consents", {"version": version})
    rig.step("notifications")


def _application_id(rig: Rig) -> str:
    return str(max(row["PK"] for row in rig.items("Application")).removeprefix("APPLICATION#"))


def _first_draft(rig: Rig) -> None:
    _consent(rig)
    _draft(rig, "first_policy", {"code": "77012"})


def _submit(rig: Rig) -> None:
    code = rig.sms.sent[-1].text
    digits = next(word.strip(".,:") for word in code.split() if word.strip(".,:").isdigit())
    application_id = _application_id(rig)
    answer = rig.api(
        "POST",
        f"{APPLICATION}/submission",
        {"code": digits},
        key=f"submit-{application_id}",
        application_id=application_id,
    )
    assert answer["number"]


def _relayed(rig: Rig) -> None:
    rig.step()


def _hint_lost(rig: Rig) -> None:
    rig.take("outbox_relay")
    rig.sleep(LOST_AFTER)


def _register_late(rig: Rig) -> None:
    rig.registers.pending(CheckKind.INSURED_PERSON)


def _verified(rig: Rig) -> None:
    rig.deliver(rig.take("verification"))
    rig.step()


def _answered(rig: Rig) -> None:
    rig.registers.release()


def _change_drafted(rig: Rig) -> None:
    rig.settle()
    rig.sleep(timedelta(days=2))
    rig.waiting.clear()
    _draft(rig, "insurer_change", {"code": "77004", "change_reason": "by_wish"})
    rig.waiting.clear()


def _change_approved(rig: Rig) -> None:
    rig.step("verification")


def _change_due(rig: Rig) -> None:
    rig.settle()
    rig.waiting.clear()
    rig.sleep(timedelta(days=10))


def _thirty_days_later(rig: Rig) -> None:
    rig.take("verification")
    rig.sleep(timedelta(days=31))


def paper_drafted(wish: dict[str, str], *, days: int) -> Callable[[Rig], None]:
    """Let ``days`` pass first: what begins at the same moment gets the same ids, and the same names of its files."""

    def lead(rig: Rig) -> None:
        rig.settle()
        rig.sleep(timedelta(days=days))
        rig.waiting.clear()
        _draft(rig, "paper_extract", {"code": "77012"}, delivery=wish)
        rig.waiting.clear()

    return lead


def paper_approved(rig: Rig) -> None:
    """Submit the draft and let the registers approve it."""
    _submit(rig)
    rig.step("verification")


def paper_ordered(rig: Rig) -> str:
    """Carry out the application; returns the id of the delivery."""
    rig.step("issuance", "notifications")
    return _application_id(rig)


def _paper_ready(rig: Rig) -> None:
    papers.PREPARE(rig, _application_id(rig))
    rig.step("notifications")
    rig.sleep(timedelta(minutes=2))


def _papers_due(rig: Rig) -> None:
    """One paper has to go back, the time of another in the office is over, a third is late."""
    _paper_ready(rig)
    for days, wish in ((6, papers.AT_OFFICE), (16, papers.BY_POST)):
        paper_drafted(wish, days=days)(rig)
        paper_approved(rig)
        paper_ordered(rig)
        if wish is papers.AT_OFFICE:
            _paper_ready(rig)
    rig.sleep(timedelta(days=9))
    rig.schedule("due", "run_due")
    rig.sleep(timedelta(days=7))
    rig.step("notifications")


STAGES: dict[str, tuple[str, Callable[[Rig], object]]] = {
    "drafted": ("", _first_draft),
    "submitted": ("drafted", _submit),
    "hint_lost": ("submitted", _hint_lost),
    "relayed": ("submitted", _relayed),
    "register_late": ("relayed", _register_late),
    "approved": ("relayed", _verified),
    "bridged": ("register_late", _verified),
    "answered": ("bridged", _answered),
    "approved_over_certificate": ("answered", _verified),
    "certificate_over": ("bridged", _thirty_days_later),
    "change_drafted": ("approved", _change_drafted),
    "change_submitted": ("change_drafted", _submit),
    "change_approved": ("change_submitted", _change_approved),
    "change_due": ("change_approved", _change_due),
    "post_drafted": ("approved", paper_drafted(papers.BY_POST, days=1)),
    "post_approved": ("post_drafted", paper_approved),
    "post_ordered": ("post_approved", paper_ordered),
    "parcel_formed": ("post_ordered", lambda rig: papers.FORM(rig, _application_id(rig))),
    "parcel_sent": ("parcel_formed", lambda rig: papers.SEND(rig, _application_id(rig))),
    "address_asked": ("post_ordered", lambda rig: papers.asked_for_address(rig, _application_id(rig))),
    "office_drafted": ("approved", paper_drafted(papers.AT_OFFICE, days=3)),
    "office_approved": ("office_drafted", paper_approved),
    "office_ordered": ("office_approved", paper_ordered),
    "office_ready": ("office_ordered", _paper_ready),
    "papers_due": ("office_ordered", _papers_due),
}
"""Each stage of a history begins where another ended."""


def _deliver(queue: str) -> Callable[[Rig], None]:
    """Deliver the one message of a queue; as in SQS it is gone only when its handler came to its end."""

    def act(rig: Rig) -> None:
        rig.pull()
        message = next(m for m in rig.waiting if m.queue == queue)
        rig.deliver(message)
        rig.waiting.remove(message)

    return act


def _notify_twice(rig: Rig) -> None:
    """Deliver a notification, and once more, as SQS may: only the first goes out."""
    rig.pull()
    message = next(m for m in rig.waiting if m.queue == "notifications")
    rig.deliver(message)
    rig.sleep(VISIBILITY)
    rig.deliver(message)
    rig.waiting.remove(message)


def _paper(act: Callable[[Rig, str], None]) -> Callable[[Rig], None]:
    """Do something with the delivery that was ordered last."""
    return lambda rig: act(rig, _application_id(rig))


def _fire(module: str, name: str) -> Callable[[Rig], None]:
    return lambda rig: rig.schedule(module, name)


_ALL = (
    Scenario(name="submission", begins="drafted", act=_submit, pause=CLIENT_WAITS),
    Scenario(name="change_submission", begins="change_drafted", act=_submit, pause=CLIENT_WAITS),
    Scenario(name="verification", begins="relayed", act=_deliver("verification")),
    Scenario(name="verification_bridged", begins="register_late", act=_deliver("verification")),
    Scenario(name="verification_resumed", begins="answered", act=_deliver("verification")),
    Scenario(name="issue", begins="approved", act=_deliver("issuance")),
    Scenario(name="issue_over_certificate", begins="approved_over_certificate", act=_deliver("issuance")),
    Scenario(name="insurer_change", begins="change_approved", act=_deliver("issuance")),
    Scenario(name="insurer_takes_over", begins="change_due", act=_fire("due", "run_due"), pause=NEXT_DUE_RUN),
    Scenario(name="order_paper", begins="post_approved", act=_deliver("issuance")),
    Scenario(name="papers_due", begins="papers_due", act=_fire("due", "run_due"), pause=NEXT_DUE_RUN),
    Scenario(name="notification", begins="relayed", act=_notify_twice, real_senders=True),
    Scenario(name="relay_by_hint", begins="submitted", act=_deliver("outbox_relay")),
    Scenario(
        name="relay_by_schedule",
        begins="hint_lost",
        act=_fire("outbox_relay", "relay_outbox"),
        pause=NEXT_RELAY_RUN,
    ),
    Scenario(
        name="expiry",
        begins="certificate_over",
        act=_fire("expiry", "expire_certificates"),
        pause=NEXT_EXPIRY_RUN,
    ),
)
_PAPERS = (
    ("cancel_delivery", "post_ordered", papers.CANCEL),
    ("ask_for_address", "post_ordered", papers.ASK_FOR_ADDRESS),
    ("change_address", "address_asked", papers.change_address),
    ("renew_pickup_code", "office_ready", papers.RENEW_CODE),
    ("prepare_paper", "office_ordered", papers.PREPARE),
    ("hand_over", "office_ready", papers.hand_over),
    ("form_parcel", "post_ordered", papers.FORM),
    ("send_parcel", "parcel_formed", papers.SEND),
    ("parcel_delivered", "parcel_sent", papers.DELIVER),
)
_ACTS = tuple(Scenario(name=n, begins=b, act=_paper(act), pause=CLIENT_WAITS) for n, b, act in _PAPERS)
SCENARIOS = {scenario.name: scenario for scenario in (*_ALL, *_ACTS)}
"""By name."""
