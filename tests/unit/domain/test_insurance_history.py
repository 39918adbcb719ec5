"""Two times that never mix: the day asked about, and the day on which it was known (requirement D4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.insurance_history import (
    CertificateVersion,
    PolicyVersion,
    end_of_known_day,
    insured_on,
    known_proofs,
)
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate
from chalicelib.domain.validity import CardKind

FIRST = date(2026, 1, 1)
START = datetime(2026, 1, 1, tzinfo=UTC)

POLICY = Policy(
    policy_id="a",
    person_id="p",
    policy_number="1",
    state=PolicyState.ACTIVE,
    issued_on=FIRST,
    issued_at=START,
    valid_from=FIRST,
    periods=(InsurerPeriod(insurer_code="77012", insured_from=FIRST),),
    status_index=1,
)
CERTIFICATE = TemporaryCertificate(
    number="900000001",
    person_id="p",
    application_id="f",
    account_id="p",
    insurer_code="77004",
    region="77",
    issued_on=FIRST,
    valid_until=FIRST + timedelta(days=30),
    utc_offset_hours=3,
    state=CertificateState.ACTIVE,
    status_index=2,
)

days = st.integers(0, 60).map(lambda number: FIRST + timedelta(days=number))
policies = st.builds(
    replace,
    st.just(POLICY),
    policy_id=st.sampled_from(["a", "b"]),
    periods=st.builds(
        lambda code, day: (InsurerPeriod(insurer_code=code, insured_from=day),),
        st.sampled_from(["77012", "77004"]),
        days,
    ),
    ended_on=st.none() | days,
    state=st.sampled_from([PolicyState.ACTIVE, PolicyState.ANNULLED]),
)


@st.composite
def histories(draw):
    """What became known, one change after another; things may leave and come again."""
    versions, at = [], START
    for number in range(1, draw(st.integers(1, 9))):
        at += timedelta(hours=draw(st.integers(0, 72)))
        gone = draw(st.booleans()) and draw(st.booleans())
        if draw(st.integers(0, 3)):
            known = replace(draw(policies), version=number)
            versions.append(PolicyVersion(policy=known, known_at=at, gone=gone))
        else:
            known = replace(CERTIFICATE, version=number, insurer_code=draw(st.sampled_from(["77012", "77004"])))
            versions.append(CertificateVersion(certificate=known, known_at=at, gone=gone))
    return versions


def answer(versions, on, known_on):
    return insured_on(proofs=known_proofs(versions=versions, before=before(known_on)), on=on)


def before(known_on):
    return end_of_known_day(known_on=known_on, utc_offset_hours=3)


@given(versions=histories(), cut=st.integers(0, 8), on=days)
def test_what_becomes_known_later_changes_no_earlier_answer(versions, cut, on):
    earlier, later = versions[:cut], versions[cut:]
    if not earlier or not later:
        return
    known_on = (earlier[-1].known_at + timedelta(hours=3)).date()
    if later[0].known_at < before(known_on):
        return
    assert answer(versions, on, known_on) == answer(earlier, on, known_on)


@given(versions=histories(), on=days)
def test_known_by_now_is_what_stands_now(versions, on):
    standing = {}
    for version in versions:
        proof = version.policy if isinstance(version, PolicyVersion) else version.certificate
        name = getattr(proof, "policy_id", "certificate")
        standing.pop(name, None)
        if not version.gone:
            standing[name] = proof
    assert answer(versions, on, date(2027, 1, 1)) == insured_on(proofs=standing.values(), on=on)


@given(versions=histories(), on=days, known_on=days)
def test_the_order_of_reading_does_not_matter(versions, on, known_on):
    assert answer(list(reversed(versions)), on, known_on) == answer(versions, on, known_on)


def test_a_day_ends_by_the_clock_of_the_region():
    assert end_of_known_day(known_on=FIRST, utc_offset_hours=3) == datetime(2026, 1, 1, 21, tzinfo=UTC)
    evening = PolicyVersion(policy=POLICY, known_at=datetime(2026, 1, 1, 20, 59, tzinfo=UTC))
    assert known_proofs(versions=[evening], before=before(FIRST)) == (POLICY,)
    night = replace(evening, known_at=datetime(2026, 1, 1, 21, tzinfo=UTC))
    assert known_proofs(versions=[night], before=before(FIRST)) == ()


def test_a_policy_that_stands_answers_before_one_that_stood_and_before_a_certificate():
    stood = replace(POLICY, policy_id="z", state=PolicyState.REPLACED, ended_on=date(2027, 1, 1), policy_number="9")
    assert insured_on(proofs=(CERTIFICATE, stood, POLICY), on=FIRST).number == "1"
    assert insured_on(proofs=(CERTIFICATE, stood), on=FIRST).number == "9"
    found = insured_on(proofs=(CERTIFICATE,), on=FIRST)
    assert (found.kind, found.insurer_code, found.is_insured) == (CardKind.TEMPORARY_CERTIFICATE, "77004", True)
    assert insured_on(proofs=(), on=FIRST).is_insured is False
