"""The steps by which an application is filled: each is saved as it is left, and as one types (requirements B2-B4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.application import KIND_TITLES
from chalicelib.domain.regions import local_date
from chalicelib.http.applications import entity_id
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.access import own, require_citizen
from chalicelib.use_cases.demands import local_day, region_of, row_of
from chalicelib.use_cases.drafts import save_draft
from chalicelib.web.answers import Answer, Data, Page, Redirect
from chalicelib.web.application_presenters import address_of, summary_of
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.form_fields import section_of
from chalicelib.web.offices import with_offices
from chalicelib.web.ratings import side_by_side
from chalicelib.web.rendering import moment
from chalicelib.web.steps import Step, mistakes, of_step, sections_asked, step_after, steps_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.application import Application
    from chalicelib.domain.errors import FieldError
    from chalicelib.domain.matrix import MatrixRow
    from chalicelib.ports.folders import ApplicationFile
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

ONE = "/cabinet/applications/{application_id}"
_LONGEST = 300


def own_application(visit: Visit, application_id: str) -> ApplicationFile:
    """Read one's own application with its scans; raises NotFound."""
    require_citizen(visit.principal)
    file = container().store.application_file(application_id=entity_id(application_id))
    own(file, visit.principal)
    return file


def frame(application: Application, step: Step, visit: Visit) -> dict[str, Any]:
    """What every step shows beside its own: the title, the other steps, and which of them are done."""
    row = row_of(application, at=visit.at)
    wrong = mistakes(application, at=visit.at, complete=True)
    steps = [
        {
            "title": other.title,
            "address": f"{address_of(application)}/{other.name}",
            "is_here": other is step,
            "is_done": bool(other.sections) and not of_step(wrong, other),
        }
        for other in steps_of(row)
    ]
    return {
        "section": "applications",
        "title": KIND_TITLES[application.kind],
        "step": step,
        "steps": steps,
        "address": address_of(application),
        "application": application,
        "saved_at": moment(application.updated_at),
    }


@blueprint.page("GET", f"{ONE}/{{name}}")
def step(visit: Visit, application_id: str, name: str) -> Answer:
    """One step of the form; after it was left with mistakes, also with what is missing."""
    application = own_application(visit, application_id).application
    found = _step(application, name, visit)
    if not application.is_editable:
        return Redirect(to=address_of(application))
    row = row_of(application, at=visit.at)
    is_checked = "check" in visit.query
    errors = of_step(mistakes(application, at=visit.at, complete=is_checked), found)
    insurer, on = application.section("insurer").get("code", ""), local_day(application, at=visit.at)
    sections = [
        with_offices(section_of(section, row=row, form=application.form, errors=errors), insurer_code=insurer, on=on)
        for section in sections_asked(found, row)
    ]
    context = {
        **frame(application, found, visit),
        "sections": sections,
        "errors": summary_of(errors, application, here=found.name) if is_checked else [],
        **(_insurers(application, row, errors, visit) if found.name == "insurer" else {}),
    }
    template = "pages/application_insurer.html" if found.name == "insurer" else "pages/application_step.html"
    return Page(template=template, context=context)


@blueprint.page("POST", f"{ONE}/{{name}}")
def save(visit: Visit, application_id: str, name: str) -> Answer:
    """Save a step; a script that saves while one types is told the mistakes by field."""
    application = own_application(visit, application_id).application
    found = _step(application, name, visit)
    row = row_of(application, at=visit.at)
    changed = _typed(application, found, row, visit.form)
    saved, _ = save_draft(
        tools=container(),
        principal=visit.principal,
        application_id=application.application_id,
        sections=changed,
        at=visit.at,
    )
    errors = of_step(mistakes(saved, at=visit.at, complete=not visit.wants_json), found)
    if visit.wants_json:
        return Data(body={"errors": _by_field(errors), "saved": f"Сохранено {moment(saved.updated_at)}"})
    if errors:
        return Redirect(to=f"{address_of(saved)}/{found.name}?check=1#errors")
    return Redirect(to=f"{address_of(saved)}/{step_after(found, row_of(saved, at=visit.at)).name}")


def _step(application: Application, name: str, visit: Visit) -> Step:
    steps = steps_of(row_of(application, at=visit.at))
    found = next((step for step in steps if step.name == name and step.sections), None)
    if found is None:
        raise NotFound("Такого шага в этом заявлении нет")
    return found


def _typed(application: Application, step: Step, row: MatrixRow, form: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The sections of a step with what was typed; fields that the page does not show stay as they are."""
    changed = {}
    for name in sections_asked(step, row):
        fields = dict(application.section(name))
        for path, value in form.items():
            section, _, field = path.partition(".")
            if section == name and field:
                fields[field] = " ".join(value.split())[:_LONGEST]
        changed[name] = {field: value for field, value in fields.items() if value}
    return changed


def _by_field(errors: tuple[FieldError, ...]) -> dict[str, str]:
    return {error.field: error.message for error in errors}


def _insurers(application: Application, row: MatrixRow, errors: tuple[FieldError, ...], visit: Visit) -> dict[str, Any]:
    """The insurers of the region of whoever applies, among which one chooses."""
    region = region_of(application.form)
    on = local_date(at=visit.at, region=region)
    found = [insurer for insurer in container().store.insurers(region=region) if insurer.may_be_chosen_on(on)]
    wrong = _by_field(errors)
    return {
        "insurers": sorted(found, key=lambda insurer: insurer.name),
        "chosen": application.section("insurer").get("code", ""),
        "error": wrong.get("insurer.code", ""),
        "is_choice": row.chooses_insurer,
        "ratings": side_by_side(found, region=region, on=on),
    }
