"""Regions of insurance: classifier F010 of territorial funds, with the main time zone of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_REGION = "77"
"""The clock of a person whose region is not known yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region: F010 code, ОКАТО code, name, and hours from UTC of its main time zone."""

    code: str
    okato: str
    name: str
    utc_offset_hours: int


# Code, ОКАТО, hours from UTC, name. The version of 28.07.2016; hours by 107-ФЗ «Об исчислении
# времени», art. 5, as amended; Baikonur lives by the time of Kyzylorda.
_ROWS = """
01 79000  3 Республика Адыгея
02 80000  5 Республика Башкортостан
03 81000  8 Республика Бурятия
04 84000  7 Республика Алтай
05 82000  3 Республика Дагестан
06 26000  3 Республика Ингушетия
07 83000  3 Кабардино-Балкарская Республика
08 85000  3 Республика Калмыкия
09 91000  3 Карачаево-Черкесская Республика
10 86000  3 Республика Карелия
11 87000  3 Республика Коми
12 88000  3 Республика Марий Эл
13 89000  3 Республика Мордовия
14 98000  9 Республика Саха (Якутия)
15 90000  3 Республика Северная Осетия – Алания
16 92000  3 Республика Татарстан
17 93000  7 Республика Тыва
18 94000  4 Удмуртская Республика
19 95000  7 Республика Хакасия
20 96000  3 Чеченская Республика
21 97000  3 Чувашская Республика
22 01000  7 Алтайский край
23 03000  3 Краснодарский край
24 04000  7 Красноярский край
25 05000 10 Приморский край
26 07000  3 Ставропольский край
27 08000 10 Хабаровский край
28 10000  9 Амурская область
29 11000  3 Архангельская область
30 12000  4 Астраханская область
31 14000  3 Белгородская область
32 15000  3 Брянская область
33 17000  3 Владимирская область
34 18000  3 Волгоградская область
35 19000  3 Вологодская область
36 20000  3 Воронежская область
37 24000  3 Ивановская область
38 25000  8 Иркутская область
39 27000  2 Калининградская область
40 29000  3 Калужская область
41 30000 12 Камчатский край
42 32000  7 Кемеровская область
43 33000  3 Кировская область
44 34000  3 Костромская область
45 37000  5 Курганская область
46 38000  3 Курская область
47 41000  3 Ленинградская область
48 42000  3 Липецкая область
49 44000 11 Магаданская область
50 46000  3 Московская область
51 47000  3 Мурманская область
52 22000  3 Нижегородская область
53 49000  3 Новгородская область
54 50000  7 Новосибирская область
55 52000  6 Омская область
56 53000  5 Оренбургская область
57 54000  3 Орловская область
58 56000  3 Пензенская область
59 57000  5 Пермский край
60 58000  3 Псковская область
61 60000  3 Ростовская область
62 61000  3 Рязанская область
63 36000  4 Самарская область
64 63000  4 Саратовская область
65 64000 11 Сахалинская область
66 65000  5 Свердловская область
67 66000  3 Смоленская область
68 68000  3 Тамбовская область
69 28000  3 Тверская область
70 69000  7 Томская область
71 70000  3 Тульская область
72 71000  5 Тюменская область
73 73000  4 Ульяновская область
74 75000  5 Челябинская область
75 76000  9 Забайкальский край
76 78000  3 Ярославская область
77 45000  3 Москва
78 40000  3 Санкт-Петербург
79 99000 10 Еврейская автономная область
80 11100  3 Ненецкий автономный округ
81 71100  5 Ханты-Мансийский автономный округ – Югра
82 77000 12 Чукотский автономный округ
83 71140  5 Ямало-Ненецкий автономный округ
84 55000  5 Байконур
85 35000  3 Республика Крым
86 67000  3 Севастополь
"""


def _read(row: str) -> Region:
    code, okato, hours, name = row.split(maxsplit=3)
    return Region(code=code, okato=okato, name=name, utc_offset_hours=int(hours))


#: All regions by their F010 code «01»…«86», in the order of codes.
REGIONS = {region.code: region for region in map(_read, _ROWS.strip().splitlines())}


def is_region(*, code: str) -> bool:
    """Whether the two digits are a code of F010."""
    return code in REGIONS


def find_region(*, code: str) -> Region:
    """The region with an F010 code.

    Raises:
        InvalidValue: ``region_unknown``.
    """
    try:
        return REGIONS[code]
    except KeyError:
        raise InvalidValue("region_unknown", "Выберите регион из списка: такого кода территории нет") from None


def home_region(*, form: Mapping[str, Mapping[str, str]]) -> str:
    """The region of registration in a form: whose clock and insurers an application lives by."""
    code = form.get("registration_address", {}).get("region", "")
    return code if is_region(code=code) else DEFAULT_REGION


def region_name(*, code: str) -> str:
    """Name of the region with an F010 code.

    Raises:
        InvalidValue: ``region_unknown``.
    """
    return find_region(code=code).name


def local_date(*, at: datetime, region: str) -> date:
    """The calendar day in a region at a moment.

    Args:
        at: aware moment.
        region: F010 code.

    Raises:
        InvalidValue: ``region_unknown``.
    """
    offset = timedelta(hours=find_region(code=region).utc_offset_hours)
    return (at.astimezone(UTC) + offset).date()


def start_of_day(*, on: date, region: str) -> datetime:
    """The UTC moment at which a calendar day begins in a region.

    Raises:
        InvalidValue: ``region_unknown``.
    """
    return datetime.combine(on, time(), tzinfo=UTC) - timedelta(hours=find_region(code=region).utc_offset_hours)


def end_of_day(day: date, region: str) -> datetime:
    """The UTC moment at which a local day of a region ends; raises InvalidValue ``region_unknown``."""
    hours = find_region(code=region).utc_offset_hours
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC) - timedelta(hours=hours)


def home_day(*, at: datetime, region: str) -> date:
    """The calendar day of a person at a moment: in the region, or by the default clock if that is not known."""
    return local_date(at=at, region=region if is_region(code=region) else DEFAULT_REGION)
