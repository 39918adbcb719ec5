"""The part of docs/states.md on tickets of support."""

from __future__ import annotations

from chalicelib.domain.ticket import CATEGORIES, REOPENED_WITHIN, SILENCE
from chalicelib.domain.ticket_states import TICKET_STATE_TITLES, TICKET_TRANSITIONS, TicketState
from infra.states_text import codes, table, told

INTRODUCTION = f"""\
## States of a ticket of support

A ticket begins at the desk of the insurer or of the territorial fund, as its category says, and may be handed over to
the other. What the person writes is to be answered anew within the days of the category. An answer that nobody objects
to closes the ticket after {SILENCE.days} days; within {REOPENED_WITHIN.days} days a message opens it again.
"""


def ticket_parts() -> tuple[str, ...]:
    """The paragraphs, in their order."""
    return INTRODUCTION, _diagram(), _states(), _transitions(), _categories()


def _diagram() -> str:
    arrows = {f"    {source} --> {rule.target}: {rule.event}" for rule in TICKET_TRANSITIONS for source in rule.sources}
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {TicketState.OPEN}", *sorted(arrows)]
    return "\n".join([*lines, f"    {TicketState.CLOSED} --> [*]", "```", ""])


def _states() -> str:
    return table(("State", "Title"), [(f"`{state}`", title) for state, title in TICKET_STATE_TITLES.items()])


def _transitions() -> str:
    rows = [
        (
            f"`{rule.event}`",
            rule.by,
            codes(sorted(rule.sources)),
            f"`{rule.target}`",
            told(rule.notification, rule.silent_because),
        )
        for rule in TICKET_TRANSITIONS
    ]
    return table(("Event", "By", "From", "To", "The person is told"), rows)


def _categories() -> str:
    rows = [(f"`{code}`", rule.title, rule.desk, str(rule.answer_days)) for code, rule in CATEGORIES.items()]
    return table(("Category", "Title", "Where it begins", "Working days to answer"), rows)
