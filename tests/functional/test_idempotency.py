"""Idempotency-Key: every POST that creates takes it, and a repeated request creates nothing (DESIGN, HTTP; B12)."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Thread
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from moto.backends import get_backend

from chalicelib.adapters import aws
from chalicelib.domain.application import ApplicantCategory
from chalicelib.http.blueprint import registered_routes
from infra.local.person_numbers import policy_number_of
from tests import clinics, employers, papers, tickets
from tests.appeals import begun, refused
from tests.applicants import CHILD, carried_out, represent
from tests.cloud import memory_table
from tests.corrections import CORRECTIONS, FUND, REASON, corrected, person_id
from tests.journeys import actions, application, coded, consented, drafted, insured, prepared, problem, scan
from tests.newborns import birth, child, mother_insured, told
from tests.privacy import ERASURES, EXPORTS
from tests.world import ACCOUNT, QUEUES, REGION

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world import World

KEY = {"Idempotency-Key": "once-0001"}
CREATED = 201

CREATE_NOTHING = {
    "/v1/tickets/{ticket_id}/closure": "ends one ticket, and only once",
    "/v1/tickets/{ticket_id}/rating": "rates one ticket; the same rating again changes nothing",
    "/v1/operator/tickets/{ticket_id}/assignment": "takes one ticket, and only once",
    "/v1/operator/tickets/{ticket_id}/attachments/{file_id}/views": "asks; the journal must tell of every view",
    "/v1/operator/tickets/{ticket_id}/closure": "ends one ticket, and only once",
    "/v1/operator/tickets/{ticket_id}/handover": "gives one ticket away, and only once",
    "/v1/appeals/{appeal_id}/answer": "moves one appeal; the same answer again changes nothing",
    "/v1/appeals/{appeal_id}/second-level": "moves one appeal; the same words again change nothing",
    "/v1/appeals/{appeal_id}/submission": "files one appeal; the same again changes nothing",
    "/v1/appeals/{appeal_id}/withdrawal": "ends one appeal, and only once",
    "/v1/operator/appeals/{appeal_id}/decision": "decides one appeal, and only once",
    "/v1/operator/appeals/{appeal_id}/documents/{evidence_id}/views": "asks; the journal must tell of every view",
    "/v1/operator/appeals/{appeal_id}/lease": "takes an appeal that is free, or is renewed",
    "/v1/operator/appeals/{appeal_id}/question": "moves one appeal; the same question again changes nothing",
    "/v1/operator/appeals/{appeal_id}/release": "gives one appeal back, and only once",
    "/v1/applications/{application_id}/withdrawal": "moves one application, and only once",
    "/v1/auditor/journal-exports": "asks; the journal must tell of every export",
    "/v1/civil-registry/records": "tells a version of a record, whose number and version are the key",
    "/v1/clinic-searches": "asks, and keeps nothing",
    "/v1/clinic/attachments/{person_id}/{attachment_id}/decision": "decides one request, and only once",
    "/v1/clinic/appointments/{person_id}/{appointment_id}/answer": "answers one request, and only once",
    "/v1/clinic/validity-batches": "asks; the journal must tell of every question",
    "/v1/clinic/validity-checks": "asks; the journal must tell of every question",
    "/fhir/r4/Organization/_search": "asks, and keeps nothing",
    "/fhir/r4/Coverage/_search": "asks; the journal must tell of every question",
    "/fhir/r4/CoverageEligibilityRequest/{operation}": "asks; the journal must tell of every question",
    "/fhir/r4/Patient/_search": "asks; the journal must tell of every question",
    "/v1/fund/clinic-imports": "loads rows, whose codes are the key",
    "/v1/exchange-checks": "asks, and keeps nothing",
    "/v1/exchange-files/{name}/dispatch": "moves one file, and only once",
    "/v1/exchange-records/{record_id}/resubmission": "moves one record, and only once",
    "/v1/form-checks": "asks, and keeps nothing",
    "/v1/me/consents/revocation": "ends the consent in force, and only once",
    "/v1/me/contacts/{contact}/confirmation": "spends the code, which works once",
    "/v1/me/deliveries/{delivery_id}/address-change": "spends the code, which works once",
    "/v1/me/appointments/{appointment_id}/withdrawal": "takes one request back, and only once",
    "/v1/me/attachments/{attachment_id}/withdrawal": "takes one request back, and only once",
    "/v1/me/employer-consents/{organisation_id}/decision": "moves one consent, and only once",
    "/v1/me/employers/{employer_id}/certificate-requests/{request_id}/refresh": "looks anew at what there is",
    "/v1/me/deliveries/{delivery_id}/cancellation": "ends one delivery, and only once",
    "/v1/operator/deliveries/{delivery_id}/dispatch": "moves one delivery, and only once",
    "/v1/operator/deliveries/{delivery_id}/handover": "spends the code, which works once",
    "/v1/operator/deliveries/{delivery_id}/outcome": "moves one delivery, and only once",
    "/v1/operator/deliveries/{delivery_id}/parcel": "moves one delivery, and only once",
    "/v1/operator/deliveries/{delivery_id}/readiness": "moves one delivery, and only once",
    "/v1/operator/delivery-searches": "asks; the journal must tell of every search",
    "/v1/represented-persons/{person_id}/deliveries/{delivery_id}/address-change": "spends the code, which works once",
    "/v1/represented-persons/{person_id}/appointments/{appointment_id}/withdrawal": "takes one back, and only once",
    "/v1/represented-persons/{person_id}/attachments/{attachment_id}/withdrawal": "takes one back, and only once",
    "/v1/represented-persons/{person_id}/deliveries/{delivery_id}/cancellation": "ends one delivery, and only once",
    "/v1/operator/applications/{application_id}/lease": "takes a case that is free, or is renewed",
    "/v1/operator/applications/{application_id}/release": "gives one case back, and only once",
    "/v1/operator/corrections/{correction_id}/approval": "decides one proposal, and only once",
    "/v1/operator/corrections/{correction_id}/rejection": "decides one proposal, and only once",
    "/v1/operator/person-searches": "asks; the journal must tell of every search",
    "/v1/operator/applications/{application_id}/scans/{scan_id}/views": "asks; the journal must tell of every view",
    "/v1/operator/civil-records/{record_id}/decision": "moves one record, and only once",
    "/v1/represented-persons/{person_id}/termination": "ends one right to act, and only once",
    "/v1/readiness-checks": "asks; every question counts against the limits",
    "/v1/sms-receipts": "tells what became of messages; the same receipt again changes nothing",
    "/v1/validity-checks": "asks; every question counts against the limits",
}
"""The POSTs that need no key, each with its reason."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request that creates; ``other`` is another one of its kind."""

    path: str
    person: str = "citizen"
    body: Any = None
    other_path: str = ""
    other: Any = None


