"""The use cases of newborns, to be broken at every call: what the registry tells, and what is done with it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from infra.local.persons import PERSONS
from tests.faults.scenarios import CLIENT_WAITS, Scenario, deliver
from tests.newborns import CASES, RECORDS, REPRESENTED, annulment, birth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.rig import Rig


@contextmanager
def _as(rig: Rig, key: str) -> Iterator[None]:
    """Act under the account of another demonstration person."""
    own = rig.claims
    rig.claims = next(person for person in PERSONS if person.key == key).claims()
    try:
        yield
    finally:
        rig.claims = own


def _told(rig: Rig, message: dict[str, Any]) -> None:
    with _as(rig, "civil_registry"):
        assert rig.api("POST", RECORDS, message)["state"] == "received"


def _tells(message: dict[str, Any]) -> Callable[[Rig], None]:
    """Bring a message to the queue where it is handled."""

    def lead(rig: Rig) -> None:
        rig.settle()
        rig.waiting.clear()
        _told(rig, message)
        rig.step()

    return lead


def _mother_insured(rig: Rig) -> None:
    rig.settle()
    rig.sleep(timedelta(days=10))
    rig.waiting.clear()


def _nobody_known(rig: Rig) -> None:
    rig.sleep(timedelta(days=10))
    _tells(birth())(rig)
    rig.settle()
    rig.waiting.clear()


def _decide(rig: Rig) -> None:
    """An operator sees the case and names an insurer; a second press of the button finds it decided."""
    with _as(rig, "fund"):
        waiting = rig.api("GET", CASES)["items"]
        if waiting:
            record_id = waiting[0]["record_id"]
            decision = {"proceed": True, "insurer_code": "77004"}
            rig.api("POST", f"{CASES}/{{record_id}}/decision", decision, record_id=record_id)


def _consent(rig: Rig) -> None:
    (child,) = rig.api("GET", REPRESENTED)["items"]
    path = f"{REPRESENTED}/{{person_id}}/consents"
    body, key = {"version": "2026-11"}, "childs-consent"
    assert rig.api("POST", path, body, key=key, person_id=child["person_id"])["has_consent"]


def _settled(rig: Rig) -> None:
    rig.settle()
    rig.waiting.clear()


NEWBORN_STAGES: dict[str, tuple[str, Callable[[Rig], None]]] = {
    "mother_insured": ("approved", _mother_insured),
    "birth_told": ("mother_insured", _tells(birth())),
    "child_insured": ("birth_told", _settled),
    "correction_told": ("birth_told", _tells(birth(2, child={"sex": "female"}))),
    "annulment_told": ("birth_told", _tells(annulment(2))),
    "nobody_known": ("", _nobody_known),
}

NEWBORN_SCENARIOS = (
    Scenario(name="birth_received", begins="mother_insured", act=lambda rig: _told(rig, birth()), pause=CLIENT_WAITS),
    Scenario(name="newborn", begins="birth_told", act=deliver("issuance")),
    Scenario(name="newborn_corrected", begins="correction_told", act=deliver("issuance")),
    Scenario(name="newborn_annulled", begins="annulment_told", act=deliver("issuance")),
    Scenario(name="case_decided", begins="nobody_known", act=_decide, pause=CLIENT_WAITS),
    Scenario(name="childs_consent", begins="child_insured", act=_consent, pause=CLIENT_WAITS),
)
