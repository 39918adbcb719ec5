"""Records of the exchange: values, elements and bytes say the same, whatever the names hold (P4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.change_file import ChangeFile, FileState, file_bytes, moved, next_file
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.exchange_check import check_exchange_file
from chalicelib.domain.exchange_codec import decode, encode
from chalicelib.domain.exchange_logic import MENDS, remark_of, row_errors
from chalicelib.domain.exchange_model import RECORDS, SCHEMAS, FileKind
from chalicelib.domain.exchange_schema import FLK_TITLES, FlkError, check_record
from chalicelib.domain.fund_change import FundChange, change_of
from chalicelib.domain.fund_operation import Holder, Visit, operation, person_values, rest_of
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState
from chalicelib.domain.xml_tree import Element, read_xml, write_part, write_xml
from infra.local.insurers_sample import INSURERS
from tests.unit.domain.test_exchange_schema import files
from tests.unit.domain.test_fund_reason import AT, TODAY, policy, resting, told_of

OPERATION = next(part for part in SCHEMAS[FileKind.OPLIST].parts if part.name == "OP")
INSURER = next(insurer for insurer in INSURERS if insurer.code == "77012")
FORM = {
    "person": {
        "family_name": "Примерова",
        "given_name": "Анна",
        "middle_name": "Сергеевна",
        "sex": "female",
        "born_on": "1990-05-14",
        "birthplace": "г. Москва",
        "citizenship": "RUS",
        "snils": "11223344595",
    },
    "identity_document": {"type": "14", "series": "45 01", "number": "123456", "issuer": "ОВД " * 40},
    "registration_address": {"region": "77", "index": "101000", "city": "Москва", "street": "Мира", "house": "1"},
    "residence_address": {"region": "50", "city": "Химки", "flat": "7"},
}
HOLDER = Holder(form=FORM, category="1", visit=Visit(filed_on=TODAY))
NAMES = st.text(alphabet="АБВЁабвёҚІ -'<&>\"№1", min_size=1, max_size=40).map(lambda t: " ".join(t.split()))


def element(change: FundChange, holder: Holder = HOLDER, *, reason: str = "П010", told=None) -> Element:
    values = operation(change=change, number=1, reason=reason, holder=holder, insurer=INSURER, told=told)
    return encode(part=OPERATION, value=values)


@settings(max_examples=25)
@given(st.data(), st.sampled_from(FileKind))
def test_every_file_that_fits_its_model_is_decoded_and_encoded_to_the_same(data, kind) -> None:
    root = data.draw(files(kind))
    part = SCHEMAS[kind]

    value = decode(part=part, element=root)
    again = read_xml(data=write_xml(root=encode(part=part, value=value)))

    assert decode(part=part, element=again) == value


@settings(max_examples=30)
@given(
    NAMES,
    NAMES,
    st.sampled_from(["1990-05-14", "1990-05", "1990"]),
    st.sampled_from(["", "11223344595"]),
    st.sampled_from(["RUS", "XXA", ""]),
)
def test_a_person_is_written_to_cp1251_and_read_back_as_told(family, given_name, born_on, snils, citizenship) -> None:
    person = {**FORM["person"], "family_name": family, "given_name": given_name, "born_on": born_on}
    holder = replace(
        HOLDER, form={**FORM, "person": {**person, "citizenship": citizenship, "middle_name": "", "snils": snils}}
    )
    change = told_of(policy())

    data = write_xml(root=element(change, holder))
    found = read_xml(data=data)

    assert check_record(element=found, kind=FileKind.OPLIST) == ()
    value = decode(part=OPERATION, element=found)
    assert isinstance(value, dict)
    assert {**value["PERSON"], "DOST": "".join(value["PERSON"]["DOST"])} == person_values(holder)
    special = {"1990-05-14": "1", "1990-05": "14", "1990": "15"}
    assert person_values(holder)["DOST"] == special[born_on]
    assert value["PERSON"]["DR"] == f"{born_on}-01-01"[:10]


def test_a_record_says_what_the_fund_keeps() -> None:
    found = element(told_of(policy(valid_until=date(2027, 1, 1))))

    assert [child.name for child in found.children] == [
        "N_REC", "ID", "TIP_OP", "PERSON", "ADDRES_G", "ADDRES_P", "VIZIT", "INSURANCE", "DOC_LIST",
    ]  # fmt: skip
    insurance, visit = found.first("INSURANCE"), found.first("VIZIT")
    assert insurance is not None
    assert visit is not None
    assert (insurance.value("TER_ST"), insurance.value("OGRNSMO"), insurance.value("ERP")) == (
        "45000",
        "1027739008440",
        "0",
    )
    (stated,) = insurance.all("POLIS")
    assert (stated.value("VPOLIS"), stated.value("DBEG"), stated.value("DEND"), stated.value("DSTOP")) == (
        "3", "2026-03-16", "2026-12-31", "",
    )  # fmt: skip
    assert (visit.value("DVIZIT"), visit.value("METHOD"), visit.value("RSMO")) == ("2026-03-16", "3", "1")
    assert check_record(element=found, kind=FileKind.OPLIST) == ()
    assert row_errors(kind=FileKind.OPLIST, row=found, on=TODAY) == ()


def test_what_was_told_before_stands_as_the_old_person_where_the_policy_changes() -> None:
    told = told_of(policy(), person={"FAM": "Старая", "W": "2", "DR": "1990-05-14", "DOST": "1"})
    for reason, old in (("П061", "Старая"), ("П040", "")):
        found = element(told_of(policy(version=2)), reason=reason, told=told).first("OLD_PERSON")
        assert ("" if found is None else found.value("FAM")) == old
    assert element(told_of(policy()), reason="П061").first("OLD_PERSON") is None


@pytest.mark.parametrize(
    ("reason", "reissue", "by", "told"),
    [("П062", "lost", True, "4"), ("П061", "", False, ""), ("П063", "lost", False, "5"), ("П031", "lost", False, "")],
)
def test_a_visit_says_why_the_policy_is_made_anew(reason, reissue, by, told) -> None:
    visit = Visit(filed_on=TODAY, by_representative=by, reissue=reissue)
    found = element(told_of(policy()), replace(HOLDER, visit=visit), reason=reason).first("VIZIT")
    assert found is not None
    assert (found.value("RPOLIS"), found.value("METHOD")) == (told, "2" if by else "3")


def test_what_is_not_known_is_left_out_and_told_by_the_check() -> None:
    found = element(told_of(resting()), Holder(form={}))

    assert found.first("VIZIT") is None
    assert found.first("DOC_LIST") is None
    assert {(e.code, e.field) for e in check_record(element=found, kind=FileKind.OPLIST)} == {
        ("902", "W"),
        ("902", "DR"),
    }
    assert [(e.code, e.field) for e in row_errors(kind=FileKind.OPLIST, row=found, on=TODAY)] == [("902", "FAM")]
    assert row_errors(kind=FileKind.OPLIST, row=Element("OP"), on=TODAY) == ()
    assert rest_of(HOLDER) != rest_of(Holder(form={}))


@pytest.mark.parametrize(
    ("kind", "values", "codes"),
    [
        (FileKind.STOPLIST, {"REASON": "П022", "ENP": "7754900885000012", "DDEATH": "2026-03-16"}, []),
        (FileKind.STOPLIST, {"REASON": "П022", "ENP": "7754900885000013"}, [("101", "ENP"), ("902", "DDEATH")]),
        (FileKind.STOPLIST, {"REASON": "П010", "ENP": "7754900885000012"}, [("904", "REASON")]),
        (FileKind.STOPLIST, {"REASON": "П021", "DDEATH": "2026-03-17"}, [("903", "DDEATH")]),
        (FileKind.REPLIST, {"CODE_ERP": "1"}, [("902", "COMMENT")]),
        (FileKind.REPLIST, {"CODE_ERP": "1", "COMMENT": "?"}, []),
        (FileKind.REPLIST, {"CODE_ERP": "0"}, []),
        (FileKind.FLK_P, {}, []),
    ],
)
def test_single_rows_are_controlled_beyond_their_shape(kind, values, codes) -> None:
    row = Element(RECORDS[kind], children=[Element(tag, text=text) for tag, text in values.items()])

    assert [(e.code, e.field) for e in row_errors(kind=kind, row=row, on=TODAY)] == codes


def test_every_code_has_its_mend_and_an_unknown_one_too() -> None:
    assert set(FLK_TITLES) < set(MENDS)
    error = FlkError(code="238", field="OT", base="PERSON", record="1", comment="?")
    assert remark_of(error).mend == "Исправьте запись по замечанию фонда"


def file(**changed) -> ChangeFile:
    base = ChangeFile(insurer_code="77012", year=2026, month=3, number=1, key="k", until=AT, created_at=AT, told=2)
    return replace(base, **changed)


def test_a_file_is_put_together_of_parts_as_if_it_were_written_at_once() -> None:
    records = [element(told_of(policy(policy_id=name))) for name in ("P1", "P2")]
    for number, record in enumerate(records, start=1):
        record.children[0].text = str(number)

    data = file_bytes(file=file(), parts=[write_part(element=record, depth=1) for record in records])

    assert data == write_xml(root=read_xml(data=data))
    found = check_exchange_file(name="i77012_0_03261.xml", data=data)
    assert (found.kind, found.records, found.errors) == (FileKind.OPLIST, 2, ())
    assert (file().person_id, file(account_id="A").person_id) == ("insurer-77012", "A")


@pytest.mark.parametrize(
    ("last", "following"),
    [
        (None, (2026, 3, 1)),
        (file(month=2, number=7), (2026, 3, 1)),
        (file(year=2025, month=12), (2026, 3, 1)),
        (file(number=7), (2026, 3, 8)),
        (file(month=4), (2026, 4, 2)),
    ],
)
def test_numbers_begin_anew_with_each_month_and_never_go_back(last, following) -> None:
    assert next_file(insurer_code="77012", last=last, year=2026, month=3) == following


def test_numbers_of_a_month_end() -> None:
    with pytest.raises(StateConflict):
        next_file(insurer_code="77012", last=file(number=9999), year=2026, month=3)


def test_a_file_moves_along_its_arrows_only() -> None:
    assert moved(file=file(state=FileState.ANSWERED), state=FileState.ANSWERED).state is FileState.ANSWERED
    with pytest.raises(StateConflict):
        moved(file=file(), state=FileState.SENT)


def test_a_policy_that_has_periods_is_always_told_of() -> None:
    found = Policy(
        policy_id="P",
        person_id="H",
        policy_number="1",
        state=PolicyState.ANNULLED,
        issued_on=TODAY,
        issued_at=datetime(2026, 3, 16, tzinfo=UTC),
        valid_from=TODAY,
        periods=(InsurerPeriod(insurer_code="77012", insured_from=TODAY),),
        status_index=1,
        ended_on=TODAY,
    )
    assert change_of(policy=found, at=AT) is not None
