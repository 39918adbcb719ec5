"""Pages of certificates, clinics and papers, where a browser's journey does not go (A6, F8, J2, K1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import applicants, clinics, journeys, papers
from tests.functional.test_bad_input import UNKNOWN_ID
from tests.visitors import BASE, Visitor

if TYPE_CHECKING:
    from tests.world import World

CERTIFICATES, ATTACHMENTS, PAPERS = "/cabinet/certificates", "/cabinet/attachments", "/cabinet/papers"
APPOINTMENTS = "/cabinet/appointments"
ADDRESS = {f"address.{name}": value for name, value in clinics.HOME.items()}


@pytest.fixture
def visitor(world: World) -> Visitor:
    made = Visitor(world)
    made.sign_in("citizen")
    return made


def test_who_has_no_profile_is_led_to_the_consent(visitor: Visitor) -> None:
    page = visitor.open(f"{CERTIFICATES}/new")
    wish = {"way": "day", "day": "16.03.2026", "send_by": "download"}
    refused = visitor.send(CERTIFICATES, wish, seen=page)
    assert refused.status_code == 422
    assert 'href="/cabinet/applications/new">Дать согласие</a>' in refused.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"way": "month", "month": "13.2026"}, "например 03.2026, не раньше 1993 года"),
        ({"way": "month", "month": "12.1992"}, "например 03.2026, не раньше 1993 года"),
        ({"way": "year", "year": "26"}, "Укажите год четырьмя цифрами"),
        ({"way": "day", "day": ""}, "Укажите день, месяц и год"),
        ({"way": "day", "day": "17.03.2026"}, "Период ещё не начался"),
        ({"way": "year", "year": "2026", "send_by": "pigeon"}, "Выберите, как получить справку"),
    ],
    ids=str,
)
def test_mistakes_in_the_days_are_told_in_the_words_of_the_page(world: World, visitor: Visitor, typed, told) -> None:
    journeys.consented(world)
    page = visitor.open(f"{CERTIFICATES}/new")
    refused = visitor.send(CERTIFICATES, {"send_by": "download", **typed}, seen=page)
    assert (refused.status_code, told in refused.text) == (422, True)
    assert world.ok("GET", "/v1/me/insurance-certificates")["items"] == []


def test_a_month_and_a_letter_are_asked_for_as_typed(world: World, visitor: Visitor) -> None:
    journeys.consented(world)
    page = visitor.open(f"{CERTIFICATES}/new")
    wish = {"way": "month", "month": "3.2026", "day": "nonsense of another way", "send_by": "email", "bilingual": "yes"}
    for _ in range(2):
        assert visitor.send(CERTIFICATES, wish, seen=page).status_code == 303
    (asked,) = world.ok("GET", "/v1/me/insurance-certificates")["items"]
    assert (asked["from_on"], asked["to_on"]) == ("2026-03-01", "2026-03-16")
    assert (asked["bilingual"], asked["send_by"]) == (True, "email")
    world.settle()
    world.drain(queues=("documents", "outbox_relay", "notifications"))
    assert f"{BASE}{CERTIFICATES}\n" in world.tools.email.sent[-1].text


def test_a_child_is_attached_to_a_doctor_for_children(world: World, visitor: Visitor) -> None:
    clinics.registry(world)
    child = applicants.represent(world, "citizen", applicants.CHILD)
    about = f"?for={child}"
    page = visitor.open(f"/cabinet/clinics/{clinics.FIRST}{about}")
    assert ("Детская Анна" in page.text, "Лечебников" in page.text) == (True, False)
    wish = {"doctor": clinics.PAEDIATRICIAN, "reason": "by_wish", **ADDRESS}
    refused = visitor.send(ATTACHMENTS, wish, seen=page)
    assert (refused.status_code, "с действующим полисом" in refused.text) == (422, True)
    assert f"kind=first_policy&amp;for={child}" in refused.text

    carried = applicants.carried_out(world, applicants.C.CHILD_UNDER_14, "first_policy", about=child)
    assert carried["state"] == "ready"
    asked = visitor.send(ATTACHMENTS, wish, seen=refused)
    path = asked.headers["location"].removeprefix(BASE)
    assert path.endswith(f"{about}&done=attachment-asked")
    assert applicants.CHILD["given_name"] in visitor.open(path).text
    assert world.ok("GET", clinics.OWN)["items"] == []
    for foreign in (path.partition("?")[0], path.replace(child, UNKNOWN_ID)):
        assert visitor.call("GET", foreign).status_code == 404
    assert "Здесь нет врачей" in visitor.open(f"/cabinet/clinics/540001{about}").text


def test_a_second_request_waits_for_the_first(world: World, visitor: Visitor) -> None:
    clinics.insured(world)
    clinics.asked(world)
    page = visitor.open(f"/cabinet/clinics/{clinics.SECOND}")
    wish = {"doctor": clinics.OTHER_THERAPIST, "reason": "by_wish", **ADDRESS}
    refused = visitor.send(ATTACHMENTS, wish, seen=page)
    assert (refused.status_code, "уже рассматривается" in refused.text) == (422, True)


def test_clinics_of_another_region_are_found_by_name(world: World, visitor: Visitor) -> None:
    clinics.registry(world)
    path = "/cabinet/clinics/search?region=16&name="
    assert "ГАУЗ" in visitor.open(f"{path}поликлиника").text
    assert "Ничего не нашлось" in visitor.open(f"{path}нет такой").text
    assert "ГБУЗ" in visitor.open("/cabinet/clinics/search?region=00").text


@pytest.mark.parametrize("path", [CERTIFICATES, ATTACHMENTS, PAPERS])
def test_what_is_not_there_or_another_s_is_not_found(world: World, visitor: Visitor, path: str) -> None:
    journeys.consented(world)
    for name in (UNKNOWN_ID, "x", f"{UNKNOWN_ID}?for={UNKNOWN_ID}"):
        assert visitor.call("GET", f"{path}/{name}").status_code == 404


def test_a_paper_by_post_shows_the_number_of_the_post(world: World, visitor: Visitor) -> None:
    order = papers.ordered(world, papers.BY_POST)["id"]
    papers.done(world, order, "parcel", settled=False)
    papers.done(world, order, "dispatch", settled=False, tracking_number=papers.TRACKING_NUMBER)
    page = visitor.open(f"{PAPERS}/{order}").text
    assert f"https://www.pochta.ru/tracking?barcode={papers.TRACKING_NUMBER}" in page
    assert "/cancellation" not in page
    assert papers.TRACKING_NUMBER in visitor.open(PAPERS).text
    assert visitor.send(f"{PAPERS}/{order}/cancellation", {}, seen=visitor.open(PAPERS)).status_code == 409


def test_an_appointment_needs_proof_and_is_withdrawn_until_it_is_answered(world: World, visitor: Visitor) -> None:
    clinics.registry(world)
    journeys.consented(world)
    form = f"{APPOINTMENTS}/{clinics.FIRST}"
    wish = {"doctor": "d005", "wished_from": "18.03.2026", "wished_until": "25.03.2026"}
    refused = visitor.send(APPOINTMENTS, wish, seen=visitor.open(form))
    assert (refused.status_code, "выписка о полисе" in refused.text) == (422, True)
    journeys.insured(world)
    world.drain()
    page = visitor.open(form)
    for _ in range(2):
        assert visitor.send(APPOINTMENTS, wish, seen=page).status_code == 303
    (asked,) = world.ok("GET", clinics.OWN_APPOINTMENTS)["items"]
    listed = visitor.open(APPOINTMENTS)
    assert "Кардиологов Илья Примерович, Кардиология" in listed.text
    assert visitor.send(f"{APPOINTMENTS}/{asked['id']}/withdrawal", {}, seen=listed).status_code == 303
    assert "Отозвано" in visitor.open(APPOINTMENTS).text
    assert visitor.send(f"{APPOINTMENTS}/{UNKNOWN_ID}/withdrawal", {}, seen=listed).status_code == 404
