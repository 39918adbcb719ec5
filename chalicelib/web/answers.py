"""What pages answer: a page, another address, or JSON for the scripts of a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chalicelib.http.responses import JSON, respond
from chalicelib.web import cookies
from chalicelib.web.homes import home_of, navigation_of
from chalicelib.web.rendering import address, render

if TYPE_CHECKING:
    from chalice.app import Response

    from chalicelib.web.visits import Visit

HTML = "text/html; charset=utf-8"
SEE_OTHER = 303
UNPROCESSABLE = 422

NOTICES = {
    "saved": "Сохранено",
    "submitted": "Заявление подано",
    "withdrawn": "Заявление отозвано",
    "code-sent": "Код отправлен",
    "consent-given": "Согласие принято",
    "consent-revoked": "Согласие отозвано",
    "confirmed": "Подтверждено",
    "added": "Добавлено",
    "ended": "Вы больше не представляете этого человека",
    "ordered": "Заказано: документ появится здесь через несколько секунд",
    "certificate-ordered": "Справка заказана",
    "attachment-asked": "Заявление о прикреплении отправлено в медицинскую организацию",
    "attachment-withdrawn": "Заявление о прикреплении отозвано",
    "appointment-asked": "Заявка передана в медицинскую организацию",
    "appointment-withdrawn": "Заявка отозвана",
    "delivery-cancelled": "Доставка отменена",
    "pickup-code-sent": "Новый код получения отправлен в СМС, прежний больше не действует",
    "address-changed": "Адрес доставки изменён",
    "registered": "Полис отправлен на проверку",
    "taken": "Заявление у вас в работе: 30 минут, каждое действие начинает срок заново",
    "released": "Заявление возвращено в очередь",
    "approved": "Заявление одобрено",
    "refused": "В заявлении отказано, заявителю отправлено сообщение",
    "asked": "Уточнение запрошено, заявителю отправлено сообщение",
    "proposed": "Предложено: решит второй оператор",
    "carried-out": "Исправление исполнено",
    "rejected": "Предложение отклонено",
    "sent-back": "Заявление отправлено на повторную проверку",
    "ticket-opened": "Обращение отправлено: номер и срок ответа ниже",
    "message-sent": "Сообщение отправлено",
    "ticket-closed": "Обращение закрыто: оцените, пожалуйста, ответ",
    "rated": "Спасибо за оценку",
    "ticket-taken": "Обращение у вас: отвечаете на него вы",
    "ticket-answered": "Ответ отправлен заявителю",
    "noted": "Заметка сохранена: её видят только коллеги",
    "handed-over": "Обращение передано",
    "ticket-settled": "Обращение закрыто, заявителю отправлена просьба оценить ответ",
    "employer-added": "Организация отправлена на проверку по реестру",
    "request-made": "Запрос создан: загрузите список сотрудников",
    "refreshed": "Строки проверяются заново",
    "allowed": "Разрешено: работодатель получит справку",
    "forbidden": "Запрещено: работодателю ничего не сообщат",
    "paper-ready": "Выписка ждёт в пункте выдачи, получателю отправлен код",
    "handed-to": "Выписка выдана",
    "parcel-formed": "Отправление сформировано: впишите трек-номер, когда его примет почта",
    "parcel-sent": "Отправлено: трек-номер отправлен заявителю",
    "appeal-filed": "Жалоба подана: номер и срок решения ниже",
    "answered": "Ответ отправлен, рассмотрение идёт дальше",
    "escalated": "Жалоба передана в территориальный фонд",
    "appeal-withdrawn": "Жалоба отозвана: тот же отказ можно обжаловать снова",
    "appeal-taken": "Жалоба у вас в работе: 30 минут, каждое действие начинает срок заново",
    "appeal-released": "Жалоба возвращена в список",
    "appeal-asked": "Вопрос задан, срок решения остановлен",
    "appeal-decided": "Жалоба решена, заявителю отправлено сообщение",
}
"""What a page says at the top after something was done: the address names one of these and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page from a template.

    ``storage`` is an origin to which a form of it sends files, or from which it shows pictures.
    """

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    storage: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirect:
    """Go to another page (or, as a full address, elsewhere) with GET."""

    to: str
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """JSON for a script of the page."""

    body: Mapping[str, Any]
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A text that a browser saves as a file."""

    name: str
    body: str
    content_type: str = JSON


Answer = Page | Redirect | Data | Download


def policy(storage: str = "") -> str:
    """The content-security policy of a page: nothing inline, nothing from elsewhere but the storage of files."""
    more = f" {storage}" if storage else ""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src data:; "
        f"connect-src 'self'{more}; img-src 'self' data:{more}; worker-src 'self'; manifest-src 'self'; "
        f"base-uri 'none'; form-action 'self'{more}; frame-ancestors 'none'"
    )


def present(answer: Answer, visit: Visit) -> Response:
    """Make the response of an answer."""
    if isinstance(answer, Data):
        body, kind, status = json.dumps(answer.body, ensure_ascii=False), JSON, answer.status
        extra: dict[str, str] = {}
    elif isinstance(answer, Download):
        body, kind, status = answer.body, answer.content_type, 200
        extra = {"Content-Disposition": f'attachment; filename="{answer.name}"'}
    elif isinstance(answer, Redirect):
        to = address(answer.to) if answer.to.startswith("/") else answer.to
        body, kind, status, extra = "", HTML, SEE_OTHER, {"Location": to}
    else:
        body, kind, status = render(answer.template, {**_common(visit), **answer.context}), HTML, answer.status
        extra = {"Content-Security-Policy": policy(answer.storage)}
    # With no-referrer a browser would name no origin for a form, and forgeries could not be told.
    headers = {"Referrer-Policy": "same-origin", **extra}
    response = respond(body, status=status, request_id=visit.request_id, headers=headers, content_type=kind)
    _set_cookies(response, visit, answer)
    return response


def _set_cookies(response: Response, visit: Visit, answer: Answer) -> None:
    lines = list(answer.cookies) if isinstance(answer, Redirect) else []
    if visit.is_new_browser:
        lines.append(cookies.put(cookies.browser_name(), visit.browser, seconds=cookies.BROWSER_KEPT_SECONDS))
    if lines:
        response.headers["Set-Cookie"] = lines


def _common(visit: Visit) -> dict[str, Any]:
    return {
        "visit": visit,
        "principal": visit.caller,
        "csrf": visit.csrf,
        "notice": NOTICES.get(visit.query.get("done", "")),
        "section": "",
        "home": home_of(visit.caller) if visit.caller else None,
        "navigation": navigation_of(visit.caller) if visit.caller else (),
    }
