"""The whole service on this machine, as `make run` starts it, once for all journeys."""

from __future__ import annotations

import os
import threading

import boto3
import pytest

from infra.local.journey import Endpoints, Journey
from infra.local.supervisor import local_stack
from tests.e2e.people import Folk

SHORT = {
    # One client stands for many here.
    "GATEWAY_RATE_PER_SECOND": "0",
    "PUMP_THREADS": "2",
    # What a killed or failed consumer had in hand is handled again soon.
    "PUMP_LEASE": "4",
    "PUMP_RETRY_VISIBILITY": "1",
}


@pytest.fixture(scope="session")
def stack(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SHORT.items():
            patch.setenv(name, value)
        with local_stack(tmp_path_factory.mktemp("polis"), ports="auto") as running:
            print("started:", running.start_times)
            yield running


@pytest.fixture(scope="session")
def folk():
    return Folk()


@pytest.fixture
def journeys(stack):
    """Makes clients, one for each thread."""
    made = []
    lock = threading.Lock()
    urls = stack.urls
    at = Endpoints(api=urls["web"], identity=urls["identity"], registers=urls["registers"], cloud=urls["cloud"])

    def make():
        with lock:
            made.append(Journey(at=at, report=lambda *_: None))
            return made[-1]

    yield make
    for journey in made:
        journey.close()


@pytest.fixture
def journey(journeys):
    one = journeys()
    yield one
    one.registers()


@pytest.fixture(scope="session")
def aws(stack):
    """Makes clients of the local cloud."""
    environment = stack.environment
    session = boto3.session.Session()

    def client(service):
        return session.client(
            service,
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            region_name=environment["AWS_DEFAULT_REGION"],
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        )

    return client


@pytest.fixture
def outside():
    """An environment for a process that is started as a person would start it."""
    return {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | SHORT
