"""Which processes make the local service, with which settings, and how it introduces itself."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from infra.local.processes import PROJECT, ProcessSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from infra.local.stack import Stack

REGION = "eu-central-1"
_MAIL_FROM = "polis@example.org"
_AUDIENCE = "polis"
REPLIES_DOMAIN = "answers.example.org"
# A short poll, so that a stop is quick; and nobody at one machine wants to wait for the minutes that
# a queue on AWS waits before it gives the message of a killed or failed consumer to another.
_PUMP = {"PUMP_WAIT": "1", "PUMP_LEASE": "15", "PUMP_RETRY_VISIBILITY": "60"}
_CLOUD_PYTHON = PROJECT / ".venv-cloud" / "bin" / "python"


def process_environment(additions: Mapping[str, str]) -> dict[str, str]:
    """Return this process's environment without real AWS credentials, with additions."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    defaults = {
        "PYTHONUNBUFFERED": "1",
        # Without kept bytecode every process compiles everything at every start: half of its time.
        "PYTHONDONTWRITEBYTECODE": "",
        "NO_PROXY": "127.0.0.1,localhost",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    return {**kept, **defaults, **additions}


def stack_parameters(urls: Mapping[str, str]) -> dict[str, str]:
    """Return the parameters of the template for the local addresses."""
    return {
        "OidcIssuer": urls["identity"],
        "OidcAudience": _AUDIENCE,
        "OidcJwksUrl": f"{urls['identity']}/jwks.json",
        "RegistersUrl": urls["registers"],
        "PublicBaseUrl": urls["web"],
        "MailFrom": _MAIL_FROM,
        "MailRepliesDomain": REPLIES_DOMAIN,
        "WebhooksLocal": "yes",
        "SmsSecondUrl": f"{urls['texts']}/v1",
        "WebOrigin": urls["web"],
    }


def function_environment(urls: Mapping[str, str], stack: Stack | None, data_dir: Path) -> dict[str, str]:
    """Return what the functions read: the same names as on AWS, and the local endpoint."""
    return {
        **({} if stack is None else stack.environment),
        "AWS_ENDPOINT_URL": urls["cloud"],
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "LOCAL_STATE_DIR": str(data_dir),
    }


def cloud(urls: Mapping[str, str], data_dir: Path, administrator_secret: str) -> ProcessSpec:
    """Return the local cloud; CLOUD_PYTHON names another interpreter of its environment."""
    return ProcessSpec(
        name="cloud",
        module="infra.local.cloud",
        python=Path(os.environ.get("CLOUD_PYTHON", _CLOUD_PYTHON)),
        health_url=f"{urls['cloud']}/health",
        environment=process_environment(
            {
                "CLOUD_PORT": _port(urls["cloud"]),
                "CLOUD_DATA": str(data_dir / "cloud"),
                "CLOUD_ADMINISTRATOR_SECRET": administrator_secret,
                "AWS_DEFAULT_REGION": REGION,
                "LOG_LEVEL": "WARNING",
            }
        ),
    )


def simulators(urls: Mapping[str, str], data_dir: Path) -> list[ProcessSpec]:
    """Return the stand-ins for the state's sign-in service and registers."""
    state = {"LOCAL_STATE_DIR": str(data_dir)}
    identity = {"IDP_PORT": _port(urls["identity"]), "IDP_ISSUER": urls["identity"]}
    identity |= {"IDP_AUDIENCE": _AUDIENCE}
    registers = {"REGISTERS_PORT": _port(urls["registers"])}
    return [
        ProcessSpec(
            name="identity_provider",
            module="infra.local.identity_provider",
            health_url=f"{urls['identity']}/health",
            environment=process_environment({**state, **identity}),
        ),
        ProcessSpec(
            name="registers_simulator",
            module="infra.local.registers_simulator",
            health_url=f"{urls['registers']}/health",
            environment=process_environment({**state, **registers}),
        ),
    ]


def services(urls: Mapping[str, str], functions: Mapping[str, str], stack: Stack | None) -> list[ProcessSpec]:
    """Return the processes that run the app, and a provider of text messages, which brings receipts to it."""
    resources = {} if stack is None else stack.resources
    queues = {name: value for name, value in resources.items() if name.endswith("Queue")}
    gateway = {"GATEWAY_PORT": _port(urls["web"])}
    pump = {"PUMP_CONTROL_PORT": _port(urls["pump"]), "QUEUE_URLS": json.dumps(queues)}
    pump |= {name: os.environ.get(name, value) for name, value in _PUMP.items()}
    texts = {"TEXTS_PORT": _port(urls["texts"]), "RECEIPTS_URL": f"{urls['web']}/v1/sms-receipts"}
    return [
        ProcessSpec(
            name="text_aggregator",
            module="infra.local.text_aggregator",
            health_url=f"{urls['texts']}/health",
            environment=process_environment({**functions, **texts}),
        ),
        ProcessSpec(
            name="gateway",
            module="infra.local.gateway",
            health_url=f"{urls['web']}/health",
            environment=process_environment({**functions, **gateway}),
            stop_seconds=15,
        ),
        ProcessSpec(
            name="pump",
            module="infra.local.pump",
            health_url=f"{urls['pump']}/health",
            environment=process_environment({**functions, **pump}),
            stop_seconds=15,
        ),
    ]


def welcome(urls: Mapping[str, str], start_times: Mapping[str, float]) -> str:
    """Return what is printed when everything runs."""
    rows = [
        ("Web pages: the cabinet", urls["web"]),
        ("Operators' queue", f"{urls['web']}/operator"),
        ("Operators' statistics", f"{urls['web']}/operator/statistics"),
        ("A clinic's desk", f"{urls['web']}/clinic"),
        ("Check of a number", f"{urls['web']}/check"),
        ("Insurers' registry", f"{urls['web']}/insurers"),
        ("Rules and help", f"{urls['web']}/help"),
        ("Parts of the pages", f"{urls['web']}/ui"),
        ("Description of the API", f"{urls['web']}/docs"),
        ("Sign-in (choose a person)", urls["identity"]),
        ("Registers' simulator", urls["registers"]),
        ("Sent e-mail", f"{urls['cloud']}/_ministack/ses/messages"),
        ("Sent text messages", f"{urls['cloud']}/_ministack/sns/sms-messages"),
        ("Sent by the second provider", f"{urls['texts']}/control/messages"),
        ("Local cloud (AWS endpoint)", urls["cloud"]),
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"  {name:<{width}}  {url}" for name, url in rows]
    steps = ", ".join(f"{step} {seconds} s" for step, seconds in start_times.items())
    return "\n".join(
        [
            "",
            *lines,
            "",
            *_persons(),
            f"Started: {steps}.  Ctrl-C stops everything; the data stays.",
        ]
    )


def _persons() -> list[str]:
    """Return the table of persons to sign in as, from the identity provider's own list."""
    from infra.local.persons import PERSONS

    people = [person for person in PERSONS if person.signs_in]
    width = max(len(person.key) for person in people)
    return [
        "  Persons to sign in as:",
        *(f"    {person.key:<{width}}  {person.title}" for person in people),
        "",
    ]


def _port(url: str) -> str:
    return str(urlsplit(url).port)
