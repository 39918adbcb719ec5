"""Names where an exception came from without its text, which may carry personal data."""

from __future__ import annotations

import traceback
from pathlib import PurePath


def where(error: BaseException) -> str:
    """Return ``TypeName file.py:line`` of the innermost frame."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" {PurePath(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"
