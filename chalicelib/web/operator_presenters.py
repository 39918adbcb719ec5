"""Cases as operators' pages show them: rows of the queue, checks, scans, the history (requirements O2, D3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.application_states import FINAL_STATES
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.decision import FINDINGS
from chalicelib.domain.scan import ScanState
from chalicelib.domain.supporting_documents import DOCUMENT_TITLES
from chalicelib.http.schemas.operators import case_out, case_row
from chalicelib.web.form_fields import field_names, field_title, section_title, shown_value
from chalicelib.web.rendering import moment
from chalicelib.web.words import ACTORS

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.domain.case_summary import CaseSummary
    from chalicelib.domain.principal import Principal
    from chalicelib.domain.scan import Scan
    from chalicelib.use_cases.view_case import Case

_K, _S = CheckKind, CheckStatus

CHECK_TITLES = {
    _K.IDENTITY: "Личность: регистр населения",
    _K.PASSPORT: "Действительность паспорта",
    _K.SNILS: "СНИЛС",
    _K.INN: "ИНН",
    _K.ADDRESS: "Адрес регистрации",
    _K.INSURED_PERSON: "Регистр застрахованных лиц",
    _K.BIRTH_RECORD: "Запись о рождении",
    _K.MIGRATION_STATUS: "Право пребывания в стране",
    _K.POWERS: "Полномочия представителя",
    _K.ORGANISATION: "Организация",
}
STATUSES = {
    _S.CONFIRMED: ("Подтверждено", "good"),
    _S.MISMATCH: ("Не совпадает", "bad"),
    _S.NOT_FOUND: ("Не найдено", "wait"),
    _S.PENDING: ("Ждём ответа", "quiet"),
    _S.UNAVAILABLE: ("Реестр не отвечает", "wait"),
}
SCAN_STATES = {
    ScanState.AWAITING_UPLOAD: ("Не загружена", "quiet"),
    ScanState.ACCEPTED: ("Принята", "good"),
    ScanState.REJECTED: ("Не подошла", "bad"),
    ScanState.REPLACED: ("Заменена", "quiet"),
}
DATA_TITLES = {
    "enp": "Номер полиса",
    "insurer_code": "Код страховой организации",
    "insured_from": "Застрахован с",
    "insured_until": "Застрахован до",
    "region": "Регион",
    "valid_until": "Действует до",
}


def path_of(application_id: str) -> str:
    """The page of a case."""
    return f"/operator/applications/{application_id}"


def row_of_queue(case: CaseSummary, *, principal: Principal, at: datetime) -> dict[str, Any]:
    """One row of the queue; nothing about the person."""
    row = case_row(case, principal=principal, at=at)
    return {"row": row, "address": path_of(row.id), "held": held_by(row.lease)}


def held_by(lease: Any) -> str:
    """Who works on it now, and until when."""
    if lease is None:
        return ""
    return "У вас в работе" if lease.is_mine else f"У другого оператора до {moment(lease.until)}"


def case_context(case: Case, *, principal: Principal, at: datetime) -> dict[str, Any]:
    """What the page of a case shows of it."""
    shown = case_out(case, principal=principal, at=at)
    application = case.file.application
    return {
        "case": shown,
        "address": path_of(shown.id),
        "held": held_by(shown.lease),
        "is_mine": shown.lease is not None and shown.lease.is_mine,
        "is_over": application.state in FINAL_STATES,
        "parts": _parts(application),
        "mistakes": [{"title": field_title(e.field), "message": e.message, "anchor": ""} for e in case.errors],
        "missing": [DOCUMENT_TITLES[document] for document in case.missing_documents],
        "checks": [_check(answer) for answer in shown.checks],
        "scans": [scan_row(scan) for scan in case.file.scans],
        "moments": [_moment(step) for step in shown.history],
    }


def _parts(application: Application) -> list[dict[str, Any]]:
    parts = []
    for name in application.form:
        rows = [
            (field_title(f"{name}.{field}"), shown_value(f"{name}.{field}", value))
            for field in field_names(name)
            if (value := application.section(name).get(field))
        ]
        if rows:
            parts.append({"title": section_title(name), "rows": rows})
    return parts


def _check(answer: Any) -> dict[str, Any]:
    title, tone = STATUSES[answer.status]
    data = [(DATA_TITLES.get(name, name), value) for name, value in answer.data.items()]
    when = moment(answer.answered_at) if answer.answered_at else ""
    return {
        "title": CHECK_TITLES[answer.kind],
        "state": title,
        "tone": tone if answer.is_current else "quiet",
        "is_current": answer.is_current,
        "reasons": [FINDINGS[code].message if code in FINDINGS else code for code in answer.reasons],
        "rows": [
            *data,
            ("Ответ получен", when),
            ("Попыток", str(answer.attempts)),
            ("Версия реестра", answer.register_version),
            ("Версия правил", answer.rules_version),
            ("Номер запроса", answer.request_id),
        ],
    }


def scan_row(scan: Scan) -> dict[str, Any]:
    """A scan as operators see it, before they open it."""
    title, tone = SCAN_STATES[scan.state]
    return {
        "id": scan.scan_id,
        "document": DOCUMENT_TITLES[scan.document],
        "state": title,
        "tone": tone,
        "message": scan.message,
        "may_be_seen": scan.state in {ScanState.ACCEPTED, ScanState.REPLACED} and scan.view_pages > 0,
    }


def _moment(step: Any) -> dict[str, str]:
    by = ACTORS.get(step.by, step.by) if step.by != "person" else "Заявитель"
    told = [by, step.organisation, step.note]
    return {"title": step.title, "at": moment(step.at), "text": " · ".join(filter(None, told)), "tone": ""}
