"""The identifiers by which clinics find a person: claimed once the registers confirmed them (requirements G3, D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import searched_day
from chalicelib.domain.names import norm_key
from chalicelib.domain.records import Pointer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.demands import Filed


SHARED_KIND = "person"
"""Namesakes may be born on one day."""


def document_value(*, document_type: str, series: str, number: str) -> str:
    """The text under which an identity document is hashed: type, series and number without spaces."""
    return "|".join([document_type, series.replace(" ", "").upper(), number.replace(" ", "")])


def name_value(*, family_name: str, given_name: str, middle_name: str, born_on: str) -> str:
    """The text under which name and birth date are hashed: the normalised key, so that spellings meet."""
    return f"{norm_key(family_name, given_name, middle_name)}|{searched_day(text=born_on)}"


def identity_values(form: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """The identifiers of a person by kind, from a form that was checked."""
    person, document = form.get("person", {}), form.get("identity_document", {})
    return {
        "snils": person.get("snils", ""),
        "document": document_value(
            document_type=document.get("type", ""),
            series=document.get("series", ""),
            number=document.get("number", ""),
        ),
        "person": name_value(
            family_name=person.get("family_name", ""),
            given_name=person.get("given_name", ""),
            middle_name=person.get("middle_name", ""),
            born_on=person.get("born_on", ""),
        ),
    }


def claim_identity(*, work: UnitOfWork, tools: Toolbox, application: Filed) -> None:
    """Point СНИЛС, document, and name with birth date at the person.

    The commit raises AlreadyExists if СНИЛС or document is another person's: somebody is in the register twice,
    and an operator decides. Name and birthday may be shared.
    """
    for kind, value in identity_values(application.form).items():
        if not value:
            # СНИЛС is for those who have one: children and foreigners may not (Правила ОМС, п. 6).
            continue
        pointer = Pointer(
            kind=kind,
            value_hash=tools.secrets.lookup_hash(kind=kind, value=value),
            target=application.person_id,
            person_id=application.person_id,
            shared=kind == SHARED_KIND,
        )
        work.claim(pointer)
