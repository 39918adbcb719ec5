"""DynamoDB's failures in the terms of the ports."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.ports.errors import Throttled, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_THROTTLES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "ThrottlingException",
        "RequestLimitExceeded",
        "TransactionInProgressException",
    }
)
_OUTAGES = frozenset({"InternalServerError", "ServiceUnavailable", "InternalFailure", "RequestTimeout"})


def error_code(failure: ClientError) -> str:
    """Return AWS's code of a failure."""
    return str(failure.response.get("Error", {}).get("Code", ""))


def is_cancelled(failure: ClientError) -> bool:
    """Tell whether a transaction was cancelled by its conditions or by another transaction."""
    return error_code(failure) == "TransactionCanceledException"


def is_refused(failure: ClientError) -> bool:
    """Tell whether the condition of a single write did not hold."""
    return error_code(failure) == "ConditionalCheckFailedException"


def cancellation_reasons(failure: ClientError) -> list[str]:
    """Return the reason per action of a cancelled transaction, "None" where there is none."""
    reasons = failure.response.get("CancellationReasons", [])
    return [str(reason.get("Code", "None")) for reason in reasons]


@contextmanager
def translated() -> Iterator[None]:
    """Turn throttling and outages into the ports' errors; what is our own mistake stays as it is."""
    try:
        yield
    except ClientError as failure:
        code = error_code(failure)
        if code in _THROTTLES or (is_cancelled(failure) and "ThrottlingError" in cancellation_reasons(failure)):
            raise Throttled("Сервис перегружен: повторите чуть позже", retry_after=2) from failure
        status = failure.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 400)
        if code in _OUTAGES or status >= 500:  # noqa: PLR2004 — HTTP's server errors
            raise Unavailable("Сервис временно недоступен: повторите позже") from failure
        raise
    except BotoCoreError as failure:
        raise Unavailable("Сервис временно недоступен: повторите позже") from failure
