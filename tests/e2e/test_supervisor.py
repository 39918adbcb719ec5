"""Starting, stopping and killing the whole: nothing is left behind, and the data stays."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import httpx
import pytest

from infra.local.processes import PROJECT
from tests.e2e.people import until


class Run:
    """One run of `python -m infra.local.supervisor` on a folder."""

    def __init__(self, folder, environment):
        self.folder = folder
        began = time.monotonic()
        command = [sys.executable, "-m", "infra.local.supervisor", "--ports", "auto", "--data", str(folder)]
        self.process = subprocess.Popen(
            command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line)
            if line.startswith("Started"):
                break
        assert "".join(self.lines[-1:]).startswith("Started"), self.lines
        self.seconds = time.monotonic() - began
        self.known = json.loads((folder / "environment.json").read_text())

    def end(self, number):
        began = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(60)
        self.process.stdout.close()
        until("the end of all children", lambda: not self.left_behind())
        return time.monotonic() - began

    def left_behind(self):
        alive = [name for name, pid in self.known["pids"].items() if is_alive(pid)]
        ports = [name for name, url in self.known["urls"].items() if listens(urlsplit(url).port)]
        return alive + ports


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def listens(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def run(tmp_path, outside):
    runs = []

    def start():
        runs.append(Run(tmp_path, outside))
        return runs[-1]

    yield start
    for each in runs:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()
            each.process.stdout.close()


def profile(run, version=None):
    urls = run.known["urls"]
    data = {"grant_type": "urn:polis:demonstration", "person": "citizen"}
    token = httpx.post(f"{urls['identity']}/token", data=data, timeout=60).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    if version:
        answer = httpx.post(f"{urls['web']}/v1/me/consents", json={"version": version}, headers=headers, timeout=60)
        assert answer.is_success, answer.text
    return httpx.get(f"{urls['web']}/v1/me", headers=headers, timeout=60).json()


def test_nothing_is_left_behind_by_an_interrupt_or_a_kill_and_the_data_stays(run):
    first = run()
    version = httpx.get(f"{first.known['urls']['web']}/v1/consent-text", timeout=60).json()["version"]
    assert profile(first, version)["has_consent"]
    stopped = first.end(signal.SIGINT)
    assert first.process.returncode == 0
    assert not (first.folder / "environment.json").exists()

    second = run()
    assert profile(second)["has_consent"]
    assert second.known["urls"] == first.known["urls"]
    killed = second.end(signal.SIGKILL)
    print(
        f"first start {first.seconds:.1f} s, stop {stopped:.1f} s,",
        f"second start {second.seconds:.1f} s, end of the children after kill -9 {killed:.1f} s",
    )
