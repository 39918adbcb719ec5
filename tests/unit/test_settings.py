"""Settings: what is optional has its default, what cannot be read is refused by name."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chalicelib.domain.terms import Term, TermUnit
from chalicelib.settings import InvalidSetting, check, maintenance_until, settings

ROOT = Path(__file__).parents[2]
REQUIRED = dict.fromkeys(
    (
        "TABLE_NAME",
        "SCANS_BUCKET",
        "DOCUMENTS_BUCKET",
        "VERIFICATION_QUEUE_URL",
        "ISSUANCE_QUEUE_URL",
        "EMPLOYER_LISTS_QUEUE_URL",
        "DOCUMENTS_QUEUE_URL",
        "NOTIFICATIONS_QUEUE_URL",
        "RECEIPTS_QUEUE_URL",
        "OUTBOX_RELAY_QUEUE_URL",
        "EXCHANGE_QUEUE_URL",
        "WEBHOOKS_QUEUE_URL",
        "SIGNING_KEY_ID",
        "LOOKUP_SECRET_ID",
        "REGISTERS_URL",
        "PUBLIC_BASE_URL",
        "MAIL_FROM",
        "WEB_ORIGIN",
    ),
    "x",
)


@pytest.mark.parametrize("missing", sorted(REQUIRED))
def test_names_a_required_setting_that_is_missing(missing):
    with pytest.raises(KeyError, match=missing):
        settings({name: value for name, value in REQUIRED.items() if name != missing})


@pytest.mark.parametrize(
    ("written", "term"),
    [
        (None, Term(days=30, unit=TermUnit.CALENDAR)),
        ("", Term(days=30, unit=TermUnit.CALENDAR)),
        ("45 working", Term(days=45, unit=TermUnit.WORKING)),
    ],
)
def test_a_certificate_is_valid_for_thirty_calendar_days_unless_set_otherwise(written, term):
    given = REQUIRED if written is None else {**REQUIRED, "CERTIFICATE_TERM": written}
    assert settings(given).certificate_term == term


@pytest.mark.parametrize(
    ("written", "difficulty"),
    [(None, None), ("", None), ("off", None), ("1000", 1000), ("50000", 50_000), ("10000000", 10_000_000)],
)
def test_asks_for_no_proof_of_work_unless_set_otherwise(written, difficulty):
    given = REQUIRED if written is None else {**REQUIRED, "PROOF_OF_WORK": written}
    assert settings(given).proof_of_work == difficulty


@pytest.mark.parametrize(
    ("written", "until"),
    [
        (None, None),
        ("", None),
        ("2026-12-01T03:00+03:00", datetime(2026, 12, 1, tzinfo=UTC)),
        ("2026-12-01T03:00Z", datetime(2026, 12, 1, 3, tzinfo=UTC)),
    ],
)
def test_is_open_unless_works_are_announced(written, until):
    given = REQUIRED if written is None else {**REQUIRED, "MAINTENANCE_UNTIL": written}
    assert maintenance_until(given) == until


PEM = "-----BEGIN CERTIFICATE-----\nMIIBATCB\nqKADAgEC\n-----END CERTIFICATE-----"


@pytest.mark.parametrize(
    ("written", "anchors"),
    [
        (None, ""),
        (" \n", ""),
        (PEM, PEM),
        (PEM.replace("\n", "\\n"), PEM),
        (f"\n{PEM}\n\n{PEM}\n", f"{PEM}\n\n{PEM}"),
    ],
)
def test_trusts_no_authority_unless_set_otherwise(written, anchors):
    given = REQUIRED if written is None else {**REQUIRED, "SIGNATURE_TRUST_ANCHORS": written}
    assert settings(given).signature_trust_anchors == anchors


def test_tells_trust_anchors_that_are_none_without_showing_them():
    for written in (
        "x",
        "yes",
        PEM[:-5],
        PEM + "x",
        PEM.replace("MIIB", "AAAA"),
        PEM.replace("MIIB", "M=IB"),
        "/etc/ca.pem",
    ):
        with pytest.raises(InvalidSetting, match="SIGNATURE_TRUST_ANCHORS is no PEM"):
            check({"SIGNATURE_TRUST_ANCHORS": written})


WRONG = [
    ("MAINTENANCE_UNTIL", "tonight"),
    ("MAINTENANCE_UNTIL", "2026-12-01T03:00"),
    ("CERTIFICATE_TERM", "45 workdays"),
    ("PROOF_OF_WORK", "on"),
    ("PROOF_OF_WORK", "0"),
    ("PROOF_OF_WORK", "999"),
    ("PROOF_OF_WORK", "10000001"),
    ("PROOF_OF_WORK", "-5000"),
    ("PROOF_OF_WORK", "５０００"),
    ("PROOF_OF_WORK", "1" * 5000),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_refuses_to_start_and_says_which_setting_cannot_be_read(name, value):
    readers = [check, lambda given: settings({**REQUIRED, **given})]
    for read in [*readers[: 1 if name == "MAINTENANCE_UNTIL" else 2]]:
        with pytest.raises(InvalidSetting, match=name) as refusal:
            read({name: value})
        assert repr(value) in str(refusal.value)


@pytest.mark.parametrize("module", ["app", "chalicelib.events.verification"])
def test_no_lambda_starts_with_a_setting_that_cannot_be_read(module):
    done = subprocess.run(
        [sys.executable, "-c", f"import {module}"],
        cwd=ROOT,
        env={"CERTIFICATE_TERM": "45 workdays", "AWS_DEFAULT_REGION": "eu-central-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "CERTIFICATE_TERM" in done.stderr.splitlines()[-1]
