"""A file of the exchange is checked before it is sent: all mistakes at once, and the report to answer with (P4)."""

from __future__ import annotations

import base64
import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain import exchange_check
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.exchange_check import check_exchange_file
from chalicelib.domain.exchange_model import FileKind
from chalicelib.domain.exchange_schema import check_file
from chalicelib.domain.xml_tree import read_xml
from tests.journeys import problem

if TYPE_CHECKING:
    import httpx

    from tests.world import World

PATH = "/v1/exchange-checks"
NAME = "s77012_0_03261"
STOPS = (
    "<STOPLIST><VERS>2.1</VERS><FILENAME>{name}</FILENAME><SMOCOD>{insurer}</SMOCOD><NRECORDS>1</NRECORDS>"
    "<STOP><ID>1</ID><REASON>{reason}</REASON><ENP>7754900885000012</ENP></STOP></STOPLIST>"
)


def stops(*, name: str = NAME, insurer: str = "77012", reason: str = "П022") -> bytes:
    return STOPS.format(name=name, insurer=insurer, reason=reason).encode("cp1251")


def packed(*files: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(files):
            archive.writestr(f"{number}.xml", data)
    return buffer.getvalue()


def sent(world: World, data: bytes, *, name: str = NAME, person: str = "operator") -> httpx.Response:
    body = {"name": f"{name}.xml", "content": base64.b64encode(data).decode()}
    return world.call("POST", PATH, person=person, json=body)


class TestChecks:
    """Over HTTP, as the insurer's and the fund's operators ask."""

    def test_tells_all_mistakes_and_makes_the_report(self, shared_world: World) -> None:
        clean = sent(shared_world, packed(stops()), person="fund").json()
        wrong = sent(shared_world, stops(reason="П999", insurer="77004", name="s77012_0_03269")).json()

        assert (clean["is_accepted"], clean["kind"], clean["records"]) == (True, "STOPLIST", 1)
        assert {(e["code"], e["field"], e["record"]) for e in wrong["errors"]} == {
            ("904", "REASON", "1"),
            ("904", "SMOCOD", ""),
            ("904", "FILENAME", ""),
        }
        report = read_xml(data=wrong["report"].encode("cp1251"))
        assert wrong["report_name"] == "f77012_0_03261.xml"
        assert check_file(root=report, kind=FileKind.FLK_P) == ()
        assert (report.value("FNAME_I"), len(report.all("PR"))) == (NAME, 3)
        again = sent(shared_world, wrong["report"].encode("cp1251"), name="f77012_0_03261")
        assert again.json()["is_accepted"]

    @pytest.mark.parametrize(
        ("data", "name", "field", "code"),
        [
            (b"<STOPLIST/>", "stops", "name", "exchange_name"),
            (b"no xml", NAME, "content", "not_xml"),
            (b"<packet/>", NAME, "content", "not_exchange"),
            (b"<!DOCTYPE a><STOPLIST/>", NAME, "content", "document_type_refused"),
            (packed(b"<STOPLIST/>", b"<STOPLIST/>"), NAME, "content", "not_zip"),
            (b"PK\x03\x04", NAME, "content", "not_zip"),
        ],
    )
    def test_what_is_no_file_of_the_exchange_is_refused(
        self, shared_world: World, data: bytes, name: str, field: str, code: str
    ) -> None:
        (error,) = problem(sent(shared_world, data, name=name), 422, "validation_failed")["errors"]

        assert (error["field"], error["code"]) == (field, code)

    def test_only_ones_own(self, shared_world: World) -> None:
        body: dict[str, Any] = {"name": NAME, "content": "*"}
        problem(shared_world.call("POST", PATH, person="operator", json=body), 422, "validation_failed")
        other = {"name": "s77004_0_03261", "insurer": "77004"}
        problem(sent(shared_world, stops(**other), name=other["name"]), 403, "not_permitted")
        problem(sent(shared_world, stops(name="s16053_0_03261"), name="s16053_0_03261", person="fund"), 403)


def test_another_kind_than_the_name_says_is_told() -> None:
    found = check_exchange_file(name="i77012_0_03261.zip", data=stops(name="i77012_0_03261"))

    assert [(error.code, error.field) for error in found.errors] == [("904", "STOPLIST")]


def test_a_swollen_archive_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange_check, "MAX_XML_BYTES", 100)
    with pytest.raises(InvalidValue) as caught:
        check_exchange_file(name=NAME, data=packed(b" " * 1_000_000))
    assert caught.value.reason == "file_too_large"
