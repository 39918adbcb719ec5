"""Dictionaries of privacy: how long everything is kept (requirement P2)."""

from __future__ import annotations

from chalicelib.http.schemas.privacy import retention_terms

DICTIONARIES = {"retention": retention_terms}
