"""The registers' client on a broken wire, and on the simulator that is told to be ill."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest
import urllib3

from chalicelib.adapters.registers import (
    HTTPRegisters,
    RetryPolicy,
    URLLib3Transport,
    WireFailed,
    WireRequest,
)
from chalicelib.domain.checks import CheckKind, CheckRequest, CheckStatus
from chalicelib.ports.errors import Throttled, Unavailable
from infra.local.registers_simulator import running

REQUEST = CheckRequest(request_id="01-first", kind=CheckKind.SNILS, subject={"snils": "900-000-001 82"})


@contextmanager
def raw_server(answer):
    """A server that runs ``answer(connection)`` for every connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                try:
                    answer(connection)
                except OSError:
                    continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


PATIENT = {"attempts": 1, "connect_seconds": 20, "read_seconds": 20, "total_seconds": 30}
"""Waits for a busy machine, where an answer is expected."""

HASTY = {"attempts": 1, "connect_seconds": 20, "read_seconds": 0.3, "total_seconds": 0.6}


def registers_at(url, **policy):
    return HTTPRegisters(base_url=url, policy=RetryPolicy(**policy))


def dripping(connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
    for _ in range(600):
        connection.sendall(b" ")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "answer",
    [
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"),
        lambda connection: connection.sendall(b"nonsense\r\n\r\n"),
        lambda _: None,
        lambda _: time.sleep(0.5),
        dripping,
        lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + b" " * 900_000),
    ],
    ids=["cut", "nonsense", "hangs-up", "silent", "dripping", "oversized"],
)
def test_survives_a_broken_wire_in_bounded_time(answer):
    started = time.monotonic()
    with raw_server(answer) as url, pytest.raises(Unavailable) as caught:
        registers_at(url, **HASTY).ask(request=REQUEST)
    assert time.monotonic() - started < 20
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_says_unavailable_when_nobody_listens():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        with pytest.raises(Unavailable):
            registers_at(f"http://127.0.0.1:{deaf.getsockname()[1]}", **PATIENT).ask(request=REQUEST)


def test_names_the_kind_of_an_oversized_answer():
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b" " * 2000
    transport = URLLib3Transport(connect_seconds=20, read_seconds=20, max_bytes=1000)
    oversized = pytest.raises(WireFailed, match="OversizedAnswer")
    with raw_server(lambda connection: connection.sendall(answer)) as url, oversized:
        transport(WireRequest(method="GET", url=url))


@pytest.mark.parametrize(
    ("told", "policy", "error"),
    [
        ({"behaviour": "garbage"}, PATIENT, Unavailable),
        ({"behaviour": "slow", "seconds": 30}, PATIENT | {"read_seconds": 2}, Unavailable),
        ({"behaviour": "down", "seconds": 1}, PATIENT, Unavailable),
        ({"behaviour": "throttle", "seconds": 1}, PATIENT, Throttled),
    ],
    ids=["garbage", "slow", "down", "throttle"],
)
def test_meets_every_ill_behaviour_of_the_simulator(tmp_path, told, policy, error):
    with running(tmp_path) as url:
        urllib3.request("POST", f"{url}/control/behaviours", json={**told, "times": 1})
        registers = registers_at(url, **policy)
        with pytest.raises(error):
            registers.ask(request=REQUEST)
        assert registers.ask(request=REQUEST).status is CheckStatus.CONFIRMED


def test_recovers_within_one_call_from_a_short_trouble(tmp_path):
    with running(tmp_path) as url:
        told = {"behaviour": "down", "seconds": 0, "times": 2}
        urllib3.request("POST", f"{url}/control/behaviours", json=told)
        registers = registers_at(url, **PATIENT | {"attempts": 3, "base_seconds": 0.01})
        assert registers.ask(request=REQUEST).status is CheckStatus.CONFIRMED


def test_loads_no_http_library_before_it_asks():
    code = (
        "import sys; import chalicelib.adapters.registers as r;"
        "r.HTTPRegisters(base_url='http://127.0.0.1:9');"
        "sys.exit(any(m in sys.modules for m in ('urllib3', 'tenacity', 'boto3', 'chalice')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
