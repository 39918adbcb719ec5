"""Whom a page is about: oneself, or somebody whom one represents and whom its address names (requirement A6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.http.applications import cursor_of, entity_id
from chalicelib.use_cases.people import own_file
from chalicelib.use_cases.representations import represented_file, represented_persons

if TYPE_CHECKING:
    from chalicelib.web.visits import Visit

FIELD = "for"
"""The name by which addresses and forms carry the id of a represented person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """``person_id`` is None and ``name`` empty about oneself."""

    person_id: str | None = None
    name: str = ""

    def at(self, path: str, *, done: str = "") -> str:
        """The address of a page about the same person; ``done`` is a notice to show there."""
        parts = ((FIELD, self.person_id), ("done", done))
        query = "&".join(f"{name}={value}" for name, value in parts if value)
        return f"{path}?{query}" if query else path


def whom(visit: Visit) -> Whom:
    """Read whom the page is about (0 AWS calls about oneself, else 2); raises NotFound unless the right stands."""
    asked = (visit.form if visit.method == "POST" else visit.query).get(FIELD)
    if not asked:
        visit.principal  # noqa: B018 — asks to sign in
        return Whom()
    file = represented_file(tools=container(), principal=visit.principal, person_id=entity_id(asked), at=visit.at)
    return Whom(person_id=asked, name=file.person.full_name if file.person else "")


def people(visit: Visit) -> list[dict[str, Any]]:
    """About whom one may ask, as rows of a choice: oneself first, then those whom one represents now."""
    tools, principal = container(), visit.principal
    own = own_file(tools=tools, principal=principal, at=visit.at).person
    on = local_date(at=visit.at, region=DEFAULT_REGION)
    others = [
        {"code": person.person_id, "title": person.full_name, "hint": ""}
        for right, person in represented_persons(tools=tools, principal=principal)
        if right.stands_on(on)
    ]
    return [{"code": "", "title": "Обо мне", "hint": own.full_name if own else ""}, *others]


def listed_for(visit: Visit, about: Whom, items: list[dict[str, Any]], *, following: Any) -> dict[str, Any]:
    """What a page needs that lists things of one person; ``following``: where the next page begins, or None."""
    return {"about": about, "people": people(visit), "items": items, "more": cursor_of(following)}
