"""Extracts on paper, to be broken at every call: ordered, handed over, sent, cancelled, and what time brings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.faults import papers
from tests.faults.scenarios import CLIENT_WAITS, NEXT_DUE_RUN, Scenario, deliver, drafted, fire, submit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig


def paper_drafted(wish: dict[str, str], *, days: int) -> Callable[[Rig], None]:
    """Let ``days`` pass first: what begins at the same moment gets the same ids, and the same names of its files."""

    def lead(rig: Rig) -> None:
        rig.settle()
        rig.sleep(timedelta(days=days))
        rig.waiting.clear()
        drafted(rig, {"kind": "paper_extract"}, {"delivery": wish})
        rig.waiting.clear()

    return lead


def paper_approved(rig: Rig) -> None:
    """Submit the draft and let the registers approve it."""
    submit(rig)
    rig.step("verification")


def paper_ordered(rig: Rig) -> str:
    """Carry out the application; returns the id of the delivery."""
    rig.step("issuance", "notifications")
    return papers.newest(rig)


def _paper_ready(rig: Rig) -> None:
    papers.PREPARE(rig, papers.newest(rig))
    rig.step("notifications")
    rig.sleep(timedelta(minutes=2))


def _papers_due(rig: Rig) -> None:
    """One paper has to go back, the time of another in the office is over, a third is late."""
    _paper_ready(rig)
    for days, wish in ((6, papers.AT_OFFICE), (16, papers.BY_POST)):
        paper_drafted(wish, days=days)(rig)
        paper_approved(rig)
        paper_ordered(rig)
        if wish is papers.AT_OFFICE:
            _paper_ready(rig)
    rig.sleep(timedelta(days=9))
    rig.schedule("due", "run_due")
    rig.sleep(timedelta(days=7))
    rig.step("notifications")


def _with_paper(act: Callable[[Rig, str], None]) -> Callable[[Rig], None]:
    """Do something with the delivery that was ordered last."""
    return lambda rig: act(rig, papers.newest(rig))


PAPER_STAGES: dict[str, tuple[str, Callable[[Rig], object]]] = {
    "post_drafted": ("approved", paper_drafted(papers.BY_POST, days=1)),
    "post_approved": ("post_drafted", paper_approved),
    "post_ordered": ("post_approved", paper_ordered),
    "parcel_formed": ("post_ordered", _with_paper(papers.FORM)),
    "parcel_sent": ("parcel_formed", _with_paper(papers.SEND)),
    "address_asked": ("post_ordered", _with_paper(papers.asked_for_address)),
    "office_drafted": ("approved", paper_drafted(papers.AT_OFFICE, days=3)),
    "office_approved": ("office_drafted", paper_approved),
    "office_ordered": ("office_approved", paper_ordered),
    "office_ready": ("office_ordered", _paper_ready),
    "papers_due": ("office_ordered", _papers_due),
}

_ACTS = (
    ("cancel_delivery", "post_ordered", papers.CANCEL),
    ("ask_for_address", "post_ordered", papers.ASK_FOR_ADDRESS),
    ("change_address", "address_asked", papers.change_address),
    ("renew_pickup_code", "office_ready", papers.RENEW_CODE),
    ("prepare_paper", "office_ordered", papers.PREPARE),
    ("hand_over", "office_ready", papers.hand_over),
    ("form_parcel", "post_ordered", papers.FORM),
    ("send_parcel", "parcel_formed", papers.SEND),
    ("parcel_delivered", "parcel_sent", papers.DELIVER),
)

PAPER_SCENARIOS = (
    Scenario(name="order_paper", begins="post_approved", act=deliver("issuance")),
    Scenario(name="papers_due", begins="papers_due", act=fire("due", "run_due"), pause=NEXT_DUE_RUN),
    *(Scenario(name=name, begins=begins, act=_with_paper(act), pause=CLIENT_WAITS) for name, begins, act in _ACTS),
)
