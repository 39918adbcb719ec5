"""Who calls: the principal, the roles and the strength of the identity proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chalicelib.domain.birth_date import BirthDate
from chalicelib.domain.sex import Sex


class Role(StrEnum):
    """What a principal may be; the rights of each are decided by the use cases."""

    CITIZEN = "citizen"
    CLINIC_REGISTRAR = "clinic_registrar"
    INSURER_OPERATOR = "insurer_operator"
    FUND_OPERATOR = "fund_operator"
    CIVIL_REGISTRY = "civil_registry"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"


class Assurance(StrEnum):
    """How well the identity of the principal was proved, from the weakest to the strongest."""

    SIMPLIFIED = "simplified"
    STANDARD = "standard"
    CONFIRMED = "confirmed"

    @property
    def strength(self) -> int:
        """The place in the order, 0 for the weakest."""
        return tuple(Assurance).index(self)

    def is_at_least(self, other: Assurance) -> bool:
        """Tell whether this proof is as strong as ``other`` or stronger."""
        return self.strength >= other.strength


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDocumentClaims:
    """The identity document as the identity provider knows it; ``type_code`` is of the УДЛ list."""

    type_code: str
    series: str | None = field(default=None, repr=False)
    number: str = field(repr=False)
    issued_on: date | None = None
    issuer: str | None = field(default=None, repr=False)
    issuer_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonClaims:
    """What the identity provider says about the person; nothing of it appears in ``repr``."""

    family_name: str | None = field(default=None, repr=False)
    given_name: str | None = field(default=None, repr=False)
    middle_name: str | None = field(default=None, repr=False)
    born_on: BirthDate | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)
    snils: str | None = field(default=None, repr=False)
    inn: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    birthplace: str | None = field(default=None, repr=False)
    address: Mapping[str, str] | None = field(default=None, repr=False)
    identity_document: IdentityDocumentClaims | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """The authenticated caller of one request.

    ``subject`` is the identifier at the identity provider, ``account_id`` the opaque identifier
    that is stored. ``insurer`` (code of the insurer), ``region`` (code of the territory) and
    ``clinic`` (code of the medical organization) bound what an employee may see.
    """

    subject: str = field(repr=False)
    account_id: str
    roles: frozenset[Role]
    assurance: Assurance
    insurer: str | None = None
    region: str | None = None
    clinic: str | None = None
    person: PersonClaims | None = None

    def has_role(self, *roles: Role) -> bool:
        """Tell whether the principal holds at least one of ``roles``."""
        return not self.roles.isdisjoint(roles)
