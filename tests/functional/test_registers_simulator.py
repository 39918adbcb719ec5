"""The registers' simulator over real HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
import urllib3

from infra.local.person_numbers import policy_number_of, snils_of
from infra.local.persons import PERSONS
from infra.local.registers_simulator import running

HELD = {person.key: person for person in PERSONS}


@pytest.fixture
def url(tmp_path):
    with running(tmp_path) as address:
        yield address


def subject_of(key, **changes):
    person = HELD[key]
    return {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "middle_name": person.middle_name,
        "born_on": person.born_on,
        "sex": person.sex,
        "snils": person.snils,
        "document_type": person.document.type,
        "document_series": person.document.series,
        "document_number": person.document.number,
        "inn": person.inn,
        **changes,
    }


STRANGER = subject_of(
    "citizen",
    family_name="Незнакомец",
    born_on="1999-09-09",
    snils=snils_of(777),
    document_number="123456",
    inn="500100732259",
)


def ask(url, kind, subject, request_id="r-1"):
    return urllib3.request(
        "POST",
        f"{url}/v1/checks",
        json={"kind": kind, "subject": subject},
        headers={"X-Request-Id": request_id},
    )


def control(url, method, path, **told):
    return urllib3.request(method, f"{url}/control/{path}", json=told or None)


def behave(url, **told):
    response = control(url, "POST", "behaviours", **told)
    assert response.status == 200
    return response.json()["behaviours"]


@pytest.mark.parametrize(
    ("kind", "key", "changes", "status", "reasons"),
    [
        ("identity", "citizen", {}, "confirmed", []),
        ("identity", "insured", {"family_name": "ОБРАЗЦОВ", "given_name": "петр"}, "confirmed", []),
        ("identity", "citizen", {"given_name": "Инна"}, "mismatch", ["given_name_differs"]),
        ("identity", "citizen", {"middle_name": ""}, "mismatch", ["middle_name_differs"]),
        (
            "identity",
            "citizen",
            {"sex": "male", "born_on": "1990-05-13"},
            "mismatch",
            ["birth_date_differs", "sex_differs"],
        ),
        ("identity", "refugee", {"born_on": "1984-01-01", "dost": "5"}, "confirmed", []),
        ("identity", "refugee", {"born_on": "1984-01-01", "dost": "4"}, "mismatch", ["birth_date_differs"]),
        ("identity", "refugee", {"born_on": "1984-01-01"}, "mismatch", ["birth_date_differs"]),
        ("identity", "citizen", {"dost": "5"}, "mismatch", ["birth_date_differs"]),
        ("identity", "citizen", {"document_number": "1"}, "mismatch", ["document_not_found"]),
        ("identity", "citizen", {"snils": snils_of(700)}, "mismatch", ["snils_differs"]),
        ("identity", "other_surname", {}, "mismatch", ["surname_differs"]),
        ("identity", "deceased", {}, "mismatch", ["deceased"]),
        ("passport", "citizen", {"document_series": "0020"}, "confirmed", []),
        ("passport", "invalid_passport", {}, "mismatch", ["document_invalid"]),
        ("passport", "citizen", {"document_number": "1"}, "not_found", ["document_not_found"]),
        ("snils", "citizen", {"snils": "90000000182"}, "confirmed", []),
        ("snils", "other_surname", {}, "confirmed", []),
        ("snils", "citizen", {"snils": "900-000-001 83"}, "not_found", ["snils_not_found"]),
        ("snils", "citizen", {"snils": snils_of(700)}, "mismatch", ["snils_differs"]),
        ("inn", "citizen", {}, "confirmed", []),
        ("inn", "citizen", {"inn": "500100732259"}, "mismatch", ["inn_differs"]),
        ("address", "citizen", {"region": "77", "index": "101000"}, "confirmed", []),
        (
            "address",
            "citizen",
            {"region": "78", "index": "101000"},
            "mismatch",
            ["address_region_differs"],
        ),
        ("insured_person", "citizen", {}, "not_found", []),
        ("insured_person", "insured", {"born_on": "1985-11-29"}, "not_found", []),
        ("insured_person", "insured", {"policy_type": "П", "blank_number": "12345678901"}, "confirmed", []),
        ("insured_person", "paper_policy", {"policy_type": "П", "blank_number": "00000000014"}, "confirmed", []),
        (
            "insured_person",
            "paper_policy",
            {"policy_type": "П", "blank_number": "00000000015"},
            "mismatch",
            ["policy_number_differs"],
        ),
        ("insured_person", "paper_policy", {"policy_type": "Э"}, "mismatch", ["policy_number_differs"]),
        ("insured_person", "old_policy", {"policy_series": "77 00", "policy_number": "900015"}, "confirmed", []),
        (
            "insured_person",
            "old_policy",
            {"policy_number": "900015", "policy_okato": "46000"},
            "mismatch",
            ["policy_number_differs"],
        ),
    ],
)
def test_compares_what_is_asked_with_what_it_holds(url, kind, key, changes, status, reasons):
    answer = ask(url, kind, subject_of(key, **changes)).json()
    assert (answer["status"], answer["reasons"]) == (status, reasons)
    assert answer["answered_at"].endswith("Z")


@pytest.mark.parametrize(
    ("kind", "changes", "status"),
    [
        ("identity", {}, "confirmed"),
        ("identity", {"snils": "112-233-445 96"}, "mismatch"),
        ("passport", {}, "confirmed"),
        ("snils", {}, "confirmed"),
        ("inn", {}, "confirmed"),
        ("inn", {"inn": "500100732258"}, "mismatch"),
        ("insured_person", {}, "not_found"),
    ],
)
def test_believes_a_stranger_whose_data_are_consistent(url, kind, changes, status):
    assert ask(url, kind, {**STRANGER, **changes}).json()["status"] == status


def test_holds_whom_it_is_told_to_hold_as_insured(url):
    data = {"enp": "7700000000000005", "insurer_code": "77015", "region": "77"}
    told = {"snils": STRANGER["snils"], "data": {**data, "insured_from": "2020-01-01"}}
    assert control(url, "POST", "insured", **told).status == 200
    answer = ask(url, "insured_person", STRANGER).json()
    assert (answer["status"], answer["data"]["insurer_code"]) == ("confirmed", "77015")


def test_makes_policy_numbers_by_the_rule_of_the_register():
    made = policy_number_of(region="78", born_on="1984-03-05", sex="male", serial=44)
    assert made == "7856510844000446"


def test_answers_one_person_later_until_released(url):
    promise = ask(url, "insured_person", subject_of("later"))
    assert promise.status == 202
    ticket = promise.json()["ticket"]
    assert promise.json()["retry_after"] == 15
    assert urllib3.request("GET", f"{url}/v1/tickets/{ticket}").status == 202
    assert control(url, "POST", "tickets/release").json() == {"released": 1}
    kept = urllib3.request("GET", f"{url}/v1/tickets/{ticket}")
    assert (kept.status, kept.json()["status"]) == (200, "not_found")
    assert urllib3.request("GET", f"{url}/v1/tickets/unknown").status == 404


def test_says_the_opposite_of_the_truth_when_told_to_be_wrong(url):
    behave(url, kind="*", behaviour="wrong")
    wrong = ask(url, "identity", subject_of("citizen")).json()
    assert (wrong["status"], wrong["reasons"]) == ("mismatch", ["surname_differs"])
    insured = ask(url, "insured_person", subject_of("citizen"), "r-2").json()
    assert insured["status"] == "confirmed"


def test_prefers_the_most_particular_behaviour(url):
    behave(url, kind="*", behaviour="down")
    behave(url, kind="snils", behaviour="throttle", seconds=3)
    behave(url, kind="snils", behaviour="normal", snils=HELD["insured"].snils)
    assert ask(url, "identity", subject_of("citizen")).status == 503
    throttled = ask(url, "snils", subject_of("citizen"), "r-2")
    assert (throttled.status, throttled.headers["Retry-After"]) == (429, "3")
    assert ask(url, "snils", subject_of("insured"), "r-3").status == 200
    control(url, "DELETE", "behaviours")
    assert control(url, "GET", "behaviours").json() == {"behaviours": []}
    assert ask(url, "identity", subject_of("citizen")).status == 200


def test_misbehaves_the_number_of_times_that_it_is_told(url):
    behave(url, kind="identity", behaviour="down", times=2)
    statuses = [ask(url, "identity", subject_of("citizen")).status for _ in range(3)]
    assert statuses == [503, 503, 200]


def test_counts_requests_without_personal_data(url):
    ask(url, "identity", subject_of("citizen"))
    ask(url, "identity", subject_of("citizen"))
    ask(url, "identity", {})
    assert control(url, "GET", "requests").json() == {
        "requests": [
            {"kind": "identity", "status": 200, "count": 2},
            {"kind": "unknown", "status": 422, "count": 1},
        ]
    }


@pytest.mark.parametrize(
    ("kind", "subject", "status"),
    [
        ("horoscope", {}, 422),
        (["identity"], {}, 422),
        ("identity", [], 422),
        ("identity", {"given_name": "А", "born_on": 1990}, 422),
        ("snils", {"snils": " "}, 422),
    ],
)
def test_refuses_questions_that_make_no_sense(url, kind, subject, status):
    assert ask(url, kind, subject).status == status


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "horoscope", "behaviour": "down"},
        {"behaviour": "moody"},
        {"behaviour": "slow", "seconds": -1},
        {"behaviour": "slow", "seconds": "1"},
        {"behaviour": "slow", "times": 0},
    ],
)
def test_refuses_behaviours_that_make_no_sense(url, told):
    assert control(url, "POST", "behaviours", **told).status == 422


def test_keeps_answers_tickets_and_behaviours_when_it_is_killed(tmp_path):
    environment = {**os.environ, "LOCAL_STATE_DIR": str(tmp_path), "REGISTERS_PORT": "0"}
    command = [sys.executable, "-m", "infra.local.registers_simulator"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline().split()[-1]
            promise = ask(address, "insured_person", subject_of("later")).json()
            behave(address, kind="inn", behaviour="down")
        finally:
            process.send_signal(signal.SIGKILL)
    with running(tmp_path) as address:
        again = ask(address, "insured_person", subject_of("later")).json()
        assert again["ticket"] == promise["ticket"]
        assert ask(address, "inn", subject_of("citizen"), "r-2").status == 503
        assert ask(address, "insured_person", subject_of("insured")).status == 409


def test_stops_at_once_when_it_is_asked_to(tmp_path):
    environment = {**os.environ, "LOCAL_STATE_DIR": str(tmp_path), "REGISTERS_PORT": "0"}
    command = [sys.executable, "-m", "infra.local.registers_simulator"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("registers simulator ready at http://127.0.0.1:")
        process.terminate()
        assert process.wait(timeout=60) == 0
