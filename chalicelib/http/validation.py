"""Parsing of bodies and query strings, and the Russian wording of what is wrong with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.http.edge import HttpProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.http.routes import Signature

M = TypeVar("M", bound=BaseModel)

MAX_BODY_BYTES = 256 * 1024
_MAX_ERRORS = 100
_MAX_FIELD_LENGTH = 200
_NOT_JSON = "json_invalid"

#: Type of a pydantic error → the stable code and the message, with the context's numbers.
_MESSAGES: dict[str, tuple[str, str]] = {
    "missing": ("required", "Заполните это поле"),
    "extra_forbidden": ("unknown_field", "Такого поля нет: уберите его"),
    "string_type": ("not_a_string", "Укажите строку"),
    "string_unicode": ("not_a_string", "Уберите недопустимые символы"),
    "string_too_short": ("too_short", "Укажите не меньше {min_length} симв."),
    "string_too_long": ("too_long", "Сократите до {max_length} симв."),
    "string_pattern_mismatch": ("wrong_format", "Проверьте формат значения"),
    "int_type": ("not_an_integer", "Укажите целое число"),
    "int_parsing": ("not_an_integer", "Укажите целое число"),
    "int_parsing_size": ("not_an_integer", "Укажите целое число поменьше"),
    "int_from_float": ("not_an_integer", "Укажите целое число"),
    "float_type": ("not_a_number", "Укажите число"),
    "float_parsing": ("not_a_number", "Укажите число"),
    "finite_number": ("not_a_number", "Укажите конечное число"),
    "decimal_type": ("not_a_number", "Укажите число"),
    "decimal_parsing": ("not_a_number", "Укажите число"),
    "bool_type": ("not_a_boolean", "Укажите true или false"),
    "bool_parsing": ("not_a_boolean", "Укажите true или false"),
    "date_type": ("not_a_date", "Укажите дату в виде ГГГГ-ММ-ДД"),
    "date_parsing": ("not_a_date", "Укажите дату в виде ГГГГ-ММ-ДД"),
    "birth_date": (
        "not_a_date",
        "Укажите дату рождения: ДД.ММ.ГГГГ или ГГГГ-ММ-ДД; без дня ГГГГ-ММ, без месяца ГГГГ",
    ),
    "date_from_datetime_parsing": ("not_a_date", "Укажите дату в виде ГГГГ-ММ-ДД"),
    "date_from_datetime_inexact": ("not_a_date", "Укажите дату в виде ГГГГ-ММ-ДД"),
    "date_past": ("not_in_the_past", "Укажите дату в прошлом"),
    "date_future": ("not_in_the_future", "Укажите дату в будущем"),
    "datetime_type": ("not_a_datetime", "Укажите дату и время в виде ISO 8601"),
    "datetime_parsing": ("not_a_datetime", "Укажите дату и время в виде ISO 8601"),
    "datetime_from_date_parsing": ("not_a_datetime", "Укажите дату и время в виде ISO 8601"),
    "timezone_aware": ("no_time_zone", "Укажите часовой пояс"),
    "enum": ("not_allowed", "Выберите одно из значений: {expected}"),
    "literal_error": ("not_allowed", "Выберите одно из значений: {expected}"),
    "greater_than": ("too_small", "Укажите значение больше {gt}"),
    "greater_than_equal": ("too_small", "Укажите значение не меньше {ge}"),
    "less_than": ("too_large", "Укажите значение меньше {lt}"),
    "less_than_equal": ("too_large", "Укажите значение не больше {le}"),
    "multiple_of": ("wrong_step", "Укажите значение, кратное {multiple_of}"),
    "too_short": ("too_few", "Добавьте элементы: нужно не меньше {min_length}"),
    "too_long": ("too_many", "Уберите лишние элементы: можно не больше {max_length}"),
    "list_type": ("not_a_list", "Укажите список"),
    "tuple_type": ("not_a_list", "Укажите список"),
    "set_type": ("not_a_list", "Укажите список"),
    "frozen_set_type": ("not_a_list", "Укажите список"),
    "dict_type": ("not_an_object", "Укажите объект"),
    "model_type": ("not_an_object", "Укажите объект"),
    "model_attributes_type": ("not_an_object", "Укажите объект"),
    "dataclass_type": ("not_an_object", "Укажите объект"),
    "none_required": ("not_allowed", "Оставьте поле пустым"),
    "union_tag_invalid": ("not_allowed", "Выберите одно из значений: {expected_tags}"),
    "union_tag_not_found": ("required", "Заполните поле {discriminator}"),
    "url_type": ("not_a_link", "Укажите ссылку"),
    "url_parsing": ("not_a_link", "Укажите ссылку"),
    "url_scheme": ("not_a_link", "Укажите ссылку, которая начинается с https://"),
    "uuid_type": ("wrong_format", "Проверьте формат значения"),
    "uuid_parsing": ("wrong_format", "Проверьте формат значения"),
    "nul_character": ("forbidden_character", "Уберите нулевой символ"),
    "repeated": ("repeated", "Укажите этот параметр один раз"),
    "fhir_patient": ("one_of", "Укажите identifier, _id либо family, given и birthdate"),
    "fhir_coverage": ("one_of", "Укажите identifier либо beneficiary"),
    "fhir_beneficiary": ("one_of", "Укажите beneficiary; по номеру ищут через POST _search"),
    "fhir_organization": ("one_of", "Укажите identifier либо name"),
    "fhir_reference": ("one_of", "Укажите reference или identifier"),
    "one_of": ("one_of", "Передайте что-то одно: questions или csv"),
    "coordinates": ("both_coordinates", "Укажите обе координаты: latitude и longitude"),
    "address": ("street_and_house", "Укажите и улицу, и дом"),
}


class _NoParameters(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


_UNKNOWN = ("invalid_value", "Проверьте значение")


def parse_body(model: type[M], raw: bytes) -> M:
    """Read a JSON body.

    Raises:
        HttpProblem: 413 over 256 KB, 400 no body or not well-formed JSON in UTF-8.
        ValidationFailed: every error of every field.
    """
    if len(raw) > MAX_BODY_BYTES:
        raise HttpProblem("payload_too_large")
    if not raw.strip():
        raise HttpProblem("malformed_request", "Передайте тело запроса в формате JSON")
    _check_json(raw)
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        _refuse(error)


def parse_query(model: type[M], given: Mapping[str, list[str]] | None) -> M:
    """Read query parameters; a list field takes every value of its parameter.

    Raises:
        ValidationFailed: every error, also unknown and repeated parameters.
    """
    lists = {info.alias or name for name, info in model.model_fields.items() if _is_list(info.annotation)}
    values: dict[str, Any] = {}
    errors: list[FieldError] = []
    for name, texts in (given or {}).items():
        if any("\x00" in text for text in texts):
            errors.append(_field_error(name, "nul_character", {}))
        elif name not in lists and len(texts) > 1:
            errors.append(_field_error(name, "repeated", {}))
        values[name] = list(texts) if name in lists else texts[-1]
    if errors:
        raise ValidationFailed(errors)
    try:
        return model.model_validate(values)
    except ValidationError as error:
        _refuse(error)


def read_query(signature: Signature, given: Any) -> dict[str, BaseModel]:
    """Read the query for a handler; one that takes none refuses every parameter."""
    if signature.query is None and not given:
        return {}
    values = {name: given.getlist(name) for name in given} if given else {}
    if signature.query is None:
        parse_query(_NoParameters, values)
        return {}
    return {"query": parse_query(signature.query, values)}


def field_errors(error: ValidationError) -> list[FieldError]:
    """Word the errors of pydantic in Russian, without the values that caused them."""
    found = error.errors(include_url=False, include_input=False)
    return [_field_error(_path(item["loc"]), item["type"], item.get("ctx") or {}) for item in found[:_MAX_ERRORS]]


def _refuse(error: ValidationError) -> NoReturn:
    if any(item["type"] == _NOT_JSON for item in error.errors(include_input=False)):
        raise HttpProblem("malformed_request", "Тело запроса – не JSON в кодировке UTF-8") from None
    raise ValidationFailed(field_errors(error)) from None


def _field_error(field: str, kind: str, context: Mapping[str, Any]) -> FieldError:
    cause = context.get("error")
    if kind == "value_error" and isinstance(cause, InvalidValue):
        return FieldError(field=field, code=cause.reason, message=cause.detail)
    code, template = _MESSAGES.get(kind, _UNKNOWN)
    safe = {name: str(value).replace(" or ", " или ") for name, value in context.items()}
    return FieldError(field=field, code=code, message=template.format_map(safe))


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)[:_MAX_FIELD_LENGTH]


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) in (list, tuple, set, frozenset):
        return True
    return any(_is_list(part) for part in get_args(annotation))


def _check_json(raw: bytes) -> None:
    # pydantic's parser keeps the last of duplicate keys and lets NaN and NUL through.
    try:
        document = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant)
        has_nul = b"\\u0000" in raw and _has_nul(document)
    except (ValueError, RecursionError):
        raise HttpProblem("malformed_request", "Тело запроса – не JSON в кодировке UTF-8") from None
    if has_nul:
        raise HttpProblem("malformed_request", "Уберите из тела запроса нулевые символы")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise HttpProblem("malformed_request", "Уберите повторы полей из тела запроса")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any("\x00" in key or _has_nul(part) for key, part in value.items())
    return isinstance(value, list) and any(_has_nul(part) for part in value)
