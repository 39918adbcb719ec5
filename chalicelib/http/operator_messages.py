"""Routes by which operators see what became of messages to a person, and by whom texts go (requirements M1, M2)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import after, cursor_of
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import PageQuery
from chalicelib.http.persons import ONE, OPERATORS, TAG, person_ref
from chalicelib.http.schemas.messages import ToldPersonOut, told_person_out
from chalicelib.http.schemas.sms_routes import SmsRouteOut, sms_route_out
from chalicelib.use_cases.messages import messages_of_person
from chalicelib.use_cases.sms_routes import view_sms_route

blueprint = ApiBlueprint(__name__)


@blueprint.route(
    "GET",
    f"{ONE}/messages",
    summary="Сообщения человеку и что с ними стало",
    tag=TAG,
    errors=(403, 404, 409),
    roles=OPERATORS,
)
def messages(call: Call, person_id: str, query: PageQuery) -> ToldPersonOut:
    """Без текста сообщений; с остановленными контактами. Просмотр записывается в журнал человека."""
    found = messages_of_person(
        tools=container(),
        principal=call.principal,
        person_id=person_ref(person_id),
        limit=query.limit,
        after=after(query.cursor),
        at=call.at,
    )
    return told_person_out(found, next_cursor=cursor_of(found.told.after))


@blueprint.route(
    "GET",
    "/v1/operator/sms-route",
    summary="Через кого уходят SMS",
    tag=TAG,
    roles=("fund_operator", "administrator", "auditor"),
)
def sms_route(call: Call) -> SmsRouteOut:
    """Основной или запасной оператор связи, с какого времени и почему, и сколько отправок не удалось за окно."""
    tools = container()
    route, tallies = view_sms_route(tools=tools, principal=call.principal, at=call.at)
    return sms_route_out(route, tallies, has_second=bool(tools.settings.sms_second_url))
