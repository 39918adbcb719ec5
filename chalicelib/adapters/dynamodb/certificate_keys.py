"""The keys of certificates of insurance, of employers and of what employees allow them."""

from __future__ import annotations

from chalicelib.adapters.dynamodb.keys import Key, person

INSURED_PREFIX = "INSURED#"
EMPLOYER_PREFIX = "EMPLOYER#"
REQUEST_PREFIX = "REQUEST#"
STAFF_PREFIX = "STAFF#"


def insurance_certificate(person_id: str, certificate_id: str) -> Key:
    """A certificate of insurance in the person's folder."""
    return Key(person(person_id).partition, f"{INSURED_PREFIX}{certificate_id}")


def employer(account_id: str, employer_id: str) -> Key:
    """The right to act for an employer, in the folder of who acts."""
    return Key(person(account_id).partition, f"{EMPLOYER_PREFIX}{employer_id}")


def employer_request(employer_id: str, request_id: str) -> Key:
    """A request of an employer about its staff."""
    return Key(f"{EMPLOYER_PREFIX}{employer_id}", f"{REQUEST_PREFIX}{request_id}")


def employee_consent(person_id: str, organisation_id: str) -> Key:
    """What a person lets an organisation know, in the person's folder."""
    return Key(person(person_id).partition, f"{STAFF_PREFIX}{organisation_id}")
