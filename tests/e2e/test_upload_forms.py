"""A form that permits one upload permits nothing else: whatever is changed in it, the storage takes no file (C1).

The storage of this machine checks what S3 does: signature, policy, term, every field against a condition, size. One
thing S3 alone does: it does not look at fields behind the file. Here they count like the others, and the policy holds
for them too.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime

import httpx
import pytest

from chalicelib.adapters.s3.files import SCANNER_TAG, S3Files
from chalicelib.domain.scan import MAX_BYTES
from tests.functional.scan_files import page, png

PICTURE = png(page())
REFUSED = {400, 403, 404, 405, 411, 412, 501}


@pytest.fixture(scope="module")
def storage(aws, stack):
    """The storage of scans as the service reaches it, and the bucket's name."""
    bucket = stack.environment["SCANS_BUCKET"]
    return S3Files(client=aws("s3"), bucket=bucket), bucket


@pytest.fixture(scope="module")
def form(storage):
    files, _ = storage
    return files.upload_form(key="scans/a/b", media_type="image/png", max_bytes=MAX_BYTES, seconds=600)


@pytest.fixture
def kept(aws, storage):
    """Lists what lies in the bucket under the places of this test."""

    def keys():
        found = aws("s3").list_object_versions(Bucket=storage[1], Prefix="scans/").get("Versions", [])
        return sorted(one["Key"] for one in found if one["Key"].startswith(("scans/a/", "scans/other")))

    return keys


def policy_of(fields):
    return json.loads(base64.b64decode(fields["policy"]))


def encoded(policy):
    return base64.b64encode(json.dumps(policy).encode()).decode()


def widened(fields):
    """The policy with room for any file, under the signature of the narrow one."""
    policy = policy_of(fields)
    policy["conditions"] = [
        ["content-length-range", 0, 10**9] if condition[0] == "content-length-range" else condition
        for condition in map(list_of, policy["conditions"])
    ]
    return encoded(policy)


def list_of(condition):
    return condition if isinstance(condition, list) else ["eq", *(f"${k}" for k in condition), *condition.values()]


def longer(fields):
    return encoded({**policy_of(fields), "expiration": "2099-01-01T00:00:00Z"})


def flipped(text):
    return text[:-1] + ("0" if text[-1] != "0" else "1")


