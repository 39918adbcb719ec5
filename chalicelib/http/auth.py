"""Authentication at the edge: the authorizer's declaration, and the principal from its context."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from chalice import Blueprint

from chalicelib.domain.birth_date import BirthDate, parse_birth_date
from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.principal import (
    Assurance,
    IdentityDocumentClaims,
    PersonClaims,
    Principal,
    Role,
)
from chalicelib.domain.sex import Sex
from chalicelib.http.edge import HttpProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalice import AuthResponse
    from chalice.app import AuthRequest

#: The Lambda of the authorizer loads ``chalicelib.http.authorizer``, the API only this module:
#: so the API does not pay for the import of cryptography.
authorizer_blueprint = Blueprint("chalicelib.http.authorizer")

_TTL_SECONDS = 60
_ROLES = {role.value: role for role in Role}
_ASSURANCES = {assurance.value: assurance for assurance in Assurance}
_SEXES = {sex.value: sex for sex in Sex}
_PARTS = ("identity_document", "address")
_NO_TEXTS = frozenset({"roles", *_PARTS})


@authorizer_blueprint.authorizer(name="authorizer", ttl_seconds=_TTL_SECONDS)  # type: ignore[untyped-decorator]  # chalice has no types
def authorizer(request: AuthRequest) -> AuthResponse:
    """Check the bearer token of a request."""
    from chalicelib.http.tokens import authorize  # noqa: PLC0415  # only where tokens are checked

    return authorize(request)


def principal_of(context: Mapping[str, Any] | None) -> Principal:
    """Build the principal from ``requestContext.authorizer``, whose values are strings.

    Raises:
        HttpProblem: 401, there is no such context or it is not ours.
    """
    try:
        claims = json.loads((context or {})["claims"])
        _check_texts({name: value for name, value in claims.items() if name not in _NO_TEXTS})
        for part in _PARTS:
            _check_texts(claims.get(part) or {})
        return Principal(
            subject=_needed(claims, "sub"),
            account_id=(context or {})["account_id"],
            roles=_roles(claims.get("roles")),
            assurance=_assurance(claims.get("assurance")),
            insurer=claims.get("insurer"),
            region=claims.get("region"),
            clinic=claims.get("clinic"),
            person=_person(claims),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise HttpProblem("unauthorized") from None


def _check_texts(claims: Mapping[str, Any]) -> None:
    """Raise TypeError unless each claim is a text or not given: what follows reads them as texts."""
    if not all(value is None or isinstance(value, str) for value in claims.values()):
        raise TypeError("claims")


def _needed(claims: Mapping[str, Any], name: str) -> str:
    """Give a text that has to be there; raises KeyError."""
    if claims.get(name) is None:
        raise KeyError(name)
    return str(claims[name])


def _roles(names: Any) -> frozenset[Role]:
    return frozenset(_ROLES[name] for name in names or () if name in _ROLES)


def _assurance(name: Any) -> Assurance:
    # What is not said or not known proves the least.
    return _ASSURANCES.get(name, Assurance.SIMPLIFIED)


def _person(claims: Mapping[str, Any]) -> PersonClaims | None:
    if claims.get("family_name") is None and claims.get("snils") is None:
        return None
    return PersonClaims(
        family_name=claims.get("family_name"),
        given_name=claims.get("given_name"),
        middle_name=claims.get("middle_name"),
        born_on=_birth_date(claims.get("birthdate")),
        sex=_SEXES.get(claims.get("gender", "")),
        snils=claims.get("snils"),
        inn=claims.get("inn"),
        email=claims.get("email"),
        phone=claims.get("phone_number"),
        birthplace=claims.get("birthplace"),
        address=_address(claims.get("address")),
        identity_document=_document(claims.get("identity_document")),
    )


def _document(claims: Mapping[str, Any] | None) -> IdentityDocumentClaims | None:
    if not claims:
        return None
    return IdentityDocumentClaims(
        type_code=_needed(claims, "type"),
        series=claims.get("series"),
        number=_needed(claims, "number"),
        issued_on=_date(claims.get("issued_on")),
        issuer=claims.get("issuer"),
        issuer_code=claims.get("issuer_code"),
    )


def _address(claims: Mapping[str, str | None] | None) -> Mapping[str, str] | None:
    return None if claims is None else {part: text for part, text in claims.items() if text is not None}


def _birth_date(text: str | None) -> BirthDate | None:
    # OpenID Connect writes the year alone where only that is known.
    try:
        return parse_birth_date(text=text) if text else None
    except InvalidValue:
        raise ValueError("birthdate") from None


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
