"""How each POST that creates nothing is brought to where its request has an effect, and who then sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import ApplicantCategory
from tests import appeals, clinics, employers, papers, tickets
from tests.applicants import CHILD, carried_out, represent
from tests.concurrency.official_steps import OFFICIAL
from tests.concurrency.step import Step
from tests.functional.test_idempotency import _childs_paper, _childs_path
from tests.journeys import consented, drafted, insured, policy, submitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world import World

WORDS = {"text": "Завтра"}
MANAGED = (("assignment", {}), ("messages", WORDS), ("closure", {}))
REPRESENTED = "/v1/represented-persons/{person_id}"


def _of_ticket(step: str, *, done: tuple[tuple[str, dict[str, Any]], ...] = (), **body: Any) -> Callable[[World], Step]:
    """A person's step on the own ticket, after what the fund did with it."""

    def stage(world: World) -> Step:
        consented(world)
        ticket_id = tickets.opened(world)["id"]
        for name, words in done:
            assert tickets.work(world, ticket_id, name, **words).is_success
        return Step(path=f"{tickets.ALL}/{ticket_id}/{step}", body=body or None)

    return stage


def _of_appeal(step: str, **body: Any) -> Callable[[World], Step]:
    """A person's step on the own appeal, where it may be taken."""

    def stage(world: World) -> Step:
        subject = appeals.refused(world)
        if step == "submission":
            return Step(path=f"/v1/appeals/{appeals.begun(world, subject)}/submission", body=appeals.GROUNDS)
        appeal_id = appeals.filed(world, subject)["id"]
        if step == "answer":
            assert appeals.work(world, appeal_id, "lease").is_success
            assert appeals.work(world, appeal_id, "question", text=appeals.WORDS).is_success
        if step == "second-level":
            appeals.judged(world, appeal_id, uphold=False)
        return Step(path=f"/v1/appeals/{appeal_id}/{step}", body=body or None)

    return stage


def _withdrawal(world: World) -> Step:
    return Step(path=f"/v1/applications/{submitted(world)}/withdrawal")


def _draft_check(world: World) -> Step:
    drafted(world)
    return Step(path="/v1/form-checks", body={"kind": "first_policy", "form": {}})


def _of_attachment(step: str, *, childs: bool = False) -> Callable[[World], Step]:
    """Taken back by the person, or decided by the clinic."""

    def stage(world: World) -> Step:
        if childs:
            clinics.registry(world)
            path = _childs_path(world, "attachments")
            found = clinics.asked(world, clinics.wish(doctor=clinics.PAEDIATRICIAN), path=path)
            return Step(path=f"{path}/{found['id']}/withdrawal")
        clinics.insured(world)
        found = clinics.asked(world)
        if step == "withdrawal":
            return Step(path=f"{clinics.OWN}/{found['id']}/withdrawal")
        path = f"{clinics.DESK}/{found['person_id']}/{found['id']}/decision"
        return Step(path=path, person=clinics.REGISTRARS[found["clinic_code"]], body={"refusal": ""})

    return stage


def _of_appointment(step: str, *, childs: bool = False) -> Callable[[World], Step]:
    """Taken back by the person, or answered by the clinic."""

    def stage(world: World) -> Step:
        if childs:
            clinics.registry(world)
            path = _childs_path(world, "appointments")
            return Step(path=f"{path}/{clinics.appointed(world, path=path)['id']}/withdrawal")
        clinics.insured(world)
        found = clinics.appointed(world)
        if step == "withdrawal":
            return Step(path=f"{clinics.OWN_APPOINTMENTS}/{found['id']}/withdrawal")
        path = f"{clinics.QUEUE}/{found['person_id']}/{found['id']}/answer"
        return Step(path=path, person="registrar", body={"acknowledged": False, "answer": "Нет мест"})

    return stage


def _of_paper(step: str, wish: dict[str, str], *, childs: bool = False) -> Callable[[World], Step]:
    """A person's step on a paper that is ordered."""

    def stage(world: World) -> Step:
        if childs:
            _, path = _childs_paper(world, _childs_path(world, "deliveries"), wish)
        else:
            path = f"{papers.OWN}/{papers.ordered(world, wish)['id']}"
        if step == "cancellation":
            return Step(path=f"{path}/{step}")
        world.ok("POST", f"{path}/address-codes", json={"address": papers.NEW_ADDRESS})
        world.settle()
        return Step(path=f"{path}/{step}", body={"address": papers.NEW_ADDRESS, "code": world.code()})

    return stage


