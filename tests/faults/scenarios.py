"""The use cases that are broken at every call: how each begins, and what the client or AWS does then."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.domain.checks import CheckKind
from infra.local.person_numbers import policy_number_of
from infra.local.persons import PERSONS
from tests.cloud import cloud
from tests.faults.rig import VISIBILITY, Crashed, Rig
from tests.functional.scan_files import page, png

APPLICATION = "/v1/applications/{application_id}"
CASE = "/v1/operator/applications/{application_id}"
QUESTION = {"fields": ["person.birthplace"], "documents": ["snils_card"], "message": "Уточните"}
REASON = {"code": "missing_document"}
MOST_TRIES = 50
CLIENT_WAITS = timedelta(seconds=2)
NEXT_DUE_RUN = timedelta(minutes=5)
NEXT_RELAY_RUN = timedelta(minutes=1)
NEXT_EXPIRY_RUN = timedelta(hours=1)
LOST_AFTER = timedelta(seconds=31)
ENP = policy_number_of(region="77", born_on="1990-05-14", sex="female", serial=90001)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """``begins`` is the stage where ``act`` is called; it is repeated after ``pause`` until it comes to its end."""

    name: str
    begins: str
    act: Callable[[Rig], None]
    pause: timedelta = VISIBILITY
    real_senders: bool = False
    second_sender: bool = False

    def run(self, rig: Rig) -> None:
        """Act, and repeat what did not come to its end."""
        for _ in range(MOST_TRIES):
            try:
                self.act(rig)
            except Crashed:
                rig.sleep(self.pause)
            else:
                return
        raise AssertionError(f"{self.name} never comes to its end")


def drafted(rig: Rig, wish: dict[str, str], sections: dict[str, dict[str, str]]) -> None:
    """Fill a draft, upload what is missing and ask for the code that signs it."""
    draft = rig.api("POST", "/v1/applications", wish)
    application_id = str(draft["id"])
    saved = rig.api("PATCH", APPLICATION, sections, application_id=application_id)
    assert (saved["missing"], saved["errors"]) == ([], [])
    for document in saved["missing_documents"]:
        _uploaded(rig, application_id, document)
    rig.api("POST", f"{APPLICATION}/signing-codes", application_id=application_id)
    rig.step("notifications")


def _uploaded(rig: Rig, application_id: str, document: str) -> None:
    order = {"document": document, "media_type": "image/png"}
    ordered = rig.api("POST", f"{APPLICATION}/scans", order, application_id=application_id)
    key = ordered["upload"]["fields"]["key"]
    put = cloud("s3").put_object(Bucket="polis-scans", Key=key, Body=png(page()))
    event = {"Records": [{"s3": {"object": {"key": key, "versionId": put["VersionId"]}}}]}
    record = {"messageId": "s", "body": json.dumps(event), "receiptHandle": "r", "attributes": {}}
    rig._run("scan_uploads", "scan_uploads", {"Records": [record]})


def _draft(rig: Rig, kind: str, insurer: dict[str, str]) -> None:
    drafted(rig, {"kind": kind}, {"insurer": insurer})


def _consent(rig: Rig) -> None:
    version = rig.api("GET", "/v1/consent-text")["version"]
    rig.api("POST", "/v1/me/consents", {"version": version})
    rig.step("notifications")


def _application_id(rig: Rig) -> str:
    return str(max(row["PK"] for row in rig.items("Application")).removeprefix("APPLICATION#"))


def _first_draft(rig: Rig) -> None:
    _consent(rig)
    _draft(rig, "first_policy", {"code": "77012"})


def submit(rig: Rig) -> None:
    """Send the code of the last SMS, under a key of the client's."""
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


def _known_to_register(rig: Rig) -> None:
    """A citizen with consent, whose paper policy the register of insured persons knows."""
    _consent(rig)
    held = {"enp": ENP, "insurer_code": "77012", "insured_from": "2019-03-01"}
    rig.registers.confirmed(CheckKind.INSURED_PERSON, **held)


def _register(rig: Rig) -> None:
    claim = {"policy_type": "paper", "policy_number": ENP, "blank_number": "12345678901"}
    assert rig.api("POST", "/v1/me/legacy-policies", claim, key="my-paper")["id"]


def _thirty_days_later(rig: Rig) -> None:
    rig.take("verification")
    rig.sleep(timedelta(days=31))


def _left_to_operator(rig: Rig) -> None:
    rig.registers.mismatch(CheckKind.IDENTITY, "deceased")
    _verified(rig)
    rig.waiting.clear()


@contextmanager
def _as_operator(rig: Rig) -> Iterator[None]:
    own, rig.claims = rig.claims, next(person for person in PERSONS if person.key == "operator").claims()
    try:
        yield
    finally:
        rig.claims = own


