"""Who told what the service answers, and which insurer the paper names (requirement G3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.fhir import clinic_organization, patient
from chalicelib.domain.item_sources import (
    SOURCE_TITLES,
    ItemSource,
    insurer_source,
    person_source,
    policy_source,
    printed_insurer,
)
from chalicelib.domain.legacy_policy import PolicyBlank
from chalicelib.domain.person import Person
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState
from chalicelib.domain.policy_types import PolicyType
from chalicelib.domain.records import DocumentType, StoredDocument
from tests.unit.domain.test_clinic import clinic

DAY = date(2026, 3, 16)
FIRST = InsurerPeriod(insurer_code="77012", insured_from=DAY, insured_until=date(2026, 4, 1))
LATER = InsurerPeriod(insurer_code="77004", insured_from=date(2026, 4, 1), basis="by_wish")
POLICY = Policy(
    policy_id="1",
    person_id="p",
    policy_number="7754900885000012",
    state=PolicyState.ACTIVE,
    issued_on=DAY,
    issued_at=datetime(2026, 3, 16, tzinfo=UTC),
    valid_from=DAY,
    periods=(FIRST, LATER),
    status_index=1,
)
PERSON = Person(
    person_id="p",
    account_id="p",
    family_name="",
    given_name="",
    middle_name="",
    born_on="",
    sex="",
    snils="",
)


def made(at: datetime | None, kind: DocumentType = DocumentType.POLICY, subject: str = "1") -> StoredDocument:
    return StoredDocument(
        document_id="d",
        person_id="p",
        document_type=kind,
        subject_id=subject,
        application_id="",
        object_key="k",
        ordered_at=datetime(2026, 3, 16, tzinfo=UTC),
        made_at=at,
    )


@pytest.mark.parametrize(
    ("basis", "source"),
    [
        ("register", ItemSource.REGISTER),
        ("correction", ItemSource.CORRECTION),
        ("first_choice", ItemSource.APPLICATION),
    ],
)
def test_the_basis_of_a_period_says_who_told_it(basis: str, source: ItemSource) -> None:
    period = replace(FIRST, basis=basis)
    policy = replace(POLICY, periods=(period, LATER))
    assert (policy_source(policy), insurer_source(period, policy)) == (source, source)
    assert source in SOURCE_TITLES


def test_a_newborns_policy_and_first_insurer_are_told_by_the_civil_registry() -> None:
    newborns = replace(POLICY, birth_registered_on=DAY)
    assert policy_source(newborns) is ItemSource.CIVIL_REGISTRY
    assert insurer_source(FIRST, newborns) is ItemSource.CIVIL_REGISTRY
    assert insurer_source(LATER, newborns) is ItemSource.APPLICATION
    assert person_source(PERSON, [newborns]) is ItemSource.CIVIL_REGISTRY
    assert policy_source(replace(POLICY, periods=())) is ItemSource.APPLICATION


def test_a_person_is_told_by_the_account_the_representative_or_a_correction() -> None:
    assert person_source(PERSON, [POLICY]) is ItemSource.ACCOUNT
    assert person_source(replace(PERSON, account_id="mother"), []) is ItemSource.REPRESENTATIVE
    assert person_source(replace(PERSON, document={"type": "14"}), []) is ItemSource.CORRECTION


def test_the_paper_names_the_insurer_of_the_day_on_which_it_was_made() -> None:
    late_evening = datetime(2026, 3, 31, 21, 30, tzinfo=UTC)
    assert printed_insurer(POLICY, []) == "77012"
    assert printed_insurer(POLICY, [made(late_evening - timedelta(hours=1))]) == "77012"
    assert printed_insurer(POLICY, [made(late_evening)]) == "77004"
    others = [made(None), made(late_evening, DocumentType.RECEIPT), made(late_evening, subject="2")]
    assert printed_insurer(POLICY, others) == "77012"
    assert printed_insurer(replace(POLICY, periods=(LATER,)), []) is None


def test_a_blank_of_an_earlier_sample_names_the_first_insurer() -> None:
    paper = replace(POLICY, blank=PolicyBlank(policy_type=PolicyType.PAPER, number="1"))
    assert printed_insurer(paper, [made(datetime(2026, 5, 1, tzinfo=UTC))]) == "77012"
    assert printed_insurer(replace(paper, periods=()), []) is None


def test_fhir_leaves_out_what_is_not_known() -> None:
    assert patient(PERSON, policy_number=None, attachment=None) == {
        "resourceType": "Patient",
        "id": "p",
        "active": True,
        "gender": "unknown",
    }
    read, _ = clinic(oid_mo="", addr_j="")
    found = clinic_organization(read, is_active=True, okato="45000")
    assert ([one["value"] for one in found["identifier"]], "address" in found) == (["770001"], False)
