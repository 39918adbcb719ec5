from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.civil_record import CaseReason, Child, CivilMessage, CivilRecord, Paper, Parent, ParentRole
from chalicelib.domain.civil_record import RecordKind as Kind
from chalicelib.domain.matrix import matrix_row
from chalicelib.domain.newborn import (
    Findings,
    insurer_on,
    is_another,
    is_like,
    is_same_child,
    needs_new_policy,
    obstacle,
)
from chalicelib.domain.person import Person
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState, Suspension
from chalicelib.domain.sex import Sex
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate

AT = datetime(2026, 3, 26, 9, tzinfo=UTC)
TODAY = AT.date()
BORN_ON = date(2026, 3, 20)
ROW = matrix_row(category=ApplicantCategory.CHILD_UNDER_14, kind=ApplicationKind.FIRST_POLICY, on=TODAY)
CHILD = Child(
    sex=Sex.MALE,
    born_on=BORN_ON,
    family_name="Примеров",
    given_name="Тимофей",
    certificate=Paper(type="3", series="I-АА", number="900120"),
)
MOTHER = Parent(role=ParentRole.MOTHER, family_name="Примерова", given_name="Анна", born_on=date(1990, 5, 14))
PERSON = Person(
    person_id="p",
    account_id="p",
    family_name="Примеров",
    given_name="Тимофей",
    middle_name="",
    born_on="2026-03-20",
    sex="male",
    snils="",
)
POLICY = Policy(
    policy_id="1",
    person_id="p",
    policy_number="7756510844000446",
    state=PolicyState.ACTIVE,
    issued_on=date(2026, 1, 12),
    issued_at=AT,
    valid_from=date(2026, 1, 12),
    periods=(
        InsurerPeriod(insurer_code="77012", insured_from=date(2026, 1, 12), insured_until=date(2026, 3, 20)),
        InsurerPeriod(insurer_code="77004", insured_from=date(2026, 3, 20)),
    ),
    status_index=1,
)
CERTIFICATE = TemporaryCertificate(
    number="123456789",
    person_id="p",
    application_id="a",
    account_id="p",
    insurer_code="77015",
    region="77",
    issued_on=date(2026, 3, 1),
    valid_until=date(2026, 3, 31),
    utc_offset_hours=3,
    state=CertificateState.ACTIVE,
    status_index=2,
)


class TestInsurer:
    """Whose insurer insures the child: the one of the day of birth."""

    @pytest.mark.parametrize(
        ("policies", "certificates", "day", "insurer"),
        [
            ((POLICY,), (), BORN_ON, "77004"),
            ((POLICY,), (), date(2026, 3, 19), "77012"),
            ((POLICY,), (), date(2026, 1, 11), None),
            ((POLICY,), (CERTIFICATE,), BORN_ON, "77004"),
            ((), (CERTIFICATE,), BORN_ON, "77015"),
            ((), (CERTIFICATE,), date(2026, 3, 31), None),
            ((), (), BORN_ON, None),
            ((replace(POLICY, valid_until=BORN_ON),), (), BORN_ON, None),
            ((replace(POLICY, state=PolicyState.ANNULLED, ended_on=BORN_ON),), (), BORN_ON, None),
            ((replace(POLICY, state=PolicyState.REPLACED, ended_on=date(2026, 3, 25)),), (), BORN_ON, "77004"),
            ((replace(POLICY, suspensions=(Suspension(reason="x", from_on=BORN_ON),)),), (), BORN_ON, None),
            (
                (replace(POLICY, suspensions=(Suspension(reason="x", from_on=date(2026, 2, 1), until_on=BORN_ON),)),),
                (),
                BORN_ON,
                "77004",
            ),
        ],
    )
    def test_is_that_of_the_day(self, policies, certificates, day, insurer):
        assert insurer_on(policies=policies, certificates=certificates, on=day) == insurer


