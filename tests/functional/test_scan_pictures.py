"""What is kept of a scan and what people see of it: the original untouched, pictures without a trace (C2, C3)."""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageFilter
from PIL.PngImagePlugin import PngInfo

from tests.functional import scan_files as make
from tests.journeys import drafted, problem, scan, wrong_fields
from tests.world import cloud

if TYPE_CHECKING:
    from tests.world import World

BUCKET = "polis-scans"
TRACES = (b"TELLTALE", b"Exif", b"xpacket", b"xmpmeta", b"GPS", b"ICC_PROFILE", b"8BIM")


def stored(key: str) -> bytes:
    return bytes(cloud("s3").get_object(Bucket=BUCKET, Key=key)["Body"].read())


def keys(prefix: str) -> list[str]:
    return [found["Key"] for found in cloud("s3").list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]


def linked(answer: Any) -> bytes:
    """The file to which a link leads."""
    key = answer["url"].split("?")[0].split(f"{BUCKET}.s3")[-1].partition("/")[2]
    return stored(key.removeprefix(f"{BUCKET}/"))


def kept(world: World, application_id: str, scan_id: str) -> Any:
    return world.tools.store.application_file(application_id=application_id).scan(scan_id)


def seen(world: World, draft: str, uploaded: Any) -> list[bytes]:
    """Every picture of a scan that people can be shown."""
    path = f"/v1/applications/{draft}/scans/{uploaded['id']}"
    pages = [f"{path}/pages/{number}" for number in range(1, uploaded["view_pages"] + 1)]
    return [linked(world.ok("GET", one)) for one in (f"{path}/preview", *pages, f"{path}/preview?rotate=90")]


def pdf(pages: list[Image.Image]) -> bytes:
    out = io.BytesIO()
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    return out.getvalue()


def telltale_png() -> bytes:
    notes = PngInfo()
    notes.add_text("Author", "TELLTALE-AUTHOR")
    notes.add_itxt("XML:com.adobe.xmp", make.TELLTALE_XMP.decode())
    return make.png(make.cornered(make.page()), pnginfo=notes, exif=make.telltale_exif(6))


TELLTALE = {
    "image/jpeg": lambda: make.jpeg(
        make.cornered(make.page()), exif=make.telltale_exif(6), comment=b"TELLTALE-COMMENT", xmp=make.TELLTALE_XMP
    ),
    "image/heic": lambda: make.heic(
        make.cornered(make.page()), exif=make.telltale_exif(6), xmp=make.TELLTALE_XMP, tile_size=512
    ),
    "image/png": telltale_png,
}


@pytest.mark.parametrize("media_type", TELLTALE)
def test_shows_a_photo_upright_and_without_what_the_camera_noted(world: World, media_type: str) -> None:
    draft, data = drafted(world), TELLTALE[media_type]()
    assert b"TELLTALE" in data
    uploaded = world.upload(draft, data, media_type=media_type)
    assert (uploaded["state"], uploaded["pages"], uploaded["view_pages"]) == ("accepted", 1, 1)
    pictures = seen(world, draft, uploaded)
    for picture in pictures:
        assert Image.open(io.BytesIO(picture)).format == "JPEG"
        assert [trace for trace in TRACES if trace in picture] == []
    preview, page, turned = pictures
    assert make.dark_corners(preview) == make.dark_corners(page) == ["top right"]
    assert make.dark_corners(turned) == ["bottom right"]
    assert Image.open(io.BytesIO(page)).size == (1754, 1240)


@pytest.mark.parametrize("media_type", ["image/heic", "image/heif", "image/jpeg"])
def test_keeps_the_original_as_it_came_with_its_hash_and_size(world: World, media_type: str) -> None:
    draft, data = drafted(world), make.heic(make.page(), exif=make.telltale_exif())
    uploaded = world.upload(draft, data, media_type=media_type)
    record = kept(world, draft, uploaded["id"])
    assert stored(record.object_key) == data
    assert (record.sha256, record.size) == (hashlib.sha256(data).hexdigest(), len(data))
    assert len(cloud("s3").list_object_versions(Bucket=BUCKET, Prefix="scans/")["Versions"]) == 1


