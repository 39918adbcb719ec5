"""Runs the whole service on one machine: `python -m infra.local.supervisor`, or `local_stack()`."""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import importlib.util
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local import blueprint
from infra.local.ports import PortTaken, choose_ports
from infra.local.processes import PROJECT, ManagedProcess, ProcessFailed, ProcessSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from infra.local.stack import Stack

_DEMONSTRATION = "infra.local.demonstration_data"
_WATCH_SECONDS = 0.3
_STOP_ORDER = (("pump", "gateway"), ("registers_simulator", "text_aggregator", "identity_provider", "cloud"))


class AlreadyRunning(Exception):
    """Another supervisor uses the same data folder."""


class LocalStack:
    """All processes of the local service over one data folder."""

    def __init__(self, data_dir: Path, *, ports: str = "default") -> None:
        self.data_dir = data_dir.resolve()
        self.stack: Stack | None = None
        self.start_times: dict[str, float] = {}
        self._processes: dict[str, ManagedProcess] = {}
        self._stopping = threading.Event()
        self._lock = threading.RLock()
        self._prepare_folder()
        self.ports = choose_ports(ports, self.data_dir)
        self._administrator_secret = secrets.token_urlsafe(24)

    @property
    def urls(self) -> dict[str, str]:
        """Base URL of each process that listens: web, cloud, identity, registers, pump, texts."""
        return {name: f"http://127.0.0.1:{port}" for name, port in asdict(self.ports).items()}

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the functions: resources, settings and the cloud's endpoint."""
        return blueprint.function_environment(self.urls, self.stack, self.data_dir)

    @property
    def administrator_headers(self) -> dict[str, str]:
        """Headers that open the cloud's administration, for tests."""
        return {"X-Polis-Administrator": self._administrator_secret}

    def start(self) -> None:
        """Start everything and return when all is healthy.

        Raises:
            ProcessFailed: A process did not start.
            infra.local.stack.StackFailed: The resources could not be created.
        """
        with contextlib.ExitStack() as undo:  # what was started is stopped unless all goes well
            undo.callback(self.stop)
            with self._timed("cloud"):
                self._launch(blueprint.cloud(self.urls, self.data_dir, self._administrator_secret))
                for spec in blueprint.simulators(self.urls, self.data_dir):
                    self._launch(spec, wait=False)
                self._processes["cloud"].wait_until_healthy(self._stopping.is_set)
            with self._timed("stack"):
                self._deploy()
            with self._timed("demonstration data"):
                self._demonstrate()
            with self._timed("service"):
                for spec in blueprint.services(self.urls, self.environment, self.stack):
                    self._launch(spec, wait=False)
                for process in self._processes.values():
                    process.wait_until_healthy(self._stopping.is_set)
            self._write_environment()
            threading.Thread(target=self._watch, daemon=True, name="watch").start()
            undo.pop_all()

    def stop(self) -> None:
        """Stop everything in reverse order and release the folder."""
        self._stopping.set()
        with self._lock:
            # Those who ask stop before those who answer; within a rank all at once.
            for rank in _STOP_ORDER:
                present = [self._processes[name] for name in rank if name in self._processes]
                for process in present:
                    process.ask_to_stop()
                for process in present:
                    process.stop()
        os.close(self._leash_writer)
        os.close(self._leash_reader)
        (self.data_dir / "environment.json").unlink(missing_ok=True)
        self._folder_lock.close()

    def process(self, name: str) -> ManagedProcess:
        """Return a process by name: cloud, identity_provider, registers_simulator, text_aggregator, gateway, pump."""
        return self._processes[name]

    def kill_process(self, name: str) -> None:
        """Kill a process as `kill -9` does, and leave it dead until `start_process`."""
        with self._lock:
            self._processes[name].kill()
            self._write_environment()

    def stop_process(self, name: str) -> None:
        """Stop a process, and leave it stopped until `start_process`."""
        with self._lock:
            self._processes[name].stop()
            self._write_environment()

    def start_process(self, name: str) -> None:
        """Start a process again and wait for its health."""
        with self._lock:
            self._processes[name].start()
        self._processes[name].wait_until_healthy()
        self._write_environment()

    def wait(self) -> None:
        """Return when `request_stop` is called or a signal arrives."""
        while not self._stopping.wait(1):
            pass

    def request_stop(self) -> None:
        """Make `wait` return, and a start in progress give up."""
        self._stopping.set()

    def _prepare_folder(self) -> None:
        (self.data_dir / "logs").mkdir(parents=True, exist_ok=True)
        self.data_dir.chmod(0o700)
        self._folder_lock = (self.data_dir / "supervisor.lock").open("w")
        try:
            fcntl.flock(self._folder_lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._folder_lock.close()
            raise AlreadyRunning(f"The service already runs on the data in {self.data_dir}") from None
        self._leash_reader, self._leash_writer = os.pipe()

    def _launch(self, spec: ProcessSpec, *, wait: bool = False) -> None:
        process = ManagedProcess(spec, log_folder=self.data_dir / "logs", leash=self._leash_reader)
        self._processes[spec.name] = process
        process.start()
        if wait:
            process.wait_until_healthy(self._stopping.is_set)

    def _deploy(self) -> None:
        from infra.local.stack import deploy  # boto3 takes half a second: the cloud starts meanwhile

        parameters = blueprint.stack_parameters(self.urls)
        self.stack = deploy(endpoint=self.urls["cloud"], parameters=parameters)

    def _demonstrate(self) -> None:
        if importlib.util.find_spec(_DEMONSTRATION) is None:
            return
        environment = blueprint.process_environment(self.environment)
        with (self.data_dir / "logs" / "demonstration_data.log").open("wb") as log:
            command = [sys.executable, "-m", _DEMONSTRATION]
            subprocess.run(command, cwd=PROJECT, env=environment, stdout=log, stderr=log, check=True)

    def _watch(self) -> None:
        """Start crashed processes again, each after a pause that grows with its failures."""
        due: dict[str, float] = {}
        while not self._stopping.wait(_WATCH_SECONDS):
            with self._lock:
                for name, process in self._processes.items():
                    if not process.wanted or process.is_running():
                        due.pop(name, None)
                    elif name not in due:
                        due[name] = time.monotonic() + process.pause_before_restart()
                        print(f"! {name} ended unexpectedly; see {process.log_path}", flush=True)
                    elif time.monotonic() >= due[name]:
                        del due[name]
                        process.start()
                        self._write_environment()

    def _write_environment(self) -> None:
        content: dict[str, Any] = {
            "urls": self.urls,
            "pids": {name: process.pid for name, process in self._processes.items()},
            "environment": self.environment,
            "administrator_headers": self.administrator_headers,
        }
        path = self.data_dir / "environment.json"
        temporary = path.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(json.dumps(content, indent=2))
        temporary.replace(path)

    @contextlib.contextmanager
    def _timed(self, step: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.start_times[step] = round(time.monotonic() - began, 2)


@contextlib.contextmanager
def local_stack(data_dir: Path, *, ports: str = "auto") -> Iterator[LocalStack]:
    """Run the local service during a `with` block, for the demonstration and tests.

    Args:
        data_dir: Folder of all data; an earlier one is continued.
        ports: "auto" for free ports, "default" for the well-known ones.

    Raises:
        AlreadyRunning, PortTaken, ProcessFailed: see `LocalStack`.
    """
    stack = LocalStack(data_dir, ports=ports)
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()


def main() -> None:
    """Run until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(description="Run the whole service on this machine.")
    parser.add_argument("--data", type=Path, default=PROJECT / ".local")
    parser.add_argument("--ports", choices=["default", "auto"], default="default")
    arguments = parser.parse_args()
    try:
        stack = LocalStack(arguments.data, ports=arguments.ports)
    except (AlreadyRunning, PortTaken) as refusal:
        sys.exit(str(refusal))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stack.request_stop())
    print("Starting … (logs are in", stack.data_dir / "logs", ")", flush=True)
    try:
        stack.start()
    except ProcessFailed as failure:
        sys.exit(str(failure))
    print(blueprint.welcome(stack.urls, stack.start_times), flush=True)
    stack.wait()
    print("\nStopping …", flush=True)
    stack.stop()


if __name__ == "__main__":
    main()
