"""The citizen's profile: contacts, address, consents, notifications (requirements A4, A5, M1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.errors import DomainError, ValidationFailed
from chalicelib.domain.notifications import Channel
from chalicelib.domain.signing_code import CodeNotAccepted
from chalicelib.ports.errors import NotFound, RateLimited
from chalicelib.use_cases.contacts import confirm_contact, send_contact_code
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.people import ProfileChange, change_profile, own_file, revoke_consent
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page, Redirect
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.form_fields import rows, title_of
from chalicelib.web.rendering import moment
from chalicelib.web.words import CHANNELS, GROUPS, kinds_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.person import Person
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

PROFILE = "/cabinet/profile"
ADDRESS = ("index", "region", "city", "street", "house", "flat")
_CONTACTS = {"phone": (Channel.SMS, "Телефон"), "email": (Channel.EMAIL, "Электронная почта")}
_SIX_DIGITS = re.compile(r"[0-9]{6}", re.ASCII)


@blueprint.page("GET", PROFILE)
def profile(visit: Visit) -> Answer:
    """What the service knows of me, and what I may change."""
    return _profile(visit, {}, {})


def _profile(visit: Visit, typed: Mapping[str, str], errors: Mapping[str, str]) -> Page:
    person = _person(visit)
    contacts = [
        {"name": name, "title": title, "contact": getattr(person, name), "error": errors.get(name, "")}
        for name, (_, title) in _CONTACTS.items()
    ]
    context = {
        "section": "profile",
        "person": person,
        "sex": title_of("sexes", person.sex) if person.sex else "",
        "contacts": contacts,
        "typed": typed,
        "errors": errors,
        "address": {**person.address, **{name: value for name, value in typed.items() if name in ADDRESS}},
        "regions": rows("regions"),
        "consents": [(moment(c.given_at), moment(c.revoked_at) if c.revoked_at else "") for c in person.consents],
        "has_profile": bool(person.consents),
    }
    return Page(template="pages/profile.html", context=context, status=UNPROCESSABLE if errors else 200)


def _person(visit: Visit) -> Person:
    person = own_file(tools=container(), principal=visit.principal, at=visit.at).person
    if person is None:
        raise NotFound("Профиль не найден")
    return person


@blueprint.page("POST", f"{PROFILE}/contacts/{{contact}}")
def change_contact(visit: Visit, contact: str) -> Answer:
    """Take a new phone or e-mail and send a code to it."""
    channel, _ = _channel(contact)
    try:
        person = change_profile(
            tools=container(),
            principal=visit.principal,
            change=_change(contact, visit.form.get(contact, "").strip()),
            at=visit.at,
        )
    except ValidationFailed as refusal:
        return _profile(visit, visit.form, {error.field: error.message for error in refusal.errors})
    if getattr(person, contact).pending is None:
        return Redirect(to=f"{PROFILE}?done=saved")
    return _send(visit, contact, channel)


def _change(contact: str, value: str) -> ProfileChange:
    return ProfileChange(phone=value) if contact == "phone" else ProfileChange(email=value)


def _send(visit: Visit, contact: str, channel: Channel) -> Redirect:
    try:
        send_contact_code(
            tools=container(),
            principal=visit.principal,
            channel=channel,
            at=visit.at,
            request=request_key(visit.key, "contact-code", contact),
        )
    except RateLimited:
        return Redirect(to=f"{PROFILE}/contacts/{contact}")
    return Redirect(to=f"{PROFILE}/contacts/{contact}?done=code-sent")


@blueprint.page("GET", f"{PROFILE}/contacts/{{contact}}")
def contact_code(visit: Visit, contact: str) -> Answer:
    """Where the code that came to the new phone or e-mail is typed."""
    return _code_page(visit, contact)


@blueprint.page("POST", f"{PROFILE}/contacts/{{contact}}/code")
def confirm(visit: Visit, contact: str) -> Answer:
    """Confirm by the code."""
    channel, _ = _channel(contact)
    typed = "".join(visit.form.get("code", "").split())
    if not _SIX_DIGITS.fullmatch(typed):
        return _code_page(visit, contact, CodeNotAccepted("malformed", "Введите шесть цифр из сообщения"))
    try:
        confirm_contact(tools=container(), principal=visit.principal, channel=channel, code=typed, at=visit.at)
    except CodeNotAccepted as refusal:
        return _code_page(visit, contact, refusal)
    return Redirect(to=f"{PROFILE}?done=confirmed")


@blueprint.page("POST", f"{PROFILE}/contacts/{{contact}}/codes")
def another_code(visit: Visit, contact: str) -> Answer:
    """Send another code."""
    channel, _ = _channel(contact)
    return _send(visit, contact, channel)


def _code_page(visit: Visit, contact: str, refusal: DomainError | None = None) -> Answer:
    person = _person(visit)
    _, title = _channel(contact)
    found = getattr(person, contact)
    if found is None or found.pending is None:
        return Redirect(to=PROFILE)
    context = {
        "section": "profile",
        "contact": contact,
        "title": title,
        "pending": found.pending,
        "error": refusal.detail if refusal else "",
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/contact_code.html", context=context, status=UNPROCESSABLE if refusal else 200)


def _channel(contact: str) -> tuple[Channel, str]:
    if contact not in _CONTACTS:
        raise NotFound("Такого вида связи нет")
    return _CONTACTS[contact]


@blueprint.page("POST", f"{PROFILE}/address")
def address(visit: Visit) -> Answer:
    """Change the address."""
    typed = {name: visit.form.get(name, "").strip() for name in ADDRESS}
    try:
        change_profile(tools=container(), principal=visit.principal, change=ProfileChange(address=typed), at=visit.at)
    except ValidationFailed as refusal:
        errors = {error.field.removeprefix("address."): error.message for error in refusal.errors}
        return _profile(visit, typed, errors)
    return Redirect(to=f"{PROFILE}?done=saved")


@blueprint.page("POST", "/cabinet/consents/revocation")
def revoke(visit: Visit) -> Answer:
    """Revoke the consent."""
    revoke_consent(tools=container(), principal=visit.principal, at=visit.at)
    return Redirect(to=f"{PROFILE}?done=consent-revoked")


@blueprint.page("GET", f"{PROFILE}/notifications")
def notifications(visit: Visit) -> Answer:
    """What to be told by SMS and e-mail; the cabinet shows everything."""
    person = _person(visit)
    groups: list[dict[str, Any]] = [
        {"name": name, "title": title, "channels": [_choice(name, channel, person) for channel in CHANNELS]}
        for name, (title, _) in GROUPS.items()
    ]
    context = {"section": "profile", "groups": groups, "has_profile": bool(person.consents)}
    return Page(template="pages/notifications.html", context=context)


def _choice(group: str, channel: Channel, person: Person) -> dict[str, Any]:
    kinds = list(kinds_of(group, channel))
    is_on = any(person.preferences.get(f"{kind}.{channel}", True) for kind in kinds)
    return {"name": f"{group}.{channel}", "title": CHANNELS[channel], "is_on": is_on, "exists": bool(kinds)}


@blueprint.page("POST", f"{PROFILE}/notifications")
def choose_notifications(visit: Visit) -> Answer:
    """Keep the choice, for every notification of each group."""
    wanted = {
        f"{kind}.{channel}": f"{group}.{channel}" in visit.form
        for group in GROUPS
        for channel in CHANNELS
        for kind in kinds_of(group, channel)
    }
    change_profile(tools=container(), principal=visit.principal, change=ProfileChange(preferences=wanted), at=visit.at)
    return Redirect(to=f"{PROFILE}/notifications?done=saved")
