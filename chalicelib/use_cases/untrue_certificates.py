"""Certificates of insurance that a correction makes untrue: revoked together with it (requirements D4, K1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import earliest_day
from chalicelib.domain.changes import Change, reference
from chalicelib.domain.insurance_certificate import (
    ISSUED,
    InsuranceCertificate,
    InsuranceCertificateEvent,
    advance_certificate,
    state_insurance,
)
from chalicelib.domain.person import Person
from chalicelib.domain.policy import STANDING, Policy
from chalicelib.domain.temporary_certificate import TemporaryCertificate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.domain.insurance_history import Proof
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case

PAGE = 100
_HOLDER = ("family_name", "given_name", "middle_name", "born_on", "sex")
"""What a certificate says of its holder."""


def with_untrue_certificates(tools: Toolbox, case: Case, changes: list[Change]) -> list[Change]:
    """Add to the changes of a correction the certificates of insurance that it makes untrue (1 AWS call).

    A certificate that the changes put back is left alone; its document goes out of use with it.
    """
    touched = {reference(change.thing) for change in changes}
    untrue = [
        found
        for found in _issued(tools, case.person.person_id)
        if reference(found) not in touched and _is_untrue(case, changes, found)
    ]
    more: list[Change] = []
    for found in untrue:
        revoked, _ = advance_certificate(certificate=found, event=InsuranceCertificateEvent.REVOKE, at=case.at)
        more.append(Change(before=found, after=revoked))
    shown = {found.document_id for found in untrue}
    more.extend(
        Change(before=document, after=replace(document, superseded=True))
        for document in case.file.documents
        if document.document_id in shown and not document.superseded and reference(document) not in touched
    )
    return [*changes, *more]


def _issued(tools: Toolbox, person_id: str) -> Iterator[InsuranceCertificate]:
    after: str | None = None
    while True:
        page = tools.store.insurance_certificates_of(person_id=person_id, limit=PAGE, after=after)
        yield from (found for found in page.items if found.state in ISSUED)
        if (after := page.after) is None:
            return


def _is_untrue(case: Case, changes: Sequence[Change], stated: InsuranceCertificate) -> bool:
    before, after = case.person, _person_after(case.person, changes)
    if any(getattr(before, name) != getattr(after, name) for name in _HOLDER):
        return True
    was: tuple[Proof, ...] = (*case.file.policies, *case.file.certificates)
    now = _proofs_after(case.person.person_id, was, changes)
    if _number(now) not in {"", _number(was)} and stated.policy_number == _number(was):
        return True
    said, says = (
        state_insurance(certificate=stated, proofs=proofs, born_on=earliest_day(text=person.born_on)).stretches
        for proofs, person in ((was, before), (now, after))
    )
    return says not in (said, stated.stretches)


def _person_after(person: Person, changes: Sequence[Change]) -> Person:
    found = (change.after for change in changes if isinstance(change.after, Person))
    return next((one for one in found if one.person_id == person.person_id), person)


def _proofs_after(person_id: str, proofs: Sequence[Proof], changes: Sequence[Change]) -> tuple[Proof, ...]:
    after = {reference(proof): proof for proof in proofs}
    for change in changes:
        if isinstance(change.before, Policy | TemporaryCertificate):
            after.pop(reference(change.before), None)
        if isinstance(change.after, Policy | TemporaryCertificate) and change.after.person_id == person_id:
            after[reference(change.after)] = change.after
    return tuple(after.values())


def _number(proofs: Sequence[Proof]) -> str:
    """The number of the policy that stands, "" where none does."""
    standing = (proof.policy_number for proof in proofs if isinstance(proof, Policy) and proof.state in STANDING)
    return next(standing, "")
