"""Runs `chalice package` on a clean copy of the app, for its template and its part of the zip."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from chalicelib.http.plain_page import plain_page
from infra.packaging import inputs

# Chalice writes the origin for CORS into the template when it packages; the template's parameter takes
# the place of this one.
_ORIGIN_TO_REPLACE = "https://origin-of-the-stack.invalid"


class PackagingFailed(Exception):
    """`chalice package` failed; the text is what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChalicePart:
    """What Chalice made: its zip and the merged template."""

    zip_path: Path
    template: Mapping[str, Any]


def make(*, python: Path, stage: str, folder: Path) -> ChalicePart:
    """Package the app with the given Python, which needs Chalice and the app's dependencies.

    Raises:
        PackagingFailed: Chalice refused, or the app cannot be imported.
    """
    copy, out = folder / "app", folder / "chalice"
    inputs.stage(copy)
    shutil.rmtree(out, ignore_errors=True)
    options = ["--merge-template", inputs.TEMPLATE.name, "--template-format", "yaml", "--stage", stage]
    chalice = [str(python), "-c", "from chalice.cli import main; main()"]
    result = subprocess.run(
        [*chalice, "package", *options, str(out)],
        cwd=copy,
        env=_environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise PackagingFailed(result.stdout + result.stderr)
    content = yaml.safe_load((out / "sam.yaml").read_text(encoding="utf-8"))
    return ChalicePart(zip_path=out / "deployment.zip", template=with_pages(_with_origin_of_stack(content)))


def _environment(folder: Path) -> dict[str, str]:
    """Return an environment without credentials, a project's path or an endpoint; nothing is called."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON"))}
    return {
        **kept,
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "WEB_ORIGIN": _ORIGIN_TO_REPLACE,
        "PIP_NO_INDEX": "1",
    }


def _with_origin_of_stack(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_origin_of_stack(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_origin_of_stack(inner) for inner in value]
    if isinstance(value, str) and _ORIGIN_TO_REPLACE in value:
        return {"Fn::Sub": value.replace(_ORIGIN_TO_REPLACE, "${WebOrigin}")}
    return value


def with_pages(template: dict[str, Any]) -> dict[str, Any]:
    """Give every answer of the gateway itself, beside its problem for programs, a page for browsers.

    API Gateway picks by what the browser accepts; it fills in only its own variables.
    """
    for answer in template["Resources"]["RestAPI"]["Properties"]["GatewayResponses"].values():
        told = json.loads(answer["ResponseTemplates"]["application/json"])
        page = plain_page(
            title=told["title"], detail=told["detail"], request_id=told["request_id"], home="${PublicBaseUrl}/"
        )
        answer["ResponseTemplates"]["text/html"] = {"Fn::Sub": page}
    return template


def written(template: Mapping[str, Any]) -> str:
    """Return a template as the text of its file."""
    # Without spaces: CloudFormation takes at most a megabyte.
    return json.dumps(template, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"
