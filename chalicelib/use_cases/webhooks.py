"""Subscriptions of insurers and clinics to events of their cases: made, seen, rotated, replayed, ended (M3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, InvalidValue, NotPermitted, RuleRefused, ValidationFailed
from chalicelib.domain.principal import Role
from chalicelib.domain.webhook import MOST_SUBSCRIPTIONS, HookSubscription, rotate
from chalicelib.domain.webhook_address import parse_address
from chalicelib.domain.webhook_events import EventKind, OrganisationKind, kinds_of, organisation_name
from chalicelib.domain.webhook_progress import HookProgress, replayed
from chalicelib.domain.webhook_signature import derive_secret
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_role
from chalicelib.use_cases.deliver_webhooks import queue_delivery
from chalicelib.use_cases.journal import record
from chalicelib.use_cases.turns import in_turn, take_turn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.domain.webhook_events import FeedEvent
    from chalicelib.ports.storage import UnitOfWork
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.ports.webhooks import HookFolder

_UNSENDABLE = {
    "unresolved": "Имя из адреса не находится: проверьте адрес или запись DNS",
    "not_public": "Имя из адреса ведёт во внутреннюю сеть: укажите адрес, доступный из интернета",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscribed:
    """A subscription and how far its messages are; ``secret`` only where it has just been made."""

    subscription: HookSubscription
    progress: HookProgress
    last: int
    secret: str = ""


def organisation_of(principal: Principal) -> tuple[OrganisationKind, str]:
    """The organisation whose operator the principal is.

    Raises:
        NotPermitted: the principal is no operator of an insurer or a clinic, or the account does not say of which.
    """
    require_role(principal, Role.INSURER_OPERATOR, Role.CLINIC_REGISTRAR)
    if principal.has_role(Role.INSURER_OPERATOR):
        kind, code = OrganisationKind.INSURER, principal.insurer
    else:
        kind, code = OrganisationKind.CLINIC, principal.clinic
    if code is None:
        raise NotPermitted("В учётной записи не указано, где вы работаете: обратитесь к администратору")
    return kind, code


def subscribe(
    *,
    tools: Toolbox,
    principal: Principal,
    url: str,
    kinds: Sequence[str],
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Subscribed:
    """Subscribe the operator's organisation; events from now on are sent. A repeated key makes no second one.

    Raises:
        NotPermitted: see `organisation_of`.
        ValidationFailed: the address or a kind is not allowed; all mistakes at once.
        RuleRefused: the organisation has as many subscriptions as it may.
    """
    kind, code = organisation_of(principal)
    organisation = organisation_name(kind, code)
    wanted = _checked(tools, kind, url, kinds)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: in_turn(lambda: _made(tools, principal, organisation, url, wanted, request, at)),
        recall=lambda found: with_secret(tools, _found(tools, organisation, found)),
    )


def _checked(tools: Toolbox, kind: OrganisationKind, url: str, kinds: Sequence[str]) -> tuple[EventKind, ...]:
    errors: list[FieldError] = []
    try:
        parse_address(url=url, is_local_home=tools.webhooks_local)
        refused = tools.hooks.refusal(url=url)
        if refused:
            errors.append(FieldError(field="url", code=refused, message=_UNSENDABLE[refused]))
    except InvalidValue as mistake:
        errors.append(FieldError(field="url", code=mistake.reason, message=mistake.detail))
    allowed = {one.value for one in kinds_of(kind)}
    errors += [
        FieldError(field=f"kinds.{place}", code="unknown_kind", message=f"Выберите из: {', '.join(sorted(allowed))}")
        for place, one in enumerate(kinds)
        if one not in allowed
    ]
    if errors:
        raise ValidationFailed(errors)
    return tuple(EventKind(one) for one in dict.fromkeys(kinds)) or kinds_of(kind)


def _made(
    tools: Toolbox,
    principal: Principal,
    organisation: str,
    url: str,
    kinds: tuple[EventKind, ...],
    request: idempotency.RequestKey | None,
    at: datetime,
) -> Subscribed:
    folder = tools.store.hook_folder(organisation=organisation)
    if len(folder.subscriptions) >= MOST_SUBSCRIPTIONS:
        detail = f"Подписок не может быть больше {MOST_SUBSCRIPTIONS}: удалите ненужную"
        raise RuleRefused("too_many_subscriptions", detail)
    subscription = HookSubscription(
        subscription_id=tools.ids.new_id(at=at),
        organisation=organisation,
        account_id=principal.account_id,
        url=url,
        kinds=kinds,
        created_at=at,
    )
    last = folder.feed.last if folder.feed else 0
    progress = HookProgress(organisation=organisation, subscription_id=subscription.subscription_id, through=last)
    work = tools.store.work(at=at)
    subscription = _noted(tools, work, subscription, principal, "webhook_subscribed", at)
    known = [one.subscription_id for one in folder.subscriptions]
    take_turn(work=work, name="webhooks", folder=organisation, seen=known)
    work.create(subscription)
    work.create(progress)
    name = subscription.subscription_id
    idempotency.remember(work=work, request=request, principal=principal, result=name, tools=tools, at=at)
    work.commit()
    return with_secret(tools, Subscribed(subscription=subscription, progress=progress, last=last))


def with_secret(tools: Toolbox, found: Subscribed) -> Subscribed:
    """Add the newest secret: shown once, to who made or rotated it."""
    subscription = found.subscription
    secret = derive_secret(
        secret=tools.secrets.signing_secret,
        subscription_id=subscription.subscription_id,
        generation=subscription.generation,
    )
    return replace(found, secret=secret)


def list_subscriptions(*, tools: Toolbox, principal: Principal) -> Sequence[Subscribed]:
    """The subscriptions of the operator's organisation, oldest first (1 AWS call)."""
    folder = tools.store.hook_folder(organisation=organisation_name(*organisation_of(principal)))
    return [_joined(folder, one) for one in folder.subscriptions]


