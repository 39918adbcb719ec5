"""The sections of a form and the words that their fields may hold (requirement B3)."""

from __future__ import annotations

from collections.abc import Mapping

Form = Mapping[str, Mapping[str, str]]

_ADDRESS = frozenset({"index", "region", "city", "street", "house", "flat"})
_DOCUMENT = frozenset({"type", "series", "number", "issuer", "issuer_code", "issued_on", "expires_on"})

SECTIONS: Mapping[str, frozenset[str]] = {
    "person": frozenset(
        {
            "family_name",
            "given_name",
            "middle_name",
            "sex",
            "born_on",
            "birthplace",
            "citizenship",
            "snils",
            "inn",
            "employment",
        }
    ),
    "identity_document": _DOCUMENT,
    "status_document": _DOCUMENT - {"issuer_code"},
    "basis": frozenset({"number", "organisation", "issued_on", "valid_until", "stay_until"}),
    "registration_address": _ADDRESS,
    "residence_address": _ADDRESS,
    "contacts": frozenset({"phone", "email"}),
    "insurer": frozenset({"code", "change_reason"}),
    "options": frozenset({"policy_form", "name_in_qr", "existing_policy_number"}),
    "representative": frozenset(
        {
            "family_name",
            "given_name",
            "middle_name",
            "document_type",
            "document_series",
            "document_number",
            "powers_number",
            "powers_issuer",
            "powers_issued_on",
            "powers_valid_until",
            "second_parent",
            "second_parent_name",
        }
    ),
    "replacement": frozenset({"reason", "comment"}),
    "suspension": frozenset({"reason", "from_on", "until_on"}),
    "resumption": frozenset({"from_on"}),
    "refusal": frozenset({"understood"}),
    "delivery": frozenset(
        {"method", "office", "index", "region", "city", "street", "house", "flat", "recipient", "recipient_name"}
    ),
}

EMPLOYMENT = {"working": "Работающий", "non_working": "Неработающий"}
"""Classifier F009."""

POLICY_FORMS = {"digital": "Цифровой полис", "paper_extract": "Выписка на бумаге"}

REPLACEMENT_REASONS = {
    "data_changed": "Изменились персональные данные",
    "error_found": "Найдена ошибка в сведениях",
    "damaged": "Полис испорчен",
    "lost": "Полис утрачен",
}
"""Reasons of a reissue (OID 1.2.643.2.40.5.100 …6.9): 1 data changed, 2 error, 3 worn out, 4 lost."""

SUSPENSION_REASONS = {
    "military_service": "Военная служба или приравненная к ней",
    "left_country": "Выезд на постоянное жительство за границу",
    "lost_right": "Утрата права на страхование",
}

SECOND_PARENT = {
    "consents": "Второй родитель согласен",
    "absent": "Второго родителя нет или он лишён родительских прав",
}

DELIVERY_METHODS = {"office": "В пункте выдачи страховой организации", "post": "Почтой"}
RECIPIENTS = {"self": "Сам заявитель", "representative": "Представитель с доверенностью"}
UNDERSTOOD = {"yes": "Понимаю, что останусь без полиса ОМС"}
