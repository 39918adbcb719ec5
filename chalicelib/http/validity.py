"""Routes of lookups: by anyone and by clinics (requirements G1-G4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.regions import local_date
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.schemas.validity import (
    ChallengeOut,
    ClinicQuestionIn,
    InsuredPersonOut,
    ReadinessIn,
    ReadinessOut,
    ValidityIn,
    ValidityOut,
    insured_person_out,
)
from chalicelib.use_cases.check_insured_person import check_insured_person
from chalicelib.use_cases.check_validity import PublicQuestion, check_readiness, check_validity
from chalicelib.use_cases.clinic_key import ClinicQuestion, DocumentKey, NameKey
from chalicelib.use_cases.legacy_lookups import OldPolicyKey
from chalicelib.use_cases.prove_work import new_challenge

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.http.schemas.validity import OldPolicyIn

blueprint = ApiBlueprint(__name__)

TAG = "validity"
MOSCOW = "77"


def _day(call: Call, given: date | None) -> date:
    return given if given is not None else local_date(at=call.at, region=MOSCOW)


@blueprint.route(
    "GET",
    "/v1/challenges",
    auth=False,
    summary="Задание, решение которого прикладывают к открытой проверке",
    tag=TAG,
    errors=(404,),
)
def challenge(call: Call) -> ChallengeOut:
    """По протоколу ALTCHA; решение работает один раз в течение десяти минут. 404 — решать не нужно."""
    return ChallengeOut.model_validate(new_challenge(tools=container(), at=call.at))


@blueprint.route(
    "POST",
    "/v1/validity-checks",
    auth=False,
    summary="Действует ли полис или временное свидетельство",
    tag=TAG,
    errors=(403, 429),
)
def public_check(call: Call, body: ValidityIn) -> ValidityOut:
    """Ответ одинаков для неизвестного номера и для неверной даты рождения или фамилии."""
    tools = container()
    on = _day(call, body.on)
    answer = check_validity(
        tools=tools,
        question=PublicQuestion(
            on=on,
            client=call.client,
            consent=body.consent,
            policy_number=body.policy_number,
            certificate_number=body.certificate_number,
            blank_number=body.blank_number,
            old_policy=_old_policy(body.old_policy),
            policy_type=body.policy_type,
            born_on=body.born_on,
            family_name=body.family_name,
            proof=body.altcha,
        ),
        at=call.at,
    )
    # Asked for in any case: else the calls, and by them the time, would tell a found number from an unknown one.
    insurer_name = tools.store.insurer_name(code=answer.insurer_code or "")
    return ValidityOut(
        status=answer.status,
        kind=answer.kind,
        insurer_code=answer.insurer_code,
        insurer_name=insurer_name if answer.insurer_code else None,
        valid_from=answer.valid_from,
        valid_until=answer.valid_until,
        reason=answer.reason,
        on=on,
    )


@blueprint.route(
    "POST",
    "/v1/readiness-checks",
    auth=False,
    summary="Готов ли полис: по номеру заявления или свидетельства",
    tag=TAG,
    errors=(403, 404, 429),
)
def readiness(call: Call, body: ReadinessIn) -> ReadinessOut:
    """Только состояние и срок, без сведений о заявителе."""
    found = check_readiness(tools=container(), number=body.number, client=call.client, at=call.at, proof=body.altcha)
    return ReadinessOut(
        state=found.state,
        title=found.title,
        is_ready=found.is_ready,
        is_delayed=found.is_delayed,
        due_on=found.due_on,
    )


@blueprint.route(
    "POST",
    "/v1/clinic/validity-checks",
    summary="Кто и кем застрахован на дату",
    tag=TAG,
    errors=(403,),
    roles=("clinic_registrar",),
)
def clinic_check(call: Call, body: ClinicQuestionIn) -> InsuredPersonOut:
    """По любому номеру полиса, СНИЛС, документу, имени, штрих-коду или QR; каждый просмотр в журнале."""
    on = _day(call, body.on)
    answer = check_insured_person(
        tools=container(),
        principal=call.principal,
        question=clinic_question(body, on),
        at=call.at,
    )
    return insured_person_out(answer, on=on, at=call.at)


def clinic_question(body: ClinicQuestionIn, on: date) -> ClinicQuestion:
    """Read a clinic's question about a day."""
    return ClinicQuestion(
        on=on,
        policy_number=body.policy_number,
        snils=body.snils,
        certificate_number=body.certificate_number,
        document=DocumentKey(**body.document.model_dump()) if body.document else None,
        person=NameKey(**body.person.model_dump()) if body.person else None,
        qr=_token(body.qr),
        blank_number=body.blank_number,
        old_policy=_old_policy(body.old_policy),
        barcode=body.barcode,
    )


def _old_policy(given: OldPolicyIn | None) -> OldPolicyKey | None:
    return None if given is None else OldPolicyKey(series=given.series, number=given.number)


def _token(qr: str | None) -> str | None:
    """A scanner reads the whole link; the token is its fragment."""
    return None if qr is None else qr.strip().rpartition("#")[2]
