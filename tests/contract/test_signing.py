"""Signers keep their port: in memory, and over KMS."""

from __future__ import annotations

import base64
import hashlib

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from moto import mock_aws

from chalicelib.adapters.documents import cose
from chalicelib.adapters.signing import KMSSigner, jwks, local_signer
from chalicelib.ports.errors import Unavailable
from chalicelib.ports.signing import PublicKey


class CountedKMS:
    """Passes calls on to KMS and counts them."""

    def __init__(self, client):
        self._client = client
        self.calls = []

    def sign(self, **arguments):
        self.calls.append("sign")
        return self._client.sign(**arguments)

    def get_public_key(self, **arguments):
        self.calls.append("get_public_key")
        return self._client.get_public_key(**arguments)


@pytest.fixture
def kms():
    with mock_aws():
        yield boto3.client("kms", region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test")


def new_key(kms):
    made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    return made["KeyMetadata"]["KeyId"]


@pytest.fixture(params=["local", "kms"])
def signer(request, kms):
    if request.param == "local":
        [old] = local_signer(secret=777).public_keys()
        retired = PublicKey(kid=old.kid, x=old.x, y=old.y, retired=True)
        return local_signer(secret=12345, retired=(retired,))
    return KMSSigner(kms=kms, key_id=new_key(kms), retired_key_ids=(new_key(kms),))


def public(key):
    x, y = int.from_bytes(key.x), int.from_bytes(key.y)
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()


def test_signature_is_raw_and_right(signer):
    signature = signer.sign(message=b"message")
    assert len(signature) == 64
    der = utils.encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:]))
    current = signer.public_keys()[0]
    public(current).verify(der, b"message", ec.ECDSA(hashes.SHA256()))


class DigestKMS:
    """Answers as KMS does for digests too (moto hashes whatever it gets)."""

    def __init__(self):
        self._key = ec.derive_private_key(42, ec.SECP256R1())

    def get_public_key(self, **asked):
        public_key = self._key.public_key()
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        return {"PublicKey": public_key.public_bytes(serialization.Encoding.DER, info)}

    def sign(self, **asked):
        assert asked["SigningAlgorithm"] == "ECDSA_SHA_256"
        message, digested = asked["Message"], asked["MessageType"] == "DIGEST"
        assert len(message) == 32 if digested else len(message) <= 4096
        digest = utils.Prehashed(hashes.SHA256()) if digested else hashes.SHA256()
        return {"Signature": self._key.sign(message, ec.ECDSA(digest))}


@pytest.mark.parametrize("length", [0, 4000, 4097, 50_000])
def test_kms_signs_messages_longer_than_it_takes(length):
    signer = KMSSigner(kms=DigestKMS(), key_id="any")
    wrapped = cose.sign(payload={1: bytes(length)}, signer=signer)
    assert cose.verify(message=wrapped, keys=signer.public_keys()).payload == {1: bytes(length)}


def test_current_key_comes_first_and_retired_ones_are_marked(signer):
    keys = signer.public_keys()
    assert [key.retired for key in keys] == [False, True]
    assert keys[0].kid == signer.key_id
    assert all(len(key.x) == len(key.y) == 32 for key in keys)


def test_kid_is_the_beginning_of_the_thumbprint(signer):
    for key, shown in zip(signer.public_keys(), jwks(keys=signer.public_keys())["keys"], strict=True):
        text = f'{{"crv":"P-256","kty":"EC","x":"{shown["x"]}","y":"{shown["y"]}"}}'
        assert hashlib.sha256(text.encode()).hexdigest().startswith(key.kid)
        assert base64.urlsafe_b64decode(shown["x"] + "=") == key.x
        assert shown["kid"] == key.kid
        assert shown["status"] == ("retired" if key.retired else "current")


def test_what_a_retired_key_signed_keeps_verifying(kms):
    old, new = new_key(kms), new_key(kms)
    message = cose.sign(payload={1: 2}, signer=KMSSigner(kms=kms, key_id=old))
    after = KMSSigner(kms=kms, key_id=new, retired_key_ids=(old,))
    verified = cose.verify(message=message, keys=after.public_keys())
    assert verified.key.retired


def test_public_keys_are_fetched_once(kms):
    counted = CountedKMS(kms)
    signer = KMSSigner(kms=counted, key_id=new_key(kms))
    for _ in range(3):
        cose.sign(payload={1: 2}, signer=signer)
        signer.public_keys()
    assert counted.calls.count("get_public_key") == 1
    assert counted.calls.count("sign") == 3


def test_a_missing_key_and_a_dead_service_are_unavailable(kms):
    missing = KMSSigner(kms=kms, key_id="00000000-0000-0000-0000-000000000000")
    with pytest.raises(Unavailable):
        missing.sign(message=b"message")

    class Dead:
        def get_public_key(self, **arguments):
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1:1")

    with pytest.raises(Unavailable):
        KMSSigner(kms=Dead(), key_id="any").public_keys()


def test_local_signatures_are_deterministic():
    first, second = local_signer(secret=5), local_signer(secret=5)
    assert first.sign(message=b"m") == second.sign(message=b"m")
