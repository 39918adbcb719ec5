"""Role × operation × own, other's, other region's and unknown object: made from the OpenAPI, every cell tried (O1).

What is not yours looks exactly like what does not exist; and whoever has not the role learns not even that.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import urllib3

from chalicelib.http import openapi
from chalicelib.http.routes import signature_of
from tests import cases, corrections, tickets
from tests.functional.test_bad_input import ROLE_PERSONS, UNKNOWN_ID, label, routes
from tests.functional.test_roles import BODIES, PUBLIC, QUERIES, guarded, owned
from tests.security.scale import note, whole_or

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.http.routes import Route
    from tests.world import World

__all__ = ["owned"]

DESCRIBED = json.loads(Path(openapi.__file__).with_name("openapi.json").read_text(encoding="utf-8"))
STRANGERS: dict[str, list[dict[str, Any]]] = {
    "citizen": [{}],
    "insurer_operator": [
        {"insurer": "77004", "region": "77"},
        {"insurer": "77015", "region": "77"},
        {"insurer": "78003", "region": "78"},
        {"insurer": "", "region": "77"},
        {},
    ],
    "fund_operator": [{"region": "78"}, {"region": "50"}, {"region": ""}, {}],
    "clinic_registrar": [
        {"clinic": "770002", "region": "77"},
        {"clinic": "780001", "region": "78"},
        {"clinic": "", "region": "77"},
        {},
    ],
}
"""Who has the role, but not for this object: of another insurer, region, clinic, or of none."""

PLACELESS = {
    f"{role.replace('_', '')}{n}" for role, found in STRANGERS.items() for n in range(len(found) - 2, len(found))
}
"""Accounts set up wrongly, without a place of work, are told so: 403, where it would be seen at once."""

NATIONAL = {"auditor", "administrator", "civil_registry"}
"""These roles have no place of work: what they may do they may do everywhere."""

REFUSED = {403, 415, 422}
"""Of FHIR: what cannot be read is refused before it is asked who sends it."""

NAMELESS = {"instance", "request_id"}


def operations() -> set[str]:
    """Every operation that is described."""
    return {f"{method.upper()} {path}" for path, found in DESCRIBED["paths"].items() for method in found}


def with_object() -> list[Route]:
    """The guarded operations on an object that belongs to somebody."""
    return [route for route in guarded() if "_id}" in route.path]


@pytest.fixture(scope="class")
def objects(shared_world: World, owned: dict[str, str]) -> dict[str, str]:
    """What the citizen has, and what waits for operators because of her and of others of region 77."""
    world = shared_world
    found = {name: value for name, value in owned.items() if name != "page"}
    ticket_id = tickets.opened(world, text="Вопрос фонду")["id"]
    correction = corrections.proposed(world, "wrong_sex", corrections.person_id(world), sex="male")
    waiting = cases.left_to_operator(world, person="later")
    scan = world.ok("GET", f"/v1/applications/{waiting}", person="later")["scans"]
    return {
        **found,
        "waiting_ticket": ticket_id,
        "correction_id": correction["id"],
        "waiting_case": waiting,
        "waiting_scan": scan[0]["id"] if scan else UNKNOWN_ID,
    }


@pytest.fixture(scope="class")
def strangers(shared_world: World) -> dict[str, list[str]]:
    """Keys of persons with a role, and no right to the object."""
    made: dict[str, list[str]] = {"citizen": ["second_stranger"]}
    _added(shared_world, "second_stranger", "citizen", {})
    for role, places in STRANGERS.items():
        if role != "citizen":
            made[role] = [f"{role.replace('_', '')}{number}" for number in range(len(places))]
            for key, place in zip(made[role], places, strict=True):
                _added(shared_world, key, role, place)
    return made


def _added(world: World, key: str, role: str, place: dict[str, str]) -> None:
    claims = {"sub": f"stranger-{key}", "assurance": "confirmed", "roles": [role], **place}
    claims |= {"family_name": "Чужой", "given_name": "Иван", "birthdate": "1970-01-01", "gender": "male"}
    added = urllib3.request("POST", f"{world.issuer}/control/persons", json={"key": key, "claims": claims})
    assert added.status in {200, 201, 409}, added.data


def address(route: Route, objects: dict[str, str]) -> str:
    """The path of an operation on what is there."""
    names = dict(objects)
    if "/operator/applications" in route.path:
        names |= {"application_id": objects["waiting_case"], "scan_id": objects["waiting_scan"]}
    if route.path.startswith(("/v1/represented", "/v1/clinic/attach", "/v1/clinic/appoint")):
        names |= {name.removeprefix("childs_"): value for name, value in objects.items() if name.startswith("childs_")}
    names["person_id"] = objects["child_id"]
    path = route.path
    for name, value in names.items():
        path = path.replace(f"{{{name}}}", value)
    return _filled(path)


def _filled(path: str) -> str:
    while "{" in path:
        head, _, rest = path.partition("{")
        path = head + UNKNOWN_ID + rest.partition("}")[2]
    return path


def called(world: World, route: Route, path: str, person: str | None) -> Any:
    """Send what the operation takes."""
    options = {"json": BODIES[label(route)]} if signature_of(route.handler).body is not None else {}
    world.sleep(minutes=1)
    return world.call(route.method, path + QUERIES.get(label(route), ""), person=person, **options)


def seen(answer: Any) -> tuple[int, Any]:
    """What an answer tells, without the number of the request."""
    try:
        told = answer.json()
    except ValueError:
        return answer.status_code, answer.text
    if isinstance(told, dict):
        told = {name: value for name, value in told.items() if name not in NAMELESS}
    return answer.status_code, told


def cells(route: Route, strangers: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Role and person of every cell in which nothing may be done."""
    for role, person in ROLE_PERSONS.items():
        if role not in route.roles:
            yield role, person
    for role, people in strangers.items():
        if role in route.roles:
            for person in people:
                yield role, person


