"""One journey of a person whose every field is one of a kind: none of them may turn up where it does not belong."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app import app
from chalicelib import bootstrap
from chalicelib.domain.checks import CheckKind
from infra.local.person_numbers import snils_of
from infra.local.persons import PERSONS
from tests.cloud import QUEUES, cloud, in_process_cloud
from tests.faults import papers
from tests.faults.certificate_scenarios import CERTIFICATE_STAGES
from tests.faults.employer_scenarios import EMPLOYER_STAGES, decide, read_list
from tests.faults.paper_scenarios import paper_approved, paper_drafted, paper_ordered
from tests.faults.rig import Rig
from tests.faults.scenarios import STAGES
from tests.newborns import NUMBER, RECORDS, birth

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = {
    "family_name": "Канарейкина-Щеглова",
    "given_name": "Снегириана",
    "middle_name": "Зимородковна",
    "birthplace": "Г. СОЛОВЬИНСК",
    "email": "swallow.bird@example.org",
}
ADDRESS = {"city": "Трясогузкино", "street": "ул. Пеночкина", "house": "7391", "flat": "8462"}
CHILD = {"given_name": "Дроздомир", "middle_name": "Козодоевич", "birthplace": "Г. ИВОЛГИНО", "snils": snils_of(617)}
CHILDS_PAPER = {"type": "3", "series": "I-АА", "number": "617283"}
HOLD_PERSONAL_DATA = {"Application", "Person", "Policy", "PolicyVersion", "CabinetMessage"} | {
    "Delivery",
    "CivilRecord",
    "ReceivedVersion",
    "InsuranceCertificate",
    "FundChange",
}
"""The entities whose bodies are personal by nature; the table is encrypted."""

CLOCKS = {"expires_epoch", "leased_until"}
"""Seconds since 1970 may hold any four digits by chance."""

KEY_ATTRIBUTES = ("PK", "SK", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk", "gsi3pk", "gsi3sk", "gsi4pk", "gsi4sk")


class Canaries:
    """The texts to look for, and the search, blind to case and separators."""

    def __init__(self, claims: dict[str, Any]) -> None:
        document = claims["identity_document"]
        texts = [*WORDS.values(), *ADDRESS.values(), document["issuer"], claims["birthdate"]]
        texts += [CHILD["given_name"], CHILD["middle_name"], CHILD["birthplace"]]
        numbers = [claims["snils"], claims["inn"], claims["phone_number"], document["number"]]
        numbers += [CHILD["snils"], CHILDS_PAPER["number"], NUMBER]
        self.words = {self._folded(text) for text in texts}
        self.numbers = {re.sub(r"\D", "", text) for text in numbers}

    @staticmethod
    def _folded(text: str) -> str:
        return text.casefold()

    def found_in(self, text: str) -> set[str]:
        folded = self._folded(json.dumps(json.loads(text), ensure_ascii=False) if text.startswith("{") else text)
        digits = re.sub(r"(?<=\d)[ -](?=\d)", "", folded)
        return {word for word in self.words if word in folded} | {n for n in self.numbers if n in digits}


class Journey:
    """What the walk from the draft to the changed insurer left behind."""

    def __init__(self, rig: Rig, errors: list[str], links: list[str]) -> None:
        self.rig = rig
        self.errors = errors
        self.links = links
        self.canaries = Canaries(rig.claims)
        persons = [json.loads(row["data"]) for row in rig.items("Person")]
        assert len(persons) == 2
        self.canaries.numbers |= {person["policy_number"] for person in persons}


def _refusals(rig: Rig) -> list[str]:
    """Refused requests that carry the canaries back to the edge."""
    draft = rig.api("POST", "/v1/applications", {"kind": "first_policy"})["id"]
    wrong = [
        ("PATCH", {"person": {"family_name": WORDS["family_name"] + "1", "snils": rig.claims["snils"][:-1] + "0"}}),
        ("PATCH", {"person": {"family_name": {"is": WORDS["family_name"]}}}),
        ("PATCH", {"nobody": WORDS["family_name"]}),
        ("PATCH", {"contacts": {"email": WORDS["email"] + "@", "phone": rig.claims["phone_number"] + "7"}}),
    ]
    answers = [rig.answer(m, "/v1/applications/{application_id}", body, application_id=draft) for m, body in wrong]
    signed = rig.answer(
        "POST", "/v1/applications/{application_id}/submission", {"code": "123456"}, application_id=draft
    )
    assert signed["statusCode"] == 422
    return [answer["body"] for answer in [*answers, signed] if answer["statusCode"] >= 400]


def _look_up(rig: Rig) -> None:
    """Public and clinical lookups by what identifies the person."""
    number = next(json.loads(row["data"]) for row in rig.items("Policy"))["policy_number"]
    question = {"policy_number": number, "born_on": rig.claims["birthdate"], "consent": True}
    assert rig.api("POST", "/v1/validity-checks", question)["status"] == "valid"
    patient = rig.claims
    rig.claims = next(person for person in PERSONS if person.key == "registrar").claims()
    person = {name: WORDS[name] for name in ("family_name", "given_name", "middle_name")}
    for key in (
        {"policy_number": number},
        {"snils": patient["snils"]},
        {"document": {"type": "14", "series": "00 20", "number": patient["identity_document"]["number"]}},
        {"person": {**person, "born_on": patient["birthdate"]}},
    ):
        assert rig.api("POST", "/v1/clinic/validity-checks", key)["is_insured"], key
    rig.claims = patient


def _paper(rig: Rig) -> None:
    """An extract on paper to the canaries' address, seen by an operator on its way."""
    address = {part: text for part, text in rig.claims["address"].items() if part != "country"}
    paper_drafted({"method": "post", "recipient": "self", **address}, days=1)(rig)
    paper_approved(rig)
    delivery_id = paper_ordered(rig)
    for act in (papers.FORM, papers.SEND, papers.DELIVER):
        act(rig, delivery_id)


