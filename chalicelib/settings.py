"""The environment, read into frozen settings; nothing else reads it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySettings:
    """Whom the authorizer trusts: the exact issuer, the audience and where its keys are."""

    issuer: str
    audience: str
    jwks_url: str


def identity_settings(environment: Mapping[str, str] | None = None) -> IdentitySettings:
    """Read OIDC_ISSUER, OIDC_AUDIENCE and OIDC_JWKS_URL.

    Raises:
        KeyError: one of them is not set.
    """
    given = os.environ if environment is None else environment
    return IdentitySettings(
        issuer=given["OIDC_ISSUER"],
        audience=given["OIDC_AUDIENCE"],
        jwks_url=given["OIDC_JWKS_URL"],
    )
