"""Numbers by which a destroyed thing was found: their cards and pointers go with it (requirement P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import Application
from chalicelib.domain.civil_record import CivilRecord
from chalicelib.domain.insurance_certificate import InsuranceCertificate
from chalicelib.domain.legacy_policy import BLANK_KIND, OLD_KIND
from chalicelib.domain.legacy_registration import LegacyPolicy
from chalicelib.domain.policy import Policy
from chalicelib.domain.records import Pointer
from chalicelib.domain.temporary_certificate import TemporaryCertificate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

Number = tuple[str, str]
"""Kind and value."""


def _of_proof(thing: Policy | LegacyPolicy) -> frozenset[Number]:
    own = {("policy_number", thing.policy_number)} if thing.policy_number else set()
    blank = thing.blank
    if blank is None or not blank.is_numbered:
        return frozenset(own)
    return frozenset({*own, blank.claim, blank.lookup})


_NUMBERS: Mapping[type, Callable[[Any], frozenset[Number]]] = {
    Policy: _of_proof,
    LegacyPolicy: _of_proof,
    TemporaryCertificate: lambda e: frozenset({("certificate", e.number)}),
    Application: lambda e: frozenset({("application", e.number)} if e.number else set()),
    InsuranceCertificate: lambda e: frozenset({("insurance_certificate", e.number)} if e.number else set()),
    CivilRecord: lambda e: frozenset({("civil_record", e.message.number)}),
}


_OF_ONE_THING = frozenset({"certificate", "application", "insurance_certificate", "civil_record"})
"""Numbers of one thing that nothing else ever has: their pointers name it, and not a person."""

_CARDS = frozenset({"policy_number", "certificate", BLANK_KIND, OLD_KIND})


def forget_numbers(*, work: UnitOfWork, tools: Toolbox, thing: object) -> None:
    """Let the numbers of a thing lead nowhere, unless another policy of the person still bears them.

    2 AWS calls for what has numbers, none for the rest.
    """
    numbers = _NUMBERS.get(type(thing), lambda _: frozenset())(thing)
    if not numbers:
        return
    person_id: str = thing.person_id  # type: ignore[attr-defined]
    gone = numbers - _borne_by_others(tools.store.person_file(person_id=person_id), thing)
    hashes = {(kind, tools.secrets.lookup_hash(kind=kind, value=value)) for kind, value in gone}
    for kind, value_hash in sorted(hashes):
        if kind in _CARDS:
            work.remove_card(kind=kind, value_hash=value_hash, shared_by=person_id if kind == OLD_KIND else "")
        if kind in _OF_ONE_THING:
            work.remove(Pointer(kind=kind, value_hash=value_hash, target=person_id))
    for pointer in tools.store.pointers_of(person_id=person_id):
        if (pointer.kind, pointer.value_hash) in hashes and pointer.kind not in _OF_ONE_THING:
            work.release(pointer)


def _borne_by_others(file: PersonFile, thing: object) -> frozenset[Number]:
    proofs: tuple[Policy | LegacyPolicy, ...] = (*file.policies, *file.legacy_policies)
    return frozenset(number for one in proofs if one != thing for number in _of_proof(one))
