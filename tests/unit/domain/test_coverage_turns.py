"""Every day on which insurance may change is asked about, and no day is told twice (requirement K1)."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.coverage import Stretch, first_insured_day, stretches
from chalicelib.domain.insurance_history import insured_on
from chalicelib.domain.policy import InsurerPeriod, PolicyState, Suspension
from chalicelib.domain.temporary_certificate import CertificateState
from tests.unit.domain.test_coverage import POLICY, START, TEMPORARY, day

PROOFS = {
    "a policy begins": (replace(POLICY, valid_from=day(10)),),
    "a policy's term ends": (replace(POLICY, valid_until=day(40)),),
    "a policy is ended": (replace(POLICY, state=PolicyState.ANNULLED, ended_on=day(30)),),
    "a period begins late": (replace(POLICY, periods=(InsurerPeriod(insurer_code="77012", insured_from=day(7)),)),),
    "an insurer follows another": (
        replace(
            POLICY,
            periods=(
                InsurerPeriod(insurer_code="77012", insured_from=day(0), insured_until=day(20)),
                InsurerPeriod(insurer_code="77004", insured_from=day(20)),
            ),
        ),
    ),
    "a period ends": (
        replace(POLICY, periods=(InsurerPeriod(insurer_code="77012", insured_from=day(0), insured_until=day(33)),)),
    ),
    "a policy rests": (
        replace(
            POLICY,
            suspensions=(Suspension(reason="x", from_on=day(11), until_on=day(22), has_begun=True),),
        ),
    ),
    "a certificate begins": (replace(TEMPORARY, issued_on=day(5), valid_until=day(60)),),
    "a certificate's term ends": (TEMPORARY,),
    "a certificate is revoked": (
        replace(TEMPORARY, state=CertificateState.REVOKED, ended_at=START + timedelta(days=12)),
    ),
    "nothing is known": (),
}


@pytest.mark.parametrize("name", PROOFS)
@pytest.mark.parametrize(("begins", "ends"), [(0, 60), (3, 41), (10, 20), (11, 12), (22, 23), (33, 40)])
def test_stretches_say_what_each_day_says(name: str, begins: int, ends: int) -> None:
    proofs, found = PROOFS[name], {}
    told = stretches(proofs=proofs, from_on=day(begins), until_on=day(ends))
    for stretch in told:
        for number in range(stretch.days):
            found[stretch.from_on + timedelta(days=number)] = stretch.insurer_code
        assert stretch.from_on + timedelta(days=stretch.days - 1) == stretch.last_day
    asked = [day(number) for number in range(begins, ends)]
    assert found == {on: insured_on(proofs=proofs, on=on).insurer_code for on in asked}
    assert all(one.insurer_code != other.insurer_code for one, other in itertools.pairwise(told))
    assert sum(stretch.days for stretch in told) == ends - begins


@pytest.mark.parametrize("name", PROOFS)
def test_no_other_day_is_asked_about_and_what_begins_or_ends_at_the_edge_makes_no_stretch(name: str) -> None:
    for stretch in stretches(proofs=PROOFS[name], from_on=day(0), until_on=day(60)):
        alone = stretches(proofs=PROOFS[name], from_on=stretch.from_on, until_on=stretch.until_on)
        assert alone == (stretch,)
        assert stretch.days > 0


def test_the_first_day_is_that_of_the_earliest_proof() -> None:
    later = replace(POLICY, valid_from=day(10))
    assert first_insured_day([]) is None
    assert first_insured_day([later]) == day(10)
    assert first_insured_day([later, TEMPORARY]) == first_insured_day([TEMPORARY, later]) == day(0)
    assert Stretch(from_on=day(0), until_on=day(1)).days == 1
