"""The registry of clinics: loaded by the fund, searched by everybody (requirement J1); the monthly file (J2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from chalicelib.use_cases import attachment_file
from infra.local.clinics_sample import clinics_rows
from tests import clinics, journeys
from tests.applicants import CHILD, carried_out, represent
from tests.clinics import OTHER_THERAPIST, SECOND, wish
from tests.journeys import problem, wrong_fields

if TYPE_CHECKING:
    from tests.world import World

ROWS = clinics_rows()
IMPORTS = "/v1/fund/clinic-imports"
ALL_ROWS = sum(len(ROWS[table]) for table in ("clinics", "doctors", "areas"))


def codes(found: dict[str, Any]) -> list[str]:
    return [item["clinic"]["code"] for item in found["items"]]


class TestImport:
    """New, changed, unchanged and bad rows."""

    def test_the_same_file_again_changes_nothing(self, world: World) -> None:
        assert clinics.registry(world) == {"new": ALL_ROWS, "changed": 0, "unchanged": 0, "bad": []}
        assert clinics.registry(world) == {"new": 0, "changed": 0, "unchanged": ALL_ROWS, "bad": []}

        first = {**ROWS["clinics"][0], "phone": "+74950000099"}
        doctor = {**ROWS["doctors"][1], "limit": "3"}
        changed = {
            "source": ROWS["source"],
            "clinics": [first],
            "doctors": [doctor],
            "departments": ROWS["departments"],
        }
        report = world.ok("POST", IMPORTS, person="administrator", json=changed)
        assert (report["new"], report["changed"], report["unchanged"]) == (0, 2, 0)
        assert world.ok("GET", "/v1/clinics/770001", person=None)["clinic"]["phone"] == "+74950000099"

    def test_bad_rows_are_named_and_good_ones_go_on(self, world: World) -> None:
        rows = {
            "source": "F031",
            "clinics": [ROWS["clinics"][0], {**ROWS["clinics"][1], "inn": "1", "addr_j": ""}, ROWS["clinics"][0]],
            "departments": [{"mcod": "770001", "code": "1", "name": "", "address": "Москва"}],
            "doctors": [ROWS["doctors"][0], {**ROWS["doctors"][5], "area": "7"}, ROWS["doctors"][0]],
            "areas": [ROWS["areas"][0], ROWS["areas"][5]],
        }
        report = world.ok("POST", IMPORTS, person="administrator", json=rows)
        bad = {(row["table"], row["row"]): {e["field"]: e["code"] for e in row["errors"]} for row in report["bad"]}
        assert bad == {
            ("clinics", 2): {"inn": "inn_length", "addr_j": "required"},
            ("clinics", 3): {"mcod": "twice"},
            ("departments", 1): {"name": "required"},
            ("doctors", 2): {"area": "choice", "mcod": "unknown_clinic"},
            ("doctors", 3): {"id": "twice"},
            ("areas", 2): {"mcod": "unknown_clinic"},
        }
        assert report["new"] == 3

    def test_a_fund_loads_its_own_region(self, world: World) -> None:
        report = world.ok("POST", IMPORTS, person="fund", json=ROWS)
        assert {error["code"] for row in report["bad"] for error in row["errors"]} == {"other_region"}
        assert codes(world.ok("GET", "/v1/clinics?region=77", person=None)) == ["770001", "770002", "770003"]
        assert codes(world.ok("GET", "/v1/clinics?region=16", person=None)) == []


@pytest.fixture(scope="class")
def registry(shared_world: World) -> World:
    clinics.registry(shared_world)
    return shared_world


class TestSearch:
    """By region, name, speciality, address and distance."""

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ("region=77", ["770001", "770002", "770003"]),
            ("region=77&search=детская", ["770003"]),
            ("region=77&search=ГП № 2", ["770002"]),
            ("region=77&search=770001", ["770001"]),
            ("region=77&speciality=49", ["770001", "770003"]),
            ("region=77&speciality=72&search=№ 1", []),
            ("region=77&on=2021-12-31", []),
            ("region=78", []),
        ],
    )
    def test_lists_a_region(self, registry: World, query: str, expected: list[str]) -> None:
        assert codes(registry.ok("GET", f"/v1/clinics?{query}", person=None)) == expected

    @pytest.mark.parametrize(
        ("house", "expected"),
        [("7", [("770001", "d001")]), ("8к1", [("770001", "d002")]), ("101", [("770002", "d006")]), ("б/н", [])],
    )
    def test_finds_who_serves_an_address(self, registry: World, house: str, expected: list[Any]) -> None:
        body = {"region": "77", "city": "г. Москва", "street": "Примерная ул.", "house": house}
        found = registry.ok("POST", "/v1/clinic-searches", person=None, json=body)["items"]
        assert [(item["clinic"]["code"], item["area"]["doctor_id"]) for item in found] == expected

    def test_nearest_first(self, registry: World) -> None:
        body = {"region": "77", "latitude": 55.7402, "longitude": 37.6256}
        found = registry.ok("POST", "/v1/clinic-searches", person=None, json=body)
        assert codes(found) == ["770002", "770001", "770003"]
        assert [item["distance_km"] for item in found["items"]] == [0.0, 2.25, 4.83]

    @pytest.mark.parametrize(
        "body",
        [
            {"region": "77", "latitude": 55.7},
            {"region": "77", "street": "Примерная"},
            {"region": "99"},
            {"region": "77", "latitude": 100, "longitude": 0},
        ],
    )
    def test_half_a_question_is_refused(self, registry: World, body: dict[str, Any]) -> None:
        problem(registry.call("POST", "/v1/clinic-searches", person=None, json=body), 422, "validation_failed")

    def test_shows_a_clinic_with_doctors_and_places(self, registry: World) -> None:
        card = registry.ok("GET", "/v1/clinics/770001", person=None)
        assert card["clinic"]["departments"][0]["name"] == "Терапевтическое отделение"
        assert {doctor["id"]: doctor["places_left"] for doctor in card["doctors"]} == {
            "d001": 1700,
            "d002": 2,
            "d003": 800,
            "d004": 2200,
            "d005": None,
        }
        found = registry.ok("GET", "/v1/doctors?region=77&speciality=76", person=None)["items"]
        assert [doctor["id"] for doctor in found] == ["d002", "d011", "d001", "d006"]
        problem(registry.call("GET", "/v1/clinics/000000", person=None), 404, "not_found")


def test_a_parent_chooses_for_the_child(world: World) -> None:
    clinics.registry(world)
    child = represent(world, "citizen", CHILD)
    carried_out(world, ApplicantCategory.CHILD_UNDER_14, "first_policy", about=child)
    path = f"/v1/represented-persons/{child}/attachments"
    problem(clinics.ask(world, wish(), path=path), 422, "rule_refused", "wrong_age")
    asked = clinics.asked(world, wish(doctor=clinics.PAEDIATRICIAN), path=path)
    assert clinics.decide(world, asked).json()["state"] == "attached"
    (found,) = world.ok("GET", path)["items"]
    assert (found["state"], found["person_id"]) == ("attached", child)
    taken = world.call("POST", f"{path}/{asked['id']}/withdrawal")
    problem(taken, 409, "state_conflict")


def test_whoever_has_a_certificate_only_is_attached_by_it(world: World) -> None:
    clinics.registry(world)
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    journeys.submitted(world)
    world.settle()
    clinics.attached(world)
    number = journeys.insurance(world)["certificates"][0]["number"]
    text = world.call("GET", "/v1/clinic/attachment-files/2026-03", person="registrar").text
    assert text.split("\r\n")[1] == f"Е;{number};;770001;3;;20260316;"


def test_the_monthly_file_names_who_stood_and_who_left(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachment_file, "PART", 1)
    clinics.insured(world)
    number = journeys.policy(world)["policy_number"]
    clinics.attached(world)
    world.sleep(days=10)
    clinics.attached(world, wish(SECOND, OTHER_THERAPIST, reason="moved", address=clinics.NEW_HOME))

    def file(month: str, *, person: str = "registrar", part: int = 1) -> Any:
        return world.call("GET", f"/v1/clinic/attachment-files/{month}?part={part}", person=person)

    march = file("2026-03")
    assert march.headers["content-disposition"] == 'attachment; filename="M45000001_202603.csv"'
    line = f"Ц;{number};{number};770001;3;;20260316;20260325"
    assert march.text == f"01.01;45000;001;20260331\r\n{line}\r\n"
    assert "link" not in march.headers
    assert file("2026-04").text == "01.01;45000;001;20260430\r\n"
    stands = file("2026-04", person="second_registrar").text.split("\r\n")[1]
    assert stands == f"Ц;{number};{number};770002;3;;20260326;"
    problem(file("2026-03", part=2), 404)
    assert wrong_fields(problem(file("2026-03", part=1000), 422)) == {"part": "too_large"}
    assert wrong_fields(problem(file("march"), 422)) == {"month": "month_format"}

    world.sleep(minutes=2)
    clinics.attached(world, wish(clinics.FIRST, "d004"))
    first = file("2026-03")
    assert first.headers["link"] == '</v1/clinic/attachment-files/2026-03?part=2>; rel="next"'
    assert file("2026-03", part=2).text.split("\r\n")[1] == line
