"""What is served is what its description says: calls that schemathesis makes of the OpenAPI itself.

Right and wrong ones in turn, as somebody who may call, at ids that earlier answers gave or that nobody has. No answer
is a failure of ours, has a status, type, header or body that is not described, or takes wrong data for right.
"""

from __future__ import annotations

import json
import random
import warnings
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.core.failures import FailureGroup
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks

from chalicelib.http import openapi
from tests.functional.test_bad_input import label, person_of, routes
from tests.functional.test_roles import owned
from tests.security.scale import WHOLE, note, whole_or

if TYPE_CHECKING:
    from tests.world import World

__all__ = ["owned"]

OF_THE_GATEWAY = {414, 431}
"""It refuses too long addresses and headers before anything described is reached."""

DESCRIPTION = json.loads(Path(openapi.__file__).with_name("openapi.json").read_text(encoding="utf-8"))
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
]
"""All that need no answer of another kind: who may call is told by the table of roles, and rules beyond the schema
(check digits, states) refuse what the schema allows."""

MODES = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
UNDRAWN = settings(
    max_examples=whole_or(52, 2),
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
for _operations in DESCRIPTION["paths"].values():
    for _operation in _operations.values():
        # Who calls has a token; that none opens nothing is told by the table of roles.
        _operation.pop("security", None)
SCHEMA = schemathesis.openapi.from_dict({name: part for name, part in DESCRIPTION.items() if name != "security"})
OPERATIONS = {operation.ok().label: operation.ok() for operation in SCHEMA.get_all_operations()}
ROUTES = {label(route): route for route in routes()}
TRIED = [name for place, name in enumerate(sorted(ROUTES)) if WHOLE or place % 12 == 0]
"""Answers of FHIR are held to the models of its makers instead: tests/functional/test_fhir.py."""


class Ids:
    """The ids that answers gave: of what is there, so that calls reach more than «not found»."""

    def __init__(self, known: dict[str, str]) -> None:
        self._known: dict[str, list[str]] = defaultdict(list)
        self._chance = random.Random(7)
        for name, value in known.items():
            self._known[name.removeprefix("childs_")].append(value)
        self._known["person_id"].append(known["child_id"])
        self._known["code"] += ["77012", "770001", "77"]

    def learn(self, path: str, answer: Any) -> None:
        """Keep the id of what a call made or showed."""
        is_json = answer.content and answer.headers.get("content-type", "").startswith("application/json")
        told = answer.json() if is_json else None
        if isinstance(told, dict) and isinstance(told.get("id"), str):
            kind = path.rstrip("s").rpartition("/")[2].removesuffix("-search").replace("-", "_")
            self._known[f"{kind}_id"].append(told["id"])

    def into(self, parameters: dict[str, Any]) -> dict[str, Any]:
        """Put ids that are there into half of the calls."""
        if self._chance.random() < 0.4:
            return parameters
        known = {name: self._chance.choice(self._known[name]) for name in parameters if self._known[name]}
        return {**parameters, **known}


@pytest.fixture(scope="class")
def ids(owned: dict[str, str]) -> Ids:
    return Ids(owned)


class TestDescription:
    """Every operation of it."""

    def test_every_route_is_described(self) -> None:
        assert ROUTES.keys() <= OPERATIONS.keys()

    @pytest.mark.parametrize("name", TRIED)
    def test_answers_are_those_described(self, shared_world: World, ids: Ids, name: str) -> None:
        found: dict[str, str] = {}
        calls = 0
        route = ROUTES.get(name)
        person = person_of(route) if route else None

        def call(case: Any) -> None:
            nonlocal calls
            calls += 1
            if not _is_wrong_in_path(case):
                case.path_parameters = ids.into(dict(case.path_parameters or {}))
            shared_world.sleep(hours=1)  # the limits of the calls before are over
            answer = sent(shared_world, case, person)
            ids.learn(case.path, answer)
            if answer.status_code in OF_THE_GATEWAY or (answer.status_code == 400 and "malformed_url" in answer.text):
                return
            try:
                case.validate_response(answer, checks=CHECKS)
            except FailureGroup as failures:
                for failure in failures.exceptions:
                    told = f"{failure} — {case.as_curl_command()} — {answer.status_code} {answer.text[:300]}"
                    found.setdefault(type(failure).__name__, told)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = [OPERATIONS[name].as_strategy(generation_mode=mode) for mode in MODES]
            UNDRAWN(given(st.one_of(made))(call))()
        note(schema_calls=calls)
        assert not found, "\n".join(found.values())


def _is_wrong_in_path(case: Any) -> bool:
    told = case.meta.components.get(ParameterLocation.PATH)
    return told is not None and told.mode is schemathesis.GenerationMode.NEGATIVE


def sent(world: World, case: Any, person: str | None) -> Any:
    options = case.as_transport_kwargs(base_url="http://test")
    method, url = options.pop("method"), options.pop("url")
    wanted = {name: options[name] for name in ("params", "headers", "cookies", "json", "data") if options.get(name)}
    if "data" in wanted:
        wanted["content"] = wanted.pop("data")
    wanted["headers"] = {name: value for name, value in dict(wanted.get("headers", {})).items() if value is not None}
    return world.call(method, url, person=person, **wanted)