def _correction(world: World) -> Request:
    insured(world)
    body = {"kind": "wrong_sex", "person_id": person_id(world), "reason": REASON, "values": {"sex": "male"}}
    return Request(path=CORRECTIONS, person=FUND, body=body, other={**body, "reason": f"{REASON}!"})


def _reversal(world: World) -> Request:
    insured(world)
    made = corrected(world, "wrong_sex", person_id(world), sex="male")
    path = f"{CORRECTIONS}/{made['id']}/reversal"
    return Request(path=path, person=FUND, body={"reason": REASON}, other={"reason": f"{REASON}!"})


def _export(world: World) -> Request:
    consented(world)
    return Request(path=EXPORTS, other_path=ERASURES, other={"is_sure": True})


def _erasure(world: World) -> Request:
    consented(world)
    return Request(path=ERASURES, body={"is_sure": True}, other_path=EXPORTS)


def _application(world: World) -> Request:
    consented(world)
    return Request(path="/v1/applications", body={"kind": "first_policy"}, other={"kind": "insurer_change"})


def _scan(world: World) -> Request:
    body = {"document": "identity_document", "media_type": "image/png"}
    path = f"/v1/applications/{drafted(world)}/scans"
    return Request(path=path, body=body, other={**body, "media_type": "application/pdf"})


