"""The form of an application, section by section (requirements B2, B3)."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import Field

from chalicelib.http.models import In

Text = str | None


_LONG = 300


def _text(description: str, example: str) -> str | None:
    field: str | None = Field(default=None, max_length=_LONG, description=description, examples=[example])
    return field


class PersonSection(In):
    """Who applies."""

    family_name: Text = _text("Фамилия, как в документе", "Примерова")
    given_name: Text = _text("Имя, как в документе", "Анна")
    middle_name: Text = _text("Отчество, если есть", "Сергеевна")
    sex: Text = _text("Пол: male или female", "female")
    born_on: Text = _text("Дата рождения, ГГГГ-ММ-ДД или ДД.ММ.ГГГГ; без дня или месяца ГГГГ-ММ, ГГГГ", "1990-05-14")
    birthplace: Text = _text("Место рождения, как в документе", "г. Москва")
    citizenship: Text = _text("Гражданство, код страны", "RUS")
    snils: Text = _text("СНИЛС, с разделителями или без", "900-000-001 82")
    inn: Text = _text("ИНН, если есть", "500100732259")
    employment: Text = _text("Занятость: working или non_working", "working")


class IdentityDocumentSection(In):
    """The identity document; the type is a code of classifier F011 (14 is the Russian passport)."""

    type: Text = _text("Вид документа, код F011", "14")
    series: Text = _text("Серия", "00 20")
    number: Text = _text("Номер", "900001")
    issuer: Text = _text("Кем выдан", "ОВД района Пример")
    issuer_code: Text = _text("Код подразделения", "770-001")
    issued_on: Text = _text("Дата выдачи", "2020-09-01")
    expires_on: Text = _text("Срок действия, если есть", "2030-09-01")


class AddressSection(In):
    """A postal address; the region is a code of classifier F010."""

    index: Text = _text("Почтовый индекс", "101000")
    region: Text = _text("Регион, код F010", "77")
    city: Text = _text("Город или населённый пункт", "Москва")
    street: Text = _text("Улица", "Примерная улица")
    house: Text = _text("Дом", "1")
    flat: Text = _text("Квартира", "2")


class ContactsSection(In):
    """Where to write and call."""

    phone: Text = _text("Телефон", "+7 900 000-00-01")
    email: Text = _text("Электронная почта", "citizen@example.org")


class InsurerSection(In):
    """The chosen insurer; why it is changed, if it is."""

    code: Text = _text("Код страховой организации", "77012")
    change_reason: Text = _text("Основание смены: by_wish, moved, insurer_left", "by_wish")


class OptionsSection(In):
    """Wishes."""

    policy_form: Text = _text("Форма полиса: digital или paper_extract", "digital")
    name_in_qr: Text = _text("Записать имя в код: yes или no", "no")
    existing_policy_number: Text = _text("Номер имеющегося полиса", "7856130840000017")


class StatusDocumentSection(In):
    """The permit to reside, by classifier F011: 11 permanent, 23 temporary."""

    type: Text = _text("Вид документа, код F011", "11")
    series: Text = _text("Серия", "82")
    number: Text = _text("Номер", "0123456")
    issuer: Text = _text("Кем выдан", "ГУ МВД для примера")
    issued_on: Text = _text("Дата выдачи", "2025-03-01")
    expires_on: Text = _text("Действует до", "2030-03-01")


class BasisSection(In):
    """The ground of the stay: labour contract, powers or studies."""

    number: Text = _text("Номер договора, документа о полномочиях или справки", "12/2026")
    organisation: Text = _text("Работодатель, орган или учебное заведение", "ООО «Пример»")
    issued_on: Text = _text("Дата документа", "2026-02-01")
    valid_until: Text = _text("Последний день срока", "2027-01-31")
    stay_until: Text = _text("Срок пребывания по уведомлению о прибытии", "2027-01-31")


class RepresentativeSection(In):
    """Who acts for the person; filled from the account of who signs."""

    family_name: Text = _text("Фамилия представителя", "Примерова")
    given_name: Text = _text("Имя представителя", "Анна")
    middle_name: Text = _text("Отчество представителя", "Сергеевна")
    document_type: Text = _text("Вид документа представителя, код F011", "14")
    document_series: Text = _text("Серия документа представителя", "00 20")
    document_number: Text = _text("Номер документа представителя", "900001")
    powers_number: Text = _text("Номер документа о полномочиях", "77 АВ 1234567")
    powers_issuer: Text = _text("Кто выдал документ о полномочиях", "нотариус Примеров И. И.")
    powers_issued_on: Text = _text("Дата документа о полномочиях", "2026-01-15")
    powers_valid_until: Text = _text("Последний день полномочий, если он есть", "2027-01-14")
    second_parent: Text = _text("Второй родитель: consents или absent", "consents")
    second_parent_name: Text = _text("Второй родитель: фамилия, имя, отчество", "Примеров Алексей Ильич")


class ReplacementSection(In):
    """Why the policy is made anew."""

    reason: Text = _text("Причина: data_changed, error_found, damaged или lost", "data_changed")
    comment: Text = _text("В чём ошибка или что изменилось", "Сменилась фамилия")


class SuspensionSection(In):
    """Why, from when and until when the policy rests."""

    reason: Text = _text("Причина: military_service, left_country или lost_right", "military_service")
    from_on: Text = _text("С какого дня", "2026-04-01")
    until_on: Text = _text("До какого дня, если известно (этот день уже не входит)", "2027-04-01")


class ResumptionSection(In):
    """From when the policy is valid again."""

    from_on: Text = _text("С какого дня", "2027-04-01")


class RefusalSection(In):
    """Giving the policy up."""

    understood: Text = _text("yes, если последствия понятны", "yes")


class DeliverySection(In):
    """How the paper comes, and to whom."""

    method: Text = _text("Способ: office или post", "post")
    office: Text = _text("Код пункта выдачи", "001")
    index: Text = _text("Почтовый индекс", "101000")
    region: Text = _text("Регион, код F010", "77")
    city: Text = _text("Город или населённый пункт", "Москва")
    street: Text = _text("Улица", "Примерная улица")
    house: Text = _text("Дом", "1")
    flat: Text = _text("Квартира", "2")
    recipient: Text = _text("Кто получит: self или representative", "self")
    recipient_name: Text = _text("Фамилия, имя, отчество представителя", "Примеров Алексей Ильич")


class FormIn(In):
    """Sections of a form; what is left out stays as it is, a given section is replaced whole."""

    person: PersonSection | None = None
    identity_document: IdentityDocumentSection | None = None
    registration_address: AddressSection | None = None
    residence_address: AddressSection | None = None
    contacts: ContactsSection | None = None
    insurer: InsurerSection | None = None
    options: OptionsSection | None = None
    status_document: StatusDocumentSection | None = None
    basis: BasisSection | None = None
    representative: RepresentativeSection | None = None
    replacement: ReplacementSection | None = None
    suspension: SuspensionSection | None = None
    resumption: ResumptionSection | None = None
    refusal: RefusalSection | None = None
    delivery: DeliverySection | None = None

    def sections(self) -> dict[str, dict[str, str]]:
        """The given sections with their filled fields."""
        dumped = self.model_dump(exclude_none=True)
        return {name: dict(section) for name, section in dumped.items()}


_TITLES = {
    "person": "Кто застрахован",
    "identity_document": "Документ, удостоверяющий личность",
    "registration_address": "Адрес регистрации",
    "residence_address": "Адрес места жительства",
    "contacts": "Как с вами связаться",
    "insurer": "Страховая организация",
    "options": "Пожелания",
    "status_document": "Документ о праве на проживание",
    "basis": "Основание пребывания",
    "representative": "Представитель",
    "replacement": "Переоформление",
    "suspension": "Приостановление",
    "resumption": "Возобновление",
    "refusal": "Отказ от полиса",
    "delivery": "Доставка",
}

_CHOICES = {
    "sex": "sexes",
    "citizenship": "countries",
    "employment": "employment",
    "type": "identity-documents",
    "document_type": "identity-documents",
    "region": "regions",
    "change_reason": "change-reasons",
    "policy_form": "policy-forms",
    "name_in_qr": "yes-no",
    "second_parent": "second-parent",
    "method": "delivery-methods",
    "recipient": "recipients",
    "understood": "understood",
}
_REASONS = {"replacement": "replacement-reasons", "suspension": "suspension-reasons"}
_DATES = ("_on", "_until")


def form_sections() -> list[dict[str, Any]]:
    """Every section with its fields, as a client needs them to build a form: title, type, dictionary, example."""
    return [
        {"section": name, "title": _TITLES[name], "fields": _fields(name, get_args(field.annotation)[0])}
        for name, field in FormIn.model_fields.items()
    ]


def _fields(section: str, model: type[In]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": field.description,
            "example": (field.examples or [""])[0],
            "max_length": _LONG,
            **_type_of(section, name),
        }
        for name, field in model.model_fields.items()
    ]


def _type_of(section: str, name: str) -> dict[str, str]:
    if name.endswith(_DATES):
        return {"type": "date"}
    if section == "insurer" and name == "code":
        return {"type": "choice", "list": "/v1/insurers"}
    dictionary = _REASONS.get(section) if name == "reason" else _CHOICES.get(name)
    return {"type": "choice", "list": f"/v1/dictionaries/{dictionary}"} if dictionary else {"type": "text"}
