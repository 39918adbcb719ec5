"""Makes the project's virtual environments; standard library only, runs on any Python 3.11-3.13.

`python infra/bootstrap.py run` makes what `make run` needs, `dev` what checks and packages.  An
environment is made anew when its requirement files change; otherwise this only reads two files.
Packages are installed by uv when it can be had, by pip otherwise.
"""

from __future__ import annotations

import configparser
import hashlib
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

PROJECT = Path(__file__).resolve().parent.parent
_OLDEST, _NEWEST = (3, 11), (3, 13)
_UV = "uv"


@dataclass(frozen=True)
class Environment:
    """A virtual environment and the requirement files that fill it.

    `compiled` makes the first start of its processes as quick as later ones.
    """

    folder: str
    requirements: tuple[str, ...]
    compiled: bool = False

    @property
    def path(self) -> Path:
        """Where it is."""
        return PROJECT / self.folder

    @property
    def stamp(self) -> str:
        """Return what changes when the environment has to be made anew."""
        digest = hashlib.sha256(f"{sys.version_info[:2]} {self.path}".encode())
        for name in self.requirements:
            digest.update((PROJECT / name).read_bytes())
        return digest.hexdigest()


_RUNTIME = ("infra/local/requirements.txt", "requirements.txt")
RUN = Environment(".venv-run", _RUNTIME, compiled=True)
DEVELOPMENT = Environment(".venv", ("requirements-dev.txt", *_RUNTIME))
CLOUD = Environment(".venv-cloud", ("infra/local/cloud/requirements.txt",), compiled=True)
# For an interpreter other than that of the environments above; see infra/packaging/interpreter.py.
PACKAGING = Environment(".venv-package", _RUNTIME)
REHEARSAL = Environment(".venv-rehearsal", CLOUD.requirements)
# What audits the project from outside; its packages would not agree with the pins of the others.
AUDIT = Environment(".venv-audit", ("infra/security/requirements.txt",))
SETS = {
    "run": (RUN, CLOUD),
    "dev": (DEVELOPMENT, CLOUD),
    "package": (PACKAGING,),
    "rehearsal": (REHEARSAL,),
    "audit": (AUDIT,),
}


def make(environment: Environment) -> None:
    """Make an environment unless it is there and current."""
    stamp = environment.path / "stamp"
    if stamp.is_file() and stamp.read_text() == environment.stamp:
        return
    began = time.monotonic()
    print(f"Preparing {environment.folder} …", flush=True)
    shutil.rmtree(environment.path, ignore_errors=True)
    arguments = ["-r", str(PROJECT / environment.requirements[0])]
    if not (_install_with_uv(environment, arguments) or _install_with_pip(environment, arguments)):
        sys.exit(f"The packages of {environment.requirements[0]} could not be installed.")
    stamp.write_text(environment.stamp)
    print(f"{environment.folder} is ready after {time.monotonic() - began:.0f} s", flush=True)


def _install_with_uv(environment: Environment, arguments: list[str]) -> bool:
    uv = find_uv()
    if uv is None:
        return False
    settings = uv_environment()
    target = ["--python", str(environment.path / "bin" / "python")]
    make_folder = [uv, "venv", "--quiet", "--python", sys.executable, str(environment.path)]
    install = [uv, "pip", "install", "--quiet", *(["--compile-bytecode"] if environment.compiled else []), *target]
    steps = (make_folder, [*install, *arguments])
    return all(subprocess.run(step, env=settings, check=False).returncode == 0 for step in steps)


def _install_with_pip(environment: Environment, arguments: list[str]) -> bool:
    shutil.rmtree(environment.path, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(environment.path)], check=True)
    python = str(environment.path / "bin" / "python")
    install = [python, "-m", "pip", "install", "--quiet", "--prefer-binary", *arguments]
    return subprocess.run(install, check=False).returncode == 0


def find_uv() -> str | None:
    """Return uv from the path, or from a small environment of tools that is made for it."""
    found = shutil.which(_UV)
    if found is not None:
        return found
    tools = PROJECT / ".venv-tools"
    uv = tools / "bin" / _UV
    if not uv.is_file():
        subprocess.run([sys.executable, "-m", "venv", str(tools)], check=True)
        install = [str(tools / "bin" / "python"), "-m", "pip", "install", "--quiet", _UV]
        subprocess.run(install, check=False)
    return str(uv) if uv.is_file() else None


def uv_environment() -> dict[str, str]:
    """Return the environment in which uv installs from where pip is configured to."""
    return {**os.environ, **uv_settings(_pip_settings(), os.environ)}


def _pip_settings() -> dict[str, str]:
    """Return what `pip config list` says: {"global.index-url": …, ":env:.cert": …}."""
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string("[pip]\n" + listed.replace("\\n", " "))
    return {name: value.strip().strip("'\"") for name, value in parser["pip"].items()}


def uv_settings(pip: dict[str, str], environment: os._Environ[str] | dict[str, str]) -> dict[str, str]:
    """Translate pip's configuration to uv's variables; places that do not exist are left out.

    Later sections win, as in pip: global, user, install, then the environment.
    """
    merged = {name.rpartition(".")[2]: value for name, value in sorted(pip.items(), key=_precedence)}
    translated = {
        "UV_DEFAULT_INDEX": _existing(merged.get("index-url", "")),
        "UV_INDEX": _existing(merged.get("extra-index-url", "")),
        "UV_FIND_LINKS": _existing(merged.get("find-links", "")),
        "SSL_CERT_FILE": _existing(merged.get("cert", "")),
        "UV_INSECURE_HOST": merged.get("trusted-host", ""),
        "UV_HTTP_TIMEOUT": merged.get("default-timeout", merged.get("timeout", "")),
    }
    # As with pip: of several indexes none hides the versions of another.
    fixed = {"UV_INDEX_STRATEGY": "unsafe-best-match", "UV_LINK_MODE": "copy"}
    chosen = {name: value for name, value in translated.items() if value and name not in environment}
    return {**fixed, **chosen}


def _precedence(setting: tuple[str, str]) -> int:
    order = ("global", "user", "site", "install", ":env:")
    section = setting[0].rpartition(".")[0]
    return order.index(section) if section in order else -1


def _existing(places: str) -> str:
    return " ".join(place for place in places.split() if _exists(place))


def _exists(place: str) -> bool:
    address = urlsplit(place)
    if address.scheme not in {"", "file"}:
        return True
    return Path(unquote(address.path)).exists()


def main() -> None:
    """Make the environments of the set named on the command line."""
    if not _OLDEST <= sys.version_info[:2] <= _NEWEST:
        sys.exit("Python 3.11, 3.12 or 3.13 is needed; this is " + sys.version.split()[0])
    for environment in SETS[sys.argv[1]]:
        make(environment)


if __name__ == "__main__":
    main()
