"""Clients of botocore whose calls are answered in memory, without requests, signatures, answers to parse.

The client itself stays: its operations, paginators, presigned links and errors, and the seam of the adapters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tests.memory import s3, sqs

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.memory.dynamodb import MemoryDynamoDB

    Answering = Callable[[str, Any], Any]


class _NoSeam:
    """Where nothing listens."""

    def _before(self, model: Any) -> None:
        """Nobody is told."""

    _after = _before


def answered_in_memory(client: Any, database: MemoryDynamoDB, seam: Any = None) -> Any:
    """Let a client's calls of DynamoDB, and the usual ones of SQS and S3, be answered in memory; returns it.

    Args:
        client: The client of botocore, or of boto3.
        database: What answers for DynamoDB.
        seam: The module of the adapters that is told of each call, as botocore's events would tell it.
    """
    service = client.meta.service_model.service_name
    listening = seam or _NoSeam()
    if service == "dynamodb":
        client._make_api_call = _telling(client, listening, database.call)
    elif service in _ANSWERS:
        usual = _ANSWERS[service]
        answering = _telling(client, listening, lambda name, request: usual[name][0](request))
        client._make_api_call = _usual(usual, answering, client._make_api_call)
    return client


_ANSWERS: dict[str, Any] = {"sqs": sqs.ANSWERS, "s3": s3.ANSWERS}


def _usual(usual: Any, answering: Answering, elsewhere: Answering) -> Answering:
    """Answer the calls that the service makes; others, or with other parameters, go where they went."""

    def call(name: str, request: Any) -> Any:
        known = usual.get(name, (None, set()))[1]
        return (answering if known and set(request) <= known else elsewhere)(name, request)

    return call


def _telling(client: Any, seam: Any, answer: Answering) -> Answering:
    """Tell the seam before and after a call, also after one that is refused."""
    service = client.meta.service_model

    def call(name: str, request: Any) -> Any:
        model = service.operation_model(name)
        seam._before(model)
        try:
            found = answer(name, request)
        except ClientError as failure:
            seam._after(model)
            code = failure.response["Error"]["Code"]
            raise client.exceptions.from_code(code)(failure.response, name) from None
        seam._after(model)
        return found

    return call
