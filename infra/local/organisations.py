"""Fictional organisations: what the register of organisations and that of powers of attorney hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An organisation or entrepreneur; ``head`` is the key of a demonstration person.

    ``powers`` maps numbers of powers of attorney to the person they are given to.
    """

    name: str
    inn: str
    ogrn: str
    head: str
    kpp: str = ""
    closed: bool = False
    powers: Mapping[str, str] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()


BIC = "044525999"
ACCOUNT = "40702810600000000001"
"""Bank details that fit together; no bank has them."""

POWERS = "7f3c1b52-8a5e-4d38-9d53-6c2f1a7b0e01"
REVOKED = "7f3c1b52-8a5e-4d38-9d53-6c2f1a7b0e02"

ORGANISATIONS = (
    Organisation(
        name="ООО «Пример»",
        inn="7700900017",
        kpp="770001001",
        ogrn="1027700900006",
        head="citizen",
        powers={POWERS: "insured", REVOKED: "insured"},
        revoked=frozenset({REVOKED}),
    ),
    Organisation(
        name="АО «Бывшее»", inn="7700900024", kpp="770001001", ogrn="1027700900017", head="citizen", closed=True
    ),
    Organisation(name="ООО «Чужое»", inn="7700900031", kpp="770001001", ogrn="1027700900028", head="later"),
)
