"""Certificates of insurance: ordered for oneself or for whom one represents, followed, downloaded (K1, K3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.errors import RuleRefused, ValidationFailed
from chalicelib.http.applications import after, entity_id
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.insurance_certificates import (
    CertificateWish,
    WhichCertificate,
    ask_for_certificate,
    certificate_link,
    find_certificate,
    list_certificates,
)
from chalicelib.use_cases.people import own_file
from chalicelib.use_cases.representations import holder_file
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page, Redirect
from chalicelib.web.asked_period import TITLES, asked_period, in_words, send_by
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.certificate_presenters import page_of, row_of
from chalicelib.web.rendering import address
from chalicelib.web.whom import listed_for, people, whom

if TYPE_CHECKING:
    from chalicelib.domain.errors import FieldError
    from chalicelib.domain.insurance_certificate import InsuranceCertificate
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

LIST = "/cabinet/certificates"
ONE = f"{LIST}/{{certificate_id}}"
PAGE = 20


@blueprint.page("GET", LIST)
def list_mine(visit: Visit) -> Answer:
    """The certificates of one person, newest first."""
    about = whom(visit)
    found = list_certificates(
        tools=container(),
        principal=visit.principal,
        person_id=about.person_id,
        limit=PAGE,
        after=after(visit.query.get("after")),
        at=visit.at,
    )
    rows = [{**row_of(one), "address": about.at(f"{LIST}/{one.certificate_id}")} for one in found.items]
    context = {"section": "documents", **listed_for(visit, about, rows, following=found.after)}
    return Page(template="pages/certificates.html", context=context)


@blueprint.page("GET", f"{LIST}/new")
def new(visit: Visit) -> Answer:
    """The form of an order."""
    whom(visit)
    return _form(visit, [])


@blueprint.page("POST", LIST)
def order(visit: Visit) -> Answer:
    """Order a certificate; a repeated form leads to the first one."""
    about = whom(visit)
    try:
        asked = _asked(visit, about.person_id)
    except ValidationFailed as refusal:
        return _form(visit, [_line(error) for error in refusal.errors], refusal.errors)
    except RuleRefused as refusal:
        # There is no profile yet: the consent comes first (requirement A4).
        consent = address("/cabinet/applications/new")
        return _form(visit, [{"title": "Дать согласие", "message": refusal.detail, "anchor": consent}])
    return Redirect(to=about.at(f"{LIST}/{asked.certificate_id}", done="certificate-ordered"))


def _asked(visit: Visit, person_id: str | None) -> InsuranceCertificate:
    wish = CertificateWish(
        period=asked_period(visit.form),
        bilingual=visit.form.get("bilingual") == "yes",
        send_by=send_by(visit.form),
        person_id=person_id,
    )
    return ask_for_certificate(
        tools=container(),
        principal=visit.principal,
        wish=wish,
        at=visit.at,
        request=request_key(visit.key, "insurance-certificate", person_id or "", repr(wish)),
    )


def _line(error: FieldError) -> dict[str, str]:
    anchor = f"#{error.field}"
    return {"title": TITLES.get(error.field, error.field), "message": in_words(error), "anchor": anchor}


def _form(visit: Visit, lines: list[dict[str, str]], errors: tuple[FieldError, ...] = ()) -> Page:
    own = own_file(tools=container(), principal=visit.principal, at=visit.at).person
    email = own.email if own else None
    context = {
        "section": "documents",
        "people": people(visit),
        "person": visit.form.get("for", visit.query.get("for", "")),
        "typed": visit.form or {"send_by": "download"},
        "wrong": {error.field: in_words(error) for error in errors},
        "errors": lines,
        "email": email.value if email and email.verified_at else "",
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/certificate_new.html", context=context, status=UNPROCESSABLE if lines else 200)


@blueprint.page("GET", ONE)
def one(visit: Visit, certificate_id: str) -> Answer:
    """One certificate: its state, what it states, why it was refused and what mends that; made to be printed too."""
    about = whom(visit)
    which = WhichCertificate(certificate_id=entity_id(certificate_id), person_id=about.person_id)
    found = find_certificate(tools=container(), principal=visit.principal, which=which, at=visit.at)
    file = holder_file(tools=container(), principal=visit.principal, person_id=about.person_id, at=visit.at)
    context: dict[str, Any] = {
        "section": "documents",
        "about": about,
        "back": (about.at(LIST), "Справки о страховании"),
        "again": about.at(f"{LIST}/new"),
        "file": about.at(f"{LIST}/{certificate_id}/file"),
        "here": about.at(f"{LIST}/{certificate_id}"),
        **page_of(found, file),
    }
    return Page(template="pages/certificate.html", context=context)


@blueprint.page("GET", f"{ONE}/file")
def download(visit: Visit, certificate_id: str) -> Answer:
    """The PDF, by a link that works for five minutes."""
    which = WhichCertificate(certificate_id=entity_id(certificate_id), person_id=whom(visit).person_id)
    return Redirect(to=certificate_link(tools=container(), principal=visit.principal, which=which, at=visit.at))
