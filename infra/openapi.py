"""Write what is made from the routes: the OpenAPI document and the table from which modules load on demand.

``python -m infra.openapi`` writes ``chalicelib/http/openapi.json`` and ``route_table.json``; with ``--check`` it only
compares and fails when they differ.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tomllib
from pathlib import Path

from chalicelib.http.blueprint import registered_routes
from chalicelib.http.documentation import DOCUMENT
from chalicelib.http.openapi import build_document
from chalicelib.http.route_table import TABLE, dump, rows_of

ROOT = Path(__file__).resolve().parent.parent


def current_document() -> str:
    """Build the document of every route that ``app.py`` registers."""
    importlib.import_module("app")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    document = build_document(registered_routes(), version=version)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def current_table() -> str:
    """Build the table of the routes of every module that ``app.py`` names."""
    return dump(rows_of(importlib.import_module("app").MODULES))


def main(arguments: list[str] | None = None) -> int:
    """Write or check; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args(arguments).check
    texts = {DOCUMENT: current_document(), TABLE: current_table()}
    if not check:
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
        return 0
    outdated = [path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in outdated:
        print(f"{path.relative_to(ROOT)} is out of date: run python -m infra.openapi", file=sys.stderr)
    return 1 if outdated else 0


if __name__ == "__main__":
    raise SystemExit(main())
