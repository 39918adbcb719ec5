"""Types of policies as data: letters, codes and masks of the classifiers."""

from __future__ import annotations

import unicodedata

import pytest

from chalicelib.domain.policy_types import LEGACY_TYPES, POLICY_TYPES, TEMPORARY_TYPES, PolicyType, type_of_form

ROWS = pytest.mark.parametrize("row", POLICY_TYPES.values(), ids=lambda row: row.type.value)


def test_has_every_type_once_under_its_letter_and_code():
    assert {row.type: (row.letter, row.f008) for row in POLICY_TYPES.values()} == {
        PolicyType.OLD_SAMPLE: ("С", "1"),
        PolicyType.TEMPORARY_PAPER: ("В", "2"),
        PolicyType.TEMPORARY_ELECTRONIC: ("Е", "2"),
        PolicyType.PAPER: ("П", "3"),
        PolicyType.PLASTIC: ("Э", "3"),
        PolicyType.UNIVERSAL_CARD: ("К", "3"),
        PolicyType.DIGITAL: ("Ц", "3"),
    }


@ROWS
def test_letters_are_russian_and_every_row_cites_its_source(row):
    assert unicodedata.name(row.letter).startswith("CYRILLIC CAPITAL LETTER")
    assert "F008 v2.0" in row.source
    assert row.title
    assert row.term


@ROWS
def test_numbers_have_the_digits_of_their_masks(row):
    digits = {"С": None, "В": 9, "Е": 9, "П": 11, "Э": 11, "К": 14, "Ц": 0}[row.letter]
    assert row.number_mask == ("S1" if digits is None else "9" * digits)
    assert row.series_mask == ("S" if digits is None else "")


def test_what_was_given_out_before_the_digital_policy_may_be_registered():
    assert {POLICY_TYPES[kind].letter for kind in LEGACY_TYPES} == set("СПЭК")
    assert all(POLICY_TYPES[kind].given_until is not None for kind in LEGACY_TYPES)
    assert not LEGACY_TYPES & TEMPORARY_TYPES


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("digital", PolicyType.DIGITAL),
        ("paper_extract", PolicyType.DIGITAL),
        ("", PolicyType.DIGITAL),
        ("temporary_paper", PolicyType.DIGITAL),
        *((kind.value, kind) for kind in sorted(LEGACY_TYPES)),
    ],
)
def test_the_form_of_a_policy_tells_its_type(form, kind):
    assert type_of_form(form=form) is kind
