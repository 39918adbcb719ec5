"""Checks the merged template as AWS would read it, without asking AWS."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class TemplateRefused(Exception):
    """cfn-lint or the SAM transform refuses the template."""


def lint(path: Path) -> None:
    """Raise TemplateRefused with what cfn-lint finds."""
    command = [sys.executable, "-c", "from cfnlint.runner import main; main()"]
    options = ["--format", "parseable", str(path)]
    result = subprocess.run([*command, *options], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        raise TemplateRefused(result.stdout + result.stderr)


def transformed(template: Mapping[str, Any]) -> dict[str, Any]:
    """Return the CloudFormation that the SAM transform makes of the template; raises TemplateRefused."""
    from samtranslator.public.exceptions import InvalidDocumentException

    body = copy.deepcopy(dict(template))
    for resource in body["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            # A local path is replaced on deployment; the transform knows only places in S3.
            resource["Properties"]["CodeUri"] = "s3://bucket/deployment.zip"
    defaults = {name: value.get("Default", "") for name, value in body.get("Parameters", {}).items()}
    try:
        made: dict[str, Any] = _translator().translate(body, defaults)
    except InvalidDocumentException as refusal:
        raise TemplateRefused(refusal.message + json.dumps([cause.message for cause in refusal.causes])) from None
    return made


@cache
def _translator() -> Any:
    import os

    import boto3
    from samtranslator.parser.parser import Parser
    from samtranslator.translator.translator import Translator

    # The partition of this region decides the form of names; nothing is called.
    os.environ.setdefault("AWS_DEFAULT_REGION", "eu-central-1")
    session = boto3.Session(region_name="eu-central-1")
    return Translator(managed_policy_map={}, sam_parser=Parser(), boto_session=session)
