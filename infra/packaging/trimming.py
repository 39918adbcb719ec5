"""Takes out of the package what no function uses and adds the compiled form of the rest."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from infra.packaging.interpreter import Interpreter

SERVICES = frozenset({"dynamodb", "kms", "s3", "secretsmanager", "sesv2", "sns", "sqs", "sts"})
"""The services whose descriptions botocore keeps: those that chalicelib calls, and sts for credentials."""

# Names of places and carriers by telephone number: only its own lookups, which nobody calls, read them.
_UNUSED = ("phonenumbers/geodata", "phonenumbers/carrierdata", "phonenumbers/tzdata", "qrcode/tests", "bin")


class NotCompiled(Exception):
    """A file of the package is not valid for the runtime's Python."""


def trim(packages: Path) -> None:
    """Remove the descriptions of unused services, and what else no function reads."""
    data = packages / "botocore" / "data"
    if data.is_dir():
        for entry in data.iterdir():
            if entry.is_dir() and entry.name not in SERVICES:
                shutil.rmtree(entry)
            elif "examples" in entry.name:
                entry.unlink()
        for entry in data.glob("*/*/examples-*"):
            entry.unlink()
    for name in _UNUSED:
        shutil.rmtree(packages / name, ignore_errors=True)
    (packages / ".lock").unlink(missing_ok=True)
    for record in packages.glob("*.dist-info/RECORD"):
        record.unlink()  # lists what is no longer there; nothing reads it at run time


def compiled(python: Interpreter, folder: Path) -> None:
    """Compile all modules with the runtime's Python.

    The folder of a function is read-only: without this every cold start would compile anew.  The files
    are not checked against their sources (``unchecked-hash``): the zip's dates mean nothing.  Raises NotCompiled.
    """
    command = [str(python.program), "-m", "compileall", "-q", "-j", "0", "-f"]
    fixed = ["--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/var/task"]
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": ""}
    result = subprocess.run([*command, *fixed, str(folder)], env=environment, check=False)
    if result.returncode != 0:
        raise NotCompiled("see the messages of compileall above")
