"""Walks the main journey through the deployed API, and waits for what only a deployed service does."""

from __future__ import annotations

import base64
import gzip
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx

from infra.local.journey import Endpoints, Journey, JourneyFailed, passport_photo
from infra.rehearsal.deployment import log_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.stack import Cloud
    from infra.rehearsal.deployment import Deployment

_STAGE = "api"
_PERSON, _CLINIC = "citizen", "registrar"
_SCHEDULE_SECONDS = 75
_SCHEDULES = frozenset({"ExpireCertificates", "RelayOutbox", "RunDue", "RunMessages", "RunRetention"})
_LOGS = frozenset({"SmsLog"})
_ANSWERS_REQUESTS = frozenset({"APIHandler", "Authorizer"})
# The emulator unpacks the zip at every start of a function, also after one has failed.
_UNPACKING_SECONDS = 120.0


def walk(*, urls: Mapping[str, str], deployed: Deployment, cloud: Cloud) -> None:
    """Walk from sign-in to the lookup of the policy; raises JourneyFailed."""
    api = f"{urls['cloud']}/restapis/{deployed.outputs['RestAPIId']}/{_STAGE}/_user_request_"
    at = Endpoints(api=api, identity=urls["identity"], registers=urls["registers"], cloud=urls["cloud"])
    journey = Journey(at=at, report=_tell, _http=httpx.Client(timeout=_UNPACKING_SECONDS))
    _start_functions(journey, deployed, cloud)
    _refusals(journey)
    application_id = _apply(journey)
    _receive(journey, application_id)
    _look_up(journey)
    _wait_for_schedule(journey, cloud)


def _tell(title: str, ms: float) -> None:
    print(f"  {ms:7.0f} ms  {title}", flush=True)


def _start_functions(journey: Journey, deployed: Deployment, cloud: Cloud) -> None:
    """Start every function that reacts to events with one that asks for nothing.

    Schedules find nothing due in an empty table.
    """
    client = cloud.client("lambda")
    for logical in sorted(deployed.functions.keys() - _ANSWERS_REQUESTS):
        event = _scheduled() if logical in _SCHEDULES else _logged() if logical in _LOGS else {"Records": []}
        answer = client.invoke(FunctionName=deployed.functions[logical], Payload=json.dumps(event).encode())
        said = answer["Payload"].read().decode()[:500]
        journey.expect("FunctionError" not in answer, f"{logical} does not start: {said}")
    journey.step("every function of queues and schedules starts")


def _logged() -> dict[str, Any]:
    """Return what CloudWatch Logs sends to a subscriber, with no line in it."""
    told = {"messageType": "DATA_MESSAGE", "logEvents": []}
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(told).encode())).decode()}}


def _scheduled() -> dict[str, Any]:
    """Return what EventBridge sends on a schedule."""
    return {
        "version": "0",
        "id": "00000000-0000-0000-0000-000000000000",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "eu-central-1",
        "resources": [],
        "detail": {},
    }


def _refusals(journey: Journey) -> None:
    journey.refused(401, "GET", "/v1/me")
    journey.refused(401, "GET", "/v1/me", headers={"Authorization": "Bearer not-a-token"})
    journey.step("nobody comes in without a token, as problem+json")
    journey.sign_in(_PERSON)
    journey.ok("GET", "/v1/me", person=_PERSON)
    journey.step("signed in: authorizer and API answer")


def _apply(journey: Journey) -> str:
    journey.consent(_PERSON)
    journey.step("consent given")
    application_id = journey.draft(_PERSON, "first_policy", {"code": "77012"})
    journey.step("draft prefilled and saved")
    scan = journey.upload(_PERSON, application_id, passport_photo(), "image/jpeg")
    journey.expect(scan["state"] == "accepted", f"the scan was refused: {scan['message']}")
    journey.step("scan uploaded by presigned POST, announced by S3 and accepted")
    submitted = journey.sign_and_submit(_PERSON, application_id, key="rehearsal")
    journey.step(f"signed by SMS code and submitted: {submitted['number']}")
    return application_id


def _receive(journey: Journey, application_id: str) -> None:
    journey.application(_PERSON, application_id, lambda found: found["state"] == "ready")
    journey.step("verified by the registers, policy issued")
    for document_type in ("receipt", "policy", "extract"):
        journey.document(_PERSON, document_type, application_id)
    journey.step("receipt, policy and extract downloaded")
    journey.wait("an e-mail", journey.sent_mail)
    journey.step("e-mail sent")


def _look_up(journey: Journey) -> None:
    number = journey.ok("GET", "/v1/me/insurance", person=_PERSON)["policies"][0]["policy_number"]
    born_on = journey.ok("GET", "/v1/me", person=_PERSON)["born_on"]
    question = {"policy_number": number, "born_on": born_on, "consent": True}
    answer = journey.ok("POST", "/v1/validity-checks", json=question)
    journey.expect(answer["status"] == "valid", f"public lookup: {answer['status']}")
    journey.sign_in(_CLINIC)
    found = journey.ok("POST", "/v1/clinic/validity-checks", person=_CLINIC, json={"policy_number": number})
    journey.expect(found["is_insured"], "clinic lookup")
    keys = journey.ok("GET", "/.well-known/jwks.json")["keys"]
    journey.expect(keys, "no published keys")
    journey.step("found by the public and by a clinic; keys published")


def _wait_for_schedule(journey: Journey, cloud: Cloud) -> None:
    """Wait until the schedule of every minute has run; raises JourneyFailed."""
    deadline = time.monotonic() + _SCHEDULE_SECONDS
    while time.monotonic() < deadline:
        if any('"schedule":"relay_outbox"' in line.replace(" ", "") for line in log_lines(cloud)):
            journey.step("the schedule relays the outbox")
            return
        time.sleep(1)
    raise JourneyFailed("the schedule relay_outbox did not run")
