"""A person's own data: profile, consent, contacts (requirements A4, A5, A7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.contacts import PostalAddress, check_address
from chalicelib.domain.erasure import ErasureCause
from chalicelib.domain.errors import FieldError, InvalidValue, RuleRefused, ValidationFailed
from chalicelib.domain.notifications import RULES, Channel, NotificationKind
from chalicelib.domain.person import CONSENT_VERSION, Consent, Contact, Person
from chalicelib.domain.plain_text import without_separators
from chalicelib.domain.quiet_hours import QuietHours
from chalicelib.domain.regions import local_date
from chalicelib.ports.errors import KEY_USED, AlreadyExists, NotFound, PreconditionFailed
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_citizen, require_confirmed
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.merged_records import check_living
from chalicelib.use_cases.open_erasure import open_erasure

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox

CABINET = "cabinet"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChange:
    """What a person changes in the profile; None leaves as it is."""

    phone: str | None = None
    email: str | None = None
    address: Mapping[str, str] | None = None
    preferences: Mapping[str, bool] | None = None
    quiet_hours: QuietHours | None = None
    if_version: int | None = None


def own_file(*, tools: Toolbox, principal: Principal, at: datetime) -> PersonFile:
    """Read what the service holds of the person; before the first consent, what the account says (1 AWS call)."""
    person_id = require_citizen(principal)
    file = tools.store.person_file(person_id=person_id)
    if file.person is not None and file.person.erased_at is None:
        return file
    return replace(file, person=_from_account(principal, at))


def _from_account(principal: Principal, at: datetime) -> Person:
    claims = principal.person
    if claims is None:
        raise NotFound("В учётной записи нет сведений о человеке")
    return Person(
        person_id=principal.account_id,
        account_id=principal.account_id,
        family_name=claims.family_name or "",
        given_name=claims.given_name or "",
        middle_name=claims.middle_name or "",
        born_on=claims.born_on.isoformat() if claims.born_on else "",
        sex=claims.sex.value if claims.sex else "",
        snils=without_separators(claims.snils or ""),
        # The e-government portal has verified the contacts of a confirmed account itself.
        phone=Contact(value=claims.phone, verified_at=at) if claims.phone else None,
        email=Contact(value=claims.email, verified_at=at) if claims.email else None,
        address=dict(claims.address or {}),
        updated_at=at,
    )


def give_consent(
    *,
    tools: Toolbox,
    principal: Principal,
    version: str,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Person:
    """Record the consent to processing of personal data; giving it again changes nothing (requirement A4).

    A repeated key gives no second consent, even if the first was revoked meanwhile.

    Raises:
        AccountNotConfirmed: requirement A1.
        RuleRefused: the text was renewed: read the present version first; or the death of the person is recorded.
    """
    require_confirmed(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _give(tools, principal, version, request, at),
        recall=lambda _: stored_person(tools, principal),
    )


def _give(
    tools: Toolbox, principal: Principal, version: str, request: idempotency.RequestKey | None, at: datetime
) -> Person:
    if version != CONSENT_VERSION:
        raise RuleRefused("consent_outdated", "Текст согласия обновился: прочитайте его ещё раз")
    stored = tools.store.person_file(person_id=principal.account_id).person
    check_living(stored)
    if stored is not None and stored.consent is not None and stored.consent.version == version:
        # Else a copy of this request that comes after a revocation would give the consent anew.
        idempotency.remember_alone(request=request, principal=principal, result=version, tools=tools, at=at)
        return stored
    person = _anew(stored, principal, at) if stored is None or stored.erased_at is not None else stored
    consent = Consent(version=version, given_at=at, channel=CABINET)
    changed = replace(person, consents=(*person.consents, consent), updated_at=at)
    try:
        return _keep(tools, principal, changed, "consent_given", at, is_new=stored is None, request=request)
    except AlreadyExists as refusal:
        if refusal.marker == KEY_USED:
            raise
        # Given at the same moment in another window: that one stands.
        return _give(tools, principal, version, request, at)


def _anew(stored: Person | None, principal: Principal, at: datetime) -> Person:
    """The profile as the account has it; one that was emptied is filled again, and its journal goes on."""
    person = _from_account(principal, at)
    if stored is None:
        return person
    kept = {name: getattr(stored, name) for name in ("consents", "merged", "merged_from", "version", "chain")}
    return replace(person, **kept)


def revoke_consent(*, tools: Toolbox, principal: Principal, at: datetime) -> Person:
    """Revoke the consent; the history keeps it, and what the law does not keep is destroyed (requirements A4, P2).

    Raises:
        NotFound: no consent is in force.
    """
    require_citizen(principal)
    person = tools.store.person_file(person_id=principal.account_id).person
    if person is None or person.consent is None:
        raise NotFound("Действующего согласия нет")
    revoked = replace(person.consents[-1], revoked_at=at)
    changed = replace(person, consents=(*person.consents[:-1], revoked), updated_at=at)
    return _keep(tools, principal, changed, "consent_revoked", at, is_new=False)


def _keep(
    tools: Toolbox,
    principal: Principal,
    person: Person,
    name: str,
    at: datetime,
    *,
    is_new: bool,
    request: idempotency.RequestKey | None = None,
) -> Person:
    work = tools.store.work(at=at)
    details = {"version": CONSENT_VERSION, "channel": CABINET}
    person = record(
        person,
        work=work,
        tools=tools,
        name=name,
        at=at,
        actor=actor_of(principal),
        details=details,
    )
    if is_new:
        work.create(person)
    else:
        work.update(person)
    day = str(local_date(at=at, region="77"))
    notify(
        work=work,
        tools=tools,
        kind=name,
        person_id=person.person_id,
        at=at,
        context={"day": day},
    )
    if person.consent is None:
        cause, actor = ErasureCause.CONSENT_REVOKED, actor_of(principal)
        open_erasure(work=work, tools=tools, person=person, cause=cause, actor=actor, at=at)
    idempotency.remember(work=work, request=request, principal=principal, result=CONSENT_VERSION, tools=tools, at=at)
    work.commit()
    return person if is_new else replace(person, version=person.version + 1)


def change_profile(*, tools: Toolbox, principal: Principal, change: ProfileChange, at: datetime) -> Person:
    """Change address and preferences at once, phone and e-mail after a code (requirement A5).

    Raises:
        NotFound: the person has no profile before the first consent.
        ValidationFailed: with every mistake.
        PreconditionFailed: the profile changed since ``if_version``.
    """
    require_confirmed(principal)
    person = stored_person(tools, principal)
    if change.if_version is not None and change.if_version != person.version:
        raise PreconditionFailed("Профиль изменили в другом окне: обновите страницу")
    errors = _profile_errors(tools, change)
    if errors:
        raise ValidationFailed(errors)
    changed = replace(
        person,
        phone=_pending(person.phone, change.phone, tools.contacts.parse_phone),
        email=_pending(person.email, change.email, tools.contacts.parse_email),
        address=dict(change.address) if change.address is not None else person.address,
        preferences={**person.preferences, **(change.preferences or {})},
        quiet_hours=change.quiet_hours or person.quiet_hours,
        updated_at=at,
    )
    work = tools.store.work(at=at)
    named = {"phone": change.phone, "email": change.email, "address": change.address}
    fields = ",".join(sorted(name for name, value in named.items() if value is not None))
    changed = record(
        changed,
        work=work,
        tools=tools,
        name="profile_changed",
        at=at,
        actor=actor_of(principal),
        details={"fields": fields},
    )
    work.update(changed)
    work.commit()
    return replace(changed, version=changed.version + 1)


def stored_person(tools: Toolbox, principal: Principal) -> Person:
    """Read the person's profile; raises NotFound before the first consent."""
    person = tools.store.person_file(person_id=principal.account_id).person
    if person is None:
        raise NotFound("Профиль появится после согласия на обработку персональных данных")
    return person


