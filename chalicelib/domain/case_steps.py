"""The steps of a case: left to an operator, taken, held, given back, asked about; the decision's clock (B9, O2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.operator_case import LEASE_FOR, Attention, CaseTaken, Lease, WaitReason
from chalicelib.domain.regions import end_of_day, find_region, home_region
from chalicelib.domain.working_days import RUSSIAN_CALENDAR

if TYPE_CHECKING:
    from chalicelib.domain.application import Application


def leave_to_operator(application: Application, *, reason: WaitReason, at: datetime, detail: str = "") -> Application:
    """Let a person decide: no register is asked any more until an operator says so.

    Who had taken the case because it was late keeps it.
    """
    attention = Attention(reason=reason, since=at, detail=detail)
    return replace(application, needs_operator=True, attention=attention, delay=None)


def off_the_queue(application: Application, *, returns: bool = False) -> Application:
    """The case needs no operator now: somebody decided, asked, or sent it back; ``returns`` if the answer will."""
    return replace(application, needs_operator=False, attention=None, lease=None, returns_to_operator=returns)


def may_be_worked_on(application: Application) -> bool:
    """Whether an operator may act: nobody else will decide, or the registers are late beyond the due date (D2)."""
    late = application.is_overdue and application.state is ApplicationState.IN_PROCESSING
    return application.needs_operator or late


def needs_attention(application: Application) -> bool:
    """Whether the case stands in the queue: it waits for a person, or its decision is late (F9)."""
    return application.needs_operator or (application.is_overdue and application.policy_id is None)


def wait_reason(application: Application) -> WaitReason:
    """Why the case stands in the queue."""
    if application.attention is not None:
        return application.attention.reason
    return WaitReason.UNSPECIFIED if application.needs_operator else WaitReason.OVERDUE


def waits_since(application: Application) -> datetime:
    """When the case came into the queue: left to an operator, or late since the end of its due day."""
    if application.attention is not None:
        return application.attention.since
    if application.needs_operator or application.due_on is None:
        return application.updated_at
    return end_of_day(application.due_on, home_region(form=application.form))


def holder_at(application: Application, *, at: datetime) -> Lease | None:
    """The lease that stands at a moment, if any."""
    lease = application.lease
    return lease if lease is not None and lease.stands_at(at) else None


def take(application: Application, *, operator_id: str, at: datetime) -> Application:
    """Give the case to an operator, or begin the time of who has it anew.

    Raises:
        StateConflict: it waits for no operator.
        CaseTaken: another operator works on it; says until when by the applicant's local clock.
    """
    if not may_be_worked_on(application):
        raise StateConflict("Заявление не ждёт решения оператора")
    if _not_anothers(application, operator_id=operator_id, at=at) is not None:
        return renewed(application, operator_id=operator_id, at=at)
    return replace(application, lease=Lease(operator_id=operator_id, taken_at=at, until=at + LEASE_FOR))


def renewed(application: Application, *, operator_id: str, at: datetime) -> Application:
    """Begin the time of who holds the case anew; the same application if it is not theirs."""
    held = holder_at(application, at=at)
    if held is None or held.operator_id != operator_id:
        return application
    return replace(application, lease=replace(held, until=at + LEASE_FOR))


def give_back(application: Application, *, operator_id: str, at: datetime) -> Application:
    """Let others take the case; raises CaseTaken if it is another operator's."""
    _not_anothers(application, operator_id=operator_id, at=at)
    return replace(application, lease=None)


def require_lease(application: Application, *, operator_id: str, at: datetime) -> None:
    """Refuse who does not hold the case.

    Raises:
        StateConflict: it waits for no operator, or nobody has taken it.
        CaseTaken: another operator works on it.
    """
    if not may_be_worked_on(application):
        raise StateConflict("Заявление не ждёт решения оператора")
    if _not_anothers(application, operator_id=operator_id, at=at) is None:
        raise StateConflict("Сначала возьмите заявление в работу: срок, на который его брали, прошёл или не начинался")


def _not_anothers(application: Application, *, operator_id: str, at: datetime) -> Lease | None:
    held = holder_at(application, at=at)
    if held is not None and held.operator_id != operator_id:
        region = find_region(code=home_region(form=application.form))
        hours = timedelta(hours=region.utc_offset_hours)
        clock = f"{held.until.astimezone(UTC) + hours:%H:%M}"
        detail = f"С заявлением работает другой оператор; оно освободится не позже {clock} по времени заявителя"
        raise CaseTaken(detail, free_at=held.until)
    return held


def check_anew(application: Application) -> Application:
    """Ask every register again, as another question: the earlier answers are kept apart."""
    return replace(
        application,
        earlier_checks=(*application.earlier_checks, *application.checks),
        checks=(),
        check_round=application.check_round + 1,
        delay=None,
    )


def go_on_with_the_clock(application: Application, *, on: date) -> Application:
    """After a clarification the decision is due later by the working days that were waited; the history tells it.

    ``on`` is the local day on which the wait ended. The last step of the history is the end of the wait.
    """
    asked, due_on = application.clarification, application.due_on
    if asked is None or due_on is None:
        return application
    waited = RUSSIAN_CALENDAR.working_days_between(start=asked.asked_on or on, end=on)
    due_on = RUSSIAN_CALENDAR.add_working_days(start=due_on, days=waited)
    *earlier, ended = application.history
    return replace(
        application,
        clarification=None,
        due_on=due_on,
        is_overdue=application.is_overdue and due_on < on,
        history=(*earlier, replace(ended, paused_days=waited, due_on=due_on)),
    )
