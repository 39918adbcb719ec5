"""Numbers on policies of earlier samples."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.legacy_policy import (
    PolicyBlank,
    check_old_policy,
    check_old_region,
    old_policy_key,
    parse_blank_number,
)
from chalicelib.domain.policy_types import PolicyType

SIGNS = "0123456789АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ"


class TestBlankNumber:
    """Eleven digits, on a universal card fourteen."""

    @pytest.mark.parametrize(
        ("text", "kind", "digits"),
        [
            ("12345678901", PolicyType.PAPER, "12345678901"),
            (" 123 456 789 01 ", PolicyType.PLASTIC, "12345678901"),
            ("0123456-7890-123", PolicyType.UNIVERSAL_CARD, "01234567890123"),
            ("12345678901", None, "12345678901"),
            ("12345678901234", None, "12345678901234"),
        ],
    )
    def test_is_read(self, text, kind, digits):
        assert parse_blank_number(text=text, policy_type=kind) == digits

    @pytest.mark.parametrize(
        ("text", "kind", "reason", "mend"),
        [
            ("", PolicyType.PAPER, "blank_number_required", "номер бланка"),
            (" - ", None, "blank_number_required", "номер бланка"),
            ("1234567890x", PolicyType.PAPER, "blank_number_digits", "только цифры"),
            ("١٢٣٤٥٦٧٨٩٠١", None, "blank_number_digits", "только цифры"),
            ("1234567890", PolicyType.PAPER, "blank_number_length", "11 цифр"),
            ("12345678901", PolicyType.UNIVERSAL_CARD, "blank_number_length", "14 цифр"),
            ("123456789012", None, "blank_number_length", "11 или 14 цифр"),
        ],
    )
    def test_is_refused_with_the_mend(self, text, kind, reason, mend):
        with pytest.raises(InvalidValue) as caught:
            parse_blank_number(text=text, policy_type=kind)

        assert caught.value.reason == reason
        assert mend in caught.value.detail


class TestOldPolicy:
    """Series and number of the old sample: free text with bounds."""

    @pytest.mark.parametrize(
        ("series", "number"),
        [("", "1"), ("77МУ", "123456"), ("77-00", "№ 12/3456"), ("A-1", "Б.2 'В'"), ("1" * 10, "2" * 20), ("й", "ё")],
    )
    def test_is_taken(self, series, number):
        assert check_old_policy(series=series, number=number) == ()

    @pytest.mark.parametrize(
        ("series", "number", "mistakes"),
        [
            ("", "", [("number", "old_number_required")]),
            ("77", " №-", [("number", "old_number_required")]),
            ("1" * 11, "2" * 21, [("series", "old_series_length"), ("number", "old_number_length")]),
            ("7;7", "5", [("series", "old_sign")]),
            ("", "5\x00", [("number", "old_sign")]),
            ("", "𝟙", [("number", "old_sign")]),
        ],
    )
    def test_is_refused_by_field(self, series, number, mistakes):
        errors = check_old_policy(series=series, number=number)
        assert [(error.field, error.code) for error in errors] == mistakes
        nested = check_old_policy(series=series, number=number, prefix="old_policy")
        assert [error.field for error in nested] == [f"old_policy.{field}" for field, _ in mistakes]

    def test_tells_which_sign_is_wrong(self):
        (error,) = check_old_policy(series="", number="12😀4")
        assert "он 3 по счёту" in error.message

    @pytest.mark.parametrize("region", ["", "00", "7", "087", "Москва"])
    def test_needs_a_territory(self, region):
        (error,) = check_old_region(region=region, field="region")
        assert (error.field, error.code) == ("region", "old_region")
        assert check_old_region(region="77", field="region") == ()

    @pytest.mark.parametrize(
        ("series", "number"),
        [
            ("77МУ", "123456"),
            ("77му", "123456"),
            ("77-МУ", "№123 456"),
            ("", "77МУ № 123456"),
            ("77Mу", "123-456"),
            ("77 М", "У123456"),
            ("77МУ", "«123456»"),
        ],
    )
    def test_spellings_of_one_number_meet(self, series, number):
        assert old_policy_key(series=series, number=number) == "77му123456"

    @given(st.text(SIGNS, max_size=10), st.text(SIGNS, min_size=1, max_size=20), st.sampled_from(" -."))
    def test_separators_and_case_never_matter(self, series, number, separator):
        typed = separator.join(f"{series}{number}").lower()
        assert old_policy_key(series="", number=typed) == old_policy_key(series=series, number=number)

    @given(st.text(SIGNS, min_size=1, max_size=20), st.text(SIGNS, min_size=1, max_size=20))
    def test_other_signs_are_another_number(self, one, other):
        same = old_policy_key(series="", number=one) == old_policy_key(series="", number=other)
        assert same is (one == other)


class TestBlank:
    """Under what a policy is looked for, and what nobody else may have."""

    def test_a_blank_is_unique_by_its_number(self):
        blank = PolicyBlank(policy_type=PolicyType.PAPER, number="12345678901")
        assert blank.lookup == blank.claim == ("blank_number", "12345678901")

    def test_an_old_policy_is_unique_within_its_territory(self):
        blank = PolicyBlank(policy_type=PolicyType.OLD_SAMPLE, series="77-МУ", number="1", region="77")
        assert blank.lookup == ("old_policy", "77му1")
        assert blank.claim == ("old_policy_of_region", "77|77му1")

    def test_a_scanned_one_may_have_no_number(self):
        assert PolicyBlank(policy_type=PolicyType.PAPER).is_numbered is False
