"""What a code claims, for how long it holds, and how a long name is shortened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.qr_claims import (
    NAME_LIMIT,
    REASON_TEXTS,
    DocumentStatus,
    QrClaims,
    QrKind,
    QrReason,
    QrVerdict,
    name_for_qr,
    term_reason,
)

CLAIMS = QrClaims(
    kind=QrKind.POLICY,
    number="7856130840000017",
    born_on=date(1968, 3, 9),
    valid_from=date(2026, 11, 22),
    valid_until=date(2027, 1, 1),
    insurer_code="77012",
    status_list=1,
    status_index=4242,
    issued_at=datetime(2026, 11, 22, 9, 30, tzinfo=UTC),
)


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (datetime(2026, 11, 21, 20, 59, 59, tzinfo=UTC), QrReason.NOT_YET),
        (datetime(2026, 11, 21, 21, tzinfo=UTC), QrReason.VALID),
        (datetime(2026, 12, 31, 20, 59, 59, tzinfo=UTC), QrReason.VALID),
        (datetime(2026, 12, 31, 21, tzinfo=UTC), QrReason.EXPIRED),
    ],
)
def test_term_runs_by_the_moscow_day_and_is_half_open(at, reason):
    assert term_reason(claims=CLAIMS, at=at) is reason


def test_a_code_without_a_term_does_not_expire():
    claims = replace(CLAIMS, valid_until=None)
    assert term_reason(claims=claims, at=datetime(2090, 1, 1, tzinfo=UTC)) is QrReason.VALID


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status_list": 65_536}, "status_place"),
        ({"status_index": -1}, "status_place"),
        ({"status_index": 2**24}, "status_place"),
        ({"insurer_code": "7701"}, "insurer_code"),
        ({"insurer_code": "٧٧٠١٢"}, "insurer_code"),
        ({"number": ""}, "number"),
        ({"name": "Я" * 31}, "name"),
    ],
)
def test_refuses_what_a_token_cannot_carry(change, reason):
    with pytest.raises(InvalidValue) as refusal:
        replace(CLAIMS, **change)
    assert refusal.value.reason == reason


def test_token_id_names_the_place_in_the_status_lists():
    assert CLAIMS.token_id == "0001001092"
    assert replace(CLAIMS, status_list=2).token_id != CLAIMS.token_id


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (("Смирнов", "Алексей", "Юрьевич"), "Смирнов Алексей Юрьевич"),
        (("Ли", "Ан", ""), "Ли Ан"),
        (("Константинопольский", "Александр", "Владимирович"), "Константинопольский А. В."),
        (("Константинопольская-Преображенская", "Анна", ""), "Константинопольская-Преобра… А."),
    ],
)
def test_shortens_a_long_name_to_surname_and_initials(parts, shown):
    family, given_name, middle = parts
    assert name_for_qr(family=family, given=given_name, middle=middle) == shown


WORD = st.text(alphabet="АБЯабвяё-", min_size=1, max_size=60)


@given(family=WORD, given_name=WORD, middle=st.one_of(st.just(""), WORD))
def test_a_shortened_name_always_fits(family, given_name, middle):
    name = name_for_qr(family=family, given=given_name, middle=middle)
    assert 0 < len(name.encode()) <= NAME_LIMIT
    assert replace(CLAIMS, name=name).name == name


def test_every_reason_has_a_text_and_only_one_is_good():
    assert set(REASON_TEXTS) == set(QrReason)
    verdicts = [QrVerdict(reason=reason) for reason in QrReason]
    assert [verdict.reason for verdict in verdicts if verdict.is_valid] == [QrReason.VALID]
    assert all(verdict.text for verdict in verdicts)


def test_values_in_tokens_and_lists_never_change():
    assert [kind.value for kind in QrKind] == [1, 2, 3, 4, 5]
    assert [status.value for status in DocumentStatus] == [0, 1, 2, 3]
