"""Polis: the Chalice application. Wiring only."""

from __future__ import annotations

from chalicelib import cold_start

# isort: split
from chalice.app import Chalice

from chalicelib import settings
from chalicelib.bootstrap import container
from chalicelib.http import (
    appeals,
    applications,
    civil_registry,
    corrections,
    deliveries,
    dictionaries,
    journal,
    legacy_policies,
    operator_appeals,
    operator_deliveries,
    operator_scans,
    operators,
    people,
    persons,
    proofs,
    registry,
    representation,
    represented_deliveries,
    scans,
    validity,
)
from chalicelib.http.auth import authorizer_blueprint
from chalicelib.http.blueprint import set_clock
from chalicelib.http.documentation import documentation
from chalicelib.http.middleware import cors_config, http_middleware
from chalicelib.web import pages

settings.check()
app = Chalice(app_name="polis", configure_logs=False)
app.api.cors = cors_config(settings.web_origin())
app.register_middleware(http_middleware(web_origin=settings.web_origin()), "http")
app.register_blueprint(authorizer_blueprint)
for module in (
    applications,
    scans,
    people,
    journal,
    representation,
    deliveries,
    represented_deliveries,
    legacy_policies,
    proofs,
    validity,
    registry,
    dictionaries,
    operators,
    persons,
    corrections,
    civil_registry,
    operator_scans,
    operator_deliveries,
    appeals,
    operator_appeals,
    pages,
):
    app.register_blueprint(module.blueprint)
app.register_blueprint(documentation)
set_clock(lambda: container().now())
if settings.is_api_lambda():
    from chalicelib.adapters import aws

    # Lambda gives a starting function more CPU than the first request would get.
    aws.client("dynamodb")
else:
    from chalicelib.events import registration

    registration.register(app)
cold_start.done()
