"""Who may do what: every route, every role, with and without a token, on one's own things and on others' (O1)."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.http.routes import signature_of
from tests import appeals, clinics, employers, papers, tickets
from tests.applicants import CHILD, carried_out, represent
from tests.functional.test_bad_input import ROLE_PERSONS, UNKNOWN_ID, label, path_of, routes
from tests.journeys import INSURER_CHANGE, document, insured, policy, problem

if TYPE_CHECKING:
    from chalicelib.http.routes import Route
    from tests.world import World

BODIES: dict[str, dict[str, Any]] = {
    "POST /v1/tickets": {"category": "other", "subject": "Вопрос", "text": "Когда?"},
    "POST /v1/tickets/{ticket_id}/attachments": {"media_type": "image/png"},
    "POST /v1/tickets/{ticket_id}/messages": {"text": "Когда?"},
    "POST /v1/tickets/{ticket_id}/rating": {"rating": 5},
    "POST /v1/operator/tickets/{ticket_id}/attachments/{file_id}/views": {"page": 1},
    "POST /v1/operator/tickets/{ticket_id}/handover": {"note": "Вопрос фонду"},
    "POST /v1/operator/tickets/{ticket_id}/messages": {"text": "Завтра"},
    "POST /v1/appeals": {"subject": "application", "subject_id": UNKNOWN_ID},
    "POST /v1/appeals/{appeal_id}/answer": {"text": appeals.WORDS},
    "POST /v1/appeals/{appeal_id}/documents": {"media_type": "image/png"},
    "POST /v1/appeals/{appeal_id}/second-level": {"text": appeals.WORDS},
    "POST /v1/appeals/{appeal_id}/submission": appeals.GROUNDS,
    "POST /v1/operator/appeals/{appeal_id}/decision": {"uphold": True, "explanation": appeals.EXPLANATION},
    "POST /v1/operator/appeals/{appeal_id}/documents/{evidence_id}/views": {"page": 1},
    "POST /v1/operator/appeals/{appeal_id}/question": {"text": appeals.WORDS},
    "POST /v1/applications": {"kind": "first_policy"},
    "PATCH /v1/applications/{application_id}": {"insurer": {"code": "77012"}},
    "POST /v1/applications/{application_id}/scans": {"document": "identity_document", "media_type": "image/png"},
    "POST /v1/applications/{application_id}/submission": {"code": "123456"},
    "POST /v1/auditor/journal-exports": {"snils": "112-233-445 95"},
    "POST /v1/clinic-searches": {"region": "77"},
    "POST /v1/clinic/attachments/{person_id}/{attachment_id}/decision": {"refusal": ""},
    "POST /v1/fund/clinic-imports": {"source": "F031"},
    "POST /v1/me/appointments": clinics.APPOINTMENT,
    "POST /v1/me/attachments": clinics.wish(),
    "POST /v1/represented-persons/{person_id}/appointments": clinics.APPOINTMENT,
    "POST /v1/represented-persons/{person_id}/attachments": clinics.wish(doctor=clinics.PAEDIATRICIAN),
    "POST /v1/civil-registry/records": {
        "number": "110269770000100012003",
        "version": 1,
        "kind": "annulment",
        "registered_on": "2026-03-01",
        "region": "77",
    },
    "POST /v1/clinic/appointments/{person_id}/{appointment_id}/answer": {"acknowledged": False, "answer": "Нет мест"},
    "POST /v1/clinic/validity-batches": {"csv": "snils\n112-233-445 95"},
    "POST /v1/clinic/validity-checks": {"snils": "112-233-445 95"},
    "POST /v1/form-checks": {"kind": "first_policy", "form": {}},
    "PATCH /v1/me": {"preferences": {}},
    "POST /v1/me/consents": {"version": "2026-11"},
    "POST /v1/me/erasure-requests": {"is_sure": True},
    "POST /v1/me/extracts": {"bilingual": True},
    "POST /v1/me/insurance-certificates": {"year": 2026},
    "POST /v1/me/employers": employers.DETAILS,
    "POST /v1/me/employers/{employer_id}/certificate-requests": {"day": "2026-03-16"},
    "POST /v1/me/employers/{employer_id}/certificate-requests/{request_id}/lists": {"media_type": employers.CSV},
    "POST /v1/me/employer-consents/{organisation_id}/decision": {"state": "given"},
    "POST /v1/me/insurance/codes": {"days": 1},
    "POST /v1/me/legacy-policies": {"policy_type": "old_sample", "number": "1", "region": "77"},
    "POST /v1/me/contacts/{contact}/confirmation": {"code": "123456"},
    "POST /v1/me/deliveries/{delivery_id}/address-codes": {"address": papers.NEW_ADDRESS},
    "POST /v1/me/deliveries/{delivery_id}/address-change": {"address": papers.NEW_ADDRESS, "code": "123456"},
    "POST /v1/operator/applications/{application_id}/clarification": {"fields": ["person.born_on"], "message": "?"},
    "POST /v1/operator/applications/{application_id}/decision": {"approve": True},
    "POST /v1/operator/applications/{application_id}/verification": {},
    "POST /v1/operator/corrections": {
        "kind": "wrong_sex",
        "person_id": UNKNOWN_ID,
        "reason": "Подтверждено копией паспорта",
        "values": {"sex": "male"},
    },
    "POST /v1/operator/corrections/{correction_id}/rejection": {"reason": "Копия не та"},
    "POST /v1/operator/corrections/{correction_id}/reversal": {"reason": "Исправление ошибочно"},
    "POST /v1/operator/person-searches": {"snils": "112-233-445 95"},
    "POST /v1/operator/deliveries/{delivery_id}/dispatch": {"tracking_number": papers.TRACKING_NUMBER},
    "POST /v1/operator/deliveries/{delivery_id}/handover": {"code": "12345678"},
    "POST /v1/operator/deliveries/{delivery_id}/outcome": {"outcome": "delivered"},
    "POST /v1/operator/delivery-searches": {"number": "2026-00000001-8"},
    "POST /v1/operator/civil-records/{record_id}/decision": {"proceed": True},
    "POST /v1/exchange-checks": {
        "name": "s77012_0_03261",
        "content": base64.b64encode(b"<STOPLIST/>").decode(),
    },
    "POST /v1/exchange-files": {},
    "POST /v1/fund-answers": {"name": "p77012_0_03261", "media_type": "text/xml"},
    "POST /v1/registry-imports": {"media_type": "text/xml"},
    "PUT /v1/insurers/{code}/issue-points": {"points": []},
    "PUT /v1/insurers/{code}/ratings/{year}": {"values": {"surveys": 90}},
    "POST /v1/represented-persons": {**CHILD, "consent_version": "2026-11"},
    "POST /v1/represented-persons/{person_id}/consents": {"version": "2026-11"},
    "POST /v1/represented-persons/{person_id}/codes": {"days": 1},
    "POST /v1/represented-persons/{person_id}/deliveries/{delivery_id}/address-codes": {"address": papers.NEW_ADDRESS},
    "POST /v1/represented-persons/{person_id}/deliveries/{delivery_id}/address-change": {
        "address": papers.NEW_ADDRESS,
        "code": "123456",
    },
    "POST /v1/represented-persons/{person_id}/extracts": {"bilingual": True},
    "POST /v1/represented-persons/{person_id}/insurance-certificates": {"year": 2026},
    "POST /v1/operator/applications/{application_id}/scans/{scan_id}/views": {"page": 1},
    "POST /v1/sms-receipts": {"receipts": [{"id": "1", "status": "delivered", "at": "2026-03-16T09:00:00Z"}]},
    "POST /v1/readiness-checks": {"number": "123456789"},
    "POST /v1/webhooks": {"url": "https://insurer.example.org/polis"},
    "POST /v1/webhooks/{webhook_id}/secrets": {},
    "POST /v1/webhooks/{webhook_id}/replays": {"after": 0},
    "POST /v1/validity-checks": {"certificate_number": "123456789", "consent": True},
}
QUERIES = {"GET /v1/clinics": "?region=77", "GET /v1/doctors": "?region=77&speciality=76"}
"""What a list cannot do without."""

PUBLIC = {
    "GET /.well-known/jwks.json",
    "GET /health",
    "GET /v1/challenges",
    "GET /v1/clinics",
    "GET /v1/clinics/{code}",
    "GET /v1/consent-text",
    "GET /v1/dictionaries",
    "GET /v1/dictionaries/{name}",
    "GET /v1/insured-numbers",
    "GET /v1/insurer-comparison",
    "GET /v1/insurer-ratings",
    "GET /v1/doctors",
    "GET /v1/insurers",
    "GET /v1/insurers/{code}",
    "GET /v1/insurers/{code}/branches",
    "GET /v1/insurers/{code}/issue-points",
    "GET /v1/insurers/{code}/ratings",
    "GET /v1/status-lists/{number}",
    "POST /v1/clinic-searches",
    "POST /v1/readiness-checks",
    "POST /v1/sms-receipts",
    "POST /v1/validity-checks",
}


def guarded() -> list[Route]:
    return [route for route in routes() if route.auth]


def send(world: World, route: Route, person: str | None, identifier: str = UNKNOWN_ID, **options: Any) -> Any:
    if signature_of(route.handler).body is not None:
        options["json"] = BODIES[label(route)]
    path = path_of(route, identifier) + QUERIES.get(label(route), "")
    return world.call(route.method, path, person=person, **options)


def test_the_public_routes_are_these_and_no_others() -> None:
    assert {label(route) for route in routes() if not route.auth} == PUBLIC


def test_every_guarded_route_names_its_roles() -> None:
    assert [label(route) for route in guarded() if not route.roles] == []


class TestRoles:
    """Deny by default."""

    @pytest.mark.parametrize("route", guarded(), ids=label)
    def test_needs_a_token(self, shared_world: World, route: Route) -> None:
        for headers in (
            {},
            {"Authorization": "Bearer x.y.z"},
            {"Authorization": "Basic dTpw"},
            {"Authorization": "Bearer " + shared_world.token("citizen")[:-6] + "AAAAAA"},
        ):
            problem(send(shared_world, route, None, headers=headers), 401)

    @pytest.mark.parametrize("route", guarded(), ids=label)
    def test_refuses_every_other_role(self, shared_world: World, route: Route) -> None:
        for role, person in ROLE_PERSONS.items():
            identifier = "phone" if "{contact}" in route.path else UNKNOWN_ID
            answer = send(shared_world, route, person, identifier)
            if role in route.roles:
                assert answer.status_code not in {401, 403}, (role, answer.text)
            else:
                problem(answer, 403, "not_permitted")

    @pytest.mark.parametrize(
        "route", [route for route in guarded() if "citizen" in route.roles and "_id}" in route.path], ids=label
    )
    def test_hides_what_is_another_persons(self, shared_world: World, owned: dict[str, str], route: Route) -> None:
        path = route.path
        if "{person_id}" in path:
            owned = {
                "person_id": owned["child_id"],
                "document_id": owned["childs_document_id"],
                "delivery_id": owned["childs_delivery_id"],
                "attachment_id": owned["childs_attachment_id"],
                "appointment_id": owned["childs_appointment_id"],
                "certificate_id": owned["childs_certificate_id"],
            }
        if path.endswith("/termination"):
            owned = {"person_id": represent(shared_world, "citizen", CHILD)}
        for name, identifier in owned.items():
            path = path.replace(f"{{{name}}}", identifier)
        options = {"json": BODIES[label(route)]} if signature_of(route.handler).body is not None else {}
        problem(shared_world.call(route.method, path, person="insured", **options), 404, "not_found")
        own = shared_world.call(route.method, path, person="citizen", **options)
        assert own.status_code not in {401, 403, 404}, own.text

    def test_shows_each_person_the_own_things_only(self, shared_world: World, owned: dict[str, str]) -> None:
        for path in ("/v1/applications", "/v1/appeals", "/v1/me/activity", "/v1/me/messages"):
            assert shared_world.ok("GET", path, person="insured")["items"] == []
        assert shared_world.ok("GET", "/v1/me/insurance", person="insured") == {
            "policies": [],
            "certificates": [],
            "legacy_policies": [],
            "documents": [],
            "on_day": None,
        }

    @pytest.mark.parametrize("route", [route for route in routes() if not route.auth], ids=label)
    def test_public_routes_need_no_token_and_fear_no_bad_one(self, shared_world: World, route: Route) -> None:
        identifier = "77012" if "{code}" in route.path else "application-states" if "{name}" in route.path else "0"
        for headers in ({}, {"Authorization": "Bearer x.y.z"}):
            answer = send(shared_world, route, None, identifier, headers=headers)
            assert answer.status_code in {200, 404}, answer.text


@pytest.fixture(scope="class")
def owned(shared_world: World) -> dict[str, str]:
    """The ids of what the citizen has."""
    application_id = insured(shared_world)
    shared_world.drain()
    child_id = represent(shared_world, "citizen", CHILD)
    carried_out(shared_world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=child_id)
    shared_world.drain()
    childs_delivery = carried_out(
        shared_world,
        ApplicantCategory.CHILD_UNDER_14,
        "paper_extract",
        about=child_id,
        sections={"delivery": papers.BY_POST},
    )
    certificates = {
        who: shared_world.ok("POST", f"{path}/insurance-certificates", json={"year": 2026})["id"]
        for who, path in (("", "/v1/me"), ("childs_", f"/v1/represented-persons/{child_id}"))
    }
    employer_id = employers.employer(shared_world)
    request = employers.request(shared_world, employer_id)
    number = policy(shared_world)["policy_number"]
    employers.uploaded(shared_world, request, employers.csv(employers.staff_row(shared_world, "citizen", number)))
    shared_world.drain()
    childs = shared_world.ok("GET", f"/v1/represented-persons/{child_id}/insurance")
    clinics.registry(shared_world)
    childs_path = f"/v1/represented-persons/{child_id}/attachments"
    childs_wish = clinics.wish(doctor=clinics.PAEDIATRICIAN)
    scan_id = shared_world.ok("GET", f"/v1/applications/{application_id}")["scans"][0]["id"]
    ticket_id = tickets.opened(shared_world)["id"]
    appeal_id = appeals.begun(shared_world, appeals.refused(shared_world, by="fund", kind=INSURER_CHANGE))
    return {
        "appeal_id": appeal_id,
        "ticket_id": ticket_id,
        "file_id": tickets.attached(shared_world, ticket_id)["id"],
        "evidence_id": appeals.attached(shared_world, appeal_id)["id"],
        "application_id": application_id,
        "scan_id": scan_id,
        "export_id": shared_world.ok("POST", "/v1/me/data-exports")["id"],
        "page": "1",
        "employer_id": employer_id,
        "request_id": request.rpartition("/")[2],
        "organisation_id": shared_world.ok("GET", employers.CONSENTS)["items"][0]["organisation_id"],
        "name": "json",
        "document_id": document(shared_world, "policy")["id"],
        "child_id": child_id,
        "childs_document_id": childs["documents"][0]["id"],
        "delivery_id": papers.ordered(shared_world, papers.BY_POST)["id"],
        "childs_delivery_id": childs_delivery["id"],
        "appointment_id": clinics.appointed(shared_world)["id"],
        "childs_appointment_id": clinics.appointed(shared_world, path=childs_path.replace("attach", "appoint"))["id"],
        "attachment_id": clinics.asked(shared_world)["id"],
        "childs_attachment_id": clinics.asked(shared_world, childs_wish, path=childs_path)["id"],
        **{f"{who}certificate_id": found for who, found in certificates.items()},
    }
