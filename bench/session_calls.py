"""AWS calls of a session of the pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.visitors import Visitor

if TYPE_CHECKING:
    from bench.calls import Counter
    from tests.world import World


def count_sessions(world: World, counter: Counter) -> None:
    """Sign in, open the first page at once and after a while, and sign out."""
    visitor = Visitor(world)
    way = visitor.way_back("insured", visitor.begin())
    with counter.measuring("sign in to the pages", limit=1):
        visitor.call("GET", way)
    page = visitor.open("/cabinet")
    with counter.measuring("open the cabinet", limit=3):
        visitor.open("/cabinet")
    world.sleep(minutes=6)
    with counter.measuring("open the cabinet after five minutes", limit=4):
        visitor.open("/cabinet")
    with counter.measuring("sign out of the pages", limit=2):
        visitor.send("/sign-out", {}, seen=page)
