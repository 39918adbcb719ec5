"""Sorts the failures of AWS senders into those of the port."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionClosedError,
    ParamValidationError,
    ReadTimeoutError,
)

from chalicelib.ports.errors import DependencyFailed, Rejected, Throttled, Unavailable
from chalicelib.ports.notifications import OutcomeUnknown

if TYPE_CHECKING:
    from collections.abc import Iterator

_THROTTLED: Final = frozenset(
    {
        "LimitExceededException",
        "RequestLimitExceeded",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
_PERMANENT: Final = frozenset(
    {
        "BadRequestException",
        "EndpointDisabled",
        "InvalidParameter",
        "InvalidParameterException",
        "InvalidParameterValue",
        "MailFromDomainNotVerifiedException",
        "MessageRejected",
        "OptedOut",
        "OptedOutException",
        "ParameterValueInvalid",
        "ValidationError",
        "ValidationException",
    }
)
_THROTTLED_FOR_SECONDS: Final = 30


def client_config() -> Config:
    """Configure the SNS and SES clients: one attempt, since a lost answer is not a lost message.

    The queue redelivers; botocore must not send a second SMS after a read time-out on its own.
    """
    return Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})


@contextmanager
def sorted_failures() -> Iterator[None]:
    """Raise the errors of the port for those of botocore; none of them quotes the recipient."""
    try:
        yield
    except (ReadTimeoutError, ConnectionClosedError) as lost:
        raise OutcomeUnknown("Служба доставки не подтвердила отправку") from lost
    except ParamValidationError as wrong:
        raise Rejected("Служба доставки не может принять такое сообщение") from wrong
    except ClientError as error:
        raise _sorted(error) from error
    except BotoCoreError as failure:
        raise Unavailable("Служба доставки не отвечает") from failure


def _sorted(error: ClientError) -> DependencyFailed:
    code = error.response.get("Error", {}).get("Code", "")
    if code in _THROTTLED:
        return Throttled("Служба доставки перегружена", retry_after=_THROTTLED_FOR_SECONDS)
    if code in _PERMANENT:
        return Rejected("Служба доставки отказалась принять сообщение")
    # Lost rights and unknown failures are ours to mend: the message waits, it is not dropped.
    return Unavailable("Служба доставки не приняла сообщение")