def test_bounds_the_long_side_of_a_large_photo(world: World) -> None:
    draft = drafted(world)
    uploaded = world.upload(draft, make.jpeg(make.page(width=2480, height=3508, font_size=42)), media_type="image/jpeg")
    _, page, _ = seen(world, draft, uploaded)
    assert max(Image.open(io.BytesIO(page)).size) == 2000


def test_shows_the_first_five_pages_of_a_pdf(world: World) -> None:
    draft = drafted(world)
    sheets = [make.page(seed=seed) for seed in range(7)]
    uploaded = world.upload(draft, pdf(sheets), media_type="application/pdf")
    assert (uploaded["pages"], uploaded["view_pages"]) == (7, 5)
    pages = seen(world, draft, uploaded)[1:-1]
    assert len({hashlib.sha256(page).hexdigest() for page in pages}) == 5
    assert {max(Image.open(io.BytesIO(page)).size) for page in pages} == {2000}
    for beyond in ("0", "6", "-1", "1.0", "one", "1e0", "²", "9" * 300):
        problem(world.call("GET", f"/v1/applications/{draft}/scans/{uploaded['id']}/pages/{beyond}"), 404)
    problem(world.call("GET", f"/v1/applications/{draft}/scans/01KKTXZ8M0J77M3GB40726KZTJ/pages/1"), 404)


def test_pictures_stand_under_random_keys_that_name_no_scan_and_are_the_same_when_the_event_comes_again(
    world: World,
) -> None:
    draft = drafted(world)
    world.tools.store.work, work = _failing_once(world), world.tools.store.work
    ordered = world.ok(
        "POST",
        f"/v1/applications/{draft}/scans",
        json={"document": "identity_document", "media_type": "image/png"},
    )
    event = world.arrived(ordered["upload"]["fields"]["key"], scan())
    with pytest.raises(RuntimeError):
        world.invoke("scan_uploads", event)
    world.invoke("scan_uploads", event)
    world.tools.store.work = work
    (key,) = keys("views/")
    assert ordered["scan"]["id"] not in key
    assert draft not in key


def _failing_once(world: World) -> Any:
    """A store whose second unit of work, that of the verdict, fails before it is written."""
    real, calls = world.tools.store.work, iter((False, True, False))

    def work(*, at: Any) -> Any:
        if next(calls):
            raise RuntimeError("killed")
        return real(at=at)

    return work


def test_turns_a_preview_by_quarters(world: World) -> None:
    draft = drafted(world)
    uploaded = world.upload(draft, make.png(make.cornered(make.page())))
    path = f"/v1/applications/{draft}/scans/{uploaded['id']}/preview"
    corners = {
        degrees: make.dark_corners(linked(world.ok("GET", f"{path}?rotate={degrees}")))[0]
        for degrees in (0, 90, 180, 270)
    }
    assert corners == {0: "top left", 90: "top right", 180: "bottom right", 270: "bottom left"}
    assert len(keys("shown/")) == 3
    assert linked(world.ok("GET", path)) == linked(world.ok("GET", f"{path}?rotate=0"))


@pytest.mark.parametrize("wrong", ["45", "-90", "360", "right", "", "90.5", "٩٠"])
def test_refuses_other_turns(world: World, wrong: str) -> None:
    draft = drafted(world)
    answer = world.call("GET", f"/v1/applications/{draft}/scans/01KKTXZ8M0J77M3GB40726KZTJ/preview?rotate={wrong}")
    assert wrong_fields(problem(answer, 422)) == {"rotate": "not_allowed"}


