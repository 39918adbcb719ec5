"""A person asks for a certificate of insurance and has it within the minute (requirements K1, K3)."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pypdf
import pytest

from chalicelib.domain.application import ApplicantCategory
from tests.applicants import CHILD, carried_out, represent
from tests.cloud import cloud
from tests.corrections import person_id
from tests.journeys import actions, consented, insured, messages, policy, problem, submitted, wrong_fields

if TYPE_CHECKING:
    from tests.world import World

OWN = "/v1/me/insurance-certificates"


def ask(world: World, path: str = OWN, **wish: Any) -> dict[str, Any]:
    asked = world.ok("POST", path, json=wish or {"year": 2026})
    assert (asked["state"], asked["state_title"]) == ("processing", "В обработке")
    world.drain()
    return dict(world.ok("GET", f"{path}/{asked['id']}/details"))


def pdf(world: World, path: str) -> pypdf.PdfReader:
    """Download by the link, as a browser would."""
    link = world.ok("GET", f"{path}/link")["url"]
    assert "Expires=" in link or "X-Amz-Expires=300" in link
    key = link.split("?")[0].rpartition("/documents/")[2]
    body = cloud("s3").get_object(Bucket="polis-documents", Key=f"documents/{key}")["Body"].read()
    return pypdf.PdfReader(io.BytesIO(body))


def text_of(document: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def test_states_the_insurers_of_a_year_and_its_gaps(world: World) -> None:
    insured(world)
    number = policy(world)["policy_number"]
    made = ask(world, year=2026)

    assert (made["state"], made["state_title"]) == ("ready", "Готово к скачиванию")
    assert [step["state_title"] for step in made["history"]] == ["В обработке", "Одобрено", "Готово к скачиванию"]
    assert made["is_continuous"] is False
    gap, since = made["stretches"]
    assert (gap["from_on"], gap["to_on"], gap["insurer_code"]) == ("2026-01-01", "2026-03-15", None)
    assert (since["from_on"], since["to_on"], since["insurer_code"]) == ("2026-03-16", "2026-03-16", "77012")
    document = pdf(world, f"{OWN}/{made['id']}")
    text = text_of(document)
    assert "Застрахован(а) с перерывами" in text
    assert "01.01.2026 – 15.03.2026 Не застрахован(а)" in text
    assert " ".join(number[place : place + 4] for place in range(0, 16, 4)) in text
    assert json.loads(document.attachments["insurance-certificate.json"][0])["number"] == made["number"]
    asked_for = [action["action"] for action in actions(world) if action["action"].startswith("insurance_certificate")]
    assert asked_for == [
        "insurance_certificate_made",
        "insurance_certificate_approved",
        "insurance_certificate_asked",
    ]


def test_its_code_proves_what_it_states_and_leads_a_clinic_to_the_person(world: World) -> None:
    insured(world)
    made = ask(world, day="2026-03-16", bilingual=True)
    assert made["is_continuous"] is True
    text = text_of(pdf(world, f"{OWN}/{made['id']}"))
    assert "Certificate of Compulsory Medical Insurance" in text
    assert "Insured on all days" in text

    documents = world.ok("GET", "/v1/me/insurance")["documents"]
    link = next(d["qr_link"] for d in documents if d["id"] == made["document_id"])
    verdict = world.tools.qr.verify(token=link, at=world.tools.at)
    assert verdict.is_valid
    assert verdict.claims is not None
    assert verdict.claims.number == made["number"]
    stated = verdict.claims.stated
    assert stated is not None
    assert (str(stated.from_on), str(stated.to_on), stated.is_continuous) == ("2026-03-16", "2026-03-16", True)
    found = world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json={"qr": link})
    assert (found["is_insured"], found["qr"]["reason"]) == (True, "valid")


def test_a_letter_brings_a_link_behind_the_sign_in_and_no_document(world: World) -> None:
    insured(world)
    ask(world, month="2026-03", send_by="email")
    letter = world.tools.email.sent[-1]
    assert letter.subject == "Справка о страховании готова"
    known = world.ok("GET", "/v1/me")
    for personal in (known["family_name"], policy(world)["policy_number"], "X-Amz", "documents/"):
        assert personal not in letter.text + letter.html

    before = len(world.tools.email.sent)
    ask(world, month="2026-03")
    assert len(world.tools.email.sent) == before
    assert [message["kind"] for message in messages(world)[:2]] == [
        "insurance_certificate_ready",
        "insurance_certificate_sent",
    ]


def test_a_refusal_names_the_reason_and_the_mend(world: World) -> None:
    problem(world.call("POST", OWN, json={"year": 2026}), 422, "rule_refused", "no_profile")
    consented(world)
    refused = ask(world, year=2026)
    assert (refused["state"], refused["state_title"], refused["number"]) == ("refused", "Отклонено", None)
    assert refused["refusal"]["code"] == "no_policy"
    assert "первый полис" in refused["refusal"]["mend"]
    problem(world.call("GET", f"{OWN}/{refused['id']}/link"), 404)

    submitted(world)
    world.drain()
    refused = ask(world, year=2025)
    assert (refused["refusal"]["code"], refused["refusal"]["possible_on"]) == ("not_insured_in_period", "2026-03-16")
    assert [message["kind"] for message in messages(world)].count("insurance_certificate_refused") == 2
    assert [found["state"] for found in world.ok("GET", OWN)["items"]] == ["refused", "refused"]


def test_a_parent_gets_the_certificate_of_a_child(world: World) -> None:
    consented(world)
    child_id = represent(world, "citizen", CHILD)
    carried_out(world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=child_id)
    path = f"/v1/represented-persons/{child_id}/insurance-certificates"
    made = ask(world, path, year=2026)
    assert made["state"] == "ready"
    assert CHILD["given_name"] in text_of(pdf(world, f"{path}/{made['id']}"))
    assert [found["id"] for found in world.ok("GET", path)["items"]] == [made["id"]]
    assert world.ok("GET", OWN)["items"] == []
    problem(world.call("GET", f"{OWN}/{made['id']}/details"), 404)
    by = {action["by"] for action in world.ok("GET", f"/v1/represented-persons/{child_id}/activity")["items"][:3]}
    assert by == {"representative", "system"}


def test_mistakes_in_the_wish_are_told_together(world: World) -> None:
    insured(world)
    both = {"year": 2026, "month": "2026-01"}
    assert wrong_fields(problem(world.call("POST", OWN, json=both), 422)) == {"period": "one_way_required"}
    late = {"from_on": "2026-04-02", "to_on": "2026-04-01"}
    assert wrong_fields(problem(world.call("POST", OWN, json=late), 422)) == {
        "from_on": "date_in_future",
        "to_on": "ends_before_it_begins",
    }


def test_a_letter_needs_a_confirmed_address(world: World) -> None:
    insured(world)
    child_id = represent(world, "citizen", CHILD)
    file = world.tools.store.person_file(person_id=person_id(world))
    assert file.person is not None
    work = world.tools.store.work(at=world.tools.at)
    work.update(replace(file.person, email=None))
    work.commit()
    for path in (OWN, f"/v1/represented-persons/{child_id}/insurance-certificates"):
        answer = world.call("POST", path, json={"year": 2026, "send_by": "email"})
        assert wrong_fields(problem(answer, 422)) == {"send_by": "email_not_confirmed"}


def test_the_message_that_comes_twice_decides_once(world: World) -> None:
    insured(world)
    world.ok("POST", OWN, json={"year": 2026})
    world.drain()
    asked = [body for queue, body in world.delivered if queue == "documents" and "certificate_id" in body]
    (before,) = world.ok("GET", OWN)["items"]
    world.invoke("documents", asked[-1])
    world.drain()
    assert world.ok("GET", OWN)["items"] == [before]
    unknown = {"id": "1", "body": {"person_id": "nobody", "certificate_id": "none"}}
    with pytest.raises(Exception, match="Справка не найдена"):
        world.invoke("documents", json.dumps(unknown))
