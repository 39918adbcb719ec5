"""Where each kind of people begins after signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.principal import Role

if TYPE_CHECKING:
    from chalicelib.domain.principal import Principal

HOMES: dict[Role, str] = {Role.CITIZEN: "/cabinet"}
"""Role → its first page, in the order in which they are looked for."""


def home_of(principal: Principal) -> str:
    """The first page of whoever signed in."""
    return next((path for role, path in HOMES.items() if principal.has_role(role)), "/")
