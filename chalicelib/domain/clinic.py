"""A clinic (медицинская организация): its registry entry, its doctors and whom they serve (requirement J1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

from chalicelib.domain.areas import AreaType, street_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EARTH_RADIUS_KM = 6371.0


class Ages(StrEnum):
    """Whom a doctor serves by age."""

    ALL = "all"
    ADULTS = "adults"
    CHILDREN = "children"


ADULT_AGE = 18
"""323-ФЗ, art. 54: children are served by paediatricians until they are 18."""

AGES_TITLES = {Ages.ALL: "всех", Ages.ADULTS: "взрослых", Ages.CHILDREN: "детей до 18 лет"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department of a clinic (F033): where it is."""

    code: str
    name: str
    address: str
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """One clinic of the registries F031 and F032, keyed by ``code`` (mcod, six digits: F032).

    ``excluded_on`` is the first day on which it is not in the registry any more. Coordinates are degrees, None where
    the registry has none.
    """

    code: str
    region: str
    name: str
    full_name: str
    idmo: str
    oid: str
    inn: str
    kpp: str
    ogrn: str
    okopf: str
    okfs: str
    oktmo: str
    address: str
    included_on: date
    excluded_on: date | None = None
    address_gar: str = ""
    phone: str = ""
    fax: str = ""
    email: str = ""
    licence: str = ""
    profile: str = ""
    programmes: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    departments: tuple[Department, ...] = ()
    source: str = ""
    version: int = 1

    def works_on(self, on: date) -> bool:
        """Tell whether the clinic is in the registry on the day."""
        return self.included_on <= on and (self.excluded_on is None or on < self.excluded_on)

    def distance_km(self, *, latitude: float, longitude: float) -> float | None:
        """How far the clinic is in a straight line, or None where its place is not known."""
        if self.latitude is None or self.longitude is None:
            return None
        here, there = radians(latitude), radians(self.latitude)
        half = sin((there - here) / 2) ** 2
        half += cos(here) * cos(there) * sin(radians(self.longitude - longitude) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * asin(sqrt(half))


@dataclass(frozen=True, slots=True, kw_only=True)
class Doctor:
    """A doctor of a clinic; ``area`` is None where people come by referral and nobody is attached.

    ``limit`` is how many people may be attached to the doctor at a time.
    """

    doctor_id: str
    clinic_code: str
    region: str
    name: str
    speciality: str
    speciality_title: str
    department: str = ""
    area: AreaType | None = None
    ages: Ages = Ages.ALL
    limit: int = 0
    version: int = 1

    def serves(self, *, age: int) -> bool:
        """Tell whether the doctor takes people of this age (full years)."""
        if self.ages is Ages.ADULTS:
            return age >= ADULT_AGE
        return self.ages is Ages.ALL or age < ADULT_AGE


class Houses(StrEnum):
    """Which side of a street is served."""

    ALL = "all"
    EVEN = "even"
    ODD = "odd"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedArea:
    """Houses of a street that a doctor of a clinic serves; ``house_until`` is the last one, 0 for no end."""

    area_id: str
    clinic_code: str
    region: str
    doctor_id: str
    city: str
    street: str
    houses: Houses = Houses.ALL
    house_from: int = 1
    house_until: int = 0
    version: int = 1

    @property
    def street_key(self) -> str:
        """The street as it is looked for."""
        return street_key(city=self.city, street=self.street)

    def has_house(self, house: str) -> bool:
        """Tell whether a house lies in the area, by its leading number: «12к3» lies where 12 does."""
        number = leading_number(house)
        if number is None or number < self.house_from or (self.house_until and number > self.house_until):
            return False
        return self.houses is Houses.ALL or (number % 2 == 0) is (self.houses is Houses.EVEN)


def leading_number(house: str) -> int | None:
    """The number with which a house begins, or None."""
    digits = ""
    for sign in house.strip():
        if not (sign.isascii() and sign.isdigit()):
            break
        digits += sign
    return int(digits) if 0 < len(digits) <= 5 else None  # noqa: PLR2004 — no street has more houses


def places_left(*, doctor: Doctor, taken: Mapping[str, int]) -> int:
    """How many people may still be attached to a doctor; ``taken`` counts them by doctor."""
    return max(0, doctor.limit - taken.get(doctor.doctor_id, 0))


def nearest_first(*, clinics: Iterable[Clinic], latitude: float, longitude: float) -> list[tuple[Clinic, float | None]]:
    """Sort clinics by distance (km); those whose place is not known come last, by name."""
    far = [(clinic, clinic.distance_km(latitude=latitude, longitude=longitude)) for clinic in clinics]
    return sorted(far, key=lambda pair: (pair[1] is None, pair[1] or 0.0, pair[0].name))
