"""The main journey: from sign-in to a policy in the hand, and what happens on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.checks import CheckKind
from tests.functional.scan_files import page, png

if TYPE_CHECKING:
    from tests.world import World


def prepared(world: World, *, person: str = "citizen", kind: str = "first_policy") -> str:
    """Bring an application to the point where only the signature is missing."""
    version = world.ok("GET", "/v1/consent-text", person=None)["version"]
    world.ok("POST", "/v1/me/consents", person=person, json={"version": version})
    draft = world.ok("POST", "/v1/applications", person=person, json={"kind": kind})
    insurer = {"code": "77012"} if kind == "first_policy" else {"code": "77004", "change_reason": "by_wish"}
    saved = world.ok(
        "PATCH", f"/v1/applications/{draft['id']}", person=person, json={"insurer": insurer}
    )
    assert saved["errors"] == []
    scan = world.upload(draft["id"], png(page()), person=person)
    assert scan["state"] == "accepted", scan
    return str(draft["id"])


def submitted(world: World, *, person: str = "citizen", kind: str = "first_policy") -> str:
    """Bring an application to its submission."""
    application_id = prepared(world, person=person, kind=kind)
    world.ok("POST", f"/v1/applications/{application_id}/signing-codes", person=person)
    world.drain()
    path = f"/v1/applications/{application_id}/submission"
    world.ok("POST", path, person=person, json={"code": world.code()})
    return application_id


def test_leads_from_draft_to_policy(world: World) -> None:
    application_id = submitted(world)
    world.drain()

    application = world.ok("GET", f"/v1/applications/{application_id}")
    insurance = world.ok("GET", "/v1/me/insurance")

    assert application["state"] == "ready"
    assert [policy["state"] for policy in insurance["policies"]] == ["active"]
    assert {d["document_type"] for d in insurance["documents"] if d["is_ready"]} == {
        "receipt",
        "policy",
        "extract",
    }


def test_bridges_the_wait_with_a_temporary_certificate(world: World) -> None:
    world.tools.registers.pending(CheckKind.INSURED_PERSON)
    application_id = submitted(world)
    world.drain(rounds=5)

    waiting = world.ok("GET", f"/v1/applications/{application_id}")

    assert waiting["state"] == "in_processing"
    assert waiting["delay"]["waiting_for"] == ["insured_person"]
    assert waiting["certificate_number"]
