"""Routes of a person's own data (requirements A4, A5, A7, E, F, M1)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.domain.notifications import Channel
from chalicelib.domain.person import CONSENT_TEXT, CONSENT_VERSION
from chalicelib.http.applications import after, cursor_of
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.insurance import InsuranceOut, InsuranceQuery, insurance_out
from chalicelib.http.schemas.messages import MessageOut, message_out
from chalicelib.http.schemas.people import (
    ActivityOut,
    CodeIn,
    CodeSentOut,
    ConsentIn,
    ConsentTextOut,
    ProfileIn,
    ProfileOut,
    activity_out,
    profile_out,
    quiet_hours_of,
)
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.access import require_citizen
from chalicelib.use_cases.contacts import confirm_contact, send_contact_code
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.insurance_on_day import insurance_now_known
from chalicelib.use_cases.merged_records import main_file
from chalicelib.use_cases.messages import own_messages
from chalicelib.use_cases.ordered_documents import LINK_SECONDS, document_link
from chalicelib.use_cases.people import (
    ProfileChange,
    change_profile,
    give_consent,
    own_file,
    revoke_consent,
)
from chalicelib.use_cases.representations import holder_file

blueprint = ApiBlueprint(__name__)

TAG = "people"
CITIZEN = ("citizen",)
_CHANNELS = {"phone": Channel.SMS, "email": Channel.EMAIL}


@blueprint.route("GET", "/v1/me", summary="Мой профиль", tag=TAG, etag=True, roles=CITIZEN)
def profile(call: Call) -> Reply[ProfileOut]:
    """До первого согласия — то, что известно из учётной записи."""
    file = own_file(tools=container(), principal=call.principal, at=call.at)
    if file.person is None:
        raise NotFound("Профиль не найден")
    return Reply(profile_out(file.person), version=file.person.version)


@blueprint.route(
    "PATCH",
    "/v1/me",
    summary="Изменить профиль",
    tag=TAG,
    etag=True,
    if_match="optional",
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def change(call: Call, body: ProfileIn) -> Reply[ProfileOut]:
    """Новый телефон и новая почта действуют после подтверждения кодом; в тихие часы приходят только срочные СМС."""
    person = change_profile(
        tools=container(),
        principal=call.principal,
        change=ProfileChange(
            phone=body.phone,
            email=body.email,
            address=body.address.model_dump() if body.address else None,
            preferences=body.preferences,
            quiet_hours=quiet_hours_of(body),
            if_version=call.if_match,
        ),
        at=call.at,
    )
    return Reply(profile_out(person), version=person.version)


@blueprint.route(
    "POST",
    "/v1/me/contacts/{contact}/codes",
    status=201,
    summary="Прислать код на новый телефон или почту",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 429),
    roles=CITIZEN,
)
def contact_code(call: Call, contact: str) -> CodeSentOut:
    """``contact`` — phone или email."""
    channel = _channel(contact)
    sent = send_contact_code(
        tools=container(),
        principal=call.principal,
        channel=channel,
        at=call.at,
        request=request_key(call.idempotency_key, "contact-code", contact),
    )
    return CodeSentOut(channel=channel, sent_at=sent.sent_at, expires_at=sent.expires_at)


@blueprint.route(
    "POST",
    "/v1/me/contacts/{contact}/confirmation",
    summary="Подтвердить новый телефон или почту кодом",
    tag=TAG,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def contact_confirmation(call: Call, contact: str, body: CodeIn) -> ProfileOut:
    """Пять попыток, пять минут."""
    person = confirm_contact(
        tools=container(),
        principal=call.principal,
        channel=_channel(contact),
        code=body.code,
        at=call.at,
    )
    return profile_out(person)


def _channel(contact: str) -> Channel:
    if contact not in _CHANNELS:
        raise NotFound("Такого вида связи нет")
    return _CHANNELS[contact]


@blueprint.route(
    "GET",
    "/v1/consent-text",
    auth=False,
    summary="Текст согласия на обработку персональных данных",
    tag=TAG,
    cache="public, max-age=300",
)
def consent_text(call: Call) -> ConsentTextOut:
    """Версия текста передаётся при согласии."""
    return ConsentTextOut(version=CONSENT_VERSION, text=CONSENT_TEXT)


@blueprint.route(
    "POST",
    "/v1/me/consents",
    status=201,
    summary="Дать согласие на обработку персональных данных",
    tag=TAG,
    idempotent="optional",
    errors=(403,),
    roles=CITIZEN,
)
def consent(call: Call, body: ConsentIn) -> ProfileOut:
    """Без согласия заявление подать нельзя; повторное согласие ничего не меняет."""
    person = give_consent(
        tools=container(),
        principal=call.principal,
        version=body.version,
        at=call.at,
        request=request_key(call.idempotency_key, "consent", body.version),
    )
    return profile_out(person)


@blueprint.route(
    "POST",
    "/v1/me/consents/revocation",
    summary="Отозвать согласие",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def consent_revocation(call: Call) -> ProfileOut:
    """История согласий сохраняется."""
    return profile_out(revoke_consent(tools=container(), principal=call.principal, at=call.at))


@blueprint.route("GET", "/v1/me/activity", summary="Журнал действий", tag=TAG, roles=CITIZEN)
def activity(call: Call, query: PageQuery) -> Page[ActivityOut]:
    """Кто и когда что сделал или посмотрел; сначала новое."""
    person_id = require_citizen(call.principal)
    found = container().store.activity(person_id=person_id, limit=query.limit, after=after(query.cursor))
    return Page[ActivityOut](
        items=[activity_out(entry) for entry in found.items],
        next_cursor=cursor_of(found.after),
    )


@blueprint.route("GET", "/v1/me/messages", summary="Мои сообщения", tag=TAG, roles=CITIZEN)
def messages(call: Call, query: PageQuery) -> Page[MessageOut]:
    """Всё, о чём сервис уведомлял, и что стало с каждым СМС и письмом; сначала новое."""
    found = own_messages(tools=container(), principal=call.principal, limit=query.limit, after=after(query.cursor))
    return Page[MessageOut](
        items=[message_out(message) for message in found.items],
        next_cursor=cursor_of(found.after),
    )


@blueprint.route("GET", "/v1/me/insurance", summary="Мои полисы, свидетельства и документы", tag=TAG, roles=CITIZEN)
def insurance(call: Call, query: InsuranceQuery) -> InsuranceOut:
    """С историей страховых организаций и ссылкой QR-кода документов; с on — и чем застрахован в этот день."""
    tools = container()
    file = main_file(tools=tools, file=own_file(tools=tools, principal=call.principal, at=call.at))
    return insurance_out(file, insurance_now_known(file, on=query.on) if query.on else None)


@blueprint.route(
    "GET",
    "/v1/me/documents/{document_id}/link",
    summary="Ссылка на документ в PDF",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def document(call: Call, document_id: str) -> LinkOut:
    """Ссылка действует пять минут."""
    tools = container()
    file = holder_file(tools=tools, principal=call.principal, person_id=None, at=call.at)
    url = document_link(tools=tools, file=file, document_id=document_id)
    return LinkOut(url=url, expires_in=LINK_SECONDS)
