"""Lists as spreadsheets write them: every dialect of CSV, XLSX with its types, and files that mean no good (K2)."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from chalicelib.adapters.sheets import xlsx_guard
from chalicelib.adapters.sheets.sheets import FileSheets
from chalicelib.domain.errors import InvalidValue
from chalicelib.ports.sheets import SheetRow

if TYPE_CHECKING:
    from collections.abc import Callable

SHEETS = FileSheets()
ROWS = [["ФИО", "Дата рождения", "Должность"], ["Ёлкин Лев", "05.03.1984", "слесарь, 5 разряд; старший"]]


def read(data: bytes) -> list[list[Any]]:
    return [list(row) for row in SHEETS.rows(data=data)]


def csv(delimiter: str, line_end: str = "\r\n") -> str:
    return line_end.join(delimiter.join(f'"{cell}"' for cell in row) for row in ROWS) + line_end


def xlsx(write: Callable[[Any, Any], None], **options: Any) -> bytes:
    target = io.BytesIO()
    with Workbook(target, {"in_memory": True, **options}) as book:
        write(book, book.add_worksheet())
    return target.getvalue()


class TestCsv:
    """Nothing in a CSV file tells its dialect."""

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("line_end", ["\r\n", "\n"])
    def test_reads_every_encoding_and_delimiter(self, encoding: str, delimiter: str, line_end: str) -> None:
        assert read(csv(delimiter, line_end).encode(encoding)) == ROWS

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1251"])
    def test_obeys_the_line_that_names_the_delimiter(self, encoding: str) -> None:
        assert read(("sep=;\r\n" + csv(";")).encode(encoding)) == ROWS

    def test_ignores_a_delimiter_that_is_none(self) -> None:
        assert read(("sep=%\r\n" + csv(";")).encode()) == ROWS

    def test_keeps_line_breaks_and_quotes_inside_cells(self) -> None:
        assert read('ФИО;Должность\n"Лев";"слесарь\n«а» ""б"""\n'.encode()) == [
            ["ФИО", "Должность"],
            ["Лев", 'слесарь\n«а» "б"'],
        ]

    def test_commas_in_texts_do_not_win_over_the_delimiter(self) -> None:
        text = "ФИО;Дата рождения\n" + "".join(f"Иванов {n};05.03.1984, вторник, утро\n" for n in range(9))
        assert read(text.encode())[3] == ["Иванов 2", "05.03.1984, вторник, утро"]

    def test_reads_one_column(self) -> None:
        assert read("ФИО\nЛев\n".encode()) == [["ФИО"], ["Лев"]]

    def test_an_empty_file_has_no_rows(self) -> None:
        assert read(b"") == []

    @given(data=st.binary(max_size=400))
    def test_whatever_arrives_is_read_or_refused_with_the_mend(self, data: bytes) -> None:
        refused = ""
        try:
            read(data)
        except InvalidValue as refusal:
            refused = refusal.reason
        assert refused in {"", "list_unreadable", "list_protected", "list_too_large"}

    def test_a_cell_without_an_end_is_refused(self) -> None:
        endless = 'ФИО;Дата\n"' + "я" * 200_000
        with pytest.raises(InvalidValue, match="кавычки"):
            read(endless.encode())


class TestXlsx:
    """A workbook has types, sheets and room for mischief."""

    def test_gives_text_numbers_and_dates_as_they_are(self) -> None:
        def write(book: Any, sheet: Any) -> None:
            days = book.add_format({"num_format": "dd.mm.yyyy"})
            sheet.write_row(0, 0, ["ФИО", "Дата", "Номер"])
            sheet.write(1, 0, "Лев")
            sheet.write_datetime(1, 1, datetime(1984, 3, 5), days)
            sheet.write_number(1, 2, 7754900885000012)
            sheet.write_number(2, 1, 30746)

        header, first, second = read(xlsx(write))
        assert header == ["ФИО", "Дата", "Номер"]
        assert first == ["Лев", date(1984, 3, 5), 7754900885000012.0]
        assert second == ["", 30746.0, ""]

    def test_a_merged_header_stands_in_its_first_cell(self) -> None:
        def write(_: Any, sheet: Any) -> None:
            sheet.merge_range(0, 0, 0, 2, "Сотрудник")
            sheet.write_row(1, 0, ["Фамилия", "Имя", "Отчество"])

        assert read(xlsx(write)) == [["Сотрудник", "", ""], ["Фамилия", "Имя", "Отчество"]]

    def test_takes_the_first_sheet_with_content(self) -> None:
        def write(book: Any, _: Any) -> None:
            book.add_worksheet().write_row(0, 0, ["ФИО"])

        assert read(xlsx(write)) == [["ФИО"]]
        assert read(xlsx(lambda _, __: None)) == []

    def test_a_formula_gives_its_result(self) -> None:
        assert read(xlsx(lambda _, sheet: sheet.write_formula(0, 0, "=1+1", None, 2))) == [[2.0]]

    def test_a_file_under_a_password_is_told(self) -> None:
        with pytest.raises(InvalidValue, match="паролем") as refusal:
            read(b"\xd0\xcf\x11\xe0" + bytes(100))
        assert refusal.value.reason == "list_protected"

    @pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + bytes(1000)])
    def test_a_broken_file_is_told(self, data: bytes) -> None:
        with pytest.raises(InvalidValue) as refusal:
            read(data)
        assert refusal.value.reason == "list_unreadable"

    def test_another_zip_is_told(self) -> None:
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w") as archive:
            archive.writestr("word/document.xml", "<w/>")
        with pytest.raises(InvalidValue) as refusal:
            read(target.getvalue())
        assert refusal.value.reason == "list_unreadable"

    def test_two_cells_far_apart_do_not_take_all_memory(self) -> None:
        def write(_: Any, sheet: Any) -> None:
            sheet.write(0, 0, "ФИО")
            sheet.write(1_048_575, 16_383, "x")

        with pytest.raises(InvalidValue) as refusal:
            read(xlsx(write))
        assert refusal.value.reason == "list_too_large"

    def test_what_unpacks_to_too_much_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = xlsx(lambda _, sheet: sheet.write_column(0, 0, ["я" * 100] * 100))
        monkeypatch.setattr(xlsx_guard, "MAX_UNPACKED", 2_000)
        with pytest.raises(InvalidValue) as refusal:
            read(data)
        assert refusal.value.reason == "list_too_large"


class TestWorkbook:
    """What is written: text, never a formula."""

    HOSTILE = ("=1+1", "+7", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "https://example.org", "0012")

    def test_every_cell_is_a_text_also_what_looks_like_a_formula(self) -> None:
        data = SHEETS.workbook(header=["=A", "Б"], rows=[SheetRow(cells=(cell, "")) for cell in self.HOSTILE])
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sheet = archive.read("xl/worksheets/sheet1.xml").decode()
            styles = archive.read("xl/styles.xml").decode()
        assert "<f>" not in sheet
        assert "<hyperlink" not in sheet
        assert 'quotePrefix="1"' in styles
        written = [row[0] for row in CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()]
        assert [str(cell).strip() for cell in written] == ["=A", *(cell.strip() for cell in self.HOSTILE)]

    def test_marked_cells_catch_the_eye(self) -> None:
        row = SheetRow(cells=("а", "", "в"), marked=frozenset({1, 2}))
        data = SHEETS.workbook(header=["1", "2", "3"], rows=iter([row]))
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert "FFFFE3E3" in archive.read("xl/styles.xml").decode()
        assert read(data) == [["1", "2", "3"], ["а", "", "в"]]
