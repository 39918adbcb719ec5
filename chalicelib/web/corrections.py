"""Operators correct what is wrong with four eyes: one proposes, another approves or rejects (requirements D4, O2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import container
from chalicelib.domain.correction_rules import CORRECTION_RULES
from chalicelib.domain.corrections import CORRECTION_STATE_TITLES, CorrectionKind, CorrectionState
from chalicelib.domain.errors import RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.principal import Role
from chalicelib.http.applications import after, cursor_of, entity_id
from chalicelib.http.persons import person_ref
from chalicelib.use_cases.corrections import (
    Proposal,
    list_corrections,
    propose_correction,
    propose_reversal,
    view_correction,
)
from chalicelib.use_cases.decide_correction import approve_correction, reject_correction
from chalicelib.use_cases.find_persons import view_person
from chalicelib.use_cases.idempotency import request_key
from chalicelib.web.answers import UNPROCESSABLE, Answer, Page, Redirect
from chalicelib.web.attempts import attempted
from chalicelib.web.blueprint import WebBlueprint
from chalicelib.web.correction_fields import value_fields, value_titles
from chalicelib.web.persons import ONE as PERSON
from chalicelib.web.rendering import day, moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalicelib.domain.corrections import Correction
    from chalicelib.domain.errors import FieldError
    from chalicelib.use_cases.idempotency import RequestKey
    from chalicelib.web.visits import Visit

blueprint = WebBlueprint(__name__)

CORRECTIONS = "/operator/corrections"
ONE = f"{CORRECTIONS}/{{correction_id}}"
ROWS = 25
_LONGEST_REASON = 1000
_LONGEST_VALUE = 300
_TONES = {CorrectionState.PROPOSED: "wait", CorrectionState.CARRIED_OUT: "good", CorrectionState.REJECTED: "bad"}


@blueprint.page("GET", CORRECTIONS)
def corrections(visit: Visit) -> Answer:
    """Those of one's insurer or region in a state, by default what waits for the second operator; newest first."""
    text = visit.query.get("state", "")
    state = CorrectionState(text) if text in set(CorrectionState) else CorrectionState.PROPOSED
    found = list_corrections(
        tools=container(),
        principal=visit.principal,
        state=state,
        limit=ROWS,
        after=after(visit.query.get("after")),
    )
    context = {
        "section": "corrections",
        "rows": [_row(correction, visit) for correction in found.items],
        "state": state.value,
        "states": [{"code": code.value, "title": title} for code, title in CORRECTION_STATE_TITLES.items()],
        "more": cursor_of(found.after),
    }
    return Page(template="pages/corrections.html", context=context)


def _row(correction: Correction, visit: Visit) -> dict[str, Any]:
    return {
        "address": f"{CORRECTIONS}/{correction.correction_id}",
        "title": CORRECTION_RULES[correction.kind].title,
        "state": CORRECTION_STATE_TITLES[correction.state],
        "tone": _TONES.get(correction.state, "quiet"),
        "at": moment(correction.proposed_at),
        "is_mine": correction.proposed_by == visit.principal.account_id,
    }


@blueprint.page("GET", f"{PERSON}/correction")
def kinds(visit: Visit, person_id: str) -> Answer:
    """What may be corrected of a person; with a kind in the address, its form."""
    return _form(visit, person_id, visit.query.get("kind", ""), dict(visit.query))


@blueprint.page("POST", f"{PERSON}/correction")
def propose(visit: Visit, person_id: str) -> Answer:
    """Propose; nothing changes before the second operator approves."""
    kind, reason = visit.form.get("kind", ""), _reason(visit)
    if kind not in set(CorrectionKind):
        return _form(visit, person_id, "", {})
    rule = CORRECTION_RULES[CorrectionKind(kind)]
    typed = {name: visit.form.get(name, "").strip()[:_LONGEST_VALUE] for name in (*rule.needs, *rule.optional)}
    named = {name: text for name, text in typed.items() if text or name in rule.needs}
    proposal = Proposal(kind=rule.kind, person_id=person_ref(person_id), reason=reason, values=named)
    try:
        made = propose_correction(
            tools=container(),
            principal=visit.principal,
            proposal=proposal,
            at=visit.at,
            request=_key(visit, "correction", person_id, kind, reason, *typed.values()),
        )
    except ValidationFailed as refusal:
        return _form(visit, person_id, kind, typed, errors=refusal.errors)
    except (RuleRefused, StateConflict) as refusal:
        return _form(visit, person_id, kind, typed, refusal=refusal.detail)
    return Redirect(to=f"{CORRECTIONS}/{made.correction_id}?done=proposed")