CHANGES = {
    "another type": {"Content-Type": "text/html"},
    "another type behind a comma": {"Content-Type": "image/png, text/html"},
    "another type in case": {"Content-Type": "IMAGE/PNG"},
    "another key": {"key": "scans/other/place"},
    "a key that climbs": {"key": "scans/a/../../other"},
    "a key of the file's name": {"key": "scans/a/${filename}"},
    "a longer key": {"key": "scans/a/bc"},
    "an empty key": {"key": ""},
    "a public object": {"acl": "public-read"},
    "the verdict of the scanner": {
        "tagging": f"<Tagging><TagSet><Tag><Key>{SCANNER_TAG}</Key><Value>clean</Value></Tag></TagSet></Tagging>"
    },
    "data of its own": {"x-amz-meta-note": "1"},
    "another class": {"x-amz-storage-class": "GLACIER"},
    "an encryption of its own": {"x-amz-server-side-encryption": "AES256"},
    "a way elsewhere": {"success_action_redirect": "https://evil.example/"},
    "another way elsewhere": {"redirect": "https://evil.example/"},
    "another encoding": {"Content-Encoding": "gzip"},
    "another disposition": {"Content-Disposition": "inline"},
    "another algorithm": {"x-amz-algorithm": "AWS4-HMAC-SHA1"},
    "another account": {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20261125/eu-central-1/s3/aws4_request"},
    "another region": lambda fields: {"x-amz-credential": fields["x-amz-credential"].replace("eu-central-1", "x")},
    "another service": lambda fields: {"x-amz-credential": fields["x-amz-credential"].replace("/s3/", "/sqs/")},
    "another moment": {"x-amz-date": "20200101T000000Z"},
    "a token of a session": {"x-amz-security-token": "token"},
    "a signature changed": lambda fields: {"x-amz-signature": flipped(fields["x-amz-signature"])},
    "a signature of zeros": {"x-amz-signature": "0" * 64},
    "an empty signature": {"x-amz-signature": ""},
    "no policy": {"policy": ""},
    "a policy without conditions": {"policy": encoded({"expiration": "2099-01-01T00:00:00Z", "conditions": []})},
    "a policy that is none": {"policy": "e30="},
    "a wider policy": lambda fields: {"policy": widened(fields)},
    "a longer policy": lambda fields: {"policy": longer(fields)},
}


def sent(url, fields, data=PICTURE):
    return httpx.post(url, data=fields, files={"file": ("scan.png", data, "image/png")}, follow_redirects=False)


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_form_takes_nothing(form, kept, name):
    change = CHANGES[name]
    fields = dict(form.fields)
    answer = sent(form.url, {**fields, **(change(fields) if callable(change) else change)})
    assert answer.status_code in REFUSED, answer.text
    assert kept() == []


def test_a_form_without_one_of_its_fields_takes_nothing(form, kept):
    for name in form.fields:
        fields = {other: value for other, value in form.fields.items() if other != name}
        answer = sent(form.url, fields)
        assert answer.status_code in REFUSED, (name, answer.text)
    assert kept() == []


@pytest.mark.parametrize("size", [0, MAX_BYTES + 1])
def test_a_file_of_another_size_is_not_taken(form, kept, size):
    assert sent(form.url, form.fields, bytes(size)).status_code in REFUSED
    assert kept() == []


@pytest.mark.parametrize(("name", "other"), [("key", "scans/other/x"), ("Content-Type", "text/html")])
@pytest.mark.parametrize("is_first", [True, False])
def test_of_two_fields_of_a_name_the_one_that_is_checked_counts(aws, storage, form, kept, name, other, is_first):
    both = [other, form.fields[name]] if is_first else [form.fields[name], other]
    answer = sent(form.url, {**form.fields, name: both})
    assert answer.status_code in REFUSED or kept() == ["scans/a/b"]
    for version in aws("s3").list_object_versions(Bucket=storage[1], Prefix="scans/a/b").get("Versions", []):
        where = {"Bucket": storage[1], "Key": "scans/a/b", "VersionId": version["VersionId"]}
        assert aws("s3").head_object(**where)["ContentType"] == "image/png"
        aws("s3").delete_object(**where)


def test_the_policy_and_signature_of_one_form_do_not_serve_another(storage, form, kept):
    files, _ = storage
    other = files.upload_form(key="scans/other/c", media_type="image/png", max_bytes=MAX_BYTES, seconds=600)
    for names in (("policy", "x-amz-signature"), ("policy",), ("x-amz-signature",)):
        fields = {**form.fields, **{name: other.fields[name] for name in names}}
        assert sent(form.url, fields).status_code in REFUSED
    assert kept() == []


def test_a_form_that_ran_out_takes_nothing(aws, storage, kept):
    files, _ = storage
    late = files.upload_form(key="scans/a/late", media_type="image/png", max_bytes=MAX_BYTES, seconds=-1)
    assert policy_of(late.fields)["expiration"] < f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    assert sent(late.url, late.fields).status_code in REFUSED
    assert kept() == []


def test_nobody_reads_writes_or_lists_without_a_signature(form, kept, storage):
    there = f"{form.url.rstrip('/')}/scans/a/b"
    tries = [
        httpx.put(there, content=PICTURE, headers={"Content-Type": "image/png"}),
        httpx.get(there),
        httpx.delete(there),
        httpx.get(form.url, params={"list-type": "2"}),
        httpx.post(there, params={"uploads": ""}),
        httpx.put(there, params={"acl": ""}, headers={"x-amz-acl": "public-read"}),
    ]
    assert [answer.status_code for answer in tries] == [403] * len(tries)
    assert kept() == []


def test_a_changed_link_opens_nothing(aws, storage):
    files, bucket = storage
    aws("s3").put_object(Bucket=bucket, Key="shown/one", Body=b"one")
    aws("s3").put_object(Bucket=bucket, Key="shown/two", Body=b"two")
    link = files.link(key="shown/one", filename="a.png", seconds=60)
    assert httpx.get(link).content == b"one"
    for changed in (
        link.replace("/shown/one", "/shown/two"),
        link.replace("X-Amz-Expires=60", "X-Amz-Expires=604800"),
        link.replace("attachment", "inline"),
        flipped(link),
        link.partition("?")[0],
        files.link(key="shown/one", filename="a.png", seconds=0),
    ):
        assert changed != link
        assert httpx.get(changed).status_code in REFUSED, changed.partition("?")[2][:40]
    assert httpx.put(link, content=b"x").status_code in REFUSED


def test_the_form_as_it_was_given_takes_the_file(form, kept):
    """So that the others were refused for what was changed in them."""
    answer = sent(form.url, form.fields)
    assert answer.is_success, answer.text
    assert kept() == ["scans/a/b"]
