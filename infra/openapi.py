"""Write the OpenAPI document of the app, or check that the committed one is current.

``python -m infra.openapi`` writes ``chalicelib/http/openapi.json``; with ``--check`` it only
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

ROOT = Path(__file__).resolve().parent.parent


def current_document() -> str:
    """Build the document of every route that ``app.py`` registers."""
    importlib.import_module("app")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    document = build_document(registered_routes(), version=version)
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def main(arguments: list[str] | None = None) -> int:
    """Write or check; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args(arguments).check
    text = current_document()
    if not check:
        DOCUMENT.write_text(text, encoding="utf-8")
        return 0
    if DOCUMENT.exists() and DOCUMENT.read_text(encoding="utf-8") == text:
        return 0
    print(f"{DOCUMENT.relative_to(ROOT)} is out of date: run python -m infra.openapi", file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
