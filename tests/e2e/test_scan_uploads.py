"""Scans as people really send them: the storage refuses what it must, the check tells what is wrong."""

from __future__ import annotations

import hashlib
import io
import os
import time
from datetime import UTC, datetime, timedelta

import pypdf
import pytest
from PIL import Image

from infra.local.lifecycle import expire
from tests.functional.scan_files import heic, jpeg, page, photo, png, saved, telltale_exif

MEGABYTE = 1024 * 1024


@pytest.fixture
def draft(journey, folk):
    """A person with a draft."""
    person = folk.welcome(journey)
    journey.consent(person)
    return person, journey.draft(person, "first_policy", {"code": "77012"})


def phone_photo():
    """A photo of a page that weighs between 4.8 and 5 MB, as phones make them."""
    picture = photo(page(font_size=40), size=(2400, 3200), grain=9)
    for quality in range(97, 60, -1):
        data = jpeg(picture, quality=quality)
        if len(data) <= 4.9 * MEGABYTE:
            break
    # Cameras add sections of their own: here the rest of the weight.
    return data[:2] + _sections(int(4.9 * MEGABYTE) - len(data)) + data[2:]


def _sections(weight):
    parts = b""
    while weight > 4:
        size = min(weight - 4, 60_000)
        parts += b"\xff\xef" + (size + 2).to_bytes(2) + os.urandom(size)
        weight -= size + 4
    return parts


def encrypted_pdf():
    writer = pypdf.PdfWriter(io.BytesIO(saved(page(lines=10), "PDF")))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("change", "data"),
    [
        ({}, b"\xff\xd8" + bytes(6 * MEGABYTE)),
        ({}, b""),
        ({"Content-Type": "text/html"}, b"<script>alert(1)</script>"),
        ({"key": "scans/another/place"}, b"\xff\xd8picture"),
        ({"policy": "eyJjb25kaXRpb25zIjpbXX0="}, b"\xff\xd8picture"),
    ],
    ids=["6 MB", "empty", "another type", "another key", "another policy"],
)
def test_storage_refuses_what_the_form_does_not_permit(journey, draft, change, data):
    ordered = journey.order_upload(*draft, "image/jpeg")
    answer = journey.store(ordered["upload"], data, **change)
    assert answer.status_code in {400, 403}, answer.text
    path = f"/v1/applications/{draft[1]}/scans/{ordered['scan']['id']}"
    assert journey.ok("GET", path, person=draft[0])["state"] == "awaiting_upload"


def test_storage_refuses_an_expired_form(aws, stack, journey):
    form = aws("s3").generate_presigned_post(stack.environment["SCANS_BUCKET"], "scans/late/late", ExpiresIn=1)
    time.sleep(1.5)
    answer = journey.store(form, b"\xff\xd8picture")
    assert answer.status_code in {400, 403}, answer.text


@pytest.mark.parametrize(
    ("name", "media_type", "code"),
    [
        ("text renamed .jpg", "image/jpeg", "unsupported_format"),
        ("password", "application/pdf", "encrypted"),
        ("blank", "image/png", "blank"),
    ],
)
def test_check_names_the_defect_and_the_way_to_mend_it(journey, draft, name, media_type, code):
    files = {
        "text renamed .jpg": lambda: "Это просто текст\n".encode() * 500,
        "password": encrypted_pdf,
        "blank": lambda: png(Image.new("L", (1240, 1754), 250)),
    }
    scan = journey.upload(*draft, files[name](), media_type)
    assert (scan["state"], scan["code"]) == ("rejected", code)
    assert scan["message"].endswith((".", "!"))


def test_photo_of_a_phone_of_almost_5_mb_is_accepted_and_shown(journey, draft):
    data = phone_photo()
    assert 4.8 * MEGABYTE < len(data) < 5 * MEGABYTE
    scan = journey.upload(*draft, data, "image/jpeg")
    assert scan["state"] == "accepted", scan
    link = journey.ok("GET", f"/v1/applications/{draft[1]}/scans/{scan['id']}/preview", person=draft[0])
    preview = journey.fetch(link["url"])
    assert preview.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(preview.content)).format == "JPEG"


def test_photo_of_an_iphone_reaches_the_operator_as_a_marked_copy(aws, stack, journey, draft):
    person, application_id = draft
    data = heic(page(), tile_size=512, exif=telltale_exif())
    scan = journey.upload(person, application_id, data, "image/heic")
    assert scan["state"] == "accepted", scan
    path = f"/v1/applications/{application_id}/scans/{scan['id']}"
    turned = journey.fetch(journey.ok("GET", f"{path}/preview?rotate=90", person=person)["url"])
    assert Image.open(io.BytesIO(turned.content)).size == (512, 362)
    clean = journey.fetch(journey.ok("GET", f"{path}/pages/1", person=person)["url"])
    journey.sign_and_submit(person, application_id, key="heic")
    journey.sign_in("operator")
    operator = f"/v1/operator/applications/{application_id}/scans"
    (listed,) = journey.ok("GET", operator, person="operator")["items"]
    assert listed["sha256"] == hashlib.sha256(data).hexdigest()
    shown = journey.ok("POST", f"{operator}/{listed['id']}/views", person="operator", json={"page": 1})
    marked = journey.fetch(shown["url"])
    assert marked.headers["content-type"] == clean.headers["content-type"] == "image/jpeg"
    assert marked.content != clean.content
    assert b"TELLTALE" not in marked.content + clean.content
    noted = journey.ok("GET", "/v1/me/activity", person=person)["items"]
    assert [(a["by"], a["organisation"]) for a in noted if a["action"] == "scan_viewed"] == [("operator", "77012")]
    rules = aws("s3").get_bucket_lifecycle_configuration(Bucket=stack.environment["SCANS_BUCKET"])["Rules"]
    assert {rule["Filter"]["Prefix"] for rule in rules if rule.get("Expiration", {}).get("Days")} == {
        "shown/",
        "exchange/",
        "mail/",
    }
    expired = expire(s3=aws("s3"), bucket=stack.environment["SCANS_BUCKET"], at=datetime.now(UTC) + timedelta(days=2))
    assert expired >= 2
    assert journey.fetch(clean.url).is_success
