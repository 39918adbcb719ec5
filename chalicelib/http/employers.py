"""Routes of employers, their requests about staff, and what employees let them know (requirement K2)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.employers import (
    ConsentDecisionIn,
    EmployeeConsentOut,
    EmployeeConsentsOut,
    EmployerIn,
    EmployerOut,
    EmployerRequestIn,
    EmployerRequestOut,
    EmployersOut,
    ListIn,
    ListOrderOut,
    consent_out,
    consents_out,
    employer_out,
    request_out,
)
from chalicelib.http.schemas.scans import upload_out
from chalicelib.use_cases.employee_consents import decide_employee_consent, list_consents
from chalicelib.use_cases.employer_requests import (
    LINK_SECONDS,
    RequestWish,
    WhichRequest,
    create_request,
    file_link,
    find_request,
    list_requests,
    order_list,
    refresh_request,
)
from chalicelib.use_cases.employers import find_employer, list_employers, register_employer
from chalicelib.use_cases.idempotency import request_key

blueprint = ApiBlueprint(__name__)

TAG = "employers"
CITIZEN = ("citizen",)
EMPLOYERS = "/v1/me/employers"
EMPLOYER = f"{EMPLOYERS}/{{employer_id}}"
REQUESTS = f"{EMPLOYER}/certificate-requests"
REQUEST = f"{REQUESTS}/{{request_id}}"
CONSENTS = "/v1/me/employer-consents"


def _which(employer_id: str, request_id: str) -> WhichRequest:
    return WhichRequest(employer_id=entity_id(employer_id), request_id=entity_id(request_id))


@blueprint.route(
    "POST",
    EMPLOYERS,
    status=201,
    summary="Зарегистрировать организацию, от имени которой вы действуете",
    tag=TAG,
    idempotent="optional",
    errors=(403, 422, 429),
    roles=CITIZEN,
)
def register(call: Call, body: EmployerIn) -> EmployerOut:
    """Реквизиты проверяются сразу, право действовать — по реестру, обычно за несколько секунд."""
    made = register_employer(
        tools=container(),
        principal=call.principal,
        details=body.details(),
        at=call.at,
        request=request_key(call.idempotency_key, "employer", body.model_dump_json()),
    )
    return employer_out(made)


@blueprint.route("GET", EMPLOYERS, summary="Организации, от имени которых я действую", tag=TAG, roles=CITIZEN)
def employers(call: Call) -> EmployersOut:
    """С состоянием проверки."""
    found = list_employers(tools=container(), principal=call.principal)
    return EmployersOut(items=[employer_out(one) for one in found])


@blueprint.route("GET", f"{EMPLOYER}/details", summary="Организация", tag=TAG, errors=(404,), roles=CITIZEN)
def employer(call: Call, employer_id: str) -> EmployerOut:
    """Подтверждена ли, а если нет — почему и что сделать."""
    found = find_employer(tools=container(), principal=call.principal, employer_id=entity_id(employer_id))
    return employer_out(found)


@blueprint.route(
    "POST",
    REQUESTS,
    status=201,
    summary="Запросить справки о страховании сотрудников",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 422, 429),
    roles=CITIZEN,
)
def make_request(call: Call, employer_id: str, body: EmployerRequestIn) -> EmployerRequestOut:
    """За день, месяц, год или промежуток; затем загрузите список."""
    wish = RequestWish(employer_id=entity_id(employer_id), period=body.wish(), outputs=body.wanted())
    made = create_request(
        tools=container(),
        principal=call.principal,
        wish=wish,
        at=call.at,
        request=request_key(call.idempotency_key, "employer-request", employer_id, body.model_dump_json()),
    )
    return request_out(made, at=call.at)


@blueprint.route("GET", REQUESTS, summary="Запросы организации", tag=TAG, errors=(404,), roles=CITIZEN)
def requests(call: Call, employer_id: str, query: PageQuery) -> Page[EmployerRequestOut]:
    """Сначала новые."""
    found = list_requests(
        tools=container(),
        principal=call.principal,
        employer_id=entity_id(employer_id),
        limit=query.limit,
        after=after(query.cursor),
    )
    items = [request_out(one, at=call.at) for one in found.items]
    return Page[EmployerRequestOut](items=items, next_cursor=cursor_of(found.after))


@blueprint.route("GET", f"{REQUEST}/details", summary="Запрос организации", tag=TAG, errors=(404,), roles=CITIZEN)
def request(call: Call, employer_id: str, request_id: str) -> EmployerRequestOut:
    """Сколько строк проверено, сколько осталось, что вышло и какие файлы готовы."""
    found = find_request(tools=container(), principal=call.principal, which=_which(employer_id, request_id))
    return request_out(found, at=call.at)


@blueprint.route(
    "POST",
    f"{REQUEST}/lists",
    status=201,
    summary="Получить разрешение загрузить список сотрудников",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409, 422),
    roles=CITIZEN,
)
def order(call: Call, employer_id: str, request_id: str, body: ListIn) -> ListOrderOut:
    """CSV или XLSX, до 25 МБ и 100 000 строк. Исправленный файл загружается сюда же: принятое не удвоится."""
    ordered, form = order_list(
        tools=container(),
        principal=call.principal,
        which=_which(employer_id, request_id),
        media_type=body.media_type,
        at=call.at,
        request=request_key(call.idempotency_key, "staff-list", employer_id, request_id, body.media_type),
    )
    return ListOrderOut(request=request_out(ordered, at=call.at), upload=upload_out(form))


@blueprint.route(
    "POST",
    f"{REQUEST}/refresh",
    summary="Проверить строки заново: сотрудники могли ответить",
    tag=TAG,
    errors=(403, 404, 409, 422),
    roles=CITIZEN,
)
def refresh(call: Call, employer_id: str, request_id: str) -> EmployerRequestOut:
    """Файлы подготовятся снова; пока идёт проверка, повтор ничего не меняет."""
    found = refresh_request(
        tools=container(), principal=call.principal, which=_which(employer_id, request_id), at=call.at
    )
    return request_out(found, at=call.at)


@blueprint.route(
    "GET",
    f"{REQUEST}/files/{{name}}/link",
    summary="Ссылка на файл запроса",
    tag=TAG,
    errors=(404, 409),
    roles=CITIZEN,
)
def file(call: Call, employer_id: str, request_id: str, name: str) -> LinkOut:
    """Имя — из поля files: pdf, xlsx, json, to_mend, zip-1 и так далее. Ссылка действует пять минут."""
    url = file_link(
        tools=container(),
        principal=call.principal,
        which=_which(employer_id, request_id),
        name=name,
        at=call.at,
    )
    return LinkOut(url=url, expires_in=LINK_SECONDS)


@blueprint.route("GET", CONSENTS, summary="Кто из работодателей спрашивал обо мне", tag=TAG, roles=CITIZEN)
def consents(call: Call) -> EmployeeConsentsOut:
    """Без согласия работодателю ничего не сообщается."""
    found = list_consents(tools=container(), principal=call.principal)
    return consents_out([consent_out(one) for one in found])


@blueprint.route(
    "POST",
    f"{CONSENTS}/{{organisation_id}}/decision",
    summary="Разрешить или запретить работодателю знать о моём страховании",
    tag=TAG,
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def decide(call: Call, organisation_id: str, body: ConsentDecisionIn) -> EmployeeConsentOut:
    """Передумать можно в любой момент; уже выданные справки остаются."""
    decided = decide_employee_consent(
        tools=container(),
        principal=call.principal,
        organisation_id=entity_id(organisation_id),
        state=body.decided(),
        at=call.at,
    )
    return consent_out(decided)
