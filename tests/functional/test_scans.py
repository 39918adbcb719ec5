"""Scans: permitted, uploaded, judged by their content, replaced, shown small (requirements C1-C4)."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import pypdf
import pytest
from PIL import Image

from chalicelib.domain.scan_verdict import MESSAGES
from tests.cloud import cloud
from tests.functional import scan_files as make
from tests.journeys import (
    actions,
    application,
    asked_to_sign,
    coded,
    drafted,
    insured,
    prepared,
    problem,
    scan,
    sign,
    wrong_fields,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.world import World

ORDER = {"document": "identity_document", "media_type": "image/png"}


def blank() -> bytes:
    return make.png(Image.new("L", (1240, 1754), 255))


def small() -> bytes:
    return make.png(make.page().resize((300, 424)))


def locked() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(make.saved(make.page(), "PDF")))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_attachment() -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(make.saved(make.page(), "PDF")))
    writer.add_attachment("a.txt", b"text")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


REFUSED: list[tuple[str, Callable[[], bytes]]] = [
    ("empty", lambda: b""),
    ("too_large", lambda: scan() + bytes(5 * 1024 * 1024)),
    ("unsupported_format", lambda: b"This is a text renamed to scan.png" * 9),
    ("unsupported_format", lambda: make.saved(make.page(), "GIF")),
    ("corrupted", lambda: scan()[: len(scan()) // 2]),
    ("blank", blank),
    ("too_small", small),
    ("encrypted", locked),
    ("embedded_files", with_attachment),
    ("foreign_data", lambda: scan() + make.zip_file()),
    ("animated", lambda: make.png(make.page(), save_all=True, append_images=[make.page().rotate(3)])),
]


def scans_of(world: World, draft: str) -> dict[str, str]:
    return {s["id"]: s["state"] for s in application(world, draft)["scans"]}


def test_accepts_a_scan_and_shows_it_small(world: World) -> None:
    draft = drafted(world)
    accepted = world.upload(draft, scan())
    assert (accepted["state"], accepted["code"], accepted["message"]) == ("accepted", "accepted", "Принят")
    assert (accepted["pages"], accepted["size"], accepted["has_preview"]) == (1, len(scan()), True)
    link = world.ok("GET", f"/v1/applications/{draft}/scans/{accepted['id']}/preview")
    assert "X-Amz-Expires=300" in link["url"]
    key = f"previews/{draft}/{accepted['id']}"
    body = cloud("s3").get_object(Bucket="polis-scans", Key=key)["Body"].read()
    assert Image.open(io.BytesIO(body)).format == "JPEG"
    assert actions(world)[0]["action"] == "scan_checked"


@pytest.fixture(scope="class")
def open_draft(shared_world: World) -> str:
    return drafted(shared_world)


class TestRefusals:
    """What is refused is refused in one world: nothing of it stays."""

    @pytest.mark.parametrize(("code", "data"), REFUSED, ids=[f"{code}-{n}" for n, (code, _) in enumerate(REFUSED)])
    def test_names_the_defect_and_its_mend(
        self, shared_world: World, open_draft: str, code: str, data: Callable[[], bytes]
    ) -> None:
        refused = shared_world.upload(open_draft, data())
        assert (refused["state"], refused["code"], refused["has_preview"]) == ("rejected", code, False)
        assert refused["message"].split(".")[0].split(":")[0] in MESSAGES[code] or code == "unsupported_format"
        path = f"/v1/applications/{open_draft}/scans/{refused['id']}/preview"
        problem(shared_world.call("GET", path), 404)

    @pytest.mark.parametrize("media_type", ["image/gif", "text/plain", "image/avif", "", "image/png; x=1", "\u0000"])
    def test_refuses_other_types_before_the_upload(self, shared_world: World, open_draft: str, media_type: str) -> None:
        answer = shared_world.call(
            "POST",
            f"/v1/applications/{open_draft}/scans",
            json={"document": "identity_document", "media_type": media_type},
        )
        assert answer.status_code in {400, 422}
        if answer.status_code == 422:
            assert wrong_fields(answer.json()) == {"media_type": "unsupported_format"}

    def test_refuses_kinds_of_documents_that_are_not_asked_for(self, shared_world: World, open_draft: str) -> None:
        body = {"document": "love_letter", "media_type": "image/png"}
        answer = shared_world.call("POST", f"/v1/applications/{open_draft}/scans", json=body)
        assert wrong_fields(problem(answer, 422)) == {"document": "not_allowed"}

    @pytest.mark.parametrize("method_path", ["POST /scans", "GET /scans/x", "GET /scans/x/preview"])
    def test_shows_nothing_of_another_persons_application(
        self, shared_world: World, open_draft: str, method_path: str
    ) -> None:
        method, path = method_path.split()
        body = {"json": ORDER} if method == "POST" else {}
        answer = shared_world.call(method, f"/v1/applications/{open_draft}{path}", person="insured", **body)
        problem(answer, 404, "not_found")

    @pytest.mark.parametrize(
        "body",
        [
            "",
            "{",
            "[]",
            "null",
            '{"Records": 5}',
            '{"Records": [{}]}',
            '{"Records": [{"s3": null}]}',
            '{"Records": [{"s3": {"object": {}}}]}',
        ],
    )
    def test_sends_foreign_events_to_the_dead_letters(self, shared_world: World, body: str) -> None:
        with pytest.raises(Exception, match="not"):
            shared_world.invoke("scan_uploads", body)

    @pytest.mark.parametrize("key", ["scans/a", "scans//b", "other/a/b", "scans/a/b/c", "scans/a/b", "%F0%9F"])
    def test_leaves_alone_objects_that_are_no_scans(self, shared_world: World, key: str) -> None:
        shared_world.invoke("scan_uploads", json.dumps({"Records": [{"s3": {"object": {"key": key}}}]}))

    def test_ignores_the_test_event_of_the_storage(self, shared_world: World) -> None:
        shared_world.invoke("scan_uploads", json.dumps({"Service": "Amazon S3", "Event": "s3:TestEvent"}))


def test_judges_a_scan_once_though_its_event_comes_again(world: World) -> None:
    draft = drafted(world)
    world.upload(draft, scan())
    before = (application(world, draft)["scans"], actions(world))
    queue, event = world.delivered[-1]
    world.invoke(queue, event)
    world.invoke(queue, event)
    assert (application(world, draft)["scans"], actions(world)) == before


def test_does_not_judge_again_what_is_put_over_an_accepted_scan(world: World) -> None:
    draft = drafted(world)
    accepted = world.upload(draft, scan())
    world.invoke("scan_uploads", world.arrived(f"scans/{draft}/{accepted['id']}", blank()))
    assert application(world, draft)["scans"] == [accepted]


def test_replaces_an_accepted_scan_by_a_better_one_and_keeps_the_old_in_the_history(world: World) -> None:
    draft = drafted(world)
    first = world.upload(draft, scan())
    second = world.upload(draft, make.jpeg(make.page()), media_type="image/jpeg")
    assert scans_of(world, draft) == {first["id"]: "replaced", second["id"]: "accepted"}
    kept = world.call("GET", f"/v1/applications/{draft}/scans/{first['id']}/preview")
    assert kept.status_code == 200


def test_keeps_the_accepted_scan_when_the_next_is_refused(world: World) -> None:
    draft = drafted(world)
    first = world.upload(draft, scan())
    second = world.upload(draft, blank())
    assert scans_of(world, draft) == {first["id"]: "accepted", second["id"]: "rejected"}


def test_keeps_scans_of_different_documents_side_by_side(world: World) -> None:
    draft = drafted(world)
    one = world.upload(draft, scan())
    two = world.upload(draft, make.jpeg(make.page()), media_type="image/jpeg", document="proof_of_residence")
    assert scans_of(world, draft) == {one["id"]: "accepted", two["id"]: "accepted"}


def test_honours_the_verdict_of_an_outer_scanner(world: World) -> None:
    draft = drafted(world)
    ordered = world.ok("POST", f"/v1/applications/{draft}/scans", json=ORDER)
    key = ordered["upload"]["fields"]["key"]
    event = world.arrived(key, scan())
    version = json.loads(event)["Records"][0]["s3"]["object"]["versionId"]
    cloud("s3").put_object_tagging(
        Bucket="polis-scans",
        Key=key,
        VersionId=version,
        Tagging={"TagSet": [{"Key": "scan-verdict", "Value": "infected"}]},
    )
    world.invoke("scan_uploads", event)
    assert application(world, draft)["scans"][0]["code"] == "infected"


def test_waits_for_the_file_that_was_announced(world: World) -> None:
    draft = drafted(world)
    ordered = world.ok("POST", f"/v1/applications/{draft}/scans", json=ORDER)
    path = f"/v1/applications/{draft}/scans/{ordered['scan']['id']}"
    assert world.ok("GET", path)["state"] == "awaiting_upload"
    assert ordered["upload"]["max_bytes"] == 5 * 1024 * 1024
    assert ordered["upload"]["fields"]["key"] == f"scans/{draft}/{ordered['scan']['id']}"
    problem(world.call("GET", f"{path}/preview"), 404)
    problem(world.call("GET", f"/v1/applications/{draft}/scans/01KKTXZ8M0J77M3GB40726KZTJ"), 404)


def test_does_not_let_an_application_be_signed_without_its_scan(world: World) -> None:
    draft = drafted(world)
    world.ok("PATCH", f"/v1/applications/{draft}", json={"insurer": {"code": "77012"}})
    world.upload(draft, blank())
    fields = wrong_fields(problem(asked_to_sign(world, draft), 422, "validation_failed"))
    assert fields == {"scans.identity_document": "scan_required"}


def test_takes_twenty_scans_and_no_more(world: World) -> None:
    draft = drafted(world)
    for _ in range(20):
        world.ok("POST", f"/v1/applications/{draft}/scans", json=ORDER)
    answer = world.call("POST", f"/v1/applications/{draft}/scans", json=ORDER)
    problem(answer, 422, "rule_refused", "too_many_scans")


def test_takes_no_scan_after_the_end(world: World) -> None:
    application_id = insured(world)
    answer = world.call("POST", f"/v1/applications/{application_id}/scans", json=ORDER)
    problem(answer, 409, "state_conflict")


def test_a_scan_that_arrives_after_the_code_voids_it(world: World) -> None:
    draft = prepared(world)
    code = coded(world, draft)
    world.upload(draft, make.jpeg(make.page()), media_type="image/jpeg")
    problem(sign(world, draft, code), 422, "code_not_accepted", "content_changed")
