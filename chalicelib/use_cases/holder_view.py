"""The person of a document, as its form or the profile tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import parse_birth_date
from chalicelib.domain.documents import HolderView
from chalicelib.domain.snils import format_snils

if TYPE_CHECKING:
    from collections.abc import Mapping


def holder_of(form: Mapping[str, Mapping[str, str]]) -> HolderView:
    """Read what a document says of its person out of a form (requirement F3)."""
    person = form["person"]
    born = parse_birth_date(text=person["born_on"])
    return HolderView(
        family_name=person.get("family_name", ""),
        given_name=person.get("given_name", ""),
        middle_name=person.get("middle_name", ""),
        sex="male" if person["sex"] == "male" else "female",
        born_on=born.earliest,
        known_to=born.precision,
        snils=format_snils(person["snils"]) if person.get("snils") else "",
    )