class TestTable:
    """Nothing by default."""

    def test_no_operation_is_missing_from_it(self) -> None:
        told = {name for name in operations() if "/fhir/" not in name}
        assert told == {label(route) for route in routes()}
        assert told - PUBLIC == {label(route) for route in guarded()}
        for route in guarded():
            described = DESCRIBED["paths"][route.path][route.method.lower()]
            assert described["x-roles"] == list(route.roles), label(route)
            assert described.get("security") != [], label(route)
            assert set(route.roles) <= NATIONAL | STRANGERS.keys()

    @pytest.mark.parametrize("name", sorted(name for name in operations() if "/fhir/" in name))
    def test_fhir_is_for_registrars_alone(self, shared_world: World, name: str) -> None:
        method, path = name.split()
        if path.endswith("/metadata"):
            assert shared_world.call(method, path, person=None).status_code == 200
            return
        form = {"data": {"_id": UNKNOWN_ID}} if method == "POST" else {}
        for role, person in {**ROLE_PERSONS, "nobody": None}.items():
            answer = shared_world.call(method, _filled(path), person=person, **form)
            wanted = {401} if person is None else {200, 400, 404, 415, 422} if role == "clinic_registrar" else REFUSED
            assert answer.status_code in wanted, (role, answer.status_code, answer.text)
            note(cells=1)

    @pytest.mark.parametrize("route", with_object()[:: whole_or(1, 4)], ids=label)
    def test_what_is_not_yours_is_like_what_does_not_exist(
        self, shared_world: World, objects: dict[str, str], strangers: dict[str, list[str]], route: Route
    ) -> None:
        there, nowhere = address(route, objects), _filled(route.path)
        tried = 0
        for role, person in cells(route, strangers):
            existing, unknown = (called(shared_world, route, path, person) for path in (there, nowhere))
            if person not in PLACELESS:
                assert seen(existing) == seen(unknown), (role, person, existing.text)
            allowed = {403, 404} if role in route.roles else {403}
            assert existing.status_code in allowed, (role, person, existing.status_code, existing.text)
            tried += 2
        assert called(shared_world, route, there, None).status_code == 401
        note(cells=tried + 1)

    def test_the_objects_are_there_for_those_who_may(self, shared_world: World, objects: dict[str, str]) -> None:
        """Else the likeness would prove nothing: two of three operations, and more, find theirs."""
        found = {}
        for route in with_object():
            person = ROLE_PERSONS[route.roles[0]]
            found[label(route)] = called(shared_world, route, address(route, objects), person).status_code
        missing = [name for name, status in found.items() if status in {401, 403, 404}]
        assert len(missing) < len(found) / 3, missing
        note(operations_on_objects=len(found), found_by_their_owner=len(found) - len(missing))
