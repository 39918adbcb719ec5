"""The fixed parts of the OpenAPI document: problems, headers, security and tags."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from chalicelib.http.problems import HTTP_PROBLEMS, STATUS_BY_ERROR

_PROBLEM_TYPE = "application/problem+json"
_RETRIED = (429, 503)

#: Groups of operations, in the order of the document.
TAGS: dict[str, str] = {
    "insurers": "Страховые медицинские организации",
    "signing": "Подтверждение личности и подпись",
    "applications": "Заявления",
    "scans": "Скан-копии документов",
    "decisions": "Решения по заявлениям",
    "certificates": "Временные свидетельства",
    "policies": "Полисы",
    "deliveries": "Доставка выписок на бумаге",
    "insurer-changes": "Смена страховой организации",
    "verification": "Проверка действительности",
    "civil-registry": "Записи о рождении из органов ЗАГС",
    "notifications": "Уведомления",
    "appeals": "Обжалование",
    "persons": "Люди: карточка, дубликаты, страхование на день",
    "corrections": "Исправления с четырьмя глазами",
    "audit": "Журнал действий",
    "operators": "Работа операторов",
    "administration": "Администрирование",
    "keys": "Открытые ключи",
    "health": "Состояние сервиса",
}

_TITLES = {status: title for status, title, _ in HTTP_PROBLEMS.values()} | {
    502: "Внешняя система отклонила запрос",
    409: "Действие не подходит к текущему состоянию",
    412: "Версия данных устарела",
    422: "В данных есть ошибки",
}

_PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "Описание ошибки по RFC 9457",
    "required": ["type", "title", "status", "detail", "code", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "Вид ошибки"},
        "title": {"type": "string", "description": "Название вида ошибки"},
        "status": {"type": "integer", "description": "Статус ответа"},
        "detail": {"type": "string", "description": "Что случилось и как это исправить"},
        "code": {"type": "string", "description": "Постоянный код вида ошибки"},
        "instance": {"type": "string", "format": "uri", "description": "Номер запроса"},
        "errors": {
            "type": "array",
            "description": "Ошибки всех полей сразу",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string", "description": "Путь к полю через точку"},
                    "code": {"type": "string", "description": "Постоянный код ошибки"},
                    "message": {"type": "string", "description": "Как исправить"},
                },
            },
        },
        "reason": {"type": "string", "description": "Код нарушенного правила"},
        "rule": {"type": "string", "description": "Норма, на которой основан отказ"},
        "possible_on": {
            "type": "string",
            "format": "date",
            "description": "Дата, с которой действие станет возможным",
        },
        "retry_after": {"type": "integer", "description": "Через сколько секунд повторить"},
        "free_at": {
            "type": "string",
            "format": "date-time",
            "description": "Когда заявление освободится",
        },
        "tries_left": {"type": "integer", "description": "Сколько попыток осталось"},
        "challenge": {"type": "object", "description": "Новое задание, как в ответе GET /v1/challenges"},
    },
    "example": {
        "type": "/problems/validation_failed",
        "title": "В данных есть ошибки",
        "status": 422,
        "detail": "Исправьте отмеченные поля",
        "code": "validation_failed",
        "instance": "urn:request:6d3f5c1e",
        "errors": [{"field": "snils", "code": "snils_checksum", "message": "Проверьте номер"}],
    },
}


def components(definitions: dict[str, Any]) -> dict[str, Any]:
    """Build the components around the ``definitions`` of the models."""
    return {
        "schemas": {**dict(sorted(definitions.items())), "Problem": _PROBLEM_SCHEMA},
        "securitySchemes": {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "Токен OpenID Connect (RS256 или ES256)",
            }
        },
        "headers": {
            "ETag": {"description": "Версия данных для If-Match", "schema": {"type": "string"}},
            "Location": {"description": "Адрес созданного", "schema": {"type": "string"}},
            "RetryAfter": {
                "description": "Через сколько секунд повторить",
                "schema": {"type": "integer"},
            },
            "RequestId": {"description": "Номер запроса", "schema": {"type": "string"}},
        },
    }


def refusal(status: int) -> dict[str, Any]:
    """Describe the answer with a problem of this status."""
    titles = dict(STATUS_BY_ERROR.values())
    response: dict[str, Any] = {
        "description": _TITLES.get(status) or titles.get(status) or HTTPStatus(status).phrase,
        "headers": {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}},
        "content": {_PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _RETRIED:
        response["headers"]["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    return response
