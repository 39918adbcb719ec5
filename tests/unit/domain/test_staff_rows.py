"""Headers and rows of lists of staff, and what may be told of them (requirement K2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.coverage import Stretch
from chalicelib.domain.employee_consent import (
    CONSENT_TRANSITIONS,
    ConsentState,
    EmployeeConsent,
    decide_consent,
)
from chalicelib.domain.employer_request import (
    CHUNK_ROWS,
    STAGE_TITLES,
    STAGE_TRANSITIONS,
    XLSX,
    EmployerRequest,
    RequestStage,
    StaffList,
    at_stage,
    progress_of,
)
from chalicelib.domain.errors import StateConflict, ValidationFailed
from chalicelib.domain.policy import InsurerPeriod, Suspension
from chalicelib.domain.policy_number import build_policy_number
from chalicelib.domain.sex import Sex
from chalicelib.domain.staff_columns import Column, find_layout
from chalicelib.domain.staff_result import covered_by_card, is_whose, outcome_by_consent, outcome_of_stretches
from chalicelib.domain.staff_row import OUTCOME_TITLES, STATED, TO_MEND, Outcome, is_empty, read_row
from chalicelib.domain.validity import CardKind, ValidityCard

TODAY = date(2026, 3, 16)
AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
NUMBER = build_policy_number(territory="77", born_on=date(1984, 3, 5), sex=Sex.FEMALE, serial=1)


def places(*rows: list[Any]) -> dict[str, int]:
    return {column.value: place for column, place in find_layout(rows).places.items()}


class TestHeaders:
    """Whatever the header looks like."""

    def test_russian_synonyms_in_any_spelling(self) -> None:
        found = places(["№ п/п", "Ф.И.О.", "ДАТА РОЖД.", "№ полиса ОМС", "ИНН", "Должность/профессия", "E-mail"])
        expected = {"full_name": 1, "born_on": 2, "policy_number": 3, "inn": 4, "position": 5, "email": 6}
        assert found == expected

    @pytest.mark.parametrize(
        ("title", "column"),
        [
            ("Фамилия, имя, отчество", Column.FULL_NAME),
            ("сотрудник", Column.FULL_NAME),
            ("ЕНП (полис ОМС)", None),
            ("Единый номер полиса", Column.POLICY_NUMBER),
            ("Номер\nполиса", Column.POLICY_NUMBER),
            ("д.р.", Column.BORN_ON),
            ("Эл. почта", Column.EMAIL),
            ("Адрес электронной почты:", Column.EMAIL),
            ("Телефон", None),
        ],
    )
    def test_each_title_means_one_column_or_none(self, title: str, column: Column | None) -> None:
        known = {Column.FULL_NAME: ["Дата рождения", "ИНН"], Column.BORN_ON: ["Фамилия", "ИНН"]}
        others = known.get(column, ["Фамилия", "Дата рождения"]) if column else ["Фамилия", "Дата рождения"]
        found = find_layout([[*others, title]]).places
        assert [name for name, place in found.items() if place == 2] == ([column] if column else [])

    def test_a_header_stands_below_titles_and_dates(self) -> None:
        layout = find_layout([["Список сотрудников ООО «Пример»"], ["на 01.03.2026"], [], ["ФИО", "Дата рождения"]])
        assert (layout.first_row, layout.header) == (4, ("ФИО", "Дата рождения"))

    def test_a_merged_header_takes_two_rows_and_the_lower_one_is_more_exact(self) -> None:
        upper = ["Сотрудник", "", "", "Дата рождения", "Полис ОМС"]
        layout = find_layout([upper, ["Фамилия", "Имя", "Отчество", "", ""], ["Иванов", "Иван", "", "", ""]])
        names = (Column.FAMILY_NAME, Column.GIVEN_NAME, Column.MIDDLE_NAME, Column.BORN_ON, Column.POLICY_NUMBER)
        assert tuple(layout.places[name] for name in names) == (0, 1, 2, 3, 4)
        assert Column.FULL_NAME not in layout.places
        assert layout.first_row == 2
        assert layout.header == ("Фамилия", "Имя", "Отчество", "Дата рождения", "Полис ОМС")

    def test_a_title_that_stands_twice_counts_once(self) -> None:
        assert places(["ФИО", "Дата рождения", "Должность", "Должность"])["position"] == 2

    @pytest.mark.parametrize(
        ("rows", "codes"),
        [
            ([], {"header_not_found"}),
            ([["Иванов Иван", "05.03.1984"]], {"header_not_found"}),
            ([["ФИО", "Телефон"]], {"header_not_found"}),
            ([["Должность", "ИНН"]], {"column_missing"}),
            ([["Фамилия", "Номер полиса"]], {"column_missing"}),
        ],
    )
    def test_tells_what_is_missing(self, rows: list[list[str]], codes: set[str]) -> None:
        with pytest.raises(ValidationFailed) as refusal:
            find_layout(rows)
        assert {error.code for error in refusal.value.errors} == codes
        assert all("добавьте" in error.message or "Не нашли" in error.message for error in refusal.value.errors)


class TestRows:
    """Each row is read by itself, with every mistake."""

    LAYOUT = find_layout(
        [["ФИО", "Дата рождения", "Номер полиса", "ИНН", "Должность", "E-mail", "Код строки (не менять)"]]
    )

    def read(self, *cells: Any) -> Any:
        return read_row(layout=self.LAYOUT, cells=cells, place=(1, 7), today=TODAY)

    def test_reads_what_is_there(self) -> None:
        row = self.read("Иванов Иван Иванович оглы", 30746, int(NUMBER), None, "слесарь")
        assert (row.family_name, row.given_name, row.middle_name) == ("Иванов", "Иван", "Иванович оглы")
        assert (row.born_on, row.policy_number, row.position) == ("1984-03-05", NUMBER, "слесарь")
        assert (row.key, row.line, row.mistakes) == ("1-7", 7, ())
        assert row.full_name == "Иванов Иван Иванович оглы"

    def test_tells_all_mistakes_of_a_row_at_once(self) -> None:
        row = self.read("", "вчера", "7,75E+15", "1", "=1+1", "нет")
        assert [(m.column, m.code) for m in row.mistakes] == [
            ("full_name", "name_full_required"),
            ("born_on", "date_format"),
            ("inn", "number_short"),
            ("policy_number", "number_scientific"),
            ("email", "invalid_email"),
        ]
        assert row.cells[4] == "=1+1"

    def test_names_the_part_of_the_name_where_they_stand_apart(self) -> None:
        layout = find_layout([["Фамилия", "Имя", "Дата рождения"]])
        row = read_row(layout=layout, cells=["Smith!", "Иван", "05.03.1984"], place=(1, 2), today=TODAY)
        assert {mistake.column for mistake in row.mistakes} == {"family_name"}

    def test_keeps_the_key_of_a_mended_row(self) -> None:
        assert self.read("Иванов Иван", "05.03.1984", "", "", "", "", "1-3").key == "1-3"

    def test_two_rows_are_the_same_whatever_their_spelling(self) -> None:
        one, other = self.read("Семёнов Пётр", "05.03.1984", NUMBER), self.read("СЕМЕНОВ  ПЕТР", 30746, int(NUMBER))
        assert one.identity == other.identity
        assert one.identity != self.read("Семёнов Пётр", "06.03.1984", NUMBER).identity

    def test_passes_over_empty_rows(self) -> None:
        assert is_empty(["", None, "  "])
        assert not is_empty(["", 0])
        assert is_empty(["", "Итого: 25", ""])
        assert is_empty(["Всего", 25])
        assert not is_empty(["Всеголов", "Пётр"])
        assert not is_empty(["Итого", "Пётр", "05.03.1984"])


CARD = ValidityCard(
    kind=CardKind.POLICY,
    person_id="p",
    reference="a",
    state="active",
    valid_from=date(2025, 1, 1),
    valid_until=None,
    periods=(InsurerPeriod(insurer_code="77012", insured_from=date(2025, 1, 1)),),
    factors={"born_on": "b", "family_name": "f"},
)
REQUEST = EmployerRequest(
    request_id="r",
    employer_id="e",
    account_id="a",
    organisation_id="o",
    number="1",
    from_on=date(2026, 1, 1),
    until_on=date(2026, 3, 1),
    asked_at=AT,
    utc_offset_hours=3,
    work_id="w",
)


class TestOutcomes:
    """What may be told of an employee."""

    def test_a_card_alone_proves_only_what_has_no_turn_in_it(self) -> None:
        whole = Stretch(from_on=REQUEST.from_on, until_on=REQUEST.until_on, insurer_code="77012")
        assert covered_by_card(CARD, REQUEST) == whole
        inside = date(2026, 2, 1)
        turning = (
            replace(CARD, valid_from=inside),
            replace(CARD, valid_until=inside),
            replace(CARD, state="replaced", ended_on=inside),
            replace(CARD, periods=(replace(CARD.periods[0], insured_until=inside),)),
            replace(CARD, suspensions=(Suspension(reason="x", from_on=inside),)),
        )
        assert [covered_by_card(card, REQUEST) for card in turning] == [None] * len(turning)

    def test_a_card_is_found_by_both_factors(self) -> None:
        assert is_whose(CARD, {"born_on": "b", "family_name": "f"})
        assert not is_whose(CARD, {"born_on": "b", "family_name": "x"})

    @pytest.mark.parametrize(
        ("state", "outcome"),
        [
            (None, Outcome.WAITING),
            (ConsentState.ASKED, Outcome.WAITING),
            (ConsentState.GIVEN, None),
            (ConsentState.REFUSED, Outcome.CONSENT_REFUSED),
            (ConsentState.REVOKED, Outcome.CONSENT_REFUSED),
        ],
    )
    def test_nothing_is_told_without_a_consent(self, state: ConsentState | None, outcome: Outcome | None) -> None:
        assert outcome_by_consent(state) is outcome

    def test_stretches_tell_the_outcome(self) -> None:
        gap = Stretch(from_on=date(2026, 1, 1), until_on=date(2026, 2, 1))
        insured = replace(gap, insurer_code="77012")
        found = [outcome_of_stretches(s) for s in ((insured,), (gap, insured), (gap,))]
        assert found == [Outcome.CONFIRMED, Outcome.WITH_GAPS, Outcome.NOT_INSURED]

    def test_every_outcome_has_a_title_and_no_stated_one_is_to_mend(self) -> None:
        assert set(OUTCOME_TITLES) == set(Outcome)
        assert not STATED & TO_MEND


class TestStates:
    """Stages, consents and progress as data."""

    @pytest.mark.parametrize("state", ConsentState)
    @pytest.mark.parametrize("wanted", ConsentState)
    def test_a_consent_moves_by_the_table_alone(self, state: ConsentState, wanted: ConsentState) -> None:
        consent = EmployeeConsent(person_id="p", organisation_id="o", organisation_name="n", asked_at=AT, state=state)
        if wanted in CONSENT_TRANSITIONS[state]:
            assert decide_consent(consent=consent, state=wanted, at=AT).state is wanted
            return
        with pytest.raises(StateConflict):
            decide_consent(consent=consent, state=wanted, at=AT)

    @pytest.mark.parametrize("stage", RequestStage)
    @pytest.mark.parametrize("wanted", RequestStage)
    def test_a_request_moves_by_the_table_alone(self, stage: RequestStage, wanted: RequestStage) -> None:
        request = replace(REQUEST, stage=stage, cursor=3)
        if wanted in STAGE_TRANSITIONS[stage]:
            moved = at_stage(request, wanted, at=AT)
            assert (moved.stage, moved.cursor, moved.stage_started_at) == (wanted, 0, AT)
            return
        with pytest.raises(StateConflict, match=STAGE_TITLES[stage].lower()):
            at_stage(request, wanted, at=AT)

    def test_a_cursor_means_a_chunk_of_a_list(self) -> None:
        lists = tuple(
            StaffList(list_id=str(n), number=n, media_type=XLSX, object_key="", ordered_at=AT, rows=rows, chunks=chunks)
            for n, rows, chunks in ((1, CHUNK_ROWS + 10, 2), (2, 500, 1))
        )
        request = replace(REQUEST, lists=lists, stage=RequestStage.CHECKING, stage_started_at=AT)
        assert [(request.place_of(n)[0].number, request.place_of(n)[1]) for n in range(3)] == [(1, 0), (1, 1), (2, 0)]
        with pytest.raises(StateConflict):
            request.place_of(3)
        later = AT + timedelta(seconds=20)
        told = [progress_of(replace(request, cursor=n), at=later) for n in range(4)]
        assert [p.rows_done for p in told] == [0, CHUNK_ROWS, CHUNK_ROWS + 10, CHUNK_ROWS + 510]
        assert [p.percent for p in told] == [0, 79, 80, 100]
        assert [p.seconds_left for p in told] == [None, 5, 5, 0]

    def test_progress_where_nothing_is_counted(self) -> None:
        assert progress_of(REQUEST, at=AT).seconds_left == 0
        assert progress_of(replace(REQUEST, stage=RequestStage.READING), at=AT).seconds_left is None
        checking = replace(REQUEST, stage=RequestStage.CHECKING)
        assert (progress_of(checking, at=AT).percent, progress_of(checking, at=AT).seconds_left) == (0, None)
        assert progress_of(replace(REQUEST, stage=RequestStage.READY), at=AT).percent == 100
