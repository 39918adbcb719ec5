"""Finding a clinic: by region, name, speciality, distance, and by who serves an address (requirement J1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.areas import street_key
from chalicelib.domain.clinic import Clinic, ServedArea, nearest_first
from chalicelib.domain.insurer_search import fit
from chalicelib.domain.names import norm_key
from chalicelib.ports.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.clinic import Doctor
    from chalicelib.ports.clinics import ClinicFile
    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicWish:
    """Which clinics somebody looks for on a day; "" and None ask for nothing in particular."""

    region: str
    on: date
    name: str = ""
    speciality: str = ""
    city: str = ""
    street: str = ""
    house: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundClinic:
    """A clinic that was found: how far it is, and which area serves the address."""

    clinic: Clinic
    distance_km: float | None = None
    area: ServedArea | None = None


def find_clinics(*, tools: Toolbox, wish: ClinicWish) -> Sequence[FoundClinic]:
    """Find the clinics of a region that work on the day: nearest first, else what fits the name best, then by name.

    Costs the listing of the region, and a call for each of speciality and address that is asked for.
    """
    working = [clinic for clinic in tools.store.clinics(region=wish.region) if clinic.works_on(wish.on)]
    serving = _serving(tools, wish) if wish.street else None
    codes = _with_speciality(tools, wish) if wish.speciality else None
    wanted = [
        clinic
        for clinic in working
        if _named(clinic, wish.name) is not None
        and (codes is None or clinic.code in codes)
        and (serving is None or clinic.code in serving)
    ]
    areas = serving or {}
    if wish.latitude is not None and wish.longitude is not None:
        sorted_pairs = nearest_first(clinics=wanted, latitude=wish.latitude, longitude=wish.longitude)
        return [FoundClinic(clinic=c, distance_km=km, area=areas.get(c.code)) for c, km in sorted_pairs]
    by_name = sorted(wanted, key=lambda clinic: (_named(clinic, wish.name) or 0, clinic.name, clinic.code))
    return [FoundClinic(clinic=clinic, area=areas.get(clinic.code)) for clinic in by_name]


def find_doctors(*, tools: Toolbox, region: str, speciality: str) -> Sequence[Doctor]:
    """List the doctors of a speciality in a region, by name (1 AWS call)."""
    return sorted(tools.store.doctors(region=region, speciality=speciality), key=lambda d: (d.name, d.doctor_id))


def clinic_card(*, tools: Toolbox, code: str) -> ClinicFile:
    """Read a clinic with its doctors and the places left (1 AWS call); raises NotFound."""
    found = tools.store.clinic_file(code=code)
    if found is None:
        raise NotFound("Медицинская организация не найдена")
    return found


def _serving(tools: Toolbox, wish: ClinicWish) -> dict[str, ServedArea]:
    street = street_key(city=wish.city, street=wish.street)
    areas = tools.store.served_areas(region=wish.region, street=street)
    return {area.clinic_code: area for area in areas if area.has_house(wish.house)}


def _with_speciality(tools: Toolbox, wish: ClinicWish) -> frozenset[str]:
    doctors = tools.store.doctors(region=wish.region, speciality=wish.speciality)
    return frozenset(doctor.clinic_code for doctor in doctors)


def _named(clinic: Clinic, name: str) -> int | None:
    """How well a name fits, 0 best, None if it does not; typing errors are allowed."""
    if norm_key(name) and norm_key(name) in norm_key(clinic.name):
        return 0
    return fit(text=f"{clinic.name} {clinic.full_name} {clinic.code}", wanted=name)
