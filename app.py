"""Polis: the Chalice application. Wiring only."""

from __future__ import annotations

from chalicelib import cold_start

# isort: split
from chalice.app import Chalice

from chalicelib import settings
from chalicelib.bootstrap import container
from chalicelib.http import route_table
from chalicelib.http.auth import authorizer, authorizer_blueprint
from chalicelib.http.blueprint import closed_until, set_clock
from chalicelib.http.middleware import cors_config, http_middleware

#: The modules whose ``blueprint`` has the routes.
MODULES = (
    "chalicelib.http.applications",
    "chalicelib.http.scans",
    "chalicelib.http.people",
    "chalicelib.http.journal",
    "chalicelib.http.privacy",
    "chalicelib.http.representation",
    "chalicelib.http.deliveries",
    "chalicelib.http.represented_deliveries",
    "chalicelib.http.legacy_policies",
    "chalicelib.http.proofs",
    "chalicelib.http.insurance_certificates",
    "chalicelib.http.employers",
    "chalicelib.http.validity",
    "chalicelib.http.registry",
    "chalicelib.http.insurer_details",
    "chalicelib.http.registry_imports",
    "chalicelib.http.exchange",
    "chalicelib.http.exchange_files",
    "chalicelib.http.fund_answers",
    "chalicelib.http.dictionaries",
    "chalicelib.http.operators",
    "chalicelib.http.statistics",
    "chalicelib.http.persons",
    "chalicelib.http.operator_messages",
    "chalicelib.http.sms_receipts",
    "chalicelib.http.webhooks",
    "chalicelib.http.corrections",
    "chalicelib.http.civil_registry",
    "chalicelib.http.operator_scans",
    "chalicelib.http.operator_deliveries",
    "chalicelib.http.appeals",
    "chalicelib.http.operator_appeals",
    "chalicelib.http.tickets",
    "chalicelib.http.operator_tickets",
    "chalicelib.http.clinics",
    "chalicelib.http.attachments",
    "chalicelib.http.clinic_attachments",
    "chalicelib.http.clinic_desk",
    "chalicelib.http.appointments",
    "chalicelib.http.clinic_appointments",
    "chalicelib.http.fhir",
    "chalicelib.web.pages",
    "chalicelib.web.ui",
    "chalicelib.web.sign_in",
    "chalicelib.web.cabinet",
    "chalicelib.web.proofs",
    "chalicelib.web.profile",
    "chalicelib.web.records",
    "chalicelib.web.own_data",
    "chalicelib.web.family",
    "chalicelib.web.certificates",
    "chalicelib.web.clinics",
    "chalicelib.web.attachments",
    "chalicelib.web.appointments",
    "chalicelib.web.papers",
    "chalicelib.web.applications",
    "chalicelib.web.application_scans",
    "chalicelib.web.application_signing",
    "chalicelib.web.application_tracking",
    "chalicelib.web.application_steps",
    "chalicelib.web.appeals",
    "chalicelib.web.tickets",
    "chalicelib.web.ticket_files",
    "chalicelib.web.employers",
    "chalicelib.web.operators",
    "chalicelib.web.operator_steps",
    "chalicelib.web.operator_appeals",
    "chalicelib.web.operator_tickets",
    "chalicelib.web.operator_deliveries",
    "chalicelib.web.persons",
    "chalicelib.web.corrections",
    "chalicelib.web.statistics",
    "chalicelib.web.clinic",
    "chalicelib.web.check",
    "chalicelib.web.insurers",
    "chalicelib.web.help",
    "chalicelib.http.documentation",
)

settings.check()
app = Chalice(app_name="polis", configure_logs=False)
app.api.cors = cors_config(settings.web_origin())
# Files of forms come in any encoding: as text the gateway would lose what is not UTF-8.
app.api.binary_types.append("multipart/form-data")
app.register_middleware(
    http_middleware(
        web_origin=settings.web_origin(),
        home=lambda: f"{container().public_base_url}/",
        closed=closed_until,
    ),
    "http",
)
app.register_blueprint(authorizer_blueprint)
set_clock(lambda: container().now())
if settings.is_api_lambda():
    from chalicelib.adapters import aws

    route_table.register(app, route_table.table(), authorizer=authorizer)
    # Lambda gives a starting function more CPU than the first request would get.
    aws.client("dynamodb")
else:
    from chalicelib.events import registration

    route_table.register(app, route_table.rows_of(MODULES), authorizer=authorizer)
    registration.register(app)
cold_start.done()
