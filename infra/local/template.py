"""Reads infra/resources.yaml for the local cloud: the resources without what only SAM understands."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

TEMPLATE = Path(__file__).parent.parent / "resources.yaml"
# Written in C it reads the template ten times as fast; wheels of PyYAML have it for every usual system.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAIL = "AWS::SES::ReceiptRule"
NOT_LOCAL = frozenset({_MAIL, "AWS::SES::ReceiptRuleSet"})
"""What the local cloud does not have: letters are left in its storage by whoever plays the receiving server."""

_VARIABLE = re.compile(r"\$\{([^}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A CloudFormation template and the names of the environment variables of its functions."""

    body: str
    resources: Mapping[str, Any]
    variables: tuple[str, ...]

    def digest(self, parameters: Mapping[str, str]) -> str:
        """Return a digest that changes when the template or a parameter does."""
        text = self.body + json.dumps(dict(parameters), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def of_type(self, kind: str) -> dict[str, dict[str, Any]]:
        """Return the properties of all resources of a type, by logical id."""
        return {
            name: resource.get("Properties", {})
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }


def read_template(path: Path = TEMPLATE) -> Template:
    """Return the template without overrides of what Chalice makes, which have no type here."""
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 — both are safe
    variables = content.pop("Globals")["Function"]["Environment"]["Variables"]
    content["Resources"] = {
        name: resource
        for name, resource in content["Resources"].items()
        if resource.get("Type", _MAIL) not in NOT_LOCAL
    }
    return Template(
        body=json.dumps(content, ensure_ascii=False),
        resources=content["Resources"],
        variables=tuple(variables),
    )


def output_name(variable: str) -> str:
    """Return the output that carries a variable: TABLE_NAME -> TableName."""
    return "".join(part.capitalize() for part in variable.split("_"))


def resolve(value: Any, names: Mapping[str, str]) -> Any:
    """Replace Ref, Fn::GetAtt and Fn::Sub; attributes are found in `names` as "Id.Attribute".

    Raises `KeyError` for a name that is not known.
    """
    if isinstance(value, list):
        return [resolve(inner, names) for inner in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"Ref"}:
        return names[value["Ref"]]
    if set(value) == {"Fn::GetAtt"}:
        return names[".".join(value["Fn::GetAtt"])]
    if set(value) == {"Fn::Sub"}:
        return _VARIABLE.sub(lambda match: names[match.group(1)], value["Fn::Sub"])
    return {key: resolve(inner, names) for key, inner in value.items()}
