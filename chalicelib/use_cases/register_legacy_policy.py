"""Registering a policy of an earlier sample that its holder has: the claim is kept, the register is asked (F5)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.birth_date import earliest_day
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.legacy_claim import Holder, LegacyClaim, ReadClaim, read_claim
from chalicelib.domain.legacy_registration import LIVE_KIND, LegacyMoment, LegacyPolicy, LegacyState
from chalicelib.domain.person import CONSENT_VERSION
from chalicelib.domain.records import LiveMarker, Queue
from chalicelib.domain.regions import local_date
from chalicelib.domain.sex import Sex
from chalicelib.ports.errors import AlreadyExists
from chalicelib.ports.queries import Limit
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_confirmed
from chalicelib.use_cases.demands import region_of
from chalicelib.use_cases.forms import Form, prefilled, tidy
from chalicelib.use_cases.journal import record, send

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox

TRIES_PER_DAY = 10
"""New registrations of a person in a day: a number that is mistyped is mended in a few, more would be guessing."""

DAY_SECONDS = 24 * 60 * 60

_NEEDED = (
    ("person", "born_on"),
    ("person", "sex"),
    ("person", "snils"),
    ("identity_document", "type"),
    ("identity_document", "number"),
)


def register_legacy_policy(
    *,
    tools: Toolbox,
    principal: Principal,
    claim: LegacyClaim,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> tuple[LegacyPolicy, bool]:
    """Register a policy of an earlier sample; returns the registration and whether it is new (4 AWS calls).

    The same policy again, or the same key again, gives the registration that there is.

    Raises:
        AccountNotConfirmed: requirement A1.
        ValidationFailed: the claim has mistakes, or contradicts the confirmed account.
        RuleRefused: no consent, an account without what the register asks, another policy is there already.
        RateLimited: too many tries in a day.
    """
    person_id = require_confirmed(principal)
    form = _account_form(tools, principal)
    on = local_date(at=at, region=region_of(form))
    read = read_claim(claim=claim, holder=_holder(form), on=on)
    known = tools.store.person_file(person_id=person_id)
    if known.live_legacy_policy is not None:
        return _registered_before(tools, principal, known, read, request)
    _check_person(known)
    registration = _new(tools, principal, read, form, at)
    try:
        return _commit(tools, principal, registration, request, at), True
    except AlreadyExists:
        # A copy that came at the same moment, or under the same key before.
        known = tools.store.person_file(person_id=person_id)
        return _registered_before(tools, principal, known, read, request)


def _account_form(tools: Toolbox, principal: Principal) -> Form:
    """What the confirmed account says: the claim is checked against it, and the register is asked with it."""
    form = tidy(prefilled(principal.person, citizenship=None), contacts=tools.contacts)
    person = form.get("person", {})
    is_named = bool(person.get("family_name") or person.get("given_name"))
    if not is_named or any(not form.get(section, {}).get(name) for section, name in _NEEDED):
        detail = "В учётной записи Госуслуг не хватает имени, даты рождения, пола, СНИЛС или паспорта: дополните её"
        raise RuleRefused("account_incomplete", detail)
    return form


def _holder(form: Form) -> Holder:
    person = form["person"]
    return Holder(
        family_name=person.get("family_name", ""),
        given_name=person.get("given_name", ""),
        middle_name=person.get("middle_name", ""),
        born_on=earliest_day(text=person["born_on"]),
        sex=Sex(person["sex"]),
    )


def _check_person(known: PersonFile) -> None:
    if known.person is None or known.person.consent is None:
        raise RuleRefused("consent_required", "Сначала дайте согласие на обработку персональных данных")
    if known.active_policy is not None:
        detail = "У вас уже есть цифровой полис: он заменяет полисы прежних образцов, регистрировать их не нужно"
        raise RuleRefused("digital_policy_exists", detail)


def _registered_before(
    tools: Toolbox,
    principal: Principal,
    known: PersonFile,
    read: ReadClaim,
    request: idempotency.RequestKey | None,
) -> tuple[LegacyPolicy, bool]:
    if request is not None:
        earlier = idempotency.earlier_result(request=request, account_id=principal.account_id, tools=tools)
        same = next((found for found in known.legacy_policies if found.registration_id == earlier), None)
        if same is not None:
            # The answer of a repeated request is that of the first.
            return same, True
    live = known.live_legacy_policy
    if live is None or not live.is_of(read):
        detail = "Другой ваш полис уже зарегистрирован: одновременно действует только один"
        raise RuleRefused("another_policy_registered", detail)
    return live, False


def _new(tools: Toolbox, principal: Principal, read: ReadClaim, form: Form, at: datetime) -> LegacyPolicy:
    options = {"policy_form": read.blank.policy_type.value, "existing_policy_number": read.policy_number}
    return LegacyPolicy(
        registration_id=tools.ids.new_id(at=at),
        person_id=principal.account_id,
        account_id=principal.account_id,
        state=LegacyState.PENDING,
        blank=read.blank,
        registered_at=at,
        updated_at=at,
        policy_number=read.policy_number,
        valid_until=read.valid_until,
        is_scanned=read.is_scanned,
        form={**form, "options": {name: value for name, value in options.items() if value}},
        history=(LegacyMoment(state=LegacyState.PENDING, at=at, actor=actor_of(principal)),),
    )


def _commit(
    tools: Toolbox,
    principal: Principal,
    registration: LegacyPolicy,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> LegacyPolicy:
    work = tools.store.work(at=at)
    limit = Limit(name="legacy-policies", subject=registration.person_id, times=TRIES_PER_DAY, seconds=DAY_SECONDS)
    work.count(limit)
    work.require_consent(person_id=registration.person_id, version=CONSENT_VERSION)
    work.create(live_marker(registration))
    message_id = ask_later(work=work, tools=tools, registration=registration, at=at)
    registration = record(
        replace(registration, awaited_message=message_id),
        work=work,
        tools=tools,
        name="legacy_policy_registered",
        at=at,
        actor=actor_of(principal),
        details={
            "registration_id": registration.registration_id,
            "policy_type": registration.blank.policy_type.value,
        },
    )
    work.create(registration)
    if request is not None:
        result = registration.registration_id
        account_id = principal.account_id
        work.create(
            idempotency.record_of(request=request, account_id=account_id, result=result, tools=tools, at=at),
        )
    work.commit()
    return registration


def live_marker(registration: LegacyPolicy) -> LiveMarker:
    """The place of the person's one live registration."""
    return LiveMarker(
        person_id=registration.person_id,
        kind=LIVE_KIND,
        application_id=registration.registration_id,
    )


def ask_later(
    *, work: UnitOfWork, tools: Toolbox, registration: LegacyPolicy, at: datetime, delay_seconds: int = 0
) -> str:
    """Queue the question to the register; returns the id of the message."""
    body = {"person_id": registration.person_id, "registration_id": registration.registration_id}
    return send(work=work, tools=tools, queue=Queue.VERIFICATION, body=body, at=at, delay_seconds=delay_seconds)
