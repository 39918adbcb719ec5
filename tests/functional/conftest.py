"""The whole service in one process, made anew for each test that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from infra.local.identity_provider import running
from tests.visitors import BASE
from tests.world import open_world

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.world import World


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    back = frozenset({f"{BASE}/sign-in/callback"})
    with running(tmp_path_factory.mktemp("identity"), redirect_uris=back) as url:
        yield url


@pytest.fixture
def world(issuer: str) -> Iterator[World]:
    with open_world(issuer) as made:
        yield made


@pytest.fixture(scope="class")
def shared_world(issuer: str) -> Iterator[World]:
    """One world for all tests of a class: for tests that only read, or that are refused."""
    with open_world(issuer) as made:
        yield made
