"""Certificates of insurance: of a person, and of an employer about its staff (K1, K2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from infra.local.organisations import ACCOUNT, BIC, ORGANISATIONS
from infra.local.scenarios.stage import today

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

BORN_ON = "1984-03-05"
OWN = "/v1/me/insurance-certificates"
EMPLOYERS = "/v1/me/employers"
CONSENTS = "/v1/me/employer-consents"
HEADER = ("Фамилия", "Имя", "Отчество", "Дата рождения", "Номер полиса")


def certificate(stage: Stage) -> None:
    """A certificate for today, in two languages, by a link in an e-mail; then one that is refused with the mend."""
    journey = stage.journey
    person = stage.someone("Справкина Анна Ильинична", born_on=BORN_ON, sex="female")
    stage.insured(person)
    made = _asked(stage, person, {"day": str(today()), "bilingual": True, "send_by": "email"})
    journey.expect(made["is_continuous"], "a day of insurance is told as a gap")
    link = journey.ok("GET", f"{OWN}/{made['id']}/link", person=person)["url"]
    journey.expect(journey.fetch(link).content.startswith(b"%PDF"), "the certificate is no PDF")
    stage.told(person, "insurance_certificate_sent")
    journey.step("a certificate for a day, told by a link", number=made["number"])
    refused = _asked(stage, person, {"year": today().year - 1})
    journey.expect(refused["refusal"]["possible_on"], "the refusal does not say which day is possible")
    journey.step("a year without insurance refused, with the mend", possible_on=refused["refusal"]["possible_on"])


def employer(stage: Stage) -> None:
    """An employer sends a list with a mistake, the employee agrees, the mended row comes into the same request."""
    journey = stage.journey
    employee = stage.someone("Сотрудников Олег Ильич", born_on=BORN_ON, sex="male")
    number = str(stage.insured(employee)["policy_number"])
    head = stage.known(ORGANISATIONS[0].head)
    path = _request(stage, head)
    row = ["Сотрудников", "Олег", "Ильич", BORN_ON]
    first = _sent(stage, head, path, [HEADER, (*row, number[:-1])])
    journey.expect(_counts(first) == {"invalid": 1}, f"the mistake is not told: {first['counts']}")
    journey.step("a wrong row comes back in a workbook", files=first["files"])
    second = _sent(stage, head, path, [("Код строки (не менять)", *HEADER), ("1-2", *row, number)])
    journey.expect(_counts(second) == {"waiting_for_consent": 1}, f"told without a consent: {second['counts']}")
    stage.told(employee, "employer_asks_consent")
    journey.step("the mended row waits for the employee's consent")
    (asked,) = journey.ok("GET", CONSENTS, person=employee)["items"]
    answer = {"state": "given"}
    journey.ok("POST", f"{CONSENTS}/{asked['organisation_id']}/decision", person=employee, json=answer)
    journey.ok("POST", f"{path}/refresh", person=head)
    done = _ready(stage, head, path)
    journey.expect(_counts(done) == {"confirmed": 1}, f"not confirmed: {done['counts']}")
    for name in ("pdf", "xlsx", "json", "zip-2"):
        link = journey.ok("GET", f"{path}/files/{name}/link", person=head)["url"]
        data = journey.fetch(link).content
        journey.expect(name != "json" or json.loads(data)["rows"], "the JSON tells nothing")
    journey.step("confirmed; the files are taken", files=done["files"])


def _asked(stage: Stage, person: str, wish: dict[str, Any]) -> Any:
    asked = stage.journey.ok("POST", OWN, person=person, json=wish)

    def look() -> Any:
        found = stage.journey.ok("GET", f"{OWN}/{asked['id']}/details", person=person)
        return found if found["state"] in {"ready", "refused"} else None

    return stage.journey.wait("the certificate of insurance", look)


def _request(stage: Stage, head: str) -> str:
    journey, held = stage.journey, ORGANISATIONS[0]
    details = {"inn": held.inn, "kpp": held.kpp, "ogrn": held.ogrn, "bic": BIC, "account": ACCOUNT}
    made = journey.ok("POST", EMPLOYERS, person=head, json=details)

    def look() -> Any:
        found = journey.ok("GET", f"{EMPLOYERS}/{made['id']}/details", person=head)
        return found if found["state"] != "pending" else None

    found = journey.wait("the check of the employer", look)
    journey.expect(found["state"] == "confirmed", f"the employer was refused: {found['refusals']}")
    journey.step("an employer confirmed by the register", name=found["name"], by=found["basis"])
    path = f"{EMPLOYERS}/{made['id']}/certificate-requests"
    wish = {"day": str(today()), "outputs": ["pdf", "zip", "xlsx", "json"]}
    return f"{path}/{journey.ok('POST', path, person=head, json=wish)['id']}"


def _sent(stage: Stage, head: str, path: str, rows: list[tuple[str, ...]]) -> Any:
    ordered = stage.journey.ok("POST", f"{path}/lists", person=head, json={"media_type": "text/csv"})
    data = "\n".join(";".join(row) for row in rows).encode("cp1251")
    answer = stage.journey.store(ordered["upload"], data)
    stage.journey.expect(answer.is_success, f"upload: {answer.status_code} {answer.text[:300]}")
    return _ready(stage, head, path, lists=len(ordered["request"]["lists"]))


def _ready(stage: Stage, head: str, path: str, *, lists: int = 0) -> Any:
    def look() -> Any:
        found = stage.journey.ok("GET", f"{path}/details", person=head)
        read = sum(one["is_read"] for one in found["lists"]) >= lists
        return found if read and found["stage"] == "ready" else None

    return stage.journey.wait("the request about staff", look)


def _counts(request: Any) -> dict[str, int]:
    return {count["outcome"]: count["rows"] for count in request["counts"]}
