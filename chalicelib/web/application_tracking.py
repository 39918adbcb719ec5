"""Following an application: where it is, by when it is decided, what to do, and its documents (B8-B11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.appeal_rules import SubjectKind
from chalicelib.domain.application_states import FINAL_STATES, TRANSITIONS, ApplicationEvent, ApplicationState
from chalicelib.domain.temporary_certificate import CertificateState
from chalicelib.http.applications import entity_id
from chalicelib.use_cases.appeal_subjects import LOST_WITH
from chalicelib.use_cases.closing import withdraw_application
from chalicelib.use_cases.demands import row_of
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.resubmission import file_again
from chalicelib.web.answers import Answer, Page, Redirect
from chalicelib.web.application_presenters import address_of, in_list, moments, title_of_path
from chalicelib.web.application_steps import ONE, own_application
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.insurance import documents_of
from chalicelib.web.rendering import address
from chalicelib.web.steps import step_of_field, steps_of
from chalicelib.web.whom import Whom

if TYPE_CHECKING:
    from chalicelib.domain.application import Application
    from chalicelib.ports.folders import PersonFile
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

_FILED_AGAIN = frozenset({ApplicationState.REFUSED, ApplicationState.WITHDRAWN, ApplicationState.EXPIRED})
_WITHDRAWN_FROM = next(rule.sources for rule in TRANSITIONS if rule.event is ApplicationEvent.WITHDRAW)


@blueprint.page("GET", ONE)
def follow(visit: Visit, application_id: str) -> Answer:
    """The state, its history and what comes; a draft leads to its first step."""
    file = own_application(visit, application_id)
    application = file.application
    if application.submitted_at is None and application.state not in FINAL_STATES:
        return Redirect(to=f"{address_of(application)}/{steps_of(row_of(application, at=visit.at))[0].name}")
    known = container().store.person_file(person_id=application.person_id)
    context = {
        "section": "applications",
        "item": in_list(application),
        "application": application,
        "moments": moments(application),
        "asked": _asked(application),
        "documents": documents_of(known, application_id=application.application_id),
        "paper": _paper(application),
        "may_withdraw": application.state in _WITHDRAWN_FROM and application.policy_id is None,
        "may_file_again": application.state in _FILED_AGAIN,
        "appealable": _appealable(application, known),
        "insurer": container().store.insurer_name(code=application.section("insurer").get("code", "")),
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/application.html", context=context)


def _appealable(application: Application, known: PersonFile) -> list[dict[str, str]]:
    """What may be appealed against of an application: its refusal, and the certificate that was lost with it."""
    found = []
    if application.state is ApplicationState.REFUSED:
        found.append({"subject": SubjectKind.APPLICATION.value, "title": "Обжаловать отказ"})
    is_lost = any(
        certificate.application_id == application.application_id and certificate.state is CertificateState.REVOKED
        for certificate in known.certificates
    )
    if is_lost and application.state in LOST_WITH:
        title = "Обжаловать отзыв временного свидетельства"
        found.append({"subject": SubjectKind.TEMPORARY_CERTIFICATE.value, "title": title})
    return found


@blueprint.page("POST", f"{ONE}/withdrawal")
def withdraw(visit: Visit, application_id: str) -> Answer:
    """Withdraw; what was withdrawn can be filed again."""
    application = withdraw_application(
        tools=container(), principal=visit.principal, application_id=entity_id(application_id), at=visit.at
    )
    return Redirect(to=f"{address_of(application)}?done=withdrawn")


@blueprint.page("POST", f"{ONE}/resubmission")
def again(visit: Visit, application_id: str) -> Answer:
    """A new draft of an application that ended without its effect."""
    draft = file_again(
        tools=container(),
        principal=visit.principal,
        application_id=entity_id(application_id),
        at=visit.at,
        request=request_key(visit.key, "resubmit", application_id),
    )
    return Redirect(to=address_of(draft))


def _paper(application: Application) -> str:
    """The page of the paper that the application has ordered, once it has; "" where there is none."""
    if application.state is not ApplicationState.READY or not application.section("delivery"):
        return ""
    about = Whom(person_id=application.person_id if application.relation is not None else None)
    return about.at(f"/cabinet/papers/{application.application_id}")


def _asked(application: Application) -> dict[str, Any] | None:
    """What a clarification asks for, each with the step on which it is mended."""
    asked = application.clarification
    if asked is None or application.state is not ApplicationState.CLARIFICATION_REQUIRED:
        return None
    paths = [*asked.fields, *(f"scans.{document}" for document in asked.documents)]
    here = address_of(application)
    links = [
        {"title": title_of_path(path), "address": address(f"{here}/{step_of_field(path)}#{path.replace('.', '-')}")}
        for path in paths
    ]
    return {"message": asked.message, "until": asked.until_on, "links": links}
