from __future__ import annotations

import importlib
import json
import pkgutil

import chalicelib.domain
import chalicelib.ports
import chalicelib.use_cases
from chalicelib.domain.errors import DomainError, FieldError, InvalidValue, ValidationFailed
from chalicelib.http.problems import HTTP_PROBLEMS, STATUS_BY_ERROR, all_codes, http_problem, problem_of
from chalicelib.ports.errors import PortError, Rejected


def every_error(root):
    for error in root.__subclasses__():
        if error.__module__.startswith("chalicelib."):
            yield error
            yield from every_error(error)


def import_the_core():
    for package in (chalicelib.domain, chalicelib.ports, chalicelib.use_cases):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def test_maps_every_class_of_error():
    import_the_core()
    roots = {DomainError, PortError}
    unmapped = {
        error.__qualname__
        for root in roots
        for error in every_error(root)
        if next(cls for cls in error.__mro__ if cls in STATUS_BY_ERROR) in roots
    }
    assert unmapped == set()


def test_words_every_problem_of_the_edge_in_russian():
    for code, (status, title, advice) in HTTP_PROBLEMS.items():
        assert 400 <= status < 600
        assert title[0].isupper()
        assert advice[0].isupper(), code


def test_lists_the_codes_of_both_trees():
    assert {"rule_refused", "stale_write", "payload_too_large"} <= all_codes().keys()


def test_presents_field_errors():
    error = ValidationFailed([FieldError(field="a.b", code="c", message="Исправьте")])
    body = json.loads(problem_of(error).to_json(request_id="r"))
    assert body["errors"] == [{"field": "a.b", "code": "c", "message": "Исправьте"}]
    assert body["type"] == "/problems/validation_failed"


def test_says_nothing_of_an_unknown_error():
    problem = problem_of(RuntimeError("секрет"))
    assert problem == http_problem("internal_error")
    assert "секрет" not in problem.to_json(request_id="r")


def test_keeps_the_reason_of_a_value():
    problem = problem_of(InvalidValue("snils_checksum", "Проверьте номер"))
    assert (problem.status, problem.extensions) == (422, {"reason": "snils_checksum"})


def test_does_not_invite_to_repeat_what_was_rejected_for_good():
    problem = problem_of(Rejected())
    assert (problem.status, dict(problem.headers)) == (502, {})
    assert "retry_after" not in problem.extensions


def test_shows_nothing_of_a_bare_port_error():
    assert problem_of(PortError("таблица")).code == "internal_error"
