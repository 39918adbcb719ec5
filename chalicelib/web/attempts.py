"""What a form asks for, tried: it leads on, or the page comes again with what stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import NotPermitted, RuleRefused, StateConflict, ValidationFailed
from chalicelib.web.answers import Answer, Redirect

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.errors import FieldError


def attempted(act: Callable[[], str], again: Callable[[tuple[FieldError, ...], str], Answer]) -> Answer:
    """Do what a form asks for.

    Args:
        act: Does it; returns the address that it leads to.
        again: Makes the page once more: given the mistakes of fields, or what refuses the whole.
    """
    try:
        return Redirect(to=act())
    except ValidationFailed as refusal:
        return again(refusal.errors, "")
    except (NotPermitted, RuleRefused, StateConflict) as refusal:
        return again((), refusal.detail)
