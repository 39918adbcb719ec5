"""Every setting that the code reads stands in the README's table, and every one in the table is read."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import yaml

from infra.local.template import output_name, read_template

ROOT = Path(__file__).parents[2]
SETTING = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
OF_AWS = re.compile(r"AWS_[A-Z0-9_]+")


def _read() -> set[str]:
    tree = ast.parse((ROOT / "chalicelib/settings.py").read_text(encoding="utf-8"))
    texts = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    return {text for text in texts if SETTING.fullmatch(text)}


def _in_the_readme() -> set[str]:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    cells = [line.split("|")[1] for line in lines if line.startswith("|")]
    return {match[0] for cell in cells for match in SETTING.finditer(cell) if not OF_AWS.fullmatch(match[0])}


def test_every_setting_is_in_the_readme():
    assert _read() - _in_the_readme() == set()


def test_the_readme_names_no_setting_that_nobody_reads():
    assert _in_the_readme() - _read() == set()


def test_only_settings_read_the_environment():
    readers = [
        str(path.relative_to(ROOT))
        for path in sorted(ROOT.glob("chalicelib/**/*.py"))
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text(encoding="utf-8"))
    ]

    assert readers == ["chalicelib/settings.py"]


def test_the_template_sets_every_setting_and_the_local_home_learns_it():
    variables = read_template().variables
    content = yaml.safe_load((ROOT / "infra/resources.yaml").read_text(encoding="utf-8"))

    assert _read() == set(variables)
    assert {output_name(variable) for variable in variables} - set(content["Outputs"]) == set()
