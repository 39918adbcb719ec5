"""A message of the civil registry: each mistake by its field, on both sides of every boundary."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from chalicelib.domain.civil_record import Child, CivilMessage, Paper, Parent, ParentRole, RecordKind
from chalicelib.domain.civil_record_checks import message_errors
from chalicelib.domain.sex import Sex

TODAY = date(2026, 3, 26)
TOMORROW = TODAY + timedelta(days=1)
PAPER = Paper(type="3", series="I-АА", number="900120")
CHILD = Child(sex=Sex.MALE, born_on=date(2026, 3, 20), given_name="Тимофей", certificate=PAPER)
PASSPORT = Paper(type="14", series="00 20", number="900001")
MOTHER = Parent(role=ParentRole.MOTHER, family_name="Примерова", given_name="Анна", snils="90000000182")
FATHER = Parent(role=ParentRole.FATHER, family_name="Примеров", given_name="Лев")
MESSAGE = CivilMessage(
    number="110269770000100012003",
    version=1,
    kind=RecordKind.BIRTH,
    registered_on=date(2026, 3, 25),
    region="77",
    child=CHILD,
    parents=(MOTHER,),
)


def found(**changed):
    errors = message_errors(message=replace(MESSAGE, **changed), on=TODAY)
    assert all(error.message for error in errors)
    return [(error.field, error.code) for error in errors]


@pytest.mark.parametrize(
    ("changed", "mistakes"),
    [
        ({"number": "А-1/2"}, []),
        ({"number": "1 2"}, [("number", "record_number")]),
        ({"number": "1" * 41}, [("number", "record_number")]),
        ({"region": "00"}, [("region", "region_unknown")]),
        ({"registered_on": TODAY}, []),
        ({"registered_on": TOMORROW}, [("registered_on", "date_in_future")]),
        ({"registered_on": CHILD.born_on}, []),
        ({"registered_on": date(2026, 3, 19)}, [("registered_on", "registered_before_birth")]),
        ({"child": None}, [("child", "child_required")]),
        ({"child": None, "kind": RecordKind.ANNULMENT}, []),
        ({"parents": ()}, [("child.family_name", "family_name_required")]),
        ({"number": "?", "region": "?"}, [("number", "record_number"), ("region", "region_unknown")]),
    ],
)
def test_of_the_record(changed, mistakes):
    assert found(**changed) == mistakes


@pytest.mark.parametrize(
    ("changed", "mistakes"),
    [
        ({"family_name": "Образцов?"}, ["child.family_name"]),
        ({"given_name": "Тим?"}, ["child.given_name"]),
        ({"middle_name": "Ль?"}, ["child.middle_name"]),
        ({"birthplace": "<?"}, ["child.birthplace"]),
        ({"birthplace": "Г. МОСКВА"}, []),
        ({"citizenship": "rus"}, ["child.citizenship"]),
        ({"snils": "90000000183"}, ["child.snils"]),
        ({"birth_order": 2, "children_born": 2}, []),
        ({"birth_order": 2, "children_born": 1}, ["child.birth_order"]),
        ({"certificate": None}, ["child.certificate"]),
        ({"certificate": replace(PAPER, type="24", series="1", number="1")}, []),
        ({"certificate": PASSPORT}, ["child.certificate.type"]),
        ({"certificate": replace(PAPER, type="999")}, ["child.certificate.type"]),
        ({"certificate": replace(PAPER, series="1")}, ["child.certificate.series"]),
        ({"certificate": replace(PAPER, number="x")}, ["child.certificate.number"]),
        ({"certificate": replace(PAPER, issued_on=TODAY)}, []),
        ({"certificate": replace(PAPER, issued_on=TOMORROW)}, ["child.certificate.issued_on"]),
        ({"certificate": replace(PAPER, issued_on=date(1899, 12, 31))}, ["child.certificate.issued_on"]),
        ({"certificate": replace(PAPER, issued_on=date(1900, 1, 1))}, []),
    ],
)
def test_of_the_child(changed, mistakes):
    assert list(dict(found(child=replace(CHILD, **changed)))) == mistakes


def test_codes_of_the_child():
    wrong = replace(CHILD, citizenship="?", birth_order=3, certificate=replace(PASSPORT, issued_on=TOMORROW))
    assert found(child=wrong) == [
        ("child.birth_order", "birth_order"),
        ("child.certificate.issued_on", "date_in_future"),
        ("child.certificate.type", "certificate_type"),
        ("child.citizenship", "country_unknown"),
    ]
    old = replace(CHILD, certificate=replace(PAPER, type="999", issued_on=date(1899, 12, 31)))
    assert set(found(child=old)) == {
        ("child.certificate.issued_on", "date_range"),
        ("child.certificate.type", "certificate_type"),
        ("child.certificate.type", "document_type_unknown"),
    }
    assert found(child=replace(CHILD, certificate=None)) == [("child.certificate", "certificate_required")]
    assert ("child.born_on", "date_in_future") in found(child=replace(CHILD, born_on=TOMORROW))


@pytest.mark.parametrize(
    ("changed", "mistakes"),
    [
        ({"given_name": "Анна?"}, ["mother.given_name"]),
        ({"middle_name": "?"}, ["mother.middle_name"]),
        ({"snils": "90000000183"}, ["mother.snils"]),
        ({"document": PASSPORT}, []),
        ({"document": replace(PASSPORT, number="1")}, ["mother.document.number"]),
        ({"document": replace(PASSPORT, issued_on=TOMORROW)}, ["mother.document.issued_on"]),
        ({"born_on": date(1990, 5, 14)}, []),
        ({"born_on": date(1899, 12, 31)}, ["mother.born_on"]),
        ({"born_on": date(2026, 3, 19)}, []),
        ({"born_on": CHILD.born_on}, ["mother.born_on"]),
    ],
)
def test_of_a_parent(changed, mistakes):
    assert list(dict(found(parents=(replace(MOTHER, **changed),)))) == mistakes


def test_a_parent_is_older_where_there_is_a_child():
    young = replace(MOTHER, born_on=date(2026, 3, 24))
    assert found(parents=(young,)) == [("mother.born_on", "parent_too_young")]
    assert found(child=None, kind=RecordKind.ANNULMENT, parents=(young,)) == []


def test_two_parents_are_two_persons():
    assert found(parents=(MOTHER, FATHER)) == []
    assert found(parents=(MOTHER, replace(FATHER, snils=MOTHER.snils))) == [("father.snils", "same_person")]
    assert found(parents=(replace(MOTHER, snils=""), FATHER)) == []
    assert found(parents=(replace(FATHER, snils=MOTHER.snils),)) == []
