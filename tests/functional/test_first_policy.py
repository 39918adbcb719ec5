"""The main journey: from sign-in to a policy in the hand, and what happens on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.checks import CheckKind
from tests.cloud import cloud
from tests.journeys import application, document, insurance, submitted

if TYPE_CHECKING:
    from tests.world import World


def test_leads_from_draft_to_policy(world: World) -> None:
    application_id = submitted(world)
    world.drain()

    found = insurance(world)

    assert application(world, application_id)["state"] == "ready"
    assert [policy["state"] for policy in found["policies"]] == ["active"]
    assert {d["document_type"] for d in found["documents"] if d["is_ready"]} == {"receipt", "policy", "extract"}


def test_gives_the_policy_as_a_pdf_by_a_short_lived_link(world: World) -> None:
    submitted(world)
    made = document(world, "receipt")
    assert world.call("GET", f"/v1/me/documents/{made['id']}/link").status_code == 404
    world.drain()

    link = world.ok("GET", f"/v1/me/documents/{document(world, 'policy')['id']}/link")

    assert link["expires_in"] == 300
    key = link["url"].split("?")[0].partition("polis-documents")[2].partition("/")[2]
    body = cloud("s3").get_object(Bucket="polis-documents", Key=key)["Body"].read()
    assert body.startswith(b"%PDF-")


def test_bridges_the_wait_with_a_temporary_certificate(world: World) -> None:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    application_id = submitted(world)
    world.settle()

    waiting = application(world, application_id)

    assert waiting["state"] == "in_processing"
    assert waiting["delay"]["waiting_for"] == ["insured_person"]
    assert waiting["certificate_number"]
