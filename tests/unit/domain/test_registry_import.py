"""What an import does with a row: new, changed, unchanged or excluded, by what is known of the insurer (H1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from chalicelib.domain.insurer import Inclusion, Insurer, Licence
from chalicelib.domain.insurer_departure import InsurerDeparture, choose_until, to_tell, told
from chalicelib.domain.registry_file import read_registry
from chalicelib.domain.registry_import import JudgedRow, checked_rows, judge
from chalicelib.domain.registry_job import ImportState, RegistryImport, RowOutcome, RowReport, counted
from chalicelib.domain.registry_messages import finding
from infra.local.registry_sample import clean_row, xml_file

ON = date(2026, 3, 16)
AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
LEFT = {"D_BEGIN": "2012-01-01", "D_END": "2026-04-01", "NAME_E": "5", "NAL_P": "1"}


def judged(known: Insurer | None = None, **cells: Any) -> JudgedRow:
    file = read_registry(data=xml_file([clean_row(**cells)]))
    (row,) = checked_rows(rows=file.rows, on=ON, source="второй файл")
    return judge(row=row, known=known, on=ON)


def known(**cells: Any) -> Insurer:
    insurer = judged(**cells).insurer
    assert insurer is not None
    return replace(insurer, version=7, source="первый файл")


def test_a_new_insurer_is_created():
    row = judged()

    assert (row.report.outcome, row.is_new, row.leaves_on, row.report.changes) == (RowOutcome.NEW, True, None, ())


def test_the_same_row_of_another_file_changes_nothing():
    row = judged(known())

    assert (row.report.outcome, row.insurer) == (RowOutcome.UNCHANGED, None)


def test_a_change_is_told_field_by_field_and_follows_the_version_that_is_known():
    row = judged(known(), KPP="770101001", D_EDIT="2025-10-01", INSADVICE=[])

    changes = {change.field: (change.before, change.after) for change in row.report.changes}
    assert row.report.outcome is RowOutcome.CHANGED
    assert row.insurer is not None
    assert (row.insurer.version, row.is_new) == (7, False)
    assert changes["kpp"] == ("775001001", "770101001")
    assert changes["edited_on"] == ("2025-09-01", "2025-10-01")
    assert changes["notices"] == ("2026, 2025-08-20, 313837", "")


@pytest.mark.parametrize(("edited", "told_of"), [("2025-09-01", True), ("2025-09-02", False)])
def test_a_change_without_another_day_of_editing_is_told(edited, told_of):
    row = judged(known(), KPP="770101001", D_EDIT=edited)

    assert (finding(code="F002-30", value="2025-09-01") in row.report.findings) is told_of


def test_an_insurer_that_leaves_is_told_once():
    first = judged(known(), INSINCLUDE=[LEFT])
    again = judged(first.insurer, INSINCLUDE=[LEFT], KPP="770101001")
    later = judged(first.insurer, INSINCLUDE=[LEFT | {"D_END": "2026-05-01"}])

    assert (first.report.outcome, first.leaves_on) == (RowOutcome.EXCLUDED, date(2026, 4, 1))
    assert (again.report.outcome, again.leaves_on) == (RowOutcome.CHANGED, None)
    assert later.leaves_on == date(2026, 5, 1)


def test_a_licence_that_is_lost_is_a_departure_and_one_with_a_term_ahead_is_none():
    licence = {"N_DOC": "ОС 3230-01", "D_START": "2009-02-10"}

    lost = judged(known(), LICENZIY=[licence | {"D_TERM": "2026-03-01"}])
    term = judged(known(), LICENZIY=[licence | {"DATE_E": "2027-03-01"}])

    assert (lost.report.outcome, lost.leaves_on) == (RowOutcome.EXCLUDED, date(2026, 3, 1))
    assert (term.report.outcome, term.leaves_on) == (RowOutcome.CHANGED, None)


def test_an_insurer_that_left_long_ago_and_was_never_known_is_only_new():
    assert judged(INSINCLUDE=[LEFT | {"D_END": "2020-01-01"}]).report.outcome is RowOutcome.NEW


def test_a_row_without_a_code_is_reported_bad():
    row = judged(SMOCOD="")

    assert (row.report.outcome, row.insurer, row.report.number) == (RowOutcome.BAD, None, 1)


def test_counts_grow_page_by_page():
    job = RegistryImport(
        import_id="i",
        account_id="a",
        organisation="",
        media_type="text/xml",
        object_key="k",
        state=ImportState.RUNNING,
        created_at=AT,
    )
    warned = RowReport(number=1, code="1", outcome=RowOutcome.NEW, findings=(finding(code="F002-10"),))
    bad = RowReport(number=2, code="", outcome=RowOutcome.BAD, findings=(finding(code="F002-01"),))

    job = counted(job=counted(job=job, reports=[warned]), reports=[warned, bad])

    assert (job.rows_done, job.pages, job.counts, job.warnings) == (3, 2, {"new": 2, "bad": 1}, 2)
    assert (job.person_id, job.is_over, replace(job, state=ImportState.FAILED).is_over) == ("a", False, True)


class TestSpans:
    """In which time an insurer may be chosen, from everything that the registry tells."""

    def test_licences_that_follow_each_other_are_one_time(self) -> None:
        insurer = replace(
            known(),
            licences=(
                Licence(number="1", issued_on=date(2010, 1, 1), until=date(2015, 1, 1)),
                Licence(number="2", issued_on=date(2015, 1, 1), until=date(2020, 1, 1)),
                Licence(number="3", issued_on=date(2021, 1, 1), until=date(2024, 1, 1)),
                Licence(number="4", issued_on=date(2022, 1, 1)),
            ),
            inclusions=(Inclusion(begins_on=date(2012, 1, 1)),),
        )

        assert (insurer.open_from, insurer.open_until) == (date(2021, 1, 1), None)
        days = (date(2011, 12, 31), date(2014, 12, 31), date(2019, 12, 31), date(2020, 1, 1), date(2026, 1, 1))
        assert [insurer.may_be_chosen_on(day) for day in days] == [False, True, True, False, True]

    def test_a_licence_without_a_term_outlasts_those_after_it(self) -> None:
        licences = (
            Licence(number="1", issued_on=date(2010, 1, 1)),
            Licence(number="2", issued_on=date(2015, 1, 1), until=date(2020, 1, 1)),
        )

        assert replace(known(), licences=licences).open_until is None

    def test_without_a_licence_it_is_never_open(self) -> None:
        insurer = replace(known(), licences=(), licence_from=None)

        assert (insurer.open_from, insurer.open_until) == (None, None)
        assert not insurer.may_be_chosen_on(ON)
        assert insurer.leaves_on(on=ON) is None

    def test_the_first_end_closes(self) -> None:
        insurer = replace(
            known(),
            licences=(Licence(number="1", issued_on=date(2010, 1, 1), until=date(2027, 1, 1)),),
            inclusions=(Inclusion(begins_on=date(2012, 1, 1), ends_on=date(2026, 6, 1)),),
            excluded_on=date(2026, 6, 1),
        )

        assert insurer.open_until == insurer.leaves_on(on=ON) == date(2026, 6, 1)

    def test_the_last_notice_up_to_a_day_counts(self) -> None:
        insurer = known()

        assert insurer.last_notice(date(2025, 8, 19)) is None
        notice = insurer.last_notice(ON)
        assert notice is not None
        assert notice.insured == 313837


class TestDeparture:
    """Who learns that an insurer leaves, and until when they choose another."""

    @pytest.mark.parametrize(
        ("leaves", "until"),
        [
            (date(2026, 3, 15), date(2026, 5, 15)),
            (date(2026, 11, 1), date(2027, 1, 1)),
            (date(2026, 12, 31), date(2027, 2, 28)),
            (date(2027, 12, 31), date(2028, 2, 29)),
        ],
    )
    def test_there_are_two_months_to_choose(self, leaves: date, until: date) -> None:
        assert choose_until(leaves_on=leaves) == until

    def test_everyone_is_told_once_across_pages_and_shards(self) -> None:
        departure = InsurerDeparture(insurer_code="77012", leaves_on=ON, known_at=AT)

        people = to_tell(departure=departure, reached=["a", "a", "b"])
        departure = told(departure=departure, people=people, after="b#1", shards=2, at=AT)
        rest = to_tell(departure=departure, reached=["b", "c"])
        departure = told(departure=departure, people=rest, after=None, shards=2, at=AT)

        assert (people, rest) == (("a", "b"), ("c",))
        assert (departure.shard, departure.after, departure.done_at) == (1, "", None)
        departure = told(departure=departure, people=(), after=None, shards=2, at=AT)
        assert (departure.told, departure.pages, departure.done_at) == (3, 3, AT)
        assert departure.last_told == "c"
