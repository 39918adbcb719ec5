"""The fields of an address in a form (requirement B3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web.form_fields import Field, rows

if TYPE_CHECKING:
    from collections.abc import Mapping

_PARTS = {
    "index": "Индекс",
    "region": "Регион",
    "city": "Город или посёлок",
    "street": "Улица",
    "house": "Дом",
    "flat": "Квартира",
}
_HINTS = {"index": "Шесть цифр", "street": "Как в документах, например ул. Ленина"}
_OPTIONAL = frozenset({"street", "flat"})
_SHORT = frozenset({"index", "house", "flat"})
_LONGEST = 300

ADDRESS_TITLES = {"address": "Адрес", **{f"address.{name}": title for name, title in _PARTS.items()}}
"""What the fields are called in a list of mistakes."""


def typed_address(form: Mapping[str, str]) -> dict[str, str]:
    """The address that was typed; parts that are not filled are empty."""
    return {name: form.get(f"address.{name}", "").strip()[:_LONGEST] for name in _PARTS}


def as_typed(address: Mapping[str, str]) -> dict[str, str]:
    """A known address as if a form had brought it."""
    return {f"address.{name}": value for name, value in address.items()}


def address_fields(typed: Mapping[str, str], wrong: Mapping[str, str]) -> list[Field]:
    """The fields with what is filled and what is wrong."""
    return [
        Field(
            path=f"address.{name}",
            title=title,
            type="choice" if name == "region" else "text",
            value=typed.get(f"address.{name}", ""),
            error=wrong.get(f"address.{name}", ""),
            hint=_HINTS.get(name, ""),
            required=name not in _OPTIONAL,
            options=rows("regions") if name == "region" else (),
            inputmode="numeric" if name == "index" else "",
            short=name in _SHORT,
        )
        for name, title in _PARTS.items()
    ]
