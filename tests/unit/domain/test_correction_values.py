"""The values of corrections: what is read, what is refused and why, what may be empty or left out."""

from __future__ import annotations

import pytest

from chalicelib.domain.correction_values import VALUES, read_values

ULID = "01KKTXZ8M0VT45WP7AB79B2P0N"
ACCOUNT = "a2" * 13


def one(name, text):
    read, errors = read_values(values={name: text}, needs=(name,), optional=())
    assert all(error.field == f"values.{name}" and error.message for error in errors)
    return (read.get(name), [error.code for error in errors])


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("born_on", "15.05.1990", "1990-05-15"),
        ("born_on", "05.1990", "1990-05"),
        ("sex", "male", "male"),
        ("family_name", " Примерова ", "Примерова"),
        ("family_name", "", ""),
        ("snils", "900-000-001 82", "90000000182"),
        ("snils", "", ""),
        ("document_type", "014", "14"),
        ("document_series", "", ""),
        ("document_number", "1", "1"),
        ("insurer_code", "77012", "77012"),
        ("region", "78", "78"),
        ("from_on", "01.04.2026", "2026-04-01"),
        ("until_on", "", ""),
        ("valid_until", "", ""),
        ("category", "refugee", "refugee"),
        ("policy_id", ULID, ULID),
        ("other_person_id", ACCOUNT, ACCOUNT),
        ("contact", "phone", "phone"),
        ("policy_number", "7856130840000017", "7856130840000017"),
    ],
)
def test_is_read_in_one_writing(name, text, kept):
    assert one(name, text) == (kept, [])


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("born_on", "x", "birth_date_format"),
        ("born_on", "", "required"),
        ("sex", "other", "not_in_list"),
        ("family_name", "?", "name_sign"),
        ("document_type", "999", "document_type_unknown"),
        ("document_number", " ", "required"),
        ("insurer_code", "7701", "wrong_format"),
        ("region", "00", "region_unknown"),
        ("from_on", "1984", "date_format"),
        ("category", "tourist", "not_in_list"),
        ("annulment", "boredom", "not_in_list"),
        ("policy_id", ACCOUNT, "wrong_format"),
        ("other_person_id", "1", "wrong_format"),
        ("contact", "pigeon", "not_in_list"),
    ],
)
def test_is_refused_with_its_reason(name, text, code):
    kept, codes = one(name, text)
    assert (kept, codes[0]) == (None, code)


def test_what_may_be_left_out_is_not_read_and_what_is_needed_is_told():
    assert read_values(values={}, needs=(), optional=("until_on", "from_on")) == ({}, [])
    read, errors = read_values(values={"from_on": "01.04.2026"}, needs=("sex",), optional=("until_on", "from_on"))
    assert read == {"from_on": "2026-04-01"}
    assert [(error.field, error.code) for error in errors] == [("values.sex", "required")]
    assert VALUES["sex"].title[1:] in errors[0].message


def test_what_may_be_empty_has_to_be_said():
    read, errors = read_values(values={}, needs=("snils",), optional=())
    assert (read, [error.code for error in errors]) == ({}, ["required"])


def test_what_does_not_belong_there_is_told_by_a_name_of_bounded_length():
    read, errors = read_values(values={"sex": "male", "x" * 300: "1"}, needs=(), optional=("sex",))
    assert read == {"sex": "male"}
    assert [(error.field, error.code) for error in errors] == [(f"values.{'x' * 300}"[:200], "unknown_field")]


@pytest.mark.parametrize("name", VALUES)
def test_what_may_be_empty_is_kept_as_empty_and_the_rest_is_needed(name):
    empty = {"family_name", "given_name", "middle_name", "snils", "document_series", "until_on", "valid_until"}
    assert one(name, "  ") == (("", []) if name in empty else (None, ["required"]))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sex", "male"),
        ("sex", "female"),
        ("contact", "phone"),
        ("contact", "email"),
        ("insurer_code", "77012"),
        ("region", "77"),
        ("document_type", "14"),
        ("policy_id", "01KKTXZ8M0J77M3GB40726KZTJ"),
    ],
)
def test_every_word_of_a_list_is_read(name, text):
    assert one(name, text) == (text, [])


def test_a_refusal_names_the_words_and_the_first_mistake_of_a_name():
    _, (error,) = read_values(values={"sex": "other"}, needs=("sex",), optional=())
    assert "male (мужской), female (женский)" in error.message
    assert one("document_type", "014") == ("14", [])
    _, (needed,) = read_values(values={}, needs=("born_on",), optional=())
    assert needed.message == "Укажите значение: верная дата рождения"
