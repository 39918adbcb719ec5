"""Routes of applications (requirements B1-B12, C1-C3)."""

from __future__ import annotations

import re

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.signing_code import MAX_TRIES
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page
from chalicelib.http.pagination import decode_cursor, encode_cursor
from chalicelib.http.responses import JSON
from chalicelib.http.schemas.application_requests import (
    ApplicationsQuery,
    CheckFormIn,
    CreateApplicationIn,
    SubmissionIn,
)
from chalicelib.http.schemas.applications import (
    ApplicationOut,
    FormCheckOut,
    SigningCodeOut,
    application_out,
    errors_out,
)
from chalicelib.http.schemas.forms import FormIn
from chalicelib.ports.errors import NotFound
from chalicelib.ports.queries import ApplicationFilter
from chalicelib.use_cases.access import own, require_citizen
from chalicelib.use_cases.closing import withdraw_application
from chalicelib.use_cases.drafts import (
    FormToCheck,
    Wish,
    check_partial_form,
    create_application,
    draft_errors,
    save_draft,
)
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.list_applications import find_by_number, list_applications
from chalicelib.use_cases.resubmission import file_again
from chalicelib.use_cases.sign_application import request_signing_code
from chalicelib.use_cases.sign_by_certificate import content_to_sign
from chalicelib.use_cases.submit_application import Submission, submit_application

blueprint = ApiBlueprint(__name__)

TAG = "applications"
CITIZEN = ("citizen",)
_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


def after(cursor: str | None) -> str | None:
    """Read the id after which a page begins; raises ValidationFailed."""
    key = decode_cursor(cursor)
    if key is None:
        return None
    last = key.get("after", "")
    if not _ID.fullmatch(last):
        message = "Передайте значение next_cursor предыдущей страницы без изменений"
        raise ValidationFailed([FieldError(field="cursor", code="invalid_cursor", message=message)])
    return last


def cursor_of(last: str | None) -> str | None:
    """Write the cursor of the next page."""
    return encode_cursor({"after": last}) if last else None


def entity_id(text: str) -> str:
    """Refuse what cannot be an id, as if it were not found."""
    if not _ID.fullmatch(text):
        raise NotFound("Не найдено")
    return text


@blueprint.route(
    "POST",
    "/v1/applications",
    status=201,
    summary="Создать черновик заявления",
    tag=TAG,
    idempotent="optional",
    etag=True,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def create(call: Call, body: CreateApplicationIn) -> Reply[ApplicationOut]:
    """Черновик заполняется тем, что известно из подтверждённой учётной записи."""
    tools = container()
    application = create_application(
        tools=tools,
        principal=call.principal,
        wish=Wish(kind=body.kind, category=body.category, person_id=body.person_id),
        at=call.at,
        request=request_key(call.idempotency_key, "create", body.kind, body.category, body.person_id or ""),
    )
    errors = draft_errors(tools=tools, application=application, at=call.at)
    return Reply(
        application_out(application, errors=errors),
        version=application.version,
        location=f"/v1/applications/{application.application_id}",
    )


@blueprint.route("GET", "/v1/applications", summary="Мои заявления", tag=TAG, roles=CITIZEN)
def list_mine(call: Call, query: ApplicationsQuery) -> Page[ApplicationOut]:
    """Сначала новые; можно отобрать по состоянию, виду и номеру: страница полна, если подходящих хватает."""
    tools, principal, seen = container(), call.principal, after(query.cursor)
    wanted = ApplicationFilter(state=query.state, kind=query.kind)
    found = (
        list_applications(tools=tools, principal=principal, wanted=wanted, limit=query.limit, after=seen)
        if query.number is None
        else find_by_number(tools=tools, principal=principal, number=query.number, wanted=wanted)
    )
    return Page[ApplicationOut](
        items=[application_out(application) for application in found.items],
        next_cursor=cursor_of(found.after),
    )


@blueprint.route(
    "GET",
    "/v1/applications/{application_id}",
    summary="Заявление: состояние, срок, история",
    tag=TAG,
    etag=True,
    errors=(404,),
    roles=CITIZEN,
)
def status(call: Call, application_id: str) -> Reply[ApplicationOut]:
    """Форма, скан-копии, проверки, задержки, решение и вся история."""
    require_citizen(call.principal)
    file = container().store.application_file(application_id=entity_id(application_id))
    application = own(file, call.principal)
    return Reply(application_out(application, scans=file.scans), version=application.version)


@blueprint.route(
    "PATCH",
    "/v1/applications/{application_id}",
    summary="Сохранить разделы формы",
    tag=TAG,
    etag=True,
    if_match="optional",
    errors=(404, 409),
    roles=CITIZEN,
)
def save(call: Call, application_id: str, body: FormIn) -> Reply[ApplicationOut]:
    """Названные разделы заменяются целиком, остальные не меняются; ошибки полей — в ответе."""
    saved, errors = save_draft(
        tools=container(),
        principal=call.principal,
        application_id=entity_id(application_id),
        sections=body.sections(),
        at=call.at,
        if_version=call.if_match,
    )
    return Reply(application_out(saved, errors=errors), version=saved.version)


@blueprint.route("POST", "/v1/form-checks", summary="Проверить форму, не сохраняя", tag=TAG, roles=CITIZEN)
def check_form(call: Call, body: CheckFormIn) -> FormCheckOut:
    """Все ошибки сразу, с полем, кодом и советом, как исправить."""
    errors = check_partial_form(
        tools=container(),
        principal=call.principal,
        checked=FormToCheck(
            wish=Wish(kind=body.kind, category=body.category),
            form=body.form.sections(),
            complete=body.complete,
            relation=body.relation,
        ),
        at=call.at,
    )
    return FormCheckOut(valid=not errors, errors=errors_out(errors))


@blueprint.route(
    "POST",
    "/v1/applications/{application_id}/signing-codes",
    status=201,
    summary="Проверить заявление и прислать код для подписи",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409, 429),
    roles=CITIZEN,
)
def signing_code(call: Call, application_id: str) -> SigningCodeOut:
    """Код приходит по СМС на подтверждённый телефон; действует пять минут, пять попыток."""
    challenge = request_signing_code(
        tools=container(),
        principal=call.principal,
        application_id=entity_id(application_id),
        at=call.at,
        request=request_key(call.idempotency_key, "signing-code", application_id),
    )
    return SigningCodeOut(
        sent_at=challenge.sent_at,
        expires_at=challenge.expires_at,
        resend_at=challenge.resend_at,
        tries=MAX_TRIES,
    )


