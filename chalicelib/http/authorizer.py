"""The Lambda of the authorizer: loads the checking of tokens at start, and nothing of the routes."""

from __future__ import annotations

from chalicelib.http import tokens
from chalicelib.http.auth import authorizer

__all__ = ["authorizer", "tokens"]
