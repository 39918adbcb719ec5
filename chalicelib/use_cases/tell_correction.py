"""Who learns of a correction that was carried out (requirements D4, M1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.application import Application
from chalicelib.domain.correction_rules import CORRECTION_RULES
from chalicelib.domain.corrections import Recipient
from chalicelib.domain.notifications import NotificationKind
from chalicelib.domain.person import Person
from chalicelib.domain.policy import Policy
from chalicelib.domain.representation import Representation
from chalicelib.domain.temporary_certificate import TemporaryCertificate
from chalicelib.use_cases.journal import notify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.changes import Change, Thing
    from chalicelib.domain.corrections import Correction
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case


def tell(
    *,
    work: UnitOfWork,
    tools: Toolbox,
    correction: Correction,
    case: Case,
    changes: Sequence[Change],
    told: frozenset[Recipient],
) -> None:
    """Queue the messages of a correction: each account once, and each insurer in whose time something changed."""
    things = [thing for change in changes for thing in (change.before, change.after) if thing is not None]
    kind = CORRECTION_RULES[correction.kind].tells
    number = _number(things) if Recipient.APPLICANT in told else ""
    if kind is NotificationKind.APPLICATION_REOPENED and not number:
        kind = NotificationKind.DRAFT_REOPENED
    context = {"number": number, "day": str(case.on)}
    for person_id in sorted(_accounts(told, case, things)):
        notify(work=work, tools=tools, kind=kind, person_id=person_id, at=case.at, context=context)
    for code in sorted(_insurers(changes) if Recipient.INSURERS in told else ()):
        notify(
            work=work,
            tools=tools,
            kind=NotificationKind.INSURER_NOTIFIED_OF_CORRECTION,
            person_id=case.person.person_id,
            at=case.at,
            context={**context, "insurer_code": code},
        )


def _number(things: Sequence[Thing]) -> str:
    return next((thing.number or "" for thing in things if isinstance(thing, Application)), "")


def _accounts(told: frozenset[Recipient], case: Case, things: Sequence[Thing]) -> set[str]:
    found: set[str] = set()
    if Recipient.HOLDER in told:
        found |= _holders(case, things)
    if Recipient.APPLICANT in told:
        found |= {thing.account_id for thing in things if isinstance(thing, Application | TemporaryCertificate)}
    if Recipient.REPRESENTATIVE in told:
        found |= _representatives(case, things)
    return found


def _holders(case: Case, things: Sequence[Thing]) -> set[str]:
    """Whoever the records are of, or acts for them."""
    persons = [case.person, *(thing for thing in things if isinstance(thing, Person))]
    policies = [thing for thing in things if isinstance(thing, Policy)]
    return {person.account_id for person in persons} | {policy.told_id for policy in policies}


def _representatives(case: Case, things: Sequence[Thing]) -> set[str]:
    """The representative in question, else those who act for the person; never the person."""
    person_id = case.person.person_id
    acting = {thing.representative_id for thing in things if isinstance(thing, Representation)} - {person_id}
    told = {policy.told_id for policy in case.file.policies}
    return acting or (told | {case.person.account_id}) - {person_id}


def _insurers(changes: Sequence[Change]) -> set[str]:
    """The insurers whose period is another one, and the last one of a policy that ended or stands again."""
    codes: set[str] = set()
    for change in changes:
        before, after = change.before, change.after
        if isinstance(before, Policy) and isinstance(after, Policy):
            codes |= {period.insurer_code for period in {*before.periods} ^ {*after.periods}}
            if before.state is not after.state:
                codes.add(after.periods[-1].insurer_code)
    return codes
