"""What is wrong with the registration of a policy of an earlier sample (requirements B4, F5)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.paper_barcode import encode_barcode
from chalicelib.domain.policy_number import PolicyNumber
from chalicelib.domain.sex import Sex
from tests.journeys import consented, problem, wrong_fields
from tests.legacy import ANNA, ENP, OLD, OTHER_ENP, PAPER, PETRS_ENP, barcode, register
from tests.world import table

if TYPE_CHECKING:
    from tests.world import World


@pytest.fixture(scope="class")
def holder(shared_world: World) -> World:
    """The world with the citizen's consent."""
    consented(shared_world)
    return shared_world


class TestMistakes:
    """Every mistake of every field at once, and nothing is written."""

    @pytest.mark.parametrize(
        ("claim", "mistakes"),
        [
            ({}, {"policy_type": "required"}),
            ({"policy_type": "parchment"}, {"policy_type": "not_allowed"}),
            ({"policy_type": "digital"}, {"policy_type": "digital_not_registered"}),
            ({"policy_type": "temporary_paper"}, {"policy_type": "temporary_not_registered"}),
            ({"policy_type": "paper"}, {"policy_number": "required", "blank_number": "blank_number_required"}),
            (
                {"policy_type": "paper", "policy_number": ENP[:-1] + "0", "blank_number": "1"},
                {"policy_number": "enp_check_digit", "blank_number": "blank_number_length"},
            ),
            ({**PAPER, "blank_number": "1234567890a"}, {"blank_number": "blank_number_digits"}),
            ({**PAPER, "blank_number": "１２３４５６７８９０１"}, {"blank_number": "blank_number_digits"}),
            ({**PAPER, "policy_number": PETRS_ENP}, {"policy_number": "enp_day_sex"}),
            ({**PAPER, "series": "77"}, {"series": "not_of_this_type"}),
            ({**PAPER, "policy_type": "universal_card"}, {"blank_number": "blank_number_length"}),
            ({"policy_type": "old_sample"}, {"number": "old_number_required", "region": "old_region"}),
            ({**OLD, "region": "99"}, {"region": "old_region"}),
            (
                {**OLD, "series": "1" * 11, "number": "2" * 21},
                {"series": "old_series_length", "number": "old_number_length"},
            ),
            ({**OLD, "number": "12😀"}, {"number": "old_sign"}),
            ({**OLD, "number": "№ -"}, {"number": "old_number_required"}),
            ({**OLD, "policy_number": ENP}, {"policy_number": "not_of_this_type"}),
            ({**OLD, "barcode": barcode()}, {"policy_type": "barcode_is_paper"}),
            ({"barcode": "zz!"}, {"barcode": "barcode_encoding"}),
            ({"barcode": "0102"}, {"barcode": "barcode_length"}),
            ({"barcode": "03" + barcode()[2:]}, {"barcode": "barcode_version"}),
            ({"barcode": barcode(), "policy_number": OTHER_ENP}, {"policy_number": "barcode_number_differs"}),
            ({"barcode": barcode(), "blank_number": "1"}, {"blank_number": "blank_number_length"}),
            ({"barcode": barcode(expires_on=date(2026, 3, 15))}, {"barcode": "barcode_expired"}),
            ({"barcode": barcode(family_name="Образцова")}, {"barcode": "barcode_name_differs"}),
            ({"barcode": barcode(middle_name="")}, {"barcode": "barcode_name_differs"}),
            ({"barcode": "x" * 1001}, {"barcode": "too_long"}),
            ({"policy_type": "paper", "number": 5}, {"number": "not_a_string"}),
        ],
    )
    def test_are_named_with_their_mend(self, holder: World, claim: dict[str, Any], mistakes: dict[str, str]) -> None:
        before = table()

        body = problem(register(holder, claim), 422, "validation_failed")

        found = wrong_fields(body)
        assert {name: found.get(name) for name in mistakes} == mistakes
        assert found.keys() == mistakes.keys()
        assert all(error["message"] for error in body["errors"])
        assert table() == before

    def test_a_barcode_of_another_person_differs_in_everything(self, holder: World) -> None:
        his = replace(
            ANNA,
            policy_number=PolicyNumber(PETRS_ENP),
            family_name="Образцов",
            given_name="Пётр",
            middle_name="Ильич",
            sex=Sex.MALE,
            born_on=date(1985, 11, 30),
        )
        body = problem(register(holder, {"barcode": encode_barcode(barcode=his).hex()}), 422, "validation_failed")

        assert [error["code"] for error in body["errors"]] == [
            "barcode_name_differs",
            "barcode_born_on_differs",
            "barcode_sex_differs",
        ]
        assert not any(text in json.dumps(body, ensure_ascii=False) for text in ("Образцов", "1985"))

    def test_it_takes_a_confirmed_account(self, holder: World) -> None:
        problem(register(holder, person="unconfirmed"), 403, "account_not_confirmed")
