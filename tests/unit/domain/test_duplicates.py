"""Whether two records are of one person: signals with weights, added and explained (requirement D4)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.duplicates import LIKENESS_TITLES, SIGNALS, THRESHOLDS, Comparison, Likeness, Portrait, compare

ANNA = Portrait(
    family_name="Примерова",
    given_name="Анна",
    middle_name="Сергеевна",
    born_on="1990-05-14",
    sex="female",
    snils="11223344595",
    documents=frozenset({"14|0020|900001"}),
    contacts=frozenset({"+79000000001"}),
)
portraits = st.builds(
    Portrait,
    family_name=st.sampled_from(["Примерова", "Образцова"]),
    given_name=st.sampled_from(["Анна", "Мария"]),
    middle_name=st.sampled_from(["Сергеевна", ""]),
    born_on=st.sampled_from(["1990-05-14", "1991-01-01", ""]),
    sex=st.sampled_from(["female", "male", ""]),
    snils=st.sampled_from(["11223344595", "64666308323", ""]),
    documents=st.frozensets(st.sampled_from(["14|1", "14|2"])),
    contacts=st.frozensets(st.sampled_from(["a", "b"])),
)


def likeness(other):
    return compare(one=ANNA, other=other).likeness


@given(one=portraits, other=portraits)
def test_which_is_first_does_not_matter_and_the_score_is_explained(one, other):
    found = compare(one=one, other=other)
    assert found == compare(one=other, other=one)
    assert found.score == sum(signal.weight for signal in found.signals)
    assert all(SIGNALS[signal.code] is signal for signal in found.signals)
    assert len({signal.code for signal in found.signals}) == len(found.signals)


@given(one=portraits, other=portraits)
def test_what_hard_data_contradict_is_never_certain(one, other):
    found = compare(one=one, other=other)
    against = {"other_snils", "other_given_name", "other_birth_date"} & {signal.code for signal in found.signals}
    assert not (against and found.likeness is Likeness.CERTAIN)


@given(one=portraits)
def test_a_record_is_like_itself_as_far_as_it_is_known(one):
    assert all(signal.weight > 0 for signal in compare(one=one, other=one).signals)


def test_one_number_and_one_name_are_one_person():
    assert likeness(replace(ANNA, documents=frozenset(), contacts=frozenset())) is Likeness.CERTAIN
    assert likeness(replace(ANNA, snils="")) is Likeness.CERTAIN


def test_a_surname_changes_by_marriage():
    assert likeness(replace(ANNA, family_name="Замужняя", documents=frozenset())) is Likeness.CERTAIN


@pytest.mark.parametrize(
    "twin",
    [
        replace(ANNA, given_name="Мария", snils="64666308323"),
        replace(ANNA, given_name="Мария", snils="", documents=ANNA.documents),
        replace(ANNA, given_name="Мария", documents=frozenset()),
    ],
)
def test_twins_are_not_one_person_though_a_number_was_mixed_up(twin):
    assert likeness(twin) is not Likeness.CERTAIN


def test_namesakes_of_one_birthday_are_two_if_their_numbers_differ():
    namesake = replace(ANNA, snils="64666308323", documents=frozenset(), contacts=frozenset())
    assert likeness(namesake) is Likeness.POSSIBLE
    assert likeness(replace(namesake, snils="")) is Likeness.LIKELY


@pytest.mark.parametrize(
    ("born_on", "code"),
    [
        ("1990-05-14", "same_birth_date"),
        ("1990-05", None),
        ("1990", None),
        ("1990-06", "other_birth_date"),
        ("1991", "other_birth_date"),
        ("", None),
    ],
)
def test_a_birth_date_known_in_part_proves_nothing_about_one_that_it_may_be(born_on, code):
    found = compare(one=replace(ANNA, born_on="1990-05-14"), other=replace(ANNA, born_on=born_on))
    assert {one.code for one in found.signals} & {"same_birth_date", "other_birth_date"} == ({code} if code else set())


def test_every_likeness_has_its_words_and_its_place():
    assert set(LIKENESS_TITLES) == set(Likeness)
    assert sorted(THRESHOLDS, reverse=True) == list(THRESHOLDS)


def with_(*codes):
    return Comparison(signals=tuple(SIGNALS[code] for code in codes))


@pytest.mark.parametrize(
    ("codes", "score", "likeness"),
    [
        (("same_snils", "same_birth_date"), 80, Likeness.CERTAIN),
        (("same_snils", "same_given_names"), 75, Likeness.LIKELY),
        (("same_document", "other_family_name"), 45, Likeness.LIKELY),
        (("same_birth_date", "same_given_names", "same_contact"), 40, Likeness.LIKELY),
        (("same_birth_date", "same_given_names"), 35, Likeness.POSSIBLE),
        (("same_snils", "same_document", "other_sex"), 80, Likeness.LIKELY),
        (("same_snils", "same_birth_date", "same_contact", "other_family_name"), 80, Likeness.CERTAIN),
        (("other_given_name", "other_snils"), -100, Likeness.POSSIBLE),
        ((), 0, Likeness.POSSIBLE),
    ],
)
def test_thresholds_and_weights(codes, score, likeness):
    found = with_(*codes)
    assert (found.score, found.likeness) == (score, likeness)


@pytest.mark.parametrize("code", SIGNALS)
def test_what_contradicts_makes_certainty_a_likelihood(code):
    sure = ("same_snils", "same_document", "same_birth_date", "same_given_names", "same_family_name")
    certain = Comparison(signals=tuple(SIGNALS[one] for one in (*sure, code, *sure[:3])))
    against = {"other_snils", "other_birth_date", "other_given_name", "other_sex"}
    assert (certain.likeness is Likeness.CERTAIN) is (code not in against)


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"sex": "male"}, ["other_sex"]),
        ({"sex": ""}, []),
        ({"contacts": frozenset()}, []),
        ({"contacts": frozenset({"b"})}, []),
        ({"contacts": ANNA.contacts | {"b"}}, ["same_contact"]),
        ({"documents": ANNA.documents | {"14|9"}}, ["same_document"]),
        ({"snils": "64666308323"}, ["other_snils"]),
        ({"family_name": "ПРИМЕРОВА"}, []),
        ({"middle_name": ""}, []),
    ],
)
def test_each_field_gives_its_own_signal(changed, codes):
    base = replace(ANNA, snils="", documents=frozenset(), contacts=frozenset(), sex="female")
    one = replace(base, **{name: getattr(ANNA, name) for name in changed})
    found = {signal.code for signal in compare(one=one, other=replace(one, **changed)).signals}
    always = {"same_birth_date", "same_given_names", "same_family_name"}
    if "middle_name" in changed:
        always.remove("same_given_names")
    assert found == always | set(codes)


@pytest.mark.parametrize(("one", "other"), [("1990", "1990-05-14"), ("1990-05", "1990-05-14")])
def test_dates_in_part_say_nothing_whichever_is_first(one, other):
    for first, second in ((one, other), (other, one)):
        found = compare(one=replace(ANNA, born_on=first), other=replace(ANNA, born_on=second))
        assert not {"same_birth_date", "other_birth_date"} & {signal.code for signal in found.signals}
