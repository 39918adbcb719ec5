"""The people of a history: who they are, what they want, and clients that repeat what got no answer."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.local.person_numbers import inn_of, snils_of
from tests.applicants import BASIS, PERMIT, paper
from tests.journeys import scan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from tests.histories.simulator import Simulation

APPLICATION = "/v1/applications/{application_id}"
MAX_TRIES = 40
"""After so many tries at one step a person gives up: that is not an error of the service."""
NEW_KEY_AFTER = (409, 410, 412, 422)
"""A refusal is an answer: what is tried after it is a new request."""

Step = "Callable[[Person, Simulation], bool]"

WISHES: tuple[tuple[str, dict[str, dict[str, str]]], ...] = (
    ("insurer_change", {"insurer": {"code": "77004", "change_reason": "by_wish"}}),
    ("replacement", {"replacement": {"reason": "lost"}}),
    ("suspension", {"suspension": {"reason": "left_country", "from_on": "{tomorrow}"}}),
    ("policy_refusal", {"refusal": {"understood": "yes"}}),
)


@dataclass(kw_only=True)
class Person:
    """One person with a client; ``steps`` are left to take, ``acknowledged`` is what the service said it has."""

    serial: int
    category: str
    claims: dict[str, Any]
    sections: dict[str, dict[str, str]]
    wish: tuple[str, dict[str, dict[str, str]]]
    withdraws: bool
    steps: list[Any] = field(default_factory=list)
    tries: int = 0
    attempt: int = 0
    application_id: str | None = None
    acknowledged: dict[str, str] = field(default_factory=dict)
    wished: set[str] = field(default_factory=set)
    refused_code: str | None = None
    gave_up: bool = False
    is_busy: bool = False

    @property
    def phone(self) -> str:
        """Where this person's codes go."""
        return str(self.claims["phone_number"])

    def act(self, simulation: Simulation) -> None:
        """Try the next step; it stays next until it got an answer that it can go on from."""
        if not self.steps or self.gave_up or self.is_busy:
            return
        self.tries += 1
        self.is_busy = True
        if self.tries > MAX_TRIES:
            self.gave_up = True
        elif self.steps[0](self, simulation):
            self.steps.pop(0)
            self.tries, self.attempt = 0, 0
        self.is_busy = False

    def ask(
        self, simulation: Simulation, method: str, resource: str, body: Any = None, **path: str
    ) -> tuple[int, dict[str, Any]]:
        """Send a request under a key that stays the same until an answer came; returns its status and body."""
        step = len(self.steps)
        key = None if method == "GET" else f"{self.serial}-{step}-{resource}-{self.attempt}"
        answer = simulation.ask(self.claims, method, resource, body, key=key, **path)
        status = int(answer["statusCode"])
        if status in NEW_KEY_AFTER:
            self.attempt += 1
        return status, json.loads(answer["body"]) if answer["body"] else {}


def person(random: Random, serial: int) -> Person:
    """Make one person of a category drawn by chance."""
    category = random.choice(tuple(_CATEGORIES))
    male = random.random() < 0.5
    claims = {
        "sub": str(5_000_000_000 + serial),
        "roles": ["citizen"],
        "assurance": "confirmed",
        "region": "77",
        "family_name": "Примеров" if male else "Примерова",
        "given_name": random.choice(("Егор", "Пётр")) if male else random.choice(("Анна", "Ольга")),
        "middle_name": "Алексеевич" if male else "Алексеевна",
        "birthdate": f"{random.randrange(1950, 2005)}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}",
        "gender": "male" if male else "female",
        "snils": snils_of(serial),
        "inn": inn_of(serial),
        "phone_number": f"+7900{serial:07d}",
        "email": f"person{serial}@example.org",
        "birthplace": "Г. МОСКВА",
        "address": {"region": "77", "index": "101000", "city": "Москва", "house": str(serial)},
        "identity_document": {
            "type": "14",
            "series": "00 20",
            "number": f"{serial:06d}",
            "issued_on": "2020-09-01" if not male else "2021-03-01",
            "issuer": "МВД ДЛЯ ПРИМЕРА",
            "issuer_code": "770-001",
        },
    }
    citizenship, sections = _CATEGORIES[category]
    chosen = {**sections, "insurer": {"code": "77012"}}
    if category != "citizen_14_plus":
        document = {**paper("9"), **sections.get("identity_document", {}), "number": f"{9_000_000 + serial}"}
        chosen["identity_document"] = document
    chosen["person"] = {"citizenship": citizenship, "birthplace": "Г. МОСКВА"}
    made = Person(
        serial=serial,
        category=category,
        claims=claims,
        sections=chosen,
        wish=random.choice(WISHES),
        withdraws=random.random() < 0.1,
    )
    made.steps = _plan(made)
    return made


