"""Checking a form: every mistake in every field at once, whole or in part (requirements B3, B4, B6)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from chalicelib.domain import form_circumstances as circumstances
from chalicelib.domain import form_person as person
from chalicelib.domain.errors import FieldError
from chalicelib.domain.form_sections import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import date

    from chalicelib.domain.form_sections import Form
    from chalicelib.domain.matrix import MatrixRow
    from chalicelib.domain.supporting_documents import DocumentKind

_REQUIRED = "Заполните поле"

_MAY_BE_EMPTY = frozenset({"series"})
"""Some documents have no series: what the mask of F011 admits empty is not missing."""


def digest(form: Mapping[str, Mapping[str, str]]) -> str:
    """Return the SHA-256 of a form: what is signed must be what is submitted."""
    text = json.dumps({name: dict(section) for name, section in form.items()}, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check_form(*, form: Form, row: MatrixRow, on: date, complete: bool) -> tuple[FieldError, ...]:
    """Find every mistake in a form.

    A partial check (``complete=False``) looks only at what is filled; a complete one also reports what the
    matrix row demands and the form lacks. ``on`` is the local day of the applicant.
    """
    found = list(_unknown_fields(form))
    for section in SECTIONS:
        if form.get(section):
            found.extend(_CHECKS[section](form, row, on))
    if complete:
        seen = {error.field for error in found}
        found.extend(error for error in _missing(form, row) if error.field not in seen)
    return tuple(sorted(found, key=lambda error: error.field))


def missing_fields(*, form: Form, row: MatrixRow) -> tuple[str, ...]:
    """List the demanded fields that are not filled yet."""
    return tuple(error.field for error in _missing(form, row))


def missing_documents(*, form: Form, row: MatrixRow, present: frozenset[DocumentKind]) -> tuple[DocumentKind, ...]:
    """List the demanded documents of which there is no accepted scan yet."""
    _, documents = row.demands(form)
    return tuple(sorted(documents - present))


def completeness(*, form: Form, row: MatrixRow, present: frozenset[DocumentKind]) -> int:
    """How much of what is demanded is there, in per cent."""
    fields, documents = row.demands(form)
    wanted = len(fields) + len(documents)
    lacking = len(missing_fields(form=form, row=row))
    lacking += len(missing_documents(form=form, row=row, present=present))
    return 100 * (wanted - lacking) // wanted


def _missing(form: Form, row: MatrixRow) -> Iterator[FieldError]:
    fields, _ = row.demands(form)
    for path in sorted(fields):
        section, name = path.split(".")
        if not form.get(section, {}).get(name, "").strip() and not _is_no_series(form, section, name):
            yield FieldError(field=path, code="required", message=_REQUIRED)


def _is_no_series(form: Form, section: str, name: str) -> bool:
    return name in _MAY_BE_EMPTY and person.has_no_series(form.get(section, {}).get("type", ""))


def _unknown_fields(form: Form) -> Iterator[FieldError]:
    for section, fields in form.items():
        for name in fields:
            if name not in SECTIONS.get(section, frozenset()):
                yield FieldError(
                    field=f"{section}.{name}", code="unknown_field", message="Такого поля нет: уберите его"
                )


_CHECKS: Mapping[str, Callable[[Form, MatrixRow, date], Iterator[FieldError]]] = {
    "person": person.check_person,
    "identity_document": person.check_identity_document,
    "status_document": person.check_status_document,
    "basis": circumstances.check_basis,
    "registration_address": person.check_address_section("registration_address"),
    "residence_address": person.check_address_section("residence_address"),
    "contacts": circumstances.check_contacts,
    "insurer": circumstances.check_insurer,
    "options": circumstances.check_options,
    "representative": circumstances.check_representative,
    "replacement": circumstances.check_replacement,
    "suspension": circumstances.check_suspension,
    "resumption": circumstances.check_resumption,
    "refusal": circumstances.check_refusal,
    "delivery": circumstances.check_delivery,
}
