"""Import time of each Lambda in fresh processes against what its libraries alone cost, interleaved in one run."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

from bench.figures import Figure

ROOT = Path(__file__).resolve().parent.parent
ROUNDS = 7
API_LIMIT = 1.4
FIRST_REQUEST_LIMIT = 2.0
AUTHORIZER_LIMIT = 1.2

FLOOR = "import chalice, boto3; boto3.client('dynamodb', region_name='eu-central-1')"
"""The api and the events: the framework, the SDK and the client that every one of them makes at once."""

AUTHORIZER_FLOOR = (
    "import chalice, jwt; from cryptography.hazmat.primitives.asymmetric import ec, rsa; "
    "from cryptography.hazmat.primitives.serialization import load_pem_public_key"
)
"""The authorizer: the framework, and what checks a signature; it calls no AWS service."""

CLIENT = "; from chalicelib.adapters import aws; aws.client('dynamodb')"
"""Our modules make clients when asked: the figure includes one, as the floor does."""

API = "import os; os.environ['_HANDLER'] = 'app.app'; import app"

FIRST_REQUESTS: Mapping[str, float | None] = {
    "applications": FIRST_REQUEST_LIMIT,
    "validity": FIRST_REQUEST_LIMIT,
    "corrections": None,
}
"""What their first request adds to the import of the API, and the most that it may: the two resources that people wait
for; the largest one is a few operators' and only told."""

EVENTS = ("scan_uploads", "verification", "issuance", "notifications", "outbox_relay", "expiry", "due")
"""The event Lambdas that make no PDF."""

_MEASURED = """
import sys, time
sys.path.insert(0, {root!r})
before = time.process_time()
{code}
print((time.process_time() - before) * 1000)
"""


def programs() -> dict[str, str]:
    """The code of every measured process; Lambda's runtime names the handler in _HANDLER before it loads it."""
    return {
        "floor": FLOOR,
        "authorizer_floor": AUTHORIZER_FLOOR,
        "api": f"{API}{CLIENT}",
        **{
            f"first {name}": f"{API}{CLIENT}; import chalicelib.http.{name}, chalicelib.adapters.dynamodb.store"
            for name in FIRST_REQUESTS
        },
        "authorizer": "import chalicelib.http.authorizer",
        **{name: f"import chalicelib.events.{name}{CLIENT}" for name in EVENTS},
    }


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Medians of user + system CPU milliseconds; every round runs each program once, in turning order."""
    codes = programs()
    names = list(codes)
    for name in names:
        _run(codes[name])
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            times[name].append(_run(codes[name]))
    return {name: statistics.median(values) for name, values in times.items()}


def _run(code: str) -> float:
    unset = {"PYTHONDONTWRITEBYTECODE", "_HANDLER", "AWS_ENDPOINT_URL", "AWS_PROFILE"}
    inherited = {name: value for name, value in os.environ.items() if name not in unset}
    settled = {"AWS_DEFAULT_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    made = subprocess.run(
        [sys.executable, "-c", _MEASURED.format(root=str(ROOT), code=code)],
        env={**inherited, **settled},
        check=True,
        capture_output=True,
        text=True,
    )
    return float(made.stdout)


def figures(rounds: int = ROUNDS) -> list[Figure]:
    """The ratio of every Lambda to its floor."""
    medians = measure(rounds)
    found = [
        Figure(
            group="import",
            name=f"import of {name}",
            value=medians[name] / medians["floor"],
            limit=limit,
            unit="×",
            detail=f"{medians[name]:.0f} ms of CPU; chalice + boto3 + DynamoDB client {medians['floor']:.0f} ms",
        )
        for name, limit in (
            ("api", API_LIMIT),
            *((f"first {resource}", limit) for resource, limit in FIRST_REQUESTS.items()),
            *((event, API_LIMIT) for event in EVENTS),
        )
    ]
    floor = medians["authorizer_floor"]
    authorizer = Figure(
        group="import",
        name="import of authorizer",
        value=medians["authorizer"] / floor,
        limit=AUTHORIZER_LIMIT,
        unit="×",
        detail=f"{medians['authorizer']:.0f} ms of CPU; chalice + pyjwt + cryptography {floor:.0f} ms",
    )
    return [found[0], authorizer, *found[1:]]
