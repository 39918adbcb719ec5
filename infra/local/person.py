"""A fictional person: what the identity provider says, and what the registers hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDocument:
    """An identity document; ``type`` is a code of the classifier F011 (14 = passport)."""

    type: str = "14"
    series: str
    number: str
    issued_on: str
    issuer: str = "ГУ МВД ДЛЯ ПРИМЕРА"
    issuer_code: str = "000-001"
    expires_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insured:
    """What the register of insured persons holds; ``region`` is a KOD_TF of the classifier F010.

    ``policy`` is the policy of an earlier sample that the person has, as the register is asked about it.
    """

    enp: str
    insurer_code: str
    insured_from: str
    region: str
    policy: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the registers know about a person beyond, or against, what the person says.

    ``later`` are kinds of check that are answered by a ticket after ``later_seconds``.
    """

    family_name: str | None = None
    passport: str = "valid"
    migration_status: str = "valid"
    deceased: bool = False
    later: frozenset[str] = frozenset()
    later_seconds: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One demonstration person; dates are ISO, ``born_on`` perhaps only a year, ``sex`` is ``male`` or ``female``."""

    key: str
    title: str
    subject: str
    family_name: str
    given_name: str
    middle_name: str
    born_on: str
    sex: str
    snils: str
    inn: str
    document: IdentityDocument
    phone: str
    roles: tuple[str, ...] = ("citizen",)
    assurance: str = "confirmed"
    address: Mapping[str, str] = field(default_factory=dict)
    birthplace: str = "Г. МОСКВА"
    insured: Insured | None = None
    held: Held = field(default_factory=Held)
    place_of_work: Mapping[str, str] = field(default_factory=dict)
    signs_in: bool = True
    parents: tuple[str, ...] = ()
    status_document: IdentityDocument | None = None

    def claims(self) -> dict[str, Any]:
        """The claims of an identity token about this person."""
        document = self.document
        return {
            "sub": self.subject,
            "assurance": self.assurance,
            "roles": list(self.roles),
            "snils": self.snils,
            "inn": self.inn,
            "family_name": self.family_name,
            "given_name": self.given_name,
            "middle_name": self.middle_name,
            "birthdate": self.born_on,
            "gender": self.sex,
            "birthplace": self.birthplace,
            "email": f"{self.key.replace('_', '.')}@example.org",
            "phone_number": self.phone,
            "address": dict(self.address),
            "identity_document": {
                "type": document.type,
                "series": document.series,
                "number": document.number,
                "issued_on": document.issued_on,
                "issuer": document.issuer,
                "issuer_code": document.issuer_code,
            },
            **self.place_of_work,
        }
