"""The one place of a person's policy and the cards of all its numbers, after whatever changed (requirements F2, G1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.legacy_policy import OLD_KIND
from chalicelib.domain.person import Person
from chalicelib.domain.policy import STANDING, Policy
from chalicelib.domain.records import ActivePolicyMarker
from chalicelib.use_cases.policy_cards import put_number_card, put_policy_card

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.domain.changes import Change
    from chalicelib.domain.legacy_policy import PolicyBlank
    from chalicelib.ports.folders import PersonFile
    from chalicelib.use_cases.write_changes import Pen


def put_places(pen: Pen, changes: Iterable[Change], folders: Mapping[str, PersonFile]) -> None:
    """Write markers and cards of everybody in whose folder a policy or the person changes.

    Raises:
        RuleRefused: two policies of one person would stand.
    """
    listed = tuple(changes)
    served = {person_id: (file.person, file) for person_id, file in folders.items() if file.person is not None}
    for person_id, (person, file) in served.items():
        before = {policy.policy_id: policy for policy in file.policies}
        after = _policies_after(person_id, before, listed)
        _put_marker(pen, person_id, before, after)
        _put_cards(pen, person, _person_after(person, listed), before, after)
    _remove_cards(pen, listed, folders)


def _policies_after(person_id: str, before: Mapping[str, Policy], changes: tuple[Change, ...]) -> dict[str, Policy]:
    after = dict(before)
    for change in changes:
        if isinstance(change.before, Policy) and change.before.person_id == person_id:
            after.pop(change.before.policy_id)
    for change in changes:
        if isinstance(change.after, Policy) and change.after.person_id == person_id:
            after[change.after.policy_id] = change.after
    return after


def _person_after(before: Person, changes: tuple[Change, ...]) -> Person:
    found = (change.after for change in changes)
    persons = (thing for thing in found if isinstance(thing, Person))
    return next((person for person in persons if person.person_id == before.person_id), before)


def _standing(policies: Mapping[str, Policy]) -> Policy | None:
    found = [policy for policy in policies.values() if policy.state in STANDING]
    if len(found) > 1:
        raise RuleRefused("two_policies_stand", "У одного человека действовали бы два полиса", rule="326-ФЗ, ст. 45")
    return found[0] if found else None


def _put_marker(pen: Pen, person_id: str, before: Mapping[str, Policy], after: Mapping[str, Policy]) -> None:
    held, wanted = _standing(before), _standing(after)
    if wanted is None:
        if held is not None:
            pen.work.remove(ActivePolicyMarker(person_id=person_id, policy_id=held.policy_id))
        return
    marker = ActivePolicyMarker(person_id=person_id, policy_id=wanted.policy_id)
    if held is None:
        pen.work.create(marker)
    elif held.policy_id != wanted.policy_id:
        pen.work.put(marker)


def _shown(policies: Iterable[Policy]) -> dict[str, Policy]:
    """The policy that the card of each number tells of: the one that stands, else the newest."""
    return {policy.policy_number: policy for policy in _ordered(policies)}


def _tellers(policies: Iterable[Policy]) -> dict[PolicyBlank | None, str]:
    """The ЕНП of the policy that tells of each blank: of several with one blank, that which is shown."""
    return {policy.blank: policy.policy_number for policy in _ordered(policies)}


def _ordered(policies: Iterable[Policy]) -> list[Policy]:
    return sorted(policies, key=lambda policy: (policy.state in STANDING, policy.policy_id))


def _put_cards(
    pen: Pen, was: Person, person: Person, before: Mapping[str, Policy], after: Mapping[str, Policy]
) -> None:
    """Write each number that answers otherwise than before."""
    same_factors = (was.born_on, was.family_name) == (person.born_on, person.family_name)
    shown_before, tellers_before, tellers = _shown(before.values()), _tellers(before.values()), _tellers(after.values())
    factors = {"born_on": person.born_on, "family_name": person.family_name}
    for number, policy in _shown(after.values()).items():
        teller = tellers[policy.blank]
        if same_factors and shown_before.get(number) == policy and tellers_before.get(policy.blank) == teller:
            continue
        put = put_policy_card if teller == number else put_number_card
        put(work=pen.work, tools=pen.tools, policy=policy, person=factors)


def _remove_cards(pen: Pen, changes: tuple[Change, ...], folders: Mapping[str, PersonFile]) -> None:
    """A number that no policy bears any more is not found; one that several share moves with its policy."""
    gone: set[str] = set()
    borne: set[str] = set()
    for person_id, file in folders.items():
        before = {policy.policy_id: policy for policy in file.policies}
        gone |= {policy.policy_number for policy in file.policies}
        borne |= {policy.policy_number for policy in _policies_after(person_id, before, changes).values()}
    for number in sorted(gone - borne):
        value_hash = pen.tools.secrets.lookup_hash(kind="policy_number", value=number)
        pen.work.remove_card(kind="policy_number", value_hash=value_hash)
    for change in changes:
        left, came = change.before, change.after
        if isinstance(left, Policy) and isinstance(came, Policy) and left.person_id != came.person_id:
            _remove_shared_card(pen, left)


def _remove_shared_card(pen: Pen, policy: Policy) -> None:
    if policy.blank is None or policy.blank.lookup[0] != OLD_KIND:
        return
    kind, value = policy.blank.lookup
    value_hash = pen.tools.secrets.lookup_hash(kind=kind, value=value)
    pen.work.remove_card(kind=kind, value_hash=value_hash, shared_by=policy.person_id)
