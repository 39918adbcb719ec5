"""Submission signed by a certificate: over the exact bytes that the service gives, by the applicant only (A2, A3)."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.x509.oid import NameOID

from bench.calls import Counter
from chalicelib.domain.checks import CheckKind
from tests.certificates import ANNA, ANNAS_SNILS, SNILS, authority, base64_of, detached, root
from tests.journeys import (
    actions,
    application,
    asked_to_sign,
    coded,
    drafted,
    insured,
    messages,
    prepared,
    problem,
    scan,
    sign,
    submitted,
    wrong_fields,
)

if TYPE_CHECKING:
    import httpx

    from tests.certificates import Holder
    from tests.world import World

ROOT = root()
CENTRE = authority(ROOT)
HOLDER = CENTRE.issue({**ANNA, **ANNAS_SNILS})


@pytest.fixture
def open_world(world: World) -> World:
    """The service as it is where certificates may sign."""
    world.tools.settings = replace(world.tools.settings, signature_trust_anchors=ROOT.pem())
    return world


def content(world: World, draft: str, **options: Any) -> httpx.Response:
    return world.call("GET", f"/v1/applications/{draft}/signing-content", **options)


def send(world: World, draft: str, cms: str, **options: Any) -> httpx.Response:
    return world.call("POST", f"/v1/applications/{draft}/submission", json={"cms": cms}, **options)


def signed(world: World, draft: str, holder: Holder = HOLDER, **options: Any) -> httpx.Response:
    """Fetch what is to be signed, sign exactly that, and submit."""
    answer = content(world, draft)
    assert answer.status_code == 200, answer.text
    return send(world, draft, base64_of(detached(answer.content, holder)), **options)


def refused(answer: httpx.Response, reason: str) -> dict[str, Any]:
    body = problem(answer, 422, "signature_not_accepted", reason)
    assert "Примеров" not in answer.text
    return body


def stored(world: World, draft: str) -> Any:
    return world.tools.store.application_file(application_id=draft)


def test_submits_what_was_signed_without_any_code(open_world: World) -> None:
    draft = prepared(open_world)
    answer = signed(open_world, draft)
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "in_processing"
    assert answer.json()["number"].startswith("2026-")
    assert [m["state"] for m in answer.json()["history"]] == ["draft", "awaiting_signature", "in_processing"]
    open_world.settle()
    assert application(open_world, draft)["state"] == "ready"
    assert not any("код" in sms.text.lower() for sms in open_world.tools.sms.sent)
    assert "application_submitted" in {m["kind"] for m in messages(open_world)}


def test_keeps_the_method_and_the_evidence(open_world: World) -> None:
    draft = prepared(open_world)
    bytes_signed = content(open_world, draft).content
    cms = base64_of(detached(bytes_signed, HOLDER))
    assert send(open_world, draft, cms).status_code == 201
    signature = stored(open_world, draft).application.signature
    assert (signature.method, signature.assurance, signature.evidence) == ("cms", "confirmed", cms)
    assert signature.signed_at == open_world.tools.at
    entry = next(a for a in actions(open_world) if a["action"] == "application_submitted")
    assert entry["details"]["signature"] == "cms"
    verifier = open_world.tools.signatures
    again = verifier.verify(cms=base64.b64decode(signature.evidence), content=bytes_signed, at=signature.signed_at)
    assert again.digest == signature.certificate_digest


def test_a_code_still_signs_and_says_so(open_world: World) -> None:
    draft = submitted(open_world)
    assert stored(open_world, draft).application.signature.method == "sms_code"
    assert next(a for a in actions(open_world))["details"]["signature"] == "sms_code"


def test_gives_the_same_bytes_until_the_application_changes(open_world: World) -> None:
    draft = prepared(open_world)
    first, second = content(open_world, draft), content(open_world, draft)
    assert first.content == second.content
    assert first.headers["content-type"].startswith("application/json")
    assert first.headers["cache-control"] == "no-store"
    told = json.loads(first.content)
    assert told["application_id"] == draft
    assert told["form"]["person"]["family_name"] == "Примерова"
    assert set(told["scans"]) == {"identity_document"}
    assert json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode() == first.content


@pytest.mark.parametrize("change", ["form", "scan"])
def test_refuses_the_signature_of_an_earlier_content(open_world: World, change: str) -> None:
    draft = prepared(open_world)
    cms = base64_of(detached(content(open_world, draft).content, HOLDER))
    if change == "form":
        open_world.ok("PATCH", f"/v1/applications/{draft}", json={"options": {"name_in_qr": "yes"}})
    else:
        open_world.upload(draft, scan())
    refused(send(open_world, draft, cms), "content_changed")
    assert application(open_world, draft)["number"] is None
    assert signed(open_world, draft).status_code == 201


def test_a_signature_is_good_for_one_application_only(open_world: World) -> None:
    one, other = prepared(open_world), prepared(open_world)
    cms = base64_of(detached(content(open_world, one).content, HOLDER))
    refused(send(open_world, other, cms), "content_changed")


def test_answers_a_clarification_with_a_new_signature_only(open_world: World) -> None:
    open_world.tools.registers.mismatch(CheckKind.IDENTITY, "surname_differs")
    draft = prepared(open_world)
    first = base64_of(detached(content(open_world, draft).content, HOLDER))
    assert send(open_world, draft, first).status_code == 201
    open_world.settle()
    assert application(open_world, draft)["state"] == "clarification_required"
    refused(send(open_world, draft, first), "content_changed")
    assert json.loads(content(open_world, draft).content)["turn"] == 2
    answered = signed(open_world, draft)
    assert (answered.status_code, answered.json()["state"]) == (201, "in_processing")


def test_takes_over_from_a_code_that_was_asked_for(open_world: World) -> None:
    draft = prepared(open_world)
    code = coded(open_world, draft)
    assert signed(open_world, draft).status_code == 201
    problem(sign(open_world, draft, code), 409, "state_conflict")
    assert stored(open_world, draft).challenge is None


def test_needs_no_confirmed_phone(open_world: World) -> None:
    draft = prepared(open_world)
    person = open_world.tools.store.person_file(person_id=stored(open_world, draft).application.person_id).person
    work = open_world.tools.store.work(at=open_world.tools.at)
    work.update(replace(person, phone=None))
    work.commit()
    problem(asked_to_sign(open_world, draft), 422, "rule_refused", "phone_not_verified")
    assert signed(open_world, draft).status_code == 201


def test_a_repeated_key_answers_as_the_first_time(open_world: World) -> None:
    draft = prepared(open_world)
    cms = base64_of(detached(content(open_world, draft).content, HOLDER))
    headers = {"Idempotency-Key": "by-certificate"}
    first, again = (send(open_world, draft, cms, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["number"] == again.json()["number"]
    other = base64_of(detached(b"{}", HOLDER))
    problem(send(open_world, draft, other, headers=headers), 422, "rule_refused", "idempotency_key_reused")


def test_a_change_of_insurer_is_signed_alike(open_world: World) -> None:
    insured(open_world)
    open_world.sleep(days=3)
    draft = prepared(open_world, kind="insurer_change")
    assert signed(open_world, draft).status_code == 201
    open_world.settle()
    assert application(open_world, draft)["refusals"] == []
    assert stored(open_world, draft).application.present_policy_id


def test_costs_as_many_calls_as_a_code_and_its_submission_at_most(open_world: World) -> None:
    draft = prepared(open_world)
    cms = base64_of(detached(content(open_world, draft).content, HOLDER))
    assert open_world.tools.secrets.signing_secret  # a cold process reads its secret
    counter = Counter()
    with counter.measuring("content", limit=3):
        content(open_world, draft)
    with counter.measuring("submit", limit=5):
        assert send(open_world, draft, cms).status_code == 201
    assert all(budget.kept for budget in counter.found), counter.found


@pytest.mark.parametrize(
    ("subject", "accepted"),
    [
        (ANNA, True),
        ({NameOID.COMMON_NAME: "Примерова Анна Сергеевна"}, True),
        ({NameOID.COMMON_NAME: "Анна", **ANNAS_SNILS}, True),
        ({**ANNA, SNILS: "90000000283"}, False),
        ({**ANNA, NameOID.GIVEN_NAME: "Мария Сергеевна"}, False),
        ({NameOID.COMMON_NAME: "Иванов Иван Иванович"}, False),
    ],
    ids=["name", "common name", "snils", "other snils", "other name", "stranger"],
)
def test_the_certificate_has_to_be_the_applicants(open_world: World, subject: dict[Any, str], accepted: bool) -> None:
    draft = prepared(open_world)
    answer = signed(open_world, draft, CENTRE.issue(subject, number=30))
    if accepted:
        assert answer.status_code == 201, answer.text
    else:
        refused(answer, "certificate_of_another_person")
        assert application(open_world, draft)["number"] is None
        assert application(open_world, draft)["state"] == "draft"


def test_refuses_a_certificate_of_strangers_and_leaves_the_draft_as_it_was(open_world: World) -> None:
    draft = prepared(open_world)
    before = stored(open_world, draft)
    stranger = authority(root(number=300), number=301).issue({**ANNA, **ANNAS_SNILS}, number=31)
    refused(signed(open_world, draft, stranger), "certificate_not_trusted")
    assert stored(open_world, draft) == before


@pytest.mark.parametrize("cms", ["!", "я", "AAAA", "MIIB", "A" * 32_768, " "])
def test_says_of_what_is_no_signature_that_it_cannot_be_read(open_world: World, cms: str) -> None:
    refused(send(open_world, prepared(open_world), cms), "signature_unreadable")


def test_takes_base64_in_lines(open_world: World) -> None:
    draft = prepared(open_world)
    cms = base64.encodebytes(detached(content(open_world, draft).content, HOLDER)).decode()
    assert "\n" in cms.strip()
    assert send(open_world, draft, cms).status_code == 201


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"code": "required"}),
        ({"code": None, "cms": None}, {"code": "required"}),
        ({"code": "123456", "cms": "AAAA"}, {"cms": "one_signature_required"}),
        ({"code": "12345"}, {"code": "wrong_format"}),
        ({"cms": ""}, {"cms": "too_short"}),
        ({"cms": "A" * 32_769}, {"cms": "too_long"}),
        ({"cms": 5}, {"cms": "not_a_string"}),
        ({"pkcs7": "AAAA"}, {"pkcs7": "unknown_field"}),
    ],
)
def test_asks_for_either_a_code_or_a_signature(open_world: World, body: dict[str, Any], fields: dict[str, str]) -> None:
    draft = drafted(open_world)
    answer = open_world.call("POST", f"/v1/applications/{draft}/submission", json=body)
    assert wrong_fields(problem(answer, 422, "validation_failed")) == fields


class TestOff:
    """As it is delivered: no trust anchor is set."""

    def test_says_that_only_codes_sign(self, world: World) -> None:
        draft = prepared(world)
        for answer in (content(world, draft), send(world, draft, base64_of(detached(b"{}", HOLDER)))):
            body = refused(answer, "signature_not_offered")
            assert "кодом из СМС" in body["detail"]
        assert application(world, draft)["state"] == "draft"


class TestContent:
    """What is given to be signed, and when it is not."""

    def test_names_everything_that_is_missing_first(self, open_world: World) -> None:
        draft = drafted(open_world)
        for answer in (content(open_world, draft), send(open_world, draft, "AAAA")):
            fields = wrong_fields(problem(answer, 422, "validation_failed"))
            assert fields == {"insurer.code": "required", "scans.identity_document": "scan_required"}

    def test_needs_the_consent(self, open_world: World) -> None:
        draft = prepared(open_world)
        cms = base64_of(detached(content(open_world, draft).content, HOLDER))
        open_world.ok("POST", "/v1/me/consents/revocation")
        for answer in (content(open_world, draft), send(open_world, draft, cms)):
            problem(answer, 422, "rule_refused", "consent_required")

    def test_is_not_given_of_what_is_submitted(self, open_world: World) -> None:
        draft = submitted(open_world)
        problem(content(open_world, draft), 409, "state_conflict")
        problem(send(open_world, draft, "AAAA"), 409, "state_conflict")

    def test_is_not_given_to_others(self, open_world: World) -> None:
        draft = prepared(open_world)
        problem(content(open_world, draft, person="insured"), 404, "not_found")
        problem(send(open_world, draft, "AAAA", person="insured"), 404, "not_found")
