"""Many operators at once, on the local cloud: the queue lists every case once, and exactly one operator gets each."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from chalicelib.adapters.dynamodb.store import DynamoDBStore
from chalicelib.adapters.ids import UlidSource
from chalicelib.domain.application import ApplicantCategory, Application, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.case_steps import leave_to_operator
from chalicelib.domain.case_summary import Scope, ScopeKind
from chalicelib.domain.operator_case import CaseTaken, WaitReason
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.lease_case import take_case
from infra.local.stack import deploy

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
OPERATORS, CASES = 6, 5
INSURER, REGION = Scope(kind=ScopeKind.INSURER, code="77012"), Scope(kind=ScopeKind.REGION, code="77")


class Tools:
    """The two ports that taking a case needs, over the cloud."""

    def __init__(self, cloud, table):
        self.store = DynamoDBStore(client=cloud.client("dynamodb"), table=table, hint=lambda body: None)
        self.ids = UlidSource()


@pytest.fixture
def table(cloud):
    return deploy(endpoint=cloud.url, parameters={}).environment["TABLE_NAME"]


def filed(tools, number):
    case = Application(
        application_id=tools.ids.new_id(at=NOW),
        person_id=f"person{number:020d}",
        account_id=f"person{number:020d}",
        kind=ApplicationKind.FIRST_POLICY,
        category=ApplicantCategory.CITIZEN_14_PLUS,
        state=ApplicationState.IN_PROCESSING,
        created_at=NOW,
        updated_at=NOW,
        submitted_at=NOW,
        number=f"2026-{number:08d}-0",
        due_on=date(2026, 4, 27),
        form={"registration_address": {"region": "77"}, "insurer": {"code": "77012"}},
    )
    work = tools.store.work(at=NOW)
    work.create(leave_to_operator(case, reason=WaitReason.IDENTITY_CLASH, at=NOW))
    work.commit()
    return case.application_id


def operator(number):
    return Principal(
        subject=str(number),
        account_id=f"operator{number:018d}",
        roles=frozenset({Role.INSURER_OPERATOR}),
        assurance=Assurance.CONFIRMED,
        insurer="77012",
    )


def test_exactly_one_of_many_operators_takes_each_case(cloud, table):
    tools = Tools(cloud, table)
    cases = sorted(filed(tools, number) for number in range(CASES))
    start, taken, refused = threading.Barrier(OPERATORS), Counter(), Counter()

    def work(number):
        own = Tools(cloud, table)
        for application_id in cases:
            start.wait()
            try:
                take_case(tools=own, principal=operator(number), application_id=application_id, at=NOW)
            except (CaseTaken, StaleWrite):
                refused[application_id] += 1
            else:
                taken[application_id] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(OPERATORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert taken == dict.fromkeys(cases, 1)
    assert refused == dict.fromkeys(cases, OPERATORS - 1)
    for scope in (INSURER, REGION):
        found = list(tools.store.waiting_cases(scope=scope, after=None, page=2))
        assert [case.application_id for case in found] == cases
        assert all(case.lease for case in found)
        assert {case.application_id for case in tools.store.filed_cases(scope=scope, **MARCH)} == set(cases)


MARCH = {"since": date(2026, 3, 1), "until": date(2026, 4, 1)}


def test_the_index_holds_nothing_but_the_summary(cloud, table):
    tools = Tools(cloud, table)
    filed(tools, 1)
    found = cloud.client("dynamodb").scan(TableName=table, IndexName="gsi3")["Items"]

    assert [set(item) for item in found] == [{"PK", "SK", "gsi3pk", "gsi3sk", "summary"}]
