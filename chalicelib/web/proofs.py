"""What I show as proof: a code for a limited time, and a policy of an earlier sample that I hold (F4, F5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.domain.errors import FieldError, ValidationFailed
from chalicelib.domain.legacy_registration import LEGACY_STATE_TITLES, LegacyState
from chalicelib.domain.policy_types import LEGACY_TYPES, POLICY_TYPES, PolicyType
from chalicelib.http.schemas.legacy_policies import LegacyPolicyIn
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.people import own_file
from chalicelib.use_cases.register_legacy_policy import register_legacy_policy
from chalicelib.use_cases.share_policy import MAX_DAYS, share_policy
from chalicelib.web.answers import Answer, Page, Redirect
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.form_fields import Field, rows

if TYPE_CHECKING:
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

_FIELDS = (
    ("policy_number", "Номер полиса (ЕНП)", "16 цифр: на бумажном полисе и пластиковой карте", 40),
    ("blank_number", "Номер бланка", "11 цифр; на универсальной карте 14", 40),
    ("series", "Серия", "Только для полиса старого образца", 40),
    ("number", "Номер", "Только для полиса старого образца", 40),
    ("region", "Где выдан", "", 5),
)


@blueprint.page("GET", "/cabinet/code")
def code(visit: Visit) -> Answer:
    """For how long the code is to be valid."""
    visit.principal  # noqa: B018 — asks to sign in
    context = {"section": "home", "key": container().ids.new_id(at=visit.at), "most": MAX_DAYS, "error": ""}
    return Page(template="pages/code.html", context=context)


@blueprint.page("POST", "/cabinet/code")
def share(visit: Visit) -> Answer:
    """A fresh code; the same form gives the same code."""
    from markupsafe import Markup  # noqa: PLC0415 — as below

    from chalicelib.adapters.documents.qr_code import qr_svg  # noqa: PLC0415 — loads the QR library

    typed, with_name = visit.form.get("days", ""), visit.form.get("with_name") == "yes"
    context = {"section": "home", "key": container().ids.new_id(at=visit.at), "most": MAX_DAYS}
    try:
        made = share_policy(
            tools=container(),
            principal=visit.principal,
            days=int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0,  # noqa: PLR2004
            with_name=with_name,
            at=visit.at,
            request=request_key(visit.key, "policy-code", typed, str(with_name)),
        )
    except ValidationFailed as refusal:
        return Page(template="pages/code.html", context={**context, "error": refusal.errors[0].message}, status=422)
    shown = {"svg": Markup(qr_svg(made.link)), "until": made.valid_until, "link": made.link}  # noqa: S704 — our own
    return Page(template="pages/code_made.html", context={**context, **shown})


@blueprint.page("GET", "/cabinet/old-policy")
def old_policy(visit: Visit) -> Answer:
    """The form of a policy of an earlier sample, and what was registered."""
    return _old_policy(visit, ())


@blueprint.page("POST", "/cabinet/old-policy")
def register(visit: Visit) -> Answer:
    """Register it; the register of insured persons confirms it within seconds."""
    try:
        body = _typed(visit)
        register_legacy_policy(
            tools=container(),
            principal=visit.principal,
            claim=body.claim(),
            at=visit.at,
            request=request_key(visit.key, "legacy-policy", body.model_dump_json()),
        )
    except ValidationFailed as refusal:
        return _old_policy(visit, refusal.errors)
    return Redirect(to="/cabinet/old-policy?done=registered")


def _typed(visit: Visit) -> LegacyPolicyIn:
    kind = visit.form.get("policy_type", "")
    if kind not in set(PolicyType):
        raise ValidationFailed([FieldError(field="policy_type", code="required", message="Выберите вид полиса")])
    typed = {name: visit.form.get(name, "").strip()[:limit] for name, _, _, limit in _FIELDS}
    return LegacyPolicyIn(policy_type=PolicyType(kind), **typed)


def _old_policy(visit: Visit, errors: tuple[FieldError, ...]) -> Page:
    file = own_file(tools=container(), principal=visit.principal, at=visit.at)
    wrong = {error.field: error.message for error in errors}
    fields = [
        Field(
            path=name,
            title=title,
            type="choice" if name == "region" else "text",
            value=visit.form.get(name, ""),
            error=wrong.get(name, ""),
            hint=hint,
            options=rows("regions") if name == "region" else (),
            inputmode="numeric" if name in {"policy_number", "blank_number"} else "",
        )
        for name, title, hint, _ in _FIELDS
    ]
    context = {
        "section": "home",
        "fields": fields,
        "kinds": [
            {"code": t.value, "title": POLICY_TYPES[t].title, "hint": ""} for t in POLICY_TYPES if t in LEGACY_TYPES
        ],
        "kind": visit.form.get("policy_type", ""),
        "kind_error": wrong.get("policy_type", ""),
        "errors": [{"title": "", "message": error.message, "anchor": ""} for error in errors],
        "registered": [
            {
                "title": POLICY_TYPES[r.blank.policy_type].title,
                "state": LEGACY_STATE_TITLES[r.state],
                "refusals": r.refusals,
                "appealed": r.registration_id if r.state is LegacyState.REFUSED else "",
            }
            for r in file.legacy_policies
        ],
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/old_policy.html", context=context, status=422 if errors else 200)
