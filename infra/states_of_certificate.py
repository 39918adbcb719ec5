"""The part of docs/states.md on certificates of insurance and on employers' requests."""

from __future__ import annotations

from chalicelib.domain.employer_request import STAGE_TITLES, STAGE_TRANSITIONS, RequestStage
from chalicelib.domain.insurance_certificate import (
    CERTIFICATE_REFUSALS,
    CERTIFICATE_TRANSITIONS,
    FINAL_CERTIFICATE_STATES,
    STATE_TITLES,
    InsuranceCertificateState,
)
from infra.states_text import table, told, yes

INTRODUCTION = """\
## States of a certificate of insurance

What a certificate states is decided once, by what is known then, and its document follows within a minute. A
correction that makes it untrue revokes it, and its code says so.
"""

REQUESTS = """\
## Stages of an employer's request about its staff

A list is read, each row is checked, employees who were not asked yet are asked, and the files are written. What is
ready takes a corrected list, or a fresh look at all rows, and goes through the stages again.
"""


def certificate_parts() -> tuple[str, ...]:
    """The paragraphs, in their order."""
    return INTRODUCTION, _diagram(), _states(), _transitions(), _refusals(), REQUESTS, _stages_diagram(), _stages()


def _diagram() -> str:
    arrows = [f"    {rule.source} --> {rule.target}: {rule.event}" for rule in CERTIFICATE_TRANSITIONS]
    ends = [f"    {state} --> [*]" for state in InsuranceCertificateState if state in FINAL_CERTIFICATE_STATES]
    start = f"    [*] --> {InsuranceCertificateState.PROCESSING}"
    return "\n".join(["```mermaid", "stateDiagram-v2", start, *arrows, *ends, "```", ""])


def _states() -> str:
    rows = [(f"`{state}`", title, yes(state in FINAL_CERTIFICATE_STATES)) for state, title in STATE_TITLES.items()]
    return table(("State", "Title", "Final"), rows)


def _transitions() -> str:
    rows = []
    for rule in CERTIFICATE_TRANSITIONS:
        kinds = ", ".join(f"`{kind}` ({way})" for way, kind in sorted(rule.notifications.items()))
        row = (f"`{rule.event}`", f"`{rule.source}`", f"`{rule.target}`", kinds or told(None, rule.silent_because))
        rows.append(row)
    return table(("Event", "From", "To", "The person is told"), rows)


def _refusals() -> str:
    rows = [(f"`{code}`", refusal.message, refusal.mend) for code, refusal in CERTIFICATE_REFUSALS.items()]
    return table(("Refusal", "Title", "What the person can do"), rows)


def _stages_diagram() -> str:
    arrows = [
        f"    {source} --> {target}" for source, targets in STAGE_TRANSITIONS.items() for target in sorted(targets)
    ]
    start = f"    [*] --> {RequestStage.AWAITING_LIST}"
    return "\n".join(["```mermaid", "stateDiagram-v2", start, *arrows, "```", ""])


def _stages() -> str:
    return table(("Stage", "Title"), [(f"`{stage}`", title) for stage, title in STAGE_TITLES.items()])
