from __future__ import annotations

import importlib.util
from datetime import date, timedelta
from pathlib import Path

import holidays

from chalicelib.domain import production_calendar
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

GENERATOR = Path(__file__).parents[3] / "infra" / "production_calendar.py"


def days_of(year):
    first = date(year, 1, 1)
    return (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))


def test_every_day_of_the_known_years_agrees_with_the_package():
    for year in production_calendar.WEEKDAYS_OFF:
        package = holidays.country_holidays("RU", years=year)
        differing = [
            day for day in days_of(year) if RUSSIAN_CALENDAR.is_working_day(day) != package.is_working_day(day)
        ]
        assert differing == []


def test_the_committed_module_is_what_the_generator_prints():
    spec = importlib.util.spec_from_file_location("production_calendar_generator", GENERATOR)
    generator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generator)
    assert Path(production_calendar.__file__).read_text(encoding="utf-8") == generator.module_text()


def test_both_tables_tell_of_the_same_years():
    assert set(production_calendar.WEEKDAYS_OFF) == set(production_calendar.WORKING_WEEKENDS)
    assert set(production_calendar.WEEKDAYS_OFF) == {2024, 2025, 2026, 2027}
