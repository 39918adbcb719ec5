"""Records of the exchange as values and as elements: the model of the file says order and shape (P4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.xml_tree import Element

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.exchange_model import Part

Value = object
"""A text, a record (a mapping of values by name), or a list of either where the part repeats."""


def encode(*, part: Part, value: Value) -> Element:
    """Write a value as the element of a part; what is empty is left out."""
    if not part.parts:
        return Element(part.name, text=str(value))
    values: Mapping[str, Value] = value if isinstance(value, dict) else {}
    element = Element(part.name)
    for inner in part.parts:
        found = values.get(inner.name)
        several = found if isinstance(found, list) else [found]
        element.children += [encode(part=inner, value=one) for one in several if one]
    return element


def decode(*, part: Part, element: Element) -> Value:
    """Read the value of an element that fits its part."""
    if not part.parts:
        return element.text
    values: dict[str, Value] = {}
    for inner in part.parts:
        found = [decode(part=inner, element=child) for child in element.all(inner.name)]
        if found:
            values[inner.name] = found if inner.many else found[0]
    return values