def _form(
    visit: Visit,
    person_id: str,
    kind: str,
    typed: dict[str, str],
    *,
    errors: tuple[FieldError, ...] = (),
    refusal: str = "",
) -> Page:
    case = view_person(tools=container(), principal=visit.principal, person_id=person_ref(person_id), at=visit.at)
    rule = CORRECTION_RULES[CorrectionKind(kind)] if kind in set(CorrectionKind) else None
    is_fund = visit.principal.has_role(Role.FUND_OPERATOR)
    wrong = {error.field.removeprefix("values."): error.message for error in errors}
    context = {
        "section": "persons",
        "person": case.person,
        "rule": rule,
        "kinds": [
            {"code": found.kind.value, "title": found.title, "hint": f"Меняет {found.changes}"}
            for found in CORRECTION_RULES.values()
            if found.kind is not CorrectionKind.REVERSAL and (is_fund or found.insurer_may)
        ],
        "fields": value_fields(rule, case, typed, wrong) if rule else [],
        "reason": visit.form.get("reason", ""),
        "wrong": wrong,
        "refusal": refusal,
        "key": container().ids.new_id(at=visit.at),
    }
    failed = bool(errors) or bool(refusal)
    return Page(template="pages/correction_new.html", context=context, status=UNPROCESSABLE if failed else 200)


@blueprint.page("GET", ONE)
def correction(visit: Visit, correction_id: str) -> Answer:
    """With its reason and everything that it changes; the look is noted in the journal of the person."""
    return _page(visit, correction_id)


def _page(visit: Visit, correction_id: str, refusal: str = "") -> Page:
    found = view_correction(
        tools=container(), principal=visit.principal, correction_id=entity_id(correction_id), at=visit.at
    )
    titles = value_titles()
    context = {
        "section": "corrections",
        **_row(found, visit),
        "found": found,
        "rule": CORRECTION_RULES[found.kind],
        "values": [(titles.get(name, name), day(value) or "пусто") for name, value in found.values.items()],
        "is_open": found.state is CorrectionState.PROPOSED,
        "may_be_undone": found.state is CorrectionState.CARRIED_OUT and not found.reversed_by,
        "reason": visit.form.get("reason", ""),
        "refusal": refusal,
        "key": container().ids.new_id(at=visit.at),
    }
    return Page(template="pages/correction.html", context=context, status=UNPROCESSABLE if refusal else 200)


@blueprint.page("POST", f"{ONE}/approval")
def approve(visit: Visit, correction_id: str) -> Answer:
    """The second operator approves: it is carried out at once."""

    def act() -> str:
        made = approve_correction(
            tools=container(), principal=visit.principal, correction_id=entity_id(correction_id), at=visit.at
        )
        return f"{CORRECTIONS}/{made.correction_id}?done=carried-out"

    return _tried(visit, correction_id, act)


@blueprint.page("POST", f"{ONE}/rejection")
def reject(visit: Visit, correction_id: str) -> Answer:
    """The second operator rejects, and says why."""

    def act() -> str:
        made = reject_correction(
            tools=container(),
            principal=visit.principal,
            correction_id=entity_id(correction_id),
            reason=_reason(visit),
            at=visit.at,
        )
        return f"{CORRECTIONS}/{made.correction_id}?done=rejected"

    return _tried(visit, correction_id, act)


@blueprint.page("POST", f"{ONE}/reversal")
def reverse(visit: Visit, correction_id: str) -> Answer:
    """Propose to undo what was carried out; the second operator approves that, too."""
    reason = _reason(visit)

    def act() -> str:
        made = propose_reversal(
            tools=container(),
            principal=visit.principal,
            correction_id=entity_id(correction_id),
            reason=reason,
            at=visit.at,
            request=_key(visit, "reversal", correction_id, reason),
        )
        return f"{CORRECTIONS}/{made.correction_id}?done=proposed"

    return _tried(visit, correction_id, act)


def _reason(visit: Visit) -> str:
    return visit.form.get("reason", "").strip()[:_LONGEST_REASON]


def _key(visit: Visit, *parts: str) -> RequestKey | None:
    return request_key(visit.key, "page", *parts)


def _tried(visit: Visit, correction_id: str, act: Callable[[], str]) -> Answer:
    return attempted(
        act,
        lambda errors, refusal: _page(
            visit, correction_id, refusal=refusal or "; ".join(error.message for error in errors)
        ),
    )
