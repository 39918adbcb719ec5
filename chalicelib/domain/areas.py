"""Areas by which people are attached to clinics, and how their streets are compared (requirement J1)."""

from __future__ import annotations

from enum import IntEnum

from chalicelib.domain.names import norm_key


class AreaType(IntEnum):
    """Kinds of areas by which people are attached; the codes of the register of insured persons (DOMAIN 6.10)."""

    THERAPIST = 1
    WOMENS_CLINIC = 2
    DENTIST = 3
    AMBULANCE = 4
    FELDSHER_STATION = 5


AREA_TITLES = {
    AreaType.THERAPIST: "Терапевтический (педиатрический) участок",
    AreaType.WOMENS_CLINIC: "Женская консультация",
    AreaType.DENTIST: "Стоматология",
    AreaType.AMBULANCE: "Скорая медицинская помощь",
    AreaType.FELDSHER_STATION: "Фельдшерско-акушерский пункт",
}


_STREET_WORDS = frozenset(
    (
        *("ул", "улица", "пр", "пр-кт", "пр-т", "проспект", "пер", "переулок", "б-р", "бульвар", "ш", "шоссе"),
        *("пл", "площадь", "наб", "набережная", "г", "город", "им", "имени"),
    )
)
"""What says of which kind a street or a place is, and may be left out."""


def street_key(*, city: str, street: str) -> str:
    """A street so that «ул. Ленина», «Ленина улица» and «ленина» are the same."""
    words = (word for word in street.replace(".", " ").replace(",", " ").split())
    told = " ".join(sorted(word for word in words if word.casefold() not in _STREET_WORDS))
    place = " ".join(word for word in city.replace(".", " ").split() if word.casefold() not in _STREET_WORDS)
    return norm_key(place, told)
