"""Lambda imports the module of an event handler without app.py: each must stand on its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from app import app

HANDLERS = sorted(
    (handler.name, handler.handler_string)
    for handler in (*app.pure_lambda_functions, *app.event_sources, *app.builtin_auth_handlers)
)
ENVIRONMENT = {"AWS_DEFAULT_REGION": "eu-central-1", "PATH": "/usr/bin:/bin"}


def test_the_handlers_are_those_of_the_design():
    assert {name for name, _ in HANDLERS} == {
        "authorizer",
        "documents",
        "exchange",
        "employer_lists",
        "expire_certificates",
        "inbound_mail",
        "issuance",
        "notifications",
        "outbox_relay",
        "receipts",
        "relay_outbox",
        "run_due",
        "run_messages",
        "run_retention",
        "scan_uploads",
        "sms_log",
        "verification",
        "webhooks",
    }


@pytest.mark.parametrize(("name", "handler"), HANDLERS, ids=[name for name, _ in HANDLERS])
def test_imports_in_a_fresh_process_without_the_app(name, handler):
    module, _, attribute = handler.rpartition(".")
    script = (
        "import importlib, sys\n"
        f"handler = getattr(importlib.import_module({module!r}), {attribute!r})\n"
        "assert callable(handler)\n"
        "assert 'app' not in sys.modules\n"
    )

    run = subprocess.run([sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, run.stderr