def _revocation(world: World) -> Step:
    consented(world)
    return Step(path="/v1/me/consents/revocation")


def _confirmation(world: World) -> Step:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"phone": "+7 900 000-99-01"})
    world.ok("POST", "/v1/me/contacts/phone/codes")
    world.settle()
    return Step(path="/v1/me/contacts/phone/confirmation", body={"code": world.code()})


def _staff(world: World) -> str:
    insured(world)
    number = policy(world)["policy_number"]
    path = employers.request(world, employers.employer(world))
    employers.uploaded(world, path, employers.csv(employers.staff_row(world, "citizen", number)))
    return path


def _employee_consent(world: World) -> Step:
    _staff(world)
    (asked,) = world.ok("GET", employers.CONSENTS)["items"]
    return Step(path=f"{employers.CONSENTS}/{asked['organisation_id']}/decision", body={"state": "given"})


def _refresh(world: World) -> Step:
    return Step(path=f"{_staff(world)}/refresh")


def _termination(world: World) -> Step:
    child_id = represent(world, "citizen", CHILD)
    carried_out(world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=child_id)
    return Step(path=f"/v1/represented-persons/{child_id}/termination")


def _readiness(world: World) -> Step:
    application_id = submitted(world)
    number = world.ok("GET", f"/v1/applications/{application_id}")["number"]
    return Step(path="/v1/readiness-checks", person=None, body={"number": number})


def _validity(world: World) -> Step:
    insured(world)
    asked = {"policy_number": policy(world)["policy_number"], "born_on": "1990-05-14", "consent": True}
    return Step(path="/v1/validity-checks", person=None, body=asked)


STEPS: dict[str, Callable[[World], Step]] = {
    **OFFICIAL,
    "/v1/tickets/{ticket_id}/closure": _of_ticket("closure"),
    "/v1/tickets/{ticket_id}/rating": _of_ticket("rating", done=MANAGED, rating=5),
    "/v1/appeals/{appeal_id}/answer": _of_appeal("answer", text=appeals.WORDS),
    "/v1/appeals/{appeal_id}/second-level": _of_appeal("second-level", text=appeals.WORDS),
    "/v1/appeals/{appeal_id}/submission": _of_appeal("submission"),
    "/v1/appeals/{appeal_id}/withdrawal": _of_appeal("withdrawal"),
    "/v1/applications/{application_id}/withdrawal": _withdrawal,
    "/v1/clinic/attachments/{person_id}/{attachment_id}/decision": _of_attachment("decision"),
    "/v1/clinic/appointments/{person_id}/{appointment_id}/answer": _of_appointment("answer"),
    "/v1/form-checks": _draft_check,
    "/v1/me/consents/revocation": _revocation,
    "/v1/me/contacts/{contact}/confirmation": _confirmation,
    "/v1/me/deliveries/{delivery_id}/address-change": _of_paper("address-change", papers.BY_POST),
    "/v1/me/deliveries/{delivery_id}/cancellation": _of_paper("cancellation", papers.BY_POST),
    "/v1/me/appointments/{appointment_id}/withdrawal": _of_appointment("withdrawal"),
    "/v1/me/attachments/{attachment_id}/withdrawal": _of_attachment("withdrawal"),
    "/v1/me/employer-consents/{organisation_id}/decision": _employee_consent,
    "/v1/me/employers/{employer_id}/certificate-requests/{request_id}/refresh": _refresh,
    f"{REPRESENTED}/deliveries/{{delivery_id}}/address-change": _of_paper(
        "address-change", papers.BY_POST, childs=True
    ),
    f"{REPRESENTED}/deliveries/{{delivery_id}}/cancellation": _of_paper("cancellation", papers.BY_POST, childs=True),
    f"{REPRESENTED}/appointments/{{appointment_id}}/withdrawal": _of_appointment("withdrawal", childs=True),
    f"{REPRESENTED}/attachments/{{attachment_id}}/withdrawal": _of_attachment("withdrawal", childs=True),
    f"{REPRESENTED}/termination": _termination,
    "/v1/readiness-checks": _readiness,
    "/v1/validity-checks": _validity,
}
"""Every POST but those that create, of which tests/functional/test_idempotency.py tells the same."""
