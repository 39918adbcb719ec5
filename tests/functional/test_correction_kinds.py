"""Every kind of correction: what it changes, whom it tells, and that undoing restores everything exactly (D4, F7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory
from chalicelib.domain.checks import CheckKind
from chalicelib.domain.correction_rules import CORRECTION_RULES
from chalicelib.domain.corrections import CorrectionKind
from tests.applicants import CHILD, begun, carried_out, represent, scanned
from tests.corrections import (
    approved,
    check_invariants,
    corrected,
    person_id,
    proposed,
    reversed_,
    state,
)
from tests.journeys import (
    OTHER_INSURER,
    application,
    drafted,
    insurance,
    insured,
    signed,
    submitted,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world import World

C = ApplicantCategory
K = CorrectionKind
POLICY_DAY, LATER = "2026-03-16", "2026-03-20"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """About whom to correct what, and who is told by which message."""

    about: str
    values: dict[str, str] = field(default_factory=dict)
    reader: str = "citizen"
    insurers: int = 0


def _insured(world: World) -> str:
    insured(world)
    world.drain()
    world.sleep(days=20)
    return person_id(world)


def _about_citizen(**values: str) -> Callable[[World], Wanted]:
    return lambda world: Wanted(about=_insured(world), values=values)


def _other_insurer(**values: str) -> Callable[[World], Wanted]:
    return lambda world: Wanted(about=_insured(world), values=values, insurers=2)


def _annulled(world: World) -> Wanted:
    return Wanted(about=_insured(world), values={"annulment": "issued_unlawfully", "from_on": LATER}, insurers=1)


def _ended(world: World) -> Wanted:
    about = _annulled(world).about
    corrected(world, "policy_annulled", about, annulment="issued_unlawfully", from_on=LATER)
    (policy,) = insurance(world)["policies"]
    return Wanted(about=about, values={"policy_id": policy["id"]}, insurers=1)


def _suspended(world: World) -> str:
    about = _insured(world)
    section = {"suspension": {"reason": "left_country", "from_on": "2026-04-05"}}
    done = carried_out(world, C.CITIZEN_14_PLUS, "suspension", sections=section)
    assert done["refusals"] == []
    return about


def _resumed(world: World) -> Wanted:
    about = _suspended(world)
    world.sleep(days=5)
    done = carried_out(world, C.CITIZEN_14_PLUS, "resumption", sections={"resumption": {"from_on": "2026-04-10"}})
    assert done["refusals"] == []
    return Wanted(about=about, values={})


def _two_records(world: World) -> tuple[str, str]:
    main = _insured(world)
    insured(world, person="later")
    world.drain()
    return main, person_id(world, "later")


def _merged(world: World) -> Wanted:
    main, other = _two_records(world)
    return Wanted(about=main, values={"other_person_id": other})


def _separated(world: World) -> Wanted:
    wanted = _merged(world)
    corrected(world, "persons_merged", wanted.about, **wanted.values)
    return wanted


def _two_numbers(world: World) -> Wanted:
    main, other = _two_records(world)
    corrected(world, "wrong_birth_date", other, born_on="1990-05-14")
    number = insurance(world, person="later")["policies"][-1]["policy_number"]
    corrected(world, "persons_merged", main, other_person_id=other)
    return Wanted(about=main, values={"policy_number": number})


def _certificate_revoked(world: World) -> Wanted:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    draft = submitted(world)
    world.settle()
    assert application(world, draft)["certificate_number"]
    world.ok("POST", f"/v1/applications/{draft}/withdrawal")
    world.drain()
    return Wanted(about=person_id(world), values={"application_id": draft})


def _refused(world: World) -> Wanted:
    world.tools.registers.mismatch(CheckKind.PASSPORT, "document_invalid")
    draft = submitted(world)
    world.settle()
    assert application(world, draft)["state"] == "refused"
    return Wanted(about=person_id(world), values={"application_id": draft})


def _withdrawn(world: World) -> Wanted:
    draft = submitted(world)
    world.ok("POST", f"/v1/applications/{draft}/withdrawal")
    world.settle()
    return Wanted(about=person_id(world), values={"application_id": draft})


def _child(world: World) -> str:
    """A child with a policy, and a draft that the parent has begun about it."""
    about = represent(world, "citizen", CHILD)
    carried_out(world, C.CHILD_UNDER_14, "first_policy", about=about)
    world.drain()
    return about


def _representation_ended(world: World) -> Wanted:
    about = _child(world)
    world.ok("POST", f"/v1/represented-persons/{about}/termination")
    world.drain()
    return Wanted(about=about)


def _representation_wrong(world: World) -> Wanted:
    about = _child(world)
    begun(world, C.CHILD_UNDER_14, "insurer_change", about=about)
    draft = begun(world, C.CHILD_UNDER_14, "replacement", about=about, sections={"replacement": {"reason": "lost"}})
    scanned(world, draft["id"], person="citizen")
    world.tools.registers.pending(CheckKind.BIRTH_RECORD)
    signed(world, draft["id"])
    return Wanted(about=about)


def _death(world: World) -> Wanted:
    """A citizen with a policy, an application under way, a draft, and a child for whom the citizen has applied."""
    _representation_wrong(world)
    about = _insured(world)
    world.tools.registers.pending(CheckKind.IDENTITY)
    submitted(world, kind="insurer_change")
    world.settle()
    drafted(world)
    return Wanted(about=about, values={"died_on": LATER})


def _alive_again(world: World) -> Wanted:
    wanted = _death(world)
    corrected(world, "death_recorded", wanted.about, **wanted.values)
    return Wanted(about=wanted.about)


ARRANGED: dict[CorrectionKind, Callable[[World], Wanted]] = {
    K.WRONG_BIRTH_DATE: _about_citizen(born_on="15.05.1990"),
    K.WRONG_SEX: _about_citizen(sex="male"),
    K.WRONG_NAME: _about_citizen(family_name="Примерная", middle_name=""),
    K.WRONG_SNILS: _about_citizen(snils="112-233-445 95"),
    K.WRONG_DOCUMENT: _about_citizen(document_type="14", document_series="4510", document_number="123456"),
    K.CONTACT_OF_ANOTHER: _about_citizen(contact="phone"),
    K.WRONG_INSURER: _other_insurer(insurer_code=OTHER_INSURER, from_on=LATER),
    K.WRONG_PERIOD_BOUNDARY: lambda world: Wanted(
        about=_insured(world), values={"from_on": POLICY_DAY, "new_from_on": "2026-03-10"}, insurers=1
    ),
    K.WRONG_REGION: _other_insurer(region="78", insurer_code="78006", from_on=LATER),
    K.WRONG_TERM: _about_citizen(valid_until="2027-01-01"),
    K.WRONG_CATEGORY: _about_citizen(category="foreigner_permanent", valid_until="2027-01-01"),
    K.POLICY_ANNULLED: _annulled,
    K.POLICY_ENDED_BY_MISTAKE: _ended,
    K.SUSPENDED_BY_MISTAKE: lambda world: Wanted(about=_suspended(world)),
    K.WRONG_SUSPENSION_DATES: lambda world: Wanted(
        about=_suspended(world), values={"from_on": "2026-04-01", "until_on": "2026-04-03"}
    ),
    K.RESUMED_BY_MISTAKE: _resumed,
    K.DUPLICATE_NUMBER: _two_numbers,
    K.CERTIFICATE_REVOKED_BY_MISTAKE: _certificate_revoked,
    K.APPLICATION_REFUSED_BY_MISTAKE: _refused,
    K.APPLICATION_CLOSED_BY_MISTAKE: _withdrawn,
    K.REPRESENTATION_ENDED_BY_MISTAKE: _representation_ended,
    K.REPRESENTATION_WRONG: _representation_wrong,
    K.PERSONS_MERGED: _merged,
    K.PERSONS_SEPARATED: _separated,
    K.DEATH_RECORDED: _death,
    K.DEATH_CANCELLED: _alive_again,
}


def differing(before: dict[Any, Any], after: dict[Any, Any]) -> dict[Any, Any]:
    return {key: (before.get(key), after.get(key)) for key in before | after if before.get(key) != after.get(key)}


def test_every_kind_is_arranged_here() -> None:
    assert {*ARRANGED, K.REVERSAL} == set(K) == set(CORRECTION_RULES)


@pytest.mark.parametrize("kind", ARRANGED, ids=str)
def test_is_carried_out_told_and_undone_exactly(world: World, kind: CorrectionKind) -> None:
    wanted = ARRANGED[kind](world)
    world.settle()
    before = state()
    check_invariants(world)

    proposal = proposed(world, kind.value, wanted.about, **wanted.values)
    assert differing(before, state()) == {}, "a proposal changes nothing"
    assert proposal["differences"]
    done = approved(world, proposal["id"])
    during = state()
    assert differing(before, during), "nothing was corrected"
    check_invariants(world)

    undone = reversed_(world, done["id"])
    assert differing(before, state()) == {}
    check_invariants(world)

    again = reversed_(world, undone["id"])
    assert again["state"] == "carried_out"
    assert differing(_lasting(during), _lasting(state())) == {}, "a reversal is undone like any correction"
    check_invariants(world)


def _lasting(kept: dict[Any, Any]) -> dict[Any, Any]:
    """Without the times at which things were made or put back."""
    return {
        key: {name: value for name, value in row["data"].items() if name != "updated_at"} for key, row in kept.items()
    }
