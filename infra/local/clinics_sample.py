"""Clinics for demonstration: invented ones, in the columns of the registries F031 and F032."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.use_cases.import_clinics import ClinicsFile

SAMPLE = Path(__file__).with_name("clinics_sample.json")


@cache
def clinics_rows() -> dict[str, Any]:
    """The file as it is."""
    rows: dict[str, Any] = json.loads(SAMPLE.read_text(encoding="utf-8"))
    return rows


def clinics_file() -> ClinicsFile:
    """The file as the import takes it."""
    return ClinicsFile(**clinics_rows())
