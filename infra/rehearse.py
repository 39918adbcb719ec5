"""`make rehearse`: deploys the package into a local cloud and walks the journey through its API Gateway.

Functions run from the zip, with the rights of their own roles; queues, S3 events and schedules trigger them.
Exits with 1 at the first step that fails, after the functions' last log lines.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from infra.bootstrap import CLOUD, PROJECT, REHEARSAL
from infra.local import blueprint
from infra.local.journey import JourneyFailed
from infra.local.processes import ProcessFailed
from infra.local.stack import Cloud
from infra.local.template import output_name, read_template
from infra.package import Package, package
from infra.packaging import interpreter
from infra.rehearsal.deployment import Deployment, DeploymentFailed, deploy, log_lines
from infra.rehearsal.stand import stand
from infra.rehearsal.walk import walk

if TYPE_CHECKING:
    from collections.abc import Mapping


def rehearse(*, made: Package, folder: Path) -> None:
    """Deploy a package and walk; raises DeploymentFailed, JourneyFailed, ProcessFailed."""
    own = CLOUD.path / "bin" / "python"
    cloud_python = interpreter.environment(made.python, name="rehearsal", folder=REHEARSAL.path, own=own)
    began = time.monotonic()
    with stand(folder=folder, cloud_python=cloud_python) as urls:
        began = _told("emulator, sign-in and registers are up", began)
        cloud = Cloud(urls["cloud"])
        # Where the API will be is known only afterwards; people's links do not matter here.
        public = {**urls, "web": "https://polis.example.org"}
        deployed = deploy(cloud=cloud, package=made, parameters=blueprint.stack_parameters(public))
        began = _told(f"stack created with {len(deployed.functions)} functions", began)
        _load_insurers(urls, deployed)
        _told("insurers loaded", began)
        try:
            walk(urls=urls, deployed=deployed, cloud=cloud)
        except Exception:
            print("\n".join(log_lines(cloud)), file=sys.stderr)
            raise


def _load_insurers(urls: Mapping[str, str], deployed: Deployment) -> None:
    """Load the demonstration insurers with the settings of the deployed functions, as root."""
    environment = blueprint.process_environment(
        {
            **blueprint.function_environment(urls, None, PROJECT),
            **_variables(deployed.outputs),
        }
    )
    command = [sys.executable, "-m", "infra.local.demonstration_data"]
    subprocess.run(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL, check=True)


def _variables(outputs: Mapping[str, str]) -> dict[str, str]:
    return {name: outputs[output_name(name)] for name in read_template().variables}


def _told(what: str, began: float) -> float:
    now = time.monotonic()
    print(f"  {(now - began) * 1000:7.0f} ms  {what}", flush=True)
    return now


def main() -> int:
    """Package if needed, rehearse, and say how long it took."""
    parser = argparse.ArgumentParser(description="Deploy the package into a local cloud and walk the journey.")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs")
    arguments = parser.parse_args()
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="polis-rehearsal-"))
    try:
        made = package(out=PROJECT / "dist")
        print(f"  {made.python.runtime}, {made.zipped / 1e6:.1f} MB, {made.unzipped / 1e6:.1f} MB unzipped")
        rehearse(made=made, folder=folder)
    except (DeploymentFailed, JourneyFailed, ProcessFailed, httpx.HTTPError) as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        return 1
    finally:
        if arguments.keep:
            print(f"  logs are in {folder}{os.sep}logs")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"  rehearsed in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
