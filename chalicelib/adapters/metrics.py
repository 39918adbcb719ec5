"""Figures for CloudWatch, written into the log in its embedded format: numbers and fixed names only."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

NAMESPACE = "Polis"


def put_metrics(*, figures: Mapping[str, float], dimensions: Mapping[str, str], at: datetime) -> None:
    """Write figures under dimensions; CloudWatch takes them out of the log by itself."""
    described = {
        "Namespace": NAMESPACE,
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name} for name in figures],
    }
    line = {
        "_aws": {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [described]},
        **dimensions,
        **figures,
    }
    sys.stdout.write(json.dumps(line) + "\n")
