"""The short steps by which an application is filled, and what each of them asks, by the row of the matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.kind_rules import Effect
from chalicelib.use_cases.demands import local_day, row_of
from chalicelib.use_cases.forms import form_errors
from chalicelib.web.form_fields import asked_paths

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.application import Application
    from chalicelib.domain.errors import FieldError
    from chalicelib.domain.matrix import MatrixRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of the form: its name in the address, its title, and the sections on it."""

    name: str
    title: str
    sections: tuple[str, ...] = ()


STEPS = (
    Step(name="person", title="О человеке", sections=("person",)),
    Step(name="representative", title="Представитель", sections=("representative",)),
    Step(name="document", title="Документ", sections=("identity_document", "status_document", "basis")),
    Step(name="address", title="Адрес и связь", sections=("registration_address", "residence_address", "contacts")),
    Step(name="insurer", title="Страховая", sections=("insurer",)),
    Step(
        name="details",
        title="Подробности",
        sections=("replacement", "suspension", "resumption", "refusal", "delivery", "options"),
    ),
    Step(name="scans", title="Сканы"),
    Step(name="sign", title="Подпись"),
)
_WITH_WISHES = frozenset({Effect.ISSUE_POLICY, Effect.REPLACE_POLICY})


def sections_asked(step: Step, row: MatrixRow) -> tuple[str, ...]:
    """The sections of a step that this application fills."""
    asked = {path.partition(".")[0] for path in asked_paths(row)} | {"residence_address"}
    if row.effect in _WITH_WISHES:
        asked.add("options")
    if row.relation is None:
        asked.discard("representative")
    return tuple(name for name in step.sections if name in asked)


def steps_of(row: MatrixRow) -> tuple[Step, ...]:
    """The steps of an application; those that would ask nothing are left out."""
    return tuple(step for step in STEPS if not step.sections or sections_asked(step, row))


def step_after(step: Step, row: MatrixRow) -> Step:
    """The next step."""
    steps = steps_of(row)
    return steps[min(steps.index(step) + 1, len(steps) - 1)]


def mistakes(application: Application, *, at: datetime, complete: bool) -> tuple[FieldError, ...]:
    """Every mistake of the form; a complete check also finds what is not filled."""
    return form_errors(
        form=application.form,
        row=row_of(application, at=at),
        on=local_day(application, at=at),
        complete=complete,
        contacts=container().contacts,
    )


def of_step(errors: tuple[FieldError, ...], step: Step) -> tuple[FieldError, ...]:
    """The mistakes that are mended on one step."""
    return tuple(error for error in errors if error.field.partition(".")[0] in step.sections)


def step_of_field(path: str) -> str:
    """The name of the step on which a field is mended."""
    section = path.partition(".")[0]
    return next((step.name for step in STEPS if section in step.sections), section if section == "scans" else "person")