@blueprint.route(
    "GET",
    "/v1/applications/{application_id}/signing-content",
    summary="Что подписать электронной подписью",
    tag=TAG,
    content_type=JSON,
    errors=(404, 409),
    roles=CITIZEN,
)
def content(call: Call, application_id: str) -> Reply[str]:
    """Подписываются ровно байты ответа: отсоединённой подписью CMS, которую затем передают при подаче."""
    signed = content_to_sign(
        tools=container(),
        principal=call.principal,
        application_id=entity_id(application_id),
        at=call.at,
    )
    return Reply(signed.decode())


@blueprint.route(
    "POST",
    "/v1/applications/{application_id}/submission",
    status=201,
    summary="Подписать кодом или электронной подписью и подать",
    tag=TAG,
    idempotent="optional",
    etag=True,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def submit(call: Call, application_id: str, body: SubmissionIn) -> Reply[ApplicationOut]:
    """Подаёт заявление или ответ на уточнение; повтор с тем же Idempotency-Key ничего не удваивает."""
    application = submit_application(
        tools=container(),
        principal=call.principal,
        submission=Submission(application_id=entity_id(application_id), code=body.code, cms=body.cms),
        at=call.at,
        request=request_key(call.idempotency_key, "submit", application_id, body.code or "", body.cms or ""),
    )
    return Reply(application_out(application), version=application.version)


@blueprint.route(
    "POST",
    "/v1/applications/{application_id}/resubmission",
    status=201,
    summary="Подать снова: новый черновик из завершённого заявления",
    tag=TAG,
    idempotent="optional",
    etag=True,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def resubmit(call: Call, application_id: str) -> Reply[ApplicationOut]:
    """Форма переносится целиком, новое заявление ссылается на прежнее; скан-копии загружаются заново."""
    tools = container()
    draft = file_again(
        tools=tools,
        principal=call.principal,
        application_id=entity_id(application_id),
        at=call.at,
        request=request_key(call.idempotency_key, "resubmit", application_id),
    )
    errors = draft_errors(tools=tools, application=draft, at=call.at)
    return Reply(
        application_out(draft, errors=errors),
        version=draft.version,
        location=f"/v1/applications/{draft.application_id}",
    )


@blueprint.route(
    "POST",
    "/v1/applications/{application_id}/withdrawal",
    summary="Отозвать заявление",
    tag=TAG,
    errors=(404, 409),
    roles=CITIZEN,
)
def withdraw(call: Call, application_id: str) -> ApplicationOut:
    """Можно до выпуска полиса; временное свидетельство при этом отзывается."""
    application = withdraw_application(
        tools=container(),
        principal=call.principal,
        application_id=entity_id(application_id),
        at=call.at,
    )
    return application_out(application)
