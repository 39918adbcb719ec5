"""Steps of appeals, over HTTP, as a person and the operators would take them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.cases import decided, left_to_operator
from tests.journeys import scan

if TYPE_CHECKING:
    import httpx

    from tests.world import World

GROUNDS = {"reasons": ["documents_not_considered"], "text": "Паспорт я приложил, он действителен до 2031 года"}
WORDS = "Справка отделения полиции подтверждает замену"
EXPLANATION = "Документ действителен, отказ был ошибочным"


def refused(world: World, *, person: str = "citizen", by: str = "operator", **options: Any) -> str:
    """Bring an application to an operator's refusal; returns its id."""
    application_id = left_to_operator(world, person=person, **options)
    decided(world, application_id, person=by, approve=False, reasons=[{"code": "missing_document"}])
    world.settle()
    return application_id


def begun(world: World, subject_id: str, *, subject: str = "application", person: str = "citizen") -> str:
    """Begin an appeal; returns its id."""
    body = {"subject": subject, "subject_id": subject_id}
    return str(world.ok("POST", "/v1/appeals", person=person, json=body)["id"])


def filed(
    world: World, subject_id: str, *, subject: str = "application", person: str = "citizen", **grounds: Any
) -> dict[str, Any]:
    """Begin and file an appeal; returns it."""
    appeal_id = begun(world, subject_id, subject=subject, person=person)
    body = {**GROUNDS, **grounds}
    return dict(world.ok("POST", f"/v1/appeals/{appeal_id}/submission", person=person, json=body))


def attached(world: World, appeal_id: str, *, data: bytes | None = None, person: str = "citizen") -> dict[str, Any]:
    """Upload a document to an appeal and let it be checked; returns it."""
    path = f"/v1/appeals/{appeal_id}/documents"
    ordered = world.ok("POST", path, person=person, json={"media_type": "image/png"})
    world.invoke("scan_uploads", world.arrived(ordered["upload"]["fields"]["key"], data or scan()))
    return dict(world.ok("GET", f"{path}/{ordered['scan']['id']}/details", person=person))


def appeal(world: World, appeal_id: str, *, person: str = "citizen") -> dict[str, Any]:
    """Read an appeal."""
    return dict(world.ok("GET", f"/v1/appeals/{appeal_id}", person=person))


def act(world: World, appeal_id: str, step: str, *, person: str = "citizen", **body: Any) -> httpx.Response:
    """Try a step of the person's; the answer may be a refusal."""
    options = {"json": body} if body else {}
    return world.call("POST", f"/v1/appeals/{appeal_id}/{step}", person=person, **options)


def work(world: World, appeal_id: str, step: str, *, person: str = "second_operator", **body: Any) -> httpx.Response:
    """Try a step of an operator's; the answer may be a refusal."""
    options = {"json": body} if body else {}
    return world.call("POST", f"/v1/operator/appeals/{appeal_id}/{step}", person=person, **options)


def judged(
    world: World, appeal_id: str, *, uphold: bool, person: str = "second_operator", **more: Any
) -> dict[str, Any]:
    """Take an appeal and decide it."""
    answer = work(world, appeal_id, "lease", person=person)
    assert answer.is_success, answer.text
    body = {"uphold": uphold, "explanation": EXPLANATION, **more}
    answer = work(world, appeal_id, "decision", person=person, **body)
    assert answer.is_success, answer.text
    world.settle()
    return dict(answer.json())


def listed(world: World, *, person: str = "second_operator", query: str = "") -> list[str]:
    """The ids of the appeals that somebody has to decide."""
    rows = world.ok("GET", f"/v1/operator/appeals?{query}", person=person)["items"]
    return [row["id"] for row in rows]
