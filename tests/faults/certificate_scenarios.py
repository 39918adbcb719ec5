"""Certificates of insurance, to be broken at every call: asked for, decided, made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.faults.scenarios import CLIENT_WAITS, Scenario, deliver

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig


def _insured(rig: Rig) -> None:
    rig.settle()
    rig.waiting.clear()


def _ask(rig: Rig) -> None:
    asked = rig.api("POST", "/v1/me/insurance-certificates", {"year": 2026}, key="certificate-1")
    assert asked["id"]


def _relayed(rig: Rig) -> None:
    rig.step()


def _approved(rig: Rig) -> None:
    deliver("documents")(rig)
    rig.step()


CERTIFICATE_STAGES: dict[str, tuple[str, Callable[[Rig], object]]] = {
    "insured": ("approved", _insured),
    "certificate_asked": ("insured", _ask),
    "certificate_relayed": ("certificate_asked", _relayed),
    "certificate_approved": ("certificate_relayed", _approved),
}

CERTIFICATE_SCENARIOS = (
    Scenario(name="ask_for_certificate", begins="insured", act=_ask, pause=CLIENT_WAITS),
    Scenario(name="decide_certificate", begins="certificate_relayed", act=deliver("documents")),
    Scenario(name="make_certificate", begins="certificate_approved", act=deliver("documents")),
)
