from __future__ import annotations

import pytest

from chalicelib.domain.plain_text import (
    composed,
    is_ascii_digits,
    odd_sign_position,
    within_sentence,
    without_separators,
)


@pytest.mark.parametrize("text", ["", "12a", "١٢", "²", "1 2"])
def test_only_ascii_digits_are_digits(text):
    assert not is_ascii_digits(text)


def test_ascii_digits_are_digits():
    assert is_ascii_digits("0123456789")


def test_spaces_and_dashes_are_taken_out_of_numbers():
    assert without_separators(" 1-2–3\u00a04 5") == "12345"


def test_composes_letters_and_trims():
    assert composed(" И\u0306од ") == "Йод"


def test_counts_the_odd_sign_from_one():
    assert odd_sign_position(text="аб!", allowed=frozenset("аб")) == 3
    assert odd_sign_position(text="аб", allowed=frozenset("аб")) is None


@pytest.mark.parametrize(
    ("title", "inside"),
    [
        ("Гражданин РФ старше 14 лет", "гражданин РФ старше 14 лет"),
        ("Документ со СНИЛС", "документ со СНИЛС"),
        ("ЕНП", "ЕНП"),
        ("СНИЛС ребёнка", "СНИЛС ребёнка"),
        ("Я", "я"),
        ("", ""),
    ],
)
def test_a_title_within_a_sentence_keeps_its_abbreviations(title, inside):
    assert within_sentence(title) == inside
