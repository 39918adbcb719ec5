"""The files of the exchange with the fund: what fits the model is written and read back, and every mistake is told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.exchange_model import KEYS, RECORDS, SCHEMAS, FileKind, Part
from chalicelib.domain.exchange_name import LETTERS, ExchangeName, parse_name
from chalicelib.domain.exchange_schema import DUPLICATE, MISSING, ORDER, WRONG_CODE, WRONG_TYPE, check_file
from chalicelib.domain.xml_tree import Element, read_xml, write_xml

KINDS = st.sampled_from(FileKind)
WORDS = st.text(alphabet="АБВабвё -№1Z<&\"'", min_size=1, max_size=10).map(lambda text: " ".join(text.split()))


@st.composite
def elements(draw, part: Part) -> Element:
    """An element that fits its part, with some of what may be there."""
    if not part.parts:
        return Element(part.name, text=draw(_values(part)))
    children: list[Element] = []
    for inner in part.parts:
        if inner.name == "NRECORDS":
            children.append(Element("NRECORDS"))
            continue
        least = 1 if inner.required else 0
        most = 2 if inner.many else 1
        children += [draw(elements(inner)) for _ in range(draw(st.integers(least, most)))]
    return Element(part.name, children=children)


def _values(part: Part) -> st.SearchStrategy[str]:
    if part.codes:
        return st.sampled_from(sorted(part.codes))
    if part.is_date:
        return st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31)).map(str)
    if part.pattern:
        return st.from_regex(part.pattern, fullmatch=True).filter(str.isprintable)
    return WORDS.filter(lambda text: 0 < len(text) <= part.length)


@st.composite
def files(draw, kind: FileKind) -> Element:
    """A file of a kind without a mistake."""
    root = draw(elements(SCHEMAS[kind]))
    records = root.all(RECORDS[kind])
    for number, record in enumerate(records, start=1):
        for key in KEYS[kind]:
            found = record.first(key)
            assert found is not None
            found.text = str(number)
    total = root.first("NRECORDS")
    if total is not None:
        total.text = str(len(records))
    return root


@settings(max_examples=40)
@given(st.data(), KINDS)
def test_a_file_that_fits_the_model_reads_back_the_same_and_without_a_mistake(data, kind):
    root = data.draw(files(kind))

    again = read_xml(data=write_xml(root=root))

    assert again == root
    assert check_file(root=again, kind=kind) == ()


@settings(max_examples=40)
@given(st.data(), KINDS)
def test_whatever_is_taken_away_is_told_as_missing_if_it_has_to_be_there(data, kind):
    root = data.draw(files(kind))
    required = [part for part in SCHEMAS[kind].parts if part.required]
    part = data.draw(st.sampled_from(required))
    root.children = [child for child in root.children if child.name != part.name]

    assert (MISSING, part.name, kind.value) in {(e.code, e.field, e.base) for e in check_file(root=root, kind=kind)}


@settings(max_examples=40)
@given(st.data(), KINDS)
def test_two_elements_that_change_places_are_told(data, kind):
    root = data.draw(files(kind))
    assume(len(root.children) > 1 and root.children[0].name != root.children[1].name)
    root.children[0], root.children[1] = root.children[1], root.children[0]

    assert ORDER in {error.code for error in check_file(root=root, kind=kind)}


def stop_list(*stops: str, total: str | None = None) -> Element:
    head = {
        "VERS": "2.1",
        "FILENAME": "s77012_0_03261",
        "SMOCOD": "77012",
        "NRECORDS": str(len(stops)) if total is None else total,
    }
    text = "".join(f"<{name}>{value}</{name}>" for name, value in head.items())
    return read_xml(data=f"<STOPLIST>{text}{''.join(stops)}</STOPLIST>".encode())


def stop(ident: str = "1", reason: str = "П022", enp: str = "7754900885000012", more: str = "") -> str:
    return f"<STOP><ID>{ident}</ID><REASON>{reason}</REASON>{more}<ENP>{enp}</ENP></STOP>"


@pytest.mark.parametrize(
    ("root", "told"),
    [
        (stop_list(stop()), []),
        (stop_list(stop(reason="П999")), [(WRONG_CODE, "REASON", "STOP", "1")]),
        (stop_list(stop(reason="")), [(MISSING, "REASON", "STOP", "1")]),
        (stop_list(stop(enp="77")), [(WRONG_TYPE, "ENP", "STOP", "1")]),
        (stop_list(stop(ident="x" * 37)), [(WRONG_TYPE, "ID", "STOP", "x" * 36)]),
        (stop_list(stop(more="<DDEATH>2026-02-30</DDEATH>")), [(WRONG_TYPE, "DDEATH", "STOP", "1")]),
        (stop_list(stop(more="<DDEATH></DDEATH>")), []),
        (stop_list(stop(more="<DDEATH>1</DDEATH><DDEATH>2026-02-01</DDEATH>"))
         , [(WRONG_TYPE, "DDEATH", "STOP", "1"), (ORDER, "DDEATH", "STOP", "1")]),
        (stop_list(stop(more="<NAME>x</NAME>")), [(ORDER, "NAME", "STOP", "1")]),
        (stop_list(stop(), stop()), [(DUPLICATE, "ID", "STOP", "1")]),
        (stop_list(stop(), total="2"), [(WRONG_TYPE, "NRECORDS", "STOPLIST", "")]),
        (stop_list("<STOP>text</STOP>"), [
            (WRONG_TYPE, "STOP", "STOPLIST", ""),
            (MISSING, "ID", "STOP", ""),
            (MISSING, "REASON", "STOP", ""),
            (MISSING, "ENP", "STOP", ""),
        ]),
        (stop_list(stop(enp="<b>1</b>")), [(WRONG_TYPE, "ENP", "STOP", "1")]),
    ],
)  # fmt: skip
def test_each_mistake_is_told_by_its_federal_code_with_element_base_and_record(root, told):
    found = check_file(root=root, kind=FileKind.STOPLIST)

    assert [(e.code, e.field, e.base, e.record) for e in found] == told
    assert all(error.comment for error in found)


@given(
    st.sampled_from(sorted(LETTERS.values())),
    st.integers(0, 999),
    st.integers(1, 12),
    st.integers(2000, 2099),
    st.integers(0, 9999),
)
def test_a_name_says_kind_insurer_point_month_and_number(letter, point, month, year, number):
    name = ExchangeName(letter=letter, insurer_code="77012", point=point, month=month, year=year, number=number)

    assert parse_name(text=f"{name}.XML") == name
    assert LETTERS[name.kind] == letter


@pytest.mark.parametrize("text", ["", "i77012", "x77012_0_03261", "i77012_0_13261", "i7701_0_03261", "i77012_0_0326"])
def test_a_name_that_says_nothing_is_refused(text):
    with pytest.raises(InvalidValue) as caught:
        parse_name(text=text)
    assert caught.value.reason == "exchange_name"
