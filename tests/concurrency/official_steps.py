"""How each POST of an operator, a clinic, a registry or anybody is brought to where its request has an effect."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.fhir import SNILS as SNILS_SYSTEM
from chalicelib.domain.webhook_signature import signed_headers
from infra.local.clinics_sample import clinics_rows
from infra.local.text_aggregator import receipt_request
from tests import appeals, cases, corrections, exchange, newborns, papers, tickets
from tests.concurrency.step import Step
from tests.journeys import consented, insured

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world import World

RECEIPTS_SECRET = "c2VjcmV0IG9mIHRoZSBzZWNvbmQgcHJvdmlkZXI="
SNILS = {"snils": "900-000-001 82"}
FHIR = {"headers": {"Content-Type": "application/fhir+json"}}
WORDS = {"text": "Завтра"}
CASE, OPERATORS_APPEAL = "/v1/operator/applications/{application_id}", "/v1/operator/appeals/{appeal_id}"
OPERATORS_TICKET = "/v1/operator/tickets/{ticket_id}"
PAPER = "/v1/operator/deliveries/{delivery_id}"
PARCEL, SENT = ("parcel",), ("parcel", "dispatch")
NUMBER = {"tracking_number": papers.TRACKING_NUMBER}
FORM = {"data": {"identifier": f"{SNILS_SYSTEM}|900-000-001 82"}}
QUESTION = {
    "resourceType": "CoverageEligibilityRequest",
    "status": "active",
    "purpose": ["validation"],
    "created": "2026-03-16T09:00:00Z",
    "insurer": {"display": "ТФОМС"},
    "priority": {"text": "обычный"},
    "patient": {"identifier": {"system": SNILS_SYSTEM, "value": "900-000-001 82"}},
}


def _asks(path: str, person: str | None, body: Any = None, **options: Any) -> Callable[[World], Step]:
    """A question about the insured citizen."""

    def stage(world: World) -> Step:
        insured(world)
        return Step(path=path, person=person, body=body, options=options)

    return stage


def _receipts(world: World) -> Step:
    """What a provider tells of a message that nobody knows any more: taken, and passed over."""
    world.tools.sms_receipt_secrets = (RECEIPTS_SECRET,)
    at = world.tools.at - timedelta(hours=1)
    body = receipt_request([{"id": "agg-1", "reference": "", "to": ""}], at=at)
    signed = signed_headers(secrets=[RECEIPTS_SECRET], event_id="r-1", at=world.tools.at, body=body)
    headers = {**signed, "Content-Type": "application/json"}
    return Step(path="/v1/sms-receipts", person=None, options={"content": body, "headers": headers})


def _on_ticket(step: str, *, taken: bool = True, **body: Any) -> Callable[[World], Step]:
    """A step of the fund's operator on a ticket."""

    def stage(world: World) -> Step:
        consented(world)
        ticket_id = tickets.opened(world)["id"]
        if taken:
            assert tickets.work(world, ticket_id, "assignment").is_success
        return Step(path=f"/v1/operator/tickets/{ticket_id}/{step}", person="fund", body=body or None)

    return stage


def _ticket_view(world: World) -> Step:
    consented(world)
    ticket_id = tickets.opened(world)["id"]
    file_id = tickets.attached(world, ticket_id)["id"]
    assert tickets.work(world, ticket_id, "assignment").is_success
    path = f"/v1/operator/tickets/{ticket_id}/attachments/{file_id}/views"
    return Step(path=path, person="fund", body={"page": 1})


def _on_appeal(step: str, *, taken: bool = True, **body: Any) -> Callable[[World], Step]:
    """A step of the second operator on an appeal."""

    def stage(world: World) -> Step:
        appeal_id = appeals.filed(world, appeals.refused(world))["id"]
        if taken:
            assert appeals.work(world, appeal_id, "lease").is_success
        return Step(path=f"/v1/operator/appeals/{appeal_id}/{step}", person="second_operator", body=body or None)

    return stage


