"""The part of docs/states.md on appeals."""

from __future__ import annotations

from chalicelib.domain.appeal_rules import LEVELS, SUBJECTS, TOPICS, reasons_for
from chalicelib.domain.appeal_states import (
    APPEAL_STATE_TITLES,
    APPEAL_TRANSITIONS,
    FINAL_APPEAL_STATES,
    TAKES_DOCUMENTS,
    AppealState,
)
from infra.states_text import codes, table, told, yes

INTRODUCTION = """\
## States of an appeal

Against a refusal there is one appeal. It is decided by somebody else than who refused, and at the second level by the
territorial fund and somebody else again. An upheld appeal undoes the refusal in the same transaction.
"""


def appeal_parts() -> tuple[str, ...]:
    """The paragraphs, in their order."""
    return INTRODUCTION, _diagram(), _states(), _transitions(), _levels(), _subjects()


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {AppealState.DRAFT}"]
    arrows = {f"    {source} --> {rule.target}: {rule.event}" for rule in APPEAL_TRANSITIONS for source in rule.sources}
    lines += sorted(arrows)
    lines += [f"    {state} --> [*]" for state in AppealState if state in FINAL_APPEAL_STATES]
    return "\n".join([*lines, "```", ""])


def _states() -> str:
    rows = [
        (f"`{state}`", title, yes(state in TAKES_DOCUMENTS), yes(state in FINAL_APPEAL_STATES))
        for state, title in APPEAL_STATE_TITLES.items()
    ]
    return table(("State", "Title", "Takes documents", "Final"), rows)


def _transitions() -> str:
    rows = [
        (
            f"`{rule.event}`",
            rule.by,
            f"`{rule.level}`" if rule.level else "both",
            codes(sorted(rule.sources)),
            f"`{rule.target}`",
            told(rule.notification, rule.silent_because),
        )
        for rule in APPEAL_TRANSITIONS
    ]
    return table(("Event", "By", "Level", "From", "To", "The person is told"), rows)


def _levels() -> str:
    rows = [
        (
            f"`{level}`",
            ", ".join(sorted(rule.scopes)),
            f"{rule.decision_days} working days",
            f"{rule.answer_days} working days",
            f"{rule.within.days} days",
            rule.article,
        )
        for level, rule in LEVELS.items()
    ]
    return table(("Level", "Decided by operators of", "Decision", "Answer", "Turned to within", "Norm"), rows)


def _subjects() -> str:
    rows = [
        (f"`{kind}`", f"{rule.topic} {TOPICS[rule.topic]}", rule.undone, codes(reasons_for(kind)), rule.article)
        for kind, rule in SUBJECTS.items()
    ]
    return table(("Subject", "Topic", "An upheld appeal", "Reasons", "Norm"), rows)
