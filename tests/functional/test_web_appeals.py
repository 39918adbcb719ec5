"""Pages of appeals, support, employers and papers without a browser: what a journey through them does not show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from chalicelib.domain.checks import CheckKind
from tests import appeals, applicants, employers, journeys, papers, tickets
from tests.functional.test_bad_input import UNKNOWN_ID
from tests.visitors import BASE, Visitor

if TYPE_CHECKING:
    from tests.world import World

JSON = {"Accept": "application/json"}


def come(world: World, person: str, *, to: str = "/cabinet") -> Visitor:
    made = Visitor(world)
    made.sign_in(person, to=to)
    return made


def landed(answer) -> str:
    return answer.headers["location"].removeprefix(BASE)


def test_an_appeal_is_begun_once_and_against_a_refusal_of_ones_own(world: World) -> None:
    subject = appeals.refused(world)
    mine, other = come(world, "citizen"), come(world, "later")
    form = mine.open(f"/cabinet/appeals/new?subject=application&of={subject}")
    sent = {"subject": "application", "of": subject}
    first = landed(mine.send("/cabinet/appeals", sent, seen=form))
    assert landed(mine.send("/cabinet/appeals", sent, seen=form)) == first
    again = mine.send(
        "/cabinet/appeals", sent, seen=mine.open(f"/cabinet/appeals/new?subject=application&of={subject}")
    )
    assert (again.status_code, "уже обжалуется" in again.text) == (422, True)
    assert mine.call("GET", "/cabinet/appeals/new?subject=weather&of=1").status_code == 404
    appeal = first.removesuffix("/documents")
    for path in (appeal, first, f"{first}/{UNKNOWN_ID}", f"{first}/{UNKNOWN_ID}/preview"):
        assert other.call("GET", path).status_code == 404, path

    long = mine.send(f"{appeal}/submission", {"reasons": "other", "text": "я" * 4001}, seen=mine.open(appeal))
    assert (long.status_code, "Сократите до 4000 знаков: сейчас 4001" in long.text) == (422, True)
    wrong = mine.send(first, {"media_type": "text/html"}, seen=mine.open(first))
    assert (wrong.status_code, 'id="media_type-error"' in wrong.text) == (422, True)
    permitted = mine.send(first, {"media_type": "image/png"}, seen=mine.open(first), headers=JSON).json()
    assert "success_action_redirect" not in permitted["fields"]
    assert mine.open(f"{first}/{permitted['scan']}", headers=JSON).json()["state"] == "awaiting_upload"
    grounds = {"reasons": "reason_mended", "text": ""}
    early = mine.send(f"{appeal}/submission", grounds, seen=mine.open(appeal))
    assert (early.status_code, "Дождитесь проверки" in early.text) == (422, True)

    withdrawn = mine.send(f"{appeal}/withdrawal", {}, seen=mine.open(appeal))
    assert landed(withdrawn) == f"{appeal}?done=appeal-withdrawn"
    assert landed(mine.call("GET", first)) == appeal
    assert "Обжаловать снова" in mine.open(appeal).text
    late = mine.send(f"{appeal}/submission", grounds, seen=mine.open(appeal))
    assert (late.status_code, "Действие невозможно" in late.text) == (422, True)


def test_the_receipt_of_an_appeal_for_a_child_lies_in_the_childs_folder(world: World) -> None:
    child = applicants.represent(world, "citizen", applicants.CHILD)
    asked = world.ok("POST", f"/v1/represented-persons/{child}/insurance-certificates", json={"year": 2026})
    world.drain()
    filed = appeals.filed(world, asked["id"], subject="insurance_certificate", reasons=["register_error"])
    page = come(world, "citizen").open(f"/cabinet/appeals/{filed['id']}")
    assert f"/cabinet/family/{child}/documents/{filed['receipt_id']}" in page.text


def test_letters_and_messages_lead_to_the_page_on_which_one_goes_on(world: World) -> None:
    ticket = tickets.opened(world)["id"]
    assert tickets.work(world, ticket, "assignment").is_success
    assert tickets.work(world, ticket, "messages", text="Ответ", internal=False).is_success
    appeals.filed(world, appeals.refused(world))
    world.settle()
    letters = " ".join(letter.text for letter in world.tools.email.sent)
    page = come(world, "citizen").open("/cabinet/messages").text
    for path in ("/cabinet/support", "/cabinet/appeals"):
        assert f"{BASE}{path}\n" in letters, path
        assert f'href="{BASE}{path}"' in page, path


def test_an_appeal_that_another_operator_holds_is_not_decided(world: World) -> None:
    appeal = appeals.filed(world, appeals.refused(world))["id"]
    here = f"/operator/appeals/{appeal}"
    assert appeals.work(world, appeal, "lease").is_success
    first = come(world, "second_operator", to="/operator")
    assert landed(first.send(f"{here}/release", {}, seen=first.open(here))) == "/operator/appeals?done=appeal-released"
    barred = come(world, "operator", to="/operator")
    page = barred.send(f"{here}/lease", {}, seen=barred.open(here))
    assert (page.status_code, "Жалобу решает не тот, кто отказал" in page.text) == (422, True)
    unheld = first.send(f"{here}/decision", {"explanation": appeals.EXPLANATION}, seen=first.open(here))
    assert (unheld.status_code, "Сначала возьмите жалобу" in unheld.text) == (422, True)
    taken = first.send(f"{here}/lease", {"explanation": appeals.EXPLANATION}, seen=unheld)
    assert f">{appeals.EXPLANATION}</textarea>" in taken.text


@pytest.mark.parametrize("path", ["/operator/appeals", "/operator/tickets", "/operator/deliveries"])
def test_desks_are_for_operators(world: World, path: str) -> None:
    for person in ("citizen", "auditor", "registrar"):
        assert come(world, person).call("GET", path).status_code == 403, person


def test_a_ticket_is_ones_own_and_takes_no_file_once_it_is_closed(world: World) -> None:
    opened = tickets.opened(world)["id"]
    here, mine = f"/cabinet/support/{opened}", come(world, "citizen")
    assert come(world, "later").call("GET", here).status_code == 404
    files = mine.open(f"{here}/attachments")
    wrong = mine.send(f"{here}/attachments", {"media_type": "x"}, seen=files)
    assert (wrong.status_code, 'id="media_type-error"' in wrong.text) == (422, True)
    empty = mine.send(f"{here}/messages", {"text": " "}, seen=mine.open(here))
    assert (empty.status_code, 'id="text-error"' in empty.text) == (422, True)
    early = mine.send(f"{here}/rating", {"rating": "5", "comment": ""}, seen=mine.open(here))
    assert (early.status_code, "Действие невозможно" in early.text) == (422, True)
    assert landed(mine.send(f"{here}/closure", {}, seen=mine.open(here))) == f"{here}?done=ticket-closed"
    assert landed(mine.call("GET", f"{here}/attachments")) == here
    reopened = mine.send(f"{here}/messages", {"text": "Не решён"}, seen=mine.open(here))
    assert landed(reopened) == f"{here}?done=message-sent"
    assert tickets.ticket(world, opened)["state"] == "open"

    desk = come(world, "fund", to="/operator")
    there = f"/operator/tickets/{opened}"
    hasty = desk.send(f"{there}/messages", {"text": "Ответ", "as": "answer"}, seen=desk.open(there))
    assert (hasty.status_code, "Сначала возьмите обращение" in hasty.text) == (422, True)
    assert desk.send(f"{there}/assignment", {}, seen=desk.open(there)).status_code == 303
    settled = desk.send(f"{there}/closure", {}, seen=desk.open(there))
    assert landed(settled) == "/operator/tickets?done=ticket-settled"


def test_an_employer_is_registered_after_consent_and_its_lists_are_checked(world: World) -> None:
    early = come(world, "later")
    details = {("bank_account" if name == "account" else name): value for name, value in employers.DETAILS.items()}
    refused = early.send("/cabinet/employers", details, seen=early.open("/cabinet/employers/new"))
    assert (refused.status_code, "Открыть согласие" in refused.text) == (422, True)

    journeys.consented(world, person="later")
    world.tools.registers.mismatch(CheckKind.ORGANISATION, "not_authorised")
    made = early.send("/cabinet/employers", details, seen=early.open("/cabinet/employers/new"))
    waiting = early.open(landed(made))
    assert "Проверяем по реестру" in waiting.text
    world.settle()
    mend = re.search(r'href="(/cabinet/employers/new\?like=\w+)"', early.open(landed(made)).text)[1]
    assert f'value="{employers.DETAILS["account"]}"' in early.open(mend).text

    company = employers.employer(world)
    here, mine = f"/cabinet/employers/{company}", come(world, "citizen")
    assert early.call("GET", here).status_code == 404
    form = mine.open(here)
    for fields, field in (({"from_on": ""}, "from_on"), ({"from_on": "16.03.2026", "to_on": "x"}, "to_on")):
        page = mine.send(f"{here}/requests", {"outputs": "pdf", **fields}, seen=form)
        assert (page.status_code, f'id="{field}-error"' in page.text) == (422, True), field
    backwards = {"outputs": "pdf", "from_on": "16.03.2026", "to_on": "01.03.2026"}
    assert "поменяйте их местами" in mine.send(f"{here}/requests", backwards, seen=form).text
    none = mine.send(f"{here}/requests", {"from_on": "16.03.2026"}, seen=form)
    assert 'id="outputs-error"' in none.text
    made = mine.send(f"{here}/requests", {**backwards, "from_on": "01.02.2026"}, seen=form)
    asked = landed(made).partition("?")[0]
    assert "с 01.02.2026 по 01.03.2026" in mine.open(asked).text
    wrong = mine.send(f"{asked}/lists", {"media_type": "text/html"}, seen=mine.open(asked))
    assert (wrong.status_code, "CSV или XLSX" in wrong.text) == (422, True)
    hasty = mine.send(f"{asked}/refresh", {}, seen=mine.open(asked))
    assert (hasty.status_code, "Действие невозможно" in hasty.text) == (422, True)
    assert mine.call("GET", f"{asked}/files/pdf").status_code == 404


def test_a_paper_for_a_representative_is_handed_over_by_a_power_of_attorney(world: World) -> None:
    paper = papers.ordered(world, papers.BY_REPRESENTATIVE)["id"]
    papers.done(world, paper, "readiness")
    here, desk = f"/operator/deliveries/{paper}", come(world, "operator", to="/operator")
    code = {"code": papers.pickup_code(world)}
    missing = desk.send(f"{here}/handover", code, seen=desk.open(here))
    assert (missing.status_code, 'id="powers_number-error"' in missing.text) == (422, True)
    late = desk.send(f"{here}/parcel", {}, seen=desk.open(here))
    assert (late.status_code, "Действие невозможно" in late.text) == (422, True)
    assert landed(desk.send(f"{here}/outcome", {"outcome": "lost"}, seen=desk.open(here))) == here
    given = desk.send(f"{here}/handover", {**code, "powers_number": "77 АВ 1234567"}, seen=desk.open(here))
    assert landed(given) == f"{here}?done=handed-to"
    unknown = desk.send("/operator/deliveries", {"number": "2026-12345678-9"}, seen=desk.open("/operator/deliveries"))
    assert (unknown.status_code, 'id="number-error"' in unknown.text) == (422, True)
