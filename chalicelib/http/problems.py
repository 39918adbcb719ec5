"""Problem details (RFC 9457) of every refusal and failure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, TypeVar

from chalicelib.domain.electronic_signature import SignatureNotAccepted
from chalicelib.domain.errors import (
    DomainError,
    FieldError,
    InvalidValue,
    NotPermitted,
    RuleRefused,
    StateConflict,
    ValidationFailed,
)
from chalicelib.domain.operator_case import CaseTaken
from chalicelib.domain.proof_of_work import ProofNotAccepted
from chalicelib.domain.signing_code import CodeNotAccepted
from chalicelib.http.edge import HttpProblem
from chalicelib.ports.errors import (
    AlreadyExists,
    DependencyFailed,
    NotFound,
    PortError,
    PreconditionFailed,
    RateLimited,
    Rejected,
    StaleWrite,
    Throttled,
    Unavailable,
)

T = TypeVar("T")

MEDIA_TYPE = "application/problem+json; charset=utf-8"

#: Every class of error → the status of the answer and the title of the problem.
STATUS_BY_ERROR: dict[type[Exception], tuple[int, str]] = {
    DomainError: (422, "Действие невозможно"),
    InvalidValue: (422, "Недопустимое значение"),
    ValidationFailed: (422, "В данных есть ошибки"),
    CodeNotAccepted: (422, "Код не принят"),
    SignatureNotAccepted: (422, "Подпись не принята"),
    ProofNotAccepted: (403, "Нужно решить задание"),
    RuleRefused: (422, "Действие не допускается правилами страхования"),
    StateConflict: (409, "Действие не подходит к текущему состоянию"),
    CaseTaken: (409, "Заявление уже взято в работу"),
    NotPermitted: (403, "Недостаточно прав"),
    PortError: (500, "Внутренняя ошибка"),
    NotFound: (404, "Не найдено"),
    AlreadyExists: (409, "Уже существует"),
    StaleWrite: (409, "Данные изменились"),
    PreconditionFailed: (412, "Версия данных устарела"),
    RateLimited: (429, "Слишком много запросов"),
    DependencyFailed: (503, "Сервис временно недоступен"),
    Throttled: (503, "Сервис перегружен"),
    Unavailable: (503, "Сервис временно недоступен"),
    Rejected: (502, "Внешняя система отклонила запрос"),
}

#: Problems of the HTTP edge itself: code → status, title, what to do.
HTTP_PROBLEMS: dict[str, tuple[int, str, str]] = {
    "malformed_request": (400, "Запрос составлен неверно", "Проверьте тело и заголовки запроса"),
    "unauthorized": (401, "Требуется вход", "Войдите и повторите запрос"),
    "forbidden": (403, "Недостаточно прав", "Это действие вам недоступно"),
    "not_found": (404, "Не найдено", "Проверьте адрес"),
    "method_not_allowed": (
        405,
        "Метод не поддерживается",
        "Используйте метод из заголовка Allow",
    ),
    "not_acceptable": (
        406,
        "Формат ответа не поддерживается",
        "Укажите в заголовке Accept application/json",
    ),
    "payload_too_large": (413, "Слишком большой запрос", "Уменьшите тело запроса до 256 КБ"),
    "unsupported_media_type": (
        415,
        "Тип содержимого не поддерживается",
        "Отправьте тело как application/json в кодировке UTF-8",
    ),
    "precondition_required": (
        428,
        "Не указана версия данных",
        "Прочитайте данные и передайте их ETag в заголовке If-Match",
    ),
    "too_many_requests": (429, "Слишком много запросов", "Повторите запрос позже"),
    "internal_error": (
        500,
        "Внутренняя ошибка",
        "Повторите запрос позже; если ошибка повторится, сообщите номер запроса",
    ),
    "unavailable": (503, "Сервис временно недоступен", "Повторите запрос позже"),
}

_DETAIL_BY_ERROR: dict[type[Exception], str] = {
    NotFound: "Такой записи нет или она вам недоступна",
    AlreadyExists: "Такая запись уже есть",
    StaleWrite: "Обновите данные и повторите действие",
    RateLimited: "Повторите запрос позже",
    DependencyFailed: "Повторите запрос позже",
    Rejected: "Проверьте данные и обратитесь в поддержку, если ошибка повторится",
    DomainError: "Действие невозможно",
    PortError: "Повторите запрос позже; если ошибка повторится, сообщите номер запроса",
}


#: Attributes of errors that are shown as extension members.
_EXTENSIONS = ("reason", "rule", "possible_on", "free_at", "retry_after", "tries_left", "challenge")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem, ready to be presented."""

    status: int
    code: str
    title: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    extensions: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self, *, request_id: str) -> str:
        """Present the problem as the JSON body of an answer to the request ``request_id``."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "instance": f"urn:request:{request_id}",
        }
        if self.errors:
            body["errors"] = [{"field": e.field, "code": e.code, "message": e.message} for e in self.errors]
        body.update(self.extensions)
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def http_problem(code: str, detail: str | None = None, *, headers: Mapping[str, str] | None = None) -> Problem:
    """Build a problem of the HTTP edge; ``code`` is a key of ``HTTP_PROBLEMS``."""
    status, title, advice = HTTP_PROBLEMS[code]
    return Problem(status=status, code=code, title=title, detail=detail or advice, headers=headers or {})


def problem_of(error: Exception) -> Problem:
    """Map an error to its problem; an unknown error becomes a bare internal error."""
    if isinstance(error, HttpProblem):
        return http_problem(error.code, error.detail, headers=error.headers)
    if not isinstance(error, DomainError | PortError):
        return http_problem("internal_error")
    status, title = _nearest(STATUS_BY_ERROR, error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return http_problem("internal_error")
    extensions = _extensions(error)
    retry_after = extensions.get("retry_after")
    return Problem(
        status=status,
        code=error.code,
        title=title,
        detail=error.detail or _nearest(_DETAIL_BY_ERROR, error),
        errors=_errors(error),
        extensions=extensions,
        headers={} if retry_after is None else {"Retry-After": str(retry_after)},
    )


def all_codes() -> dict[str, tuple[int, str]]:
    """List every code that a problem may carry with its status and title."""
    codes = {code: (status, title) for code, (status, title, _) in HTTP_PROBLEMS.items()}
    for error, (status, title) in STATUS_BY_ERROR.items():
        codes.setdefault(error.code, (status, title))  # type: ignore[attr-defined]  # both trees carry `code`
    codes.pop(PortError.code)
    return codes


def _nearest(table: Mapping[type[Exception], T], error: Exception) -> T:
    return next(table[cls] for cls in type(error).__mro__ if cls in table)


def _errors(error: Exception) -> tuple[FieldError, ...]:
    if isinstance(error, ValidationFailed):
        return error.errors
    return ()


def _extensions(error: Exception) -> dict[str, Any]:
    found = {name: getattr(error, name, None) for name in _EXTENSIONS}
    found["reason"] = found["reason"] or getattr(error, "marker", None)
    if isinstance(error, Rejected):
        found["retry_after"] = None
    return {name: _written(value) for name, value in found.items() if value not in (None, "")}


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
