"""Many people and many devices at once, on the local cloud: a doctor's limit and the yearly rule hold."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.adapters.dynamodb.store import DynamoDBStore
from chalicelib.adapters.ids import UlidSource
from chalicelib.domain.attachment import AttachmentReason
from chalicelib.domain.errors import DomainError, RuleRefused, StateConflict
from chalicelib.domain.person import CONSENT_VERSION, Consent, Person
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.ports.errors import AlreadyExists, StaleWrite
from chalicelib.use_cases.attachments import AttachmentWish, request_attachment
from chalicelib.use_cases.handle_attachments import AttachmentDecision, decide_attachment
from chalicelib.use_cases.import_clinics import load_clinics
from infra.local.clinics_sample import clinics_file
from infra.local.stack import deploy
from tests.clinics import FIRST, HOME, NARROW, OTHER_THERAPIST, SECOND, THERAPIST

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
PEOPLE, TRIES = 8, 40


class Tools:
    """The two ports that attachments need, over the cloud."""

    def __init__(self, cloud, table):
        self.store = DynamoDBStore(client=cloud.client("dynamodb"), table=table, hint=lambda body: None)
        self.ids = UlidSource()


@pytest.fixture
def table(cloud):
    name = deploy(endpoint=cloud.url, parameters={}).environment["TABLE_NAME"]
    load_clinics(tools=Tools(cloud, name), file=clinics_file(), region=None, at=NOW)
    return name


def principal(number, *, clinic=None):
    role = Role.CLINIC_REGISTRAR if clinic else Role.CITIZEN
    account_id = f"{role.value:.<18}{number:08d}"
    return Principal(
        subject=str(number),
        account_id=account_id,
        roles=frozenset({role}),
        assurance=Assurance.CONFIRMED,
        clinic=clinic,
    )


def insured(tools, number):
    who = principal(number).account_id
    consent = Consent(version=CONSENT_VERSION, given_at=NOW, channel="cabinet")
    names = {"family_name": "Примеров", "given_name": "Пример", "middle_name": ""}
    person = Person(
        person_id=who, account_id=who, born_on="1990-05-14", sex="male", snils="", consents=(consent,), **names
    )
    policy = Policy(
        policy_id=tools.ids.new_id(at=NOW),
        person_id=who,
        policy_number=f"{number:016d}",
        state=PolicyState.ACTIVE,
        issued_on=NOW.date(),
        issued_at=NOW,
        valid_from=NOW.date(),
        periods=(InsurerPeriod(insurer_code="77012", insured_from=NOW.date()),),
        status_index=number,
    )
    work = tools.store.work(at=NOW)
    work.create(person)
    work.create(policy)
    work.commit()


def at_once(*jobs):
    """Start all jobs together; returns what each gave, or raised."""
    start, ends = threading.Barrier(len(jobs)), [None] * len(jobs)

    def run(place, job):
        start.wait()
        try:
            ends[place] = job()
        except (DomainError, AlreadyExists, StaleWrite) as refusal:
            ends[place] = refusal

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


def patient(job):
    """Ask again while others are in the way, as a client would."""
    for _ in range(TRIES):
        try:
            return job()
        except StaleWrite:
            continue
    raise AssertionError("never let through")


def asks(cloud, table, number, clinic, doctor):
    own = Tools(cloud, table)
    wish = AttachmentWish(clinic_code=clinic, doctor_id=doctor, reason=AttachmentReason.BY_WISH, address=HOME)
    return lambda: patient(lambda: request_attachment(tools=own, principal=principal(number), wish=wish, at=NOW))


def test_a_doctor_gets_as_many_as_the_limit_says(cloud, table):
    tools = Tools(cloud, table)
    for number in range(PEOPLE):
        insured(tools, number)

    ends = at_once(*(asks(cloud, table, number, FIRST, NARROW) for number in range(PEOPLE)))

    refused = [end.reason for end in ends if isinstance(end, RuleRefused)]
    assert refused == ["no_places"] * (PEOPLE - 2)
    assert tools.store.clinic_file(code=FIRST).taken[NARROW] == 2


def test_one_request_of_a_person_is_live_and_one_attachment_a_year_stands(cloud, table):
    tools = Tools(cloud, table)
    insured(tools, 1)
    wishes = [(FIRST, THERAPIST), (FIRST, NARROW), (SECOND, OTHER_THERAPIST)] * 2

    ends = at_once(*(asks(cloud, table, 1, *wish) for wish in wishes))
    (made,) = [end for end in ends if not isinstance(end, Exception)]
    assert all(isinstance(end, StateConflict | AlreadyExists) for end in ends if end is not made)

    decision = AttachmentDecision(person_id=made.person_id, attachment_id=made.attachment_id)
    registrars = [principal(number, clinic=made.clinic_code) for number in range(4)]
    refusal = replace(decision, refusal="doctor_left")

    def decides(registrar, what):
        own = Tools(cloud, table)
        return lambda: decide_attachment(tools=own, principal=registrar, decision=what, at=NOW)

    wanted = [decision, refusal, decision, refusal]
    decided = at_once(*(decides(*pair) for pair in zip(registrars, wanted, strict=True)))
    states = Counter(end.state.value for end in decided if not isinstance(end, Exception))
    assert len(states) == 1

    known = tools.store.person_file(person_id=made.person_id)
    assert [found.state.value for found in known.attachments] == list(states)
    is_attached = "attached" in states
    taken = tools.store.clinic_file(code=made.clinic_code).taken[made.doctor_id]
    assert taken == (1 if is_attached else 0)
