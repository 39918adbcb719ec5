"""Deploys the very zip and template of `make package`, as `aws cloudformation deploy` would."""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.local.template import NOT_LOCAL

if TYPE_CHECKING:
    from infra.local.stack import Cloud
    from infra.package import Package

STACK = "polis-rehearsal"
_BUCKET = "polis-rehearsal-artefacts"
_POLL_SECONDS = 0.2
_TIMEOUT_SECONDS = 180


class DeploymentFailed(Exception):
    """The stack was not created; the text has the reasons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """What was created: outputs of the stack and its functions' physical names."""

    outputs: Mapping[str, str]
    functions: Mapping[str, str]


def deploy(*, cloud: Cloud, package: Package, parameters: Mapping[str, str]) -> Deployment:
    """Upload the package and create the stack; raises DeploymentFailed."""
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    s3.upload_file(str(package.zip_path), _BUCKET, "deployment.zip")
    body = json.dumps(located(package.template), ensure_ascii=False).encode()
    s3.put_object(Bucket=_BUCKET, Key="template.json", Body=body)
    formation = cloud.client("cloudformation")
    formation.create_stack(
        StackName=STACK,
        TemplateURL=f"{s3.meta.endpoint_url}/{_BUCKET}/template.json",
        Parameters=[{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        OnFailure="DO_NOTHING",
    )
    stack = _wait(formation)
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=STACK)
    resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
    return Deployment(
        outputs={output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]},
        functions={
            found["LogicalResourceId"]: found["PhysicalResourceId"]
            for found in resources
            if found["ResourceType"] == "AWS::Lambda::Function"
        },
    )


def located(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the template with the place of the uploaded zip, as `aws cloudformation package` writes it.

    Two rights are written otherwise, because the emulator reads them otherwise than AWS does; what it does not have
    at all is left out.
    """
    made = copy.deepcopy(dict(template))
    made["Resources"] = {name: found for name, found in made["Resources"].items() if found["Type"] not in NOT_LOCAL}
    for resource in made["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": _BUCKET, "Key": "deployment.zip"}
        elif resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"]["Policies"]:
                for statement in policy["PolicyDocument"]["Statement"]:
                    _as_emulator_reads(statement)
    return made


def _as_emulator_reads(statement: dict[str, Any]) -> None:
    if "sqs:SendMessage" in statement["Action"]:
        # On AWS this right includes sending several messages at once.
        statement["Action"] = [*statement["Action"], "sqs:SendMessageBatch"]
    if "ses:SendEmail" in statement["Action"]:
        # The emulator knows neither the identity that sends nor the sender's address.
        statement["Resource"] = "*"
        del statement["Condition"]


def _wait(formation: Any) -> dict[str, Any]:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        stack: dict[str, Any] = formation.describe_stacks(StackName=STACK)["Stacks"][0]
        if stack["StackStatus"] == "CREATE_COMPLETE":
            return stack
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            raise DeploymentFailed("\n".join(_reasons(formation)) or stack["StackStatus"])
        time.sleep(_POLL_SECONDS)
    raise DeploymentFailed(f"not created within {_TIMEOUT_SECONDS} s")


def _reasons(formation: Any) -> Iterator[str]:
    for event in formation.describe_stack_events(StackName=STACK)["StackEvents"]:
        if event["ResourceStatus"].endswith("FAILED"):
            reason = event.get("ResourceStatusReason", "")
            yield f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"


def log_lines(cloud: Cloud, *, last: int = 15) -> Iterator[str]:
    """Yield the last lines that each function has logged, with the function's name before each."""
    logs = cloud.client("logs")
    for group in logs.describe_log_groups()["logGroups"]:
        name = group["logGroupName"]
        if name.startswith("/aws/lambda/"):
            events = logs.filter_log_events(logGroupName=name)["events"]
            for event in events[-last:]:
                yield f"{name.rpartition('/')[2]}: {event['message'].rstrip()}"
