"""The calls of S3 by which the service writes and reads files, straight to the buckets that moto keeps."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, NoReturn

from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from moto.core import DEFAULT_ACCOUNT_ID
from moto.s3.models import FakeKey, s3_backends

if TYPE_CHECKING:
    from collections.abc import Mapping

_DONE = {"HTTPStatusCode": 200, "HTTPHeaders": {}, "RetryAttempts": 0}


def _files() -> Any:
    return s3_backends[DEFAULT_ACCOUNT_ID]["aws"]


def put_object(request: dict[str, Any]) -> dict[str, Any]:
    """Write a file; its version if the bucket keeps them."""
    key = _files().put_object(request["Bucket"], request["Key"], bytes(request["Body"]))
    if "ContentType" in request:
        key.set_metadata({"Content-Type": request["ContentType"]})
    key.set_acl(_files().get_bucket(request["Bucket"]).acl)
    return {"ETag": key.etag, **_version(key), "ResponseMetadata": _DONE}


def get_object(request: dict[str, Any]) -> dict[str, Any]:
    """Read a file."""
    key = _found(request)
    data: bytes = key.value
    body = StreamingBody(BytesIO(data), len(data))
    return {"Body": body, "ContentLength": len(data), "ETag": key.etag, **_version(key), "ResponseMetadata": _DONE}


def get_object_tagging(request: dict[str, Any]) -> dict[str, Any]:
    """Read the tags of a file."""
    key = _found(request)
    return {"TagSet": _files().get_object_tagging(key)["Tags"], **_version(key), "ResponseMetadata": _DONE}


def _version(key: FakeKey) -> dict[str, str]:
    return {} if key.version_id == "null" else {"VersionId": key.version_id}


def _found(request: dict[str, Any]) -> FakeKey:
    key = _files().get_object(request["Bucket"], request["Key"], request.get("VersionId"))
    if not isinstance(key, FakeKey):
        _refuse("NoSuchVersion" if "VersionId" in request else "NoSuchKey")
    return key


def _refuse(code: str) -> NoReturn:
    answer: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {**_DONE, "HTTPStatusCode": 404}}
    raise ClientError(answer, "")


def stored_files() -> dict[tuple[str, str], tuple[str, bytes]]:
    """The newest version of every file, with its id, by bucket and key: to be put back into another cloud."""
    return {
        (bucket.name, name): (key.version_id, key.value)
        for bucket in _files().buckets.values()
        for name, key in bucket.keys.items()
        if isinstance(key, FakeKey)
    }


def put_back(files: Mapping[tuple[str, str], tuple[str, bytes]]) -> None:
    """Put files back that are not there, in the versions that records name."""
    for (bucket, name), (version_id, data) in files.items():
        if name not in _files().buckets[bucket].keys:
            key = _files().put_object(bucket, name, data)
            key._version_id = version_id
            key.set_acl(_files().get_bucket(bucket).acl)


ANSWERS = {
    "PutObject": (put_object, {"Bucket", "Key", "Body", "ContentType"}),
    "GetObject": (get_object, {"Bucket", "Key", "VersionId"}),
    "GetObjectTagging": (get_object_tagging, {"Bucket", "Key", "VersionId"}),
}
