"""The whole service in one process, made anew for each test that asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from moto import mock_aws

from chalicelib import bootstrap
from infra.local.identity_provider import running
from tests.world import World, create_resources

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("identity")) as url:
        yield url


@pytest.fixture
def world(issuer: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with mock_aws():
        environment = create_resources()
        identity = {
            "OIDC_ISSUER": issuer,
            "OIDC_AUDIENCE": "polis",
            "OIDC_JWKS_URL": f"{issuer}/jwks.json",
        }
        for name, value in {**environment, **identity}.items():
            monkeypatch.setenv(name, value)
        from app import app

        yield World.build(app, issuer)
        bootstrap.use_container(None)
