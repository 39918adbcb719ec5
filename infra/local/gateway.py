"""Serves the app over HTTP on one machine: ``python -m infra.local.gateway``."""

from __future__ import annotations

from infra.local import warm_up
from infra.local.api_gateway.server import serve

if __name__ == "__main__":
    warm_up.in_background(warm_up.for_requests)
    serve()
