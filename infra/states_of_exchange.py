"""The part of docs/states.md on the exchange with the fund, imports of registries, messages and webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.change_file import FILE_STATE_TITLES, FILE_TRANSITIONS, FileState
from chalicelib.domain.dispatch import STATE_TITLES as MESSAGE_STATE_TITLES
from chalicelib.domain.dispatch import UNDER_WAY
from chalicelib.domain.fund_answer import ANSWER_STATE_TITLES, ANSWER_TRANSITIONS, OUTCOME_TITLES, AnswerState
from chalicelib.domain.fund_change import CHANGE_STATE_TITLES, CHANGE_TRANSITIONS, LISTED, ChangeState
from chalicelib.domain.registry_job import IMPORT_STATE_TITLES, IMPORT_TRANSITIONS, ImportState
from chalicelib.domain.webhook_progress import ENDED
from chalicelib.domain.webhook_progress import STATE_TITLES as WEBHOOK_STATE_TITLES
from infra.states_text import codes, table, yes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

RECORD = """\
## States of a record for the fund

Each version of a policy leaves one ([exchange.md](exchange.md)). It is told in one change file only; what the fund
refuses, or what is held back, is mended and let into the next file by hand.
"""

FILE = """\
## States of a change file (OPLIST)

A round begins by request or once a day. The fund answers by its error report and then by its protocol: the second
answer finds the file answered already.
"""

ANSWER = """\
## States of a file of the fund (REPLIST, STOPLIST, FLK_P)

Good rows are taken in, page by page; a file that is wrong as a whole changes nothing, and its name may come again.
"""

IMPORT = """\
## States of an import of a registry

Insurers (F002), their issue points (F013) and their ratings come in by the same job, page by page.
"""

MESSAGE = """\
## States of a message

One message by one channel. Which state it ends in follows from all receipts together, whatever their order, so a
receipt may still change an end: a complaint over a hard bounce over a delivery over a refusal.
"""

WEBHOOK = """\
## States of a webhook subscription

[webhooks.md](webhooks.md) tells when it comes to which. From a stop its organisation leads it on, from a cursor.
"""


def exchange_parts() -> tuple[str, ...]:
    """The paragraphs, in their order."""
    return (
        RECORD,
        _diagram(CHANGE_TRANSITIONS, ChangeState.WAITING),
        _states(CHANGE_STATE_TITLES, CHANGE_TRANSITIONS, listed=LISTED),
        FILE,
        _diagram(FILE_TRANSITIONS, FileState.MAKING),
        _states(FILE_STATE_TITLES, FILE_TRANSITIONS),
        ANSWER,
        _diagram(ANSWER_TRANSITIONS, AnswerState.AWAITING_UPLOAD),
        _states(ANSWER_STATE_TITLES, ANSWER_TRANSITIONS),
        "What becomes of a row:\n",
        table(("Outcome", "Title"), [(f"`{one}`", title) for one, title in OUTCOME_TITLES.items()]),
        IMPORT,
        _diagram(IMPORT_TRANSITIONS, ImportState.AWAITING_UPLOAD),
        _states(IMPORT_STATE_TITLES, IMPORT_TRANSITIONS),
        MESSAGE,
        _ends(MESSAGE_STATE_TITLES, standing=UNDER_WAY),
        WEBHOOK,
        _ends(WEBHOOK_STATE_TITLES, standing=set(WEBHOOK_STATE_TITLES) - ENDED),
    )


def _diagram(transitions: Mapping[Any, Collection[Any]], first: Any) -> str:
    arrows = [f"    {source} --> {target}" for source, targets in transitions.items() for target in sorted(targets)]
    ends = [f"    {state} --> [*]" for state, targets in transitions.items() if set(targets) <= {state}]
    return "\n".join(["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *arrows, *ends, "```", ""])


def _states(
    titles: Mapping[Any, str], transitions: Mapping[Any, Collection[Any]], *, listed: Collection[Any] = ()
) -> str:
    head = ("State", "Title", "May become", *(("Somebody has to act",) if listed else ()))
    rows = [
        (f"`{state}`", title, codes(sorted(transitions[state])), *((yes(state in listed),) if listed else ()))
        for state, title in titles.items()
    ]
    return table(head, rows)


def _ends(titles: Mapping[Any, str], *, standing: Collection[Any]) -> str:
    rows = [(f"`{state}`", title, yes(state not in standing)) for state, title in titles.items()]
    return table(("State", "Title", "Nothing more is tried"), rows)
