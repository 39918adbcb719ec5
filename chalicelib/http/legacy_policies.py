"""Routes of policies of earlier samples (requirement F5)."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.http.blueprint import ApiBlueprint, Call, Reply
from chalicelib.http.schemas.legacy_policies import LegacyPolicyIn, LegacyPolicyOut, legacy_policy_out
from chalicelib.use_cases.idempotency import request_key
from chalicelib.use_cases.register_legacy_policy import register_legacy_policy

blueprint = ApiBlueprint(__name__)

TAG = "people"
CREATED, FOUND = 201, 200


@blueprint.route(
    "POST",
    "/v1/me/legacy-policies",
    status=CREATED,
    repeated=FOUND,
    summary="Зарегистрировать полис прежнего образца",
    tag=TAG,
    idempotent="optional",
    errors=(403, 409, 429),
    roles=("citizen",),
)
def register(call: Call, body: LegacyPolicyIn) -> Reply[LegacyPolicyOut]:
    """По полям или штрих-коду; сведения подтверждает регистр застрахованных лиц. Тот же полис ещё раз — ответ 200."""
    registration, is_new = register_legacy_policy(
        tools=container(),
        principal=call.principal,
        claim=body.claim(),
        at=call.at,
        request=request_key(call.idempotency_key, "legacy-policy", body.model_dump_json()),
    )
    return Reply(legacy_policy_out(registration), status=CREATED if is_new else FOUND)
