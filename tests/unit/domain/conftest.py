"""Properties are quick and the same in every run; widen them with ``--hypothesis-profile=wide``."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("wide", max_examples=3000, deadline=None, database=None)
settings.register_profile("unit", max_examples=40, deadline=None, derandomize=True)


def pytest_configure(config):
    if not config.getoption("--hypothesis-profile", None):
        settings.load_profile("unit")
