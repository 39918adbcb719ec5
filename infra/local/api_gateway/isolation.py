"""Lets one Chalice app serve many threads: its per-request state becomes the thread's own."""

from __future__ import annotations

import threading
from typing import Any


def isolate(app: Any) -> Any:
    """Give ``app.current_request`` and ``app.lambda_context`` a value per thread; return the app.

    Chalice keeps both on the application object, because on Lambda a process has one request at a
    time; on a thread pool one request would see another person's data.
    """
    if not getattr(type(app), "isolated_per_thread", False):
        app.__class__ = _isolated_class(type(app))
    return app


def _isolated_class(base: type) -> type:
    state = threading.local()

    def per_thread(name: str) -> property:
        def read(_: Any) -> Any:
            return getattr(state, name, None)

        def write(_: Any, value: Any) -> None:
            setattr(state, name, value)

        return property(read, write)

    members = {
        "isolated_per_thread": True,
        "current_request": per_thread("current_request"),
        "lambda_context": per_thread("lambda_context"),
    }
    return type(f"Isolated{base.__name__}", (base,), members)
