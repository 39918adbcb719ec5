"""The clinic of a person: which it is, and how another is found, by name or by who serves an address (J1, J2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.regions import DEFAULT_REGION, is_region, local_date, region_name
from chalicelib.use_cases.attachments import list_attachments
from chalicelib.use_cases.find_clinics import ClinicWish, find_clinics
from chalicelib.use_cases.people import own_file
from chalicelib.use_cases.representations import holder_file
from chalicelib.web.answers import Answer, Page
from chalicelib.web.attachment_presenters import in_list, standing
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.form_fields import rows
from chalicelib.web.whom import Whom, people, whom

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.person import Person
    from chalicelib.use_cases.find_clinics import FoundClinic
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

CLINICS = "/cabinet/clinics"
SHOWN = 50
"""A page names no more clinics at once; a part of the name finds the others."""
_LONGEST = 300


@blueprint.page("GET", CLINICS)
def mine(visit: Visit) -> Answer:
    """Where the person is attached, what is being decided, and everything before."""
    about = whom(visit)
    found = list_attachments(tools=container(), principal=visit.principal, person_id=about.person_id, at=visit.at)
    context = {
        "section": "clinics",
        "about": about,
        "people": people(visit),
        "standing": [standing(one, about) for one in found if one.is_live and one.attached_on],
        "waiting": [in_list(one, about) for one in found if one.is_live and not one.attached_on],
        "past": [in_list(one, about) for one in found if not one.is_live],
    }
    return Page(template="pages/clinics.html", context=context)


@blueprint.page("GET", f"{CLINICS}/search")
def search(visit: Visit) -> Answer:
    """The clinics of a region, those first that serve where the person lives."""
    about = whom(visit)
    home = home_of(visit, person_of(visit, about))
    region = visit.query.get("region") or home.get("region", "")
    return _results(visit, about, home, region=region, name=visit.query.get("name", "").strip()[:100])


@blueprint.page("POST", f"{CLINICS}/search")
def search_by_address(visit: Visit) -> Answer:
    """As by home, for another address: it stands in the body, since every server would keep a link."""
    about = whom(visit)
    typed = {name: visit.form.get(name, "").strip()[:_LONGEST] for name in ("region", "city", "street", "house")}
    return _results(visit, about, typed, region=typed["region"])


def person_of(visit: Visit, about: Whom) -> Person | None:
    """The profile of whom a page is about; of oneself before the first consent what the account says."""
    tools, principal = container(), visit.principal
    if about.person_id is None:
        return own_file(tools=tools, principal=principal, at=visit.at).person
    return holder_file(tools=tools, principal=principal, person_id=about.person_id, at=visit.at).person


def home_of(visit: Visit, person: Person | None) -> Mapping[str, str]:
    """Where the person lives; whoever is represented lives with the representative, unless the profile knows better."""
    if person is not None and person.address:
        return person.address
    own = own_file(tools=container(), principal=visit.principal, at=visit.at).person
    return own.address if own else {}


def serving(visit: Visit, address: Mapping[str, str], *, name: str = "") -> list[FoundClinic]:
    """The clinics whose areas have an address; none where it names no house."""
    region, street, house = (address.get(part, "") for part in ("region", "street", "house"))
    if not (street and house and is_region(code=region)):
        return []
    wish = ClinicWish(
        region=region,
        on=local_date(at=visit.at, region=region),
        name=name,
        city=address.get("city", ""),
        street=street,
        house=house,
    )
    return list(find_clinics(tools=container(), wish=wish))


def _results(visit: Visit, about: Whom, address: Mapping[str, str], *, region: str, name: str = "") -> Page:
    region = region if is_region(code=region) else DEFAULT_REGION
    is_by_address = address.get("region") == region and bool(address.get("street") and address.get("house"))
    near = serving(visit, address, name=name) if is_by_address else []
    codes = {one.clinic.code for one in near}
    wish = ClinicWish(region=region, on=local_date(at=visit.at, region=region), name=name)
    others = [one for one in find_clinics(tools=container(), wish=wish) if one.clinic.code not in codes]
    context = {
        "section": "clinics",
        "about": about,
        "regions": rows("regions"),
        "region": region,
        "region_name": region_name(code=region),
        "name": name,
        "address": address,
        "is_by_address": is_by_address,
        "near": near,
        "others": others[:SHOWN],
        "more": max(0, len(others) - SHOWN),
    }
    return Page(template="pages/clinic_search.html", context=context)
