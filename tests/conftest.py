"""Resources that tests share: fake credentials, the in-process cloud, the identity provider."""

from __future__ import annotations

import gc
import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.sharing import LongestFirst, rank

os.environ |= {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "WEB_ORIGIN": "https://polis.example.org",
}
for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN"):
    os.environ.pop(name, None)

# Most of what a process holds here stays to its end, modules and models of AWS: looking through it for garbage as
# often as Python would is a tenth of all the time.
gc.set_threshold(20_000, 20, 20)

# A busy machine draws slowly: that is no fault of what is tested.
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests as they are to begin; within a file their order stays."""
    items.sort(key=lambda item: rank(item.nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst:
    """Share the tests among processes in that order."""
    return LongestFirst(config, log)
