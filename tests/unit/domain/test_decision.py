from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.application import ApplicantCategory, ApplicationKind, CheckRecord
from chalicelib.domain.checks import CheckKind, CheckStatus
from chalicelib.domain.decision import FINDINGS, Outcome, judge
from chalicelib.domain.matrix import matrix_row

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
C, M, N = CheckStatus.CONFIRMED, CheckStatus.MISMATCH, CheckStatus.NOT_FOUND
P, U = CheckStatus.PENDING, CheckStatus.UNAVAILABLE
FIRST, CHANGE = ApplicationKind.FIRST_POLICY, ApplicationKind.INSURER_CHANGE
INSURED = CheckKind.INSURED_PERSON


def row(kind=FIRST):
    return matrix_row(category=ApplicantCategory.CITIZEN_14_PLUS, kind=kind, on=date(2026, 3, 16))


def record(kind, status, *reasons):
    return CheckRecord(kind=kind, request_id="r", status=status, asked_at=AT, reasons=reasons)


def judged(answers, kind=FIRST):
    """All other registers confirm; the register of insured persons knows nobody, or the one who changes."""
    usual = dict.fromkeys(CheckKind, (C,)) | {INSURED: (N,) if kind is FIRST else (C,)}
    records = tuple(record(check, *answer) for check, answer in {**usual, **answers}.items() if answer)
    return judge(row=row(kind), checks=records, kinds=row(kind).checks)


@pytest.mark.parametrize(
    ("answers", "kind", "outcome", "codes"),
    [
        ({}, FIRST, Outcome.APPROVED, []),
        ({}, CHANGE, Outcome.APPROVED, []),
        ({INSURED: (C,)}, FIRST, Outcome.REFUSED, ["already_insured"]),
        ({INSURED: (N,)}, CHANGE, Outcome.REFUSED, ["not_insured_yet"]),
        ({INSURED: (M,)}, FIRST, Outcome.OPERATOR, ["register_answer_unclear"]),
        ({INSURED: (M, "deceased")}, FIRST, Outcome.OPERATOR, ["register_contradiction"]),
        ({INSURED: (M, "sex_differs")}, CHANGE, Outcome.CLARIFICATION, ["wrong_personal_data"]),
        ({CheckKind.IDENTITY: (M, "surname_differs")}, FIRST, Outcome.CLARIFICATION, ["wrong_personal_data"]),
        ({CheckKind.IDENTITY: (N,)}, FIRST, Outcome.CLARIFICATION, ["wrong_personal_data"]),
        ({CheckKind.SNILS: (N,)}, FIRST, Outcome.CLARIFICATION, ["wrong_personal_data"]),
        ({CheckKind.INN: (N,)}, FIRST, Outcome.CLARIFICATION, ["wrong_personal_data"]),
        ({CheckKind.ADDRESS: (N,)}, FIRST, Outcome.CLARIFICATION, ["wrong_personal_data"]),
        ({CheckKind.PASSPORT: (M, "document_invalid")}, FIRST, Outcome.REFUSED, ["document_invalid"]),
        ({CheckKind.PASSPORT: (M, "never heard of")}, FIRST, Outcome.OPERATOR, ["register_answer_unclear"]),
        (
            {CheckKind.PASSPORT: (M, "document_invalid"), CheckKind.SNILS: (M, "snils_differs")},
            FIRST,
            Outcome.REFUSED,
            ["document_invalid", "wrong_personal_data"],
        ),
        (
            {CheckKind.PASSPORT: (M, "document_invalid"), CheckKind.IDENTITY: (M, "deceased")},
            FIRST,
            Outcome.OPERATOR,
            ["register_contradiction", "document_invalid"],
        ),
        ({CheckKind.SNILS: (M, "snils_differs"), INSURED: (P,)}, FIRST, Outcome.CLARIFICATION, ["wrong_personal_data"]),
    ],
)
def test_the_gravest_finding_decides(answers, kind, outcome, codes):
    judgement = judged(answers, kind)

    assert judgement.outcome is outcome
    assert [finding.code for finding in judgement.findings] == codes
    assert judgement.certificate is False


@pytest.mark.parametrize("silent", [(P,), (U,), ()])
@pytest.mark.parametrize("check", row().checks)
@pytest.mark.parametrize("kind", [FIRST, CHANGE])
def test_a_silent_register_only_delays(check, silent, kind):
    judgement = judged({check: silent}, kind)

    assert judgement.outcome is Outcome.WAITING
    assert judgement.waiting_for == (check,)
    assert judgement.refusals == ()
    assert judgement.certificate is (check is INSURED and kind is FIRST)


def test_no_certificate_bridges_an_unproven_identity():
    assert judged({INSURED: (P,), CheckKind.IDENTITY: (U,)}).certificate is False


def test_a_check_that_is_not_needed_is_not_waited_for():
    kinds = tuple(kind for kind in row().checks if kind is not CheckKind.INN)
    records = tuple(record(kind, N if kind is INSURED else C) for kind in kinds)

    assert judge(row=row(), checks=records, kinds=kinds).outcome is Outcome.APPROVED


def test_names_each_field_and_reason_once():
    judgement = judged(
        {
            CheckKind.IDENTITY: (M, "surname_differs", "surname_differs", "birth_date_differs"),
            CheckKind.SNILS: (M, "surname_differs"),
        }
    )

    assert judgement.fields == ("person.family_name", "person.born_on")
    assert len(judgement.refusals) == 2
    assert all(refusal.message and refusal.mend for refusal in judgement.refusals)


@given(
    st.dictionaries(st.sampled_from(CheckKind), st.tuples(st.sampled_from(CheckStatus), st.sampled_from([*FINDINGS])))
)
def test_nothing_is_approved_while_anything_is_open_and_nobody_is_refused_by_silence(answers):
    judgement = judged(answers)

    if judgement.outcome is Outcome.APPROVED:
        assert not judgement.waiting_for
        assert not judgement.findings
    if judgement.outcome in {Outcome.REFUSED, Outcome.CLARIFICATION, Outcome.OPERATOR}:
        assert judgement.findings
    for finding in judgement.findings:
        assert finding.message[0].isupper()
