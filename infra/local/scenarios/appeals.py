"""The scenario of an appeal against a refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.journey import passport_photo
from infra.local.scenarios.stage import INSURER

if TYPE_CHECKING:
    from infra.local.scenarios.stage import Stage

_WORDS = "Паспорт действителен, справка о проверке приложена"
_EXPLANATION = "Решение проверено по документам и сведениям реестра"


def appeal(stage: Stage) -> None:
    """A refusal for a register's mistake: rejected by an operator of the insurer, upheld by the fund."""
    journey = stage.journey
    person = stage.someone("Правов Пётр Ильич", born_on="1988-08-18", sex="male")
    for operator in ("operator", "fund"):
        journey.sign_in(operator)
    application_id = _refused(stage, person)
    body = {"subject": "application", "subject_id": application_id}
    begun = journey.ok("POST", "/v1/appeals", person=person, json=body)
    _attach(stage, person, begun["id"])
    journey.step("an appeal begun, its document checked as any scan")
    grounds = {"reasons": ["register_error"], "text": _WORDS}
    filed = journey.ok("POST", f"/v1/appeals/{begun['id']}/submission", person=person, json=grounds)
    stage.told(person, "appeal_filed")
    journey.step("filed", number=filed["number"], due_on=filed["due_on"], topic=filed["topic_title"])
    path = f"/v1/operator/appeals/{begun['id']}"
    _decide(stage, path, "operator", uphold=False)
    stage.told(person, "appeal_rejected")
    journey.step("rejected by an operator of the insurer")
    journey.ok("POST", f"/v1/appeals/{begun['id']}/second-level", person=person, json={"text": _WORDS})
    journey.refused(404, "POST", f"{path}/lease", person="operator")
    journey.step("taken to the fund: the insurer decides it no more")
    decided = _decide(stage, path, "fund", uphold=True)
    journey.application(person, application_id, lambda found: found["state"] == "ready")
    journey.expect(stage.policies(person), "an upheld appeal led to no policy")
    stage.told(person, "appeal_upheld")
    journey.step("upheld by the fund: the policy is there", effect=decided["decisions"][-1]["effect_title"])
    figures = journey.ok("GET", "/v1/operator/appeal-statistics", person="fund")
    journey.expect(figures["by_topic"]["1.5"]["upheld"] >= 1, "the statistics do not tell of it")
    journey.step("statistics by topic", topics=list(figures["by_topic"]))


def _refused(stage: Stage, person: str) -> str:
    journey = stage.journey
    application_id = stage.draft(person, {"kind": "first_policy"}, {"insurer": {"code": INSURER}})
    snils = journey.ok("GET", "/v1/me", person=person)["snils"]
    journey.registers(kind="passport", snils=snils, behaviour="wrong", times=1)
    journey.sign_and_submit(person, application_id, key=f"demo-{application_id}")
    journey.application(person, application_id, lambda found: found["state"] == "refused")
    stage.told(person, "application_refused")
    journey.step("refused, since a register calls a valid passport invalid")
    return application_id


def _attach(stage: Stage, person: str, appeal_id: str) -> None:
    journey, path = stage.journey, f"/v1/appeals/{appeal_id}/documents"
    ordered = journey.ok("POST", path, person=person, json={"media_type": "image/jpeg"})
    answer = journey.store(ordered["upload"], passport_photo())
    journey.expect(answer.is_success, f"upload: {answer.status_code} {answer.text[:300]}")

    def look() -> Any:
        found = journey.ok("GET", f"{path}/{ordered['scan']['id']}/details", person=person)
        return found if found["state"] != "awaiting_upload" else None

    found = journey.wait("the check of the document", look)
    journey.expect(found["state"] == "accepted", f"the document was refused: {found['message']}")


def _decide(stage: Stage, path: str, operator: str, **verdict: Any) -> Any:
    journey = stage.journey
    journey.ok("POST", f"{path}/lease", person=operator)
    body = {"explanation": _EXPLANATION, **verdict}
    return journey.ok("POST", f"{path}/decision", person=operator, json=body)
