"""Routes of a clinic's desk: many lookups at once, and a signed snapshot for a day without network (G3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.regions import local_date
from chalicelib.http.batch_csv import read_rows
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.csv_text import CONTENT_TYPE, MEDIA_TYPE, csv_text, wants_csv
from chalicelib.http.schemas.attachments import PartQuery
from chalicelib.http.schemas.batches import BatchIn, BatchOut, BatchRowOut, batch_row_out, batch_table
from chalicelib.http.validity import clinic_question
from chalicelib.use_cases.check_many import RowAnswer, RowStatus, check_many
from chalicelib.use_cases.clinic_snapshot import clinic_snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.errors import FieldError
    from chalicelib.domain.principal import Principal
    from chalicelib.use_cases.clinic_key import ClinicQuestion

blueprint = ApiBlueprint(__name__)

TAG = "clinic-desk"
REGISTRAR = ("clinic_registrar",)
MOSCOW = "77"


@blueprint.route(
    "POST",
    "/v1/clinic/validity-batches",
    summary="Кто и кем застрахован: до 1000 человек сразу",
    tag=TAG,
    errors=(403,),
    also=MEDIA_TYPE,
    roles=REGISTRAR,
)
def batch(call: Call, body: BatchIn) -> Reply[BatchOut]:
    """Вопросы — JSON или таблица CSV; ответы — JSON или, с Accept: text/csv, таблица. Каждый просмотр в журнале."""
    on = body.on or local_date(at=call.at, region=MOSCOW)
    if body.csv.strip():
        read = read_rows(text=body.csv, on=on)
        asked = [(row.ref, row.question, row.errors) for row in read]
    else:
        asked = [(one.ref, clinic_question(one, one.on or on), ()) for one in body.questions]
    rows = answered_rows(asked, principal=call.principal, at=call.at)
    headers = {"Vary": "Accept"}
    if wants_csv(call.headers.get("accept")):
        return Reply(csv_text(batch_table(rows)), content_type=CONTENT_TYPE, headers=headers)  # type: ignore[arg-type]
    return Reply(BatchOut(items=rows), headers=headers)


def answered_rows(
    asked: Sequence[tuple[str, ClinicQuestion, tuple[FieldError, ...]]], *, principal: Principal, at: datetime
) -> list[BatchRowOut]:
    """Answer each row for itself, those with mistakes by their mistakes."""
    good = [question for _, question, errors in asked if not errors]
    found = iter(check_many(tools=container(), principal=principal, questions=good, at=at) if good else ())
    rows = []
    for number, (ref, question, errors) in enumerate(asked, start=1):
        answer = RowAnswer(status=RowStatus.MISTAKE, errors=errors) if errors else next(found)
        rows.append(batch_row_out(number, ref, answer, on=question.on, at=at))
    return rows


@blueprint.route(
    "GET",
    "/v1/clinic/snapshot",
    summary="Подписанный список прикреплённых на случай работы без сети",
    tag=TAG,
    errors=(403, 404),
    content_type="application/jose",
    roles=REGISTRAR,
)
def snapshot(call: Call, query: PartQuery) -> Reply[str]:
    """JWS (ES256), проверяется ключами /.well-known/jwks.json; годен сутки; следующую часть называет Link."""
    made = clinic_snapshot(tools=container(), principal=call.principal, part=query.part, at=call.at)
    link = f'</v1/clinic/snapshot?part={made.following}>; rel="next"' if made.following else None
    return Reply(made.text, headers={"Link": link} if link else {})
