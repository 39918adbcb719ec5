from __future__ import annotations

import pytest

from chalicelib.domain.identity_document_types import (
    IDENTITY_DOCUMENT_TYPES,
    MASK_LETTERS,
    explain_mask,
    fits_mask,
)

ADMISSIBLE = {"3", "9", "10", "11", "12", "13", "14", "21", "22", "23", "24", "25", "27", "28"}
NEEDING_EXPIRY = {"10", "11", "12", "13", "23", "25", "27", "28"}


def test_the_classifier_has_26_rows():
    assert len(IDENTITY_DOCUMENT_TYPES) == 26
    assert all(kind.name for kind in IDENTITY_DOCUMENT_TYPES.values())


def test_tells_what_an_application_takes():
    kinds = IDENTITY_DOCUMENT_TYPES.values()
    assert {kind.code for kind in kinds if kind.is_admissible} == ADMISSIBLE
    assert {kind.code for kind in kinds if kind.needs_expiry} == NEEDING_EXPIRY


def test_masks_are_written_with_known_letters():
    signs = {sign for kind in IDENTITY_DOCUMENT_TYPES.values() for sign in kind.series_mask + kind.number_mask}
    assert signs <= set("".join(MASK_LETTERS)) | set("- ")


@pytest.mark.parametrize(
    ("mask", "text"),
    [
        ("R-ББ", "IV-АЯ"),
        ("R-ББ", "CCCXCIX-ЁЁ"),
        ("R-ББ", "XL-ПА"),
        ("99 99", "45 10"),
        ("9999990", "123456"),
        ("9999990", "1234567"),
        ("000000000009", "1"),
        ("000000000009", "123456789012"),
        ("ЦЦ", "07"),
        ("S", ""),
        ("S", "AB 12"),
        ("S1", "А"),
        ("", ""),
        ("ББ", "МА"),
    ],
)
def test_takes_what_fits_the_mask(mask, text):
    assert fits_mask(text=text, mask=mask)


@pytest.mark.parametrize(
    ("mask", "text"),
    [
        ("R-ББ", "-АЯ"),
        ("R-ББ", "IIII-АЯ"),
        ("R-ББ", "IC-АЯ"),
        ("R-ББ", "VX-АЯ"),
        ("R-ББ", "D-АЯ"),
        ("R-ББ", "IV-AЯ"),
        ("R-ББ", "IV-аЯ"),
        ("R-ББ", "IVАЯ"),
        ("99 99", "4510"),
        ("99 99", "٤٥ ١٠"),
        ("9999990", "12345"),
        ("9999990", "12345678"),
        ("000000000009", ""),
        ("000000000009", "1234567890123"),
        ("S", "A" * 11),
        ("S", "A🙂"),
        ("S1", ""),
        ("", "1"),
    ],
)
def test_refuses_what_does_not_fit(mask, text):
    assert not fits_mask(text=text, mask=mask)


@pytest.mark.parametrize(
    ("mask", "example"),
    [
        ("R-ББ", "IV-АА"),
        ("ББ", "АА"),
        ("99 99", "00 00"),
        ("9999990", "от 6 до 7 цифр"),
        ("999999", "6 цифр"),
        ("ЦЦ", "2 цифры"),
        ("S", "как в документе или пусто"),
        ("S1", "до 10 знаков, как в документе"),
        ("", "пусто"),
    ],
)
def test_explains_a_mask_in_plain_words(mask, example):
    assert explain_mask(mask) == example