def _evidence_view(world: World) -> Step:
    appeal_id = appeals.begun(world, appeals.refused(world))
    evidence_id = appeals.attached(world, appeal_id)["id"]
    world.ok("POST", f"/v1/appeals/{appeal_id}/submission", json=appeals.GROUNDS)
    path = f"/v1/operator/appeals/{appeal_id}/documents/{evidence_id}/views"
    return Step(path=path, person="second_operator", body={"page": 1})


def _on_case(step: str, *, taken: bool, **body: Any) -> Callable[[World], Step]:
    """A step of the operator on a case that waits."""

    def stage(world: World) -> Step:
        application_id = cases.left_to_operator(world)
        if taken:
            cases.taken(world, application_id)
        return Step(path=cases.path(application_id, step), person=cases.OPERATOR, body=body or None)

    return stage


def _verification(world: World) -> Step:
    """Asked for after the applicant has mended what was asked about."""
    application_id = cases.taken(world, cases.left_to_operator(world))
    return Step(path=cases.path(application_id, "verification"), person=cases.OPERATOR, body={})


def _scan_view(world: World) -> Step:
    application_id = cases.left_to_operator(world)
    scan = world.ok("GET", f"/v1/applications/{application_id}")["scans"][0]
    path = cases.path(application_id, f"scans/{scan['id']}/views")
    return Step(path=path, person=cases.OPERATOR, body={"page": 1})


def _clinic_import(world: World) -> Step:
    consented(world)
    return Step(path="/v1/fund/clinic-imports", person="administrator", body=clinics_rows())


def _on_paper(step: str, wish: dict[str, str], *done: str, **body: str) -> Callable[[World], Step]:
    """A step of the operator on a paper, after those before."""

    def stage(world: World) -> Step:
        delivery_id = papers.ordered(world, wish)["id"]
        for what in done:
            number = {"tracking_number": papers.TRACKING_NUMBER} if what == "dispatch" else {}
            papers.done(world, delivery_id, what, **number)
        path = f"{papers.OPERATORS}/{delivery_id}/{step}"
        code = {"code": papers.pickup_code(world)} if step == "handover" else {}
        return Step(path=path, person="operator", body={**body, **code} or None)

    return stage


def _delivery_search(world: World) -> Step:
    number = papers.ordered(world, papers.BY_POST)["application_number"]
    return Step(path="/v1/operator/delivery-searches", person="operator", body={"number": number})


def _change_file_sent(world: World) -> Step:
    insured(world)
    return Step(path=f"{exchange.FILES}/{exchange.made(world)['name']}/dispatch", person=exchange.OPERATOR)


def _record_again(world: World) -> Step:
    insured(world)
    name = exchange.made(world)["name"]
    (op,) = exchange.operations(exchange.content(world, name))
    world.ok("POST", f"{exchange.FILES}/{name}/dispatch", person=exchange.OPERATOR)
    exchange.taken_in(world, "p77012_0_03261", exchange.protocol(name, exchange.reply(op, "2", "Не найден")))
    (refused,) = world.ok("GET", exchange.RECORDS, person=exchange.OPERATOR)["items"]
    return Step(path=f"{exchange.RECORDS}/{refused['id']}/resubmission", person=exchange.OPERATOR)


def _exchange_check(world: World) -> Step:
    consented(world)
    content = base64.b64encode(exchange.stop_list("s77012_0_03261")).decode()
    body = {"name": "s77012_0_03261", "content": content}
    return Step(path="/v1/exchange-checks", person=exchange.OPERATOR, body=body)


def _on_correction(step: str, **body: str) -> Callable[[World], Step]:
    """The second pair of eyes."""

    def stage(world: World) -> Step:
        insured(world)
        made = corrections.proposed(world, "wrong_sex", corrections.person_id(world), sex="male")
        path = f"{corrections.CORRECTIONS}/{made['id']}/{step}"
        return Step(path=path, person=corrections.SECOND_FUND, body=body or None)

    return stage


def _birth(world: World) -> Step:
    newborns.mother_insured(world)
    return Step(path=newborns.RECORDS, person="civil_registry", body=newborns.birth())


