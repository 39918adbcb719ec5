"""Policies of earlier samples, and the steps by which their holder registers them over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from chalicelib.domain.checks import CheckKind
from chalicelib.domain.paper_barcode import PaperBarcode, encode_barcode
from chalicelib.domain.policy_number import PolicyNumber
from chalicelib.domain.sex import Sex
from infra.local.person_numbers import policy_number_of
from tests.journeys import FIRST_INSURER, consented, insurance

if TYPE_CHECKING:
    import httpx

    from tests.world import World

BLANK = "12345678901"
ENP = policy_number_of(region="77", born_on="1990-05-14", sex="female", serial=90001)
OTHER_ENP = policy_number_of(region="77", born_on="1990-05-14", sex="female", serial=90002)
PETRS_ENP = policy_number_of(region="77", born_on="1985-11-30", sex="male", serial=90002)
PAPER = {"policy_type": "paper", "policy_number": ENP, "blank_number": BLANK}
OLD = {"policy_type": "old_sample", "series": "77МУ", "number": "123456", "region": "77"}
ANNA = PaperBarcode(
    version=2,
    policy_number=PolicyNumber(ENP),
    family_name="Примерова",
    given_name="Анна",
    middle_name="Сергеевна",
    sex=Sex.FEMALE,
    born_on=date(1990, 5, 14),
)


def barcode(**changes: Any) -> str:
    return encode_barcode(barcode=replace(ANNA, **changes)).hex()


def known_to_register(world: World, enp: str = ENP, **data: str) -> None:
    held = {"enp": enp, "insurer_code": FIRST_INSURER, "insured_from": "2019-03-01", **data}
    world.tools.registers.confirmed(CheckKind.INSURED_PERSON, **held)


def register(world: World, claim: dict[str, str] = PAPER, *, person: str = "citizen", **options: Any) -> httpx.Response:
    return world.call("POST", "/v1/me/legacy-policies", person=person, json=claim, **options)


def registered(world: World, claim: dict[str, str] = PAPER, *, person: str = "citizen") -> dict[str, Any]:
    """Give consent and register; the register has not been asked yet."""
    consented(world, person=person)
    answer = register(world, claim, person=person)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def legacy(world: World, *, person: str = "citizen") -> dict[str, Any]:
    """The newest registration as the cabinet shows it."""
    return dict(insurance(world, person=person)["legacy_policies"][-1])


def confirmed(world: World, claim: dict[str, str] = PAPER, *, person: str = "citizen") -> dict[str, Any]:
    known_to_register(world)
    registered(world, claim, person=person)
    world.settle()
    found = legacy(world, person=person)
    assert found["state"] == "confirmed", found
    return found


def refusal(world: World, *, person: str = "citizen") -> str:
    """The code of the one reason for which the newest registration was refused."""
    found = legacy(world, person=person)
    assert found["state"] == "refused", found
    assert insurance(world, person=person)["policies"] == []
    (reason,) = found["refusals"]
    assert reason["message"]
    assert reason["mend"]
    return str(reason["code"])
