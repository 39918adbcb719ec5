"""Operators see scans of their own insurer's or region's applications, marked, and each view is noted (C3, C4, O2)."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageChops

from bench.calls import Counter
from chalicelib.adapters.scans.pictures import PillowPictures
from chalicelib.domain.audit import is_whole
from chalicelib.http.tokens import account_id_of
from chalicelib.ports.errors import StaleWrite
from infra.local.persons import PERSONS
from tests.functional import scan_files as make
from tests.functional.test_scan_pictures import BUCKET, keys, linked, pdf
from tests.journeys import actions, application, drafted, prepared, problem, signed, submitted
from tests.world import cloud

if TYPE_CHECKING:
    from tests.world import World


def scans_path(application_id: str) -> str:
    return f"/v1/operator/applications/{application_id}/scans"


def listed(world: World, application_id: str, *, person: str = "operator") -> list[dict[str, Any]]:
    return list(world.ok("GET", scans_path(application_id), person=person)["items"])


def view(world: World, application_id: str, scan_id: str, *, person: str = "operator", **body: Any) -> Any:
    return world.call("POST", f"{scans_path(application_id)}/{scan_id}/views", person=person, json=body)


def scan_of(world: World, application_id: str) -> str:
    return str(application(world, application_id)["scans"][0]["id"])


def tag(world: World, application_id: str, scan_id: str, verdict: str) -> None:
    scan = world.tools.store.application_file(application_id=application_id).scan(scan_id)
    cloud("s3").put_object_tagging(
        Bucket=BUCKET,
        Key=scan.object_key,
        VersionId=scan.object_version,
        Tagging={"TagSet": [{"Key": "scan-verdict", "Value": verdict}]},
    )


def alter(world: World, application_id: str, **changes: Any) -> None:
    """Let a submitted application be another's than the demonstration persons can file."""
    stored = world.tools.store.application_file(application_id=application_id).application
    work = world.tools.store.work(at=world.tools.at)
    work.update(replace(stored, **changes))
    work.commit()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were written over pages."""
    texts: list[str] = []
    real = PillowPictures.watermarked

    def watermarked(self: PillowPictures, *, picture: bytes, text: str, degrees: int) -> bytes:
        texts.append(text)
        return real(self, picture=picture, text=text, degrees=degrees)

    monkeypatch.setattr(PillowPictures, "watermarked", watermarked)
    return texts


@pytest.mark.parametrize(
    ("operator", "organisation", "named"), [("operator", "77012", "СМО 77012"), ("fund", "77", "ТФОМС 77")]
)
def test_an_operator_opens_a_marked_copy_and_the_person_sees_it_in_the_journal(
    world: World, written: list[str], operator: str, organisation: str, named: str
) -> None:
    application_id = submitted(world)
    (scan,) = listed(world, application_id, person=operator)
    assert (scan["state"], scan["document"], scan["view_pages"]) == ("accepted", "identity_document", 1)
    assert len(scan["sha256"]) == 64
    shown = view(world, application_id, scan["id"], person=operator).json()
    assert (shown["page"], shown["pages"], shown["expires_in"]) == (1, 1, 300)
    assert "X-Amz-Expires=300" in shown["url"]
    (text,) = written
    assert text.endswith(f" · {named} · 16.03.2026 09:00:00 UTC")
    noted = actions(world)[0]
    assert (noted["action"], noted["by"], noted["organisation"]) == ("scan_viewed", "operator", organisation)
    assert noted["details"]["scan_id"] == scan["id"]
    assert noted["details"]["page"] == "1"
    entry = world.tools.store.activity(person_id=_person_id(world, application_id), limit=1, after=None).items[0]
    assert entry.action.actor.actor_id.startswith(text.split(" ")[0])
    assert len(text.split(" ")[0]) == 8


def _person_id(world: World, application_id: str) -> str:
    return str(world.tools.store.application_file(application_id=application_id).application.person_id)


def test_the_copy_is_marked_all_over_and_still_readable(world: World) -> None:
    application_id = submitted(world)
    scan_id = scan_of(world, application_id)
    copy = Image.open(io.BytesIO(linked(view(world, application_id, scan_id).json())))
    (clean_key,) = keys("views/")
    clean = Image.open(io.BytesIO(linked({"url": f"https://x/{BUCKET}.s3/{clean_key}"})))
    assert copy.size == clean.size
    difference = ImageChops.difference(copy.convert("RGB"), clean.convert("RGB")).convert("L")
    side = 350
    for left in range(0, copy.width - side, side):
        for top in range(0, copy.height - side, side):
            assert max(difference.crop((left, top, left + side, top + side)).get_flattened_data()) > 40, (left, top)
    # Ink stays at least twice as dark as the marks on paper.
    letters = clean.convert("L").point(lambda value: 255 if value < 60 else 0)
    paper = clean.convert("L").point(lambda value: 255 if value > 240 else 0)
    grey = copy.convert("L")
    assert _extreme(grey, paper, min) > 130
    assert _extreme(grey, letters, max) < 130


def _extreme(grey: Image.Image, where: Image.Image, pick: Any) -> int:
    pairs = zip(grey.get_flattened_data(), where.get_flattened_data(), strict=True)
    values = sorted(value for value, wanted in pairs if wanted)
    # A thousandth of the points lies on edges that JPEG makes wave.
    return int(values[len(values) // 1000] if pick is min else values[-1 - len(values) // 1000])


def test_every_view_makes_a_copy_of_its_own_and_an_entry_of_its_own(world: World) -> None:
    application_id = submitted(world)
    scan_id = scan_of(world, application_id)
    world.tools.at += timedelta(minutes=1)
    urls = {view(world, application_id, scan_id, rotate=degrees).json()["url"] for degrees in (0, 90, 90)}
    assert len(urls) == len(keys("shown/")) == 3
    assert [a["action"] for a in actions(world)][:3] == ["scan_viewed"] * 3
    scan = world.tools.store.application_file(application_id=application_id).scan(scan_id)
    found = world.tools.store.activity(person_id=scan.person_id, limit=100, after=None).items
    chain = [entry for entry in reversed(found) if entry.chain == f"scan:{scan_id}"]
    assert is_whole(entries=chain, head=scan.chain)


def test_opening_a_page_takes_five_calls_and_listing_one(world: World) -> None:
    application_id = submitted(world)
    scan_id = scan_of(world, application_id)
    counter = Counter()
    with counter.measuring("open a page", limit=5):
        view(world, application_id, scan_id)
    with counter.measuring("list the scans", limit=1):
        listed(world, application_id)
    opened, list_of_scans = counter.found
    assert opened.calls == (
        "dynamodb.Query",
        "s3.GetObjectTagging",
        "s3.GetObject",
        "s3.PutObject",
        "dynamodb.TransactWriteItems",
    )
    assert list_of_scans.calls == ("dynamodb.Query",)


def test_opens_each_page_and_turns_it(world: World) -> None:
    draft = prepared(world)
    sheets = [make.cornered(make.page(seed=seed)) for seed in (1, 2)]
    scan_id = world.upload(draft, pdf(sheets), media_type="application/pdf")["id"]
    signed(world, draft)
    second = view(world, draft, scan_id, page=2, rotate=180).json()
    assert (second["page"], second["pages"]) == (2, 2)
    assert make.dark_corners(linked(second)) == ["bottom right"]
    problem(view(world, draft, scan_id, page=3), 404, "not_found")
    for body in ({"page": 0}, {"page": 21}, {"page": "1"}, {"rotate": 45}, {"pages": 1}):
        problem(view(world, draft, scan_id, **body), 422, "validation_failed")


def test_shows_replaced_scans_and_no_refused_or_awaited_ones(world: World) -> None:
    draft = prepared(world)
    first = scan_of(world, draft)
    world.upload(draft, make.jpeg(make.page(seed=3)), media_type="image/jpeg")
    blank = world.upload(draft, make.png(Image.new("L", (1240, 1754), 255)))
    order = {"document": "snils_card", "media_type": "image/png"}
    awaited = world.ok("POST", f"/v1/applications/{draft}/scans", json=order)["scan"]
    signed(world, draft)
    assert [scan["state"] for scan in listed(world, draft)] == ["replaced", "accepted", "rejected", "awaiting_upload"]
    assert view(world, draft, first).status_code == 200
    for hidden in (blank["id"], awaited["id"], "01KKTXZ8M0J77M3GB40726KZTJ"):
        problem(view(world, draft, hidden), 404, "not_found")


class TestScope:
    """Other insurers and regions find nothing; nobody looks at their own as an operator."""

    def both(self, world: World, application_id: str, scan_id: str, status: int, *, person: str) -> None:
        problem(world.call("GET", scans_path(application_id), person=person), status)
        problem(view(world, application_id, scan_id, person=person), status)

    def test_another_insurers_application_is_not_found(self, world: World) -> None:
        application_id = submitted(world, insurer="77015")
        scan_id = scan_of(world, application_id)
        self.both(world, application_id, scan_id, 404, person="operator")
        assert view(world, application_id, scan_id, person="fund").status_code == 200

    def test_another_regions_application_is_not_found(self, world: World) -> None:
        application_id = submitted(world)
        scan_id = scan_of(world, application_id)
        moved = {"registration_address": {"region": "50", "city": "Химки", "house": "1"}}
        alter(world, application_id, form=moved | {"insurer": {"code": "77012"}})
        self.both(world, application_id, scan_id, 404, person="fund")
        assert view(world, application_id, scan_id, person="operator").status_code == 200

    def test_a_draft_is_nobodys_business(self, world: World) -> None:
        draft = prepared(world)
        self.both(world, draft, scan_of(world, draft), 404, person="operator")
        assert "scan_viewed" not in {a["action"] for a in actions(world)}

    @pytest.mark.parametrize("person", ["citizen", "insured", "registrar", "administrator", "auditor"])
    def test_no_other_role_may(self, world: World, person: str) -> None:
        draft = drafted(world)
        self.both(world, draft, "01KKTXZ8M0J77M3GB40726KZTJ", 403, person=person)

    def test_nobody_looks_at_an_own_application_as_an_operator(self, world: World) -> None:
        application_id = submitted(world)
        subject = next(person.subject for person in PERSONS if person.key == "operator")
        alter(world, application_id, account_id=account_id_of(issuer=world.issuer, subject=subject))
        scan_id = world.tools.store.application_file(application_id=application_id).scans[0].scan_id
        self.both(world, application_id, scan_id, 403, person="operator")


class TestScanner:
    """Nothing unscanned is shown where the scanner is required, and what it found later counts too (C4)."""

    def test_waits_for_the_verdict_and_opens_after_it(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        application_id = submitted(world)
        scan_id = scan_of(world, application_id)
        monkeypatch.setattr(type(world.tools), "scanner_required", True)
        problem(view(world, application_id, scan_id), 409, "state_conflict")
        assert keys("shown/") == []
        assert "scan_viewed" not in {a["action"] for a in actions(world)}
        tag(world, application_id, scan_id, "clean")
        assert view(world, application_id, scan_id).status_code == 200

    @pytest.mark.parametrize("required", [True, False])
    def test_a_late_finding_closes_the_scan(
        self, world: World, monkeypatch: pytest.MonkeyPatch, required: bool
    ) -> None:
        application_id = submitted(world)
        scan_id = scan_of(world, application_id)
        monkeypatch.setattr(type(world.tools), "scanner_required", required)
        tag(world, application_id, scan_id, "infected")
        problem(view(world, application_id, scan_id), 409, "state_conflict")
        assert keys("shown/") == []


class TestCrowd:
    """Views at the very same moment are chained one after another."""

    def test_notes_both(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        application_id = submitted(world)
        scan_id = scan_of(world, application_id)
        real = PillowPictures.watermarked
        waiting = [scan_id]

        def watermarked(self: PillowPictures, **options: Any) -> bytes:
            if waiting:
                assert view(world, application_id, waiting.pop(), person="fund").status_code == 200
            return real(self, **options)

        monkeypatch.setattr(PillowPictures, "watermarked", watermarked)
        assert view(world, application_id, scan_id).status_code == 200
        noted = [a["organisation"] for a in actions(world) if a["action"] == "scan_viewed"]
        assert noted == ["77012", "77"]

    def test_gives_no_link_when_the_view_cannot_be_noted(self, world: World) -> None:
        application_id = submitted(world)
        scan_id = scan_of(world, application_id)
        store, tries = world.tools.store, []

        class Contended:
            def __getattr__(self, name: str) -> Any:
                return getattr(store, name)

            def work(self, *, at: Any) -> Any:
                work = store.work(at=at)

                def commit() -> None:
                    tries.append(at)
                    raise StaleWrite

                work.commit = commit
                return work

        world.tools.store = Contended()
        problem(view(world, application_id, scan_id), 409, "stale_write")
        assert len(tries) == 4
