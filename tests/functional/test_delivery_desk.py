"""What the insurer's operator does with extracts on paper: sending, handing over, looking (requirements F8, O1, O2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.delivery_states import DeliveryState
from chalicelib.domain.errors import NotPermitted
from chalicelib.domain.numbers import application_number
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.handle_deliveries import form_parcel, insurers_deliveries
from chalicelib.use_cases.views import note_view
from tests import journeys, papers
from tests.applicants import carried_out
from tests.functional.test_bad_input import UNKNOWN_ID
from tests.journeys import problem, wrong_fields
from tests.papers import AT_OFFICE, BY_POST, BY_REPRESENTATIVE, OPERATORS, OWN, TRACKING_NUMBER
from tests.world import NOW

if TYPE_CHECKING:
    from chalicelib.ports.folders import PersonFile
    from tests.world import World

ACTS: dict[str, dict[str, str]] = {
    "readiness": {},
    "handover": {"code": "12345678"},
    "parcel": {},
    "dispatch": {"tracking_number": TRACKING_NUMBER},
    "outcome": {"outcome": "delivered"},
}


def ready(world: World, wish: dict[str, str] = AT_OFFICE) -> str:
    """An extract that waits in the office; returns the id of its delivery."""
    delivery_id = str(papers.ordered(world, wish)["id"])
    papers.done(world, delivery_id, "readiness")
    return delivery_id


class TestByPost:
    """Parcel formed, sent, delivered or returned."""

    def test_goes_from_the_order_to_the_mailbox(self, world: World) -> None:
        delivery_id = papers.ordered(world, BY_POST)["id"]

        states = []
        for what, body in (
            ("parcel", {}),
            ("dispatch", {"tracking_number": " 101000 10 00001 8"}),
            ("outcome", {"outcome": "delivered"}),
        ):
            for _ in range(2):
                done = papers.done(world, delivery_id, what, **body)
            states.append(done["state"])

        assert states == ["parcel_formed", "sent", "delivered"]
        assert (done["tracking_number"], done["may"]) == (TRACKING_NUMBER, [])
        assert [step["event"] for step in done["history"]] == [None, "form_parcel", "send", "deliver"]
        assert papers.told(world)[-3:] == ["extract_ordered", "extract_sent", "extract_delivered"]
        assert papers.noted(world) == [
            "delivery_ordered system",
            "delivery_parcel_formed operator",
            "delivery_sent operator",
            "delivery_delivered operator",
        ]
        letter = next(letter for letter in world.tools.email.sent if "отправлена" in letter.subject)
        assert TRACKING_NUMBER in letter.text
        assert all(TRACKING_NUMBER not in sms.text for sms in world.tools.sms.sent)

    def test_comes_back_when_nobody_claims_it_and_may_be_ordered_again(self, world: World) -> None:
        delivery_id = papers.ordered(world, BY_POST)["id"]
        papers.done(world, delivery_id, "parcel")
        papers.done(world, delivery_id, "dispatch", tracking_number="ra123456785ru")
        problem(papers.act(world, delivery_id, "outcome", outcome="returned"), 409, "state_conflict")

        missed = papers.done(world, delivery_id, "outcome", outcome="not_claimed")
        assert (missed["state"], missed["may"], missed["tracking_number"]) == (
            "not_claimed",
            ["return"],
            "RA123456785RU",
        )
        assert papers.done(world, delivery_id, "outcome", outcome="returned")["state"] == "returned"
        assert papers.told(world)[-1] == "extract_returned"
        assert papers.ordered(world, BY_POST)["state"] == "ordered"

    @pytest.mark.parametrize(
        ("number", "code"),
        [
            ("10100010000019", "tracking_number_check_digit"),
            ("RA123456784RU", "tracking_number_check_digit"),
            ("RA123456785CN", "tracking_number_country"),
            ("1010001000001", "tracking_number_format"),
            ("00000000000000", "tracking_number_format"),
            ("РА123456785RU", "tracking_number_format"),
            ("", "tracking_number_format"),
        ],
    )
    def test_a_mistyped_tracking_number_changes_nothing(self, world: World, number: str, code: str) -> None:
        delivery_id = papers.ordered(world, BY_POST)["id"]
        papers.done(world, delivery_id, "parcel")

        refused = papers.act(world, delivery_id, "dispatch", tracking_number=number)
        assert wrong_fields(problem(refused, 422, "validation_failed")) == {"tracking_number": code}
        assert papers.delivery(world, delivery_id)["state"] == "parcel_formed"

    def test_a_parcel_has_one_number(self, world: World) -> None:
        delivery_id = papers.ordered(world, BY_POST)["id"]
        papers.done(world, delivery_id, "parcel")
        papers.done(world, delivery_id, "dispatch", tracking_number=TRACKING_NUMBER)

        problem(papers.act(world, delivery_id, "dispatch", tracking_number="RA123456785RU"), 409, "state_conflict")
        assert papers.delivery(world, delivery_id)["tracking_number"] == TRACKING_NUMBER

    def test_what_is_not_formed_is_not_sent_and_the_other_way_is_closed(self, world: World) -> None:
        delivery_id = papers.ordered(world, BY_POST)["id"]

        for what in ("readiness", "handover", "dispatch", "outcome"):
            problem(papers.act(world, delivery_id, what, **ACTS[what]), 409, "state_conflict")


class TestPickup:
    """Handing over by the code."""

    def test_hands_over_by_the_code_from_the_sms(self, world: World) -> None:
        delivery_id = ready(world)
        code = papers.pickup_code(world)
        assert len(code) == 8
        assert papers.delivery(world, delivery_id)["kept_until"] == "2026-04-15"

        done = papers.done(world, delivery_id, "handover", code=code)

        assert (done["state"], done["tries_left"]) == ("handed_over", None)
        assert papers.told(world)[-3:] == ["extract_ordered", "extract_ready_for_pickup", "extract_delivered"]
        assert papers.noted(world)[1:] == ["delivery_ready operator", "delivery_handed_over operator"]
        problem(papers.act(world, delivery_id, "handover", code=code), 409, "state_conflict")

    def test_the_code_stands_nowhere_but_in_the_sms(self, world: World) -> None:
        delivery_id = ready(world)
        papers.act(world, delivery_id, "handover", code="00000000")
        code = papers.pickup_code(world)

        table = world.tools.client("dynamodb").scan(TableName="polis")["Items"]
        assert code not in str(table)
        assert not [body for _, body in world.delivered if code in body]
        assert not [letter for letter in world.tools.email.sent if code in letter.text]

    def test_preparing_twice_sends_one_code(self, world: World) -> None:
        delivery_id = ready(world)
        sent = len(world.tools.sms.sent)
        assert papers.done(world, delivery_id, "readiness")["state"] == "ready"
        assert len(world.tools.sms.sent) == sent

    def test_five_wrong_codes_close_it_until_another_is_asked_for(self, world: World) -> None:
        delivery_id = ready(world)
        code = papers.pickup_code(world)
        for left in (4, 3, 2, 1, 0):
            refused = papers.act(world, delivery_id, "handover", code=papers.another(code))
            assert problem(refused, 422, "code_not_accepted", "wrong_code")["tries_left"] == left
        assert papers.noted(world)[-5:] == ["pickup_code_wrong operator"] * 5
        for tried in (papers.another(code), code):
            refused = papers.act(world, delivery_id, "handover", code=tried)
            problem(refused, 422, "code_not_accepted", "tries_spent")

        world.sleep(minutes=1)
        renewed = world.ok("POST", f"{OWN}/{delivery_id}/pickup-codes")
        world.settle()
        assert renewed["tries_left"] == 5
        fresh = papers.pickup_code(world)
        assert fresh != code
        problem(papers.act(world, delivery_id, "handover", code=code), 422, "code_not_accepted", "wrong_code")
        assert papers.done(world, delivery_id, "handover", code=fresh)["state"] == "handed_over"

    def test_another_code_needs_a_minute_and_ten_a_day_are_enough(self, world: World) -> None:
        delivery_id = ready(world)
        path = f"{OWN}/{delivery_id}/pickup-codes"
        assert problem(world.call("POST", path), 429)["retry_after"] == 60
        for _ in range(10):
            world.sleep(seconds=61)
            assert world.call("POST", path).status_code == 201
        world.sleep(seconds=61)
        problem(world.call("POST", path), 429)

    def test_there_is_no_code_for_what_does_not_wait(self, world: World) -> None:
        delivery_id = papers.ordered(world, AT_OFFICE)["id"]
        problem(world.call("POST", f"{OWN}/{delivery_id}/pickup-codes"), 409, "state_conflict")

    def test_a_representative_shows_a_power_of_attorney(self, world: World) -> None:
        delivery_id = ready(world, BY_REPRESENTATIVE)
        code = papers.pickup_code(world)
        shown = world.ok("GET", f"{OPERATORS}/{delivery_id}", person="operator")
        assert (shown["recipient"], shown["recipient_name"]) == ("representative", "Примеров Алексей Ильич")

        for tried in (code, papers.another(code)):
            refused = problem(papers.act(world, delivery_id, "handover", code=tried), 422, "validation_failed")
            assert wrong_fields(refused) == {"powers_number": "required"}
        done = papers.done(world, delivery_id, "handover", code=code, powers_number=" 77 АВ 1234567 ")
        assert (done["state"], done["powers_number"]) == ("handed_over", "77 АВ 1234567")

    def test_nobody_else_receives_for_who_comes_in_person(self, world: World) -> None:
        delivery_id = ready(world)
        answer = papers.act(
            world, delivery_id, "handover", code=papers.pickup_code(world), powers_number="77 АВ 1234567"
        )
        assert wrong_fields(problem(answer, 422, "validation_failed")) == {"powers_number": "not_for_recipient"}

    def test_the_office_returns_what_was_left(self, world: World) -> None:
        delivery_id = ready(world)
        world.sleep(days=31)
        world.run("run_due")

        assert papers.done(world, delivery_id, "outcome", outcome="returned")["state"] == "returned"
        world.sleep(days=30)
        world.run("run_due")
        world.settle()
        assert papers.told(world).count("extract_returned") == 1


class TestLooking:
    """Lists show nothing personal; every view is in the person's journal."""

    def test_lists_by_state_what_is_due_first_first(self, world: World) -> None:
        by_post, at_office = papers.ordered(world, BY_POST), papers.ordered(world, AT_OFFICE)
        sent = papers.ordered(world, BY_POST)
        papers.done(world, sent["id"], "parcel")

        listed = world.ok("GET", OPERATORS, person="operator")
        assert [row["id"] for row in listed["items"]] == [at_office["id"], by_post["id"]]
        assert not {"recipient_name", "address", "history"} & listed["items"][0].keys()
        page = world.ok("GET", f"{OPERATORS}?limit=1", person="operator")
        rest = world.ok("GET", f"{OPERATORS}?limit=1&cursor={page['next_cursor']}", person="operator")
        assert [row["id"] for row in rest["items"]] == [by_post["id"]]
        formed = world.ok("GET", f"{OPERATORS}?state=parcel_formed", person="operator")
        assert [(row["id"], row["may"]) for row in formed["items"]] == [(sent["id"], ["send"])]
        assert world.ok("GET", f"{OPERATORS}?state=returned", person="operator")["items"] == []

    def test_refuses_a_cursor_that_it_did_not_make(self, world: World) -> None:
        from chalicelib.http.pagination import encode_cursor

        for cursor in ("x", encode_cursor({"after": UNKNOWN_ID}), encode_cursor({"after": "../#2026-01-01#x"})):
            answer = world.call("GET", f"{OPERATORS}?cursor={cursor}", person="operator")
            assert wrong_fields(problem(answer, 422)) == {"cursor": "invalid_cursor"}

    def test_every_view_is_journaled(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        world.drain()

        shown = world.ok("GET", f"{OPERATORS}/{delivery['id']}", person="operator")
        number = {"number": delivery["application_number"]}
        found = world.ok("POST", "/v1/operator/delivery-searches", person="operator", json=number)
        link = world.ok("GET", f"{OPERATORS}/{delivery['id']}/paper", person="operator")

        assert shown == found
        assert shown["address_line"] == "101000, Москва, ул. Примерная, 1, кв. 10"
        assert link["url"].startswith("https://")
        assert papers.noted(world)[1:] == [
            "delivery_viewed operator",
            "delivery_viewed operator",
            "delivery_document_opened operator",
        ]
        viewed = journeys.actions(world)[0]
        assert (viewed["organisation"], viewed["details"]["delivery_id"]) == ("77012", delivery["id"])

    def test_a_number_leads_to_a_delivery_or_nowhere(self, world: World) -> None:
        papers.insured(world)
        application = world.ok("GET", "/v1/applications")["items"][0]
        unknown = application_number(serial_or_random=1, on=world.tools.at.date())
        mistyped = f"{unknown[:-1]}{(int(unknown[-1]) + 1) % 10}"
        for number, status in ((mistyped, 422), (unknown, 404), (application["number"], 404)):
            answer = world.call("POST", "/v1/operator/delivery-searches", person="operator", json={"number": number})
            problem(answer, status)


class TestPaper:
    """What is printed is the extract of the policy that stands."""

    def path(self, delivery: dict[str, Any]) -> str:
        return f"{OPERATORS}/{delivery['id']}/paper"

    def test_there_is_none_until_it_is_made_and_after_the_end(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        problem(world.call("GET", self.path(delivery), person="operator"), 404)
        world.drain()
        assert world.call("GET", self.path(delivery), person="operator").status_code == 200
        world.ok("POST", f"{OWN}/{delivery['id']}/cancellation")
        problem(world.call("GET", self.path(delivery), person="operator"), 409, "state_conflict")

    def test_a_replaced_policy_is_printed_anew(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        world.drain()
        first = world.ok("GET", self.path(delivery), person="operator")["url"]
        assert delivery["document_id"] in first
        lost = {"replacement": {"reason": "lost"}}
        carried_out(world, ApplicantCategory.CITIZEN_14_PLUS, "replacement", sections=lost)
        world.drain()

        again = world.ok("GET", self.path(delivery), person="operator")["url"]
        assert journeys.document(world, "extract")["id"] in again
        assert delivery["document_id"] not in again

    def test_nothing_is_printed_for_a_policy_that_does_not_stand(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        world.drain()
        left = {"suspension": {"reason": "left_country", "from_on": "2026-03-16"}}
        carried_out(world, ApplicantCategory.CITIZEN_14_PLUS, "suspension", sections=left)
        problem(world.call("GET", self.path(delivery), person="operator"), 409, "state_conflict")


class TestScope:
    """Another insurer's deliveries do not exist for an operator (requirement O1)."""

    def test_another_insurers_operator_finds_nothing(self, world: World) -> None:
        delivery = papers.ordered(world, AT_OFFICE, insurer=journeys.OTHER_INSURER)
        world.drain()
        path = f"{OPERATORS}/{delivery['id']}"

        assert world.ok("GET", OPERATORS, person="operator")["items"] == []
        for method, address, body in (
            ("GET", path, None),
            ("GET", f"{path}/paper", None),
            ("POST", "/v1/operator/delivery-searches", {"number": delivery["application_number"]}),
            *(("POST", f"{path}/{what}", body) for what, body in ACTS.items()),
        ):
            options = {"json": body} if body else {}
            problem(world.call(method, address, person="operator", **options), 404, "not_found")
        assert papers.noted(world) == ["delivery_ordered system"]
        assert papers.delivery(world, delivery["id"])["state"] == "ordered"

    def test_what_is_no_delivery_is_not_found(self, world: World) -> None:
        papers.insured(world)
        first = world.ok("GET", "/v1/applications")["items"][0]["id"]
        for delivery_id in (first, UNKNOWN_ID):
            body = problem(world.call("GET", f"{OPERATORS}/{delivery_id}", person="operator"), 404, "not_found")
            assert body["detail"] == "Доставка не найдена"

    def test_nobody_handles_the_own_delivery(self, world: World) -> None:
        delivery = papers.ordered(world, BY_POST)
        owner = world.tools.store.application_file(application_id=delivery["id"]).application.account_id
        colleague = operator(account_id=owner, insurer="77012")

        with pytest.raises(NotPermitted):
            form_parcel(tools=world.tools, principal=colleague, delivery_id=delivery["id"], at=world.tools.at)

    def test_an_operator_without_an_insurer_sees_nothing(self, world: World) -> None:
        nobodys = operator(account_id="x", insurer=None)
        with pytest.raises(NotPermitted):
            insurers_deliveries(tools=world.tools, principal=nobodys, state=DeliveryState.ORDERED, limit=1, after=None)


def operator(*, account_id: str, insurer: str | None) -> Principal:
    return Principal(
        subject="s",
        account_id=account_id,
        roles=frozenset({Role.CITIZEN, Role.INSURER_OPERATOR}),
        assurance=Assurance.CONFIRMED,
        insurer=insurer,
    )


def look(tools: Any, name: str) -> None:
    viewer = operator(account_id="x", insurer="77012")
    note_view(tools=tools, principal=viewer, person_id="somebody", name=name, details={}, at=NOW)


class Crowded:
    """A store in which others look at the same person, as often as told, between the read and the write."""

    def __init__(self, world: World, others: int) -> None:
        self.store, self.others, self.ids = self, others, world.tools.ids
        self._inner = world.tools

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner.store, name)

    def person_file(self, *, person_id: str) -> PersonFile:
        known = self._inner.store.person_file(person_id=person_id)
        if self.others:
            self.others -= 1
            look(self._inner, "seen")
        return known


class TestViews:
    """Views at the same moment are chained one after another."""

    @pytest.mark.parametrize("others", [0, 1, 3])
    def test_a_view_waits_for_the_others(self, world: World, others: int) -> None:
        tools = Crowded(world, others)
        look(tools, "mine")

        entries = world.tools.store.activity(person_id="somebody", limit=10, after=None).items
        assert sorted((entry.sequence, entry.action.name) for entry in entries) == [
            *((number, "seen") for number in range(1, others + 1)),
            (others + 1, "mine"),
        ]

    def test_a_view_gives_up_where_there_is_no_end_of_them(self, world: World) -> None:
        with pytest.raises(StaleWrite):
            look(Crowded(world, 100), "mine")
