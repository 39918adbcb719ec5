"""The zip works where nothing of the checkout is: its handlers, templates and fonts."""

from __future__ import annotations

import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from infra.packaging import inputs
from infra.packaging.artefact import LIMIT, Unfit, assemble
from infra.packaging.dependencies import BuiltHere, refuse_local_builds
from infra.packaging.trimming import SERVICES


def _names(made):
    with zipfile.ZipFile(made.zip_path) as zipped:
        return zipped.namelist()


def test_every_handler_imports_from_the_artefact_alone(functions, run_in_task):
    def imported(handler):
        module, _, attribute = handler.rpartition(".")
        return run_in_task(
            f"import importlib\nfound = getattr(importlib.import_module({module!r}), {attribute!r})\n"
            "print(callable(found))",
            _HANDLER=handler,
        )

    handlers = {function["Handler"] for function in functions.values()}
    with ThreadPoolExecutor(2) as pool:
        answers = dict(zip(handlers, pool.map(imported, handlers), strict=True))

    assert len(handlers) == len(functions)
    assert set(answers.values()) == {"True\n"}


def test_messages_render_from_the_artefact_alone(run_in_task, unzipped):
    printed = run_in_task(
        "from chalicelib.adapters import templates\n"
        "from chalicelib.domain.notifications import RULES, Channel\n"
        "from datetime import date\n"
        "for kind, rules in RULES.items():\n"
        "    context = {name: date(2026, 9, 30) for name in rules.fields}\n"
        "    for channel in rules.channels:\n"
        "        assert templates.render(kind=kind, channel=channel, context=context).text\n"
        "print(templates.template_root())\n"
    )

    assert printed.strip() == str(unzipped / "templates")


def test_the_font_loads_from_the_artefact_alone(run_in_task, unzipped):
    printed = run_in_task(
        "from chalicelib.adapters.documents import fonts\n"
        "import fontpkg_pt_sans\n"
        "pdf = fonts.new_document()\n"
        "print(fontpkg_pt_sans.__file__, sorted(font.name for font in pdf.fonts.values()))\n"
    )

    assert printed.startswith(str(unzipped))
    assert "PT" in printed


def test_the_bytecode_is_taken_as_it_is(run_in_task):
    printed = run_in_task("import chalicelib.bootstrap as m, pydantic as p; print(m.__cached__, p.__cached__)\n")

    assert printed.count(".pyc") == 2


def test_every_module_of_the_app_has_its_bytecode(made):
    names = set(_names(made))
    version = made.python.version.replace(".", "")
    modules = [name for name in names if name.startswith("chalicelib/") and name.endswith(".py")]

    compiled = {
        f"{folder}/__pycache__/{file.removesuffix('.py')}.cpython-{version}.pyc"
        for folder, _, file in (name.rpartition("/") for name in modules)
    }

    assert modules
    assert compiled <= names


def test_only_services_in_use_are_described(made):
    described = {
        name.split("/")[2] for name in _names(made) if name.startswith("botocore/data/") and name.count("/") > 2
    }

    assert described == SERVICES


def test_holds_neither_tests_nor_secrets_nor_what_builds_it(made):
    roots = {name.split("/")[0] for name in _names(made)}

    assert roots.isdisjoint({"tests", "infra", "docs", "bench", ".chalice", ".git", ".venv", "Makefile", ".local"})


def test_fits_into_lambda(made):
    assert 0 < made.unzipped < LIMIT


def test_entries_have_one_date_and_one_order(made):
    with zipfile.ZipFile(made.zip_path) as zipped:
        entries = zipped.infolist()

    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert len({entry.filename for entry in entries}) == len(entries)


def test_no_wheel_in_the_artefact_is_a_local_build(unzipped):
    assert list(unzipped.glob("*.dist-info/WHEEL"))
    refuse_local_builds(unzipped)


def test_refuses_a_wheel_that_was_built_on_the_packaging_machine(tmp_path):
    information = tmp_path / "pillow-13.0.0.dist-info"
    information.mkdir()
    (information / "WHEEL").write_text("Wheel-Version: 1.0\nTag: cp311-cp311-linux_x86_64\n")

    with pytest.raises(BuiltHere, match=r"pillow-13\.0\.0"):
        refuse_local_builds(tmp_path)


def test_takes_wheels_for_any_linux_of_an_age(tmp_path):
    information = tmp_path / "pillow-12.2.0.dist-info"
    information.mkdir()
    (information / "WHEEL").write_text("Tag: cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64\n")

    refuse_local_builds(tmp_path)


def test_refuses_an_artefact_without_templates(made, tmp_path):
    packages, app = tmp_path / "packages.zip", tmp_path / "app.zip"
    with zipfile.ZipFile(packages, "w") as zipped:
        zipped.writestr("fontpkg_pt_sans/files/a.ttf", b"")
    with zipfile.ZipFile(app, "w") as zipped:
        zipped.writestr("app.py", b"")

    with pytest.raises(Unfit, match="templates/notifications"):
        assemble(
            python=made.python,
            packages_zip=packages,
            app_zip=app,
            folder=tmp_path / "assembled",
            path=tmp_path / "out.zip",
        )


def test_packages_anew_only_for_another_stage_or_another_python():
    assert inputs.digest("3.13", "prod") == inputs.digest("3.13", "prod")
    assert len({inputs.digest("3.13", "prod"), inputs.digest("3.13", "dev"), inputs.digest("3.12", "prod")}) == 3
