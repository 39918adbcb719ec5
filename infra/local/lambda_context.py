"""The Lambda context object that handlers get on one machine."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field

REGION_DEFAULT = "us-east-1"
ACCOUNT_ID = "000000000000"


@dataclass(slots=True, kw_only=True)
class LambdaContext:
    """What the Lambda runtime tells a handler; ``deadline`` is on the monotonic clock, in seconds."""

    function_name: str
    deadline: float
    aws_request_id: str
    memory_limit_in_mb: int = 512
    function_version: str = "$LATEST"
    region: str = REGION_DEFAULT
    identity: None = None
    client_context: None = None
    log_stream_name: str = "local"
    invoked_function_arn: str = field(init=False)
    log_group_name: str = field(init=False)

    def __post_init__(self) -> None:
        self.log_group_name = f"/aws/lambda/{self.function_name}"
        self.invoked_function_arn = f"arn:aws:lambda:{self.region}:{ACCOUNT_ID}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function's time-out; 0 when it has passed."""
        return max(0, int((self.deadline - time.monotonic()) * 1000))


def new_context(*, function_name: str, timeout: float, region: str = "") -> LambdaContext:
    """Make the context of one invocation that may last ``timeout`` seconds."""
    return LambdaContext(
        function_name=function_name,
        deadline=time.monotonic() + timeout,
        aws_request_id=str(uuid.uuid4()),
        region=region or REGION_DEFAULT,
    )
