"""Certificates of insurance as pages show them (requirement K3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.asked_period import AskedPeriod
from chalicelib.domain.insurance_certificate import (
    CERTIFICATE_REFUSALS,
    FINAL_CERTIFICATE_STATES,
    NO_POLICY,
    STATE_TITLES,
    InsuranceCertificate,
    InsuranceCertificateState,
    SendBy,
)
from chalicelib.web.insurance import qr_of
from chalicelib.web.rendering import day, moment, policy_number

if TYPE_CHECKING:
    from chalicelib.domain.coverage import Stretch
    from chalicelib.ports.folders import PersonFile

_STATE = InsuranceCertificateState
TONES = {_STATE.PROCESSING: "wait", _STATE.APPROVED: "wait", _STATE.READY: "good", _STATE.REFUSED: "bad"}
_SENT = {SendBy.DOWNLOAD: "скачивание здесь", SendBy.EMAIL: "ссылка на электронную почту"}
_WAYS_OUT = {
    NO_POLICY: (
        ("/cabinet/old-policy", "Зарегистрировать полис, который уже есть"),
        ("/cabinet/applications/new?kind=first_policy", "Подать заявление на первый полис"),
    )
}
"""Refusal → where it is mended."""


def row_of(found: InsuranceCertificate) -> dict[str, Any]:
    """One row of a list."""
    return {
        "title": f"Справка {_period(found)}",
        "number": found.number,
        "state": STATE_TITLES[found.state],
        "tone": TONES.get(found.state, "quiet"),
        "asked": moment(found.asked_at),
        "note": "на русском и английском" if found.bilingual else "",
    }


def page_of(found: InsuranceCertificate, file: PersonFile) -> dict[str, Any]:
    """Everything that the page of one shows."""
    return {
        "id": found.certificate_id,
        "item": row_of(found),
        "is_waited_for": found.state not in FINAL_CERTIFICATE_STATES,
        "is_ready": found.state is _STATE.READY,
        "is_revoked": found.state is _STATE.REVOKED,
        "refusal": _refusal(found),
        "facts": _facts(found, file),
        "verdict": _verdict(found),
        "stretches": _stretches(found),
        "moments": _moments(found),
        "svg": qr_of(file, found.document_id) if found.state is _STATE.READY else "",
    }


def _period(found: InsuranceCertificate) -> str:
    last = AskedPeriod(from_on=found.from_on, until_on=found.until_on).last_day
    return f"за {day(last)}" if last == found.from_on else f"с {day(found.from_on)} по {day(last)}"


def _facts(found: InsuranceCertificate, file: PersonFile) -> list[tuple[str, str]]:
    person = file.person
    return [
        ("Номер справки", found.number),
        ("О ком", person.full_name if person else ""),
        ("Дата рождения", day(person.born_on) if person else ""),
        ("Номер полиса (ЕНП)", policy_number(found.policy_number)),
        ("Период", _period(found)),
        ("Язык", "русский и английский" if found.bilingual else "русский"),
        ("Получение", _SENT[found.send_by]),
        ("Заказана", moment(found.asked_at)),
    ]


def _verdict(found: InsuranceCertificate) -> str:
    if not found.stretches:
        return ""
    return "Застрахован(а) все дни периода" if found.is_continuous else "Застрахован(а) с перерывами"


def _stretches(found: InsuranceCertificate) -> list[dict[str, Any]]:
    names = container().store.insurer_name
    return [
        {
            "days": _days(stretch),
            "insurer": names(code=stretch.insurer_code) if stretch.insurer_code else "",
        }
        for stretch in found.stretches
    ]


def _days(stretch: Stretch) -> str:
    first, last = day(stretch.from_on), day(stretch.last_day)
    return first if first == last else f"{first} – {last}"


def _refusal(found: InsuranceCertificate) -> dict[str, Any] | None:
    if not found.refusal_code:
        return None
    refusal = CERTIFICATE_REFUSALS[found.refusal_code]
    return {
        "message": refusal.message,
        "mend": refusal.mend,
        "possible_on": found.possible_on,
        "ways_out": _WAYS_OUT.get(found.refusal_code, ()),
    }


def _moments(found: InsuranceCertificate) -> list[dict[str, str]]:
    """What happened, oldest first, and the document that is still to come."""
    shown = [
        {
            "title": STATE_TITLES[step.state],
            "at": moment(step.at),
            "text": "",
            "tone": TONES.get(step.state, "") if step.state in FINAL_CERTIFICATE_STATES else "",
        }
        for step in found.history
    ]
    if found.state not in FINAL_CERTIFICATE_STATES:
        to_come = {"title": STATE_TITLES[_STATE.READY], "at": "обычно в течение минуты", "text": "", "tone": "to-come"}
        shown.append(to_come)
    return shown