_PERMIT = {"status_document": {**PERMIT, "type": "23"}}
_CATEGORIES: Mapping[str, tuple[str, dict[str, dict[str, str]]]] = {
    "citizen_14_plus": ("RUS", {}),
    "foreigner_permanent": ("UZB", {"status_document": PERMIT}),
    "foreigner_temporary": ("UZB", _PERMIT),
    "stateless_permanent": ("XXA", {"identity_document": paper("22", "АА"), "status_document": PERMIT}),
    "refugee": ("UZB", {"identity_document": paper("12")}),
    "eaeu_worker": ("KGZ", {"basis": BASIS}),
}


def _plan(made: Person) -> list[Any]:
    first = [_consent, *_application("first_policy", made.sections)]
    if made.withdraws:
        return [*first, _withdraw]
    kind, sections = made.wish
    return [*first, _until_insured, *_application(kind, sections)]


def _application(kind: str, sections: dict[str, dict[str, str]]) -> list[Any]:
    return [_draft(kind), _fill(sections), _scans, _code, _submit]


def _consent(person: Person, simulation: Simulation) -> bool:
    status, text = person.ask(simulation, "GET", "/v1/consent-text")
    if status != 200:
        return False
    status, _ = person.ask(simulation, "POST", "/v1/me/consents", {"version": text["version"]})
    return status in (200, 201)


def _draft(kind: str) -> Any:
    def step(person: Person, simulation: Simulation) -> bool:
        wish = {"kind": kind, "category": person.category}
        person.wished.add(f"{kind}-{person.attempt}")
        status, body = person.ask(simulation, "POST", "/v1/applications", wish)
        if status in (200, 201):
            person.application_id = str(body["id"])
            person.acknowledged[person.application_id] = "draft"
        return status in (200, 201)

    return step


def _fill(sections: dict[str, dict[str, str]]) -> Any:
    def step(person: Person, simulation: Simulation) -> bool:
        tomorrow = (simulation.rig.at + timedelta(days=2)).date().isoformat()
        told = {
            name: {field: value.format(tomorrow=tomorrow) for field, value in section.items()}
            for name, section in sections.items()
        }
        if "person" in told:
            told["person"] = {**_own(person), **told["person"]}
        status, _ = person.ask(simulation, "PATCH", APPLICATION, told, application_id=_own_id(person))
        return status == 200

    return step


def _own(person: Person) -> dict[str, str]:
    claims = person.claims
    names = {name: claims[name] for name in ("family_name", "given_name", "middle_name")}
    return {**names, "born_on": claims["birthdate"], "sex": claims["gender"], "snils": claims["snils"]}


def _own_id(person: Person) -> str:
    if person.application_id is None:
        raise AssertionError("a step came before its draft")
    return person.application_id


def _scans(person: Person, simulation: Simulation) -> bool:
    """Upload what is missing; whoever got no answer looks again what is missing."""
    status, draft = person.ask(simulation, "GET", APPLICATION, application_id=_own_id(person))
    if status != 200:
        return False
    for document in draft["missing_documents"]:
        person.attempt += 1
        order = {"document": document, "media_type": "image/png"}
        status, ordered = person.ask(simulation, "POST", f"{APPLICATION}/scans", order, application_id=_own_id(person))
        if status == 201:
            simulation.upload(ordered["upload"]["fields"]["key"], scan())
    return not draft["missing_documents"]


def _code(person: Person, simulation: Simulation) -> bool:
    resource = f"{APPLICATION}/signing-codes"
    status, _ = person.ask(simulation, "POST", resource, application_id=_own_id(person))
    return status in (200, 201, 202, 429)


def _submit(person: Person, simulation: Simulation) -> bool:
    """Send the last code that came; one that was refused is not sent again, another is asked for."""
    code = simulation.last_code(person.phone)
    if code in (None, person.refused_code):
        if person.tries % 4 == 0:
            _code(person, simulation)
        return False
    application_id = _own_id(person)
    status, body = person.ask(
        simulation, "POST", f"{APPLICATION}/submission", {"code": code}, application_id=application_id
    )
    if status == 201:
        person.acknowledged[application_id] = str(body["number"])
    elif status in NEW_KEY_AFTER:
        person.refused_code = code
        _code(person, simulation)
    return status == 201


def _until_insured(person: Person, simulation: Simulation) -> bool:
    """Look again, as people do; who was refused or waits for long has nothing more to wish."""
    status, body = person.ask(simulation, "GET", APPLICATION, application_id=_own_id(person))
    if status == 200 and body["state"] in ("refused", "withdrawn", "expired"):
        person.steps = [_until_insured]
        return True
    return status == 200 and body["state"] == "ready"


def _withdraw(person: Person, simulation: Simulation) -> bool:
    resource = f"{APPLICATION}/withdrawal"
    status, _ = person.ask(simulation, "POST", resource, application_id=_own_id(person))
    return status in (200, 201, 204, 409)
