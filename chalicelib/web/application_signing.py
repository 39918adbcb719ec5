"""The last step: look everything through, ask for the code, sign and submit (requirements A3, B6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.errors import DomainError, FieldError, ValidationFailed
from chalicelib.domain.signing_code import CodeNotAccepted
from chalicelib.ports.errors import RateLimited
from chalicelib.use_cases.demands import row_of
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.sign_application import documents_to_upload, request_signing_code
from chalicelib.use_cases.submit_application import Submission, submit_application
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page, Redirect
from chalicelib.web.application_presenters import address_of, summary_of
from chalicelib.web.application_steps import ONE, frame, own_application
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.form_fields import field_names, field_title, section_title, shown_value
from chalicelib.web.steps import STEPS, mistakes, sections_asked, steps_of

if TYPE_CHECKING:
    from chalicelib.domain.application import Application
    from chalicelib.ports.folders import ApplicationFile
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

SIGN = next(step for step in STEPS if step.name == "sign")
_SIX_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)


@blueprint.page("GET", f"{ONE}/sign")
def review(visit: Visit, application_id: str) -> Answer:
    """Everything that is going to be signed, and what is still missing."""
    file = own_application(visit, application_id)
    if not file.application.is_editable:
        return Redirect(to=address_of(file.application))
    return _review(file, visit, _lacks(file, visit))


@blueprint.page("POST", f"{ONE}/sign")
def ask_for_code(visit: Visit, application_id: str) -> Answer:
    """Check everything and send the code to the confirmed phone."""
    file = own_application(visit, application_id)
    try:
        request_signing_code(
            tools=container(),
            principal=visit.principal,
            application_id=file.application.application_id,
            at=visit.at,
            request=request_key(visit.key, "signing-code", application_id),
        )
    except ValidationFailed as refusal:
        return _review(file, visit, refusal.errors)
    except RateLimited:
        if file.challenge is None:
            raise
        return Redirect(to=f"{address_of(file.application)}/code")
    return Redirect(to=f"{address_of(file.application)}/code?done=code-sent")


@blueprint.page("GET", f"{ONE}/code")
def code(visit: Visit, application_id: str) -> Answer:
    """Where the code from the SMS is typed."""
    file = own_application(visit, application_id)
    if not file.application.is_editable or file.challenge is None:
        return Redirect(to=address_of(file.application))
    return _code_page(file, visit)


@blueprint.page("POST", f"{ONE}/code")
def submit(visit: Visit, application_id: str) -> Answer:
    """Sign with the code and submit; a form that is sent twice submits once."""
    file = own_application(visit, application_id)
    typed = "".join(visit.form.get("code", "").split())
    if not _SIX_DIGITS.fullmatch(typed):
        return _code_page(file, visit, CodeNotAccepted("malformed", "Введите шесть цифр из СМС"))
    try:
        application = submit_application(
            tools=container(),
            principal=visit.principal,
            submission=Submission(application_id=file.application.application_id, code=typed),
            at=visit.at,
            request=request_key(visit.key, "submit", application_id, typed, ""),
        )
    except CodeNotAccepted as refusal:
        return _code_page(file, visit, refusal)
    return Redirect(to=f"{address_of(application)}?done=submitted")


def _lacks(file: ApplicationFile, visit: Visit) -> tuple[FieldError, ...]:
    application = file.application
    scans = [
        FieldError(field=f"scans.{document}", code="scan_required", message="Загрузите скан-копию")
        for document in documents_to_upload(file, row_of(application, at=visit.at))
    ]
    return (*mistakes(application, at=visit.at, complete=True), *scans)


def _review(file: ApplicationFile, visit: Visit, errors: tuple[FieldError, ...]) -> Page:
    application = file.application
    context = {
        **frame(application, SIGN, visit),
        "parts": _parts(application, visit),
        "errors": summary_of(errors, application, here="sign"),
        "key": container().ids.new_id(at=visit.at),
    }
    status = UNPROCESSABLE if visit.method == "POST" else 200
    return Page(template="pages/application_sign.html", context=context, status=status)


def _parts(application: Application, visit: Visit) -> list[dict[str, Any]]:
    """The filled sections in words, each with the step on which it is changed."""
    row = row_of(application, at=visit.at)
    parts = []
    for step in steps_of(row):
        for name in sections_asked(step, row):
            rows = [
                (field_title(f"{name}.{field}"), _in_words(f"{name}.{field}", value))
                for field in field_names(name)
                if (value := application.section(name).get(field))
            ]
            if rows:
                edit = f"{address_of(application)}/{step.name}"
                parts.append({"title": section_title(name), "rows": rows, "edit": edit})
    return parts


def _in_words(path: str, value: str) -> str:
    return container().store.insurer_name(code=value) if path == "insurer.code" else shown_value(path, value)


def _code_page(file: ApplicationFile, visit: Visit, refusal: DomainError | None = None) -> Page:
    context = {
        **frame(file.application, SIGN, visit),
        "error": refusal.detail if refusal else "",
        "key": container().ids.new_id(at=visit.at),
        "again": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/application_code.html", context=context, status=UNPROCESSABLE if refusal else 200)
