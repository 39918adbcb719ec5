"""Lambda: the schedule of what falls due: applications, policies, powers, deliveries, appeals, change files."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any

from chalice.app import Blueprint, Rate

from chalicelib.events.runtime import moment, run_schedule
from chalicelib.use_cases import run_due as due
from chalicelib.use_cases.run_appeals import run_appeals
from chalicelib.use_cases.run_attachments import run_attachments
from chalicelib.use_cases.run_deliveries import run_deliveries
from chalicelib.use_cases.run_exchange import run_exchange
from chalicelib.use_cases.run_policy_steps import run_policy_steps
from chalicelib.use_cases.run_representations import run_representations
from chalicelib.use_cases.run_tickets import run_tickets

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.bootstrap import Container

blueprint = Blueprint(__name__)


@blueprint.schedule(Rate(5, unit=Rate.MINUTES), name="run_due")
def run_due(event: Any) -> None:
    """Do all that is due, kind by kind; one that fails does not keep the others."""
    with ExitStack() as later:
        for name, job in _JOBS.items():
            later.callback(run_schedule, name, partial(_run, job, event))


_JOBS = {
    "run_due": due.run_due,
    "run_policy_steps": run_policy_steps,
    "run_representations": run_representations,
    "run_deliveries": run_deliveries,
    "run_appeals": run_appeals,
    "run_tickets": run_tickets,
    "run_attachments": run_attachments,
    "run_exchange": run_exchange,
}


def _run(job: Callable[..., object], event: Any, tools: Container) -> object:
    return job(tools=tools, at=moment(event, tools))
