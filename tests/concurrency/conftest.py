"""The durable local cloud as a process that a test may kill."""

from __future__ import annotations

import os
import subprocess
import time
from functools import cache
from pathlib import Path

import boto3
import pytest
from botocore.config import Config

from infra.local.ports import free_ports
from infra.local.processes import PROJECT, answers

CLOUD_PYTHON = Path(os.environ.get("CLOUD_PYTHON", PROJECT / ".venv-cloud" / "bin" / "python"))
SECRET = "the administrator's secret of this test"


session = cache(boto3.session.Session)
"""Keeps the descriptions of services, which take longest of making a client."""


class CloudProcess:
    def __init__(self, folder):
        self.folder = folder
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.is_killed = False

    def start(self):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        environment |= {
            "CLOUD_PORT": str(self.port),
            "CLOUD_DATA": str(self.folder),
            "CLOUD_ADMINISTRATOR_SECRET": SECRET,
            "AWS_DEFAULT_REGION": "eu-central-1",
            "LOG_LEVEL": "ERROR",
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(CLOUD_PYTHON), "-m", "infra.local.cloud"],
                cwd=PROJECT,
                env=environment,
                stdout=log,
                stderr=log,
            )
        self.is_killed = False
        deadline = time.monotonic() + 60
        while not answers(f"{self.url}/health"):
            assert self.process.poll() is None, (self.folder / "log").read_text()[-3000:]
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def kill(self):
        self.is_killed = True
        self.process.kill()
        self.process.wait()

    def client(self, service):
        # No repeated calls: the test itself must know what was acknowledged.
        config = Config(retries={"total_max_attempts": 1}, read_timeout=60, s3={"addressing_style": "path"})
        return session().client(
            service,
            endpoint_url=self.url,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=config,
        )


@pytest.fixture
def cloud(tmp_path):
    process = CloudProcess(tmp_path)
    process.start()
    yield process
    process.kill()
