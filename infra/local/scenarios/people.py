"""Scenarios of applicants: a child, foreigners with a term, an adult under a power of attorney (A6, B5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from infra.local.scenarios.stage import INSURER, today

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Sections, Stage

_CHOSEN: Sections = {"insurer": {"code": INSURER}}


def child(stage: Stage) -> None:
    """A mother insures her child of six: both stand in the child's journal."""
    journey = stage.journey
    mother = stage.known("citizen")
    about = {
        "relation": "parent",
        "family_name": "Примеров",
        "given_name": "Егор",
        "middle_name": "Алексеевич",
        "born_on": "2020-03-15",
        "sex": "male",
    }
    person_id = stage.represent(mother, about)
    journey.step("a child declared by the mother")
    wish = {"kind": "first_policy", "category": "child_under_14", "person_id": person_id}
    sections: Sections = {
        **_CHOSEN,
        "person": {"birthplace": "г. Москва"},
        "identity_document": {
            "type": "3",
            "series": "I-АА",
            "number": "900012",
            "issuer": "ЗАГС ДЛЯ ПРИМЕРА",
            "issued_on": "2020-03-25",
        },
        "representative": {"second_parent": "absent"},
    }
    stage.apply(mother, wish, sections)
    (policy,) = stage.policies(mother, person_id)
    journey.expect(policy["valid_until"] is None, "a child's policy has a term")
    journey.step("the child's policy issued without a term", number=policy["policy_number"])
    entries = journey.ok("GET", f"/v1/represented-persons/{person_id}/activity?limit=100", person=mother)["items"]
    who = {entry["by"] for entry in entries}
    journey.expect({"representative", "system"} <= who, f"the journal names only {who}")
    journey.step("the child's journal shows who acted", entries=len(entries))


def foreigner(stage: Stage) -> None:
    """A temporary resident: the policy ends with the permit; warned twice, then ended by the schedule."""
    journey = stage.journey
    person = stage.known("foreigner")
    sections: Sections = {
        **_CHOSEN,
        "person": {"citizenship": "UZB"},
        "status_document": {
            "type": "23",
            "series": "82",
            "number": "9000016",
            "issuer": "ГУ МВД ДЛЯ ПРИМЕРА",
            "issued_on": "2025-02-10",
            "expires_on": "2028-02-09",
        },
    }
    stage.apply(person, {"kind": "first_policy", "category": "foreigner_temporary"}, sections)
    (policy,) = stage.policies(person)
    until = date.fromisoformat(policy["valid_until"])
    journey.expect((until.month, until.day) == (1, 1), f"the policy ends on {until}, not with a year")
    journey.step("a policy to the end of the year", valid_until=str(until))
    for times, before in ((1, 30), (2, 7)):
        stage.fire("run_due", until - timedelta(days=before))
        stage.told(person, "policy_expires_soon", times)
    journey.step("warned 30 and 7 days before the end")
    stage.fire("run_due", until)
    stage.told(person, "policy_expired")
    (ended,) = stage.policies(person)
    journey.expect(ended["state"] == "expired", f"the ended policy is {ended['state']}")
    journey.step("ended by the schedule, and the holder is told", ended_on=ended["ended_on"])


def worker(stage: Stage) -> None:
    """A worker of the Eurasian Economic Union: insured for the time of the labour contract."""
    journey = stage.journey
    person = stage.known("worker")
    last_day = today() + timedelta(days=40)
    sections: Sections = {
        **_CHOSEN,
        "person": {"citizenship": "KGZ"},
        "basis": {
            "number": "12/2026",
            "organisation": "ООО «Пример»",
            "issued_on": str(today() - timedelta(days=20)),
            "valid_until": str(last_day),
            "stay_until": str(last_day + timedelta(days=10)),
        },
    }
    stage.apply(person, {"kind": "first_policy", "category": "eaeu_worker"}, sections)
    (policy,) = stage.policies(person)
    expected = str(last_day + timedelta(days=1))
    journey.expect(policy["valid_until"] == expected, f"the policy ends on {policy['valid_until']}, not {expected}")
    journey.step("a policy as long as the contract", valid_until=policy["valid_until"])


def attorney(stage: Stage) -> None:
    """An adult by a power of attorney; when it is given up, the live application goes to an operator."""
    journey = stage.journey
    helper = stage.someone("Помощников Лев Ильич", born_on="1979-04-04", sex="male")
    issued_on = today() - timedelta(days=30)
    powers = {"number": "77 АВ 1234567", "issuer": "нотариус Примеров И. И.", "issued_on": str(issued_on)}
    about = {"family_name": "Старшая", "given_name": "Вера", "born_on": "1950-02-03", "sex": "female"}
    person_id = stage.represent(helper, {"relation": "attorney", **about, "snils": "900-000-999 34", "powers": powers})
    journey.step("an adult represented by a power of attorney")
    journey.registers(kind="insured_person", behaviour="later", seconds=60)
    wish = {"kind": "first_policy", "person_id": person_id}
    sections: Sections = {
        **_CHOSEN,
        "person": {"birthplace": "г. Москва"},
        "identity_document": {
            "type": "14",
            "series": "00 11",
            "number": "900055",
            "issuer": "ОВД ДЛЯ ПРИМЕРА",
            "issuer_code": "770-001",
            "issued_on": "2005-03-03",
        },
    }
    application_id = stage.draft(helper, wish, sections)
    journey.sign_and_submit(helper, application_id, key=f"demo-{application_id}")
    journey.application(helper, application_id, lambda found: found["certificate_number"])
    journey.ok("POST", f"/v1/represented-persons/{person_id}/termination", person=helper)
    journey.refused(404, "GET", f"/v1/applications/{application_id}", person=helper)
    journey.registers()
    stage.told(helper, "representation_ended")
    journey.step("the right given up: the application is with an operator, the helper sees it no more")