def _signing_code(world: World) -> Request:
    paths = [f"/v1/applications/{prepared(world)}/signing-codes" for _ in range(2)]
    return Request(path=paths[0], other_path=paths[1])


def _submission(world: World) -> Request:
    draft = prepared(world)
    code = coded(world, draft)
    other = f"{(int(code) + 1) % 1_000_000:06d}"
    return Request(path=f"/v1/applications/{draft}/submission", body={"code": code}, other={"code": other})


def _consent(world: World) -> Request:
    version = world.ok("GET", "/v1/consent-text", person=None)["version"]
    return Request(path="/v1/me/consents", body={"version": version}, other={"version": "2019-01"})


def _contact_code(world: World) -> Request:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"phone": "+7 900 000-99-01", "email": "new.box@example.org"})
    return Request(path="/v1/me/contacts/phone/codes", other_path="/v1/me/contacts/email/codes")


def _extract(world: World) -> Request:
    insured(world)
    return Request(path="/v1/me/extracts", body={"bilingual": True}, other={"bilingual": False})


def _policy_code(world: World) -> Request:
    insured(world)
    return Request(path="/v1/me/insurance/codes", body={"days": 3}, other={"days": 3, "with_name": True})


def _resubmission(world: World) -> Request:
    paths = []
    for _ in range(2):
        draft = drafted(world)
        world.ok("POST", f"/v1/applications/{draft}/withdrawal")
        paths.append(f"/v1/applications/{draft}/resubmission")
    return Request(path=paths[0], other_path=paths[1])


def _represented_person(world: World) -> Request:
    consented(world)
    body = {**CHILD, "consent_version": "2026-11"}
    return Request(path="/v1/represented-persons", body=body, other={**body, "given_name": "Олег"})


def _childs_path(world: World, what: str) -> str:
    child = represent(world, "citizen", CHILD)
    carried_out(world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=child)
    return f"/v1/represented-persons/{child}/{what}"


def _insurance_certificate(world: World) -> Request:
    insured(world)
    return Request(path="/v1/me/insurance-certificates", body={"year": 2026}, other={"year": 2025})


def _employer(world: World) -> Request:
    consented(world)
    details = employers.DETAILS
    return Request(path=employers.EMPLOYERS, body=details, other={**details, "powers_number": "1"})


def _employer_request(world: World) -> Request:
    path = f"{employers.EMPLOYERS}/{employers.employer(world)}/certificate-requests"
    return Request(path=path, body={"year": 2026}, other={"year": 2025})


def _staff_list(world: World) -> Request:
    path = f"{employers.request(world, employers.employer(world))}/lists"
    return Request(path=path, body={"media_type": employers.CSV}, other={"media_type": employers.XLSX})


def _childs_insurance_certificate(world: World) -> Request:
    path = _childs_path(world, "insurance-certificates")
    return Request(path=path, body={"year": 2026}, other={"year": 2025})


def _childs_code(world: World) -> Request:
    return Request(path=_childs_path(world, "codes"), body={"days": 3}, other={"days": 4})


def _childs_extract(world: World) -> Request:
    return Request(path=_childs_path(world, "extracts"), body={"bilingual": True}, other={"bilingual": False})


def _newborns_consent(world: World) -> Request:
    mother_insured(world)
    told(world, birth())
    path = f"/v1/represented-persons/{child(world)['person_id']}/consents"
    return Request(path=path, body={"version": "2026-11"}, other={"version": "2019-01"})


