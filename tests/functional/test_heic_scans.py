"""Photos as phones make them, HEIC: judged like others, shown as JPEG, within the same bounds (requirement C2)."""

import io
import json
import random
import struct
import subprocess
import sys
import time

import pytest
from PIL import Image, ImageFilter

from chalicelib.adapters.scans.inspector import SandboxedScanInspector
from chalicelib.domain.scan_verdict import MESSAGES
from tests.functional import scan_files as make


def inspected(data):
    return SandboxedScanInspector().inspect(data=data, declared_media_type="image/heic", max_pages=20)


def code_of(data):
    return inspected(data).verdict.code


@pytest.fixture(scope="module")
def page():
    return make.page()


@pytest.fixture(scope="module")
def photo(page):
    return make.heic(page, tile_size=512)


def with_size(data, size):
    """Let the file declare another size."""
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", *size) + data[at + 8 :]


def megabytes_of(data):
    """The memory that the inspection took at most, measured in a parent that has not grown itself."""
    program = (
        "import json, resource, sys\n"
        "from chalicelib.adapters.scans.inspector import SandboxedScanInspector\n"
        "data = sys.stdin.buffer.read()\n"
        "found = SandboxedScanInspector().inspect(data=data, declared_media_type='', max_pages=20)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024\n"
        "print(json.dumps([found.verdict.code, used]))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], input=data, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("options", [{}, {"tile_size": 512}, {"chroma": 444}], ids=["plain", "grid", "444"])
def test_accepts_a_photo_and_shows_it_as_a_jpeg(page, options):
    found = inspected(make.heic(page, **options))
    verdict = found.verdict
    assert (verdict.code, verdict.media_type, verdict.pages) == ("accepted", "image/heic", 1)
    assert (verdict.width, verdict.height) == page.size
    for picture in (found.preview, *found.pages):
        assert Image.open(io.BytesIO(picture)).format == "JPEG"
    assert Image.open(io.BytesIO(found.pages[0])).size == page.size


def test_shows_the_photo_as_it_was_held_and_turns_it_once(page):
    found = inspected(make.heic(make.cornered(page), exif=make.telltale_exif(orientation=6)))
    assert (found.verdict.width, found.verdict.height) == (page.height, page.width)
    for picture in (found.preview, found.pages[0]):
        assert make.dark_corners(picture) == ["top right"]


def test_keeps_nothing_of_the_metadata(page):
    data = make.heic(page, exif=make.telltale_exif(), xmp=make.TELLTALE_XMP)
    assert b"TELLTALE-PLACE" in data
    assert b"TELLTALE-XMP" in data
    found = inspected(data)
    for picture in (found.preview, *found.pages):
        assert b"TELLTALE" not in picture
        assert b"Exif" not in picture


def test_names_defects_like_those_of_other_photos(page):
    blurred = make.photo(make.passport(), size=(1500, 2000), blur=4)
    assert code_of(make.heic(blurred)) == "blurred"
    assert code_of(make.heic(Image.new("L", (1240, 1754), 250))) == "blank"
    assert code_of(make.heic(page.resize((420, 594)))) == "too_small"


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.999])
def test_refuses_photos_cut_short(photo, share):
    assert code_of(photo[: int(len(photo) * share)]) == "corrupted"


@pytest.mark.parametrize(
    "payload",
    [make.zip_file(), b"<script>alert(1)</script>", bytes(70_000), b"%PDF-1.4 second"],
    ids=["zip", "script", "padding", "pdf"],
)
def test_refuses_foreign_data_behind_the_photo(photo, payload):
    assert code_of(photo + payload) == "foreign_data"


def test_accepts_the_video_that_phones_append(photo):
    moving = struct.pack(">I", 8 + 4000) + b"mpvd" + bytes(4000)
    assert code_of(photo + moving + bytes(200)) == "accepted"


@pytest.mark.parametrize(
    ("brands", "code", "name"),
    [
        (b"avif\0\0\0\0mif1avif", "unsupported_format", "AVIF"),
        (b"mif1\0\0\0\0mif1avif", "unsupported_format", "AVIF"),
        (b"msf1\0\0\0\0msf1hevc", "animated", ""),
        (b"isom\0\0\0\0isomiso2", "unsupported_format", "MP4"),
        (b"mif1\0\0\0\0mif1miaf", "corrupted", ""),
        (b"heic\0\0\0\0mif1heic", "corrupted", ""),
    ],
)
def test_tells_relatives_of_the_format_apart(brands, code, name):
    data = struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + bytes(3000)
    verdict = inspected(data).verdict
    assert verdict.code == code
    assert name in verdict.message


def test_refuses_boxes_that_lie_about_their_size(photo):
    at = photo.index(b"meta") - 4
    for size in (1, 7, 0xFFFFFFFF):
        assert code_of(photo[:at] + struct.pack(">I", size) + photo[at + 4 :]) in {"corrupted", "foreign_data"}
    assert code_of(photo[:at] + struct.pack(">I4sQ", 1, b"meta", 5) + photo[at + 16 :]) == "corrupted"


def test_refuses_a_huge_size_without_decoding_it(page):
    started = time.monotonic()
    assert code_of(with_size(make.heic(page), (60_000, 60_000))) == "too_complex"
    assert time.monotonic() - started < 10


def test_keeps_within_the_memory_of_the_largest_photo_of_a_phone():
    largest = make.heic(make.page(width=6048, height=8064, font_size=130), tile_size=512)
    code, used = megabytes_of(largest)
    assert code == "accepted"
    assert used < 512


def test_a_photo_that_is_larger_than_it_says_takes_no_memory():
    bomb = make.heic(Image.new("L", (7200, 7200), 255))
    assert len(bomb) < 100_000
    for size in ((7200, 7200), (7000, 7000), (1000, 1000)):
        code, used = megabytes_of(with_size(bomb, size))
        assert code in {"too_complex", "corrupted"}
        assert used < 512


def test_stands_photos_that_are_broken_at_random(photo):
    chance = random.Random(7)
    for _ in range(25):
        broken = bytearray(photo)
        for _ in range(chance.choice((1, 3, 20))):
            broken[chance.randrange(chance.choice((1500, len(broken))))] = chance.randrange(256)
        assert code_of(bytes(broken)) in MESSAGES


def test_a_soft_photo_loses_no_more_than_in_other_formats(page):
    soft = page.filter(ImageFilter.GaussianBlur(0.7))
    assert code_of(make.heic(soft)) == code_of(make.jpeg(soft)) == "accepted"
