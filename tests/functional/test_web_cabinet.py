"""The citizen's cabinet without a browser: what each page tells, and what it says where something is wrong."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.checks import CheckKind
from chalicelib.domain.kind_rules import KIND_RULES
from chalicelib.domain.matrix import MATRIX
from chalicelib.web.form_fields import asked_paths, field_title, section_of
from chalicelib.web.steps import STEPS, sections_asked
from tests import journeys
from tests.applicants import CHILD, represent
from tests.visitors import Visitor

if TYPE_CHECKING:
    from tests.world import World

LIST = "/cabinet/applications"


@pytest.fixture
def visitor(world: World) -> Visitor:
    """The citizen, with a consent given."""
    journeys.consented(world)
    made = Visitor(world)
    made.sign_in("citizen")
    return made


def to(answer) -> str:
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def text_of(answer) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


@pytest.mark.parametrize("row", MATRIX, ids=lambda row: f"{row.category.value}-{row.kind.value}")
def test_every_field_that_the_matrix_asks_for_stands_on_a_step(row):
    shown = {
        field.path
        for step in STEPS
        for name in sections_asked(step, row)
        for field in section_of(name, row=row, form={}).fields
    }
    asked = {path for path in asked_paths(row) if not path.startswith("representative.")}
    assert asked <= shown
    assert all(field_title(path) != path for path in shown)


@pytest.mark.parametrize("kind", KIND_RULES)
def test_each_kind_that_may_be_filed_begins_with_its_first_step(visitor, kind):
    page = visitor.open(f"{LIST}/new")
    made = visitor.send(LIST, {"kind": kind, "person": "", "category": "citizen_14_plus"}, seen=page)
    assert to(made).endswith("/person")
    assert "Примерова" in visitor.open(to(made)).text


def test_whoever_has_given_no_consent_is_asked_for_it_first(world):
    visitor = Visitor(world)
    visitor.sign_in("later")
    page = visitor.open(f"{LIST}/new?kind=first_policy")
    version = re.search(r'name="version" value="([^"]+)"', page.text)[1]
    refused = visitor.send("/cabinet/consents", {"version": version}, seen=page)
    assert refused.status_code == 422
    agreed = visitor.send("/cabinet/consents", {"version": version, "agree": "yes"}, seen=page)
    assert to(agreed) == f"{LIST}/new?kind=first_policy&done=consent-given"
    assert "Согласие принято" in visitor.open(to(agreed)).text


def test_an_account_that_is_not_confirmed_is_told_how_to_confirm_it(world):
    visitor = Visitor(world)
    visitor.sign_in("unconfirmed")
    page = visitor.open("/cabinet/profile")
    refused = visitor.send(LIST, {"kind": "first_policy", "person": ""}, seen=page)
    assert refused.status_code == 403
    assert "Подтвердите её" in refused.text


def test_another_persons_application_is_not_found(world, visitor):
    journeys.consented(world, person="later")
    draft = journeys.drafted(world, person="later")
    for part in ("", "/person", "/scans", "/sign", "/code"):
        assert visitor.call("GET", f"{LIST}/{draft}{part}").status_code == 404


def test_a_clarification_is_answered_and_a_refusal_filed_again(world):
    person = "citizen"
    world.tools.registers.mismatch(CheckKind.IDENTITY, "surname_differs")
    draft = journeys.prepared(world, person=person)
    journeys.signed(world, draft, person=person)
    world.settle()
    visitor = Visitor(world)
    visitor.sign_in(person)
    page = visitor.open(f"{LIST}/{draft}")
    assert "Требуется уточнение" in page.text
    assert f"{LIST}/{draft}/person#person-family_name" in page.text
    assert "Ответить на уточнение" in visitor.open("/cabinet").text
    withdrawn = visitor.send(f"{LIST}/{draft}/withdrawal", {}, seen=page)
    ended = visitor.open(to(withdrawn))
    assert "Заявление отозвано" in ended.text
    again = visitor.send(f"{LIST}/{draft}/resubmission", {}, seen=ended)
    assert to(visitor.call("GET", to(again))).endswith("/person")


def test_an_upload_is_permitted_only_for_what_is_asked(visitor, world):
    draft = journeys.drafted(world)
    page = visitor.open(f"{LIST}/{draft}/scans")
    wrong = visitor.send(f"{LIST}/{draft}/scans", {"document": "x", "media_type": "image/png"}, seen=page)
    assert wrong.status_code == 422
    fields = {"document": "identity_document", "media_type": "image/png"}
    upload = visitor.send(f"{LIST}/{draft}/scans", fields, seen=page)
    assert f"https://polis.example.org{LIST}/{draft}/scans?uploaded=" in upload.text
    storage = re.search(r'action="(https://[^"/]+)', upload.text)[1]
    assert f"form-action 'self' {storage}" in upload.headers["content-security-policy"]
    order = visitor.send(f"{LIST}/{draft}/scans", fields, seen=page, headers={"Accept": "application/json"}).json()
    assert "success_action_redirect" not in order["fields"]
    state = visitor.open(f"{LIST}/{draft}/scans/{order['scan']}").json()
    assert state["state"] == "awaiting_upload"


def test_a_new_phone_is_confirmed_by_a_code(visitor, world):
    page = visitor.open("/cabinet/profile")
    wrong = visitor.send("/cabinet/profile/contacts/phone", {"phone": "12"}, seen=page)
    assert wrong.status_code == 422
    assert 'id="phone-error"' in wrong.text
    sent = to(visitor.send("/cabinet/profile/contacts/phone", {"phone": "8 900 123-45-67"}, seen=page))
    world.drain(queues=("outbox_relay", "notifications"))
    code = visitor.open(sent)
    path = "/cabinet/profile/contacts/phone/code"
    for bad in ("", "000000"):
        assert visitor.send(path, {"code": bad}, seen=code).status_code == 422
    assert to(visitor.send(path, {"code": f" {world.code()} "}, seen=code)) == "/cabinet/profile?done=confirmed"
    assert "+79001234567" in visitor.open("/cabinet/profile").text


def test_the_address_and_the_notifications_are_changed(visitor, world):
    page = visitor.open("/cabinet/profile")
    address = {"index": "1", "region": "77", "city": "Москва", "street": "", "house": "1", "flat": ""}
    wrong = visitor.send("/cabinet/profile/address", address, seen=page)
    assert (wrong.status_code, 'id="address-index-error"' in wrong.text) == (422, True)
    assert to(visitor.send("/cabinet/profile/address", {**address, "index": "101000"}, seen=page))
    page = visitor.open("/cabinet/profile/notifications")
    kept = visitor.send("/cabinet/profile/notifications", {"policy.email": "yes"}, seen=page)
    shown = visitor.open(to(kept)).text
    assert 'name="policy.email" value="yes" checked' in shown
    assert 'name="application.sms" value="yes" checked' not in shown
    preferences = world.ok("GET", "/v1/me")["preferences"]
    assert preferences["policy_issued.email"] is True
    assert preferences["policy_issued.sms"] is False


def test_a_child_is_added_followed_and_given_up(visitor, world):
    page = visitor.open("/cabinet/family/new")
    empty = visitor.send("/cabinet/family", {}, seen=page)
    assert empty.status_code == 422
    assert "Выберите, кем вы приходитесь" in empty.text
    child = {**CHILD, "agree": "yes"}
    one = to(visitor.send("/cabinet/family", child, seen=page)).partition("?")[0]
    assert "Примеров Егор" in visitor.open(one).text
    assert "Добавлен представляемый" in visitor.open(f"{one}/activity").text
    assert one in visitor.open("/cabinet/family").text
    page = visitor.open(one)
    person_id = one.rpartition("/")[2]
    begun = visitor.send(
        LIST,
        {"kind": "first_policy", "category": "child_under_14", "person": person_id},
        seen=visitor.open(f"{LIST}/new"),
    )
    assert "Представитель" in visitor.open(to(begun)).text
    assert to(visitor.send(f"{one}/termination", {}, seen=page)) == "/cabinet/family?done=ended"
    assert visitor.call("GET", one).status_code == 404


def test_a_code_for_a_time_is_the_same_for_the_same_form(visitor, world):
    journeys.insured(world)
    world.drain()
    page = visitor.open("/cabinet/code")
    assert visitor.send("/cabinet/code", {"days": "99"}, seen=page).status_code == 422
    first, second = (visitor.send("/cabinet/code", {"days": "3"}, seen=visitor.open("/cabinet/code")) for _ in range(2))
    again = visitor.send("/cabinet/code", {"days": "3"}, seen=page)
    assert "Действует до 19.03.2026" in first.text
    assert again.status_code == second.status_code == 200
    card = visitor.open("/cabinet/card")
    assert "<svg" in card.text
    ordered = visitor.send("/cabinet/extracts", {"bilingual": "yes"}, seen=visitor.open("/cabinet/documents"))
    assert "на русском и английском" in visitor.open(to(ordered)).text
    document = re.search(r"/cabinet/documents/[0-9A-Z]{26}", visitor.open("/cabinet/documents").text)[0]
    assert "X-Amz-Signature" in to(visitor.call("GET", document)) or "Signature=" in to(visitor.call("GET", document))


def test_a_policy_of_an_earlier_sample_is_registered(world):
    journeys.consented(world, person="paper_policy")
    visitor = Visitor(world)
    visitor.sign_in("paper_policy")
    page = visitor.open("/cabinet/old-policy")
    assert visitor.send("/cabinet/old-policy", {}, seen=page).status_code == 422
    wrong = {"policy_type": "paper", "policy_number": "1", "blank_number": "1"}
    assert "policy_number-error" in visitor.send("/cabinet/old-policy", wrong, seen=page).text
    right = {"policy_type": "paper", "policy_number": "7757140882900149", "blank_number": "00000000014"}
    registered = visitor.open(to(visitor.send("/cabinet/old-policy", right, seen=page)))
    assert "Бумажный полис" in text_of(registered)


def test_everything_of_ones_own_comes_as_a_file(visitor, world):
    journeys.insured(world)
    represent(world, "citizen", CHILD)
    answer = visitor.open("/cabinet/export")
    assert answer.headers["content-disposition"] == 'attachment; filename="polis-my-data.json"'
    mine = json.loads(answer.text)
    assert mine["profile"]["family_name"] == "Примерова"
    assert len(mine["insurance"]["policies"]) == len(mine["applications"]) == len(mine["represented"]) == 1
    assert mine["messages"]
    assert {"consent_given", "policy_issued"} <= {entry["action"] for entry in mine["activity"]}


def test_the_consent_is_revoked(visitor):
    page = visitor.open("/cabinet/profile")
    revoked = visitor.send("/cabinet/consents/revocation", {}, seen=page)
    assert "Согласие отозвано" in visitor.open(to(revoked)).text
    assert "Согласие на обработку персональных данных" in visitor.open(f"{LIST}/new").text


def test_messages_and_the_journal_come_in_pages(visitor, world):
    for _ in range(12):
        world.ok("POST", "/v1/me/consents/revocation")
        journeys.consented(world)
    world.drain(queues=("outbox_relay", "notifications"))
    for path in ("/cabinet/messages", "/cabinet/activity"):
        more = re.search(rf'href="({path}\?after=[^"]+)"', visitor.open(path).text)[1]
        assert visitor.open(more).text.count("<li>") > 1


def test_pages_of_others_and_of_nothing_are_told_as_pages(visitor):
    for path in ("/cabinet/documents/x", f"{LIST}/x", "/cabinet/family/x", "/cabinet/profile/contacts/x"):
        answer = visitor.call("GET", path)
        assert answer.status_code == 404
        assert answer.headers["content-type"].startswith("text/html")


def test_staff_sees_that_the_cabinet_is_not_theirs(world):
    visitor = Visitor(world)
    visitor.sign_in("operator")
    assert visitor.call("GET", "/cabinet").status_code == 403
