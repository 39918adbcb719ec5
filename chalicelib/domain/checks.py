"""Checks of an application against the registers: what is asked and what may be answered (requirement D1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CheckKind(StrEnum):
    """The registers that an application is checked against."""

    IDENTITY = "identity"
    PASSPORT = "passport"
    SNILS = "snils"
    INN = "inn"
    ADDRESS = "address"
    INSURED_PERSON = "insured_person"
    BIRTH_RECORD = "birth_record"
    MIGRATION_STATUS = "migration_status"
    POWERS = "powers"
    ORGANISATION = "organisation"


class CheckStatus(StrEnum):
    """What a register said."""

    CONFIRMED = "confirmed"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    PENDING = "pending"
    UNAVAILABLE = "unavailable"

    @property
    def is_final(self) -> bool:
        """Whether the register has said its word."""
        return self in {CheckStatus.CONFIRMED, CheckStatus.MISMATCH, CheckStatus.NOT_FOUND}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """One question to a register; the same ``request_id`` always gets the same answer."""

    request_id: str
    kind: CheckKind
    subject: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAnswer:
    """The answer of a register.

    ``reasons`` are codes of what differs, ``data`` is what the register holds (for the insured person:
    ``enp``, ``insurer_code``, ``insured_from``), ``ticket`` is where a pending answer will be.
    """

    status: CheckStatus
    reasons: tuple[str, ...] = ()
    data: Mapping[str, str] = field(default_factory=dict)
    ticket: str | None = None
    retry_after: int | None = None
    register_version: str = ""
    answered_at: datetime | None = None
