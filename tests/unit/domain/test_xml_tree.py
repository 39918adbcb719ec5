"""XML of the exchange: read safely whatever it is, and written so that it reads back the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import xml_tree
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.xml_tree import Element, decoded, read_xml, write_xml

LAUGHS = b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><packet>&b;</packet>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><packet>&x;</packet>'
REMOTE = b'<?xml version="1.0"?><!DOCTYPE p SYSTEM "http://127.0.0.1:1/evil.dtd"><packet/>'
PARAMETER = b'<!DOCTYPE p [<!ENTITY % r SYSTEM "http://127.0.0.1:1/e"> %r;]><packet/>'
CYRILLIC = "<packet><name>Ёлка</name></packet>"


def refusal(data: bytes) -> InvalidValue:
    with pytest.raises(InvalidValue) as caught:
        read_xml(data=data)
    return caught.value


@pytest.mark.parametrize("data", [LAUGHS, OUTSIDE, REMOTE, PARAMETER], ids=["laughs", "file", "address", "parameter"])
def test_a_document_type_is_refused_before_anything_of_it_acts(data):
    assert refusal(data).reason == "document_type_refused"


@pytest.mark.parametrize("data", [b"", b"no xml", b"<a><b></a>", b"<a>&unknown;</a>", b"<a/><b/>", b"\x00\x01", b"<a"])
def test_what_is_no_xml_is_refused_with_its_place(data):
    found = refusal(data)

    assert found.reason == "not_xml"
    assert "строка" in found.detail


def test_depth_and_number_of_elements_are_bounded(monkeypatch):
    deep = xml_tree.MAX_DEPTH + 1
    assert refusal(b"<a>" * deep + b"</a>" * deep).reason == "too_deep"

    monkeypatch.setattr(xml_tree, "MAX_ELEMENTS", 3)
    assert refusal(b"<a><b/><b/><b/></a>").reason == "too_many_elements"


@pytest.mark.parametrize(
    "data",
    [
        f'<?xml version="1.0" encoding="windows-1251"?>{CYRILLIC}'.encode("cp1251"),
        f'<?xml version="1.0" encoding="UTF-8"?>{CYRILLIC}'.encode(),
        f'<?xml version="1.0" encoding="UTF-8"?>{CYRILLIC}'.encode("cp1251"),  # declared wrong
        CYRILLIC.encode("cp1251"),
        CYRILLIC.encode("utf-8-sig"),
        CYRILLIC.encode("utf-16"),
        f"<?xml version='1.0' encoding='ibm866'?>{CYRILLIC}".encode("cp866"),
        f'<?xml version="1.0" encoding="zip"?>{CYRILLIC}'.encode(),  # not one for texts
    ],
    ids=["cp1251", "utf-8", "lies", "undeclared", "mark", "utf-16", "cp866", "unknown"],
)
def test_reads_every_encoding_that_files_come_in(data):
    assert read_xml(data=data).value("NAME") == "Ёлка"


def test_loses_no_byte_of_what_no_encoding_explains():
    assert decoded(data=b"\x98\xff") == "�я"


def test_names_are_in_capitals_without_their_space_and_text_has_single_spaces():
    root = read_xml(data=b'<x:a xmlns:x="urn:x" Key="1"><b> one\n two </b><b>3</b></x:a>')

    assert (root.name, root.attributes["KEY"]) == ("A", "1")
    assert [b.text for b in root.all("B")] == ["one two", "3"]
    assert (root.value("B"), root.value("C"), root.first("C")) == ("one two", "", None)
    assert [element.name for element in root.walk()] == ["A", "B", "B"]


TEXTS = st.text(max_size=20).map(lambda text: " ".join(text.split()))
NAMES = st.sampled_from(["OP", "PERSON", "FAM", "POLIS"])


@st.composite
def trees(draw, depth=0):
    children = [] if depth == 3 else draw(st.lists(trees(depth=depth + 1), max_size=3))
    text = "" if children else draw(TEXTS.filter(writable))
    attributes = draw(st.dictionaries(NAMES, st.text(alphabet="абв<>&\"' 1", max_size=6), max_size=2))
    return Element(draw(NAMES), attributes, text, children)


def writable(text: str) -> bool:
    """XML has no way to write some control signs: they are left out."""
    return not xml_tree._FORBIDDEN.search(text) and not any("\ud800" <= sign <= "\udfff" for sign in text)


@given(trees())
def test_what_is_written_reads_back_the_same(tree):
    assert read_xml(data=write_xml(root=tree)) == tree


def test_signs_that_xml_cannot_hold_are_left_out():
    assert read_xml(data=write_xml(root=Element("A", text="а\x00б\x0bв"))).text == "абв"