def _give_birth(rig: Rig) -> list[str]:
    """A birth that the civil registry tells, handled to its end; returns the answers to messages that are wrong."""
    mother = rig.claims
    names = {name: WORDS[name] for name in ("family_name", "given_name", "middle_name")}
    parent = {**names, "born_on": mother["birthdate"], "snils": mother["snils"]}
    child = {**CHILD, "family_name": WORDS["family_name"], "certificate": CHILDS_PAPER}
    rig.sleep(timedelta(days=10))
    rig.claims = next(person for person in PERSONS if person.key == "civil_registry").claims()
    wrong = [
        birth(
            mother=parent, child={**child, "given_name": CHILD["given_name"] + "<", "snils": CHILD["snils"][:-1] + "0"}
        ),
        birth(mother={**parent, "family_name": {"is": WORDS["family_name"]}}, child=child),
        {**birth(mother=parent, child=child), WORDS["family_name"][:3]: 1},
    ]
    rig.api("POST", RECORDS, birth(mother=parent, child=child))
    wrong.append(birth(mother=parent, child={**child, "citizenship": "KGZ"}))
    answers = [rig.answer("POST", RECORDS, message) for message in wrong]
    rig.settle()
    rig.step(*QUEUES)
    rig.claims = mother
    assert [answer["statusCode"] for answer in answers] == [422, 422, 422, 409]
    return [answer["body"] for answer in answers]


def _stages_to(name: str) -> list[str]:
    earlier = STAGES[name][0]
    return [*(_stages_to(earlier) if earlier else []), name]


@pytest.fixture(scope="module")
def logged() -> Iterator[list[str]]:
    lines: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            # Clocks and numbers of threads may hold any digits by chance.
            told = {name: value for name, value in vars(record).items() if not isinstance(value, int | float)}
            lines.append(f"{record.getMessage()} {told}")

    collector = Collector(level=logging.INFO)
    root = logging.getLogger()
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(collector)
    root.setLevel(level)


@pytest.fixture(scope="module")
def journey(logged: list[str]) -> Iterator[Journey]:
    with in_process_cloud():
        yield _walk()
        bootstrap.use_container(None)


