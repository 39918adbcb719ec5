"""Pages on Chalice: read the visit, refuse forgeries, call the handler, and turn every refusal into a page."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar

from chalice import Blueprint

from chalicelib.http import blueprint as api
from chalicelib.http.calls import read_path_parameter
from chalicelib.http.edge import HttpProblem
from chalicelib.http.middleware import request_in_work
from chalicelib.http.problems import http_problem, problem_of
from chalicelib.http.responses import request_id_of
from chalicelib.web.answers import Answer, Data, Page, Redirect, present
from chalicelib.web.visits import FILE_FORM, FORM, SignInNeeded, Visit, check_not_forged, new_secret, read_visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from chalice import Response

    from chalicelib.http.problems import Problem

H = TypeVar("H", bound="Callable[..., Any]")

_logger = logging.getLogger("polis.web")


class WebBlueprint(Blueprint):  # type: ignore[misc]  # chalice has no types
    """A blueprint whose handlers take a visit and return an answer."""

    def page(self, method: str, path: str, *, takes_file: bool = False) -> Callable[[H], H]:
        """Declare a page, or what a form of one is sent to.

        The handler takes ``visit: Visit`` and by name the path parameters; it asks for ``visit.principal`` where
        somebody has to be signed in. A POST is checked against forgery before.
        """

        def register(handler: H) -> H:
            kinds = [FORM, *([FILE_FORM] if takes_file else [])] if method == "POST" else ["application/json"]
            super(WebBlueprint, self).route(path, methods=[method], name=handler.__name__, content_types=kinds)(
                self._view(handler, f"{method} {path}")
            )
            return handler

        return register

    def _view(self, handler: Callable[..., Answer], route: str) -> Callable[..., Response]:
        def view(**path: str) -> Response:
            request = request_in_work.get() or self.current_request
            request_id = request_id_of(request)
            visit = _stranger(request, request_id)
            try:
                visit = read_visit(request, request_id=request_id, at=visit.at)
                return present(_answer(handler, visit, request, path), visit)
            except Exception as error:  # noqa: BLE001  # the edge of the process
                return _refused(error, visit, route)

        return view


def _answer(handler: Callable[..., Answer], visit: Visit, request: Any, path: dict[str, str]) -> Answer:
    if visit.method == "POST":
        if visit.caller is None and visit.form.get("account"):
            raise SignInNeeded
        check_not_forged(visit, request.headers)
    return handler(visit, **{name: read_path_parameter(raw) for name, raw in path.items()})


def _stranger(request: Any, request_id: str) -> Visit:
    """A visit of which nothing is known yet, for the page that tells of a failure to read it."""
    secret = new_secret()
    return Visit(request_id=request_id, at=api.now(), method=request.method, path="/", browser=secret)


def _refused(error: Exception, visit: Visit, route: str) -> Response:
    try:
        return present(_refusal(error, visit, route), visit)
    except Exception as failure:  # noqa: BLE001  # a page of a failure that fails itself
        _log(failure, visit, route)
        problem = http_problem("internal_error")
        return present(Data(body={"title": problem.title, "detail": problem.detail}, status=problem.status), visit)


def _refusal(error: Exception, visit: Visit, route: str) -> Answer:
    if isinstance(error, SignInNeeded):
        return _sign_in(visit)
    problem = problem_of(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log(error, visit, route)
    if visit.wants_json:
        return Data(body=_as_json(problem), status=problem.status)
    return error_page(problem)


def error_page(problem: Problem) -> Page:
    """The page of a refusal: what happened, what to do, and nothing of what was typed."""
    return Page(
        template="pages/error.html",
        context={"problem": problem, "field_errors": problem.errors},
        status=problem.status,
    )


def _as_json(problem: Problem) -> dict[str, Any]:
    errors = {error.field: error.message for error in problem.errors}
    return {"title": problem.title, "detail": problem.detail, "code": problem.code, "errors": errors}


def _sign_in(visit: Visit) -> Answer:
    if visit.wants_json:
        return Data(body=_as_json(problem_of(HttpProblem("unauthorized"))), status=HTTPStatus.UNAUTHORIZED)
    if visit.method == "GET":
        from urllib.parse import quote  # noqa: PLC0415 — as rarely as somebody signs in

        return Redirect(to=f"/sign-in?return={quote(visit.here, safe='')}")
    fields = [(name, value) for name, values in visit.choices.items() for value in values]
    return Page(template="pages/session_ended.html", context={"fields": fields}, status=HTTPStatus.UNAUTHORIZED)


def _log(error: Exception, visit: Visit, route: str) -> None:
    """Log what failed and where; messages and values stay out, they may be personal."""
    import traceback  # noqa: PLC0415 — only for failures

    frames = traceback.extract_tb(error.__traceback__)
    _logger.error(
        "page failed",
        extra={
            "request_id": visit.request_id,
            "route": route,
            "error_type": f"{type(error).__module__}.{type(error).__qualname__}",
            "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        },
    )