class TestSameImageAgain:
    """What was refused once is refused at once; what is better never is (C2)."""

    def test_refuses_the_same_file_without_looking_into_it(self, world: World) -> None:
        draft = drafted(world)
        data = make.jpeg(make.photo(make.passport(), size=(1500, 2000), blur=4))
        first = world.upload(draft, data, media_type="image/jpeg")
        assert first["code"] == "blurred"
        world.tools.inspector = None
        for _ in range(2):
            again = world.upload(draft, data, media_type="image/jpeg")
            assert (again["state"], again["code"]) == ("rejected", "same_as_refused")
            assert again["message"].startswith("Этот снимок уже отклонён")
            assert again["message"].endswith(first["message"])
            assert again["message"].count("уже отклонён") == 1

    @pytest.mark.parametrize("document", ["identity_document", "proof_of_residence"])
    def test_recognises_a_copy_that_was_saved_anew(self, world: World, document: str) -> None:
        draft = drafted(world)
        photo = make.photo(make.passport(), size=(1500, 2000), blur=4)
        assert world.upload(draft, make.jpeg(photo), media_type="image/jpeg")["code"] == "blurred"
        smaller = photo.resize((900, 1200), Image.Resampling.LANCZOS)
        for copy in (make.jpeg(photo, quality=40), make.png(smaller), make.jpeg(smaller, quality=60)):
            assert world.upload(draft, copy, document=document)["code"] == "same_as_refused"

    def test_tells_a_new_photo_with_the_same_defect_its_defect(self, world: World) -> None:
        draft = drafted(world)
        for angle in (3, 4, 2):
            photo = make.photo(make.passport(), size=(1500, 2000), blur=4, angle=angle)
            assert world.upload(draft, make.jpeg(photo), media_type="image/jpeg")["code"] == "blurred"

    def test_accepts_the_sharp_photo_of_what_was_blurred(self, world: World) -> None:
        draft = drafted(world)
        page = make.page()
        assert world.upload(draft, make.png(page.filter(ImageFilter.GaussianBlur(8))))["code"] == "blurred"
        assert world.upload(draft, make.png(page))["code"] == "accepted"

    def test_does_not_call_two_blank_pages_the_same(self, world: World) -> None:
        draft = drafted(world)
        for shade in (255, 254):
            assert world.upload(draft, make.png(Image.new("L", (1240, 1754), shade)))["code"] == "blank"

    def test_accepts_again_what_was_accepted(self, world: World) -> None:
        draft = drafted(world)
        for state in ("accepted", "accepted"):
            assert world.upload(draft, scan())["state"] == state

    def test_a_refusal_in_one_application_is_nothing_to_another(self, world: World) -> None:
        data = make.png(make.page().filter(ImageFilter.GaussianBlur(8)))
        assert world.upload(drafted(world), data)["code"] == "blurred"
        assert world.upload(drafted(world, kind="insurer_change"), data)["code"] == "blurred"

    def test_a_file_with_too_many_pages_for_one_document_may_suit_another(self, world: World) -> None:
        draft = drafted(world)
        three = pdf([make.page(seed=seed) for seed in range(3)])
        refused = world.upload(draft, three, media_type="application/pdf", document="snils_card")
        assert refused["code"] == "too_many_pages"
        assert "не более 2." in refused["message"]
        again = world.upload(draft, three, media_type="application/pdf", document="snils_card")
        assert again["code"] == "same_as_refused"
        assert world.upload(draft, three, media_type="application/pdf")["code"] == "accepted"
        once_more = world.upload(draft, three, media_type="application/pdf", document="snils_card")
        assert once_more["code"] == "too_many_pages"


def test_waits_for_the_scanner_where_it_is_required(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(world.tools), "scanner_required", True)
    draft = drafted(world)
    order = {"document": "identity_document", "media_type": "image/png"}
    ordered = world.ok("POST", f"/v1/applications/{draft}/scans", json=order)
    event = world.arrived(ordered["upload"]["fields"]["key"], scan())
    with pytest.raises(Exception, match="вирусы"):
        world.invoke("scan_uploads", event)
    assert keys("views/") == keys("previews/") == []
    found = json.loads(event)["Records"][0]["s3"]["object"]
    tags = {"TagSet": [{"Key": "scan-verdict", "Value": "clean"}]}
    cloud("s3").put_object_tagging(Bucket=BUCKET, Key=found["key"], VersionId=found["versionId"], Tagging=tags)
    world.invoke("scan_uploads", event)
    path = f"/v1/applications/{draft}/scans/{ordered['scan']['id']}"
    assert world.ok("GET", path)["state"] == "accepted"
