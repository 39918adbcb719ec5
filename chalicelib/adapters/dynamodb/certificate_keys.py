"""The keys of certificates of insurance, of employers and of what employees allow them."""

from __future__ import annotations

from chalicelib.adapters.dynamodb.keys import Key, person

INSURED_PREFIX = "INSURED#"


def insurance_certificate(person_id: str, certificate_id: str) -> Key:
    """A certificate of insurance in the person's folder."""
    return Key(person(person_id).partition, f"{INSURED_PREFIX}{certificate_id}")
