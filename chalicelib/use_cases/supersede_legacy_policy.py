"""A digital policy takes the place of a policy of an earlier sample (requirements F5, F7)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import SYSTEM
from chalicelib.domain.legacy_registration import LEGACY_TRANSITIONS, LegacyEvent, LegacyPolicy, advance_legacy
from chalicelib.domain.policy_types import LEGACY_TYPES, PolicyType
from chalicelib.use_cases.demands import local_day
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.register_legacy_policy import live_marker

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.policy import Policy
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox


def supersede_legacy_policy(
    *, work: UnitOfWork, tools: Toolbox, known: PersonFile, policy: Policy, at: datetime
) -> Policy:
    """Add to the unit of work what a digital policy ends; returns the policy, digital from now on.

    Call it wherever a policy is issued anew, before its card is put: the number of the earlier sample then answers
    that it is replaced.
    """
    registration = known.live_legacy_policy
    if registration is not None:
        end_registration(work=work, tools=tools, registration=registration, at=at)
    return replace(policy, form=PolicyType.DIGITAL.value) if policy.form in LEGACY_TYPES else policy


def end_registration(*, work: UnitOfWork, tools: Toolbox, registration: LegacyPolicy, at: datetime) -> LegacyPolicy:
    """Add the end of a live registration: its place becomes free, its holder is told."""
    ended = advance_legacy(registration=registration, event=LegacyEvent.SUPERSEDE, at=at, actor=SYSTEM)
    details = {"registration_id": registration.registration_id}
    ended = record(ended, work=work, tools=tools, name="legacy_policy_superseded", at=at, actor=SYSTEM, details=details)
    work.update(ended)
    work.remove(live_marker(registration))
    notify(
        work=work,
        tools=tools,
        kind=LEGACY_TRANSITIONS[LegacyEvent.SUPERSEDE].notification,
        person_id=registration.person_id,
        at=at,
        context={"day": str(local_day(registration, at=at))},
    )
    return ended
