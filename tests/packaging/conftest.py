"""The package, made once for all tests and anew only when something that goes into it has changed."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from infra.package import current, package

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "build" / "tested"


@pytest.fixture(scope="session")
def made():
    """The very package that `make package` made, if nothing has changed since; else one made in the same way."""
    return current(out=ROOT / "dist") or package(out=BUILT, say=lambda _: None)


@pytest.fixture(scope="session")
def template(made):
    """The merged template."""
    return made.template


@pytest.fixture(scope="session")
def resources(template):
    """Its resources by logical id."""
    return template["Resources"]


@pytest.fixture(scope="session")
def functions(resources):
    """Properties of the functions by logical id."""
    return {
        name: resource["Properties"]
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


@pytest.fixture(scope="session")
def unzipped(made, tmp_path_factory):
    """The artefact as Lambda unpacks it: a read-only folder with nothing of the checkout near it."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(made.zip_path) as zipped:
        zipped.extractall(folder)
    for directory, _, _ in os.walk(folder):
        Path(directory).chmod(0o555)
    yield folder
    for directory, _, _ in os.walk(folder):
        Path(directory).chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def run_in_task(made, unzipped, template):
    """Runs code in a fresh process as Lambda does: the artefact's folder and the standard library, no more."""
    defaults = {name: parameter["Default"] for name, parameter in template["Parameters"].items()}
    declared = template["Globals"]["Function"]["Environment"]["Variables"]
    # As the stack comes without further wishes; the address of a resource may be any.
    variables = {name: defaults.get(value["Ref"], f"https://{name.lower()}") for name, value in declared.items()}
    environment = {**variables, "AWS_DEFAULT_REGION": "eu-central-1", "LOG_LEVEL": "INFO", "PATH": "/usr/bin:/bin"}

    def run(code, **more):
        script = f"import sys; sys.path.insert(0, {str(unzipped)!r})\n{code}"
        done = subprocess.run(
            [made.python.program, "-I", "-S", "-c", script],
            cwd=unzipped,
            env={**environment, **more},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return run
