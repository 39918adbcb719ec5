"""What is kept too long ends, and demands to be forgotten are carried out (requirement P2)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from chalicelib.domain.erasure import ErasureRequest, ErasureState
from chalicelib.domain.held import kind_of
from chalicelib.domain.person import Person
from chalicelib.ports.errors import StaleWrite
from chalicelib.use_cases.answer_erasure import answer_erasure
from chalicelib.use_cases.destroy_thing import destroy_thing
from chalicelib.use_cases.empty_profile import look_at_profile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox

PAGE = 50
AT_ONCE = 200
"""How many things one run ends: so many fit well into its time; the next run goes on where this one stopped."""


def run_retention(*, tools: Toolbox, at: datetime) -> Mapping[str, int]:
    """End what is over, one thing after another, found by the index on due date; returns how many of each kind.

    A thing that changes meanwhile is left to the next run.
    """
    done: Counter[str] = Counter()
    for page in tools.store.due_retained(until=at, page=PAGE):
        for thing in page:
            if done.total() >= AT_ONCE:
                return dict(done)
            try:
                done[_end(tools, thing, at)] += 1
            except StaleWrite:
                done["skipped"] += 1
    return dict(done)


def _end(tools: Toolbox, thing: object, at: datetime) -> str:
    if isinstance(thing, ErasureRequest) and thing.state is ErasureState.ACCEPTED:
        answered = answer_erasure(tools=tools, demand=thing, at=at)
        return f"erasures_{answered.state}"
    if isinstance(thing, Person):
        return "profiles" if look_at_profile(tools=tools, person_id=thing.person_id, at=at) else "profiles_kept"
    destroy_thing(tools=tools, thing=thing, at=at)
    look_at_profile(tools=tools, person_id=thing.person_id, at=at)  # type: ignore[attr-defined]
    return kind_of(thing).value
