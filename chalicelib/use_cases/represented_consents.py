"""The consent to processing of personal data that a representative gives on another person's behalf (A4, A6)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.person import CONSENT_VERSION, Consent
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_confirmed, standing_representation
from chalicelib.use_cases.journal import notify, record
from chalicelib.use_cases.people import CABINET

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.person import Person
    from chalicelib.domain.principal import Principal
    from chalicelib.domain.representation import Representation
    from chalicelib.ports.toolbox import Toolbox


def give_represented_consent(
    *,
    tools: Toolbox,
    principal: Principal,
    person_id: str,
    version: str,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> tuple[Representation, Person]:
    """Record the consent for a represented person; one that is in force stays as it is (at most 4 AWS calls).

    Raises:
        AccountNotConfirmed: requirement A1.
        NotFound: the right to act does not stand.
        RuleRefused: the text was renewed: read the present version first.
        StaleWrite: the profile changed at this moment, by the other parent perhaps.
    """
    require_confirmed(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _give(tools, principal, person_id, version, request, at),
        recall=lambda _: _represented(tools, principal, person_id, at),
    )


def _represented(tools: Toolbox, principal: Principal, person_id: str, at: datetime) -> tuple[Representation, Person]:
    own = tools.store.person_file(person_id=principal.account_id)
    day = local_date(at=at, region=DEFAULT_REGION)
    right = standing_representation(own, person_id=person_id, on=day)
    person = tools.store.person_file(person_id=person_id).person
    if person is None:
        raise NotFound("Человек не найден")
    return right, person


def _give(
    tools: Toolbox,
    principal: Principal,
    person_id: str,
    version: str,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> tuple[Representation, Person]:
    right, person = _represented(tools, principal, person_id, at)
    if version != CONSENT_VERSION:
        raise RuleRefused("consent_outdated", "Текст согласия обновился: прочитайте его ещё раз")
    if person.consent is not None and person.consent.version == version:
        idempotency.remember_alone(request=request, principal=principal, result=version, tools=tools, at=at)
        return right, person
    consent = Consent(version=version, given_at=at, channel=CABINET)
    changed = replace(person, consents=(*person.consents, consent), updated_at=at)
    work = tools.store.work(at=at)
    actor = actor_of(principal, acts_for=person_id)
    details = {"version": version, "channel": CABINET}
    changed = record(changed, work=work, tools=tools, name="consent_given", at=at, actor=actor, details=details)
    work.update(changed)
    context = {"day": str(local_date(at=at, region=DEFAULT_REGION))}
    notify(work=work, tools=tools, kind="consent_given", person_id=principal.account_id, at=at, context=context)
    idempotency.remember(work=work, request=request, principal=principal, result=version, tools=tools, at=at)
    work.commit()
    return right, replace(changed, version=changed.version + 1)
