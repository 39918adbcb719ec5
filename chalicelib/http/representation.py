"""Routes of those who act for another person (requirement A6)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.models import Page, PageQuery
from chalicelib.http.proofs import CodeOut, ExtractIn, ShareIn
from chalicelib.http.schemas.applications import LinkOut
from chalicelib.http.schemas.insurance import DocumentOut, InsuranceOut, document_out, insurance_out
from chalicelib.http.schemas.people import ActivityOut, ConsentIn, activity_out
from chalicelib.http.schemas.representation import (
    RepresentedIn,
    RepresentedListOut,
    RepresentedOut,
    represented_out,
)
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.ordered_documents import LINK_SECONDS, document_link
from chalicelib.use_cases.representations import (
    add_represented,
    give_up_representation,
    represented_file,
    represented_persons,
)
from chalicelib.use_cases.represented_consents import give_represented_consent
from chalicelib.use_cases.share_policy import order_extract, share_policy

blueprint = ApiBlueprint(__name__)

TAG = "representation"
CITIZEN = ("citizen",)
PERSONS = "/v1/represented-persons"
ONE = f"{PERSONS}/{{person_id}}"


@blueprint.route("GET", PERSONS, summary="Кого я представляю", tag=TAG, roles=CITIZEN)
def represented(call: Call) -> RepresentedListOut:
    """Дети, подопечные и доверители; прежние тоже, с состоянием ended."""
    found = represented_persons(tools=container(), principal=call.principal)
    return RepresentedListOut(items=[represented_out(representation, person) for representation, person in found])


@blueprint.route(
    "POST",
    PERSONS,
    status=201,
    summary="Добавить человека, которого вы представляете",
    tag=TAG,
    idempotent="optional",
    errors=(403,),
    roles=CITIZEN,
)
def represent(call: Call, body: RepresentedIn) -> Reply[RepresentedOut]:
    """Документы о полномочиях проверяются с каждым заявлением; полномочия прекращаются сами, когда истечёт их срок."""
    tools = container()
    made = add_represented(
        tools=tools,
        principal=call.principal,
        wanted=body.wanted(),
        at=call.at,
        request=request_key(call.idempotency_key, "represent", body.model_dump_json()),
    )
    person = tools.store.person_file(person_id=made.person_id).person
    if person is None:
        raise NotFound("Человек не найден")
    return Reply(represented_out(made, person), location=f"{PERSONS}/{made.person_id}")


@blueprint.route(
    "POST",
    f"{ONE}/consents",
    status=201,
    summary="Дать согласие на обработку данных за представляемого",
    tag=TAG,
    idempotent="optional",
    errors=(403, 404, 409),
    roles=CITIZEN,
)
def represented_consent(call: Call, person_id: str, body: ConsentIn) -> RepresentedOut:
    """Нужно перед первым заявлением о ребёнке, которому полис оформлен по записи ЗАГС; повтор ничего не меняет."""
    right, person = give_represented_consent(
        tools=container(),
        principal=call.principal,
        person_id=entity_id(person_id),
        version=body.version,
        at=call.at,
        request=request_key(call.idempotency_key, "represented-consent", person_id, body.version),
    )
    return represented_out(right, person)


@blueprint.route(
    "POST",
    f"{ONE}/termination",
    status=204,
    summary="Перестать представлять",
    tag=TAG,
    errors=(404, 409),
    roles=CITIZEN,
)
def stop(call: Call, person_id: str) -> None:
    """Поданные заявления переходят к оператору, черновики закрываются."""
    give_up_representation(tools=container(), principal=call.principal, person_id=entity_id(person_id), at=call.at)


@blueprint.route(
    "GET", f"{ONE}/insurance", summary="Полис и документы представляемого", tag=TAG, errors=(404,), roles=CITIZEN
)
def insurance(call: Call, person_id: str) -> InsuranceOut:
    """То же, что о себе: полисы, свидетельства, документы."""
    file = represented_file(tools=container(), principal=call.principal, person_id=entity_id(person_id), at=call.at)
    return insurance_out(file)


@blueprint.route(
    "GET", f"{ONE}/activity", summary="Журнал действий представляемого", tag=TAG, errors=(404,), roles=CITIZEN
)
def activity(call: Call, person_id: str, query: PageQuery) -> Page[ActivityOut]:
    """Кто и когда что сделал; действия представителя помечены «representative»."""
    tools = container()
    represented_file(tools=tools, principal=call.principal, person_id=entity_id(person_id), at=call.at)
    found = tools.store.activity(person_id=person_id, limit=query.limit, after=after(query.cursor))
    return Page[ActivityOut](
        items=[activity_out(entry) for entry in found.items],
        next_cursor=cursor_of(found.after),
    )


@blueprint.route(
    "GET",
    f"{ONE}/documents/{{document_id}}/link",
    summary="Ссылка на документ представляемого в PDF",
    tag=TAG,
    errors=(404,),
    roles=CITIZEN,
)
def document(call: Call, person_id: str, document_id: str) -> LinkOut:
    """Ссылка действует пять минут."""
    tools = container()
    file = represented_file(tools=tools, principal=call.principal, person_id=entity_id(person_id), at=call.at)
    return LinkOut(url=document_link(tools=tools, file=file, document_id=document_id), expires_in=LINK_SECONDS)


@blueprint.route(
    "POST",
    f"{ONE}/codes",
    status=201,
    summary="Свежий QR-код полиса представляемого",
    tag=TAG,
    idempotent="optional",
    errors=(404, 422),
    roles=CITIZEN,
)
def share(call: Call, person_id: str, body: ShareIn) -> CodeOut:
    """На срок от 1 до 30 дней."""
    from chalicelib.adapters.documents.qr_code import qr_svg  # noqa: PLC0415 — loads the QR library

    made = share_policy(
        tools=container(),
        principal=call.principal,
        days=body.days,
        with_name=body.with_name,
        at=call.at,
        person_id=entity_id(person_id),
        request=request_key(call.idempotency_key, "share", person_id, body.model_dump_json()),
    )
    return CodeOut(qr_link=made.link, svg=qr_svg(made.link), valid_until=made.valid_until)


@blueprint.route(
    "POST",
    f"{ONE}/extracts",
    status=201,
    summary="Заказать выписку о полисе представляемого",
    tag=TAG,
    idempotent="optional",
    errors=(404, 409, 422),
    roles=CITIZEN,
)
def extract(call: Call, person_id: str, body: ExtractIn) -> DocumentOut:
    """Готова через несколько секунд."""
    ordered = order_extract(
        tools=container(),
        principal=call.principal,
        bilingual=body.bilingual,
        at=call.at,
        person_id=entity_id(person_id),
        request=request_key(call.idempotency_key, "extract", person_id, body.model_dump_json()),
    )
    return document_out(ordered)
