"""Fuzz of every parser of what comes from outside: it reads what can be kept, or refuses in its own way."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.security.near import storable
from tests.security.parsers import PARSERS
from tests.security.scale import WHOLE, note, whole_or

TRIES = settings(
    max_examples=whole_or(2000, 4),
    deadline=None,
    database=None,
    derandomize=not WHOLE,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("name", PARSERS)
def test_reads_or_refuses_in_its_own_way(name: str) -> None:
    parser = PARSERS[name]
    tries = 0

    @TRIES
    @given(parser.tried_with)
    def tried(told: object) -> None:
        nonlocal tries
        tries += 1
        try:
            found = parser.read(told)
        except parser.refusals:
            pass
        else:
            storable(found)

    tried()
    note(parsers=1, parser_tries=tries)
