"""Appeals, to be broken at every call: begun, filed, decided and what a decision undoes, and what time brings (L1)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.appeals import EXPLANATION, GROUNDS, WORDS
from tests.faults.clinic_scenarios import decide
from tests.faults.correction_scenarios import signed_in
from tests.faults.scenarios import CLIENT_WAITS, NEXT_DUE_RUN, REASON, Scenario, fire

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.rig import Rig

OWN, WORK = "/v1/appeals/{appeal_id}", "/v1/operator/appeals/{appeal_id}"
CASE = "/v1/operator/applications/{application_id}"


def _application_id(rig: Rig) -> str:
    return str(rig.items("Application")[-1]["PK"].removeprefix("APPLICATION#"))


def _refused(rig: Rig) -> None:
    """Another operator than the two of the appeal refuses the case that is taken."""
    with signed_in(rig, "operator"):
        body = {"approve": False, "reasons": [REASON]}
        rig.api("POST", f"{CASE}/decision", body, application_id=_application_id(rig))
    rig.settle()
    rig.waiting.clear()


def _begin(rig: Rig) -> None:
    body = {"subject": "application", "subject_id": _application_id(rig)}
    assert rig.api("POST", "/v1/appeals", body, key="my-appeal")["state"] == "draft"


def _own(step: str, body: Any = None) -> Callable[[Rig], None]:
    """A step of the person's; what is sent again changes nothing."""

    def act(rig: Rig) -> None:
        rig.api("POST", f"{OWN}/{step}", body, appeal_id=_appeal_id(rig))

    return act


def _work(step: str, body: Any = None, *, by: str = "second_operator") -> Callable[[Rig], None]:
    """A step of an operator's."""

    def act(rig: Rig) -> None:
        with signed_in(rig, by):
            rig.api("POST", f"{WORK}/{step}", body, appeal_id=_appeal_id(rig))

    return act


def _appeal_id(rig: Rig) -> str:
    (row,) = rig.items("Appeal")
    return str(row["PK"].removeprefix("APPLICATION#"))


def _rested(act: Callable[[Rig], None]) -> Callable[[Rig], None]:
    def rest(rig: Rig) -> None:
        act(rig)
        rig.settle()
        rig.waiting.clear()

    return rest


def _later(days: int) -> Callable[[Rig], None]:
    return lambda rig: rig.sleep(timedelta(days=days))


def _appealed(subject: str, refuse: Callable[[Rig], Any]) -> Callable[[Rig], None]:
    """What ``refuse`` refuses is appealed against, and an operator has taken the appeal."""

    def act(rig: Rig) -> None:
        subject_id = refuse(rig)
        rig.settle()
        rig.api("POST", "/v1/appeals", {"subject": subject, "subject_id": subject_id}, key="my-appeal")
        _own("submission", {**GROUNDS, "reasons": ["facts_wrong"]})(rig)
        _work("lease", by="fund")(rig)
        rig.settle()
        rig.waiting.clear()

    return act


def _refused_attachment(rig: Rig) -> str:
    decide("wrong_data")(rig)
    return str(rig.items("Attachment")[-1]["SK"].rpartition("#")[2])


def _refused_certificate(rig: Rig) -> str:
    certificate_id = str(rig.api("POST", "/v1/me/insurance-certificates", {"year": 2025})["id"])
    rig.step("documents")
    return certificate_id


QUESTION, VERDICT = {"text": WORDS}, {"explanation": EXPLANATION}

APPEAL_STAGES: dict[str, tuple[str, Callable[[Rig], None]]] = {
    "refused": ("case_taken", _refused),
    "appeal_begun": ("refused", _begin),
    "appeal_forgotten": ("appeal_begun", _later(31)),
    "appeal_filed": ("appeal_begun", _rested(_own("submission", GROUNDS))),
    "appeal_late": ("appeal_filed", _later(20)),
    "appeal_taken": ("appeal_filed", _work("lease")),
    "appeal_asked": ("appeal_taken", _rested(_work("question", QUESTION))),
    "appeal_unanswered": ("appeal_asked", _later(9)),
    "appeal_rejected": ("appeal_taken", _rested(_work("decision", {**VERDICT, "uphold": False}))),
    "attachment_appealed": ("attachment_asked", _appealed("attachment", _refused_attachment)),
    "certificate_appealed": ("drafted", _appealed("insurance_certificate", _refused_certificate)),
}

APPEAL_SCENARIOS = (
    *(
        Scenario(name=name, begins=begins, act=act, pause=CLIENT_WAITS)
        for name, begins, act in (
            ("appeal_begun", "refused", _begin),
            ("appeal_filed", "appeal_begun", _own("submission", GROUNDS)),
            ("appeal_withdrawn", "appeal_filed", _own("withdrawal")),
            ("appeal_taken", "appeal_filed", _work("lease")),
            ("appeal_given_back", "appeal_taken", _work("release")),
            ("appeal_asked_about", "appeal_taken", _work("question", QUESTION)),
            ("appeal_answered", "appeal_asked", _own("answer", {"text": WORDS})),
            ("appeal_upheld", "appeal_taken", _work("decision", {**VERDICT, "uphold": True})),
            ("appeal_rejected", "appeal_taken", _work("decision", {**VERDICT, "uphold": False})),
            ("attachment_upheld", "attachment_appealed", _work("decision", {**VERDICT, "uphold": True}, by="fund")),
            ("certificate_upheld", "certificate_appealed", _work("decision", {**VERDICT, "uphold": True}, by="fund")),
            ("appeal_escalated", "appeal_rejected", _own("second-level", {"text": WORDS})),
        )
    ),
    *(
        Scenario(name=name, begins=begins, act=fire("due", "run_due"), pause=NEXT_DUE_RUN)
        for name, begins in (
            ("appeal_draft_expires", "appeal_forgotten"),
            ("appeal_question_ends", "appeal_unanswered"),
            ("appeal_overdue", "appeal_late"),
        )
    ),
)
