"""A file of the exchange against its own name, packed or not, and the report that answers it (P4)."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import exchange_check
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.exchange_check import MAX_XML_BYTES, CheckedFile, check_exchange_file, flk_report
from chalicelib.domain.exchange_model import CHANGE_REASONS, RESULTS, SCHEMAS, FileKind, Part
from chalicelib.domain.exchange_name import ExchangeName, parse_name
from chalicelib.domain.exchange_schema import FLK_TITLES, FlkError, check_file
from chalicelib.domain.xml_tree import Element, read_xml, write_xml

NAME = "i77012_3_03264"


def leaf(name: str, text: str) -> Element:
    return Element(name, text=text)


def file(kind: str = "OPLIST", *, name: str = NAME, smo: str = "77012", records: int = 0, **more: str) -> Element:
    head = {"VERS": "2.1", "FILENAME": name, "SMOCOD": smo, "NRECORDS": str(records), **more}
    return Element(kind, children=[leaf(tag, text) for tag, text in head.items() if text])


def packed(*contents: bytes, password: bool = False) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(contents):
            archive.writestr(f"{number}.xml", data)
    data = bytearray(target.getvalue())
    if password:
        data[6] |= 1
        data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def checked(root: Element, *, name: str = f"{NAME}.xml") -> CheckedFile:
    return check_exchange_file(name=name, data=write_xml(root=root))


def contradictions(found: CheckedFile) -> list[tuple[str, str, str]]:
    return [
        (error.code, error.field, error.base) for error in found.errors if error.comment.startswith("Неверный код:")
    ]


def test_a_file_without_a_mistake_is_answered_by_a_report_without_records() -> None:
    found = checked(file())
    assert (found.kind, found.name, found.records, found.errors) == (FileKind.OPLIST, NAME, 0, ())
    assert found.report_name == "f77012_3_03264.xml"
    report = read_xml(data=found.report.encode("cp1251"))
    told = [(child.name, child.text) for child in report.children]
    assert (report.name, told) == ("FLK_P", [("VERS", "2.1"), ("FNAME", "f77012_3_03264"), ("FNAME_I", NAME)])
    assert check_file(root=report, kind=FileKind.FLK_P) == ()


@pytest.mark.parametrize("name", [NAME, f"{NAME}.XML", f" {NAME}.xml ", f"{NAME}.xml.zip", f"{NAME}.ZIP"])
def test_it_is_known_by_its_name_however_it_is_sent(name: str) -> None:
    assert checked(file(name=f"{NAME}.xml"), name=name).name == NAME
    data = write_xml(root=file())
    assert check_exchange_file(name=name, data=packed(data)) == check_exchange_file(name=name, data=data)


@pytest.mark.parametrize(
    ("root", "wrong"),
    [
        (file(name="i77012_3_03265"), [("FILENAME", "OPLIST")]),
        (file(smo="77004"), [("SMOCOD", "OPLIST")]),
        (
            file("STOPLIST", smo="77004", name="s77004_0_03261"),
            [("STOPLIST",) * 2, ("FILENAME", "STOPLIST"), ("SMOCOD", "STOPLIST")],
        ),
        (Element("FLK_P", children=[leaf("VERS", "2.1"), leaf("FNAME", "f1")]), [("FLK_P",) * 2, ("FNAME", "FLK_P")]),
        (file(name="", smo=""), []),
    ],
    ids=["another name", "another insurer", "another kind", "a report", "nothing said"],
)
def test_what_contradicts_the_name_is_told(root: Element, wrong: list[tuple[str, str]]) -> None:
    found = checked(root)
    assert [(field, base) for _, field, base in contradictions(found)] == wrong
    assert {code for code, _, _ in contradictions(found)} <= {exchange_check.WRONG_CODE}


def test_a_report_names_each_mistake_once_and_leaves_out_what_is_not_known() -> None:
    errors = (
        FlkError(code="903", field="FAM", base="PERSON", record="7", comment="слово"),
        FlkError(code="904", field="", base="", record="", comment=""),
    )
    root = flk_report(name="f1", about="i1", errors=errors)
    records = [[(part.name, part.text) for part in record.children] for record in root.all("PR")]
    assert records == [
        [("OSHIB", "903"), ("IM_POL", "FAM"), ("BAS_EL", "PERSON"), ("N_REC", "7"), ("COMMENT", "слово")],
        [("OSHIB", "904")],
    ]


def test_what_is_no_file_of_the_exchange_is_refused() -> None:
    for data, reason in (
        (write_xml(root=Element("LETTER")), "not_exchange"),
        (packed(), "not_zip"),
        (packed(b"<A/>", b"<B/>"), "not_zip"),
        (packed(b"<A/>", password=True), "not_zip"),
        (b"PK\x03\x04 broken", "not_zip"),
    ):
        with pytest.raises(InvalidValue) as refusal:
            check_exchange_file(name=NAME, data=data)
        assert refusal.value.reason == reason


def test_a_packed_file_is_unpacked_up_to_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MAX_XML_BYTES == 16 * 1024 * 1024
    data = write_xml(root=file())
    monkeypatch.setattr(exchange_check, "MAX_XML_BYTES", len(data))
    assert check_exchange_file(name=NAME, data=packed(data)).errors == ()
    monkeypatch.setattr(exchange_check, "MAX_XML_BYTES", len(data) - 1)
    with pytest.raises(InvalidValue) as refusal:
        check_exchange_file(name=NAME, data=packed(data))
    assert refusal.value.reason == "file_too_large"


@given(
    st.sampled_from("ijpskf"),
    st.integers(0, 999),
    st.integers(1, 12),
    st.integers(2000, 2099),
    st.integers(1, 9999),
)
def test_a_name_is_read_as_it_is_written(letter: str, point: int, month: int, year: int, number: int) -> None:
    name = ExchangeName(letter=letter, insurer_code="77012", year=year, month=month, number=number, point=point)
    assert parse_name(text=str(name)) == parse_name(text=f"{name}.xMl") == name
    kinds = {"i": "OPLIST", "j": "OPLIST", "k": "OPLIST", "p": "REPLIST", "s": "STOPLIST", "f": "FLK_P"}
    assert name.kind == kinds[letter]
    assert ExchangeName(letter="i", insurer_code="77012", year=2026, month=3, number=1).point == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x77012_0_03261",
        "i7701_0_03261",
        "i77012_0_13261",
        "i77012_0_00261",
        "i77012_1000_03261",
        "i77012_0_0326",
        "i77012_0_032610000",
        "i77012_0_03261.xml.xml",
    ],
)
def test_another_name_says_nothing(text: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        parse_name(text=text)
    assert refusal.value.reason == "exchange_name"


def named(part: Part, path: str = "") -> dict[str, Part]:
    """All elements of a model by their paths."""
    found = {f"{path}{part.name}": part}
    for inner in part.parts:
        found |= named(inner, f"{path}{part.name}/")
    return found


class TestModel:
    """Elements of order 79 whose absence or length is a rule of money and identity."""

    OPERATION = named(SCHEMAS[FileKind.OPLIST])

    @pytest.mark.parametrize(
        ("path", "is_needed"),
        [
            ("N_REC", True),
            ("ID", True),
            ("TIP_OP", True),
            ("PERSON", True),
            ("PERSON/FAM", False),
            ("PERSON/W", True),
            ("PERSON/DR", True),
            ("PERSON/SS", False),
            ("OLD_PERSON", False),
            ("INSURANCE", True),
            ("INSURANCE/TER_ST", True),
            ("INSURANCE/ENP", False),
            ("INSURANCE/ERP", True),
            ("INSURANCE/POLIS", False),
            ("INSURANCE/POLIS/VPOLIS", True),
            ("INSURANCE/POLIS/NPOLIS", True),
            ("INSURANCE/POLIS/DBEG", True),
            ("INSURANCE/POLIS/DEND", False),
            ("DOC_LIST/DOC/DOCTYPE", True),
            ("DOC_LIST/DOC/DOCNUM", True),
            ("DOC_LIST/DOC/DOCSER", False),
            ("VIZIT/DVIZIT", True),
            ("ADDRES_G/SUBJ", True),
        ],
    )
    def test_what_has_to_be_there(self, path: str, is_needed: bool) -> None:
        assert self.OPERATION[f"OPLIST/OP/{path}"].required is is_needed

    @pytest.mark.parametrize(
        ("path", "length"),
        [
            ("PERSON/FAM", 40),
            ("PERSON/MR", 100),
            ("DOC_LIST/DOC/DOCSER", 10),
            ("DOC_LIST/DOC/DOCNUM", 20),
            ("N_REC", 36),
        ],
    )
    def test_how_long_a_text_may_be(self, path: str, length: int) -> None:
        assert self.OPERATION[f"OPLIST/OP/{path}"].length == length

    def test_codes_are_those_of_the_classifiers(self) -> None:
        assert "П010" in CHANGE_REASONS
        assert len(CHANGE_REASONS) == 17
        assert set(RESULTS) == {"0", "1", "2"}
        assert self.OPERATION["OPLIST/OP/PERSON/W"].codes == {"1", "2"}
        assert self.OPERATION["OPLIST/OP/INSURANCE/ERP"].codes == {"0", "1"}


class TestCodes:
    """The report names mistakes by the federal codes (classifier F012), the record and the element."""

    def stop(self, **changed: str) -> Element:
        said = {"ID": "7", "REASON": "П010", "ENP": "7754900885000012", **changed}
        return Element("STOP", children=[leaf(tag, text) for tag, text in said.items() if text])

    def mistakes(self, *stops: Element, records: str | None = None) -> list[tuple[str, str, str, str]]:
        root = file("STOPLIST", name="s77012_0_03261", records=len(stops))
        if records is not None:
            root = file("STOPLIST", name="s77012_0_03261", NRECORDS=records)
        root.children.extend(stops)
        found = check_file(root=root, kind=FileKind.STOPLIST)
        return [(error.code, error.field, error.base, error.record) for error in found]

    def test_are_those_of_the_classifier(self) -> None:
        assert sorted(FLK_TITLES) == ["901", "902", "903", "904", "905"]

    @pytest.mark.parametrize(
        ("stop", "mistake"),
        [
            ({}, []),
            ({"ID": ""}, [("902", "ID", "STOP", "")]),
            ({"REASON": "П011"}, [("904", "REASON", "STOP", "7")]),
            ({"ENP": "775490088500001"}, [("903", "ENP", "STOP", "7")]),
            ({"ID": "x" * 36}, []),
            ({"ID": "x" * 37}, [("903", "ID", "STOP", "x" * 20)]),
            ({"DDEATH": "2026-03-01"}, [("901", "DDEATH", "STOP", "7")]),
        ],
    )
    def test_name_the_record_and_the_element(
        self, stop: dict[str, str], mistake: list[tuple[str, str, str, str]]
    ) -> None:
        found = self.mistakes(self.stop(**stop))
        assert [error[:3] for error in found] == [error[:3] for error in mistake]
        assert all(one[3].startswith(other[3]) for one, other in zip(found, mistake, strict=True))

    @pytest.mark.parametrize("day", ["20260301", "2026-W10-1", "2026-02-30", "2026-3-1"])
    def test_a_day_is_written_in_one_way(self, day: str) -> None:
        said = [leaf("ID", "7"), leaf("REASON", "П010"), leaf("DDEATH", day), leaf("ENP", "7754900885000012")]
        assert self.mistakes(Element("STOP", children=said)) == [("903", "DDEATH", "STOP", "7")]

    @pytest.mark.parametrize(("said", "codes"), [("2", []), ("3", ["903"]), ("²", ["903"]), ("", ["902"])])
    def test_the_number_of_records_is_counted(self, said: str, codes: list[str]) -> None:
        found = self.mistakes(self.stop(), self.stop(ID="8"), records=said)
        assert [(code, field) for code, field, _, _ in found] == [(code, "NRECORDS") for code in codes]

    def test_a_key_that_repeats_is_told_with_its_record(self) -> None:
        assert self.mistakes(self.stop(), self.stop()) == [("905", "ID", "STOP", "7")]
