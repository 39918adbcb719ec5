"""A claim of a policy against the person who makes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import ValidationFailed
from chalicelib.domain.legacy_claim import MESSAGES, Holder, LegacyClaim, barcode_differences, read_claim
from chalicelib.domain.paper_barcode import PaperBarcode, decode_barcode, encode_barcode
from chalicelib.domain.policy_number import PolicyNumber
from chalicelib.domain.policy_types import PolicyType
from chalicelib.domain.sex import Sex

ENP = "7856130840000017"
ON = date(2026, 3, 16)
HOLDER = Holder(
    family_name="Ёлкин-Подъёмный",
    given_name="Абдул Азиз",
    middle_name="О’Нил оглы",
    born_on=date(1968, 3, 9),
    sex=Sex.MALE,
)
BARCODE = PaperBarcode(
    version=2,
    policy_number=PolicyNumber(ENP),
    family_name=HOLDER.family_name,
    given_name=HOLDER.given_name,
    middle_name=HOLDER.middle_name,
    sex=Sex.MALE,
    born_on=HOLDER.born_on,
)


def scanned(**changes) -> PaperBarcode:
    return decode_barcode(data=encode_barcode(barcode=replace(BARCODE, **changes)))


def claim(**fields) -> LegacyClaim:
    if isinstance(fields.get("barcode"), PaperBarcode):
        fields["barcode"] = encode_barcode(barcode=fields["barcode"]).hex()
    return LegacyClaim(**fields)


def codes(barcode: PaperBarcode, holder: Holder = HOLDER) -> list[str]:
    return [error.code for error in barcode_differences(barcode=barcode, holder=holder)]


@pytest.mark.parametrize("version", [1, 2])
def test_the_names_of_a_barcode_are_those_of_the_person_in_capitals(version):
    assert codes(scanned(version=version)) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"family_name": "Елкин Подъемный"},
        {"middle_name": "О НИЛ ОГЛЫ"},
        {"given_name": "АБДУЛ-АЗИЗ"},
    ],
)
def test_spellings_that_registers_take_for_one_do_not_differ(changes):
    assert codes(scanned(**changes)) == []


def test_signs_that_the_table_lacks_do_not_differ():
    holder = replace(HOLDER, family_name="Иванов (Jr)")
    assert codes(scanned(family_name="Иванов (Jr)"), holder) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"family_name": "Елкин"}, "barcode_name_differs"),
        ({"given_name": ""}, "barcode_name_differs"),
        ({"middle_name": ""}, "barcode_name_differs"),
        ({"given_name": HOLDER.family_name, "family_name": HOLDER.given_name}, "barcode_name_differs"),
    ],
)
def test_other_names_differ(changes, code):
    assert codes(scanned(**changes)) == [code]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"born_on": date(1968, 3, 10)}, "barcode_born_on_differs"), ({"sex": Sex.FEMALE}, "barcode_sex_differs")],
)
def test_birth_date_and_sex_differ(changes, code):
    assert codes(BARCODE, replace(HOLDER, **changes)) == [code]


LONG = replace(HOLDER, family_name="Я" * 30, given_name="Ю" * 30, middle_name="Э" * 30)


@pytest.mark.parametrize(
    ("told", "same"),
    [
        ({"family_name": "Я" * 30, "given_name": "Ю" * 30, "middle_name": "Э" * 6}, True),
        ({"family_name": "Я" * 30, "given_name": "Ю" * 30, "middle_name": "Э" * 5 + "Ы"}, False),
        ({"family_name": "Я" * 29, "given_name": "Ю" * 30, "middle_name": "Э" * 7}, False),
    ],
)
def test_a_name_may_have_lost_its_end_where_the_room_is_over(told, same):
    barcode = scanned(**told)
    assert barcode.names_are_cut
    assert (codes(barcode, LONG) == []) is same


def test_a_name_with_room_behind_it_is_whole():
    barcode = scanned(family_name="Я" * 30, given_name="Ю" * 30, middle_name="Э" * 5)
    assert codes(barcode, LONG) == ["barcode_name_differs"]


def test_reads_a_paper_policy():
    read = read_claim(
        claim=claim(policy_type=PolicyType.PAPER, policy_number=f" {ENP[:4]} {ENP[4:]}", blank_number="123 45678901"),
        holder=HOLDER,
        on=ON,
    )
    assert (read.policy_number, read.blank.number) == (ENP, "12345678901")
    assert (read.is_scanned, read.valid_until) == (False, None)


@pytest.mark.parametrize("number", ["", ENP])
def test_a_universal_card_may_tell_the_number_of_the_policy(number):
    card = claim(policy_type=PolicyType.UNIVERSAL_CARD, policy_number=number, blank_number="1" * 14)
    assert read_claim(claim=card, holder=HOLDER, on=ON).policy_number == number


def test_keeps_an_old_policy_as_it_was_typed():
    old = claim(policy_type=PolicyType.OLD_SAMPLE, series=" 77-му ", number="№ 123", region="77")
    blank = read_claim(claim=old, holder=HOLDER, on=ON).blank
    assert (blank.series, blank.number, blank.region) == ("77-му", "№ 123", "77")


@pytest.mark.parametrize("kind", [None, PolicyType.PAPER])
@pytest.mark.parametrize("number", ["", ENP])
@pytest.mark.parametrize("blank", ["", "12345678901"])
def test_a_barcode_is_enough(kind, number, blank):
    given_ = claim(policy_type=kind, policy_number=number, blank_number=blank, barcode=scanned())
    read = read_claim(claim=given_, holder=HOLDER, on=ON)
    assert (read.policy_number, read.blank.policy_type, read.blank.number) == (ENP, PolicyType.PAPER, blank)
    assert read.is_scanned


@pytest.mark.parametrize(
    ("expires_on", "valid_until"),
    [(None, None), (ON, date(2026, 3, 17)), (date(2030, 12, 31), date(2031, 1, 1))],
)
def test_a_term_includes_its_last_day(expires_on, valid_until):
    read = read_claim(claim=claim(barcode=scanned(expires_on=expires_on)), holder=HOLDER, on=ON)
    assert read.valid_until == valid_until


def test_all_mistakes_come_at_once():
    wrong = claim(
        policy_type=PolicyType.PLASTIC,
        policy_number=ENP[:-1] + "0",
        blank_number="1",
        series="77",
        region="77",
        barcode=scanned(born_on=HOLDER.born_on, expires_on=date(2020, 1, 1)),
    )
    with pytest.raises(ValidationFailed) as caught:
        read_claim(claim=wrong, holder=replace(HOLDER, middle_name="Петрович"), on=ON)

    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("barcode", "barcode_name_differs"),
        ("barcode", "barcode_expired"),
        ("blank_number", "blank_number_length"),
        ("policy_number", "enp_check_digit"),
        ("policy_type", "barcode_is_paper"),
        ("region", "not_of_this_type"),
        ("series", "not_of_this_type"),
    ]


@pytest.mark.parametrize(
    ("fields", "mistake"),
    [
        ({}, ("policy_type", "required")),
        ({"policy_type": PolicyType.DIGITAL, "policy_number": "x"}, ("policy_type", "digital_not_registered")),
        ({"policy_type": PolicyType.TEMPORARY_PAPER}, ("policy_type", "temporary_not_registered")),
        ({"policy_type": PolicyType.PLASTIC, "blank_number": "1" * 11}, ("policy_number", "required")),
        ({"policy_type": PolicyType.OLD_SAMPLE, "number": "1"}, ("region", "old_region")),
        ({"barcode": BARCODE, "policy_number": "7856130840000025"}, ("policy_number", "barcode_number_differs")),
    ],
)
def test_what_is_missing_or_does_not_fit_is_named(fields, mistake):
    with pytest.raises(ValidationFailed) as caught:
        read_claim(claim=claim(**fields), holder=HOLDER, on=ON)

    assert [(error.field, error.code) for error in caught.value.errors] == [mistake]


def test_a_broken_barcode_does_not_hide_other_mistakes():
    with pytest.raises(ValidationFailed) as caught:
        read_claim(claim=claim(barcode="00", blank_number="1"), holder=HOLDER, on=ON)

    assert [error.code for error in caught.value.errors] == ["barcode_length", "blank_number_length"]


@given(
    st.builds(
        LegacyClaim,
        policy_type=st.none() | st.sampled_from(PolicyType),
        policy_number=st.sampled_from(["", ENP, " "]) | st.text(max_size=20),
        blank_number=st.sampled_from(["", "1" * 11, "1" * 14]) | st.text(max_size=15),
        series=st.text(max_size=12),
        number=st.text(max_size=22),
        region=st.sampled_from(["", "77", "x"]),
        barcode=st.sampled_from(["", encode_barcode(barcode=BARCODE).hex()]) | st.text(max_size=20),
    )
)
def test_whatever_is_claimed_is_read_or_refused_by_field(given_):
    fields = {"policy_type", "policy_number", "blank_number", "series", "number", "region", "barcode"}
    try:
        found = {read_claim(claim=given_, holder=HOLDER, on=ON).policy_number: "read"}
    except ValidationFailed as refusal:
        found = {error.field: error.message for error in refusal.errors}
    assert found.keys() <= fields | {"", ENP}
    assert all(found.values())


def test_messages_say_how_to_mend():
    assert all(len(text) > 15 for text in MESSAGES.values())
