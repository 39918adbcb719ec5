"""Figures of operators' work with charts drawn on the server and a table beside each (requirement O3)."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.application import CATEGORY_TITLES, KIND_TITLES
from chalicelib.domain.application_states import STATE_TITLES, ApplicationState
from chalicelib.domain.birth_date import read_date
from chalicelib.domain.delivery_states import DELIVERY_STATE_TITLES
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.operator_case import REASON_TEXTS
from chalicelib.domain.principal import Role
from chalicelib.domain.refusal_catalogue import CATALOGUE, FREE_TEXT
from chalicelib.domain.regions import REGIONS
from chalicelib.use_cases.case_statistics import Period, Report, case_statistics
from chalicelib.use_cases.delivery_statistics import DeliveryReport, delivery_statistics
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.charts import Chart, Columns, chart, columns

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.case_statistics import Spread
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

_ASKED = ("from", "to", "region", "insurer")
_EARLIEST, _LATEST = date(2020, 1, 1), date(2099, 12, 31)
_HOUR = 3600
_TOOK = {
    "hour": "До часа",
    "day": "До суток",
    "three_days": "До трёх суток",
    "week": "До недели",
    "month": "До 30 суток",
    "longer": "Дольше 30 суток",
}
_READY, _REFUSED, _OPEN, _ENDED = "Одобрено", "Отказано", "В работе", "Отозвано или истекло"
_GROUPS = {
    ApplicationState.APPROVED: _READY,
    ApplicationState.READY: _READY,
    ApplicationState.REFUSED: _REFUSED,
    ApplicationState.WITHDRAWN: _ENDED,
    ApplicationState.EXPIRED: _ENDED,
}
_LATE = {"late": "Просрочено", "in_time": "В срок"}


@blueprint.page("GET", "/operator/statistics")
def statistics(visit: Visit) -> Answer:
    """The figures of a period, by default of the last thirty days."""
    told = {name: value for name in _ASKED if (value := visit.query.get(name, "").strip())}
    context: dict[str, Any] = {
        "section": "statistics",
        "told": told,
        "errors": [],
        "charts": [],
        "is_auditor": not visit.principal.has_role(Role.INSURER_OPERATOR, Role.FUND_OPERATOR),
        "regions": [{"code": code, "title": region.name} for code, region in REGIONS.items()],
    }
    try:
        context |= _figures(visit, told)
    except ValidationFailed as refusal:
        context["errors"] = [{"title": "", "message": error.message, "anchor": ""} for error in refusal.errors]
    status = UNPROCESSABLE if context["errors"] and told else 200
    return Page(template="pages/operator_statistics.html", context=context, status=status)


def _figures(visit: Visit, told: Mapping[str, str]) -> dict[str, Any]:
    asked: dict[str, Any] = {
        "tools": container(),
        "principal": visit.principal,
        "period": _period(told),
        "at": visit.at,
        "insurer": told.get("insurer"),
        "region": told.get("region"),
    }
    cases, papers = case_statistics(**asked), delivery_statistics(**asked)
    return {
        "since": cases.since,
        "last": cases.until - timedelta(days=1),
        "totals": _totals(cases, papers),
        "days": _days(cases),
        "charts": [*_charts_of_cases(cases), *_charts_of_papers(papers)],
    }


def _period(told: Mapping[str, str]) -> Period:
    """Read the days; people name the last one, the report ends before the next."""
    days = {}
    for name, title in {"from": "Первый день", "to": "Последний день"}.items():
        try:
            days[name] = read_date(text=told[name]) if name in told else None
        except InvalidValue:
            days[name] = date.min
        if (day := days[name]) is not None and not _EARLIEST <= day <= _LATEST:
            message = f"{title}: укажите день, месяц и год, например 01.03.2026"
            raise ValidationFailed([FieldError(field=name, code="wrong_date", message=message)])
    last = days["to"]
    return Period(since=days["from"], until=last + timedelta(days=1) if last else None)


def _totals(cases: Report, papers: DeliveryReport) -> list[tuple[str, str]]:
    figures = cases.figures
    return [
        ("Подано", str(figures.filed)),
        ("Ждут оператора", str(figures.waiting)),
        ("Просрочено", str(figures.overdue)),
        ("Решено", str(figures.decided)),
        ("Отказано", str(figures.refused)),
        ("Срок решения", _spread(figures.time_to_decision)),
        ("Выписок заказано", str(papers.figures.ordered)),
        ("Выписок вручено", str(papers.figures.arrived)),
        ("Срок доставки", _spread(papers.figures.time_to_arrival)),
    ]


def _spread(spread: Spread | None) -> str:
    if spread is None:
        return ""
    return f"половина — до {_hours(spread.median)} ч, девять из десяти — до {_hours(spread.p90)} ч"


def _hours(seconds: float) -> str:
    return f"{seconds / _HOUR:.1f}".replace(".", ",")


def _days(report: Report) -> Columns:
    """What was filed on each day of the period, by what became of it."""
    length = (report.until - report.since).days
    counts: dict[date, Counter[str]] = {}
    for day, states in report.figures.by_day.items():
        grouped = counts.setdefault(date.fromisoformat(day), Counter())
        for state, count in states.items():
            grouped[_GROUPS.get(ApplicationState(state), _OPEN)] += count
    days = [report.since + timedelta(days=place) for place in range(length)]
    return columns("days", "Подано по дням", days, counts, (_READY, _OPEN, _REFUSED, _ENDED))


def _charts_of_cases(report: Report) -> list[Chart]:
    figures = report.figures
    refusals = {code: entry.message for code, entry in CATALOGUE.items()} | {FREE_TEXT: "Своими словами оператора"}
    reasons = {reason.value: text.title for reason, text in REASON_TEXTS.items()}
    late = _late(figures.overdue, figures.filed)
    return [
        chart("states", "Заявления по состояниям", figures.by_state, _by_code(STATE_TITLES)),
        chart("kinds", "Заявления по видам", figures.by_kind, _by_code(KIND_TITLES)),
        chart("categories", "Заявления по категориям заявителей", figures.by_category, _by_code(CATEGORY_TITLES)),
        chart("late", "Сроки решений", late, _LATE),
        chart("took", "Сколько времени заняли решения", figures.decided_within, _TOOK, as_given=True),
        chart("waiting", "Почему ждут оператора", figures.waiting_by_reason, reasons),
        chart("refusals", "Отказы по причинам", figures.refusals_by_reason, refusals),
    ]


def _charts_of_papers(report: DeliveryReport) -> list[Chart]:
    figures = report.figures
    late = _late(figures.overdue, figures.ordered)
    return [
        chart("papers", "Выписки на бумаге по состояниям", figures.by_state, _by_code(DELIVERY_STATE_TITLES)),
        chart("papers-late", "Сроки доставки выписок", late, _LATE),
    ]


def _late(late: int, total: int) -> dict[str, int]:
    return {"late": late, "in_time": total - late} if total else {}


def _by_code(titles: Mapping[Any, str]) -> dict[str, str]:
    return {str(code.value): title for code, title in titles.items()}
