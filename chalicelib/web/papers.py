"""Extracts on paper on their way: followed, called off, sent elsewhere, opened by another code (requirement F8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.errors import ValidationFailed
from chalicelib.domain.signing_code import CodeNotAccepted
from chalicelib.http.applications import after
from chalicelib.http.deliveries import which
from chalicelib.ports.errors import RateLimited
from chalicelib.use_cases.deliveries import (
    AddressChange,
    NewAddress,
    cancel_delivery,
    change_address,
    find_delivery,
    list_deliveries,
    renew_pickup_code,
    request_address_code,
)
from chalicelib.use_cases.idempotency import request_key
from chalicelib.web.answers import Answer, Page, Redirect
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.paper_presenters import in_list, page_of
from chalicelib.web.postal_address import ADDRESS_TITLES, address_fields, as_typed, typed_address
from chalicelib.web.whom import Whom, listed_for, whom

if TYPE_CHECKING:
    from chalicelib.domain.errors import FieldError
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

PAPERS = "/cabinet/papers"
ONE = f"{PAPERS}/{{delivery_id}}"
PAGE = 20
UNPROCESSABLE, TOO_MANY = 422, 429
_SIX_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)
_LATER = "Код уже отправлен: новый можно запросить через минуту"


@blueprint.page("GET", PAPERS)
def list_mine(visit: Visit) -> Answer:
    """The papers of one person, newest first."""
    about = whom(visit)
    found = list_deliveries(
        tools=container(),
        principal=visit.principal,
        person_id=about.person_id,
        limit=PAGE,
        after=after(visit.query.get("after")),
        at=visit.at,
    )
    order = "/cabinet/applications/new?kind=paper_extract"
    rows = [{**in_list(one), "address": about.at(f"{PAPERS}/{one.delivery_id}")} for one in found.items]
    context = {
        "section": "documents",
        "order": f"{order}&for={about.person_id}" if about.person_id else order,
        **listed_for(visit, about, rows, following=found.after),
    }
    return Page(template="pages/papers.html", context=context)


@blueprint.page("GET", ONE)
def follow(visit: Visit, delivery_id: str) -> Answer:
    """One paper: where it is, by when it comes, its number of the post, and what can be done with it."""
    return _one(visit, whom(visit), delivery_id)


def _one(
    visit: Visit, about: Whom, delivery_id: str, *, errors: tuple[FieldError, ...] = (), too_soon: str = ""
) -> Page:
    wanted = which(delivery_id, about.person_id)
    found = find_delivery(tools=container(), principal=visit.principal, which=wanted, at=visit.at)
    wrong = {error.field: error.message for error in errors}
    lines = [
        {"title": ADDRESS_TITLES[e.field], "message": e.message, "anchor": f"#{e.field.replace('.', '-')}"}
        for e in errors
    ]
    context = {
        "section": "documents",
        "about": about,
        "here": f"{PAPERS}/{delivery_id}",
        "fields": address_fields(visit.form if errors else as_typed(found.address), wrong),
        "errors": lines,
        "too_soon": too_soon,
        "key": container().ids.new_id(at=visit.at),
        **page_of(found),
    }
    status = UNPROCESSABLE if errors else TOO_MANY if too_soon else 200
    return Page(template="pages/paper.html", context=context, status=status)


@blueprint.page("POST", f"{ONE}/cancellation")
def cancel(visit: Visit, delivery_id: str) -> Answer:
    """Call it off until the parcel is formed or the paper is handed over."""
    about = whom(visit)
    wanted = which(delivery_id, about.person_id)
    cancel_delivery(tools=container(), principal=visit.principal, which=wanted, at=visit.at)
    return Redirect(to=about.at(f"{PAPERS}/{delivery_id}", done="delivery-cancelled"))


@blueprint.page("POST", f"{ONE}/pickup-codes")
def another_code(visit: Visit, delivery_id: str) -> Answer:
    """Send another code of pickup; the one before is void."""
    about = whom(visit)
    try:
        renew_pickup_code(
            tools=container(),
            principal=visit.principal,
            which=which(delivery_id, about.person_id),
            at=visit.at,
            request=request_key(visit.key, "pickup-code", delivery_id),
        )
    except RateLimited as refusal:
        return _one(visit, about, delivery_id, too_soon=str(refusal) or _LATER)
    return Redirect(to=about.at(f"{PAPERS}/{delivery_id}", done="pickup-code-sent"))


def _new_address(visit: Visit, about: Whom, delivery_id: str) -> NewAddress:
    return NewAddress(which=which(delivery_id, about.person_id), address=typed_address(visit.form))


@blueprint.page("POST", f"{ONE}/address-codes")
def ask_code(visit: Visit, delivery_id: str) -> Answer:
    """Send the code that confirms a new address, and let it be typed; the address goes on in the form."""
    about = whom(visit)
    wanted = _new_address(visit, about, delivery_id)
    try:
        request_address_code(
            tools=container(),
            principal=visit.principal,
            wanted=wanted,
            at=visit.at,
            request=request_key(visit.key, "address-code", delivery_id, repr(wanted)),
        )
    except ValidationFailed as refusal:
        return _one(visit, about, delivery_id, errors=refusal.errors)
    except RateLimited as refusal:
        return _one(visit, about, delivery_id, too_soon=str(refusal) or _LATER)
    return _code(visit, about, delivery_id)


@blueprint.page("POST", f"{ONE}/address-change")
def change(visit: Visit, delivery_id: str) -> Answer:
    """Change the address if the code is right."""
    about = whom(visit)
    typed = "".join(visit.form.get("code", "").split())
    if not _SIX_DIGITS.fullmatch(typed):
        return _code(visit, about, delivery_id, "Введите шесть цифр из СМС")
    wanted = AddressChange(wanted=_new_address(visit, about, delivery_id), code=typed)
    try:
        change_address(tools=container(), principal=visit.principal, change=wanted, at=visit.at)
    except ValidationFailed as refusal:
        return _one(visit, about, delivery_id, errors=refusal.errors)
    except CodeNotAccepted as refusal:
        left = f". Осталось попыток: {refusal.tries_left}" if refusal.tries_left else ""
        return _code(visit, about, delivery_id, f"{refusal.detail}{left}")
    return Redirect(to=about.at(f"{PAPERS}/{delivery_id}", done="address-changed"))


def _code(visit: Visit, about: Whom, delivery_id: str, error: str = "") -> Page:
    context = {
        "section": "documents",
        "about": about,
        "here": f"{PAPERS}/{delivery_id}",
        "address": as_typed(typed_address(visit.form)),
        "error": error,
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/paper_code.html", context=context, status=UNPROCESSABLE if error else 200)
