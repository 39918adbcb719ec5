"""The part of docs/states.md on deliveries of extracts on paper."""

from __future__ import annotations

from chalicelib.domain.delivery import TERMS
from chalicelib.domain.delivery_states import (
    DELIVERY_STATE_TITLES,
    DELIVERY_TRANSITIONS,
    FINAL_DELIVERY_STATES,
    DeliveryState,
)
from infra.states_text import codes, table, told, yes

INTRODUCTION = """\
## States of a delivery

An extract on paper comes by post or waits in an office of the insurer. The application that ordered it is complete
by then: the delivery goes on by itself. Once its parcel is formed it is not cancelled and its address stands.
"""


def delivery_parts() -> tuple[str, ...]:
    """The paragraphs, in their order."""
    return INTRODUCTION, _diagram(), _states(), _transitions(), _terms()


def _diagram() -> str:
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {DeliveryState.ORDERED}"]
    arrows = {
        f"    {source} --> {rule.target}: {rule.event}"
        for rule in DELIVERY_TRANSITIONS
        for source in rule.sources
        if source is not rule.target
    }
    lines += sorted(arrows)
    lines += [f"    {state} --> [*]" for state in DeliveryState if state in FINAL_DELIVERY_STATES]
    return "\n".join([*lines, "```", ""])


def _states() -> str:
    rows = [
        (f"`{state}`", title, yes(state in FINAL_DELIVERY_STATES)) for state, title in DELIVERY_STATE_TITLES.items()
    ]
    return table(("State", "Title", "Final"), rows)


def _transitions() -> str:
    rows = [
        (
            f"`{rule.event}`",
            rule.by,
            f"`{rule.method}`" if rule.method else "both",
            codes(sorted(rule.sources)),
            f"`{rule.target}`",
            told(rule.notification, rule.silent_because),
        )
        for rule in DELIVERY_TRANSITIONS
    ]
    return table(("Event", "By", "Method", "From", "To", "The person is told"), rows)


def _terms() -> str:
    rows = [
        (
            terms.in_force_from.isoformat(),
            f"{terms.office_days} working days",
            f"{terms.post_from_days}–{terms.post_days} working days",
            f"{terms.kept_days} days",
            f"after {terms.return_days} working days",
        )
        for terms in TERMS
    ]
    return table(("In force from", "Ready in the office", "By post", "Kept in the office", "Goes back"), rows)
