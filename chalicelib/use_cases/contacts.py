"""Confirming a changed phone or e-mail by a code (requirement A5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.notifications import Channel
from chalicelib.domain.person import Contact, Person
from chalicelib.domain.signing_code import Challenge, CodeNotAccepted, SentCode, check_open, matches, spend_try
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_confirmed
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.one_time_codes import check_cool_down, daily_limit, keep_code, sent_once

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox

from chalicelib.use_cases.people import stored_person

CODES_PER_DAY = 10


def _contact_challenge_id(person_id: str, channel: Channel) -> str:
    return f"{person_id}:{channel.value}"


def _contact_digest(tools: Toolbox, pending: str, sent_at: datetime) -> str:
    return tools.secrets.lookup_hash(kind="contact", value=f"{pending}|{sent_at.isoformat()}")


def send_contact_code(
    *,
    tools: Toolbox,
    principal: Principal,
    channel: Channel,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> SentCode:
    """Send a code to a changed phone or e-mail (requirement A5); a repeated key sends no other.

    Raises:
        RuleRefused: nothing waits to be confirmed there.
        RateLimited: a code was sent less than a minute ago, or too many today.
    """
    require_confirmed(principal)
    return sent_once(
        tools=tools,
        principal=principal,
        request=request,
        send=lambda: _send_code(tools, principal, channel, request, at),
    )


def _send_code(
    tools: Toolbox,
    principal: Principal,
    channel: Channel,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> SentCode:
    person = stored_person(tools, principal)
    contact = person.phone if channel is Channel.SMS else person.email
    if contact is None or contact.pending is None:
        raise RuleRefused("nothing_to_confirm", "Сначала укажите новый телефон или адрес в профиле")
    key = _contact_challenge_id(person.person_id, channel)
    earlier = tools.store.challenge(challenge_id=key)
    check_cool_down(earlier, at=at)
    # The code is derived from the id under which it is stored, the content and the moment together.
    digest = _contact_digest(tools, contact.pending, at)
    challenge = Challenge(challenge_id=key, subject_digest=digest, sent_at=at)
    work = tools.store.work(at=at)
    work.count(daily_limit(name="contact-codes", subject=person.person_id, times=CODES_PER_DAY))
    keep_code(work=work, earlier=earlier, challenge=challenge)
    notify(
        work=work,
        tools=tools,
        kind="contact_verification_code",
        person_id=person.person_id,
        at=at,
        context={"challenge_id": f"{key}|{digest}", "channel": channel.value},
    )
    idempotency.remember(work=work, request=request, principal=principal, result=at.isoformat(), tools=tools, at=at)
    work.commit()
    return challenge


def confirm_contact(*, tools: Toolbox, principal: Principal, channel: Channel, code: str, at: datetime) -> Person:
    """Take over a changed phone or e-mail once its code is right.

    Raises:
        CodeNotAccepted: wrong, expired, spent, or none was sent.
    """
    require_confirmed(principal)
    person = stored_person(tools, principal)
    key = _contact_challenge_id(person.person_id, channel)
    stored = tools.store.challenge(challenge_id=key)
    contact = person.phone if channel is Channel.SMS else person.email
    if contact is None or contact.pending is None:
        raise RuleRefused("nothing_to_confirm", "Подтверждать нечего")
    digest = _contact_digest(tools, contact.pending, stored.sent_at if stored else at)
    challenge = check_open(challenge=stored, subject_digest=digest, at=at)
    derived = replace(challenge, challenge_id=f"{key}|{challenge.subject_digest}")
    work = tools.store.work(at=at)
    if not matches(secret=tools.secrets.signing_secret, challenge=derived, code=code):
        spent = spend_try(challenge=challenge)
        work.update(spent)
        work.commit()
        raise CodeNotAccepted("wrong_code", "Неверный код", tries_left=spent.tries_left)
    name = "phone" if channel is Channel.SMS else "email"
    confirmed = Contact(value=contact.pending, verified_at=at)
    changed = (
        replace(person, phone=confirmed, updated_at=at)
        if channel is Channel.SMS
        else replace(person, email=confirmed, updated_at=at)
    )
    changed = record(
        changed,
        work=work,
        tools=tools,
        name="contact_confirmed",
        at=at,
        actor=actor_of(principal),
        details={"contact": name},
    )
    work.update(changed)
    work.remove(challenge)
    work.commit()
    return replace(changed, version=changed.version + 1)
