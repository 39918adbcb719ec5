"""A clinic's desk: one field for whatever is typed or scanned, one screen for the answer, and lists by file (G3).

What is asked and told is personal: it goes by POST alone, so that no address holds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.birth_date import read_date
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.item_sources import SOURCE_TITLES
from chalicelib.domain.policy_types import POLICY_TYPES
from chalicelib.domain.principal import Role
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.http.batch_csv import COLUMNS, read_rows
from chalicelib.http.clinic_desk import answered_rows
from chalicelib.http.csv_text import CONTENT_TYPE, csv_text
from chalicelib.http.schemas.batches import batch_table
from chalicelib.use_cases.access import require_role
from chalicelib.use_cases.check_insured_person import check_insured_person
from chalicelib.use_cases.check_many import MOST, RowStatus
from chalicelib.web.answers import UNPROCESSABLE, Answer, Download, Page
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.rendering import day, policy_number, snils
from chalicelib.web.typed_keys import BLANK, question_of

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.http.schemas.batches import BatchRowOut
    from chalicelib.use_cases.check_insured_person import InsuredPerson
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

_LONGEST_KEY = 2000
_KINDS = ({"code": BLANK, "title": "Номер бланка полиса (11 цифр)"},)
_ITEMS = {"person": "Человек", "policy": "Полис", "insurer": "Страховая организация", "attachment": "Прикрепление"}
_TONES = {RowStatus.INSURED: "good", RowStatus.NOT_INSURED: "wait", RowStatus.NOT_FOUND: "bad"}


@blueprint.page("GET", "/clinic")
def desk(visit: Visit) -> Answer:
    """The empty field that waits for a scanner."""
    require_role(visit.principal, Role.CLINIC_REGISTRAR)
    return _desk(visit, {})


@blueprint.page("POST", "/clinic")
def check(visit: Visit) -> Answer:
    """The answer about whoever was typed or scanned; the look is noted for the person."""
    require_role(visit.principal, Role.CLINIC_REGISTRAR)
    try:
        on = _day(visit)
        key = visit.form.get("key", "")[:_LONGEST_KEY]
        question = question_of(key, kind=visit.form.get("kind", ""), on=on)
        found = check_insured_person(tools=container(), principal=visit.principal, question=question, at=visit.at)
    except ValidationFailed as refusal:
        return _desk(visit, {_place(error): error.message for error in refusal.errors})
    return _desk(visit, {}, answer=_answer(found, on))


def _place(error: FieldError) -> str:
    return "on" if error.field == "on" else "key"


def _desk(visit: Visit, errors: dict[str, str], answer: dict[str, Any] | None = None) -> Page:
    context = {
        "section": "desk",
        "typed": visit.form if errors else {"on": visit.form.get("on", "")},
        "kinds": _KINDS,
        "errors": errors,
        "answer": answer,
    }
    return Page(template="pages/clinic_desk.html", context=context, status=UNPROCESSABLE if errors else 200)


def _day(visit: Visit) -> date:
    text = visit.form.get("on", "").strip()
    try:
        return read_date(text=text) if text else local_date(at=visit.at, region=DEFAULT_REGION)
    except InvalidValue as refusal:
        raise ValidationFailed([FieldError(field="on", code=refusal.reason, message=refusal.detail)]) from None


def _answer(found: InsuredPerson, on: date) -> dict[str, Any]:
    """Everything on one screen: whether, by whom, until when, where attached, and who told it."""
    person, attached = found.person, found.attachment
    is_other = found.printed_insurer_code not in {None, found.insurer_code}
    kind = POLICY_TYPES[found.policy_type].title if found.policy_type else ""
    until = f" по {day(found.valid_until)}" if found.valid_until else ""
    return {
        "is_insured": found.is_insured,
        "is_known": person is not None,
        "on": on,
        "name": person.full_name if person else "",
        "codes": [told.text for told in (found.qr, found.barcode) if told is not None],
        "differs": is_other,
        "rows": [
            ("Дата рождения", day(str(person.born_on)) if person else ""),
            ("СНИЛС", snils(person.snils) if person and person.snils else ""),
            ("Номер полиса", policy_number(found.policy_number or "")),
            ("Временное свидетельство", found.certificate_number or ""),
            ("Вид полиса", kind),
            ("Страхует на эту дату", _named(found.insurer_name, found.insurer_code)),
            ("Указано на полисе", _named(found.printed_insurer_name, found.printed_insurer_code)),
            ("Срок", f"с {day(found.valid_from)}{until}" if found.valid_from else ""),
            ("Прикрепление", f"{attached.clinic_code}, с {day(attached.attached_on)}" if attached else "нет"),
        ],
        "sources": [(_ITEMS.get(item, item), SOURCE_TITLES[source]) for item, source in found.sources.items()],
    }


def _named(name: str, code: str | None) -> str:
    return f"{name}, код {code}" if name and code else code or ""


@blueprint.page("GET", "/clinic/batch")
def batch(visit: Visit) -> Answer:
    """Where a table is sent."""
    require_role(visit.principal, Role.CLINIC_REGISTRAR)
    return _batch()


@blueprint.page("POST", "/clinic/batch", takes_file=True)
def check_batch(visit: Visit) -> Answer:
    """The answers to a table, on a page or as a table to keep."""
    require_role(visit.principal, Role.CLINIC_REGISTRAR)
    try:
        rows = _answered(visit)
    except ValidationFailed as refusal:
        return _batch(error="; ".join(error.message for error in refusal.errors))
    if visit.form.get("as") == "csv":
        table = csv_text(batch_table(rows))
        return Download(name="polis-answers.csv", body=f"\ufeff{table}", content_type=CONTENT_TYPE)
    return _batch(rows)


def _answered(visit: Visit) -> list[BatchRowOut]:
    text = visit.form.get("table", "")
    if not text.strip():
        raise ValidationFailed([FieldError(field="table", code="required", message="Выберите файл с таблицей")])
    if "\ufffd" in text:
        message = "Сохраните таблицу в кодировке UTF-8: буквы в ней не прочитать"
        raise ValidationFailed([FieldError(field="table", code="not_utf8", message=message)])
    read = read_rows(text=text, on=local_date(at=visit.at, region=DEFAULT_REGION))
    if not 0 < len(read) <= MOST:
        message = f"В таблице от 1 до {MOST} строк и строка с названиями столбцов: разделите список"
        raise ValidationFailed([FieldError(field="table", code="too_many_rows", message=message)])
    asked = [(row.ref, row.question, row.errors) for row in read]
    return answered_rows(asked, principal=visit.principal, at=visit.at)


def _batch(rows: list[BatchRowOut] | None = None, error: str = "") -> Page:
    context = {
        "section": "batch",
        "rows": rows,
        "tones": _TONES,
        "columns": COLUMNS,
        "most": MOST,
        "error": error,
    }
    return Page(template="pages/clinic_batch.html", context=context, status=UNPROCESSABLE if error else 200)
