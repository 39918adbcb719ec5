"""What was true on a day, as it was known on another: the kept versions of policies and certificates (D4, G3).

Two times that never mix: the day that is asked about, and the day on which it is asked. Every change of a policy or a
temporary certificate leaves its version with the moment of the change; a correction is the newest version and changes
no earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.policy import STANDING, Policy
from chalicelib.domain.temporary_certificate import TemporaryCertificate
from chalicelib.domain.validity import CardKind

if TYPE_CHECKING:
    from collections.abc import Iterable

Proof = Policy | TemporaryCertificate


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVersion:
    """A policy as it was known from a moment on; ``gone`` if it left the person's folder then."""

    policy: Policy
    known_at: datetime
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateVersion:
    """A temporary certificate as it was known from a moment on; ``gone`` if it left the person's folder then."""

    certificate: TemporaryCertificate
    known_at: datetime
    gone: bool = False


Version = PolicyVersion | CertificateVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuredOn:
    """Whether and by what a person was insured on a day; without a proof everything else is empty."""

    on: date
    is_insured: bool = False
    kind: CardKind | None = None
    number: str = ""
    insurer_code: str = ""
    valid_from: date | None = None
    valid_until: date | None = None


def end_of_known_day(*, known_on: date, utc_offset_hours: int) -> datetime:
    """The moment at which a local day has passed: what is known later was not known on it."""
    return datetime.combine(known_on + timedelta(days=1), time(), tzinfo=UTC) - timedelta(hours=utc_offset_hours)


def known_proofs(*, versions: Iterable[Version], before: datetime) -> tuple[Proof, ...]:
    """The policies and certificates as they were known before a moment."""
    newest: dict[str, Version] = {}
    for version in sorted(versions, key=_order):
        if version.known_at < before:
            newest[_name(version)] = version
    return tuple(_proof(version) for version in newest.values() if not version.gone)


def insured_on(*, proofs: Iterable[Proof], on: date) -> InsuredOn:
    """Tell what insured on a day: a policy that stands, else one that stood then, else a certificate."""
    valid = [proof for proof in proofs if proof.is_valid_on(on)]
    if not valid:
        return InsuredOn(on=on)
    best = max(valid, key=_weight)
    if isinstance(best, TemporaryCertificate):
        return InsuredOn(
            on=on,
            is_insured=True,
            kind=CardKind.TEMPORARY_CERTIFICATE,
            number=best.number,
            insurer_code=best.insurer_code,
            valid_from=best.issued_on,
            valid_until=best.valid_until,
        )
    period = best.insurer_on(on)
    return InsuredOn(
        on=on,
        is_insured=True,
        kind=CardKind.POLICY,
        number=best.policy_number,
        insurer_code=period.insurer_code if period else "",
        valid_from=best.valid_from,
        valid_until=best.valid_until,
    )


def _weight(proof: Proof) -> tuple[int, str]:
    if isinstance(proof, TemporaryCertificate):
        return 0, proof.application_id
    return (2 if proof.state in STANDING else 1), proof.policy_id


def _order(version: Version) -> tuple[datetime, int]:
    return version.known_at, _proof(version).version


def _proof(version: Version) -> Proof:
    return version.policy if isinstance(version, PolicyVersion) else version.certificate


def _name(version: Version) -> str:
    if isinstance(version, PolicyVersion):
        return f"policy:{version.policy.policy_id}"
    return f"certificate:{version.certificate.application_id}"