class TestPersons:
    """Who is who."""

    @pytest.mark.parametrize(
        ("parent", "person", "another"),
        [
            (MOTHER, {"given_name": "Анна", "born_on": "1990-05-14"}, False),
            (MOTHER, {"given_name": "АННА", "born_on": "1990-05-14", "family_name": "Девичья"}, False),
            (MOTHER, {"given_name": "Анна", "born_on": "1991-05-14"}, True),
            (replace(MOTHER, born_on=date(1990, 1, 1)), {"given_name": "Анна", "born_on": "1990"}, False),
            (MOTHER, {"given_name": "Анна", "born_on": "1990"}, True),
            (MOTHER, {"given_name": "Ольга", "born_on": "1990-05-14"}, True),
            (replace(MOTHER, born_on=None), {"given_name": "Анна", "born_on": "1991-05-14"}, False),
        ],
    )
    def test_the_holder_of_a_number_may_be_another(self, parent, person, another):
        assert is_another(parent=parent, person=replace(PERSON, **person)) is another

    @pytest.mark.parametrize(
        ("child", "person", "same"),
        [
            ({}, {}, True),
            ({}, {"given_name": "ТИМОФЕЙ", "family_name": "Образцов"}, True),
            ({"given_name": "Матвей"}, {}, False),
            ({"given_name": ""}, {"given_name": ""}, False),
            ({}, {"born_on": "2026-03-21"}, False),
            ({}, {"sex": "female"}, False),
        ],
    )
    def test_a_declared_child_may_be_the_one(self, child, person, same):
        assert is_same_child(child=replace(CHILD, **child), person=replace(PERSON, **person)) is same

    def test_likeness_is_of_sex_and_birth_date(self):
        assert is_like(child=CHILD, person=replace(PERSON, given_name="Матвей"))
        assert not is_like(child=CHILD, person=replace(PERSON, sex="female"))


@pytest.mark.parametrize(
    ("changed", "anew"),
    [
        ({"given_name": "Тимур"}, True),
        ({"sex": Sex.FEMALE}, True),
        ({"born_on": date(2026, 3, 21)}, True),
        ({"snils": "90000000182"}, False),
        ({"certificate": None, "birthplace": "Г. МОСКВА", "birth_order": 2}, False),
    ],
)
def test_a_policy_is_made_anew_for_what_stands_on_it(changed, anew):
    assert needs_new_policy(old=CHILD, new=replace(CHILD, **changed)) is anew


class TestObstacle:
    """What an operator has to look at first."""

    def record(self, **changed):
        message = CivilMessage(
            number="1", version=1, kind=Kind.BIRTH, registered_on=date(2026, 3, 25), region="77", child=CHILD
        )
        kind = changed.pop("kind", Kind.BIRTH)
        return CivilRecord(record_id="r", person_id="p", message=replace(message, kind=kind), received_at=AT, **changed)

    @pytest.mark.parametrize(
        ("record", "child", "findings", "reason"),
        [
            ({}, {}, {}, None),
            ({"kind": Kind.FOREIGN}, {}, {}, CaseReason.FOREIGN_RECORD),
            ({}, {}, {"parent_differs": True, "child_differs": True}, CaseReason.PARENT_DIFFERS),
            ({}, {}, {"child_differs": True}, CaseReason.CHILD_DIFFERS),
            ({}, {}, {"is_like_another": True}, CaseReason.CHILD_KNOWN),
            ({}, {}, {"citizenship_differs": True, "is_insured": True}, CaseReason.CITIZENSHIP_DIFFERS),
            ({"policy_id": "1"}, {}, {}, CaseReason.RESTORED),
            ({"policy_id": "1"}, {}, {"is_insured": True}, None),
            ({}, {"citizenship": "KGZ"}, {}, CaseReason.NOT_A_CITIZEN),
            ({}, {"born_on": date(2012, 3, 26)}, {}, CaseReason.NOT_A_CHILD),
            ({}, {"born_on": date(2012, 3, 27)}, {}, None),
            ({}, {"born_on": date(2012, 3, 26)}, {"is_insured": True}, None),
        ],
    )
    def test_is_the_first_that_holds(self, record, child, findings, reason):
        found = obstacle(
            record=self.record(**record),
            child=replace(CHILD, **child),
            findings=Findings(**findings),
            row=ROW,
            on=TODAY,
        )
        assert found is reason

    def test_what_was_released_is_not_asked_again_but_everything_else_is(self):
        findings = Findings(parent_differs=True, is_like_another=True)
        asked = {"child": CHILD, "findings": findings, "row": ROW, "on": TODAY}
        one = self.record(released=(CaseReason.PARENT_DIFFERS,))
        both = self.record(released=(CaseReason.PARENT_DIFFERS, CaseReason.CHILD_KNOWN))

        assert obstacle(record=one, **asked) is CaseReason.CHILD_KNOWN
        assert obstacle(record=both, **asked) is None

    def test_a_row_without_an_age_knows_no_grown_children(self):
        row = replace(ROW, below_age=None)
        child = replace(CHILD, born_on=date(1990, 1, 1))
        assert obstacle(record=self.record(), child=child, findings=Findings(), row=row, on=TODAY) is None
