"""The worlds of the functional tests, here too."""

from __future__ import annotations

from tests.functional.conftest import issuer, shared_world, world

__all__ = ["issuer", "shared_world", "world"]
