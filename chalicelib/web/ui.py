"""The page of components: what pages are made of, each shown once (for whoever writes another page)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.web.answers import Answer, Page
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.form_fields import Field

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
_OPTIONS = ({"code": "one", "title": "Первый", "hint": "С пояснением"}, {"code": "two", "title": "Второй", "hint": ""})


@blueprint.page("GET", "/ui")
def components(visit: Visit) -> Answer:
    """Headings, buttons, notes, tags, fields with mistakes, choices, facts, the timeline and the card of a policy."""
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
    context = {"card": _CARD, "fields": fields, "options": _OPTIONS, "moments": moments}
    return Page(template="pages/ui.html", context=context)
