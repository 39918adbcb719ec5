"""The sections of a form about the circumstances: stay, representative, reasons, delivery (requirements B2, B5, F8)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.form_checks import day_of, known_day, mistake, one_of
from chalicelib.domain.form_person import check_address_section
from chalicelib.domain.form_sections import (
    DELIVERY_METHODS,
    POLICY_FORMS,
    RECIPIENTS,
    REPLACEMENT_REASONS,
    SECOND_PARENT,
    SUSPENSION_REASONS,
    UNDERSTOOD,
)
from chalicelib.domain.identity_document_types import IDENTITY_DOCUMENT_TYPES, explain_mask, fits_mask
from chalicelib.domain.identity_documents import IdentityDocument, normalize_document
from chalicelib.domain.insurer_change import ChangeReason
from chalicelib.domain.names import check_full_name, check_name
from chalicelib.domain.policy_number import policy_number_errors
from chalicelib.domain.policy_term import SHORT_STAY_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from chalicelib.domain.errors import FieldError
    from chalicelib.domain.form_sections import Form
    from chalicelib.domain.matrix import MatrixRow

_CHANGE_REASONS = frozenset(reason.value for reason in ChangeReason)
_INSURER_CODE_LENGTH = 5
"""smocod of F002."""

_OFFICE_CODE = re.compile(r"[0-9A-Za-zА-Яа-яЁё-]{1,20}")
_FEWEST_NAMES = 2

LONGEST_BACKDATING_DAYS = 31
"""A circumstance is told within a month (326-ФЗ, art. 16, part 2, cl. 3)."""


def check_contacts(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """Their formats need libraries and are checked behind a port."""
    return iter(())


def check_insurer(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """The chosen insurer, and why it is changed."""
    section = form["insurer"]
    yield from one_of(section, "insurer", "change_reason", _CHANGE_REASONS)
    code = section.get("code", "")
    if code and not (len(code) == _INSURER_CODE_LENGTH and code.isascii() and code.isalnum()):
        yield mistake("insurer.code", "insurer_code", "Выберите страховую организацию из списка")


def check_options(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """Wishes."""
    section = form["options"]
    yield from one_of(section, "options", "policy_form", POLICY_FORMS.keys())
    yield from one_of(section, "options", "name_in_qr", {"yes", "no"})
    if section.get("existing_policy_number"):
        yield from policy_number_errors(text=section["existing_policy_number"], field="options.existing_policy_number")


def check_basis(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """Contract, powers or studies: its days in order, its term not over."""
    section = form["basis"]
    days = {}
    for name in ("issued_on", "valid_until", "stay_until"):
        days[name], errors = day_of(section, "basis", name)
        yield from errors
    issued_on = days["issued_on"]
    if issued_on is not None and issued_on > on:
        yield mistake("basis.issued_on", "date_in_future", "Дата ещё не наступила: сверьте её с документом")
    for name, what in (("valid_until", "документа"), ("stay_until", "пребывания")):
        end = days[name]
        if end is not None and end < on:
            yield mistake(f"basis.{name}", "term_over", f"Срок {what} уже истёк: укажите действующий")
        elif end is not None and issued_on is not None and end < issued_on:
            yield mistake(f"basis.{name}", "before_issue", "Срок раньше даты выдачи: сверьте обе даты")


def check_representative(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """Name and document of the representative, powers and the other parent's consent."""
    section = form["representative"]
    if row.relation is None:
        message = "Заявление подаёт сам человек: уберите сведения о представителе"
        yield mistake("representative", "not_for_category", message)
        return
    if section.keys() & {"family_name", "given_name", "middle_name"}:
        yield from check_full_name(
            family_name=section.get("family_name", ""),
            given_name=section.get("given_name", ""),
            middle_name=section.get("middle_name", ""),
            prefix="representative",
        )
    yield from one_of(section, "representative", "second_parent", SECOND_PARENT.keys())
    yield from _representative_document(section)
    issued_on, errors = day_of(section, "representative", "powers_issued_on")
    yield from errors
    valid_until, errors = day_of(section, "representative", "powers_valid_until")
    yield from errors
    if issued_on is not None and issued_on > on:
        message = "Дата выдачи ещё не наступила: сверьте её с документом"
        yield mistake("representative.powers_issued_on", "date_in_future", message)
    if valid_until is not None and valid_until < on:
        message = "Срок полномочий истёк: укажите действующий документ"
        yield mistake("representative.powers_valid_until", "powers_expired", message)


