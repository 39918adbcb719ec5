from __future__ import annotations

import pytest

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.sex import Sex, sex_from_v005


@pytest.mark.parametrize("sex", Sex)
def test_codes_of_the_classifier_round_trip(sex):
    assert sex_from_v005(code=sex.v005_code) is sex


def test_men_are_1_and_women_2():
    assert (Sex.MALE.v005_code, Sex.FEMALE.v005_code) == ("1", "2")
    assert (Sex("male"), Sex("female")) == (Sex.MALE, Sex.FEMALE)


@pytest.mark.parametrize("code", ["0", "3", "", "м", "١"])
def test_refuses_any_other_code(code):
    with pytest.raises(InvalidValue) as refusal:
        sex_from_v005(code=code)
    assert refusal.value.reason == "sex_code"