def _pending(contact: Contact | None, typed: str | None, parse: Callable[[str], str]) -> Contact | None:
    if typed is None:
        return contact
    value = parse(typed)
    if contact is not None and contact.value == value and contact.stopped is None:
        return replace(contact, pending=None)
    return replace(contact or Contact(value=""), pending=value)


def _profile_errors(tools: Toolbox, change: ProfileChange) -> list[FieldError]:
    errors: list[FieldError] = []
    for name, typed, parse in (
        ("phone", change.phone, tools.contacts.parse_phone),
        ("email", change.email, tools.contacts.parse_email),
    ):
        try:
            if typed is not None:
                parse(typed)
        except InvalidValue as refusal:
            errors.append(FieldError(field=name, code=refusal.reason, message=refusal.detail))
    if change.address is not None:
        parts = {name: change.address.get(name, "") for name in ("index", "region", "city", "street", "house", "flat")}
        errors.extend(check_address(address=PostalAddress(**parts), prefix="address"))
    errors.extend(_preference_errors(change.preferences or {}))
    return errors


def _preference_errors(preferences: Mapping[str, bool]) -> list[FieldError]:
    errors = []
    for name, wanted in preferences.items():
        kind, _, channel = name.partition(".")
        known = kind in set(NotificationKind) and channel in set(Channel)
        if not known or Channel(channel) not in RULES[NotificationKind(kind)].channels:
            message = "Такого уведомления или канала нет"
            errors.append(FieldError(field=f"preferences.{name}", code="unknown_preference", message=message))
        elif not wanted and not RULES[NotificationKind(kind)].may_be_switched_off:
            message = "Это уведомление отключить нельзя: без него можно пропустить срок"
            errors.append(FieldError(field=f"preferences.{name}", code="required", message=message))
    return errors
