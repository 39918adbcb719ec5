"""Figures that people are told, that laws set, or that keep somebody safe: each stands here once more, on purpose."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain import (
    pickup_code,
    proof_of_work,
    quiet_hours,
    retention,
    scan,
    scan_verdict,
    session,
    signing_code,
    sms_route,
)
from chalicelib.domain.plain_text import within_sentence
from chalicelib.domain.retention import TABLES, retention_of
from chalicelib.domain.retention_terms import End, Kept, SetBy, Wish
from chalicelib.domain.session import Session

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TERMS = {
    "draft": "30 дней",
    "application": "5 лет",
    "appeal": "5 лет",
    "ticket": "5 лет",
    "policy": "5 лет",
    "temporary_certificate": "3 года",
    "legacy_policy": "5 лет",
    "insurance_certificate": "3 года",
    "delivery": "3 года",
    "attachment": "5 лет",
    "appointment": "1 год",
    "correction": "5 лет",
    "civil_record": "18 лет",
    "representation": "3 года",
    "employer": "3 года",
    "employer_request": "1 год",
    "employee_consent": "3 года",
    "profile": "3 года",
    "contacts": "3 года",
    "consent": "3 года",
    "message": "3 года",
    "export": "7 дней",
    "erasure_request": "3 года",
    "dispatch": "365 дней",
    "lookup": "365 дней",
    "session": "1 день",
    "letter": "30 дней",
    "replaced_file": "90 дней",
    "journal": "без срока",
}
BY_LAW = {"application", "appeal", "ticket", "delivery", "attachment", "employee_consent", "consent", "erasure_request"}
ON_WISH = {"draft", "insurance_certificate", "appointment", "profile", "contacts", "message", "export"}


class TestKept:
    """How long records are kept (152-ФЗ, art. 5, part 7)."""

    @pytest.mark.parametrize("kind", TERMS)
    def test_each_kind_for_its_term(self, kind: str) -> None:
        row = retention_of(Kept(kind), on=date(2026, 11, 25))
        assert row.term == TERMS[kind]
        assert (row.set_by is SetBy.LAW) is (kind in BY_LAW)
        assert (row.on_wish is Wish.ERASES) is (kind in ON_WISH)
        assert row.law
        assert row.end in set(End)

    def test_the_table_of_a_day_is_the_newest_in_force(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (first,) = TABLES
        assert first.in_force_from == date(2026, 11, 1)
        row = first.rows[Kept.DRAFT]
        second, third = (
            replace(first, in_force_from=date(year, 1, 1), rows={Kept.DRAFT: replace(row, days=days)})
            for year, days in ((2027, 60), (2028, 90))
        )
        monkeypatch.setattr(retention, "TABLES", (first, third, second))
        days = {
            date(2020, 1, 1): 30,
            date(2026, 12, 31): 30,
            date(2027, 1, 1): 60,
            date(2027, 12, 31): 60,
            date(2028, 1, 1): 90,
        }
        assert {on: retention_of(Kept.DRAFT, on=on).days for on in days} == days

    @pytest.mark.parametrize(
        ("years", "days", "begins", "ends"),
        [
            (0, 30, datetime(2026, 3, 16, tzinfo=UTC), datetime(2026, 4, 15, tzinfo=UTC)),
            (5, 0, datetime(2026, 3, 16, tzinfo=UTC), datetime(2031, 3, 16, tzinfo=UTC)),
            (3, 0, datetime(2028, 2, 29, tzinfo=UTC), datetime(2031, 2, 28, tzinfo=UTC)),
            (4, 0, datetime(2028, 2, 29, tzinfo=UTC), datetime(2032, 2, 29, tzinfo=UTC)),
        ],
    )
    def test_until_the_same_moment_of_a_later_day(
        self, years: int, days: int, begins: datetime, ends: datetime
    ) -> None:
        row = replace(retention_of(Kept.DRAFT, on=date(2026, 11, 25)), years=years, days=days)
        assert row.until(begins) == ends

    @pytest.mark.parametrize(
        ("days", "term"),
        [
            *((1, "1 день"), (2, "2 дня"), (3, "3 дня"), (4, "4 дня"), (5, "5 дней"), (11, "11 дней"), (12, "12 дней")),
            *((14, "14 дней"), (15, "15 дней"), (21, "21 день"), (22, "22 дня"), (111, "111 дней"), (0, "без срока")),
        ],
    )
    def test_terms_are_told_in_words(self, days: int, term: str) -> None:
        row = replace(retention_of(Kept.DRAFT, on=date(2026, 11, 25)), years=0, days=days)
        assert row.term == term
        words = {"день": "год", "дня": "года", "дней": "лет"}
        if days:
            assert replace(row, years=days).term == f"{days} {words[term.split()[1]]}"


def test_a_scan_is_as_large_as_people_are_told() -> None:
    assert scan.MAX_BYTES == scan_verdict.MAX_SCAN_BYTES == 5_242_880
    assert "5 МБ" in scan_verdict.MESSAGES["too_large"]
    assert frozenset({"application/pdf", "image/jpeg", "image/png", "image/heic", "image/heif"}) == scan.MEDIA_TYPES
    assert (scan.UPLOAD_SECONDS, scan.MAX_SCANS, scan_verdict.MAX_PAGES) == (900, 20, 20)


@pytest.mark.parametrize("code", sorted(scan_verdict.MESSAGES.keys() - {scan_verdict.ACCEPTED}))
def test_a_refusal_of_a_scan_names_the_page_and_what_is_allowed(code: str) -> None:
    message = scan_verdict.MESSAGES[code]
    refused = scan_verdict.refused(code=code, page=3)
    assert (refused.accepted, refused.code) == (False, code)
    assert refused.message == f"Страница 3: {within_sentence(message)}"
    named = scan_verdict.refused(code="unsupported_format", name="GIF")
    assert named.message.startswith("Недопустимый формат GIF")
    fewer = scan_verdict.refused(code="too_many_pages", at_most=2)
    assert "не более 2." in fewer.message


class TestSessions:
    def test_end_after_an_hour_of_rest_and_twelve_of_use(self) -> None:
        assert (session.IDLE_FOR, session.LONGEST, session.NOTED_EVERY) == (HOUR, 12 * HOUR, 5 * MINUTE)
        opened = Session(session_id="s", account_id="a", claims="{}", opened_at=AT, seen_at=AT)
        assert [opened.is_live(at=AT + minutes * MINUTE) for minutes in (0, 59, 60)] == [True, True, False]
        busy = replace(opened, seen_at=AT + 11.5 * HOUR)
        assert busy.ends_at == AT + 12 * HOUR
        assert [busy.is_live(at=AT + hours * HOUR) for hours in (11.9, 12)] == [True, False]
        assert [opened.is_to_be_noted(at=AT + minutes * MINUTE) for minutes in (4, 5)] == [False, True]


class TestCodes:
    def test_live_for_minutes_and_few_tries(self) -> None:
        assert (signing_code.VALID_FOR, signing_code.MAX_TRIES, signing_code.DIGITS) == (5 * MINUTE, 5, 6)
        assert (pickup_code.MAX_TRIES, pickup_code.DIGITS, pickup_code.RESEND_AFTER) == (5, 8, MINUTE)
        assert signing_code.RESEND_AFTER == MINUTE
        assert (proof_of_work.VALID_FOR, proof_of_work.EASIEST, proof_of_work.HARDEST) == (10 * MINUTE, 1000, 10**7)

    @pytest.mark.parametrize(("digits", "purpose"), [(6, "signing-code"), (8, "pickup-code")])
    def test_are_those_of_rfc_4226(self, digits: int, purpose: str) -> None:
        for number in range(200):
            digest = hmac.new(b"secret", f"{purpose}:{number}".encode(), hashlib.sha256).digest()
            at = digest[-1] % 16
            expected = int.from_bytes(digest[at : at + 4], "big") % 2**31 % 10**digits
            found = signing_code.derive_code(secret=b"secret", challenge_id=str(number), purpose=purpose, digits=digits)
            assert found == f"{expected:0{digits}d}"
            if digits == 8:
                assert pickup_code.derive_pickup_code(secret=b"secret", pickup_id=str(number)) == found


def test_text_messages_change_their_provider_by_these_figures() -> None:
    told = (sms_route.WINDOW_MINUTES, sms_route.MOST_BAD_PERCENT, sms_route.LEAST_SENDS, sms_route.GOOD_PROBES)
    assert told == (5, 50, 10, 5)
    assert (sms_route.STAYS_FOR, sms_route.COOL_DOWN, sms_route.LONGEST_COOL_DOWN) == (2 * MINUTE, 10 * MINUTE, HOUR)
    assert (timedelta(seconds=3), timedelta(seconds=30)) == (sms_route.SLOW_AFTER, sms_route.PROBE_EVERY)


def test_nobody_is_woken() -> None:
    assert (str(quiet_hours.DEFAULT.begins), str(quiet_hours.DEFAULT.ends)) == ("22:00:00", "08:00:00")
