"""Logs and metrics of the Lambdas: structured, ids and codes only, never personal data (requirement P3)."""

from __future__ import annotations

from aws_lambda_powertools import Logger

from chalicelib import settings

logger = Logger(service="polis", level=settings.log_level(), log_uncaught_exceptions=False)
