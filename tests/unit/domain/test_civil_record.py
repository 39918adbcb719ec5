from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.civil_record import (
    CASE_RULES,
    RECORD_KIND_TITLES,
    Arrival,
    CaseReason,
    Child,
    CivilMessage,
    CivilRecord,
    Paper,
    Parent,
    ParentRole,
    RecordKind,
    RecordState,
    judge_arrival,
)
from chalicelib.domain.civil_record_checks import message_errors, tidy_message
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.sex import Sex

TODAY = date(2026, 3, 26)
CHILD = Child(
    sex=Sex.MALE,
    born_on=date(2026, 3, 20),
    given_name="Тимофей",
    certificate=Paper(type="3", series="I-АА", number="900120"),
)
MOTHER = Parent(role=ParentRole.MOTHER, family_name="Примерова", given_name="Анна", snils="900-000-001 82")


def message(version=1, **changed):
    return replace(
        CivilMessage(
            number="110269770000100012003",
            version=version,
            kind=RecordKind.BIRTH,
            registered_on=date(2026, 3, 25),
            region="77",
            child=CHILD,
            parents=(MOTHER,),
        ),
        **changed,
    )


@given(st.permutations([1, 2, 3, 4]), st.data())
def test_whatever_the_order_the_newest_version_stays(versions, data):
    known = None
    repeated = data.draw(st.lists(st.sampled_from(versions), max_size=3))
    for version in (*versions, *repeated):
        arrival = judge_arrival(known=known, message=message(version))
        assert (arrival is Arrival.ACCEPTED) is (known is None or version > known.version)
        assert (arrival is Arrival.REPEATED) is (known is not None and version == known.version)
        known = message(version) if arrival is Arrival.ACCEPTED else known

    assert known.version == 4


def test_one_version_with_another_content_is_a_conflict():
    with pytest.raises(StateConflict):
        judge_arrival(known=message(), message=message(region="78"))


def test_an_older_version_is_passed_over_whatever_it_says():
    assert judge_arrival(known=message(2), message=message(1, region="78")) is Arrival.OUTDATED


@pytest.mark.parametrize(
    ("child", "parents", "surname"),
    [
        (replace(CHILD, family_name="Образцов"), (MOTHER,), "Образцов"),
        (CHILD, (MOTHER,), "Примерова"),
        (CHILD, (Parent(role=ParentRole.FATHER, family_name="Образцов"),), "Образцов"),
        (CHILD, (), ""),
        (None, (MOTHER,), "Примерова"),
    ],
)
def test_a_child_goes_by_its_own_surname_or_by_its_mothers(child, parents, surname):
    assert message(child=child, parents=parents).family_name == surname


def test_a_message_without_a_child_insures_nobody():
    with pytest.raises(StateConflict):
        _ = message(child=None).insured_child
    assert message().insured_child == replace(CHILD, family_name="Примерова")


@pytest.mark.parametrize(
    ("changed", "is_foreign"),
    [
        ({}, False),
        ({"kind": RecordKind.FOREIGN}, True),
        ({"child": replace(CHILD, certificate=Paper(type="24", number="1"))}, True),
        ({"child": replace(CHILD, certificate=None)}, False),
        ({"child": None, "kind": RecordKind.ANNULMENT}, False),
    ],
)
def test_a_birth_abroad_is_known_by_its_kind_or_its_certificate(changed, is_foreign):
    assert message(**changed).is_foreign is is_foreign


def test_every_reason_and_kind_has_its_words():
    assert set(CASE_RULES) == set(CaseReason)
    assert set(RECORD_KIND_TITLES) == set(RecordKind)
    assert not [reason for reason, rule in CASE_RULES.items() if not rule.title]


def test_a_record_is_insured_by_itself_or_was_before():
    at = datetime(2026, 3, 26, tzinfo=UTC)
    record = CivilRecord(record_id="r", person_id="p", message=message(), received_at=at)

    assert record.settled_state is RecordState.ALREADY_INSURED
    assert replace(record, is_policy_ours=True).settled_state is RecordState.INSURED
    assert not record.needs_operator
    assert message().parent(ParentRole.MOTHER) == MOTHER
    assert message().parent(ParentRole.FATHER) is None


texts = st.sampled_from(["", "Б/И", "б/и", "Без имени", "Тимофей ", "Тимофе\u0438\u0306", "900-000-001 82", "1", "01"])


@given(names=st.tuples(texts, texts, texts), snils=texts, series=texts, kind=st.sampled_from(["3", "03", "14", "x"]))
def test_what_is_tidy_stays_as_it_is(names, snils, series, kind):
    paper = Paper(type=kind, series=series, number=series)
    child = replace(
        CHILD, family_name=names[0], given_name=names[1], middle_name=names[2], snils=snils, certificate=paper
    )
    mother = replace(MOTHER, family_name=names[0], snils=snils, document=paper)
    tidied = tidy_message(message(child=child, parents=(mother,)))

    assert tidy_message(tidied) == tidied


@pytest.mark.parametrize("text", ["", "Б/И", "б/и", "БИ", "Без имени"])
def test_a_child_without_a_name_is_written_in_many_ways(text):
    assert tidy_message(message(child=replace(CHILD, given_name=text))).child.given_name == ""


def test_the_age_of_a_ward_is_not_a_mistake_of_the_guardians_papers():
    guardian = Parent(role=ParentRole.REPRESENTATIVE, family_name="Старшая", given_name="Вера")
    late = message(child=replace(CHILD, born_on=date(1990, 1, 1)), parents=(guardian,))

    found = {error.field for error in message_errors(message=late, on=TODAY)}
    assert found == {f"representative.powers.{name}" for name in ("number", "issuer", "issued_on")}


def test_a_right_message_has_no_mistakes_whatever_its_kind():
    for kind in RecordKind:
        assert message_errors(message=tidy_message(message(kind=kind)), on=TODAY) == ()
    bare = message(kind=RecordKind.STILLBIRTH, child=replace(CHILD, certificate=None), parents=())
    assert message_errors(message=bare, on=TODAY) == ()
    assert message_errors(message=message(kind=RecordKind.ANNULMENT, child=None, parents=()), on=TODAY) == ()