def _legacy_policy(world: World) -> Request:
    consented(world)
    number = policy_number_of(region="77", born_on="1990-05-14", sex="female", serial=7)
    body = {"policy_type": "paper", "policy_number": number, "blank_number": "00000000014"}
    return Request(path="/v1/me/legacy-policies", body=body, other={**body, "blank_number": "00000000015"})


def _pickup_code(world: World) -> Request:
    paths = []
    for _ in range(2):
        delivery_id = papers.ordered(world, papers.AT_OFFICE)["id"]
        papers.done(world, delivery_id, "readiness")
        paths.append(f"{papers.OWN}/{delivery_id}/pickup-codes")
    world.sleep(minutes=2)
    return Request(path=paths[0], other_path=paths[1])


def _address_code(world: World) -> Request:
    path = f"{papers.OWN}/{papers.ordered(world, papers.BY_POST)['id']}/address-codes"
    return Request(path=path, body={"address": papers.NEW_ADDRESS}, other={"address": papers.ADDRESS})


def _childs_paper(world: World, path: str, wish: dict[str, str]) -> tuple[str, str]:
    young, sections = ApplicantCategory.CHILD_UNDER_14, {"delivery": wish}
    world.sleep(minutes=2)
    delivery_id = carried_out(world, young, "paper_extract", about=path.split("/")[3], sections=sections)["id"]
    world.sleep(minutes=2)
    return delivery_id, f"{path}/{delivery_id}"


def _childs_pickup_code(world: World) -> Request:
    path, paths = _childs_path(world, "deliveries"), []
    for _ in range(2):
        delivery_id, one = _childs_paper(world, path, papers.AT_OFFICE)
        papers.done(world, delivery_id, "readiness")
        paths.append(f"{one}/pickup-codes")
    world.sleep(minutes=2)
    return Request(path=paths[0], other_path=paths[1])


def _childs_address_code(world: World) -> Request:
    _, one = _childs_paper(world, _childs_path(world, "deliveries"), papers.BY_POST)
    body, other = {"address": papers.NEW_ADDRESS}, {"address": papers.ADDRESS}
    return Request(path=f"{one}/address-codes", body=body, other=other)


def _appeal(world: World) -> Request:
    body = {"subject": "application", "subject_id": refused(world)}
    return Request(path="/v1/appeals", body=body, other={**body, "subject": "delivery"})


def _appeal_document(world: World) -> Request:
    path = f"/v1/appeals/{begun(world, refused(world))}/documents"
    return Request(path=path, body={"media_type": "image/png"}, other={"media_type": "image/jpeg"})


def _attachment(world: World) -> Request:
    clinics.insured(world)
    other = clinics.wish(clinics.SECOND, clinics.OTHER_THERAPIST)
    return Request(path=clinics.OWN, body=clinics.wish(), other=other)


def _childs_attachment(world: World) -> Request:
    clinics.registry(world)
    body = clinics.wish(doctor=clinics.PAEDIATRICIAN)
    other = {**body, "clinic": clinics.CHILDREN, "doctor": "d008"}
    return Request(path=_childs_path(world, "attachments"), body=body, other=other)


def _ticket(world: World) -> Request:
    consented(world)
    return Request(path=tickets.ALL, body=tickets.QUESTION, other={**tickets.QUESTION, "subject": "Другой"})


def _ticket_message(world: World) -> Request:
    path = f"{_opened(world)}/messages"
    return Request(path=path, body={"text": "Ещё вопрос"}, other={"text": "И ещё"})


def _ticket_attachment(world: World) -> Request:
    path = f"{_opened(world)}/attachments"
    return Request(path=path, body={"media_type": "image/png"}, other={"media_type": "image/jpeg"})


def _ticket_answer(world: World) -> Request:
    ticket_id = _opened(world).rpartition("/")[2]
    tickets.work(world, ticket_id, "assignment")
    path = f"/v1/operator/tickets/{ticket_id}/messages"
    return Request(path=path, person="fund", body={"text": "Завтра"}, other={"text": "Послезавтра"})