def _birth_case(world: World) -> Step:
    newborns.mother_insured(world)
    abroad = {**newborns.CERTIFICATE, "type": "24", "series": "ABC", "number": "777"}
    newborns.told(world, newborns.birth(kind="foreign", child={"certificate": abroad}))
    (waiting,) = newborns.cases(world)
    return Step(path=f"{newborns.CASES}/{waiting['record_id']}/decision", person="fund", body={"proceed": True})


OFFICIAL: dict[str, Callable[[World], Step]] = {
    f"{OPERATORS_TICKET}/assignment": _on_ticket("assignment", taken=False),
    f"{OPERATORS_TICKET}/attachments/{{file_id}}/views": _ticket_view,
    f"{OPERATORS_TICKET}/closure": _on_ticket("closure"),
    f"{OPERATORS_TICKET}/handover": _on_ticket("handover", note="Коллеге"),
    f"{OPERATORS_APPEAL}/decision": _on_appeal("decision", uphold=False, explanation=appeals.EXPLANATION),
    f"{OPERATORS_APPEAL}/documents/{{evidence_id}}/views": _evidence_view,
    f"{OPERATORS_APPEAL}/lease": _on_appeal("lease", taken=False),
    f"{OPERATORS_APPEAL}/question": _on_appeal("question", text=appeals.WORDS),
    f"{OPERATORS_APPEAL}/release": _on_appeal("release"),
    "/v1/auditor/journal-exports": _asks("/v1/auditor/journal-exports", "auditor", SNILS),
    "/v1/civil-registry/records": _birth,
    "/v1/clinic-searches": _asks("/v1/clinic-searches", None, {"region": "77"}),
    "/v1/clinic/validity-batches": _asks(
        "/v1/clinic/validity-batches", "registrar", {"csv": "snils\n900-000-001 82\n112-233-445 95"}
    ),
    "/v1/clinic/validity-checks": _asks("/v1/clinic/validity-checks", "registrar", SNILS),
    "/v1/sms-receipts": _receipts,
    "/fhir/r4/Organization/_search": _asks("/fhir/r4/Organization/_search", "registrar", data={"name": "согаз"}),
    "/fhir/r4/Coverage/_search": _asks("/fhir/r4/Coverage/_search", "registrar", **FORM),
    "/fhir/r4/CoverageEligibilityRequest/{operation}": _asks(
        "/fhir/r4/CoverageEligibilityRequest/$submit", "registrar", QUESTION, **FHIR
    ),
    "/fhir/r4/Patient/_search": _asks("/fhir/r4/Patient/_search", "registrar", **FORM),
    "/v1/fund/clinic-imports": _clinic_import,
    "/v1/exchange-checks": _exchange_check,
    "/v1/exchange-files/{name}/dispatch": _change_file_sent,
    "/v1/exchange-records/{record_id}/resubmission": _record_again,
    f"{PAPER}/dispatch": _on_paper("dispatch", papers.BY_POST, *PARCEL, **NUMBER),
    f"{PAPER}/handover": _on_paper("handover", papers.AT_OFFICE, "readiness"),
    f"{PAPER}/outcome": _on_paper("outcome", papers.BY_POST, *SENT, outcome="delivered"),
    f"{PAPER}/parcel": _on_paper("parcel", papers.BY_POST),
    f"{PAPER}/readiness": _on_paper("readiness", papers.AT_OFFICE),
    "/v1/operator/delivery-searches": _delivery_search,
    f"{CASE}/lease": _on_case("lease", taken=False),
    f"{CASE}/release": _on_case("release", taken=True),
    f"{CASE}/clarification": _on_case("clarification", taken=True, fields=["person.birthplace"], message="Уточните"),
    f"{CASE}/decision": _on_case("decision", taken=True, approve=False, reasons=[{"code": "missing_document"}]),
    f"{CASE}/verification": _verification,
    f"{CASE}/scans/{{scan_id}}/views": _scan_view,
    "/v1/operator/corrections/{correction_id}/approval": _on_correction("approval"),
    "/v1/operator/corrections/{correction_id}/rejection": _on_correction("rejection", reason="Копия не та"),
    "/v1/operator/person-searches": _asks("/v1/operator/person-searches", "operator", SNILS),
    "/v1/operator/civil-records/{record_id}/decision": _birth_case,
}
