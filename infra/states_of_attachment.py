"""The part of docs/states.md on attachments to clinics."""

from __future__ import annotations

from chalicelib.domain.attachment import ATTACHMENT_TERMS
from chalicelib.domain.attachment_states import (
    ATTACHMENT_REFUSALS,
    ATTACHMENT_STATE_TITLES,
    ATTACHMENT_TRANSITIONS,
    FINAL_ATTACHMENT_STATES,
    AttachmentState,
)
from infra.states_text import table, told, yes

INTRODUCTION = """\
## States of an attachment to a clinic

A person asks a clinic for attachment to one of its doctors; a place with the doctor is held until the clinic decides.
An attachment ends when another one to an area of the same type begins: both steps are one transaction.
"""


def attachment_parts() -> tuple[str, ...]:
    """The paragraphs, in their order."""
    return INTRODUCTION, _diagram(), _states(), _transitions(), _refusals(), _terms()


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {AttachmentState.REQUESTED}"]
    lines += sorted(f"    {rule.source} --> {rule.target}: {rule.event}" for rule in ATTACHMENT_TRANSITIONS)
    lines += [f"    {state} --> [*]" for state in AttachmentState if state in FINAL_ATTACHMENT_STATES]
    return "\n".join([*lines, "```", ""])


def _states() -> str:
    rows = [
        (f"`{state}`", title, yes(state in FINAL_ATTACHMENT_STATES)) for state, title in ATTACHMENT_STATE_TITLES.items()
    ]
    return table(("State", "Title", "Final"), rows)


def _transitions() -> str:
    rows = [
        (
            f"`{rule.event}`",
            rule.by,
            f"`{rule.source}`",
            f"`{rule.target}`",
            told(rule.notification, rule.silent_because),
            f"`{rule.clinic_notification}`" if rule.clinic_notification else "–",
        )
        for rule in ATTACHMENT_TRANSITIONS
    ]
    return table(("Event", "By", "From", "To", "The person is told", "The clinic is told"), rows)


def _refusals() -> str:
    rows = [(f"`{code}`", refusal.title, refusal.mend, refusal.source) for code, refusal in ATTACHMENT_REFUSALS.items()]
    return table(("Refusal", "Title", "What the person can do", "Source"), rows)


def _terms() -> str:
    rows = [
        (
            terms.in_force_from.isoformat(),
            f"{terms.decision_days} working days",
            f"once in {terms.years_between} year",
            ", ".join(f"`{reason}`" for reason in sorted(terms.free_reasons)),
            terms.source,
        )
        for terms in ATTACHMENT_TERMS
    ]
    return table(("In force from", "Decided within", "By wish", "Free of that", "Source"), rows)
