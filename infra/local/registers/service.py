"""HTTP of the registers' simulator: questions, tickets and the control of behaviour."""

from __future__ import annotations

import hashlib
import json
import math
import secrets
import time
from dataclasses import asdict
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from infra.local.http_service import Problem, Request, Response
from infra.local.registers import rules
from infra.local.registers.comparison import Subject, digits_of
from infra.local.registers.state import Behaviour, Kept, Ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from infra.local.registers.state import SimulatorState

VERSION = "simulator-1"
_DEFAULT_SECONDS = {"slow": 5.0, "down": 5.0, "throttle": 5.0, "later": 10.0}
_BEHAVIOURS = frozenset({"normal", "wrong", "garbage", *_DEFAULT_SECONDS})
_BEFORE_THE_QUESTION = frozenset({"slow", "down", "throttle", "garbage"})
_LONGEST_SECONDS = 86_400
_TICKETS = "/v1/tickets/"
_GARBAGE = b'<html><body>{"status": "confirmed", "reasons": [</body>'


class RegistersService:
    """Answers as the gateway of the registers would, well or ill as it is told."""

    def __init__(
        self,
        state: SimulatorState,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._state = state
        self._clock = clock
        self._sleep = sleep
        self._routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("POST", "/v1/checks"): self._check,
            ("GET", "/health"): lambda _: Response.of_json({"status": "ok", "version": VERSION}),
            ("GET", "/control/behaviours"): lambda _: self._behaviours(),
            ("POST", "/control/behaviours"): self._behave,
            ("DELETE", "/control/behaviours"): lambda _: self._behave_normally(),
            ("POST", "/control/tickets/release"): lambda _: self._release(),
            ("GET", "/control/requests"): lambda _: Response.of_json({"requests": self._state.counts()}),
            ("POST", "/control/insured"): self._insure,
        }

    def __call__(self, request: Request) -> Response:
        """Answer one request."""
        if request.method == "GET" and request.path.startswith(_TICKETS):
            return self._collect(request.path.removeprefix(_TICKETS))
        handler = self._routes.get((request.method, request.path))
        if handler is None:
            raise Problem(HTTPStatus.NOT_FOUND, "not_found")
        return handler(request)

    def _check(self, request: Request) -> Response:
        kind = "unknown"
        try:
            kind, subject = _question(request)
            response = self._misbehave(kind, subject.get("snils", ""))
            response = response or self._answer(request, kind, subject)
        except Problem as problem:
            response = problem.response
        self._state.count(kind, response.status)
        return response

    def _collect(self, name: str) -> Response:
        ticket = self._state.ticket(name)
        if ticket is None:
            raise Problem(HTTPStatus.NOT_FOUND, "ticket_not_found")
        response = self._misbehave(ticket.kind, "") or self._promised(name)
        self._state.count(f"{ticket.kind}.ticket", response.status)
        return response

    def _misbehave(self, kind: str, snils: str) -> Response | None:
        """Spoil the exchange before the question is looked at, if so told."""
        behaviour = self._behaviour(kind, snils)
        if behaviour is None or behaviour.behaviour not in _BEFORE_THE_QUESTION:
            return None
        self._state.use_up(behaviour)
        wait = {"Retry-After": str(math.ceil(behaviour.seconds))}
        match behaviour.behaviour:
            case "slow":
                self._sleep(behaviour.seconds)
                return None
            case "down":
                return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "register_down", headers=wait).response
            case "throttle":
                return Problem(HTTPStatus.TOO_MANY_REQUESTS, "slow_down", headers=wait).response
        return Response(headers={"Content-Type": "application/json"}, body=_GARBAGE)

    def _behaviour(self, kind: str, snils: str) -> Behaviour | None:
        about = digits_of(snils)
        for behaviour in self._state.behaviours():
            if behaviour.kind in {"*", kind} and behaviour.snils in {"", about}:
                return behaviour
        return None

    def _answer(self, request: Request, kind: str, subject: Subject) -> Response:
        """Answer once per request id: the same body again gets the same answer, another is refused."""
        request_id = request.headers.get("x-request-id", "")
        if not request_id:
            raise Problem(HTTPStatus.BAD_REQUEST, "request_id_required")
        canonical = json.dumps([kind, dict(subject)], sort_keys=True)
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        kept = self._state.kept(request_id) or self._decide(request_id, digest, kind, subject)
        if kept.digest != digest:
            raise Problem(HTTPStatus.CONFLICT, "request_id_reused")
        if kept.ticket is not None:
            return self._promised(kept.ticket)
        return Response.of_json(kept.body)

    def _decide(self, request_id: str, digest: str, kind: str, subject: Subject) -> Kept:
        behaviour = self._behaviour(kind, subject.get("snils", ""))
        told = behaviour.behaviour if behaviour else "default"
        snils = digits_of(subject.get("snils", ""))
        verdict = rules.judge(kind, subject, told=self._state.insured(snils))
        delay = rules.delay_of(kind, subject) if told != "normal" else None
        if behaviour is not None and told in {"wrong", "later"}:
            self._state.use_up(behaviour)
        if told == "wrong":
            verdict = rules.opposite_of(kind, verdict)
        if behaviour is not None and told == "later":
            delay = behaviour.seconds
        now = self._clock()
        body = {**_body_of(verdict), "answered_at": _moment(now + (delay or 0))}
        if delay is None:
            kept = Kept(digest=digest, ticket=None, body=body)
            return self._state.keep(request_id, kept, at=now, promised=None)
        kept = Kept(digest=digest, ticket=secrets.token_urlsafe(16), body=None)
        promised = Ticket(kind=kind, ready_at=now + delay, body=body)
        return self._state.keep(request_id, kept, at=now, promised=promised)

    def _promised(self, name: str) -> Response:
        ticket = self._state.ticket(name)
        if ticket is None:
            raise Problem(HTTPStatus.NOT_FOUND, "ticket_not_found")
        left = ticket.ready_at - self._clock()
        if left > 0:
            body = {"status": "pending", "ticket": name, "retry_after": math.ceil(left)}
            return Response.of_json(body, status=HTTPStatus.ACCEPTED)
        return Response.of_json({**ticket.body, "answered_at": _moment(ticket.ready_at)})

    def _behaviours(self) -> Response:
        listed = [asdict(behaviour) for behaviour in self._state.behaviours()]
        return Response.of_json({"behaviours": listed})

    def _behave(self, request: Request) -> Response:
        self._state.behave(_read_behaviour(request.json))
        return self._behaviours()

    def _behave_normally(self) -> Response:
        self._state.behave_normally()
        return self._behaviours()

    def _release(self) -> Response:
        return Response.of_json({"released": self._state.release(now=self._clock())})

    def _insure(self, request: Request) -> Response:
        """Tell what the register of insured persons holds about a SNILS; null data unsays it."""
        snils, data = digits_of(str(request.json.get("snils", ""))), request.json.get("data")
        if not snils or not (data is None or _is_texts(data)):
            raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_insurance")
        self._state.insure(snils, data)
        return Response.of_json({"insured": data is not None})


