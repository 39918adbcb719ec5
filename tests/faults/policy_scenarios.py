"""The use cases that change a policy or act for another person, to be broken at every call like the main ones."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tests.applicants import BIRTH_CERTIFICATE, CHILD, PERMIT, paper
from tests.faults.scenarios import CLIENT_WAITS, NEXT_DUE_RUN, Scenario, deliver, drafted, fire, submit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig

INSURER = {"insurer": {"code": "77012"}}
REPRESENTED = "/v1/represented-persons"


def _rested(rig: Rig) -> None:
    rig.settle()
    rig.sleep(timedelta(days=2))
    rig.waiting.clear()


def _approved(kind: str, **sections: dict[str, str]) -> Callable[[Rig], None]:
    """Bring an application about the citizen's policy to its approval; its effect is what will be broken."""

    def lead(rig: Rig) -> None:
        _rested(rig)
        drafted(rig, {"kind": kind}, sections)
        rig.waiting.clear()
        submit(rig)
        rig.step("verification")

    return lead


def _planned_rest_due(rig: Rig) -> None:
    _approved("suspension", suspension={"reason": "left_country", "from_on": "2026-03-25"})(rig)
    _rested(rig)
    rig.sleep(timedelta(days=10))


def _foreigner(rig: Rig) -> None:
    _consented(rig)
    person = {
        "family_name": "Примерова",
        "given_name": "Анна",
        "sex": "female",
        "born_on": "1990-05-14",
        "birthplace": "г. Ташкент",
        "citizenship": "UZB",
    }
    permit = {**PERMIT, "type": "23", "expires_on": "2026-05-31"}
    sections = {"person": person, "identity_document": paper("9"), "status_document": permit, **INSURER}
    drafted(rig, {"kind": "first_policy", "category": "foreigner_temporary"}, sections)
    rig.waiting.clear()
    submit(rig)
    rig.step("verification")


def _term_over(rig: Rig) -> None:
    _rested(rig)
    rig.sleep(timedelta(days=100))


def _consented(rig: Rig) -> None:
    version = rig.api("GET", "/v1/consent-text")["version"]
    rig.api("POST", "/v1/me/consents", {"version": version})
    rig.step("notifications")
    rig.waiting.clear()


def _declare(rig: Rig) -> None:
    body = {**CHILD, "consent_version": "2026-11"}
    assert rig.api("POST", REPRESENTED, body, key="child")["person_id"]


def _child_drafted(rig: Rig) -> None:
    _declare(rig)
    child = rig.api("GET", REPRESENTED)["items"][0]["person_id"]
    wish = {"kind": "first_policy", "category": "child_under_14", "person_id": child}
    person = {name: CHILD[name] for name in ("family_name", "given_name", "middle_name", "born_on", "sex")}
    representative = {
        "family_name": "Примерова",
        "given_name": "Анна",
        "document_type": "14",
        "document_series": "00 20",
        "document_number": "900001",
        "second_parent": "absent",
    }
    sections = {
        "person": {**person, "birthplace": "г. Москва", "citizenship": "RUS"},
        "identity_document": BIRTH_CERTIFICATE,
        "representative": representative,
        **INSURER,
    }
    drafted(rig, wish, sections)
    rig.waiting.clear()


def _child_submitted(rig: Rig) -> None:
    submit(rig)


def _child_approved(rig: Rig) -> None:
    rig.step("verification")


def _terminate(rig: Rig) -> None:
    child = rig.api("GET", REPRESENTED)["items"][0]
    if child["state"] == "active":
        rig.api("POST", f"{REPRESENTED}/{{person_id}}/termination", person_id=child["person_id"])


def _eighteen(rig: Rig) -> None:
    rig.sleep(timedelta(days=366 * 12))


POLICY_STAGES: dict[str, tuple[str, Callable[[Rig], None]]] = {
    "replacement_approved": ("approved", _approved("replacement", replacement={"reason": "lost"})),
    "suspension_approved": (
        "approved",
        _approved("suspension", suspension={"reason": "left_country", "from_on": "2026-03-18"}),
    ),
    "resumption_approved": ("suspension_approved", _approved("resumption", resumption={"from_on": "2026-03-18"})),
    "refusal_approved": ("approved", _approved("policy_refusal", refusal={"understood": "yes"})),
    "planned_rest_due": ("approved", _planned_rest_due),
    "foreigner_approved": ("", _foreigner),
    "term_over": ("foreigner_approved", _term_over),
    "consented": ("", _consented),
    "child_drafted": ("consented", _child_drafted),
    "child_submitted": ("child_drafted", _child_submitted),
    "child_approved": ("child_submitted", _child_approved),
    "child_grown": ("child_submitted", _eighteen),
}

_DUE = fire("due", "run_due")

POLICY_SCENARIOS = (
    Scenario(name="replacement", begins="replacement_approved", act=deliver("issuance")),
    Scenario(name="suspension", begins="suspension_approved", act=deliver("issuance")),
    Scenario(name="resumption", begins="resumption_approved", act=deliver("issuance")),
    Scenario(name="giving_up", begins="refusal_approved", act=deliver("issuance")),
    Scenario(name="planned_rest", begins="planned_rest_due", act=_DUE, pause=NEXT_DUE_RUN),
    Scenario(name="end_of_term", begins="term_over", act=_DUE, pause=NEXT_DUE_RUN),
    Scenario(name="declaring_a_child", begins="consented", act=_declare, pause=CLIENT_WAITS),
    Scenario(name="childs_policy", begins="child_approved", act=deliver("issuance")),
    Scenario(name="giving_a_child_up", begins="child_submitted", act=_terminate, pause=CLIENT_WAITS),
    Scenario(name="end_of_powers", begins="child_grown", act=_DUE, pause=NEXT_DUE_RUN),
)
