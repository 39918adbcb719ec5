"""Appeals as pages show them: rows of a list, the clock, the history in words (requirement L1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.appeal_rules import LEVELS, REASONS, SUBJECTS, TOPICS, reasons_for
from chalicelib.domain.appeal_states import APPEAL_STATE_TITLES, AppealEvent, AppealState
from chalicelib.domain.working_days import RUSSIAN_CALENDAR
from chalicelib.http.schemas.appeals import appeal_out
from chalicelib.web.rendering import day, moment

if TYPE_CHECKING:
    from datetime import date, datetime

    from chalicelib.domain.appeal import Appeal
    from chalicelib.domain.appeal_rules import SubjectKind

MINE = "/cabinet/appeals"
DESK = "/operator/appeals"
_S, _E = AppealState, AppealEvent
TONES = {
    _S.DRAFT: "quiet",
    _S.QUESTION_ASKED: "wait",
    _S.UPHELD: "good",
    _S.REJECTED: "bad",
    _S.REJECTED_FINALLY: "bad",
    _S.WITHDRAWN: "quiet",
    _S.EXPIRED: "quiet",
}
EVENT_TITLES = {
    _E.FILE: "Жалоба подана",
    _E.ASK: "Задан вопрос: срок решения остановлен",
    _E.ANSWER: "Ответ получен: срок идёт дальше",
    _E.GO_ON: "Ответа не было: рассматривается то, что есть",
    _E.UPHOLD: "Жалоба удовлетворена",
    _E.REJECT: "В жалобе отказано",
    _E.ESCALATE: "Передана в территориальный фонд",
    _E.WITHDRAW: "Жалоба отозвана",
    _E.EXPIRE: "Черновик не подан в срок",
}


def row_of(appeal: Appeal) -> dict[str, Any]:
    """One row of the list of one's own appeals."""
    return {
        "address": f"{MINE}/{appeal.appeal_id}",
        "title": SUBJECTS[appeal.refused.kind].title,
        "about": appeal.refused.number,
        "number": appeal.number,
        "state": APPEAL_STATE_TITLES[appeal.state],
        "tone": TONES.get(appeal.state, ""),
        "begun": day(appeal.created_at.date()),
        "due": day(appeal.due_on) if appeal.state is AppealState.FILED else "",
        "is_waiting": appeal.state in {AppealState.DRAFT, AppealState.QUESTION_ASKED},
    }


def shown(appeal: Appeal, *, at: datetime) -> dict[str, Any]:
    """What both sides see of an appeal."""
    told = appeal_out(appeal)
    return {
        "appeal": told,
        "tone": TONES.get(appeal.state, ""),
        "reasons": [REASONS[code].title for code in appeal.reasons],
        "clock": clock_of(appeal, at=at),
        "moments": moments_of(appeal),
        "undone": SUBJECTS[appeal.refused.kind].undone,
        "decisions": [
            {"told": made, "level": LEVELS[made.level].title, "at": moment(made.decided_at)} for made in told.decisions
        ],
    }


def clock_of(appeal: Appeal, *, at: datetime) -> dict[str, str] | None:
    """The clock of working days: until when, how many are left, or that it stands still."""
    if not appeal.is_open or appeal.due_on is None:
        return None
    if appeal.question is not None:
        return {
            "title": "Срок решения остановлен",
            "text": f"Ждём ответа на вопрос до {day(appeal.question.until_on)}. На дни ожидания срок сдвинется.",
            "tone": "wait",
        }
    if appeal.is_overdue:
        return {"title": f"Срок решения прошёл {day(appeal.due_on)}", "text": "", "tone": "bad"}
    left = working_days_left(appeal.due_on, today=appeal.local_day(at))
    return {"title": f"Решение не позднее {day(appeal.due_on)}", "text": f"Осталось рабочих дней: {left}", "tone": ""}


def working_days_left(due_on: date, *, today: date) -> int:
    """How many working days are left until a day."""
    return RUSSIAN_CALENDAR.working_days_between(start=today, end=due_on)


def moments_of(appeal: Appeal) -> list[dict[str, str]]:
    """What happened, oldest first, and the decision that is still to come."""
    found = [
        {
            "title": EVENT_TITLES[step.event] if step.event else APPEAL_STATE_TITLES[step.state],
            "at": moment(step.at),
            "text": _told(step.text, step.paused_days),
            "tone": TONES.get(step.state, "") if step.state in {_S.UPHELD, _S.REJECTED, _S.REJECTED_FINALLY} else "",
        }
        for step in appeal.history
    ]
    if appeal.is_open:
        due = f"не позднее {day(appeal.due_on)}" if appeal.question is None else "срок остановлен"
        found.append({"title": "Решение", "at": due, "text": "", "tone": "to-come"})
    return found


def _told(text: str, paused: int | None) -> str:
    waited = f"Срок сдвинулся, рабочих дней: {paused}" if paused else ""
    return "\n".join(filter(None, (text, waited)))


def reason_choices(subject: SubjectKind) -> list[dict[str, str]]:
    """The reasons that fit what was refused."""
    return [
        {"code": code, "title": REASONS[code].title, "hint": "Опишите ниже" if REASONS[code].needs_text else ""}
        for code in reasons_for(subject)
    ]


def topic_choices() -> list[dict[str, str]]:
    """The topics of the journal of appeals."""
    return [{"code": code, "title": f"{code}. {title}"} for code, title in TOPICS.items()]
