"""The part of docs/states.md on requests for appointments."""

from __future__ import annotations

from chalicelib.domain.appointment import APPOINTMENT_STATE_TITLES, APPOINTMENT_TRANSITIONS, AppointmentState
from infra.states_text import table, told, yes

INTRODUCTION = """\
## States of a request for an appointment

It is handed over to the clinic's queue with the document that proves the insurance, and answered once.
"""


def appointment_parts() -> tuple[str, ...]:
    """The paragraphs, in their order."""
    return INTRODUCTION, _states(), _transitions()


def _states() -> str:
    rows = [
        (f"`{state}`", title, yes(state is not AppointmentState.REQUESTED))
        for state, title in APPOINTMENT_STATE_TITLES.items()
    ]
    return table(("State", "Title", "Final"), rows)


def _transitions() -> str:
    rows = [
        (
            f"`{rule.event}`",
            rule.by,
            f"`{AppointmentState.REQUESTED}`",
            f"`{rule.target}`",
            told(rule.notification, rule.silent_because),
        )
        for rule in APPOINTMENT_TRANSITIONS
    ]
    return table(("Event", "By", "From", "To", "The person is told"), rows)
