"""The form of an application, section by section (requirement B3)."""

from __future__ import annotations

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
    born_on: Text = _text("Дата рождения, ГГГГ-ММ-ДД или ДД.ММ.ГГГГ", "1990-05-14")
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


class FormIn(In):
    """Sections of a form; what is left out stays as it is, a given section is replaced whole."""

    person: PersonSection | None = None
    identity_document: IdentityDocumentSection | None = None
    registration_address: AddressSection | None = None
    residence_address: AddressSection | None = None
    contacts: ContactsSection | None = None
    insurer: InsurerSection | None = None
    options: OptionsSection | None = None

    def sections(self) -> dict[str, dict[str, str]]:
        """The given sections with their filled fields."""
        dumped = self.model_dump(exclude_none=True)
        return {name: dict(section) for name, section in dumped.items()}
