"""Which services' states a call may change, told from its headers and the start of its body."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.local.cloud.tables import DATA_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

_CREDENTIAL = re.compile(r"Credential=[^/]+/\d+/[^/]+/([a-z0-9-]+)/")
_FORM_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")
_READS = re.compile(
    r"^(Get|List|Describe|Query|Scan|BatchGet|Head|Receive|TransactGet|Decrypt|Encrypt|Verify|"
    r"ReEncrypt|GenerateRandom|GenerateDataKey|GenerateMac|Sign$|Search|Lookup|Test|Validate)"
)
_QUEUE_DATA = re.compile(r"^(SendMessage|DeleteMessage|ChangeMessageVisibility|PurgeQueue|ReceiveMessage)")
_STATES = {
    "email": ("ses", "ses_v2"),
    "ses": ("ses", "ses_v2"),
    "events": ("eventbridge",),
    "iam": ("iam",),
    "kms": ("kms",),
    "logs": ("cloudwatch_logs",),
    "monitoring": ("cloudwatch",),
    "secretsmanager": ("secretsmanager",),
    "sns": ("sns",),
    "sqs": ("sqs",),
    "ssm": ("ssm",),
    "dynamodb": ("dynamodb",),
    "s3": ("s3",),
    "scheduler": ("scheduler",),
    "sts": ("sts",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is known of a request when its answer is about to leave."""

    service: str
    action: str
    method: str
    path: str
    has_query: bool

    def states(self, *, ordered_queues: bool) -> tuple[str, ...] | None:
        """Return the names of the states to save; `None` means all that are in use."""
        if self.service == "cloudformation":
            return None  # also reads: an operation goes on after its call, and ends unnoticed
        if self._reads_only():
            return ()
        if self.service == "dynamodb" and self.action in DATA_ACTIONS:
            return ()
        if self.service == "sqs" and _QUEUE_DATA.match(self.action):
            return ("sqs",) if ordered_queues else ()
        if self.service == "s3" and self._is_object_write():
            return ()
        return _STATES.get(self.service)

    def _reads_only(self) -> bool:
        return self.method in {"GET", "HEAD", "OPTIONS"} or bool(_READS.match(self.action))

    def _is_object_write(self) -> bool:
        _, _, key = self.path.strip("/").partition("/")
        is_form_post = self.method == "POST" and not self.has_query
        return (bool(key) or is_form_post) and not self.has_query


def describe(scope: Mapping[str, Any], start_of_body: bytes) -> Call:
    """Return the call of an ASGI request; S3 where no credential says otherwise."""
    headers = dict(scope["headers"])
    credential = _CREDENTIAL.search(headers.get(b"authorization", b"").decode("latin-1"))
    target = headers.get(b"x-amz-target", b"").decode("latin-1")
    form = _FORM_ACTION.search(start_of_body) if not target else None
    action = target.rpartition(".")[2] if target else ""
    return Call(
        service=credential.group(1) if credential else "s3",
        action=form.group(1).decode() if form else action,
        method=scope["method"],
        path=scope["path"],
        has_query=bool(scope.get("query_string")),
    )
