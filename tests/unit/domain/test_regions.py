from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.regions import REGIONS, find_region, is_region, local_date, region_name


def test_the_classifier_has_86_regions_without_gaps():
    assert list(REGIONS) == [f"{number:02d}" for number in range(1, 87)]
    assert len({region.okato for region in REGIONS.values()}) == 86
    assert len({region.name for region in REGIONS.values()}) == 86


@pytest.mark.parametrize(
    ("code", "okato", "name"),
    [
        ("54", "50000", "Новосибирская область"),
        ("59", "57000", "Пермский край"),
        ("77", "45000", "Москва"),
        ("80", "11100", "Ненецкий автономный округ"),
        ("81", "71100", "Ханты-Мансийский автономный округ – Югра"),
        ("83", "71140", "Ямало-Ненецкий автономный округ"),
        ("84", "55000", "Байконур"),
        ("85", "35000", "Республика Крым"),
        ("86", "67000", "Севастополь"),
    ],
)
def test_codes_are_those_of_the_funds(code, okato, name):
    assert (find_region(code=code).okato, region_name(code=code)) == (okato, name)


@pytest.mark.parametrize("code", ["00", "87", "1", "", "７７"])
def test_other_codes_are_no_regions(code):
    assert not is_region(code=code)
    with pytest.raises(InvalidValue) as refusal:
        region_name(code=code)
    assert refusal.value.reason == "region_unknown"


@pytest.mark.parametrize(
    ("region", "day"),
    [
        ("39", date(2025, 12, 31)),
        ("77", date(2026, 1, 1)),
        ("63", date(2026, 1, 1)),
        ("41", date(2026, 1, 1)),
    ],
)
def test_the_day_begins_by_the_clock_of_the_region(region, day):
    assert local_date(at=datetime(2025, 12, 31, 21, 30, tzinfo=UTC), region=region) == day


def test_the_zone_in_which_a_moment_is_written_does_not_matter():
    at = datetime(2026, 1, 1, 8, 30, tzinfo=timezone(timedelta(hours=12)))
    assert local_date(at=at, region="77") == date(2025, 12, 31)


def test_hours_are_those_of_russian_zones():
    assert {region.utc_offset_hours for region in REGIONS.values()} == set(range(2, 13))
