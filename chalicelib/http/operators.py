"""Routes of operators (requirement D2: what no register could decide)."""

from __future__ import annotations

from pydantic import Field

from chalicelib.bootstrap import container
from chalicelib.http.applications import entity_id
from chalicelib.http.blueprint import ApiBlueprint, Call
from chalicelib.http.models import In
from chalicelib.http.schemas.applications import ApplicationOut, application_out
from chalicelib.use_cases.decide_application import Decision, decide_application

blueprint = ApiBlueprint(__name__)

TAG = "operators"


class DecisionIn(In):
    """The decision; a refusal needs its reason in words that the person understands."""

    approve: bool
    reason: str = Field(default="", max_length=500)
    mend: str = Field(default="", max_length=500, description="Что сделать заявителю")


@blueprint.route(
    "POST",
    "/v1/operator/applications/{application_id}/decision",
    summary="Решить по заявлению, которое не решили реестры",
    tag=TAG,
    errors=(403, 404, 409),
    roles=("insurer_operator", "fund_operator"),
)
def decide(call: Call, application_id: str, body: DecisionIn) -> ApplicationOut:
    """Только по заявлениям своей страховой организации или своего региона."""
    decision = Decision(
        application_id=entity_id(application_id),
        approve=body.approve,
        reason=body.reason,
        mend=body.mend,
    )
    return application_out(
        decide_application(tools=container(), principal=call.principal, decision=decision, at=call.at)
    )