def _representative_document(section: Mapping[str, str]) -> Iterator[FieldError]:
    code = section.get("document_type", "")
    if not code:
        return
    document = normalize_document(
        IdentityDocument(
            type=code, series=section.get("document_series", ""), number=section.get("document_number", "")
        )
    )
    kind = IDENTITY_DOCUMENT_TYPES.get(document.type)
    if kind is None or not kind.is_admissible:
        message = "Выберите вид документа из списка: по этому заявление не принимают"
        yield mistake("representative.document_type", "document_type_refused", message)
        return
    for name, text, mask in (
        ("series", document.series, kind.series_mask),
        ("number", document.number, kind.number_mask),
    ):
        if section.get(f"document_{name}") and not fits_mask(text=text, mask=mask):
            message = f"Проверьте документ представителя. Образец: {explain_mask(mask)}"
            yield mistake(f"representative.document_{name}", f"document_{name}", message)


def check_replacement(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """Why the policy is made anew."""
    yield from one_of(form["replacement"], "replacement", "reason", REPLACEMENT_REASONS.keys())


def check_suspension(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """Why, from when and until when the policy rests."""
    section = form["suspension"]
    yield from one_of(section, "suspension", "reason", SUSPENSION_REASONS.keys())
    from_on, errors = day_of(section, "suspension", "from_on")
    yield from errors
    until_on, errors = day_of(section, "suspension", "until_on")
    yield from errors
    yield from _not_long_ago("suspension.from_on", from_on, on)
    if from_on is not None and until_on is not None and until_on <= from_on:
        yield mistake("suspension.until_on", "before_start", "Конец раньше начала: сверьте обе даты")
    if until_on is not None and until_on <= on:
        yield mistake("suspension.until_on", "term_over", "Этот срок уже прошёл: приостанавливать полис не нужно")


def check_resumption(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """From when the policy is valid again."""
    from_on, errors = day_of(form["resumption"], "resumption", "from_on")
    yield from errors
    if from_on is not None and from_on > on:
        message = "Этот день ещё не наступил: подайте заявление тогда или укажите сегодняшнюю дату"
        yield mistake("resumption.from_on", "date_in_future", message)
    yield from _not_long_ago("resumption.from_on", from_on, on)


def _not_long_ago(field: str, day: date | None, on: date) -> Iterator[FieldError]:
    if day is not None and (on - day).days > LONGEST_BACKDATING_DAYS:
        yield mistake(field, "too_long_ago", "Дата слишком давняя: укажите день не раньше чем месяц назад")


def check_refusal(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """That the consequence is understood."""
    yield from one_of(form["refusal"], "refusal", "understood", UNDERSTOOD.keys())


def check_delivery(form: Form, row: MatrixRow, on: date) -> Iterator[FieldError]:
    """How the paper comes, and to whom."""
    section = form["delivery"]
    yield from one_of(section, "delivery", "method", DELIVERY_METHODS.keys())
    yield from one_of(section, "delivery", "recipient", RECIPIENTS.keys())
    if section.get("office") and not _OFFICE_CODE.fullmatch(section["office"]):
        yield mistake("delivery.office", "office_code", "Код пункта выдачи — до 20 букв и цифр: выберите его из списка")
    if section.get("recipient_name"):
        yield from _recipient_name(section["recipient_name"])
    yield from check_address_section("delivery")(form, row, on)


def _recipient_name(text: str) -> Iterator[FieldError]:
    """The name that stands on the envelope and in the power of attorney: one mistake is enough."""
    field, words = "delivery.recipient_name", text.split()
    if len(words) < _FEWEST_NAMES:
        yield mistake(field, "name_not_full", "Укажите фамилию и имя полностью, отчество — если оно есть")
        return
    yield from tuple(error for word in words for error in check_name(text=word, field=field))[:1]


def caps_of(form: Form, row: MatrixRow, on: date) -> tuple[date, ...]:
    """The last days that limit the policy, as far as they can be read; ``on`` is the day of filing."""
    paths = (path.split(".") for path in row.caps)
    days = [known_day(form.get(section, {}), name) for section, name in paths]
    short = SHORT_STAY_DAYS.get(form.get("identity_document", {}).get("type", ""))
    if short is not None:
        days.append(on + timedelta(days=short - 1))
    return tuple(day for day in days if day is not None)
