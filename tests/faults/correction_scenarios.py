"""Corrections with four eyes, to be broken at every call like the other use cases."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from chalicelib.http.tokens import account_id_of
from infra.local.persons import PERSONS
from tests.applicants import CHILD
from tests.faults.rig import Crashed
from tests.faults.scenarios import CLIENT_WAITS, Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.faults.rig import Rig

CORRECTIONS = "/v1/operator/corrections"
ONE = f"{CORRECTIONS}/{{correction_id}}"
REASON = "Подтверждено копией документа"
STALE = 409


@contextmanager
def signed_in(rig: Rig, key: str) -> Iterator[None]:
    """Let another person call the API for a while."""
    before = rig.claims
    rig.claims = next(person for person in PERSONS if person.key == key).claims()
    try:
        yield
    finally:
        rig.claims = before


def citizen_id() -> str:
    subject = next(person.subject for person in PERSONS if person.key == "citizen")
    return account_id_of(issuer="https://id.test", subject=subject)


def _propose(rig: Rig, kind: str, about: str, **values: str) -> dict[str, Any]:
    body = {"kind": kind, "person_id": about, "reason": REASON, "values": values}
    with signed_in(rig, "fund"):
        return dict(rig.api("POST", CORRECTIONS, body, key=f"{kind}-{about}"))


def _correction(rig: Rig, *, undoing: bool = False) -> str:
    """The id of the correction, or of the one that undoes it."""
    found = [json.loads(row["data"]) for row in rig.items("Correction")]
    (only,) = [made["correction_id"] for made in found if (made["kind"] == "reversal") is undoing]
    return str(only)


def _rested(rig: Rig) -> None:
    rig.settle()
    rig.waiting.clear()


def _proposing(kind: str, **values: str) -> Callable[[Rig], None]:
    def act(rig: Rig) -> None:
        assert _propose(rig, kind, citizen_id(), **values)["state"] == "proposed"

    return act


def _approve(rig: Rig) -> None:
    with signed_in(rig, "second_fund"):
        rig.api("POST", f"{ONE}/approval", correction_id=_correction(rig))


def _approve_undoing(rig: Rig) -> None:
    with signed_in(rig, "second_fund"):
        rig.api("POST", f"{ONE}/approval", correction_id=_correction(rig, undoing=True))


def _reject(rig: Rig) -> None:
    with signed_in(rig, "second_fund"):
        rig.api("POST", f"{ONE}/rejection", {"reason": "Копия не та"}, correction_id=_correction(rig))


def _find_it_outdated(rig: Rig) -> None:
    with signed_in(rig, "second_fund"):
        answer = rig.answer("POST", f"{ONE}/approval", correction_id=_correction(rig))
    if answer["statusCode"] != STALE:
        raise Crashed(answer["body"])


def _two_children(rig: Rig) -> None:
    _rested(rig)
    declared = {**CHILD, "consent_version": "2026-11"}
    first, second = (
        rig.api("POST", "/v1/represented-persons", declared, key=key)["person_id"] for key in ("one", "two")
    )
    _propose(rig, "persons_merged", first, other_person_id=second)
    rig.waiting.clear()


def _reversal_proposed(rig: Rig) -> None:
    _approve(rig)
    rig.waiting.clear()
    with signed_in(rig, "fund"):
        body = {"reason": REASON}
        rig.api("POST", f"{ONE}/reversal", body, key="reversal", correction_id=_correction(rig))


def _profile_changed(rig: Rig) -> None:
    rig.api("PATCH", "/v1/me", {"preferences": {}})


def _stated(rig: Rig) -> None:
    """A certificate of insurance is made, which a correction will make untrue."""
    rig.api("POST", "/v1/me/insurance-certificates", {"year": 2026})
    rig.step("documents")
    _rested(rig)


BIRTH_DATE = _proposing("wrong_birth_date", born_on="1990-05-15")

CORRECTION_STAGES: dict[str, tuple[str, Callable[[Rig], None]]] = {
    "insured": ("approved", _rested),
    "certificate_stated": ("insured", _stated),
    "renumbering_proposed": ("certificate_stated", BIRTH_DATE),
    "reversal_proposed": ("renumbering_proposed", _reversal_proposed),
    "proposal_outdated": ("renumbering_proposed", _profile_changed),
    "death_proposed": ("attachment_asked", _proposing("death_recorded", died_on="2026-03-16")),
    "merger_proposed": ("insured", _two_children),
}

CORRECTION_SCENARIOS = (
    Scenario(name="proposing_a_correction", begins="certificate_stated", act=BIRTH_DATE, pause=CLIENT_WAITS),
    Scenario(name="correcting_a_birth_date", begins="renumbering_proposed", act=_approve, pause=CLIENT_WAITS),
    Scenario(name="rejecting_a_correction", begins="renumbering_proposed", act=_reject, pause=CLIENT_WAITS),
    Scenario(name="undoing_a_correction", begins="reversal_proposed", act=_approve_undoing, pause=CLIENT_WAITS),
    Scenario(name="outdated_correction", begins="proposal_outdated", act=_find_it_outdated, pause=CLIENT_WAITS),
    Scenario(name="recording_a_death", begins="death_proposed", act=_approve, pause=CLIENT_WAITS),
    Scenario(name="merging_records", begins="merger_proposed", act=_approve, pause=CLIENT_WAITS),
)