def _opened(world: World) -> str:
    consented(world)
    return f"{tickets.ALL}/{tickets.opened(world)['id']}"


def _registry_import(world: World) -> Request:
    return Request(
        path="/v1/registry-imports",
        person=FUND,
        body={"media_type": "text/xml"},
        other={"media_type": "application/json"},
    )


def _change_file(world: World) -> Request:
    insured(world)
    return Request(path="/v1/exchange-files", person="operator", body={}, other={"until": "2026-03-16"})


def _fund_answer(world: World) -> Request:
    body = {"name": "p77012_0_03261", "media_type": "text/xml"}
    return Request(path="/v1/fund-answers", person=FUND, body=body, other={**body, "media_type": "application/zip"})


def _appointment(world: World) -> Request:
    clinics.insured(world)
    world.drain()
    body = clinics.APPOINTMENT
    return Request(path=clinics.OWN_APPOINTMENTS, body=body, other={**body, "doctor": clinics.NARROW})


def _childs_appointment(world: World) -> Request:
    clinics.registry(world)
    path, body = _childs_path(world, "appointments"), clinics.APPOINTMENT
    world.drain()
    return Request(path=path, body=body, other={**body, "doctor": clinics.PAEDIATRICIAN})


WEBHOOK = {"url": "https://insurer.example.org/polis"}


def _webhook(_: World) -> Request:
    return Request(path="/v1/webhooks", person="operator", body=WEBHOOK, other={"url": f"{WEBHOOK['url']}/2"})


def _webhook_secret(world: World) -> Request:
    made = world.ok("POST", "/v1/webhooks", person="operator", json=WEBHOOK)
    path = f"/v1/webhooks/{made['id']}/secrets"
    return Request(path=path, person="operator", body={"both_days": 1}, other={"both_days": 0})


def _webhook_replay(world: World) -> Request:
    paths = []
    for _ in range(2):
        made = world.ok("POST", "/v1/webhooks", person="operator", json=WEBHOOK)
        paths.append(f"/v1/webhooks/{made['id']}/replays")
    return Request(path=paths[0], other_path=paths[1], person="operator", body={"after": 0}, other={"after": 0})


CREATING: dict[str, Callable[[World], Request]] = {
    "/v1/registry-imports": _registry_import,
    "/v1/exchange-files": _change_file,
    "/v1/fund-answers": _fund_answer,
    EXPORTS: _export,
    ERASURES: _erasure,
    "/v1/me/appointments": _appointment,
    "/v1/represented-persons/{person_id}/appointments": _childs_appointment,
    "/v1/me/attachments": _attachment,
    "/v1/represented-persons/{person_id}/attachments": _childs_attachment,
    "/v1/operator/corrections": _correction,
    "/v1/operator/corrections/{correction_id}/reversal": _reversal,
    "/v1/tickets": _ticket,
    "/v1/tickets/{ticket_id}/attachments": _ticket_attachment,
    "/v1/tickets/{ticket_id}/messages": _ticket_message,
    "/v1/operator/tickets/{ticket_id}/messages": _ticket_answer,
    "/v1/appeals": _appeal,
    "/v1/appeals/{appeal_id}/documents": _appeal_document,
    "/v1/applications": _application,
    "/v1/applications/{application_id}/scans": _scan,
    "/v1/applications/{application_id}/signing-codes": _signing_code,
    "/v1/applications/{application_id}/submission": _submission,
    "/v1/me/consents": _consent,
    "/v1/me/contacts/{contact}/codes": _contact_code,
    "/v1/me/deliveries/{delivery_id}/address-codes": _address_code,
    "/v1/me/deliveries/{delivery_id}/pickup-codes": _pickup_code,
    "/v1/me/employers": _employer,
    "/v1/webhooks": _webhook,
    "/v1/webhooks/{webhook_id}/secrets": _webhook_secret,
    "/v1/webhooks/{webhook_id}/replays": _webhook_replay,
    "/v1/me/employers/{employer_id}/certificate-requests": _employer_request,
    "/v1/me/employers/{employer_id}/certificate-requests/{request_id}/lists": _staff_list,
    "/v1/me/extracts": _extract,
    "/v1/me/insurance-certificates": _insurance_certificate,
    "/v1/me/insurance/codes": _policy_code,
    "/v1/me/legacy-policies": _legacy_policy,
    "/v1/applications/{application_id}/resubmission": _resubmission,
    "/v1/represented-persons": _represented_person,
    "/v1/represented-persons/{person_id}/codes": _childs_code,
    "/v1/represented-persons/{person_id}/deliveries/{delivery_id}/address-codes": _childs_address_code,
    "/v1/represented-persons/{person_id}/deliveries/{delivery_id}/pickup-codes": _childs_pickup_code,
    "/v1/represented-persons/{person_id}/consents": _newborns_consent,
    "/v1/represented-persons/{person_id}/extracts": _childs_extract,
    "/v1/represented-persons/{person_id}/insurance-certificates": _childs_insurance_certificate,
}

