"""Dictionaries of certificates of insurance, of employers and of what comes of their lists (requirements K2, K3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chalicelib.http.schemas.employers import employer_refusals, request_stages, staff_outcomes
from chalicelib.http.schemas.insurance_certificates import certificate_refusals, certificate_states

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DICTIONARIES: Final[Mapping[str, Callable[[], list[dict[str, Any]]]]] = {
    "employer-refusals": employer_refusals,
    "employer-request-stages": request_stages,
    "staff-outcomes": staff_outcomes,
    "insurance-certificate-states": certificate_states,
    "insurance-certificate-refusals": certificate_refusals,
}
"""Name → what makes its rows."""
