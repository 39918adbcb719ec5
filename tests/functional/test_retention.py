"""What is kept too long ends by itself, a bounded number at a time, with its files (requirement P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases import answer_erasure, destroy_thing, empty_profile, run_retention
from tests import employers, legacy, tickets
from tests.applicants import represent
from tests.corrections import corrected, person_id
from tests.journeys import consented, document, drafted, insured, policy, prepared, problem, scan
from tests.privacy import answered, demanded, files, left_of, values_of
from tests.world import table

if TYPE_CHECKING:
    import pytest

    from tests.world import World

YEAR = 366
GRANDMOTHER = {
    "relation": "attorney",
    "family_name": "Примерова",
    "given_name": "Валентина",
    "middle_name": "Петровна",
    "born_on": "1950-02-03",
    "sex": "female",
    "powers": {
        "number": "77 АВ 1234567",
        "issuer": "нотариус Образцов",
        "issued_on": "2026-01-15",
        "valid_until": "2026-12-31",
    },
}


def later(world: World, *, days: int) -> None:
    """Let days pass, and let time do what it does."""
    world.sleep(days=days)
    world.run("run_due")
    world.settle()
    world.run("run_retention")
    world.settle()


def of_type(name: str) -> list[dict[str, Any]]:
    return [item for item in table() if item.get("type", {}).get("S") == name]


def test_lists_of_staff_go_after_a_year_and_what_was_refused_to_an_employer_after_three(world: World) -> None:
    insured(world)
    path = employers.request(world, employers.employer(world))
    row = employers.staff_row(world, "citizen", policy(world)["policy_number"])
    employers.uploaded(world, path, employers.csv(row))
    (asked,) = world.ok("GET", employers.CONSENTS)["items"]
    world.ok("POST", f"{employers.CONSENTS}/{asked['organisation_id']}/decision", json={"state": "refused"})
    assert any(key.startswith("lists/") for key in files("polis-scans"))
    later(world, days=YEAR)
    assert of_type("EmployerRequest") == []
    assert not any(key.startswith("lists/") for key in files("polis-scans"))
    assert not any(key.startswith("employers/") for key in files("polis-documents"))
    problem(world.call("GET", f"{path}/details"), 404)
    assert "Пример" in of_type("EmployeeConsent")[0]["data"]["S"]
    later(world, days=2 * YEAR)
    assert "Пример" not in of_type("EmployeeConsent")[0]["data"]["S"]


def test_powers_are_forgotten_three_years_after_their_end_and_may_be_given_anew(world: World) -> None:
    ward = represent(world, "citizen", GRANDMOTHER)
    world.ok("POST", f"/v1/represented-persons/{ward}/termination")
    told = {"нотариус Образцов", "Валентина", "1950-02-03"}
    assert len(left_of(told)) > len(told)
    later(world, days=3 * YEAR)
    assert left_of(told) == []
    assert represent(
        world, "citizen", {**GRANDMOTHER, "powers": {**GRANDMOTHER["powers"], "valid_until": "2031-12-31"}}
    )


def test_a_policy_that_the_register_does_not_know_is_forgotten_with_its_numbers(world: World) -> None:
    legacy.registered(world)
    world.settle()
    assert legacy.refusal(world) == "not_in_register"
    numbers = {legacy.PAPER["policy_number"], legacy.PAPER["blank_number"]}
    assert left_of(numbers)
    later(world, days=4 * YEAR)
    assert left_of(numbers)
    later(world, days=YEAR)
    assert left_of({*numbers, *values_of(world)}) == []


def test_a_demand_too_large_for_one_run_goes_on_in_the_next(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (answer_erasure, destroy_thing, empty_profile):
        monkeypatch.setattr(module, "AT_ONCE", 1)
    prepared(world)
    world.ok("POST", "/v1/me/insurance-certificates", json={"year": 2025})
    (draft,) = of_type("Application")
    world.upload(draft["PK"]["S"].partition("#")[2], scan(), document="snils_card")
    world.drain()
    demanded(world)
    for _ in range(3):
        world.sleep(minutes=5)
        done = answered(world)
    assert done["state"] == "done"
    assert left_of(values_of(world)) == []


def test_a_long_thread_goes_a_part_at_a_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(destroy_thing, "AT_ONCE", 1)
    consented(world)
    ticket_id = tickets.opened(world, text="Слово, которого больше нет нигде")["id"]
    tickets.attached(world, ticket_id)
    assert tickets.act(world, ticket_id, "attachments", media_type="image/png").is_success
    assert tickets.act(world, ticket_id, "messages", text="Ещё одно такое слово").is_success
    assert tickets.act(world, ticket_id, "closure").is_success
    words = {"Слово, которого больше нет нигде", "Ещё одно такое слово"}
    assert len(left_of(words)) > len(words)
    later(world, days=5 * YEAR)
    assert left_of(words) == []


def test_a_policy_outlives_its_application_and_is_drawn_anew_from_the_profile(world: World) -> None:
    application_id = insured(world)
    later(world, days=5 * YEAR)
    problem(world.call("GET", f"/v1/applications/{application_id}"), 404)
    corrected(world, "wrong_name", person_id(world), family_name="Образцова")
    world.drain()
    assert policy(world)["state"] == "active"
    assert document(world, "policy")["made_at"] is not None


def test_one_run_ends_a_bounded_number_and_leaves_what_changes_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for person in ("citizen", "insured", "later"):
        drafted(world, person=person)
        demanded(world, person=person)
    monkeypatch.setattr(run_retention, "AT_ONCE", 2)
    figures = [run_retention.run_retention(tools=world.tools, at=world.tools.at) for _ in range(2)]
    assert figures == [{"erasures_done": 2}, {"erasures_done": 1}]

    drafted(world, person="other_surname")
    demanded(world, person="other_surname")

    def outrun(**_: object) -> object:
        raise StaleWrite

    with monkeypatch.context() as patch:
        patch.setattr(run_retention, "answer_erasure", outrun)
        assert run_retention.run_retention(tools=world.tools, at=world.tools.at) == {"skipped": 1}
    assert answered(world, person="other_surname")["state"] == "done"
