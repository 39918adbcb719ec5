"""Runs the app's built-in TOKEN authorizer as API Gateway does, with its cache of results."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cachetools import TLRUCache

from infra.local.api_gateway.events import method_arn
from infra.local.api_gateway.faults import where
from infra.local.api_gateway.policy import PolicyError, allows
from infra.local.api_gateway.problems import AUTHORIZER_FAILED, FORBIDDEN, UNAUTHORIZED, Refused
from infra.local.lambda_context import new_context

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.api_gateway.events import Incoming
    from infra.local.api_gateway.options import GatewayOptions

logger = logging.getLogger("infra.gateway")
_TIMEOUT = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    policy: Any
    context: dict[str, str]
    keep_until: float


class AuthorizerGate:
    """Answers who the caller is, calling the authorizer once per token and TTL.

    The cache holds the whole policy under a hash of the token; the policy is evaluated against the
    method's ARN on every request, which is what lets one cached result serve all methods.
    """

    def __init__(self, options: GatewayOptions, timer: Callable[[], float] = time.monotonic) -> None:
        """``timer`` gives seconds; it decides when a cached result is too old."""
        self._options = options
        self._timer = timer
        self._lock = threading.Lock()
        self._cache: TLRUCache[str, _Verdict] = TLRUCache(
            maxsize=max(1, options.authorizer_entries),
            ttu=lambda _key, verdict, _now: verdict.keep_until,
            timer=timer,
        )

    def authorize(self, authorizer: Any, request: Incoming) -> dict[str, str]:
        """Return ``requestContext.authorizer``, all its values strings.

        Raises:
            Refused: 401 no token or «Unauthorized», 403 denied, 500 the authorizer failed.
        """
        token = request.header((authorizer.config.header or "Authorization").lower())
        if not token:
            raise Refused(UNAUTHORIZED)
        arn = method_arn(request, self._options)
        verdict = self._verdict(authorizer, token, arn)
        try:
            allowed = allows(verdict.policy, arn)
        except PolicyError as error:
            logger.error("authorizer_policy_malformed")  # noqa: TRY400  # the document may name people
            raise Refused(AUTHORIZER_FAILED) from error
        if not allowed:
            raise Refused(FORBIDDEN)
        return verdict.context

    def _verdict(self, authorizer: Any, token: str, arn: str) -> _Verdict:
        key = hashlib.sha256(f"{authorizer.name}\0{token}".encode("utf-8", "replace")).hexdigest()
        with self._lock:
            verdict = self._cache.get(key)
        if verdict is None:
            verdict = self._ask(authorizer, token, arn)
            with self._lock:
                self._cache[key] = verdict
        return verdict

    def _ask(self, authorizer: Any, token: str, arn: str) -> _Verdict:
        event = {"type": "TOKEN", "methodArn": arn, "authorizationToken": token}
        context = new_context(function_name=authorizer.name, timeout=_TIMEOUT, region=self._options.region)
        configured = authorizer.config.ttl_seconds
        ttl = self._options.authorizer_ttl if configured is None else configured
        try:
            answer = authorizer(event, context)
            return _Verdict(
                policy=answer["policyDocument"],
                context=_strings(answer.get("context") or {}, answer["principalId"]),
                keep_until=self._timer() + ttl,
            )
        except Exception as error:  # noqa: BLE001  # the edge, as Lambda's runtime is
            if str(error) == "Unauthorized":
                raise Refused(UNAUTHORIZED) from None
            logger.error("authorizer_failed %s", where(error))  # noqa: TRY400  # its text may name people
            raise Refused(AUTHORIZER_FAILED) from None


def _strings(context: dict[str, Any], principal: Any) -> dict[str, str]:
    """API Gateway passes numbers and booleans on as strings and refuses anything nested."""
    result: dict[str, str] = {}
    for name, value in {**context, "principalId": principal}.items():
        if isinstance(value, bool):
            result[name] = "true" if value else "false"
        elif isinstance(value, str | int | float):
            result[name] = str(value)
        elif value is not None:
            raise TypeError("The authorizer's context must be flat")
    return result
