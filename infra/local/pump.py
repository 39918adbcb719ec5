"""Feeds queues and schedules to the handlers on one machine: ``python -m infra.local.pump``."""

from __future__ import annotations

import os
import sys

from infra.local import lifecycle, warm_up
from infra.local.event_pump.supervision import run

if __name__ == "__main__":
    warm_up.in_background(warm_up.for_events)
    lifecycle.in_background()
    code = run()
    sys.stdout.flush()
    # A handler that hangs must not hold the process: its messages become visible again.
    os._exit(code)
