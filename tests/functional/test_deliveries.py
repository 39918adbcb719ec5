"""An extract on paper, ordered, followed, cancelled and sent elsewhere by its person (requirements B2, F3, F8)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from infra.local.persons import PERSONS
from tests import journeys, papers
from tests.applicants import CHILD, carried_out, represent
from tests.journeys import problem, wrong_fields
from tests.papers import ADDRESS, AT_OFFICE, BY_POST, NEW_ADDRESS, OPERATORS, OWN, TRACKING_NUMBER

if TYPE_CHECKING:
    from tests.world import World


def person_does(world: World, delivery_id: str, what: str, **body: Any) -> Any:
    options = {"json": body} if body else {}
    return world.call("POST", f"{OWN}/{delivery_id}/{what}", **options)


class TestOrder:
    """The application is complete at once, the delivery goes on by itself."""

    def test_orders_a_fresh_extract_and_its_delivery(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)

        application = journeys.application(world, delivery["id"])
        assert (application["state"], application["kind"]) == ("ready", "paper_extract")
        assert delivery["application_number"] == application["number"]
        assert (delivery["state"], delivery["state_title"], delivery["method_title"]) == (
            "ordered",
            "Заказана",
            "Почтой",
        )
        assert delivery["address_line"] == "101000, Москва, ул. Примерная, 1, кв. 10"
        assert delivery["recipient_name"] == "Примерова Анна Сергеевна"
        world.drain()
        extract = journeys.document(world, "extract")
        assert (extract["id"], extract["is_ready"]) == (delivery["document_id"], True)
        assert papers.told(world)[-2:] == ["application_submitted", "extract_ordered"]
        assert papers.noted(world) == ["delivery_ordered system"]
        assert world.ok("GET", OWN)["items"] == [delivery]

    def test_counts_its_days_by_the_production_calendar(self, world: World) -> None:
        by_post = papers.ordered(world, BY_POST)
        at_office = papers.ordered(world, AT_OFFICE)

        # Monday, 16 March 2026, without holidays in the two weeks that follow.
        assert (by_post["expected_on"], by_post["due_on"]) == ("2026-03-25", "2026-03-30")
        assert (at_office["expected_on"], at_office["due_on"]) == ("2026-03-16", "2026-03-23")
        assert (at_office["office"], at_office["address"], at_office["address_line"]) == ("001", {}, "")

    def test_takes_over_a_policy_that_only_the_register_knows(self, world: World) -> None:
        person = next(person for person in PERSONS if person.key == "insured")
        register = {"enp": person.insured.enp, "insurer_code": "77012", "insured_from": person.insured.insured_from}
        world.tools.registers.confirmed(CheckKind.INSURED_PERSON, **register)
        draft = journeys.drafted(world, person="insured", kind="paper_extract")
        sections = {"insurer": {"code": "77012"}, "delivery": BY_POST}
        world.ok("PATCH", f"/v1/applications/{draft}", person="insured", json=sections)
        world.upload(draft, journeys.scan(), person="insured")
        journeys.signed(world, draft, person="insured")
        world.drain()

        assert journeys.application(world, draft, person="insured")["state"] == "ready"
        policy = journeys.policy(world, person="insured")
        assert (policy["policy_number"], policy["state"]) == (person.insured.enp, "active")
        (delivery,) = world.ok("GET", OWN, person="insured")["items"]
        extract = journeys.document(world, "extract", person="insured")
        assert (extract["id"], extract["is_ready"]) == (delivery["document_id"], True)
        question = {"policy_number": person.insured.enp, "born_on": person.born_on, "consent": True}
        assert world.ok("POST", "/v1/validity-checks", person=None, json=question)["status"] == "valid"

    def test_allows_three_at_a_time(self, world: World) -> None:
        first = papers.ordered(world, BY_POST)
        for _ in range(2):
            papers.ordered(world, BY_POST)
        draft = journeys.drafted(world, kind="paper_extract")
        world.ok("PATCH", f"/v1/applications/{draft}", json={"delivery": BY_POST})
        world.upload(draft, journeys.scan())
        problem(journeys.asked_to_sign(world, draft), 422, "rule_refused", "too_many_deliveries")

        assert person_does(world, first["id"], "cancellation").status_code == 200
        assert journeys.asked_to_sign(world, draft).status_code == 201

    def test_lists_page_by_page_newest_first(self, world: World) -> None:
        first, second = papers.ordered(world, BY_POST), papers.ordered(world, AT_OFFICE)

        page = world.ok("GET", f"{OWN}?limit=1")
        assert [one["id"] for one in page["items"]] == [second["id"]]
        rest = world.ok("GET", f"{OWN}?limit=1&cursor={page['next_cursor']}")
        assert [one["id"] for one in rest["items"]] == [first["id"]]
        last = world.ok("GET", f"{OWN}?limit=2")
        assert last["next_cursor"] is None or not world.ok("GET", f"{OWN}?cursor={last['next_cursor']}")["items"]


class TestForm:
    """What the section of the form demands, and what it refuses."""

    @pytest.mark.parametrize(
        ("section", "wrong"),
        [
            ({}, {"delivery.method": "required", "delivery.recipient": "required"}),
            (
                {"method": "post", "recipient": "self"},
                {f"delivery.{part}": "required" for part in ("index", "region", "city", "house")},
            ),
            ({**BY_POST, "index": "10100"}, {"delivery.index": "address_index"}),
            ({"method": "office", "recipient": "self"}, {}),
            ({"method": "office", "recipient": "representative"}, {"delivery.recipient_name": "required"}),
            ({**AT_OFFICE, "recipient": "neighbour"}, {"delivery.recipient": "not_in_list"}),
            ({**AT_OFFICE, "method": "dove"}, {"delivery.method": "not_in_list"}),
            ({**AT_OFFICE, "office": "пункт № 1"}, {"delivery.office": "office_code"}),
            ({**papers.BY_REPRESENTATIVE, "recipient_name": "Алексей"}, {"delivery.recipient_name": "name_not_full"}),
            ({**papers.BY_REPRESENTATIVE, "recipient_name": "Ivanov Ivan"}, {"delivery.recipient_name": "name_latin"}),
            (papers.BY_REPRESENTATIVE, {}),
        ],
    )
    def test_every_mistake_is_named(self, shared_world: World, section: dict[str, str], wrong: dict[str, str]) -> None:
        body = {"kind": "paper_extract", "form": {"delivery": section}, "complete": True}
        found = shared_world.ok("POST", "/v1/form-checks", json=body)
        about = {error["field"]: error["code"] for error in found["errors"] if error["field"].startswith("delivery")}
        assert about == wrong

    def test_the_states_are_a_dictionary(self, shared_world: World) -> None:
        states = shared_world.ok("GET", "/v1/dictionaries/delivery-states", person=None)["items"]
        by_code = {state["code"]: state for state in states}
        assert [code for code, state in by_code.items() if state["is_final"]] == [
            "handed_over",
            "delivered",
            "returned",
            "cancelled",
        ]
        assert {(arrow["event"], arrow["by"], arrow["method"]) for arrow in by_code["ordered"]["transitions"]} == {
            ("prepare", "operator", "office"),
            ("form_parcel", "operator", "post"),
            ("change_address", "person", "post"),
            ("cancel", "person", None),
        }


class TestCancellation:
    """Until the parcel is formed, or the paper is handed over."""

    @pytest.mark.parametrize("wish", [BY_POST, AT_OFFICE], ids=["post", "office"])
    def test_cancels_what_is_ordered(self, world: World, wish: dict[str, str]) -> None:
        delivery = papers.ordered(world, wish)
        assert "cancel" in delivery["may"]

        for _ in range(2):
            cancelled = person_does(world, delivery["id"], "cancellation")
            assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
        world.settle()

        assert cancelled.json()["may"] == []
        assert papers.told(world).count("extract_delivery_cancelled") == 1
        assert papers.noted(world)[1:] == ["delivery_cancelled person"]
        problem(papers.act(world, delivery["id"], "parcel"), 409, "state_conflict")
        assert journeys.document(world, "extract")["id"] == delivery["document_id"]

    def test_cancels_what_waits_in_the_office_and_voids_its_code(self, world: World) -> None:
        delivery = papers.ordered(world, AT_OFFICE)
        papers.done(world, delivery["id"], "readiness")

        assert person_does(world, delivery["id"], "cancellation").json()["state"] == "cancelled"
        problem(papers.act(world, delivery["id"], "handover", code=papers.pickup_code(world)), 409, "state_conflict")

    def test_is_refused_once_the_parcel_is_formed(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        for what, body in (
            ("parcel", {}),
            ("dispatch", {"tracking_number": TRACKING_NUMBER}),
            ("outcome", {"outcome": "delivered"}),
        ):
            papers.done(world, delivery["id"], what, **body)
            refused = problem(person_does(world, delivery["id"], "cancellation"), 409, "state_conflict")
            assert papers.delivery(world, delivery["id"])["state_title"] in refused["detail"]
        assert papers.told(world)[-2:] == ["extract_sent", "extract_delivered"]


class TestAddress:
    """A changed address is confirmed again by a code (requirement F8)."""

    def asked(self, world: World, delivery_id: str, address: dict[str, str] = NEW_ADDRESS) -> str:
        """Ask for a code for a new address; returns it."""
        sent = person_does(world, delivery_id, "address-codes", address=address)
        assert (sent.status_code, sent.json()["channel"]) == (201, "sms")
        world.settle()
        return world.code()

    def test_changes_by_a_code_for_this_very_address(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        code = self.asked(world, delivery["id"])
        assert papers.delivery(world, delivery["id"])["address"] == ADDRESS

        for _ in range(2):
            changed = person_does(world, delivery["id"], "address-change", address=NEW_ADDRESS, code=code)
            assert (changed.status_code, changed.json()["address"]) == (200, NEW_ADDRESS)
        assert changed.json()["state"] == "ordered"
        assert changed.json()["due_on"] == delivery["due_on"]
        assert papers.noted(world)[1:] == ["delivery_address_changed person"]

    def test_a_code_is_good_for_one_address_only(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        code = self.asked(world, delivery["id"])

        other = {**NEW_ADDRESS, "house": "3"}
        problem(
            person_does(world, delivery["id"], "address-change", address=other, code=code),
            422,
            "code_not_accepted",
            "content_changed",
        )
        world.sleep(minutes=5)
        problem(
            person_does(world, delivery["id"], "address-change", address=NEW_ADDRESS, code=code),
            422,
            "code_not_accepted",
            "code_expired",
        )
        assert papers.delivery(world, delivery["id"])["address"] == ADDRESS

    def test_five_wrong_codes_spend_it(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        problem(
            person_does(world, delivery["id"], "address-change", address=NEW_ADDRESS, code="123456"),
            422,
            "code_not_accepted",
            "code_not_requested",
        )
        code = self.asked(world, delivery["id"])
        wrong = str((int(code) + 1) % 10**6).zfill(6)
        for left in (4, 3, 2, 1, 0):
            answer = person_does(world, delivery["id"], "address-change", address=NEW_ADDRESS, code=wrong)
            assert problem(answer, 422, "code_not_accepted", "wrong_code")["tries_left"] == left
        problem(
            person_does(world, delivery["id"], "address-change", address=NEW_ADDRESS, code=code),
            422,
            "code_not_accepted",
            "tries_spent",
        )

    def test_another_code_needs_a_minute_and_ten_a_day_are_enough(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        self.asked(world, delivery["id"])
        refused = person_does(world, delivery["id"], "address-codes", address=NEW_ADDRESS)
        assert problem(refused, 429)["retry_after"] == 60
        for _ in range(9):
            world.sleep(seconds=61)
            self.asked(world, delivery["id"])
        world.sleep(seconds=61)
        problem(person_does(world, delivery["id"], "address-codes", address=NEW_ADDRESS), 429)

    def test_names_every_mistake_in_the_address(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        bad = {**ADDRESS, "index": "1", "region": "00", "city": " "}
        mistakes = {
            "address.index": "address_index",
            "address.region": "address_region",
            "address.city": "address_required",
        }
        for what, more in (("address-codes", {}), ("address-change", {"code": "123456"})):
            refused = problem(person_does(world, delivery["id"], what, address=bad, **more), 422, "validation_failed")
            assert wrong_fields(refused) == mistakes

    def test_is_refused_once_the_parcel_is_formed(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        code = self.asked(world, delivery["id"])
        papers.done(world, delivery["id"], "parcel")

        for what, more in (("address-codes", {}), ("address-change", {"code": code})):
            problem(
                person_does(world, delivery["id"], what, address=NEW_ADDRESS, **more),
                409,
                "state_conflict",
            )
        assert papers.delivery(world, delivery["id"])["address"] == ADDRESS

    def test_there_is_none_for_what_waits_in_an_office(self, world: World) -> None:
        delivery = papers.ordered(world, AT_OFFICE)
        problem(person_does(world, delivery["id"], "address-codes", address=NEW_ADDRESS), 409, "state_conflict")


class TestRepresented:
    """A representative follows the delivery of a represented person, nobody else does."""

    def test_a_parent_follows_the_childs_delivery(self, world: World) -> None:
        child = represent(world, "citizen", CHILD)
        carried_out(world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=child)
        world.sleep(minutes=2)
        application = carried_out(
            world, ApplicantCategory.CHILD_UNDER_14, "paper_extract", about=child, sections={"delivery": BY_POST}
        )
        base = f"/v1/represented-persons/{child}/deliveries"

        (delivery,) = world.ok("GET", base)["items"]
        assert (delivery["id"], delivery["recipient_name"]) == (application["id"], "Примерова Анна Сергеевна")
        assert world.ok("GET", f"{base}/{delivery['id']}/details") == delivery
        assert world.ok("GET", OWN)["items"] == []
        problem(world.call("GET", f"{OWN}/{delivery['id']}/details"), 404)
        problem(world.call("GET", base, person="insured"), 404)

        world.sleep(minutes=2)
        world.ok("POST", f"{base}/{delivery['id']}/address-codes", json={"address": NEW_ADDRESS})
        world.settle()
        change = {"address": NEW_ADDRESS, "code": world.code()}
        changed = world.ok("POST", f"{base}/{delivery['id']}/address-change", json=change)
        assert changed["address"]["index"] == "190000"
        problem(world.call("POST", f"{base}/{delivery['id']}/pickup-codes"), 409, "state_conflict")
        world.ok("POST", f"{base}/{delivery['id']}/cancellation")
        entries = world.ok("GET", f"/v1/represented-persons/{child}/activity?limit=3")["items"]
        assert [(entry["action"], entry["by"]) for entry in entries][:2] == [
            ("delivery_cancelled", "representative"),
            ("delivery_address_changed", "representative"),
        ]


class TestTime:
    """What the schedule does with deliveries (requirements F8, F9)."""

    def test_marks_as_overdue_what_did_not_come(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        world.sleep(days=14)
        world.run("run_due")
        assert not papers.delivery(world, delivery["id"])["is_overdue"]

        world.sleep(days=1)
        for _ in range(2):
            world.run("run_due")
        overdue = papers.delivery(world, delivery["id"])
        assert (overdue["is_overdue"], overdue["state"]) == (True, "ordered")
        assert papers.noted(world)[1:] == ["delivery_overdue system"]
        (row,) = world.ok("GET", OPERATORS, person="operator")["items"]
        assert (row["id"], row["is_overdue"]) == (delivery["id"], True)
        papers.done(world, delivery["id"], "parcel")

    def test_returns_what_nobody_came_for(self, world: World) -> None:
        delivery = papers.ordered(world, AT_OFFICE)
        ready = papers.done(world, delivery["id"], "readiness")
        assert ready["kept_until"] == "2026-04-15"
        world.sleep(days=30)
        world.run("run_due")
        assert papers.delivery(world, delivery["id"])["state"] == "ready"

        world.sleep(days=1)
        world.run("run_due")
        unclaimed = papers.delivery(world, delivery["id"])
        assert (unclaimed["state"], unclaimed["tries_left"]) == ("unclaimed", None)
        problem(papers.act(world, delivery["id"], "handover", code=papers.pickup_code(world)), 409, "state_conflict")

        world.sleep(days=7)
        world.run("run_due")
        world.settle()
        assert papers.delivery(world, delivery["id"])["state"] == "returned"
        assert papers.told(world)[-1] == "extract_returned"
        assert papers.noted(world)[-2:] == ["delivery_unclaimed system", "delivery_returned system"]
        assert world.tools.at.date() == date(2026, 4, 23)

    def test_leaves_to_the_next_run_what_changes_meanwhile(self, world: World) -> None:
        from chalicelib.use_cases.run_deliveries import run_deliveries

        delivery = papers.ordered(world, BY_POST)
        world.sleep(days=20)
        due = list(world.tools.store.due_deliveries(until=world.tools.at, page=10))
        papers.done(world, delivery["id"], "parcel")

        class Stale:
            """A store whose index has not caught up."""

            def __getattr__(self, name: str) -> Any:
                return getattr(world.tools.store, name)

            def due_deliveries(self, **_: Any) -> Any:
                return iter(due)

        class Tools:
            store = Stale()
            ids = world.tools.ids

        assert run_deliveries(tools=Tools(), at=world.tools.at) == {"skipped": 1}
        assert run_deliveries(tools=world.tools, at=world.tools.at) == {"overdue": 1}