NOT_COMPARED = {"url", "fields"}
"""The form of an upload is signed anew: the first one may have run out."""


def stored() -> dict[tuple[str, str], Any]:
    """Everything in the table, by its key."""
    return {(item["PK"]["S"], item["SK"]["S"]): item for item in memory_table().items.values()}


def waiting(world: World) -> int:
    return sum(len(get_backend("sqs")[ACCOUNT][REGION].queues[queue].messages) for queue in QUEUES)


def send(world: World, request: Request, *, other: bool = False, headers: Any = KEY) -> httpx.Response:
    body = request.other if other else request.body
    path = request.other_path or request.path if other else request.path
    given = {} if body is None else {"json": body}
    return world.call("POST", path, person=request.person, headers=headers, **given)


STEPS_ON_A_CASE = {
    f"/v1/operator/applications/{{application_id}}/{step}" for step in ("clarification", "decision", "verification")
}
"""They create nothing; under the same key they answer as the first time, also when the case has moved on (O2)."""


def compared(answer: httpx.Response) -> Any:
    def without(value: Any) -> Any:
        return {n: without(v) for n, v in value.items() if n not in NOT_COMPARED} if isinstance(value, dict) else value

    return answer.status_code, without(answer.json())


def test_every_post_takes_a_key_or_creates_nothing() -> None:
    import app  # noqa: F401 — declares the routes

    posts = [route for route in registered_routes() if route.method == "POST"]
    assert {route.path for route in posts if route.idempotent} == set(CREATING) | STEPS_ON_A_CASE
    assert {route.path for route in posts if not route.idempotent} == set(CREATE_NOTHING)
    assert {route.path for route in posts if route.status == CREATED} == set(CREATING)


@pytest.mark.parametrize("path", sorted(CREATING))
def test_the_same_request_answers_as_the_first_time_and_creates_nothing(world: World, path: str) -> None:
    request = CREATING[path](world)
    first = send(world, request)
    assert first.status_code == CREATED, first.text
    before, messages_before = stored(), waiting(world)
    at_once = send(world, request)
    world.sleep(hours=23)
    later = send(world, request)

    assert compared(first) == compared(at_once) == compared(later)
    assert stored() == before
    assert waiting(world) == messages_before


@pytest.mark.parametrize("path", sorted(CREATING))
def test_another_request_under_the_key_is_refused_and_creates_nothing(world: World, path: str) -> None:
    request = CREATING[path](world)
    assert send(world, request).status_code == CREATED
    before = stored()
    world.sleep(minutes=2)

    problem(send(world, request, other=True), 422, "rule_refused", "idempotency_key_reused")

    assert stored() == before


