"""Refusals of the gateway itself in Russian: RFC 9457 problem details for programs, a page for browsers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus

from chalicelib.http.plain_page import plain_page

PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One kind of refusal: what the client is told, and how long it should wait (seconds)."""

    status: int
    code: str
    title: str
    detail: str
    retry_after: int | None = None
    close: bool = False


class Refused(Exception):
    """The gateway answers by itself, without (or instead of) the app's answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


MALFORMED_REQUEST = Problem(
    status=400,
    code="malformed_request",
    title="Запрос не разобран",
    detail="Запрос нарушает правила HTTP. Исправьте его и повторите.",
    close=True,
)
MALFORMED_URL = Problem(
    status=400,
    code="malformed_url",
    title="Адрес записан неверно",
    detail="В адресе есть неверная %-последовательность или недопустимый знак. Исправьте адрес.",
)
MALFORMED_BODY = Problem(
    status=400,
    code="malformed_body",
    title="Тело запроса не прочитано",
    detail="Тело запроса должно быть текстом в кодировке UTF-8.",
)
UNAUTHORIZED = Problem(
    status=401,
    code="unauthorized",
    title="Требуется вход",
    detail="Войдите и повторите запрос с действующим токеном в заголовке Authorization.",
)
FORBIDDEN = Problem(
    status=403,
    code="forbidden",
    title="Доступ запрещён",
    detail="У вас нет права на это действие.",
)
NOT_FOUND = Problem(
    status=404,
    code="not_found",
    title="Не найдено",
    detail="По этому адресу и с этим методом ничего нет. Проверьте адрес.",
)
BODY_TOO_SLOW = Problem(
    status=408,
    code="request_timeout",
    title="Запрос не получен вовремя",
    detail="Тело запроса передавалось слишком долго. Повторите запрос.",
    close=True,
)
TOO_LARGE = Problem(
    status=413,
    code="request_too_large",
    title="Запрос слишком велик",
    detail="Уменьшите запрос. Файлы загружайте по выданной для них ссылке.",
    close=True,
)
TOO_MANY = Problem(
    status=429,
    code="too_many_requests",
    title="Слишком много запросов",
    detail="Повторите запрос позже: срок указан в заголовке Retry-After.",
)
HEADERS_TOO_LARGE = Problem(
    status=431,
    code="headers_too_large",
    title="Заголовки слишком велики",
    detail="Сократите адрес и заголовки запроса.",
    close=True,
)
AUTHORIZER_FAILED = Problem(
    status=500,
    code="authorizer_failed",
    title="Вход не проверен",
    detail="Проверка токена не удалась по нашей вине. Повторите запрос позже.",
)
INTERNAL = Problem(
    status=500,
    code="internal_error",
    title="Внутренняя ошибка",
    detail="Запрос не выполнен по нашей вине. Повторите его позже.",
)
BAD_ANSWER = Problem(
    status=502,
    code="bad_gateway",
    title="Сервис ответил неверно",
    detail="Ответ сервиса нельзя передать. Повторите запрос позже.",
)
OVERLOADED = Problem(
    status=503,
    code="overloaded",
    title="Сервис перегружен",
    detail="Сейчас слишком много запросов. Повторите через несколько секунд.",
    retry_after=1,
)
TIMED_OUT = Problem(
    status=504,
    code="timeout",
    title="Сервис не ответил вовремя",
    detail="Запрос мог быть выполнен. Повторите его с тем же Idempotency-Key.",
)


def problem_body(problem: Problem, request_id: str) -> bytes:
    """Render the problem+json body."""
    return json.dumps(
        {
            "type": "about:blank",
            "title": problem.title,
            "status": problem.status,
            "detail": problem.detail,
            "code": problem.code,
            "instance": f"urn:request:{request_id}",
            "request_id": request_id,
        },
        ensure_ascii=False,
    ).encode()


def problem_page(problem: Problem, request_id: str) -> bytes:
    """Render the page of a refusal."""
    return plain_page(title=problem.title, detail=problem.detail, request_id=request_id, home="/").encode()


def problem_headers(problem: Problem, extra: dict[str, str], content_type: str = PROBLEM) -> list[tuple[bytes, bytes]]:
    """Headers of a refusal: content type, Retry-After, and the CORS headers given as ``extra``."""
    headers = {**extra, "Content-Type": content_type, "Cache-Control": "no-store"}
    if problem.retry_after is not None:
        headers["Retry-After"] = str(problem.retry_after)
    if problem.close:
        headers["Connection"] = "close"
    if problem.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return [(name.lower().encode("latin-1"), text.encode("latin-1")) for name, text in headers.items()]
