"""What use cases answer when a record that belongs to another is not there, or was changed by somebody in between."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from chalicelib.domain.application import ApplicantCategory, Application, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.domain.representation import Relation, Representation
from chalicelib.ports.errors import NotFound, Unavailable
from chalicelib.ports.folders import PersonFile
from chalicelib.use_cases.forms import differences_from_account, prefilled
from chalicelib.use_cases.people import own_file
from chalicelib.use_cases.policy_acts import resume_policy
from chalicelib.use_cases.prefilling import prefilled_for
from chalicelib.use_cases.registered_policy import registered_period
from chalicelib.use_cases.relay_outbox import relay_entries
from chalicelib.use_cases.representations import represented_persons

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
NOBODY = Principal(
    subject="s", account_id="a", roles=frozenset({Role.CITIZEN}), assurance=Assurance.CONFIRMED, person=None
)
FILED = Application(
    application_id="1",
    account_id="a",
    person_id="a",
    kind=ApplicationKind.RESUMPTION,
    category=ApplicantCategory.CITIZEN_14_PLUS,
    state=ApplicationState.APPROVED,
    created_at=NOW,
    updated_at=NOW,
    form={"resumption": {"from_on": "2026-03-16"}},
)
RIGHT = Representation(
    representative_id="a",
    person_id="child",
    relation=Relation.PARENT,
    since_on=date(2026, 1, 1),
    born_on=date(2020, 1, 1),
    utc_offset_hours=3,
)


def tools_over(**store):
    return SimpleNamespace(store=SimpleNamespace(**store))


def test_an_account_without_a_person_fills_nothing_and_contradicts_nothing():
    assert prefilled(None, citizenship="RUS") == {}
    assert differences_from_account(form={"person": {"snils": "1"}}, claims=None, section="person") == ()


def test_an_account_without_a_person_has_no_profile():
    with pytest.raises(NotFound):
        own_file(tools=tools_over(person_file=lambda **_: PersonFile()), principal=NOBODY, at=NOW)


def test_a_represented_person_without_a_profile_is_not_filled_in():
    form = prefilled_for(known=PersonFile(), principal=NOBODY, representation=RIGHT, citizenship="RUS")
    assert "person" not in form


def test_a_represented_person_without_a_profile_is_not_listed():
    tools = tools_over(person_file=lambda **_: PersonFile(represented=(RIGHT,)))
    assert represented_persons(tools=tools, principal=NOBODY) == ()


def test_no_policy_is_resumed_where_none_stands():
    with pytest.raises(RuleRefused) as refusal:
        resume_policy(tools_over(), FILED, PersonFile(), NOW)
    assert refusal.value.reason == "policy_not_suspended"


def test_who_is_in_no_register_has_no_insurer_by_it():
    with pytest.raises(RuleRefused):
        registered_period(FILED)


def test_what_a_queue_did_not_take_is_kept_and_sent_again():
    forgotten = []
    tools = SimpleNamespace(
        store=SimpleNamespace(
            outbox_entries=lambda **_: ("one", "two"), outbox_done=lambda *, entries: forgotten.extend(entries)
        ),
        queues=SimpleNamespace(send=lambda *, entries: entries[:1]),
    )
    with pytest.raises(Unavailable):
        relay_entries(tools=tools, entry_ids=("1", "2"))
    assert forgotten == ["one"]
