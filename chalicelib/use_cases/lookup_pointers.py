"""The identifiers that lead to a person, changed together with what they stand for (requirements D4, G3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.changes import Change
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.records import Pointer
from chalicelib.use_cases.identity import SHARED_KIND, document_value, identity_values, name_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.person import Person
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case


def values_of(case: Case) -> dict[str, set[str]]:
    """Everything that may lead to a person, by kind: of the profile and of the applications."""
    found: dict[str, set[str]] = {"snils": set(), "document": set(), SHARED_KIND: set()}
    for application in case.applications:
        for kind, value in identity_values(application.form).items():
            found[kind].add(value)
    found["snils"].add(case.person.snils)
    found["document"].add(document_of(case.person))
    found[SHARED_KIND].add(name_of(case.person))
    return {kind: {value for value in values if value.strip("|")} for kind, values in found.items()}


def name_of(person: Person) -> str:
    """The name and birth date of a profile, as they are hashed."""
    return name_value(
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        born_on=person.born_on,
    )


def document_of(person: Person) -> str:
    """The document that an operator corrected, as it is hashed; empty if none was."""
    if not person.document:
        return ""
    document = person.document
    return document_value(document_type=document["type"], series=document.get("series", ""), number=document["number"])


def documents_of(case: Case) -> list[str]:
    """The identity documents of a person, each once: the corrected one, then those of applications, newest first."""
    given = (identity_values(application.form)["document"] for application in case.applications)
    return [value for value in dict.fromkeys([document_of(case.person), *given]) if value.strip("|")]


def pointers_to(*, tools: Toolbox, kind: str, value: str) -> Sequence[Pointer]:
    """Follow an identifier (1 AWS call)."""
    return tools.store.pointers(kind=kind, value_hash=tools.secrets.lookup_hash(kind=kind, value=value))


def own_pointer(*, tools: Toolbox, kind: str, value: str, person_id: str) -> Pointer | None:
    """The pointer by which an identifier leads to a person, if it does (1 AWS call; none for an empty one)."""
    found = pointers_to(tools=tools, kind=kind, value=value) if value else ()
    return next((pointer for pointer in found if pointer.person_id == person_id), None)


def led_by(*, tools: Toolbox, kind: str, former: Pointer | None, new: str, case: Case) -> list[Change]:
    """Let a new identifier lead to a person, and the former one no more (at most 1 AWS call).

    Raises:
        RuleRefused: the new one leads to somebody else.
    """
    changes = [Change(before=former, after=None)] if former is not None else []
    if not new or not (former is not None or case.is_listed):
        return changes
    taken = pointers_to(tools=tools, kind=kind, value=new)
    if any(pointer.person_id == case.person.person_id for pointer in taken):
        return changes
    if taken and kind != SHARED_KIND:
        detail = "По этим данным записан другой человек: проверьте дубликаты и, если это одно лицо, объедините записи"
        raise RuleRefused("belongs_to_another", detail)
    return [*changes, Change(before=None, after=_pointer(tools, kind, new, case.person.person_id))]


def number_claimed(*, tools: Toolbox, number: str, person_id: str) -> Change:
    """Let a new ЕНП lead to a person."""
    return Change(before=None, after=_pointer(tools, "policy_number", number, person_id))


def _pointer(tools: Toolbox, kind: str, value: str, person_id: str) -> Pointer:
    return Pointer(
        kind=kind,
        value_hash=tools.secrets.lookup_hash(kind=kind, value=value),
        target=person_id,
        person_id=person_id,
        shared=kind == SHARED_KIND,
    )
