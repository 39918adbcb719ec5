"""Files in a bucket: uploads by presigned POST, downloads by presigned links (requirement C1)."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.ports.errors import NotFound, Unavailable
from chalicelib.ports.files import UploadForm

if TYPE_CHECKING:
    from collections.abc import Iterator

_MISSING = frozenset({"NoSuchKey", "NoSuchVersion", "404"})
SCANNER_TAG = "scan-verdict"
"""The object tag in which an external malware scanner leaves its verdict (requirement C4)."""


class S3Files:
    """Implements the Files port on one bucket."""

    def __init__(self, *, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def upload_form(
        self, *, key: str, media_type: str, max_bytes: int, seconds: int, back_to: str | None = None
    ) -> UploadForm:
        """Permit one upload; type, size, key and the way back are conditions that S3 itself enforces."""
        fields = {"Content-Type": media_type, **({"success_action_redirect": back_to} if back_to else {})}
        post = self._client.generate_presigned_post(
            Bucket=self._bucket,
            Key=key,
            Fields=fields,
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", 1, max_bytes],
            ],
            ExpiresIn=seconds,
        )
        return UploadForm(url=post["url"], fields=post["fields"], expires_in=seconds, max_bytes=max_bytes)

    def read(self, *, key: str, version: str | None = None, max_bytes: int) -> bytes:
        """Read a file, at most one byte more than ``max_bytes``, so that a larger one shows."""
        with _translated():
            answer = self._client.get_object(Bucket=self._bucket, Key=key, **_version(version))
            data: bytes = answer["Body"].read(max_bytes + 1)
        return data

    def write(self, *, key: str, data: bytes, media_type: str) -> None:
        """Write a file."""
        with _translated():
            self._client.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=media_type)

    def link(self, *, key: str, filename: str, seconds: int, inline: bool = False) -> str:
        """Make a link that lets anyone download the file for so many seconds."""
        disposition = "inline" if inline else f'attachment; filename="{filename}"'
        link: str = self._client.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._bucket,
                "Key": key,
                "ResponseContentDisposition": disposition,
            },
            ExpiresIn=seconds,
        )
        return link

    def erase(self, *, prefix: str) -> int:
        """Destroy every version, and every marker of a deletion, under a prefix; a second time finds nothing."""
        if not prefix:
            raise ValueError("a prefix of nothing is the whole bucket")
        gone = 0
        with _translated():
            for page in self._client.get_paginator("list_object_versions").paginate(Bucket=self._bucket, Prefix=prefix):
                listed = (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
                found = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in listed]
                if found:
                    answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": found, "Quiet": True})
                    if answer.get("Errors"):
                        raise Unavailable("Хранилище файлов временно недоступно")
                    gone += len(found)
        return gone

    def scanner_verdict(self, *, key: str, version: str | None = None) -> str | None:
        """Return the tag that an external scanner left, or None."""
        with _translated():
            answer = self._client.get_object_tagging(Bucket=self._bucket, Key=key, **_version(version))
        tags = {tag["Key"]: tag["Value"] for tag in answer.get("TagSet", [])}
        return tags.get(SCANNER_TAG)


def _version(version: str | None) -> dict[str, str]:
    return {"VersionId": version} if version else {}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except ClientError as failure:
        if failure.response.get("Error", {}).get("Code") in _MISSING:
            raise NotFound("Файл не найден") from None
        raise Unavailable("Хранилище файлов временно недоступно") from failure
    except (BotoCoreError, OSError) as failure:
        raise Unavailable("Хранилище файлов временно недоступно") from failure
