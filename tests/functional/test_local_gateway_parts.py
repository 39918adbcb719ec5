"""The local gateway's parts and its process: policies, buckets, options, the stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from chalice import Chalice, IAMAuthorizer

from infra.local.api_gateway.asgi import gateway
from infra.local.api_gateway.options import GatewayOptions, options_from_environment
from infra.local.api_gateway.policy import PolicyError, allows
from infra.local.api_gateway.throttle import Throttle

HANGING_APP = """
import time
from chalice import Chalice
app = Chalice("hanging", configure_logs=False)

@app.route("/hang")
def hang():
    time.sleep(600)

@app.route("/")
def index():
    return {"ok": True}
"""


def test_an_authorizer_that_only_aws_runs_is_refused_at_the_start():
    app = Chalice("foreign", configure_logs=False)

    @app.route("/", authorizer=IAMAuthorizer())
    def index():
        return {}

    with pytest.raises(ValueError, match="only a built-in authorizer"):
        gateway(app, options=GatewayOptions())


def test_an_explicit_deny_wins_and_wildcards_match():
    arn = "arn:aws:execute-api:r:1:api/stage/GET/v1/policies/7"

    def statement(effect, resource):
        return {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource}

    allow = statement("Allow", "arn:aws:execute-api:*:*:api/*/GET/v1/*")
    assert allows({"Statement": [allow]}, arn)
    assert not allows({"Statement": [allow, statement("Deny", ["*/policies/?"])]}, arn)
    assert not allows({"Statement": statement("Allow", "*/POST/*")}, arn)
    with pytest.raises(PolicyError):
        allows({"Statement": [{"Effect": "Allow"}]}, arn)


def test_buckets_refill_and_are_bounded():
    throttle = Throttle(rate=1, burst=1, clients=2)
    assert throttle.wait("10.0.0.1", now=0) == 0
    assert throttle.wait("10.0.0.1", now=0) == 1
    assert throttle.wait("10.0.0.1", now=1) == 0
    assert throttle.wait("2001:db8::1", now=1) == 0
    assert throttle.wait("2001:db8::2", now=1) == 1
    assert throttle.wait("10.0.0.2", now=1) == 0
    assert throttle.wait("10.0.0.1", now=1) == 0  # forgotten: only two clients are remembered


@pytest.mark.parametrize("workers", [1, 2])
def test_the_process_stops_though_a_handler_hangs(tmp_path, workers):
    (tmp_path / "hanging.py").write_text(HANGING_APP)
    environment = {
        **os.environ,
        "PYTHONPATH": f"{tmp_path}{os.pathsep}{Path(__file__).parents[2]}",
        "GATEWAY_APP": "hanging:app",
        "GATEWAY_PORT": "0",
        "GATEWAY_WORKERS": str(workers),
        "GATEWAY_HANDLER_TIMEOUT": "1",
        "GATEWAY_STOP_TIMEOUT": "1",
    }
    command = [sys.executable, "-m", "infra.local.gateway"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = json.loads(process.stdout.readline())["port"]
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
                assert client.get("/hang").status_code == 504
                assert client.get("/").json() == {"ok": True}
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
        finally:
            process.kill()


def test_options_come_from_the_environment():
    options = options_from_environment({"GATEWAY_PORT": "81", "AWS_DEFAULT_REGION": "ru-1"})
    assert (options.port, options.region) == (81, "ru-1")
    with pytest.raises(ValueError, match="GATEWAY_THREADS must be a number"):
        options_from_environment({"GATEWAY_THREADS": "many"})
