"""Exports of one's own data and demands to be forgotten, to be broken at every call (requirement P2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.scenarios import CLIENT_WAITS, NEXT_DUE_RUN, Scenario, deliver, fire

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig


def _order(rig: Rig) -> None:
    assert rig.api("POST", "/v1/me/data-exports", key="export-1")["id"]


def _relayed(rig: Rig) -> None:
    rig.step()


def _demand(rig: Rig) -> None:
    assert rig.api("POST", "/v1/me/erasure-requests", {"is_sure": True}, key="erasure-1")["id"]


def _quiet(rig: Rig) -> None:
    rig.settle()
    rig.waiting.clear()


PRIVACY_STAGES: dict[str, tuple[str, Callable[[Rig], object]]] = {
    "draft_left": ("drafted", _quiet),
    "export_ordered": ("draft_left", _order),
    "export_relayed": ("export_ordered", _relayed),
    "erasure_asked": ("draft_left", _demand),
}

PRIVACY_SCENARIOS = (
    Scenario(name="order_export", begins="draft_left", act=_order, pause=CLIENT_WAITS),
    Scenario(name="make_export", begins="export_relayed", act=deliver("documents")),
    Scenario(name="ask_for_erasure", begins="draft_left", act=_demand, pause=CLIENT_WAITS),
    Scenario(
        name="carry_out_erasure", begins="erasure_asked", act=fire("retention", "run_retention"), pause=NEXT_DUE_RUN
    ),
)
