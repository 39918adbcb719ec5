"""A session of the pages, to be broken at every call: opened, used, ended."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.ports.errors import PortError
from chalicelib.use_cases.sessions import _digest, current_session, end_session, open_session
from tests.faults.rig import Crashed
from tests.faults.scenarios import CLIENT_WAITS, Scenario
from tests.faults.seam import Killed

if TYPE_CHECKING:
    from tests.faults.rig import Rig


def _signed_in_and_out(rig: Rig) -> None:
    """Whoever signs in again after a failure gets another secret; the session that nobody knows ends by time."""
    secret = f"secret-{rig.ids.below(1_000_000_000)}"
    later = rig.at + timedelta(minutes=10)
    try:
        open_session(tools=rig.tools, secret=secret, account_id="a", claims="{}", at=rig.at)
        found = current_session(tools=rig.tools, secret=secret, at=later)
        assert found is not None
        assert found.seen_at == later
        end_session(tools=rig.tools, secret=secret, at=later)
    except Killed:
        rig.restart()
        raise Crashed from None
    except PortError as failure:
        raise Crashed from failure
    assert f"SESSION#{_digest(secret)}" not in {row["PK"] for row in rig.items()}


SESSION_SCENARIOS = (Scenario(name="signing_in_and_out", begins="", act=_signed_in_and_out, pause=CLIENT_WAITS),)