def _walk() -> Journey:
    rig = Rig(app=app)
    rig.claims |= WORDS
    rig.claims["address"] = rig.claims["address"] | ADDRESS
    for stage in _stages_to("register_late"):
        STAGES[stage][1](rig)
    # A failure whose text quotes a person must not be quoted in turn.
    rig.registers.failing(CheckKind.PASSPORT, RuntimeError(WORDS["family_name"]), times=1)
    rig.settle()
    rig.step(*QUEUES)
    errors = _refusals(rig)
    _look_up(rig)
    _paper(rig)
    rig.step(*QUEUES)
    errors += _give_birth(rig)
    _employ(rig)
    insurance = rig.api("GET", "/v1/me/insurance")
    made = [document["id"] for document in insurance["documents"] if document["is_ready"]]
    assert made
    links = [rig.api("GET", "/v1/me/documents/{document_id}/link", document_id=document)["url"] for document in made]
    return Journey(rig, errors, links)


def _employ(rig: Rig) -> None:
    """Let an employer ask about the person, and the person ask for a certificate."""
    for stage in ("employer_registered", "employer_confirmed", "staff_requested", "list_ordered", "list_there"):
        EMPLOYER_STAGES[stage][1](rig)
    read_list(rig)
    rig.step(*QUEUES)
    decide("given")(rig)
    CERTIFICATE_STAGES["certificate_asked"][1](rig)
    rig.step(*QUEUES)


def test_the_canaries_are_where_they_belong(journey: Journey) -> None:
    application = next(row for row in journey.rig.items("Application"))

    (record,) = journey.rig.items("CivilRecord")
    told = json.dumps([application["form"], record["data"]], ensure_ascii=False)

    assert journey.canaries.found_in(told) >= journey.canaries.words


def test_keys_and_indexes_hold_none(journey: Journey) -> None:
    for row in journey.rig.items():
        for name in KEY_ATTRIBUTES:
            assert not journey.canaries.found_in(row.get(name, "")), (row.get("type"), name)


def test_records_around_the_entities_hold_none(journey: Journey) -> None:
    for row in journey.rig.items():
        if row.get("type") not in HOLD_PERSONAL_DATA and row.get("type") != "Scan":
            told = {name: value for name, value in row.items() if name not in CLOCKS}
            assert not journey.canaries.found_in(json.dumps(told, default=str, ensure_ascii=False)), row.get("type")


def test_messages_of_queues_hold_none(journey: Journey) -> None:
    messages = [*journey.rig.handled, *journey.rig.waiting]

    # Receipts of letters are written by SES itself, with the address; ours of text messages: tests of receipts.
    # Letters of people lie in S3; the queue of inbound mail has their names alone, drawn by SES.
    # What goes by the exchange queue, no person sets off: tests/functional/test_insurer_departure.py looks into it.
    assert {message.queue for message in messages} == set(QUEUES) - {"exchange", "receipts", "inbound_mail"}
    for message in messages:
        assert not journey.canaries.found_in(message.body), message.queue


def test_names_and_metadata_of_files_hold_none(journey: Journey) -> None:
    s3 = cloud("s3")
    names = 0
    for bucket in ("polis-scans", "polis-documents"):
        for found in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            head = s3.head_object(Bucket=bucket, Key=found["Key"])
            names += 1
            assert not journey.canaries.found_in(f"{found['Key']} {head['Metadata']} {head.get('ContentDisposition')}")
    assert names > 3


def test_short_messages_hold_none(journey: Journey) -> None:
    assert journey.rig.sms.sent
    for message in journey.rig.sms.sent:
        assert not journey.canaries.found_in(message.text)


def test_links_hold_none(journey: Journey) -> None:
    assert journey.links
    for link in journey.links:
        assert not journey.canaries.found_in(link)


def test_refusals_give_nothing_back(journey: Journey) -> None:
    assert len(journey.errors) >= 3
    for body in journey.errors:
        assert not journey.canaries.found_in(body), body


def test_logs_hold_none(journey: Journey, logged: list[str]) -> None:
    assert any("RuntimeError" in line for line in logged), "the failure that quotes a person was not logged"
    for line in logged:
        assert not journey.canaries.found_in(line), line
