"""The Lambda "api" serves every route from the table and loads a module only when one of its routes is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from app import MODULES, app
from chalicelib.http import route_table

ROOT = Path(__file__).parents[2]

_ASK = """
import json, sys
from datetime import UTC, datetime

import app
from chalice.test import Client
from chalicelib.http.blueprint import set_clock

set_clock(lambda: datetime(2026, 7, 1, tzinfo=UTC))

def loaded():
    return sorted(name for name in sys.modules if name in app.MODULES)

before = loaded()
served = sorted([method, path, entry.authorizer.name if entry.authorizer else None, entry.content_types]
                for path, methods in app.app.routes.items() for method, entry in methods.items())
with Client(app.app) as client:
    page = client.http.get("/openapi.json")
    between = loaded()
    refused = client.http.post("/v1/validity-checks", headers={"Content-Type": "application/json"}, body=b"{}")
print(json.dumps({"before": before, "between": between, "served": served, "openapi": page.status_code,
                  "refused": [refused.status_code, json.loads(refused.body)["code"]]}))
"""


def _ask_the_lambda() -> dict:
    environment = {**os.environ, "_HANDLER": "app.app", "AWS_DEFAULT_REGION": "eu-central-1"}
    run = subprocess.run(
        [sys.executable, "-c", _ASK], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def test_the_lambda_serves_what_the_modules_declare_and_loads_each_when_asked():
    answered = _ask_the_lambda()

    assert answered["before"] == []
    assert answered["between"] == ["chalicelib.http.documentation"]
    assert answered["openapi"] == 200
    assert answered["refused"] == [422, "validation_failed"]
    assert answered["served"] == sorted(
        [method, path, entry.authorizer.name if entry.authorizer else None, entry.content_types]
        for path, methods in app.routes.items()
        for method, entry in methods.items()
    )


def test_the_committed_table_is_what_the_modules_declare():
    assert route_table.table() == route_table.rows_of(MODULES)


def test_no_module_of_routes_is_left_out():
    declaring = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for folder in ("http", "web")
        for path in (ROOT / "chalicelib" / folder).glob("**/*.py")
        if "\nblueprint = " in path.read_text(encoding="utf-8")
    }

    assert declaring == set(MODULES)
