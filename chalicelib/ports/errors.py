"""Failures of what stands behind the ports.

::

    PortError
    ├─ NotFound                 404 (also «exists but not yours»)
    ├─ AlreadyExists            409  a uniqueness marker stands
    ├─ StaleWrite               409  the version moved on
    │  └─ PreconditionFailed    412  the caller's If-Match is not the current version
    ├─ RateLimited              429  retry_after seconds
    └─ DependencyFailed         503
       ├─ Throttled             503  retry_after seconds
       ├─ Unavailable           503  timed out, refused, circuit open: try again later
       └─ Rejected              502  the dependency refused the request for good
"""

from __future__ import annotations

from typing import ClassVar

ANOTHER_PERSON = "another_person:"
"""Begins the marker of an identifier that leads to another person."""

KEY_USED = "idempotency_key"
"""The marker of a client's Idempotency-Key that was used before."""


class PortError(Exception):
    """A port could not do what was asked; ``detail`` is Russian and safe to show."""

    code: ClassVar[str] = "port_error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class NotFound(PortError):
    """There is no such thing, or it is not the caller's to see."""

    code = "not_found"


class AlreadyExists(PortError):
    """A uniqueness marker stands already; ``marker`` says which kind of marker."""

    code = "already_exists"

    def __init__(self, detail: str = "", *, marker: str = "") -> None:
        super().__init__(detail)
        self.marker = marker


class StaleWrite(PortError):
    """The stored version is not the one that was read."""

    code = "stale_write"


class PreconditionFailed(StaleWrite):
    """The If-Match of the caller is not the current version."""

    code = "precondition_failed"


class RateLimited(PortError):
    """Too many attempts; try again after ``retry_after`` seconds."""

    code = "too_many_requests"

    def __init__(self, detail: str = "", *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class DependencyFailed(PortError):
    """Something outside did not do its part."""

    code = "dependency_failed"

    def __init__(self, detail: str = "", *, retry_after: int = 5) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Throttled(DependencyFailed):
    """The dependency asks to slow down."""

    code = "throttled"


class Unavailable(DependencyFailed):
    """The dependency did not answer in time, or its circuit is open."""

    code = "unavailable"


class Rejected(DependencyFailed):
    """The dependency refused the request for good; a retry would not help."""

    code = "rejected"
