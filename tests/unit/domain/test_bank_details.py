"""БИК and account: their form and the key that ties them (Положение ЦБ № 579-П, appendix 4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.bank_details import account_key, parse_account, parse_bic
from chalicelib.domain.errors import InvalidValue

WEIGHTS = [7, 1, 3] * 8
digits = st.text("0123456789", min_size=19, max_size=19)


def keyed(bank: str, nineteen: str) -> str:
    """An account whose ninth digit makes the sum right, by the order of the Central Bank."""
    for key in "0123456789":
        account = nineteen[:8] + key + nineteen[8:]
        if sum(int(d) * w % 10 for d, w in zip(bank + account, WEIGHTS, strict=False)) % 10 == 0:
            return account
    raise AssertionError("one of ten digits is right")


@given(digits, st.text("0123456789", min_size=8, max_size=8).map("0".__add__))
def test_one_key_of_ten_fits_and_any_other_digit_is_noticed(nineteen: str, bic: str) -> None:
    bank = f"0{bic[4:6]}" if bic[-3:] in {"000", "001", "002"} else bic[-3:]
    account = keyed(bank, nineteen)
    assert parse_account(text=account, bic=bic) == account
    assert account_key(account=account, bic=bic) == 0
    for place in range(20):
        other = account[:place] + str((int(account[place]) + 1) % 10) + account[place + 1 :]
        with pytest.raises(InvalidValue) as refusal:
            parse_account(text=other, bic=bic)
        assert refusal.value.reason == "account_key"


@pytest.mark.parametrize("end", ["000", "001", "002", "003", "999"])
def test_accounts_in_the_central_bank_are_tied_by_its_division(end: str) -> None:
    bic = f"044525{end}"
    bank = "025" if end in {"000", "001", "002"} else end
    account = keyed(bank, "4010281054537000000")
    assert account_key(account=account, bic=bic) == 0


@pytest.mark.parametrize("text", ["", "44525225", "144525225", "0445252255", "04452522a"])
def test_a_bic_has_nine_digits_from_nought(text: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        parse_bic(text=text)
    assert refusal.value.reason == "bic_format"
    assert parse_bic(text="044 525-225") == "044525225"


@pytest.mark.parametrize("text", ["", "1" * 19, "1" * 21, "x" * 20])
def test_an_account_has_twenty_digits(text: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        parse_account(text=text, bic="044525225")
    assert refusal.value.reason == "account_format"
