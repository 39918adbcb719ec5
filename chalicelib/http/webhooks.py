"""Routes by which insurers and clinics subscribe to events of their cases, and read them (requirement M3)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.schemas.webhooks import (
    EventsOut,
    EventsQuery,
    ReplayIn,
    SecretRotationIn,
    StoppedWebhooksOut,
    WebhookIn,
    WebhookOut,
    WebhooksOut,
    events_out,
    stopped_out,
    webhook_out,
)
from chalicelib.use_cases import webhooks as use_cases
from chalicelib.use_cases.idempotency import request_key

blueprint = ApiBlueprint(__name__)

TAG = "webhooks"
ORGANISATIONS = ("insurer_operator", "clinic_registrar")
ALL = "/v1/webhooks"
ONE = f"{ALL}/{{webhook_id}}"


@blueprint.route(
    "POST", ALL, status=201, summary="Подписаться на события", tag=TAG, idempotent="optional", roles=ORGANISATIONS
)
def subscribe(call: Call, body: WebhookIn) -> Reply[WebhookOut]:
    """Своя страховая или медицинская организация; ключ подписи показывается один раз, в этом ответе."""
    made = use_cases.subscribe(
        tools=container(),
        principal=call.principal,
        url=body.url,
        kinds=body.kinds,
        at=call.at,
        request=request_key(call.idempotency_key, "webhook", body.url, *body.kinds),
    )
    return Reply(webhook_out(made), location=f"{ALL}/{made.subscription.subscription_id}")


@blueprint.route("GET", ALL, summary="Подписки организации", tag=TAG, roles=ORGANISATIONS)
def listed(call: Call) -> WebhooksOut:
    """Где доставка: что отправлено, что ждёт, от чего отказались."""
    found = use_cases.list_subscriptions(tools=container(), principal=call.principal)
    return WebhooksOut(items=[webhook_out(one) for one in found])


@blueprint.route("GET", ONE, summary="Подписка", tag=TAG, errors=(404,), roles=ORGANISATIONS)
def view(call: Call, webhook_id: str) -> WebhookOut:
    """Без ключа подписи."""
    found = use_cases.view_subscription(
        tools=container(), principal=call.principal, subscription_id=entity_id(webhook_id)
    )
    return webhook_out(found)


@blueprint.route(
    "DELETE", ONE, status=204, summary="Отменить подписку", tag=TAG, errors=(404, 409), roles=ORGANISATIONS
)
def unsubscribe(call: Call, webhook_id: str) -> None:
    """Больше ничего не отправляется; лента событий остаётся."""
    use_cases.unsubscribe(
        tools=container(), principal=call.principal, subscription_id=entity_id(webhook_id), at=call.at
    )


@blueprint.route(
    "POST",
    f"{ONE}/secrets",
    status=201,
    summary="Сменить ключ подписи",
    tag=TAG,
    idempotent="optional",
    errors=(404, 409),
    roles=ORGANISATIONS,
)
def rotate(call: Call, webhook_id: str, body: SecretRotationIn) -> WebhookOut:
    """Некоторое время подписывают оба ключа, прежний и новый; новый показывается один раз, в этом ответе."""
    found = use_cases.rotate_secret(
        tools=container(),
        principal=call.principal,
        subscription_id=entity_id(webhook_id),
        both_days=body.both_days,
        at=call.at,
        request=request_key(call.idempotency_key, "webhook_secret", webhook_id, str(body.both_days)),
    )
    return webhook_out(found)


@blueprint.route(
    "POST",
    f"{ONE}/replays",
    status=201,
    summary="Отправить события снова",
    tag=TAG,
    idempotent="optional",
    errors=(404, 409),
    roles=ORGANISATIONS,
)
def replay(call: Call, webhook_id: str, body: ReplayIn) -> WebhookOut:
    """Всё, что после курсора, по порядку; остановленная доставка продолжается."""
    found = use_cases.replay(
        tools=container(),
        principal=call.principal,
        subscription_id=entity_id(webhook_id),
        after=body.after,
        at=call.at,
        request=request_key(call.idempotency_key, "webhook_replay", webhook_id, str(body.after)),
    )
    return webhook_out(found)


@blueprint.route("GET", "/v1/webhook-events", summary="Лента событий организации", tag=TAG, roles=ORGANISATIONS)
def events(call: Call, query: EventsQuery) -> EventsOut:
    """С первой подписки, за 90 дней; те же тела, что отправляются."""
    found = use_cases.events_after(tools=container(), principal=call.principal, after=query.after, limit=query.limit)
    return events_out(list(found), query.after)


@blueprint.route(
    "GET",
    "/v1/operator/stopped-webhooks",
    summary="Подписки, отправка по которым остановлена",
    tag=TAG,
    roles=("fund_operator", "administrator", "auditor"),
)
def stopped(call: Call) -> StoppedWebhooksOut:
    """Дольше всех стоящие – первыми. Организация уже извещена письмом: чинит и продолжает отправку она сама."""
    found = use_cases.stopped_subscriptions(tools=container(), principal=call.principal)
    return StoppedWebhooksOut(items=[stopped_out(one) for one in found])
