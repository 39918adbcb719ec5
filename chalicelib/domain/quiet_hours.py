"""When a person is not to be disturbed, by the clock of the person's region (requirement A5).

Russia has eleven zones and one main zone a region (107-ФЗ, art. 5), without summer time. What is urgent disturbs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final

from chalicelib.domain.notifications import RULES, Channel, NotificationKind
from chalicelib.domain.regions import DEFAULT_REGION, find_region, is_region


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """From ``begins`` up to ``ends`` by the local clock, over midnight if it ends earlier; never if both are equal."""

    begins: time
    ends: time

    def covers(self, moment: time) -> bool:
        """Whether a time of day is quiet."""
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


DEFAULT: Final = QuietHours(begins=time(22), ends=time(8))
"""Of whoever has not chosen."""

NEVER: Final = QuietHours(begins=time(), ends=time())

DISTURBING: Final = frozenset({Channel.SMS})
"""A letter wakes nobody."""


def quiet_until(
    *, kind: NotificationKind, channel: Channel, hours: QuietHours, region: str, at: datetime
) -> datetime | None:
    """When a message may leave that has to wait for the morning, None if it may leave now.

    Args:
        kind: what it tells; urgent kinds never wait.
        channel: by which it goes.
        hours: those of the recipient.
        region: F010 code of the recipient's region; the default clock where it is not known.
        at: aware moment.
    """
    if RULES[kind].urgent or channel not in DISTURBING:
        return None
    offset = timedelta(hours=find_region(code=region if is_region(code=region) else DEFAULT_REGION).utc_offset_hours)
    local = (at.astimezone(UTC) + offset).replace(tzinfo=None)
    if not hours.covers(local.time()):
        return None
    morning = datetime.combine(local.date(), hours.ends)
    if morning <= local:
        morning += timedelta(days=1)
    return (morning - offset).replace(tzinfo=UTC)
