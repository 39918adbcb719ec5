"""Scenarios that begin in an office: a birth told by the civil registry, a correction with four eyes (N1, D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.scenarios.stage import today

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

_TYPED, _TRUE = "1984-03-05", "1984-05-03"


def newborn(stage: Stage) -> None:
    """A message of the civil registry alone insures a newborn of an insured mother; she sees the policy."""
    journey = stage.journey
    mother = stage.someone("Новомамина Вера Ильинична", born_on=_TYPED, sex="female")
    stage.insured(mother)
    journey.step("an insured mother")
    journey.sign_in("civil_registry")
    record = _record(journey.ok("GET", "/v1/me", person=mother))
    answer = journey.ok("POST", "/v1/civil-registry/records", person="civil_registry", json=record)
    journey.step("the birth told by the civil registry", outcome=answer["outcome"])

    def look() -> Any:
        return journey.ok("GET", "/v1/represented-persons", person=mother)["items"]

    (child,) = journey.wait("the newborn among those whom the mother represents", look)
    (policy,) = stage.policies(mother, child["person_id"])
    journey.expect(stage.validity(policy["policy_number"], str(today())) == "valid", "the newborn is not insured")
    journey.step("the newborn's policy, without an application", number=policy["policy_number"])


def correction(stage: Stage) -> None:
    """A birth date typed wrong: proposed by one operator, approved by another, undone again."""
    journey = stage.journey
    person = stage.someone("Опечаткин Лев Ильич", born_on=_TYPED, sex="male")
    number = stage.insured(person)["policy_number"]
    stage.all_documents(person)
    for operator in ("fund", "second_fund"):
        journey.sign_in(operator)
    (found,) = journey.ok("POST", "/v1/operator/person-searches", person="fund", json={"policy_number": number})[
        "items"
    ]
    body = {
        "kind": "wrong_birth_date",
        "person_id": found["person_id"],
        "reason": "Подтверждено копией паспорта",
        "values": {"born_on": _TRUE},
    }
    proposed = journey.ok("POST", "/v1/operator/corrections", person="fund", json=body)
    path = f"/v1/operator/corrections/{proposed['id']}"
    journey.refused(403, "POST", f"{path}/approval", person="fund")
    journey.step("a correction proposed; its author may not approve it")
    journey.ok("POST", f"{path}/approval", person="second_fund")
    corrected = stage.policies(person)[-1]["policy_number"]
    journey.expect(corrected != number, "the ЕНП tells the wrong birth date")
    journey.expect(stage.validity(corrected, _TRUE) == "valid", "the corrected policy is not found")
    journey.step("corrected: another ЕНП by the true birth date", number=corrected)
    stage.all_documents(person)
    undone = journey.ok("POST", f"{path}/reversal", person="second_fund", json={"reason": "Копия чужого паспорта"})
    journey.ok("POST", f"/v1/operator/corrections/{undone['id']}/approval", person="fund")
    journey.expect(stage.policies(person)[-1]["policy_number"] == number, "the ЕНП is not what it was")
    journey.expect(stage.validity(number, _TYPED) == "valid", "the policy is not found any more")
    journey.step("undone: everything is as it was", number=number)


def _record(mother: dict[str, Any]) -> dict[str, Any]:
    """The record of a boy who was born and registered today."""
    day = today()
    names = {name: mother[name] for name in ("family_name", "given_name", "middle_name", "born_on", "snils")}
    return {
        "number": f"110{day:%Y%m%d}{mother['snils'].replace('-', '').replace(' ', '')[:10]}",
        "version": 1,
        "kind": "birth",
        "registered_on": str(day),
        "region": "77",
        "office": "Орган ЗАГС для примера",
        "child": {
            "family_name": names["family_name"],
            "given_name": "Тимофей",
            "sex": "male",
            "born_on": str(day),
            "birthplace": "г. Москва",
            "certificate": {"type": "3", "series": "I-АА", "number": "900121", "issued_on": str(day)},
        },
        "mother": names,
    }
