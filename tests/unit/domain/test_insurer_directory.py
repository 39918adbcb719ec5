"""Search, ratings, issue points and comparison of insurers (H1, H2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import ValidationFailed
from chalicelib.domain.insurer_ratings import CRITERIA, Criterion, check_points, check_rating, compare
from chalicelib.domain.insurer_records import InsurerOffices, InsurerRating, IssuePoint
from chalicelib.domain.insurer_search import distance, rank, words
from infra.local.insurers_sample import INSURERS

ON = date(2026, 3, 16)
CHULPAN = next(insurer for insurer in INSURERS if insurer.code == "16053")
SOGAZ = next(insurer for insurer in INSURERS if insurer.code == "77012")
BIRCH = replace(CHULPAN, code="16054", name='ООО "СМО "БЕРЁЗКА-МЕД"', full_name="", inn="", ogrn="")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("", True),
        ("чулпан", True),
        ("Чулп", True),
        ("чулпан мед", True),
        ("чулпон", True),  # a letter changed
        ("чулан", True),  # left out
        ("чуллпан", True),  # added
        ("чулапн", True),  # swapped
        ("чулпaн", True),  # a Latin letter
        ("16053", True),
        ("160", True),
        ("6053", False),
        ("1605", True),
        ("1644031803", True),
        ("1041608018726", True),
        ("1041608018727", False),
        ("согаз", False),
        ("чулпан согаз", False),
        ("мад", False),  # too short for an error
        ("?!", True),
    ],
)
def test_finds_by_beginnings_numbers_and_with_typing_errors(wanted, found):
    assert (rank(insurer=CHULPAN, wanted=wanted) is not None) is found


@pytest.mark.parametrize("wanted", ["березка", "БЕРЁЗКА", "бepeзкa", "берёска", "брезка"])
def test_both_spellings_of_yo_find(wanted):
    assert rank(insurer=BIRCH, wanted=wanted) is not None


@pytest.mark.parametrize("wanted", ["chulpan", "Chulpan-Med", "xekgfy", "XEKGFY-VTL", "chulpon"])
def test_latin_letters_are_read_as_the_wrong_layout_or_as_they_sound(wanted):
    assert rank(insurer=CHULPAN, wanted=wanted) is not None
    assert rank(insurer=SOGAZ, wanted=wanted) is None


def test_what_fits_better_is_first():
    ranks = [rank(insurer=CHULPAN, wanted=wanted) for wanted in ("16053", "чулпан", "улпан", "чулпон")]

    assert ranks == [0, 0, 1, 2]
    assert rank(insurer=SOGAZ, wanted="страхвоая") == 2
    assert rank(insurer=SOGAZ, wanted="страхвоя") == 3


def test_latin_words_stay_latin_and_look_alikes_become_russian():
    assert words("RESO Мeд MAKC") == ["reso", "мед", "макс"]


@given(st.text("абв", max_size=6), st.text("абв", max_size=6))
def test_the_distance_is_one_of_typing_errors(one, other):
    found = distance(one, other, most=9)

    assert found == distance(other, one, most=9)
    assert (found == 0) is (one == other)
    assert abs(len(one) - len(other)) <= found <= max(len(one), len(other))
    assert distance(one, other, most=1) == min(found, 2)


class TestRatings:
    """Figures by year and criterion."""

    def test_takes_what_is_within_the_bounds(self) -> None:
        check_rating(year=2025, values={name.value: rule.highest for name, rule in CRITERIA.items()}, on=ON)

    def test_refuses_everything_wrong_at_once(self) -> None:
        with pytest.raises(ValidationFailed) as caught:
            check_rating(year=2027, values={"openness": 6, "surveys": -1}, on=ON)
        assert {error.field for error in caught.value.errors} == {"year", "values.openness", "values.surveys"}

        with pytest.raises(ValidationFailed) as caught:
            check_rating(year=2025, values={}, on=ON)
        assert [error.code for error in caught.value.errors] == ["required"]

    def test_stands_in_the_insurers_own_folder_of_the_journal(self) -> None:
        rating = InsurerRating(insurer_code="77012", region="77", year=2025, values={})

        assert rating.person_id == InsurerOffices(insurer_code="77012").person_id == "insurer-77012"


def point(**values: Any) -> IssuePoint:
    given = {"code": "1", "address": "г. Москва", "phone": "(495)225-23-10", "opens_on": date(2020, 1, 1)}
    return IssuePoint(**(given | values))


class TestIssuePoints:
    """Offices where policies are given out."""

    def test_are_sorted_and_have_phones_of_one_form(self) -> None:
        kept = check_points(points=[point(code="2", address=" ул.  Примерная "), point()])

        assert [(p.code, p.phone) for p in kept] == [("1", "8(495)225-23-10"), ("2", "8(495)225-23-10")]
        assert kept[1].address == "ул. Примерная"

    def test_contradictions_are_refused_all_at_once(self) -> None:
        with pytest.raises(ValidationFailed) as caught:
            check_points(points=[point(), point(phone="нет", closes_on=date(2020, 1, 1))])

        assert [error.field for error in caught.value.errors] == [
            "points.1.code",
            "points.1.phone",
            "points.1.closes_on",
        ]

    @pytest.mark.parametrize(("day", "is_open"), [(date(2019, 12, 31), False), (ON, True), (date(2026, 4, 1), False)])
    def test_are_open_from_a_day_until_a_day(self, day: date, is_open: bool) -> None:
        assert point(closes_on=date(2026, 4, 1)).is_open_on(day) is is_open
        assert point().is_open_on(ON)


class TestComparison:
    """Insurers side by side."""

    def test_tells_what_differs_and_who_is_best_by_the_figures(self) -> None:
        other = replace(SOGAZ, code="77999", email="", licence_until=date(2020, 1, 1))
        ratings = {
            code: InsurerRating(insurer_code=code, region="77", year=2025, values=values)
            for code, values in {
                "77012": {"surveys": 87.5, "complaints": 3.0, "openness": 5.0},
                "77999": {"surveys": 80.0, "complaints": 1.5, "openness": 5.0, "violations": 1.0},
            }.items()
        }

        lines = {line.name: line for line in compare(insurers=[SOGAZ, other], ratings=ratings, on=ON)}

        assert (lines["name"].differs, lines["email"].differs) == (False, True)
        assert lines["may_be_chosen"].values == ("да", "нет")
        assert (lines["surveys"].values, lines["surveys"].best) == (("87.5", "80"), ("77012",))
        assert lines["complaints"].best == ("77999",)
        assert lines["openness"].best == ()  # equal
        assert (lines["violations"].values, lines["violations"].best) == (("", "1"), ())  # one alone
        assert lines["insured"].values == ("", "")
        assert lines["phones"].values[0] == "(495)225-23-10"
        assert set(Criterion) <= lines.keys()


class TestBounds:
    """The last value within, and the first beyond."""

    @pytest.mark.parametrize(("year", "is_taken"), [(2010, False), (2011, True), (2026, True), (2027, False)])
    def test_of_years(self, year: int, is_taken: bool) -> None:
        if is_taken:
            check_rating(year=year, values={"surveys": 0}, on=ON)
            return
        with pytest.raises(ValidationFailed) as caught:
            check_rating(year=year, values={"surveys": 0}, on=ON)
        assert [(error.field, error.code) for error in caught.value.errors] == [("year", "out_of_range")]

    @pytest.mark.parametrize("name", list(Criterion))
    def test_of_criteria(self, name: Criterion) -> None:
        highest = CRITERIA[name].highest
        check_rating(year=2025, values={name.value: 0, "surveys": 0.5}, on=ON)
        for beyond in (-0.001, highest + 0.001):
            with pytest.raises(ValidationFailed) as caught:
                check_rating(year=2025, values={name.value: beyond}, on=ON)
            assert [(e.field, e.code) for e in caught.value.errors] == [(f"values.{name.value}", "out_of_range")]

    def test_of_points(self) -> None:
        day = date(2020, 1, 1)
        (kept,) = check_points(points=[point(closes_on=date(2020, 1, 2), phone="(495)225-23-10, (495)225-23-11")])
        assert kept.phone == "8(495)225-23-10; 8(495)225-23-11"
        assert [kept.is_open_on(date(2020, 1, n)) for n in (1, 2)] == [True, False]
        with pytest.raises(ValidationFailed) as caught:
            check_points(points=[point(closes_on=day), point(phone="нет")])
        assert [(error.field, error.code) for error in caught.value.errors] == [
            ("points.0.closes_on", "out_of_order"),
            ("points.1.code", "repeated"),
            ("points.1.phone", "invalid_phone"),
        ]


class TestFiguresSideBySide:
    def compared(self, *figures: float | None) -> tuple[str, ...]:
        insurers = [replace(SOGAZ, code=str(number)) for number in range(len(figures))]
        ratings = {
            str(number): InsurerRating(insurer_code=str(number), region="77", year=2025, values={"surveys": value})
            for number, value in enumerate(figures)
            if value is not None
        }
        lines = compare(insurers=insurers, ratings=ratings, on=ON)
        (line,) = [line for line in lines if line.name == "surveys"]
        return line.best

    @pytest.mark.parametrize(
        ("figures", "best"),
        [((5, 7), ("1",)), ((5, 5), ()), ((5, None), ()), ((7, 5, 7), ("0", "2")), ((5, None, 7), ("2",)), ((), ())],
    )
    def test_one_alone_or_all_alike_are_not_the_best(
        self, figures: tuple[float | None, ...], best: tuple[str, ...]
    ) -> None:
        assert self.compared(*figures) == best

    def test_every_fact_of_the_registry_has_its_line(self) -> None:
        lines = {line.name: line for line in compare(insurers=[SOGAZ, CHULPAN], ratings={}, on=ON)}
        for name in ("region", "address", "phones", "email", "site", "licence_number", "included_on", "excluded_on"):
            assert len(lines[name].values) == 2
        assert lines["phones"].values[0] == ", ".join(SOGAZ.phones)
        assert (lines["region"].values, lines["region"].differs) == (("77", "16"), True)
        assert lines["may_be_chosen"].values[0] == "да"


@pytest.mark.parametrize(
    ("wanted", "cost"),
    [
        ("чулпан", 0),
        ("чул", 0),
        ("улпа", 1),
        ("улп", None),
        ("чулпон", 2),
        ("чулапн", 2),
        ("чулопн", None),
        ("чуплон", None),
        ("чу", 0),
        ("чо", None),
        ("чолп", 2),
        ("16053", 0),
        ("6053", None),
        ("чулпан 16053", 0),
        ("улпа чулпон", 3),
    ],
)
def test_what_fits_worse_costs_more(wanted: str, cost: int | None) -> None:
    assert rank(insurer=CHULPAN, wanted=wanted) == cost


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Ёлка", ["елка"]),
        ("CHULPAN-Мед", ["chulpan", "мед"]),
        ("чулпaн", ["чулпан"]),
        ("COГАЗ", ["согаз"]),
        ("16053", ["16053"]),
        ("?!", []),
    ],
)
def test_words_are_compared_in_one_writing(text: str, found: list[str]) -> None:
    assert words(text) == found