@pytest.mark.parametrize("path", sorted(CREATING))
def test_a_key_of_one_person_means_nothing_for_another(world: World, path: str) -> None:
    assert send(world, CREATING[path](world)).status_code == CREATED

    answer = world.call("POST", "/v1/applications", person="insured", json={"kind": "first_policy"}, headers=KEY)

    problem(answer, 422, "rule_refused", "consent_required")


@pytest.mark.parametrize("path", sorted(CREATING))
def test_refuses_a_key_that_is_none(world: World, path: str) -> None:
    request = CREATING[path](world)
    before = stored()
    problem(send(world, request, headers={"Idempotency-Key": "two words"}), 400, "malformed_request")
    assert stored() == before


def test_a_refused_request_uses_no_key(world: World) -> None:
    consented(world)
    path = "/v1/me/contacts/phone/codes"
    problem(world.call("POST", path, headers=KEY), 422, "rule_refused", "nothing_to_confirm")
    world.ok("PATCH", "/v1/me", json={"phone": "+7 900 000-99-01"})

    assert world.call("POST", path, headers=KEY).status_code == CREATED


def test_a_late_copy_does_not_give_a_revoked_consent_anew(world: World) -> None:
    request = _consent(world)
    copies = [{"Idempotency-Key": "first"}, {"Idempotency-Key": "while-it-stands"}]
    for headers in copies:
        assert send(world, request, headers=headers).status_code == CREATED
    world.sleep(hours=1)
    world.ok("POST", "/v1/me/consents/revocation")
    for headers in copies:
        assert send(world, request, headers=headers).json()["has_consent"] is False

    assert [a["action"] for a in actions(world)] == ["erasure_asked", "consent_revoked", "consent_given"]


def test_a_repeated_code_is_the_one_in_the_only_sms(world: World) -> None:
    draft = prepared(world)
    path = f"/v1/applications/{draft}/signing-codes"
    world.ok("POST", path, headers=KEY)
    world.sleep(minutes=2)
    world.ok("POST", path, headers=KEY)
    world.settle()

    (sms,) = world.tools.sms.sent
    assert world.code() in sms.text
    assert world.ok("POST", f"/v1/applications/{draft}/submission", json={"code": world.code()})["number"]


@pytest.mark.parametrize("path", sorted(CREATING))
def test_a_copy_that_comes_at_the_same_moment_creates_nothing(world: World, path: str) -> None:
    request = CREATING[path](world)
    copies: list[httpx.Response] = []

    def overtaken(name: str, phase: str) -> None:
        """Let the copy come in just before the first request writes."""
        if name == "dynamodb.TransactWriteItems" and phase == "before" and not copies:
            copies.append(httpx.Response(500))
            thread = Thread(target=lambda: copies.append(send(world, request)))
            thread.start()
            thread.join()

    aws.add_seam(overtaken)
    try:
        answer = send(world, request)
    finally:
        aws.remove_seam(overtaken)

    assert compared(answer) == compared(copies[-1])
    assert answer.status_code == CREATED
    assert sum(partition.startswith("IDEMPOTENCY#") for partition, _ in stored()) == 1


def test_repeated_requests_for_a_code_use_up_no_limit(world: World) -> None:
    consented(world)
    world.ok("PATCH", "/v1/me", json={"phone": "+7 900 000-99-01"})
    path = "/v1/me/contacts/phone/codes"
    for _ in range(30):
        assert world.call("POST", path, headers=KEY).status_code == CREATED
        world.sleep(minutes=2)

    assert world.call("POST", path).status_code == CREATED


def test_a_repeated_permission_leads_to_one_scan(world: World) -> None:
    draft = drafted(world)
    path = f"/v1/applications/{draft}/scans"
    order = {"document": "identity_document", "media_type": "image/png"}
    permissions = [world.ok("POST", path, json=order, headers=KEY) for _ in range(3)]
    for permission in permissions:
        world.invoke("scan_uploads", world.arrived(permission["upload"]["fields"]["key"], scan()))

    assert [s["state"] for s in application(world, draft)["scans"]] == ["accepted"]
