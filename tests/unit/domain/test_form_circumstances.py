"""Sections about the circumstances: each wrong value is told by its field and its reason, each right one passes."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.domain.application import ApplicantCategory, ApplicationKind
from chalicelib.domain.application_form import check_form
from chalicelib.domain.form_circumstances import caps_of
from chalicelib.domain.form_sections import DELIVERY_METHODS, RECIPIENTS, REPLACEMENT_REASONS, SUSPENSION_REASONS
from chalicelib.domain.insurer_change import ChangeReason
from chalicelib.domain.matrix import matrix_row, represented
from chalicelib.domain.representation import Relation

DAY = date(2026, 3, 16)
ROW = matrix_row(category=ApplicantCategory.CITIZEN_14_PLUS, kind=ApplicationKind.INSURER_CHANGE, on=DAY)
CHILD = represented(
    matrix_row(category=ApplicantCategory.CHILD_UNDER_14, kind=ApplicationKind.FIRST_POLICY, on=DAY),
    relation=Relation.PARENT,
)


def found(section, row=ROW, **fields):
    """The mistakes of a section that stands alone, in the order of their fields."""
    errors = check_form(form={section: fields}, row=row, on=DAY, complete=False)
    assert all(error.message for error in errors)
    return [(error.field.removeprefix(f"{section}."), error.code) for error in errors]


@pytest.mark.parametrize(
    ("code", "mistakes"),
    [
        ("77012", []),
        ("7701A", []),
        ("7701", [("code", "insurer_code")]),
        ("770123", [("code", "insurer_code")]),
        ("7701-", [("code", "insurer_code")]),
        ("7701٣", [("code", "insurer_code")]),
        ("", []),
    ],
)
def test_an_insurer_is_a_code_of_five_signs(code, mistakes):
    assert found("insurer", code=code) == mistakes
    assert found("insurer", change_reason="by_wish") == []


@pytest.mark.parametrize(
    ("section", "field", "right", "wrong"),
    [
        ("insurer", "change_reason", [reason.value for reason in ChangeReason], "boredom"),
        ("options", "policy_form", ["digital", "paper_extract"], "stone"),
        ("options", "name_in_qr", ["yes", "no"], "perhaps"),
        ("replacement", "reason", REPLACEMENT_REASONS, "boredom"),
        ("suspension", "reason", SUSPENSION_REASONS, "holiday"),
        ("refusal", "understood", ["yes"], "no"),
        ("delivery", "method", DELIVERY_METHODS, "pigeon"),
        ("delivery", "recipient", RECIPIENTS, "neighbour"),
    ],
)
def test_words_are_those_of_the_lists(section, field, right, wrong):
    assert all(found(section, **{field: word}) == [] for word in right)
    assert found(section, **{field: wrong}) == [(field, "not_in_list")]


def test_a_known_policy_number_has_to_be_right():
    assert found("options", existing_policy_number="7856130840000017") == []
    assert found("options", existing_policy_number="7856130840000018") == [
        ("existing_policy_number", "enp_check_digit")
    ]


class TestBasis:
    """A contract, powers or studies."""

    @pytest.mark.parametrize(
        ("days", "mistakes"),
        [
            ({"issued_on": "2026-03-16", "valid_until": "2026-03-16", "stay_until": "2026-03-16"}, []),
            ({"issued_on": "2026-03-17"}, [("issued_on", "date_in_future")]),
            ({"valid_until": "2026-03-15"}, [("valid_until", "term_over")]),
            ({"stay_until": "2026-03-15"}, [("stay_until", "term_over")]),
            ({"issued_on": "2026-03-15", "stay_until": "2026-03-16"}, []),
            (
                {"issued_on": "2026-03-18", "valid_until": "2026-03-17"},
                [("issued_on", "date_in_future"), ("valid_until", "before_issue")],
            ),
            (
                {"issued_on": "2026-03-18", "valid_until": "2026-03-18", "stay_until": "2026-03-17"},
                [("issued_on", "date_in_future"), ("stay_until", "before_issue")],
            ),
            (
                {"issued_on": "x", "valid_until": "31.02.2027", "stay_until": "1"},
                [("issued_on", "date_format"), ("stay_until", "date_format"), ("valid_until", "date_calendar")],
            ),
        ],
    )
    def test_has_its_days_in_order(self, days, mistakes):
        assert found("basis", **days) == mistakes


class TestSuspension:
    """From when and until when a policy rests."""

    @pytest.mark.parametrize(
        ("days", "mistakes"),
        [
            ({"from_on": "2026-02-13"}, []),
            ({"from_on": "2026-02-12"}, [("from_on", "too_long_ago")]),
            ({"from_on": "2026-04-01"}, []),
            ({"until_on": "2026-03-17"}, []),
            ({"until_on": "2026-03-16"}, [("until_on", "term_over")]),
            ({"from_on": "2026-04-01", "until_on": "2026-04-02"}, []),
            ({"from_on": "2026-04-01", "until_on": "2026-04-01"}, [("until_on", "before_start")]),
            ({"from_on": "2026-04-01", "until_on": "2026-03-20"}, [("until_on", "before_start")]),
            (
                {"from_on": "2026-03-16", "until_on": "2026-03-16"},
                [("until_on", "before_start"), ("until_on", "term_over")],
            ),
            ({"from_on": "x", "until_on": "y"}, [("from_on", "date_format"), ("until_on", "date_format")]),
        ],
    )
    def test_begins_within_a_month_and_ends_later(self, days, mistakes):
        assert found("suspension", **days) == mistakes


@pytest.mark.parametrize(
    ("from_on", "mistakes"),
    [
        ("2026-03-16", []),
        ("2026-02-13", []),
        ("2026-02-12", [("from_on", "too_long_ago")]),
        ("2026-03-17", [("from_on", "date_in_future")]),
        ("31.02.2026", [("from_on", "date_calendar")]),
        ("", []),
    ],
)
def test_a_policy_is_resumed_within_a_month_and_not_beforehand(from_on, mistakes):
    assert found("resumption", from_on=from_on) == mistakes


class TestDelivery:
    """How the paper comes, and to whom."""

    @pytest.mark.parametrize("office", ["1", "77012-А", "Ё" * 20])
    def test_an_office_has_a_code(self, office):
        assert found("delivery", office=office) == []

    @pytest.mark.parametrize("office", ["a b", "Ё" * 21, "#", "٣"])
    def test_an_office_has_no_other_name(self, office):
        assert found("delivery", office=office) == [("office", "office_code")]

    @pytest.mark.parametrize(
        ("name", "mistakes"),
        [
            ("Примерова Анна", []),
            ("Примерова Анна Сергеевна", []),
            ("Примерова", ["name_not_full"]),
            ("Примерова ? ??", ["name_sign"]),
            (" ", ["name_not_full"]),
        ],
    )
    def test_a_recipient_is_named_in_full(self, name, mistakes):
        told = found("delivery", recipient_name=name)
        assert told == [("recipient_name", code) for code in mistakes]

    def test_an_address_is_checked_once_it_is_whole(self):
        whole = {"index": "190000", "region": "78", "city": "Санкт-Петербург", "house": "1"}
        assert found("delivery", **whole) == []
        assert found("delivery", **{**whole, "index": "19"}) == [("index", "address_index")]
        assert found("delivery", **{**whole, "region": "00"}) == [("region", "address_region")]
        for left in whole:
            begun = {name: text for name, text in {**whole, "city": "!"}.items() if name != left}
            assert found("delivery", **begun) == [], left


class TestRepresentative:
    """Who acts for another."""

    def test_nobody_acts_where_one_acts_by_oneself(self):
        form = {"representative": {"family_name": "Примерова"}}
        (error,) = check_form(form=form, row=ROW, on=DAY, complete=False)
        assert (error.field, error.code) == ("representative", "not_for_category")

    @pytest.mark.parametrize(
        ("fields", "mistakes"),
        [
            ({"family_name": "Примерова", "given_name": "Анна", "middle_name": "Сергеевна"}, []),
            ({"family_name": "Примерова"}, []),
            ({"given_name": "Анна"}, []),
            ({"middle_name": "Сергеевна"}, ["family_name"]),
            ({"family_name": "@", "given_name": "Анна"}, ["family_name"]),
            ({"family_name": "Примерова", "given_name": "@"}, ["given_name"]),
            ({"family_name": "Примерова", "given_name": "Анна", "middle_name": "@"}, ["middle_name"]),
            ({"second_parent": "consents"}, []),
            ({"second_parent": "away"}, ["second_parent"]),
            ({"powers_issued_on": "2026-03-16", "powers_valid_until": "2026-03-16"}, []),
            ({"powers_issued_on": "2026-03-17"}, ["powers_issued_on"]),
            ({"powers_valid_until": "2026-03-15"}, ["powers_valid_until"]),
            ({"powers_issued_on": "x", "powers_valid_until": "y"}, ["powers_issued_on", "powers_valid_until"]),
        ],
    )
    def test_has_a_name_and_powers_in_force(self, fields, mistakes):
        assert list(dict(found("representative", CHILD, **fields))) == mistakes

    def test_says_why_powers_are_not_taken(self):
        told = found("representative", CHILD, powers_issued_on="2026-03-17", powers_valid_until="2026-03-15")
        assert told == [("powers_issued_on", "date_in_future"), ("powers_valid_until", "powers_expired")]

    @pytest.mark.parametrize(
        ("document", "mistakes"),
        [
            ({"type": "14", "series": "00 20", "number": "900001"}, []),
            ({"type": "14"}, []),
            ({"type": "14", "series": "002"}, [("document_series", "document_series")]),
            ({"type": "14", "number": "1"}, [("document_number", "document_number")]),
            ({"type": "15", "series": "x"}, [("document_type", "document_type_refused")]),
            ({"type": "999"}, [("document_type", "document_type_refused")]),
            ({"series": "x", "number": "y"}, []),
        ],
    )
    def test_has_a_document_that_is_taken(self, document, mistakes):
        fields = {f"document_{name}": text for name, text in document.items()}
        assert found("representative", CHILD, **fields) == mistakes


class TestCaps:
    """What limits the term of a policy."""

    STUDENT = matrix_row(category=ApplicantCategory.STUDENT, kind=ApplicationKind.FIRST_POLICY, on=DAY)
    REFUGEE = matrix_row(category=ApplicantCategory.REFUGEE, kind=ApplicationKind.FIRST_POLICY, on=DAY)

    def test_are_the_last_days_of_what_the_row_names(self):
        form = {"status_document": {"expires_on": "2028-02-09"}, "basis": {"valid_until": "31.08.2026"}}
        assert set(caps_of(form, self.STUDENT, DAY)) == {date(2028, 2, 9), date(2026, 8, 31)}
        assert caps_of({"basis": {"valid_until": "wrong"}}, self.STUDENT, DAY) == ()
        assert caps_of(form, ROW, DAY) == ()

    def test_a_paper_that_stands_for_days_limits_by_them(self):
        form = {"identity_document": {"type": "27", "expires_on": "2026-12-31"}}
        assert set(caps_of(form, self.REFUGEE, DAY)) == {date(2026, 12, 31), date(2026, 3, 30)}
        assert caps_of({"identity_document": {"type": "12"}}, self.REFUGEE, DAY) == ()
