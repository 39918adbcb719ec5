from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.application import Refusal
from chalicelib.domain.errors import ValidationFailed
from chalicelib.domain.refusal_catalogue import CATALOGUE, FREE_TEXT, MAX_REASONS, Reason, refusals_of


def codes(refused):
    return {error.field: error.code for error in refused.value.errors}


@pytest.mark.parametrize("code", CATALOGUE)
def test_every_reason_explains_itself_and_says_what_to_do(code):
    (refusal,) = refusals_of([Reason(code=code, rule="326-ФЗ")])

    assert refusal.message[0].isupper()
    assert refusal.mend[0].isupper()
    assert refusal.rule == "326-ФЗ"


def test_the_catalogue_names_what_the_requirement_names():
    assert set(CATALOGUE) >= {
        "account_not_confirmed",
        "account_blocked",
        "wrong_personal_data",
        "insurer_code_mismatch",
        "missing_document",
        "already_with_insurer",
        "debt",
        "technical_failure",
    }


def test_own_words_stand_instead_of_the_catalogues():
    reason = Reason(code="missing_document", message=" Не хватает СНИЛС ", mend=" Приложите ")

    assert refusals_of([reason]) == (
        Refusal(code="missing_document", message="Не хватает СНИЛС", mend="Приложите", rule=None),
    )


def test_several_reasons_in_own_words_are_kept_apart():
    reasons = [Reason(code=FREE_TEXT, message="Раз"), Reason(code=FREE_TEXT, message="Два")]

    assert [refusal.message for refusal in refusals_of(reasons)] == ["Раз", "Два"]


@given(st.lists(st.sampled_from([code for code, entry in CATALOGUE.items() if not entry.needs_rule]), min_size=1))
def test_each_code_is_told_once_in_the_order_given(given_codes):
    given_codes = given_codes[:MAX_REASONS]

    told = [refusal.code for refusal in refusals_of(Reason(code=code) for code in given_codes)]

    assert told == list(dict.fromkeys(given_codes))


def test_every_mistake_is_named_at_once():
    reasons = [Reason(code="x"), Reason(code="debt"), Reason(code=FREE_TEXT), Reason(code="missing_document")]
    with pytest.raises(ValidationFailed) as refused:
        refusals_of(reasons)

    assert codes(refused) == {
        "reasons.0.code": "not_in_list",
        "reasons.1.rule": "required",
        "reasons.2.message": "required",
    }


@pytest.mark.parametrize(("count", "code"), [(0, "required"), (MAX_REASONS + 1, "too_many")])
def test_there_is_a_reason_and_not_too_many(count, code):
    with pytest.raises(ValidationFailed) as refused:
        refusals_of([Reason(code="missing_document")] * count)

    assert codes(refused) == {"reasons": code}
