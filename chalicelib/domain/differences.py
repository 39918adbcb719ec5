"""What a correction changes, in words: the fields that matter, before and after, for the second operator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from chalicelib.domain.application import Application
from chalicelib.domain.application_states import STATE_TITLES, ApplicationState
from chalicelib.domain.attachment import Attachment, AttachmentBook
from chalicelib.domain.attachment_states import ATTACHMENT_STATE_TITLES, AttachmentState
from chalicelib.domain.corrections import Difference
from chalicelib.domain.insurance_certificate import STATE_TITLES as CERTIFICATE_STATE_TITLES
from chalicelib.domain.insurance_certificate import InsuranceCertificate, InsuranceCertificateState
from chalicelib.domain.legacy_registration import LEGACY_STATE_TITLES, LegacyPolicy, LegacyState
from chalicelib.domain.person import Contact, Death, Merger, Person
from chalicelib.domain.policy import POLICY_STATE_TITLES, InsurerPeriod, Policy, PolicyState, Suspension
from chalicelib.domain.records import DOCUMENT_FILE_TITLES, DocumentType, Pointer, StoredDocument
from chalicelib.domain.representation import Representation
from chalicelib.domain.temporary_certificate import TemporaryCertificate

if TYPE_CHECKING:
    from chalicelib.domain.changes import Change, Thing

TITLES: Mapping[type[Thing], str] = {
    Person: "Человек",
    Policy: "Полис",
    TemporaryCertificate: "Временное свидетельство",
    Application: "Заявление",
    Representation: "Представитель",
    LegacyPolicy: "Регистрация полиса прежнего образца",
    Attachment: "Прикрепление",
    AttachmentBook: "Прикрепления по участку",
    InsuranceCertificate: "Справка о страховании",
    StoredDocument: "Документ",
    Pointer: "Поиск по идентификатору",
}

SHOWN: Mapping[type[Thing], Mapping[str, str]] = {
    Person: {
        "family_name": "фамилия",
        "given_name": "имя",
        "middle_name": "отчество",
        "born_on": "дата рождения",
        "sex": "пол",
        "snils": "СНИЛС",
        "phone": "телефон",
        "email": "почта",
        "address": "адрес",
        "policy_number": "ЕНП",
        "document": "документ",
        "death": "день смерти",
        "merged": "объединена с записью",
        "merged_from": "ведут записи",
    },
    Policy: {
        "person_id": "чей",
        "policy_number": "ЕНП",
        "state": "состояние",
        "valid_from": "действует с",
        "valid_until": "срок",
        "category": "категория",
        "periods": "страховые организации",
        "suspensions": "приостановления",
        "ended_on": "прекращён с",
        "end_reason": "причина",
        "utc_offset_hours": "часы от UTC",
    },
    TemporaryCertificate: {"person_id": "чьё", "state": "состояние", "ended_at": "прекращено"},
    Application: {
        "person_id": "о ком",
        "account_id": "кто ведёт",
        "state": "состояние",
        "needs_operator": "ждёт оператора",
    },
    Representation: {
        "person_id": "кого",
        "state": "состояние",
        "born_on": "дата рождения",
        "until_on": "до какого дня",
        "end_reason": "причина",
    },
    LegacyPolicy: {"state": "состояние"},
    Attachment: {"state": "состояние", "detached_on": "откреплён с"},
    AttachmentBook: {},
    InsuranceCertificate: {"state": "состояние"},
    StoredDocument: {"document_type": "вид", "superseded": "заменён"},
    Pointer: {"person_id": "ведёт к записи"},
}
"""Kind of thing → the fields that are shown, in order, with their titles."""

_NAMES: Mapping[type[Thing], str] = {
    Policy: "policy_id",
    TemporaryCertificate: "number",
    Application: "number",
    InsuranceCertificate: "number",
    Pointer: "kind",
}


def differences(change: Change) -> tuple[Difference, ...]:
    """The fields that a change changes; technical ones are left out."""
    thing = change.thing
    kind = type(thing)
    found = []
    for name, title in SHOWN[kind].items():
        before, after = _told(change.before, name), _told(change.after, name)
        if before != after:
            found.append(Difference(of=_of(change), field=title, before=before, after=after))
    return tuple(found)


def _of(change: Change) -> str:
    title = TITLES[type(change.thing)]
    name = _NAMES.get(type(change.thing))
    if change.before is None:
        # Its id is drawn when the correction is carried out.
        return f"{title}: новая запись"
    told = getattr(change.before, name) if name else None
    return f"{title} {told}" if told else title


def _told(thing: Thing | None, name: str) -> str:
    return "" if thing is None else words(getattr(thing, name))


def words(value: Any) -> str:
    """A value as an operator reads it; nothing is an empty text."""
    return next(tell(value) for kind, tell in _WORDS if isinstance(value, kind))


def _span(name: str, since: date, until: date | None) -> str:
    return f"{name}: с {since.isoformat()}" + (f" до {until.isoformat()}" if until else "")


_WORDS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (type(None), lambda _: ""),
    (bool, lambda value: "да" if value else "нет"),
    (tuple, lambda value: "; ".join(words(part) for part in value)),
    (Mapping, lambda value: ", ".join(str(part) for part in value.values() if part)),
    (PolicyState, lambda value: POLICY_STATE_TITLES[value]),
    (ApplicationState, lambda value: STATE_TITLES[value]),
    (LegacyState, lambda value: LEGACY_STATE_TITLES[value]),
    (AttachmentState, lambda value: ATTACHMENT_STATE_TITLES[value]),
    (InsuranceCertificateState, lambda value: CERTIFICATE_STATE_TITLES[value]),
    (DocumentType, lambda value: DOCUMENT_FILE_TITLES[value]),
    (InsurerPeriod, lambda value: _span(value.insurer_code, value.insured_from, value.insured_until)),
    (Suspension, lambda value: _span(value.reason, value.from_on, value.until_on)),
    (Contact, lambda value: value.value),
    (Death, lambda value: value.died_on.isoformat()),
    (Merger, lambda value: value.into),
    (date, lambda value: value.isoformat()),
    (object, str),
)
"""Kind of value → its words; the first that fits."""
