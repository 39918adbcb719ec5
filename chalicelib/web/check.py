"""The check of a policy or certificate by its number, for anyone (requirements G1, G4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.birth_date import read_date
from chalicelib.domain.errors import FieldError, InvalidValue, RuleRefused, ValidationFailed
from chalicelib.domain.proof_of_work import ProofNotAccepted
from chalicelib.domain.regions import DEFAULT_REGION, local_date
from chalicelib.domain.validity import CardKind, ValidityStatus
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases.check_validity import PublicQuestion, check_validity
from chalicelib.use_cases.legacy_lookups import OldPolicyKey
from chalicelib.use_cases.prove_work import new_challenge
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.rendering import day

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.validity import Validity
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

_CERTIFICATE, _BLANK = 9, 11
_PLACES = {"policy_number": "number", "certificate_number": "number", "blank_number": "number", "old_policy": "number"}
_VERDICTS = {
    ValidityStatus.VALID: ("Действует", "good"),
    ValidityStatus.NOT_VALID: ("Не действует", "bad"),
    ValidityStatus.NOT_FOUND: ("Не найден", "wait"),
}
_KINDS = {CardKind.POLICY: "Полис", CardKind.TEMPORARY_CERTIFICATE: "Временное свидетельство"}


@blueprint.page("GET", "/check")
def form(visit: Visit) -> Answer:
    """Where the number is typed."""
    return _page(visit)


@blueprint.page("POST", "/check")
def check(visit: Visit) -> Answer:
    """Valid, not valid or not found, and nothing about whose it is."""
    try:
        answer = check_validity(tools=container(), question=_question(visit), at=visit.at)
    except ValidationFailed as refusal:
        return _page(visit, errors={_place(error.field): error.message for error in refusal.errors})
    except RuleRefused as refusal:
        return _page(visit, errors={"consent": refusal.detail})
    except ProofNotAccepted:
        return _page(visit, errors={"proof": "Отправьте форму ещё раз: сервис защищается от программ-переборщиков"})
    # Asked for in any case: else the calls would tell a found number from an unknown one.
    insurer = container().store.insurer_name(code=answer.insurer_code or "")
    return _page(visit, answer=_shown(answer, insurer, _today(visit)))


def _place(field: str) -> str:
    return _PLACES.get(field, field.rpartition(".")[2])


def _question(visit: Visit) -> PublicQuestion:
    number = visit.form.get("number", "").strip()[:40]
    series = visit.form.get("series", "").strip()[:40]
    digits = sum(sign.isdigit() for sign in number)
    name = {_CERTIFICATE: "certificate_number", _BLANK: "blank_number"}.get(digits, "policy_number")
    is_old = bool(series)
    key: dict[str, Any] = {"old_policy": OldPolicyKey(series=series, number=number)} if is_old else {name: number}
    return PublicQuestion(
        on=_today(visit),
        client=visit.client,
        consent=visit.form.get("consent") == "yes",
        proof=visit.form.get("altcha") or None,
        born_on=_born_on(visit),
        family_name=visit.form.get("family_name", "").strip()[:100] or None,
        **key,
    )


def _born_on(visit: Visit) -> date | None:
    text = visit.form.get("born_on", "").strip()
    try:
        return read_date(text=text) if text else None
    except InvalidValue as refusal:
        raise ValidationFailed([FieldError(field="born_on", code=refusal.reason, message=refusal.detail)]) from None


def _today(visit: Visit) -> date:
    return local_date(at=visit.at, region=DEFAULT_REGION)


def _shown(answer: Validity, insurer: str, on: date) -> dict[str, Any]:
    title, tone = _VERDICTS[answer.status]
    return {
        "title": title,
        "tone": tone,
        "is_found": answer.status is not ValidityStatus.NOT_FOUND,
        "rows": [
            ("Документ", _KINDS[answer.kind] if answer.kind else ""),
            ("Страховая организация", insurer if answer.insurer_code else ""),
            ("Действует с", day(answer.valid_from)),
            ("Действует по", day(answer.valid_until)),
            ("Проверено на дату", day(on)),
        ],
    }


def _page(visit: Visit, *, errors: dict[str, str] | None = None, answer: dict[str, Any] | None = None) -> Page:
    try:
        challenge = json.dumps(new_challenge(tools=container(), at=visit.at))
    except NotFound:
        challenge = ""
    context = {"errors": errors or {}, "typed": visit.form if errors else {}, "answer": answer, "challenge": challenge}
    return Page(template="pages/check.html", context=context, status=UNPROCESSABLE if errors else 200)
