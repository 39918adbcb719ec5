"""Evaluates the policy that a Lambda authorizer returns: explicit deny, allow, implicit deny."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

ACTION = "execute-api:Invoke"


class PolicyError(ValueError):
    """The document is not a policy that API Gateway would accept."""


def allows(policy: Any, method_arn: str) -> bool:
    """Tell whether the policy lets the method be called; raise PolicyError when it is malformed."""
    try:
        statements = _as_list(policy["Statement"])
        verdicts = {_effect(item) for item in statements if _covers(item, method_arn)}
    except (KeyError, TypeError, AttributeError) as error:
        raise PolicyError("The policy document is malformed") from error
    return "Allow" in verdicts and "Deny" not in verdicts


def _effect(statement: dict[str, Any]) -> str:
    effect = statement["Effect"]
    if effect not in {"Allow", "Deny"}:
        raise PolicyError("Effect must be Allow or Deny")
    return str(effect)


def _covers(statement: dict[str, Any], method_arn: str) -> bool:
    actions = _as_list(statement["Action"])
    resources = _as_list(statement["Resource"])
    return any(_like(str(action).lower(), ACTION.lower()) for action in actions) and any(
        _like(str(resource), method_arn) for resource in resources
    )


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _like(pattern: str, text: str) -> bool:
    return pattern in {text, "*"} or _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    # Runs of stars are one star: it keeps the match linear enough for any policy.
    simple = re.sub(r"\*+", "*", pattern)
    escaped = re.escape(simple).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(escaped, re.DOTALL)