def _question(request: Request) -> tuple[str, Subject]:
    kind, subject = request.json.get("kind"), request.json.get("subject")
    if not isinstance(kind, str) or kind not in rules.KINDS:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_kind")
    if not isinstance(subject, dict) or not _is_texts(subject):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_subject")
    if rules.missing_fields(kind, subject):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "missing_fields")
    return kind, subject


def _is_texts(value: object) -> bool:
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _read_behaviour(told: dict[str, Any]) -> Behaviour:
    kind, name, times = told.get("kind", "*"), told.get("behaviour"), told.get("times")
    if kind != "*" and kind not in rules.KINDS:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_kind")
    if name not in _BEHAVIOURS:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "unknown_behaviour")
    seconds = told.get("seconds", _DEFAULT_SECONDS.get(name, 0.0))
    if type(seconds) not in {int, float} or not 0 <= seconds <= _LONGEST_SECONDS:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_seconds")
    if times is not None and (type(times) is not int or times < 1):
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_times")
    snils = digits_of(str(told.get("snils") or ""))
    return Behaviour(kind=kind, snils=snils, behaviour=name, seconds=float(seconds), times=times)


def _body_of(verdict: rules.Verdict) -> dict[str, Any]:
    return {
        "status": verdict.status,
        "reasons": list(verdict.reasons),
        "data": dict(verdict.data),
        "register_version": VERSION,
    }


def _moment(epoch: float) -> str:
    moment = datetime.fromtimestamp(epoch, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
