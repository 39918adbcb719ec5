"""Detached CMS signatures against certificates made here: what is accepted, and each reason of a refusal (A3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asn1crypto import algos, cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.adapters.signatures.verifier import CmsVerifier
from chalicelib.domain.electronic_signature import SignatureNotAccepted
from tests.certificates import ANNA, ANNAS_SNILS, AUTHORITY, OPTIONS, SNILS, authority, detached, root, usage
from tests.world import NOW

CONTENT = '{"purpose":"Подача заявления","turn":1}'.encode()
ROOT = root()
CENTRE = authority(ROOT)
HOLDER = CENTRE.issue({**ANNA, **ANNAS_SNILS})
VERIFIER = CmsVerifier(trust_anchors=ROOT.pem())
GOST_DIGEST, GOST_SIGNATURE = "1.2.643.7.1.1.2.2", "1.2.643.7.1.1.3.2"


def reason(signature, *, content=CONTENT, at=NOW, verifier=VERIFIER):
    with pytest.raises(SignatureNotAccepted) as refused:
        verifier.verify(cms=signature, content=content, at=at)
    assert refused.value.detail
    assert "Примеров" not in refused.value.detail
    return refused.value.reason


def edited(signature, change):
    """A signature with its parts changed."""
    outer = cms.ContentInfo.load(signature)
    change(outer["content"], outer["content"]["signer_infos"][0])
    return outer.dump(force=True)


@pytest.mark.parametrize("kind", ["rsa", "rsa3072", "p256", "p384", "p521"])
@pytest.mark.parametrize("algorithm", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()], ids=lambda a: a.name)
def test_accepts_rsa_and_ecdsa_with_every_sha2(kind, algorithm):
    holder = CENTRE.issue({**ANNA, **ANNAS_SNILS}, kind=kind, number=7)
    found = VERIFIER.verify(cms=detached(CONTENT, holder, algorithm=algorithm), content=CONTENT, at=NOW)
    assert (found.snils, found.family_name, found.given_names) == ("90000000182", "Примерова", "Анна Сергеевна")
    assert found.digest == holder.certificate.fingerprint(hashes.SHA256()).hex()


@pytest.mark.parametrize("algorithm", [hashes.SHA256(), hashes.SHA512()], ids=lambda a: a.name)
def test_accepts_rsa_with_pss(algorithm):
    signature = detached(CONTENT, HOLDER, algorithm=algorithm, pss=True)
    assert VERIFIER.verify(cms=signature, content=CONTENT, at=NOW).snils == "90000000182"


def test_accepts_a_signature_without_signed_attributes():
    signature = detached(CONTENT, HOLDER, options=(*OPTIONS, pkcs7.PKCS7Options.NoAttributes))
    assert VERIFIER.verify(cms=signature, content=CONTENT, at=NOW).snils == "90000000182"
    assert reason(signature, content=CONTENT + b" ") == "signature_wrong"


def test_accepts_a_certificate_of_the_anchor_itself_and_of_a_longer_chain():
    direct = ROOT.issue({**ANNA}, number=8)
    assert VERIFIER.verify(cms=detached(CONTENT, direct), content=CONTENT, at=NOW).given_names == "Анна Сергеевна"
    deep = authority(authority(ROOT, "Первый", number=102), "Второй", number=103).issue({**ANNA}, number=9)
    assert VERIFIER.verify(cms=detached(CONTENT, deep), content=CONTENT, at=NOW)
    assert reason(detached(CONTENT, deep, chain=deep.above[:1])) == "certificate_not_trusted"


def test_accepts_a_signer_that_is_named_by_the_identifier_of_the_key():
    identifier = x509.SubjectKeyIdentifier(b"k" * 20)
    holder = CENTRE.issue({**ANNA}, number=10, extensions=(identifier,))

    def by_key(_, signer):
        signer["sid"] = cms.SignerIdentifier(name="subject_key_identifier", value=identifier.digest)

    signature = edited(detached(CONTENT, holder), by_key)
    assert VERIFIER.verify(cms=signature, content=CONTENT, at=NOW).given_names == "Анна Сергеевна"
    assert reason(edited(detached(CONTENT, HOLDER), by_key)) == "certificate_missing"


@pytest.mark.parametrize("other", [b"", CONTENT + b"\n", CONTENT.replace(b"1", b"2")])
def test_refuses_another_content(other):
    assert reason(detached(CONTENT, HOLDER), content=other) == "content_changed"


def test_refuses_a_signature_that_was_changed():
    def flipped(_, signer):
        value = bytearray(signer["signature"].native)
        value[-1] ^= 1
        signer["signature"] = bytes(value)

    for holder in (HOLDER, CENTRE.issue({**ANNA}, kind="p256", number=3)):
        assert reason(edited(detached(CONTENT, holder), flipped)) == "signature_wrong"
        assert reason(edited(detached(CONTENT, holder), lambda _, s: s.__setitem__("signature", b"x"))) == (
            "signature_wrong"
        )


def test_refuses_signed_attributes_of_another_content():
    def moved(_, signer):
        other = cms.ContentInfo.load(detached(CONTENT + b"!", HOLDER))["content"]["signer_infos"][0]
        signer["signature"] = other["signature"].native

    assert reason(edited(detached(CONTENT, HOLDER), moved)) == "signature_wrong"


def test_refuses_a_signature_of_another_key_under_this_certificate():
    stranger = CENTRE.issue({**ANNA}, number=4)

    def borrowed(signed, signer):
        own = cms.ContentInfo.load(detached(CONTENT, HOLDER))["content"]
        signed["certificates"] = own["certificates"]
        signer["sid"] = own["signer_infos"][0]["sid"]

    assert reason(edited(detached(CONTENT, stranger), borrowed)) == "signature_wrong"


def test_refuses_a_content_that_is_put_in():
    inside = detached(CONTENT, HOLDER, options=(pkcs7.PKCS7Options.Binary,))
    assert reason(inside) == "signature_not_detached"


def test_refuses_several_signatures_and_none():
    assert reason(detached(CONTENT, HOLDER, CENTRE.issue({**ANNA}, number=5))) == "several_signatures"
    none = edited(detached(CONTENT, HOLDER), lambda signed, _: signed.__setitem__("signer_infos", []))
    assert reason(none) == "several_signatures"


def test_refuses_a_signature_without_its_certificate():
    assert reason(detached(CONTENT, HOLDER, options=(*OPTIONS, pkcs7.PKCS7Options.NoCerts))) == "certificate_missing"


@pytest.mark.parametrize("kind", ["rsa1024", "k256"])
def test_refuses_keys_that_are_too_weak_or_of_another_kind(kind):
    holder = CENTRE.issue({**ANNA}, kind=kind, number=6)
    assert reason(detached(CONTENT, holder)) == "algorithm_not_supported"


def test_refuses_other_digests():
    def sha1(_, signer):
        signer["digest_algorithm"] = algos.DigestAlgorithm({"algorithm": "sha1"})

    assert reason(edited(detached(CONTENT, HOLDER), sha1)) == "algorithm_not_supported"


@pytest.mark.parametrize("name", ["sha512_rsa", "sha384_ecdsa", "dsa", "sha1_rsa", "ed25519"])
def test_refuses_an_algorithm_that_does_not_fit_its_digest_or_its_key(name):
    def other(_, signer):
        signer["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": name})

    assert reason(edited(detached(CONTENT, HOLDER), other)) == "algorithm_not_supported"


def test_refuses_an_ecdsa_signature_for_an_rsa_key():
    def other(_, signer):
        signer["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})

    assert reason(edited(detached(CONTENT, HOLDER), other)) == "algorithm_not_supported"


@pytest.mark.parametrize(("field", "identifier"), [("digest", GOST_DIGEST), ("signature", GOST_SIGNATURE)])
def test_says_that_gost_is_not_supported(field, identifier):
    def gost(_, signer):
        if field == "digest":
            signer["digest_algorithm"] = algos.DigestAlgorithm({"algorithm": identifier})
        else:
            signer["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": identifier})

    with pytest.raises(SignatureNotAccepted, match="ГОСТ") as refused:
        VERIFIER.verify(cms=edited(detached(CONTENT, HOLDER), gost), content=CONTENT, at=NOW)
    assert refused.value.reason == "algorithm_not_supported"


@pytest.mark.parametrize(
    ("days", "expected"),
    [((-400, -1), "certificate_expired"), ((1, 400), "certificate_not_yet_valid")],
)
def test_refuses_a_certificate_outside_its_period(days, expected):
    since, until = (NOW + timedelta(days=number) for number in days)
    holder = CENTRE.issue({**ANNA}, number=11, since=since, until=until)
    assert reason(detached(CONTENT, holder)) == expected


def test_judges_the_period_by_the_moment_of_the_submission():
    signature = detached(CONTENT, HOLDER)
    last = HOLDER.certificate.not_valid_after_utc
    assert VERIFIER.verify(cms=signature, content=CONTENT, at=last)
    assert reason(signature, at=last + timedelta(seconds=1)) == "certificate_expired"


@pytest.mark.parametrize("extensions", [AUTHORITY, (usage("key_encipherment"),), (usage("key_cert_sign"),)])
def test_refuses_a_certificate_that_is_not_for_signing(extensions):
    holder = CENTRE.issue({**ANNA}, number=12, extensions=extensions)
    assert reason(detached(CONTENT, holder)) == "certificate_not_for_signing"


@pytest.mark.parametrize("name", ["digital_signature", "content_commitment"])
def test_accepts_a_certificate_that_is_for_signing(name):
    extensions = (usage(name), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]))
    holder = CENTRE.issue({**ANNA}, number=13, extensions=extensions)
    assert VERIFIER.verify(cms=detached(CONTENT, holder), content=CONTENT, at=NOW)


class TestChains:
    """Only a chain of authorities, each valid at the moment, leads to an anchor."""

    def test_refuses_certificates_of_strangers(self):
        stranger = authority(root(number=200), number=201).issue({**ANNA, **ANNAS_SNILS}, number=14)
        assert reason(detached(CONTENT, stranger)) == "certificate_not_trusted"
        assert reason(detached(CONTENT, stranger, chain=stranger.above)) == "certificate_not_trusted"

    def test_refuses_a_certificate_that_one_gave_oneself(self):
        own = root("Примерова Анна Сергеевна", number=202)
        plain = own.issue({**ANNA}, number=15)
        assert reason(detached(CONTENT, plain, chain=(own.certificate,))) == "certificate_not_trusted"

    def test_refuses_a_person_as_an_authority(self):
        for extensions in ((), (usage("digital_signature"),), (x509.BasicConstraints(ca=False, path_length=None),)):
            person = CENTRE.issue({NameOID.COMMON_NAME: "Лицо"}, kind="p256", number=16, extensions=extensions)
            assert reason(detached(CONTENT, person.issue({**ANNA}, number=17))) == "certificate_not_trusted"

    def test_refuses_an_authority_that_may_sign_no_certificates(self):
        extensions = (x509.BasicConstraints(ca=True, path_length=None), usage("crl_sign"))
        lame = authority(ROOT, number=203, extensions=extensions)
        assert reason(detached(CONTENT, lame.issue({**ANNA}, number=18))) == "certificate_not_trusted"

    def test_refuses_a_chain_longer_than_an_authority_allows(self):
        extensions = (x509.BasicConstraints(ca=True, path_length=0), usage("key_cert_sign"))
        last = authority(ROOT, "Последний", number=204, extensions=extensions)
        assert VERIFIER.verify(cms=detached(CONTENT, last.issue({**ANNA}, number=19)), content=CONTENT, at=NOW)
        below = authority(last, "Лишний", number=205)
        assert reason(detached(CONTENT, below.issue({**ANNA}, number=20))) == "certificate_not_trusted"

    def test_refuses_an_authority_outside_its_period(self):
        old = authority(ROOT, number=206, since=NOW - timedelta(days=99), until=NOW - timedelta(days=1))
        assert reason(detached(CONTENT, old.issue({**ANNA}, number=21))) == "certificate_not_trusted"

    def test_refuses_a_name_that_another_key_has_borrowed(self):
        impostor = authority(root(number=207), number=208)
        assert impostor.certificate.subject == CENTRE.certificate.subject
        forged = impostor.issue({**ANNA, **ANNAS_SNILS}, number=22)
        assert reason(detached(CONTENT, forged, chain=HOLDER.above[:-1])) == "certificate_not_trusted"

    def test_takes_several_anchors(self):
        other = root("Второй корень", number=209)
        both = CmsVerifier(trust_anchors=ROOT.pem() + other.pem())
        for above in (CENTRE, authority(other, number=210)):
            assert both.verify(cms=detached(CONTENT, above.issue({**ANNA}, number=23)), content=CONTENT, at=NOW)


def test_two_values_of_an_attribute_say_nothing_certain():
    subject = x509.Name([x509.NameAttribute(SNILS, value) for value in ("90000000182", "90000000283")])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(CENTRE.certificate.subject)
    builder = builder.public_key(HOLDER.key.public_key()).serial_number(5)
    builder = builder.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=1))
    certificate = builder.sign(CENTRE.key, hashes.SHA256())
    holder = type(HOLDER)(certificate=certificate, key=HOLDER.key, above=HOLDER.above)
    assert VERIFIER.verify(cms=detached(CONTENT, holder), content=CONTENT, at=NOW).snils == ""


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80",
        b"text",
        b"\x30\x84\xff\xff\xff\xff",
        HOLDER.certificate.public_bytes(serialization.Encoding.DER),
        detached(CONTENT, HOLDER)[:-1],
        detached(CONTENT, HOLDER) + b"\x00",
        detached(CONTENT, HOLDER, chain=tuple(CENTRE.above) * 11),
        b"\x30\x80" * 3000,
        cms.ContentInfo({"content_type": "data", "content": b"x"}).dump(),
    ],
    ids=range(11),
)
def test_says_of_what_is_no_signature_that_it_cannot_be_read(data):
    assert reason(data) == "signature_unreadable"


@pytest.mark.parametrize("attribute", ["content_type", "message_digest"])
def test_refuses_signed_attributes_that_miss_or_are_doubled(attribute):
    def without(_, signer):
        signer["signed_attrs"] = [a for a in signer["signed_attrs"] if a["type"].native != attribute]

    def doubled(_, signer):
        signer["signed_attrs"] = [*signer["signed_attrs"], *(a for a in signer["signed_attrs"])]

    assert reason(edited(detached(CONTENT, HOLDER), without)) == "signature_unreadable"
    assert reason(edited(detached(CONTENT, HOLDER), doubled)) == "signature_unreadable"


GOOD = detached(CONTENT, HOLDER)


@settings(max_examples=400)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 255), st.integers(0, 4))
def test_no_changed_byte_breaks_the_reader_or_makes_it_believe(place, change, cut):
    changed = bytearray(GOOD)
    changed[place] ^= change
    del changed[place : place + cut]
    try:
        found = VERIFIER.verify(cms=bytes(changed), content=CONTENT, at=NOW)
    except SignatureNotAccepted:
        return
    # Some bytes mean nothing to the signature (versions, unused parameters): then the signer is the same.
    assert found.digest == HOLDER.certificate.fingerprint(hashes.SHA256()).hex()


@settings(max_examples=200)
@given(st.binary(max_size=300))
def test_survives_whatever_is_sent(data):
    assert reason(data) == "signature_unreadable"