def view_subscription(*, tools: Toolbox, principal: Principal, subscription_id: str) -> Subscribed:
    """One subscription of the operator's organisation (1 AWS call); raises NotFound."""
    return _found(tools, organisation_name(*organisation_of(principal)), subscription_id)


def rotate_secret(
    *,
    tools: Toolbox,
    principal: Principal,
    subscription_id: str,
    both_days: int,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Subscribed:
    """Begin another secret; the present one signs beside it for some days, 0 ends it at once.

    Raises:
        NotFound: the organisation has no such subscription.
        StaleWrite: it changed meanwhile.
    """
    organisation = organisation_name(*organisation_of(principal))

    def create() -> Subscribed:
        found = _found(tools, organisation, subscription_id)
        changed = rotate(found.subscription, at=at, both_for=timedelta(days=both_days))
        work = tools.store.work(at=at)
        changed = _noted(tools, work, changed, principal, "webhook_secret_rotated", at)
        work.update(changed)
        idempotency.remember(work=work, request=request, principal=principal, result="rotated", tools=tools, at=at)
        work.commit()
        return with_secret(tools, replace(found, subscription=replace(changed, version=changed.version + 1)))

    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=create,
        recall=lambda _: with_secret(tools, _found(tools, organisation, subscription_id)),
    )


def replay(
    *,
    tools: Toolbox,
    principal: Principal,
    subscription_id: str,
    after: int,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> Subscribed:
    """Send again what follows a cursor; a subscription that was stopped goes on.

    Raises:
        NotFound: the organisation has no such subscription.
        RuleRefused: the cursor lies behind the end of the feed.
        StaleWrite: a message was sent at this very moment.
    """
    organisation = organisation_name(*organisation_of(principal))

    def create() -> Subscribed:
        found = _found(tools, organisation, subscription_id)
        if after > found.last:
            raise RuleRefused("cursor_ahead", f"Событий пока {found.last}: укажите число от 0 до {found.last}")
        progress = replayed(found.progress, after=after)
        work = tools.store.work(at=at)
        work.update(_noted(tools, work, found.subscription, principal, "webhook_replayed", at))
        work.update(progress)
        busy_until = progress.leased_until
        left = max(0, int((busy_until - at).total_seconds()) + 1) if busy_until else 0
        queue_delivery(work=work, tools=tools, progress=progress, at=at, delay_seconds=left)
        idempotency.remember(work=work, request=request, principal=principal, result="replayed", tools=tools, at=at)
        work.commit()
        return replace(found, progress=progress)

    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=create,
        recall=lambda _: _found(tools, organisation, subscription_id),
    )


def unsubscribe(*, tools: Toolbox, principal: Principal, subscription_id: str, at: datetime) -> None:
    """End a subscription at once; raises NotFound, StaleWrite."""
    found = _found(tools, organisation_name(*organisation_of(principal)), subscription_id)
    work = tools.store.work(at=at)
    _noted(tools, work, found.subscription, principal, "webhook_unsubscribed", at)
    work.give_turn_back(name="webhooks", folder=found.subscription.organisation)
    work.discard(found.subscription)
    work.remove(found.progress)
    work.commit()


def stopped_subscriptions(*, tools: Toolbox, principal: Principal) -> Sequence[HookProgress]:
    """All subscriptions that have stopped, for those who run the service (1 AWS call); raises NotPermitted."""
    require_role(principal, Role.FUND_OPERATOR, Role.ADMINISTRATOR, Role.AUDITOR)
    return tools.store.stopped_hooks()


def events_after(*, tools: Toolbox, principal: Principal, after: int, limit: int) -> Sequence[FeedEvent]:
    """Read the feed of the operator's organisation behind a cursor (1 AWS call)."""
    organisation = organisation_name(*organisation_of(principal))
    return tools.store.feed_events(organisation=organisation, after=after, limit=limit)


def _found(tools: Toolbox, organisation: str, subscription_id: str) -> Subscribed:
    folder = tools.store.hook_folder(organisation=organisation)
    for one in folder.subscriptions:
        if one.subscription_id == subscription_id:
            return _joined(folder, one)
    raise NotFound("Подписка не найдена")


def _joined(folder: HookFolder, subscription: HookSubscription) -> Subscribed:
    name = subscription.subscription_id
    progress = folder.progress_of(name) or HookProgress(organisation=subscription.organisation, subscription_id=name)
    return Subscribed(subscription=subscription, progress=progress, last=folder.feed.last if folder.feed else 0)


def _noted(
    tools: Toolbox, work: UnitOfWork, subscription: HookSubscription, principal: Principal, name: str, at: datetime
) -> HookSubscription:
    details = {"webhook_id": subscription.subscription_id}
    actor = actor_of(principal)
    return record(subscription, work=work, tools=tools, name=name, at=at, actor=actor, details=details)
