"""Details of an employer, and what a register says of them (requirement K2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.application import CheckRecord
from chalicelib.domain.bank_details import account_key, parse_account, parse_bic
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.employer import (
    EMPLOYER_REFUSALS,
    Employer,
    EmployerDetails,
    EmployerState,
    judge_employer,
    read_details,
)
from chalicelib.domain.errors import InvalidValue, ValidationFailed
from infra.local.organisations import ACCOUNT, BIC

AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
COMPANY = EmployerDetails(inn="7700900017", kpp="770001001", ogrn="1027700900006", bic=BIC, account=ACCOUNT)
PERSON = EmployerDetails(inn="500100732259", ogrn="304500116000157", bic=BIC, account=ACCOUNT)
EMPLOYER = Employer(
    employer_id="e", account_id="a", organisation_id="o", details=COMPANY, registered_at=AT, utc_offset_hours=3
)


class TestAccounts:
    """БИК and account are tied by a key."""

    def test_published_pairs_hold(self) -> None:
        # Settlement accounts published by their owners: the Pension Fund's and the Treasury's of Moscow.
        assert account_key(account="40101810845250010102", bic="044525000") == 0
        assert account_key(account="40501810845252000079", bic="044525000") == 0
        assert parse_account(text="40702810 6000 0000 0001", bic=BIC) == ACCOUNT

    @given(place=st.integers(0, 19), more=st.integers(1, 9))
    def test_every_wrong_digit_shows(self, place: int, more: int) -> None:
        digit = str((int(ACCOUNT[place]) + more) % 10)
        with pytest.raises(InvalidValue, match="Счёт не подходит к БИК"):
            parse_account(text=ACCOUNT[:place] + digit + ACCOUNT[place + 1 :], bic=BIC)

    @pytest.mark.parametrize("text", ["", "4452599", "0445259999", "144525999", "04452599X"])
    def test_refuses_what_is_no_bic(self, text: str) -> None:
        with pytest.raises(InvalidValue, match="БИК состоит из 9 цифр"):
            parse_bic(text=text)

    def test_refuses_what_is_no_account(self) -> None:
        with pytest.raises(InvalidValue, match="20 цифр"):
            parse_account(text="4070281", bic=BIC)


class TestDetails:
    """All mistakes at once."""

    def test_an_organisation_and_an_entrepreneur(self) -> None:
        assert read_details(given=replace(COMPANY, inn="77-0090-0017")) == COMPANY
        assert read_details(given=PERSON) == PERSON

    def test_tells_every_mistake(self) -> None:
        given = EmployerDetails(inn="1", ogrn="2", kpp="3", bic="4", account="5", powers_number="9" * 65)
        with pytest.raises(ValidationFailed) as refusal:
            read_details(given=given)
        assert {error.field for error in refusal.value.errors} == {"inn", "ogrn", "kpp", "bic", "powers_number"}

    @pytest.mark.parametrize(
        ("given", "field", "code"),
        [
            (replace(COMPANY, account="4" * 20), "account", "account_key"),
            (replace(COMPANY, kpp=""), "kpp", "kpp_format"),
            (replace(PERSON, kpp="770001001"), "kpp", "kpp_of_person"),
            (replace(PERSON, ogrn="1027700900006"), "ogrn", "ogrnip_length"),
        ],
    )
    def test_names_the_field(self, given: EmployerDetails, field: str, code: str) -> None:
        with pytest.raises(ValidationFailed) as refusal:
            read_details(given=given)
        assert [(error.field, error.code) for error in refusal.value.errors] == [(field, code)]


def check(status: CheckStatus, *reasons: str, **data: str) -> CheckRecord:
    return CheckRecord(
        kind=CheckKind.ORGANISATION, request_id="q", status=status, asked_at=AT, reasons=reasons, data=data
    )


class TestJudgement:
    """The register decides."""

    def test_confirmed_with_the_name_of_the_register(self) -> None:
        found = judge_employer(
            employer=EMPLOYER, check=check(CheckStatus.CONFIRMED, name="ООО «Пример»", basis="head"), at=AT
        )
        assert (found.state, found.name, found.basis) == (EmployerState.CONFIRMED, "ООО «Пример»", "head")
        assert found.history[-1].state is EmployerState.CONFIRMED
        assert found.person_id == "a"

    @pytest.mark.parametrize(
        ("record", "refusals"),
        [
            (check(CheckStatus.NOT_FOUND), ("organisation_not_found",)),
            (check(CheckStatus.MISMATCH, "kpp_differs", "not_authorised"), ("kpp_differs", "not_authorised")),
            (check(CheckStatus.MISMATCH, "odd", "odder"), ("question_refused",)),
        ],
    )
    def test_refused_with_reasons_that_name_their_mend(self, record: CheckRecord, refusals: tuple[str, ...]) -> None:
        found = judge_employer(employer=EMPLOYER, check=record, at=AT)
        assert (found.state, found.refusals) == (EmployerState.REFUSED, refusals)
        assert all(EMPLOYER_REFUSALS[code].mend for code in refusals)
