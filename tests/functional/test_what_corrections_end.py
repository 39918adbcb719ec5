"""What a correction makes untrue ends with it: attachments of the dead, certificates of insurance (D4, J2, K1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.use_cases import untrue_certificates
from tests import clinics, journeys
from tests.corrections import corrected, person_id, reversed_
from tests.journeys import actions, messages, problem

if TYPE_CHECKING:
    from tests.world import World

CERTIFICATES = "/v1/me/insurance-certificates"


def certificate(world: World, **period: Any) -> dict[str, Any]:
    """Order a certificate and let it be made."""
    asked = world.ok("POST", CERTIFICATES, json=period or {"year": 2026})
    world.drain()
    return known(world, asked["id"])


def known(world: World, certificate_id: str) -> dict[str, Any]:
    return dict(world.ok("GET", f"{CERTIFICATES}/{certificate_id}/details"))


def verdict(world: World, document_id: str) -> str:
    """What a clinic that scans the code of a document is told."""
    world.sleep(minutes=2)  # a list of codes is given out for a minute
    documents = world.ok("GET", "/v1/me/insurance")["documents"]
    link = next(d["qr_link"] for d in documents if d["id"] == document_id)
    return str(world.ok("POST", "/v1/clinic/validity-checks", person="registrar", json={"qr": link})["qr"]["reason"])


class TestDeath:
    def test_ends_the_attachment_frees_the_place_and_tells_the_clinic_until_it_is_cancelled(self, world: World) -> None:
        clinics.insured(world)
        refused = clinics.asked(world)
        assert clinics.decide(world, refused, "wrong_data").is_success
        before = clinics.places(world, clinics.THERAPIST)
        clinics.attached(world)
        world.sleep(days=400)
        clinics.asked(world, clinics.wish(clinics.SECOND, clinics.OTHER_THERAPIST))
        waiting = clinics.places(world, clinics.OTHER_THERAPIST, clinics.SECOND)
        letters = len(world.tools.email.sent)
        about = person_id(world)
        corrected(world, "death_recorded", about, died_on="2027-04-18")
        world.settle()
        asked, attached, _ = clinics.mine(world)
        assert (attached["state"], attached["detached_on"]) == ("ended", "2027-04-19")
        assert (asked["state"], clinics.mine(world)[-1]["state"]) == ("withdrawn", "refused")
        assert clinics.places(world, clinics.THERAPIST) == before
        assert clinics.places(world, clinics.OTHER_THERAPIST, clinics.SECOND) == waiting + 1
        told = [letter.subject for letter in world.tools.email.sent[letters:]]
        assert sum("откреплён" in subject for subject in told) == 1, told

        corrected(world, "death_cancelled", about)
        world.settle()
        asked, attached, _ = clinics.mine(world)
        assert (asked["state"], attached["state"], attached["detached_on"]) == ("requested", "attached", None)
        assert clinics.places(world, clinics.THERAPIST) == before - 1
        assert clinics.places(world, clinics.OTHER_THERAPIST, clinics.SECOND) == waiting
        assert clinics.decide(world, asked).json()["state"] == "attached"


class TestCertificates:
    def test_another_name_revokes_the_certificate_and_its_code_and_undoing_restores_both(self, world: World) -> None:
        journeys.insured(world)
        made = certificate(world)
        assert verdict(world, made["document_id"]) == "valid"
        correction = corrected(world, "wrong_name", person_id(world), family_name="Образцова")
        world.drain()
        revoked = known(world, made["id"])
        assert (revoked["state"], revoked["state_title"]) == ("revoked", "Отозвано: сведения исправлены")
        assert verdict(world, made["document_id"]) == "revoked"
        problem(world.call("GET", f"{CERTIFICATES}/{made['id']}/link"), 409, "state_conflict")
        assert "insurance_certificate_revoked" in {message["kind"] for message in messages(world)}
        second = certificate(world)

        reversed_(world, correction["id"])
        world.drain()
        assert known(world, made["id"])["state"] == "ready"
        assert verdict(world, made["document_id"]) == "valid"
        assert known(world, second["id"])["state"] == "revoked"
        assert world.ok("GET", f"{CERTIFICATES}/{made['id']}/link")["url"]
        assert "corrected" in {action["action"] for action in actions(world)}

    def test_what_it_says_of_other_days_stays(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(untrue_certificates, "PAGE", 1)
        journeys.insured(world)
        world.sleep(days=30)
        early, late = certificate(world, day="2026-03-20"), certificate(world, year=2026)
        corrected(world, "policy_annulled", person_id(world), annulment="lost_right", from_on="2026-04-01")
        assert (known(world, early["id"])["state"], known(world, late["id"])["state"]) == ("ready", "revoked")

    @pytest.mark.parametrize(
        ("kind", "values"), [("wrong_snils", {"snils": "112-233-445 95"}), ("contact_of_another", {"contact": "phone"})]
    )
    def test_what_it_does_not_say_does_not_matter(self, world: World, kind: str, values: dict[str, str]) -> None:
        journeys.insured(world)
        made = certificate(world)
        corrected(world, kind, person_id(world), **values)
        assert known(world, made["id"])["state"] == "ready"

    def test_a_number_that_is_the_main_one_no_more_is_stated_no_more(self, world: World) -> None:
        journeys.insured(world)
        first, about = journeys.policy(world)["policy_number"], person_id(world)
        for day in ("1990-05-15", "1990-05-14"):
            corrected(world, "wrong_birth_date", about, born_on=day)
        made = certificate(world)
        corrected(world, "duplicate_number", about, policy_number=first)
        assert known(world, made["id"])["state"] == "revoked"
