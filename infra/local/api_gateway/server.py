"""Starts the gateway under uvicorn, in one process or several."""

from __future__ import annotations

import importlib
import json
import logging
import os
import secrets
import signal
import threading
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from infra.local.api_gateway.asgi import gateway
from infra.local.api_gateway.options import GatewayOptions, options_from_environment

if TYPE_CHECKING:
    import socket

    from infra.local.api_gateway.asgi import Gateway

FACTORY = "infra.local.api_gateway.server:application"
PROTOCOL = "infra.local.api_gateway.protocol:BoundedProtocol"
_LONGEST_HEAD = 32 * 1024
_STUCK_SECONDS = 2.0


def load(import_string: str) -> Any:
    """Import ``module:attribute``; raise ValueError when the string has no colon."""
    module, found, attribute = import_string.partition(":")
    if not found:
        raise ValueError("The app must be given as module:attribute")
    return getattr(importlib.import_module(module), attribute)


def application() -> Gateway:
    """Make the ASGI application from the environment (called in every worker process)."""
    log_to_stderr()
    options = options_from_environment()
    return gateway(load(options.app), options=options, on_stop=_leave_stuck_handlers)


def configure(options: GatewayOptions) -> uvicorn.Config:
    """Settings of uvicorn: no log of its own requests, no Server header, bounded heads."""
    return uvicorn.Config(
        FACTORY,
        factory=True,
        host=options.host,
        port=options.port,
        workers=options.workers,
        http=PROTOCOL,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(options.trusted_proxies),
        forwarded_allow_ips=options.trusted_proxies or "127.0.0.1",
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        timeout_keep_alive=options.keep_alive,
        timeout_graceful_shutdown=options.stop_timeout,
    )


def serve() -> None:
    """Run until SIGTERM or SIGINT; what is in flight is finished within the stop time-out."""
    options = options_from_environment()
    # Workers share the key, so that a client has one hash in the log.
    os.environ.setdefault("GATEWAY_LOG_KEY", secrets.token_hex(16))
    log_to_stderr()
    config = configure(options)
    listener = config.bind_socket()
    # Who connects before the workers are ready waits instead of being refused.
    listener.listen(config.backlog)
    _announce(listener)
    if options.workers > 1:
        Multiprocess(config, sockets=[listener]).run()
    else:
        # uvicorn raises the signal again when it has stopped; a stop that was asked for is no failure.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        uvicorn.Server(config).run(sockets=[listener])


def log_to_stderr() -> None:
    """Write the gateway's own warnings as JSON lines on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_JsonLines())
    for name in ("infra.gateway", "uvicorn.error"):
        target = logging.getLogger(name)
        target.handlers = [handler]
        target.propagate = False
        target.setLevel(logging.WARNING)


class _JsonLines(logging.Formatter):
    """Only the name of an exception is written: its text may carry personal data."""

    def format(self, record: logging.LogRecord) -> str:
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        line = {"level": record.levelname, "logger": record.name, "message": record.getMessage()}
        return json.dumps(line | ({"error": kind} if kind else {}), ensure_ascii=False)


def _announce(listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    print(json.dumps({"event": "gateway_listening", "host": host, "port": port}), flush=True)


def _leave_stuck_handlers() -> None:
    """End the process though a handler hangs: the interpreter would wait for its thread."""
    timer = threading.Timer(_STUCK_SECONDS, os._exit, [0])
    timer.daemon = True
    timer.start()
