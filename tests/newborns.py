"""Births as the civil registry tells of them, and what parents then see."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.local.persons import PERSONS
from tests.applicants import CHILD, scanned
from tests.journeys import OTHER_INSURER, insured, messages

if TYPE_CHECKING:
    import httpx

    from tests.world import World

RECORDS = "/v1/civil-registry/records"
CASES = "/v1/operator/civil-records"
REPRESENTED = "/v1/represented-persons"
NUMBER = "110269770000100012003"
BORN_ON, REGISTERED_ON = "2026-03-20", "2026-03-25"
CHOICE_FROM = "2026-04-25"
"""The day after the thirty days that follow the registration."""

CERTIFICATE = {
    "type": "3",
    "series": "I-АА",
    "number": "900120",
    "issuer": "ЗАГС ДЛЯ ПРИМЕРА",
    "issued_on": "2026-03-25",
}
SON = {
    "family_name": "Примеров",
    "given_name": "Тимофей",
    "middle_name": "Петрович",
    "sex": "male",
    "born_on": BORN_ON,
    "birthplace": "Г. МОСКВА",
    "certificate": CERTIFICATE,
}
DECLARED = {**CHILD, **{name: SON[name] for name in ("family_name", "given_name", "middle_name", "sex", "born_on")}}
"""The boy as the mother tells of him before the record comes."""
PAPER = {"identity_document": {**CERTIFICATE, "issuer": "ЗАГС ДЛЯ ПРИМЕРА"}}


def parent(key: str, **changed: Any) -> dict[str, Any]:
    """A demonstration person as a parent in a record."""
    person = next(found for found in PERSONS if found.key == key)
    document = {"type": person.document.type, "series": person.document.series, "number": person.document.number}
    return {
        "family_name": person.family_name,
        "given_name": person.given_name,
        "middle_name": person.middle_name,
        "born_on": person.born_on,
        "snils": person.snils,
        "document": document,
        **changed,
    }


MOTHER, FATHER = parent("citizen"), parent("insured")


def birth(version: int = 1, *, child: dict[str, Any] | None = None, **changed: Any) -> dict[str, Any]:
    """A message: the birth of a boy to a mother; ``child`` changes what it says of him."""
    return {
        "number": NUMBER,
        "version": version,
        "kind": "birth" if version == 1 else "correction",
        "registered_on": REGISTERED_ON,
        "region": "77",
        "office": "ОРГАН ЗАГС ДЛЯ ПРИМЕРА",
        "child": {**SON, **(child or {})},
        "mother": MOTHER,
        **changed,
    }


def annulment(version: int) -> dict[str, Any]:
    """A message that annuls the record: it names nobody."""
    return {**birth(version, kind="annulment"), "child": None, "mother": None}


def send(world: World, message: dict[str, Any]) -> httpx.Response:
    """Send a message; the answer may be a refusal."""
    return world.call("POST", RECORDS, person="civil_registry", json=message)


def told(world: World, message: dict[str, Any]) -> dict[str, Any]:
    """Send a message, let it be handled, and ask what became of it by sending it once more."""
    assert send(world, message).status_code == 202
    world.settle()
    again = send(world, message)
    assert again.status_code == 200
    return dict(again.json())


def mother_insured(world: World) -> None:
    """Insure the mother; then the child is born and registered."""
    insured(world)
    world.sleep(days=10)


def both_insured(world: World) -> None:
    """Insure the father too."""
    insured(world, person="insured")
    mother_insured(world)


def kinds(world: World, *, person: str = "citizen") -> list[str]:
    """What messages of the cabinet tell of."""
    return [message["kind"] for message in messages(world, person=person)]


def children(world: World, *, person: str = "citizen") -> list[dict[str, Any]]:
    """Whom a parent may act for."""
    return list(world.ok("GET", REPRESENTED, person=person)["items"])


def child(world: World, *, person: str = "citizen") -> dict[str, Any]:
    """The only child of a parent."""
    (only,) = children(world, person=person)
    return dict(only)


def policies(world: World, person_id: str, *, person: str = "citizen") -> list[dict[str, Any]]:
    """The policies of a child as a parent sees them, in their order."""
    return list(world.ok("GET", f"{REPRESENTED}/{person_id}/insurance", person=person)["policies"])


def standing(world: World, person_id: str, *, person: str = "citizen") -> dict[str, Any]:
    """The one policy of a child that stands."""
    (only,) = [p for p in policies(world, person_id, person=person) if p["state"] in {"active", "suspended"}]
    return dict(only)


def cases(world: World) -> list[dict[str, Any]]:
    """What waits for the fund's operator."""
    return list(world.ok("GET", CASES, person="fund")["items"])


def decided(world: World, record_id: str, **decision: Any) -> httpx.Response:
    """Let the fund's operator decide; the answer may be a refusal."""
    return world.call("POST", f"{CASES}/{record_id}/decision", person="fund", json=decision)


def choice(world: World, person_id: str, *, person: str = "citizen", insurer: str = OTHER_INSURER) -> str:
    """Prepare a parent's application to choose the insurer of a child, to the point of its signature."""
    version = world.ok("GET", "/v1/consent-text", person=None)["version"]
    world.ok("POST", f"{REPRESENTED}/{person_id}/consents", person=person, json={"version": version})
    wish = {"kind": "insurer_change", "category": "child_under_14", "person_id": person_id}
    draft = world.ok("POST", "/v1/applications", person=person, json=wish)
    sections = {
        "person": {**draft["form"]["person"], "birthplace": "Г. МОСКВА"},
        "identity_document": CERTIFICATE,
        "insurer": {"code": insurer, "change_reason": "by_wish"},
        "representative": {**draft["form"]["representative"], "second_parent": "absent"},
    }
    saved = world.ok("PATCH", f"/v1/applications/{draft['id']}", person=person, json=sections)
    assert saved["errors"] == [], saved["errors"]
    scanned(world, draft["id"], person=person)
    return str(draft["id"])
