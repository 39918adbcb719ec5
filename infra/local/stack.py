"""Creates or updates the resources of infra/resources.yaml in the local cloud.

The emulator ignores some properties; `stack_settings` sets those from the same template and checks
that the real settings are what the template says.  A second run with nothing changed only reads.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local import stack_settings
from infra.local.template import Template, output_name, read_template

NAME = "polis"
REGION = "eu-central-1"
_DIGEST_TAG = "polis-template"
_FAILED = frozenset({"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "REVIEW_IN_PROGRESS", "DELETE_FAILED"})
_DONE = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"})
_POLL_SECONDS = 0.05
_TIMEOUT_SECONDS = 60


class StackFailed(Exception):
    """The stack did not come to the wanted state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stack:
    """What the rest needs to know of the stack."""

    outputs: Mapping[str, str]
    resources: Mapping[str, str]
    environment: Mapping[str, str]


@cache
def _session(region: str) -> Any:
    """Return the one session: it keeps the descriptions of services, which take longest to read."""
    return boto3.session.Session(region_name=region)


class Cloud:
    """Clients of one endpoint, made on first use."""

    def __init__(self, endpoint: str, region: str = REGION) -> None:
        self._session = _session(region)
        self._endpoint = endpoint
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Return the cached client of a service."""
        if service not in self._clients:
            self._clients[service] = self._session.client(
                service,
                endpoint_url=self._endpoint,
                aws_access_key_id="test",
                aws_secret_access_key="test",  # noqa: S106 - the emulator's published root key
                config=Config(retries={"max_attempts": 2}, s3={"addressing_style": "path"}),
            )
        return self._clients[service]


def deploy(*, endpoint: str, parameters: Mapping[str, str]) -> Stack:
    """Bring the stack to the state of the template and return its names.

    Args:
        endpoint: URL of the local cloud.
        parameters: Values of the template's parameters; the rest keep their defaults.

    Raises:
        StackFailed: CloudFormation refused, or a setting is not what the template says.
    """
    cloud = Cloud(endpoint)
    template = read_template()
    digest = template.digest(parameters)
    formation = cloud.client("cloudformation")
    found = _describe(formation)
    if found is not None and found["StackStatus"] in _FAILED:
        _remove(formation)
        found = None
    if found is None or not _is_current(found, digest):
        _apply(formation, template, parameters, digest, exists=found is not None)
        found = _wait(formation)
        resources = _physical_names(formation)
        stack_settings.apply(cloud.client, template, {**_parameters(found), **resources})
        problems = stack_settings.problems(cloud.client, template, resources)
        if problems:
            raise StackFailed("; ".join(problems))
        formation.update_stack(**_request(template, parameters, digest, applied=True))
        found = _wait(formation)
    return _stack(formation, template, found)


def _is_current(found: dict[str, Any], digest: str) -> bool:
    tags = {tag["Key"]: tag["Value"] for tag in found.get("Tags", [])}
    return found["StackStatus"] in _DONE and tags.get(_DIGEST_TAG) == digest


def _request(template: Template, parameters: Mapping[str, str], digest: str, *, applied: bool) -> dict[str, Any]:
    # The digest becomes a tag only after the settings were applied: a run that was interrupted
    # before is repeated by the next one.
    return {
        "StackName": NAME,
        "TemplateBody": template.body,
        "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
        "Tags": [{"Key": _DIGEST_TAG, "Value": digest if applied else "unfinished"}],
    }


def _apply(formation: Any, template: Template, parameters: Mapping[str, str], digest: str, *, exists: bool) -> None:
    request = _request(template, parameters, digest, applied=False)
    if not exists:
        formation.create_stack(**request, OnFailure="DELETE")
        return
    try:
        formation.update_stack(**request)
    except ClientError as refusal:
        if "No updates are to be performed" not in str(refusal):
            raise


def _describe(formation: Any) -> dict[str, Any] | None:
    try:
        stacks: list[dict[str, Any]] = formation.describe_stacks(StackName=NAME)["Stacks"]
    except ClientError as refusal:
        if "does not exist" in str(refusal):
            return None
        raise
    return stacks[0]


def _wait(formation: Any) -> dict[str, Any]:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        found = _describe(formation)
        if found is None:
            raise StackFailed(f"the stack {NAME} was rolled back; see the log of the local cloud")
        if found["StackStatus"] in _FAILED:
            raise StackFailed(found.get("StackStatusReason") or found["StackStatus"])
        if found["StackStatus"] in _DONE:
            return found
        time.sleep(_POLL_SECONDS)
    raise StackFailed(f"the stack {NAME} is not ready after {_TIMEOUT_SECONDS} seconds")


def _remove(formation: Any) -> None:
    """Delete a stack whose creation failed; what it made before is retained but never used."""
    formation.delete_stack(StackName=NAME)
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        found = _describe(formation)
        if found is None or found["StackStatus"] == "DELETE_COMPLETE":
            return
        time.sleep(_POLL_SECONDS)
    raise StackFailed(f"the failed stack {NAME} cannot be deleted")


def _physical_names(formation: Any) -> dict[str, str]:
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=NAME)
    return {
        resource["LogicalResourceId"]: resource["PhysicalResourceId"]
        for page in pages
        for resource in page["StackResourceSummaries"]
    }


def _parameters(found: dict[str, Any]) -> dict[str, str]:
    return {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in found.get("Parameters", [])}


def _stack(formation: Any, template: Template, found: dict[str, Any]) -> Stack:
    outputs = {output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}
    return Stack(
        outputs=outputs,
        resources=_physical_names(formation),
        environment={name: outputs[output_name(name)] for name in template.variables},
    )


def main() -> None:
    """Deploy to AWS_ENDPOINT_URL with parameters given as `Name=value`, print the names as JSON."""
    parameters = dict(argument.split("=", 1) for argument in sys.argv[1:])
    stack = deploy(endpoint=os.environ["AWS_ENDPOINT_URL"], parameters=parameters)
    print(json.dumps(asdict(stack), indent=2))


if __name__ == "__main__":
    main()
