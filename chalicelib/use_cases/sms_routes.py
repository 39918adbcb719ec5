"""Which provider sends text messages now, for those who run the service (requirement M1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.principal import Role
from chalicelib.use_cases.access import require_role

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.domain.sms_route import SmsRoute, Tallies
    from chalicelib.ports.toolbox import Toolbox


def view_sms_route(*, tools: Toolbox, principal: Principal, at: datetime) -> tuple[SmsRoute, Tallies]:
    """Show the route and the counts of the last minutes (1 AWS call); raises NotPermitted."""
    require_role(principal, Role.FUND_OPERATOR, Role.ADMINISTRATOR, Role.AUDITOR)
    return tools.store.sms_route(at=at)
