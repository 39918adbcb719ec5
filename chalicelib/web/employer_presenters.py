"""Employers and their requests as pages show them: details, stages, progress in words, files (requirement K2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.domain.employer import EmployerState
from chalicelib.domain.employer_request import CSV, RESTING, XLSX, OutputFile, RequestStage
from chalicelib.http.schemas.employers import employer_out, request_out
from chalicelib.web.form_fields import Field
from chalicelib.web.rendering import day, moment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.employer import Employer
    from chalicelib.domain.employer_request import EmployerRequest
    from chalicelib.http.schemas.employers import EmployerRequestOut

EMPLOYERS = "/cabinet/employers"
MINUTE = 60
TYPES = {XLSX: "Таблица Excel (XLSX)", CSV: "Текст с разделителями (CSV)"}
DETAILS = {
    "inn": ("ИНН", "10 цифр; у предпринимателя 12", True),
    "kpp": ("КПП", "9 цифр; у предпринимателя не бывает", False),
    "ogrn": ("ОГРН или ОГРНИП", "13 или 15 цифр, как в выписке из реестра", True),
    "bic": ("БИК банка", "9 цифр", True),
    "bank_account": ("Расчётный счёт", "20 цифр", True),
    "powers_number": ("Номер машиночитаемой доверенности", "Если вы не руководитель", False),
}
"""Field of the form → its title, its hint, and whether it is asked of everybody."""

ON_THE_FORM = {"account": "bank_account"}
"""What the form calls otherwise: every form says by ``account`` that somebody is signed in."""

OUTPUTS = {
    OutputFile.PDF: "Справки одним файлом (PDF)",
    OutputFile.ZIP: "Справка на каждого сотрудника (ZIP)",
    OutputFile.XLSX: "Таблица с ответами (XLSX)",
    OutputFile.JSON: "Данные для программы (JSON)",
}
_FILES = {**OUTPUTS, OutputFile.TO_MEND: "Строки, которые нужно исправить (XLSX)"}
_TONES = {EmployerState.PENDING: "wait", EmployerState.CONFIRMED: "good", EmployerState.REFUSED: "bad"}
_BASES = {"head": "Руководитель", "powers": "Доверенность"}


def fields_of(typed: Mapping[str, str], wrong: Mapping[str, str]) -> list[Field]:
    """The form of an organisation."""
    return [
        Field(
            path=name,
            title=title,
            type="text",
            value=typed.get(name, ""),
            error=wrong.get(name, ""),
            hint=hint,
            required=is_asked,
            inputmode="numeric" if name != "powers_number" else "",
        )
        for name, (title, hint, is_asked) in DETAILS.items()
    ]


def employer_row(employer: Employer) -> dict[str, Any]:
    """An organisation, in a list or on its page."""
    told = employer_out(employer)
    return {
        "employer": told,
        "address": f"{EMPLOYERS}/{told.id}",
        "name": told.name or f"ИНН {told.inn}",
        "tone": _TONES[employer.state],
        "basis": _BASES.get(told.basis, ""),
    }


def request_row(request: EmployerRequest, *, at: datetime) -> dict[str, Any]:
    """A request in a list."""
    told = request_out(request, at=at)
    return {
        "address": f"{EMPLOYERS}/{request.employer_id}/requests/{told.id}",
        "number": told.number,
        "period": period_of(told),
        "state": told.stage_title,
        "tone": "good" if request.stage is RequestStage.READY else "wait",
        "asked": moment(told.asked_at),
        "rows": told.progress.rows,
    }


def period_of(told: EmployerRequestOut) -> str:
    """The days that are asked about."""
    return f"на {day(told.from_on)}" if told.from_on == told.to_on else f"с {day(told.from_on)} по {day(told.to_on)}"


def request_page(request: EmployerRequest, *, at: datetime, just_sent: str) -> dict[str, Any]:
    """What the page of a request shows; it waits while rows are worked on, or for a file that was just sent."""
    told, is_resting = request_out(request, at=at), request.stage in RESTING
    awaited = any(one.list_id == just_sent and not one.is_read and not one.refusals for one in request.lists)
    here = f"{EMPLOYERS}/{request.employer_id}/requests/{told.id}"
    return {
        "asked": told,
        "address": here,
        "back": (f"{EMPLOYERS}/{request.employer_id}", "Организация"),
        "period": period_of(told),
        "waits": not is_resting or awaited,
        "is_resting": is_resting and not awaited,
        "is_ready": request.stage is RequestStage.READY,
        "has_rows": told.progress.rows > 0,
        "left": _left(told.progress.seconds_left) if not is_resting else "",
        "lists": [_list(one) for one in told.lists],
        "to_mend": sum(count.rows for count in told.counts if count.to_mend),
        "files": _files(told.files, here) if is_resting else [],
    }


def _left(seconds: int | None) -> str:
    if seconds is None:
        return "Сколько осталось, скажем, когда обработаем первые строки"
    return "Осталось меньше минуты" if seconds < MINUTE else f"Осталось примерно минут: {-(-seconds // MINUTE)}"


def _list(one: Any) -> dict[str, Any]:
    return {
        "title": f"Список {one.number}",
        "type": TYPES.get(one.media_type, one.media_type),
        "rows": one.rows,
        "is_read": one.is_read,
        "errors": [error.message for error in one.errors],
    }


def _files(names: list[str], here: str) -> list[dict[str, str]]:
    """What can be downloaded, in the order of the outputs; a large ZIP comes in parts."""
    found = []
    for code, title in _FILES.items():
        parts = [name for name in names if name.partition("-")[0] == code.value]
        for name in sorted(parts, key=lambda name: (len(name), name)):
            part = f", часть {name.partition('-')[2]}" if len(parts) > 1 else ""
            found.append({"title": f"{title}{part}", "address": f"{here}/files/{name}"})
    return found
