"""The page of components: what pages are made of, each shown once (for whoever writes another page)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from chalicelib.web.answers import Answer, Page
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.charts import chart, columns
from chalicelib.web.form_fields import Field
from chalicelib.web.ratings import Compared, Ratings, Score
from chalicelib.web.whom import Whom

if TYPE_CHECKING:
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

_CARD = {
    "title": "Полис ОМС",
    "state": "Действует",
    "number": "7754 9008 8500 0012",
    "name": "Примерова Анна Сергеевна",
    "rows": [("Страховая организация", "Пример-Мед"), ("Действует с", "01.03.2026")],
    "svg": "",
}
_WHOLE = 100
_OPTIONS = ({"code": "one", "title": "Первый", "hint": "С пояснением"}, {"code": "two", "title": "Второй", "hint": ""})


@blueprint.page("GET", "/ui")
def components(visit: Visit) -> Answer:
    """Every macro of templates/web/macros, with something to show."""
    fields = [
        Field(path="sample.name", title="Фамилия", type="text", hint="Как в документе", required=True),
        Field(path="sample.day", title="Дата", type="date", mask="date", short=True, error="Такой даты нет"),
        Field(path="sample.sort", title="Вид", type="choice", options=_OPTIONS, value="two"),
    ]
    moments = [
        {"title": "Подано", "at": "16.03.2026, 12:00", "text": "", "tone": ""},
        {"title": "Одобрено", "at": "17.03.2026, 09:30", "text": "", "tone": "good"},
        {"title": "Готово", "at": "не позднее 20.03.2026", "text": "", "tone": "to-come"},
    ]
    people = [{"code": "", "title": "Обо мне"}, {"code": "sample", "title": "Примеров Егор Алексеевич"}]
    context = {
        "card": _CARD,
        "fields": fields,
        "options": _OPTIONS,
        "moments": moments,
        "people": people,
        "about": Whom(),
        **_lists(),
        **_figures(),
    }
    return Page(template="pages/ui.html", context=context)


def _lists() -> dict[str, Any]:
    about = {"address": "/ui", "title": "Оформление полиса", "number": "2026-12345678-9", "created": "16.03.2026"}
    done = {**about, "state": "Готово", "tone": "good", "due": "", "is_for_another": False}
    due = {**about, "state": "В обработке", "tone": "", "due": "20.03.2026", "is_for_another": True}
    file = {"id": "sample", "title": "Полис ОМС", "note": "", "at": "16.03.2026, 12:00"}
    said = {"at": "16.03.2026, 12:00", "text": "Когда будет готов полис?", "is_mine": True, "is_internal": False}
    scan = {
        "id": "sample",
        "document": "Паспорт",
        "state": "Принята",
        "tone": "good",
        "message": "",
        "may_be_seen": True,
    }
    return {
        "talk": [
            {**said, "by": "Вы"},
            {**said, "by": "Поддержка", "text": "Завтра", "is_mine": False},
            {**said, "by": "Заметка для коллег", "text": "Проверить реестр", "is_internal": True},
        ],
        "scans": [scan],
        "applications": [done, due],
        "documents": [
            {**file, "is_ready": True, "is_superseded": False},
            {**file, "note": "сводный", "is_ready": False, "is_superseded": False},
            {**file, "is_ready": True, "is_superseded": True},
        ],
        "steps": [
            {"title": title, "address": "/ui", "is_here": place == 1, "is_done": place == 0}
            for place, title in enumerate(("О человеке", "Документ", "Подпись"))
        ],
    }


def _figures() -> dict[str, Any]:
    groups = ("Одобрено", "В работе")
    days = [date(2026, 3, day) for day in range(1, 15)]
    counts = {day: {"Одобрено": day.day % 5, "В работе": day.day % 3} for day in days}
    scores = tuple(
        Score(code=code, name=name, value=value, share=share, is_best=share == _WHOLE)
        for code, name, value, share in (("1", "Пример-Мед", "91,4", _WHOLE), ("2", "Образец-Мед", "87", 95))
    )
    line = Compared(title="Удовлетворённость по опросам", unit="процентов", hint="больше — лучше", scores=scores)
    return {
        "bars": chart("bars", "Столбцы с таблицей", {"a": 7, "b": 3}, {"a": "Первое", "b": "Второе"}),
        "days": columns("columns", "Столбцы по дням", days, counts, groups),
        "ratings": Ratings(year=2025, lines=(line,), firsts={}),
        "scores": {"years": [2025, 2024], "lines": [("Удовлетворённость по опросам", "процентов", ["91,4", "88,7"])]},
    }
