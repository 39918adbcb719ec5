from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.names import (
    LOOK_ALIKES,
    MESSAGES,
    check_full_name,
    check_name,
    check_place_of_birth,
    norm_key,
)


def codes(errors):
    return [error.code for error in errors]


def name_codes(text):
    return codes(check_name(text=text, field="family_name"))


@pytest.mark.parametrize(
    "text",
    [
        "Иванов",
        "ИВАНОВ",
        "Салтыков-Щедрин",
        "Салтыков - Щедрин",
        "О'Нил",
        "О’Нил",
        'д"Артаньян',
        "Мамед оглы",
        "Иванов мл.",
        "Ё",
        "Йе",
        "И\u0306одов",
        "Иванов 2",
        "AHTOHOB",
        "Cоколов",
        "  Иванов  ",
        "А" * 40,
        "А.-Б",
    ],
)
def test_takes_names_as_documents_write_them(text):
    assert name_codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["name_required"]),
        ("   ", ["name_required"]),
        ("Ivanov", ["name_latin"]),
        ("Ивaнoв и Young", ["name_latin"]),
        ("Иван🙂ов", ["name_sign"]),
        ("Ива\u200bнов", ["name_sign"]),
        ("Иванов\u0301а", ["name_sign"]),
        ("Иванов, Пётр", ["name_sign"]),
        ("Иванов (Петров)", ["name_sign"]),
        ("Иванов/Петров", ["name_sign"]),
        ("Іванов", ["name_sign"]),
        ("Иванов ٣", ["name_sign"]),
        ("Иванов\tПетров", ["name_sign"]),
        ("Иванов  Петров", ["name_separator"]),
        ("Иванов--Петров", ["name_separator"]),
        ("Иванов..", ["name_separator"]),
        ("О''Нил", ["name_separator"]),
        ("-Иванов", ["name_edge"]),
        (".Иванов", ["name_edge"]),
        ("Иванов-", ["name_edge"]),
        ("'Иванов'", ["name_edge"]),
        ("123", ["name_letters"]),
        ("А" * 41, ["name_length"]),
        ("-", ["name_edge", "name_letters"]),
        ("Jo, --Z", ["name_latin", "name_sign", "name_separator"]),
    ],
)
def test_names_every_kind_of_mistake(text, expected):
    assert name_codes(text) == expected


def test_messages_tell_the_place_but_never_the_name():
    (error,) = check_name(text="Ивaнов, Пётр", field="applicant.family_name")
    assert error.field == "applicant.family_name"
    assert "он 7 по счёту" in error.message
    assert "Пётр" not in error.message


def test_a_patronymic_may_be_absent():
    assert check_name(text="", field="middle_name", required=False) == ()
    assert check_full_name(family_name="Ким", given_name="Анна") == ()


@pytest.mark.parametrize(("family", "given_name"), [("Ким", ""), ("", "Анна")])
def test_one_of_family_and_given_name_is_enough(family, given_name):
    assert check_full_name(family_name=family, given_name=given_name) == ()


def test_both_family_and_given_name_may_not_be_absent():
    errors = check_full_name(family_name=" ", given_name="", middle_name="-", prefix="applicant")
    assert [(error.field, error.code) for error in errors] == [
        ("applicant.family_name", "name_full_required"),
        ("applicant.middle_name", "name_edge"),
        ("applicant.middle_name", "name_letters"),
    ]


def test_a_full_name_lists_the_mistakes_of_all_its_parts():
    errors = check_full_name(family_name="Smirnov", given_name="Пётр-", middle_name="1")
    assert [(error.field, error.code) for error in errors] == [
        ("family_name", "name_latin"),
        ("given_name", "name_edge"),
        ("middle_name", "name_letters"),
    ]


@pytest.mark.parametrize(
    "text", ["г. Москва", "с. Ивановка, Омская обл.", "дер. Новая (хутор 2)", "пос. № 5/1: ст. Зима"]
)
def test_places_of_birth_may_have_commas_and_brackets(text):
    assert check_place_of_birth(text=text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["name_required"]),
        ("г. Москва,", ["name_edge"]),
        ("г. Paris!", ["name_latin", "name_sign", "name_edge"]),
        ("М" * 101, ["name_length"]),
    ],
)
def test_places_of_birth_have_rules_too(text, expected):
    assert [code for code in codes(check_place_of_birth(text=text)) if code in expected] == [
        code for code in expected if code != "name_edge" or text.endswith(",")
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Алёна", "АЛЕНА"),
        ("Cоколов", "Соколов"),
        ("AHTOHOB", "Антонов"),
        ("Салтыков - Щедрин", "салтыков‑щедрин"),
        ("О’Нил", "О'нил"),
        ("И\u0306одов", "Йодов"),
        ("Ива\u200bнов", "Иванов"),
        ("Алëна", "Алена"),
        ("Ивано\u0301в", "Иванов"),
        (" Мамед  Оглы ", "мамед-оглы"),
    ],
)
def test_spellings_of_one_name_have_one_key(left, right):
    assert norm_key(left) == norm_key(right)


@pytest.mark.parametrize(("left", "right"), [("Иванов", "Иваново"), ("Анна Мария", "Аннамария")])
def test_different_names_have_different_keys(left, right):
    assert norm_key(left) != norm_key(right)


def test_absent_parts_keep_their_place():
    assert norm_key("Ким", "Анна", None) == "ким|анна|" == norm_key("КИМ", "анна", "")
    assert norm_key("Ким", None, "Анна") != norm_key("Ким", "Анна", None)


ALPHABET = "абвёЁйЯABHaoxé .-'’«» 09\u200b\u0306"


@given(st.text(ALPHABET, max_size=15))
def test_the_key_of_a_key_is_the_key(text):
    assert norm_key(norm_key(text)) == norm_key(text)


@given(st.text("АВСЕНКМОРТХ", min_size=1, max_size=12))
def test_look_alikes_never_change_the_key(text):
    back = {russian: latin for latin, russian in LOOK_ALIKES.items() if latin.isupper()}
    latin = "".join(back[sign] for sign in text)
    assert norm_key(latin) == norm_key(text)
    assert name_codes(latin) == []


ODD = ALPHABET + "Zzі,/()№!\t\n٣🙂\u0301\ufeff\ud800漢"


@given(st.text(ODD, max_size=60))
def test_any_text_at_all_is_either_taken_or_explained(text):
    errors = check_name(text=text, field="given_name")
    assert all(error.code in MESSAGES and "{" not in error.message for error in errors)
