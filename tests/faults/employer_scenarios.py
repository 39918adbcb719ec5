"""An employer and its staff, to be broken at every call: confirmed, asking, read, checked, employees asked, written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3

from tests.employers import CSV, DETAILS, EMPLOYERS, csv
from tests.faults.scenarios import CLIENT_WAITS, Scenario, deliver

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig

EMPLOYER = f"{EMPLOYERS}/{{employer_id}}"
REQUEST = f"{EMPLOYER}/certificate-requests/{{request_id}}"


def _ids(rig: Rig) -> dict[str, str]:
    employer, request = (
        max((str(row["SK"]) for row in rig.items(kind)), default="") for kind in ("Employer", "EmployerRequest")
    )
    return {"employer_id": employer.removeprefix("EMPLOYER#"), "request_id": request.removeprefix("REQUEST#")}


def _register(rig: Rig) -> None:
    assert rig.api("POST", EMPLOYERS, DETAILS, key="employer-1")["id"]


def _relayed(rig: Rig) -> None:
    rig.step()


def _confirmed(rig: Rig) -> None:
    rig.step("verification", "notifications")


def _request(rig: Rig) -> None:
    wish = {"day": "2026-03-16", "outputs": ["json", "xlsx"]}
    employer_id = _ids(rig)["employer_id"]
    path = f"{EMPLOYER}/certificate-requests"
    assert rig.api("POST", path, wish, key="request-1", employer_id=employer_id)["id"]


def _order_list(rig: Rig) -> None:
    ordered = rig.api("POST", f"{REQUEST}/lists", {"media_type": CSV}, key="list-1", **_ids(rig))
    assert ordered["upload"]["url"]


def _row(rig: Rig) -> list[str]:
    policy = next(p for p in rig.api("GET", "/v1/me/insurance")["policies"] if p["state"] == "active")
    person = rig.api("GET", "/v1/me")
    names = [person[name] for name in ("family_name", "given_name", "middle_name")]
    return [*names, person["born_on"], policy["policy_number"], "инженер"]


def list_arrived(rig: Rig) -> None:
    """Put a list where its upload was permitted: one row that is right, one that is wrong."""
    (request,) = (json.loads(row["data"]) for row in rig.items("EmployerRequest"))
    key = request["lists"][-1]["object_key"]
    data = csv(_row(rig), ["", "", "", "вчера", "1", ""])
    boto3.client("s3").put_object(Bucket="polis-scans", Key=key, Body=data)


def read_list(rig: Rig) -> None:
    """Let S3 tell of the list."""
    (request,) = (json.loads(row["data"]) for row in rig.items("EmployerRequest"))
    key = request["lists"][-1]["object_key"]
    body = json.dumps({"Records": [{"s3": {"object": {"key": key}}}]})
    record: Any = {"messageId": "s", "body": body, "receiptHandle": "r", "attributes": {}}
    rig._run("employer_lists", "employer_lists", {"Records": [record]})


def _went_on(rig: Rig) -> None:
    rig.step()
    deliver("employer_lists")(rig)
    rig.step()


def _finished(rig: Rig) -> None:
    rig.step("employer_lists", "notifications")


def decide(state: str) -> Callable[[Rig], None]:
    """Let the employee answer."""

    def act(rig: Rig) -> None:
        (consent,) = (json.loads(row["data"]) for row in rig.items("EmployeeConsent"))
        path = "/v1/me/employer-consents/{organisation_id}/decision"
        rig.api("POST", path, {"state": state}, organisation_id=consent["organisation_id"])

    return act


def _refresh(rig: Rig) -> None:
    assert rig.api("POST", f"{REQUEST}/refresh", **_ids(rig))["stage"] == "checking"


EMPLOYER_STAGES: dict[str, tuple[str, Callable[[Rig], object]]] = {
    "employer_registered": ("insured", _register),
    "employer_relayed": ("employer_registered", _relayed),
    "employer_confirmed": ("employer_relayed", _confirmed),
    "staff_requested": ("employer_confirmed", _request),
    "list_ordered": ("staff_requested", _order_list),
    "list_there": ("list_ordered", list_arrived),
    "list_read": ("list_there", read_list),
    "list_relayed": ("list_read", _relayed),
    "staff_checked": ("list_read", _went_on),
    "staff_asked": ("staff_checked", _went_on),
    "staff_counted": ("staff_asked", _went_on),
    "staff_ready": ("list_read", _finished),
}

EMPLOYER_SCENARIOS = (
    *(
        Scenario(name=name, begins=begins, act=act, pause=CLIENT_WAITS)
        for name, begins, act in (
            ("register_employer", "insured", _register),
            ("request_about_staff", "employer_confirmed", _request),
            ("order_list", "staff_requested", _order_list),
            ("employee_decides", "staff_ready", decide("given")),
            ("refresh_request", "staff_ready", _refresh),
        )
    ),
    Scenario(name="verify_employer", begins="employer_relayed", act=deliver("verification")),
    Scenario(name="read_list", begins="list_there", act=read_list),
    Scenario(name="check_staff", begins="list_relayed", act=deliver("employer_lists")),
    Scenario(name="ask_staff", begins="staff_checked", act=deliver("employer_lists")),
    Scenario(name="count_staff", begins="staff_asked", act=deliver("employer_lists")),
    Scenario(name="write_staff_file", begins="staff_counted", act=deliver("employer_lists")),
)