def _on_case(method: str, step: str = "", body: Any = None) -> Callable[[Rig], None]:
    """Let an operator do something with the one case; what decides comes with a key, as clients should."""

    def act(rig: Rig) -> None:
        with _as_operator(rig):
            key = None if body is None else f"case-{step}"
            rig.api(method, f"{CASE}{step}", body, key=key, application_id=_application_id(rig))

    return act


STAGES: dict[str, tuple[str, Callable[[Rig], None]]] = {
    "drafted": ("", _first_draft),
    "submitted": ("drafted", submit),
    "hint_lost": ("submitted", _hint_lost),
    "relayed": ("submitted", _relayed),
    "register_late": ("relayed", _register_late),
    "approved": ("relayed", _verified),
    "bridged": ("register_late", _verified),
    "answered": ("bridged", _answered),
    "approved_over_certificate": ("answered", _verified),
    "certificate_over": ("bridged", _thirty_days_later),
    "left_to_operator": ("relayed", _left_to_operator),
    "case_taken": ("left_to_operator", _on_case("POST", "/lease")),
    "change_drafted": ("approved", _change_drafted),
    "change_submitted": ("change_drafted", submit),
    "change_approved": ("change_submitted", _change_approved),
    "change_due": ("change_approved", _change_due),
    "policy_known": ("", _known_to_register),
    "policy_registered": ("policy_known", _register),
    "policy_relayed": ("policy_registered", _relayed),
    "legacy_change_drafted": ("policy_relayed", _change_drafted),
    "legacy_change_submitted": ("legacy_change_drafted", submit),
    "legacy_change_approved": ("legacy_change_submitted", _change_approved),
    "legacy_change_due": ("legacy_change_approved", _change_due),
}
"""Each stage of a history begins where another ended."""


def deliver(queue: str) -> Callable[[Rig], None]:
    """Deliver the one message of a queue; as in SQS it is gone only when its handler came to its end."""

    def act(rig: Rig) -> None:
        rig.pull()
        message = next(m for m in rig.waiting if m.queue == queue)
        rig.deliver(message)
        rig.waiting.remove(message)

    return act


def fire(module: str, name: str) -> Callable[[Rig], None]:
    """Let a schedule fire."""
    return lambda rig: rig.schedule(module, name)


_ALL = (
    Scenario(name="submission", begins="drafted", act=submit, pause=CLIENT_WAITS),
    Scenario(name="change_submission", begins="change_drafted", act=submit, pause=CLIENT_WAITS),
    Scenario(name="verification", begins="relayed", act=deliver("verification")),
    Scenario(name="verification_bridged", begins="register_late", act=deliver("verification")),
    Scenario(name="verification_resumed", begins="answered", act=deliver("verification")),
    Scenario(name="issue", begins="approved", act=deliver("issuance")),
    Scenario(name="issue_over_certificate", begins="approved_over_certificate", act=deliver("issuance")),
    Scenario(name="insurer_change", begins="change_approved", act=deliver("issuance")),
    Scenario(name="insurer_takes_over", begins="change_due", act=fire("due", "run_due"), pause=NEXT_DUE_RUN),
    Scenario(name="registration", begins="policy_known", act=_register, pause=CLIENT_WAITS),
    Scenario(name="registration_verified", begins="policy_relayed", act=deliver("verification")),
    Scenario(name="registration_ends", begins="legacy_change_due", act=fire("due", "run_due"), pause=NEXT_DUE_RUN),
    Scenario(name="relay_by_hint", begins="submitted", act=deliver("outbox_relay")),
    Scenario(
        name="relay_by_schedule",
        begins="hint_lost",
        act=fire("outbox_relay", "relay_outbox"),
        pause=NEXT_RELAY_RUN,
    ),
    Scenario(
        name="expiry",
        begins="certificate_over",
        act=fire("expiry", "expire_certificates"),
        pause=NEXT_EXPIRY_RUN,
    ),
    *(
        Scenario(name=name, begins=begins, act=act, pause=CLIENT_WAITS)
        for name, begins, act in (
            ("case_taken", "left_to_operator", _on_case("POST", "/lease")),
            ("case_released", "case_taken", _on_case("POST", "/release")),
            ("case_viewed", "case_taken", _on_case("GET")),
            ("case_asked_about", "case_taken", _on_case("POST", "/clarification", QUESTION)),
            ("case_sent_back", "case_taken", _on_case("POST", "/verification", {})),
            ("case_approved", "case_taken", _on_case("POST", "/decision", {"approve": True})),
            ("case_refused", "case_taken", _on_case("POST", "/decision", {"approve": False, "reasons": [REASON]})),
        )
    ),
)
SCENARIOS = {scenario.name: scenario for scenario in _ALL}
"""By name."""
