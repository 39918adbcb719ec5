"""The environment, read into frozen settings; nothing else reads it."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalicelib.domain.policy_term import TermProfile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.terms import Term  # noqa: TC004 — no annotation is evaluated here


class InvalidSetting(ValueError):
    """A variable of the environment does not say what it has to; the text names it and the mend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySettings:
    """Whom the service trusts: the exact issuer, the audience and where its keys are; as whom its pages sign in."""

    issuer: str
    audience: str
    jwks_url: str
    client_id: str


def identity_settings(environment: Mapping[str, str] | None = None) -> IdentitySettings:
    """Read OIDC_ISSUER, OIDC_AUDIENCE, OIDC_JWKS_URL, and OIDC_CLIENT_ID (the audience where it is not set).

    Raises:
        KeyError: one of them is not set.
    """
    given = os.environ if environment is None else environment
    return IdentitySettings(
        issuer=given["OIDC_ISSUER"],
        audience=given["OIDC_AUDIENCE"],
        jwks_url=given["OIDC_JWKS_URL"],
        client_id=given.get("OIDC_CLIENT_ID") or given["OIDC_AUDIENCE"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Names and addresses of what the Lambdas use."""

    table_name: str
    scans_bucket: str
    documents_bucket: str
    verification_queue_url: str
    issuance_queue_url: str
    documents_queue_url: str
    notifications_queue_url: str
    receipts_queue_url: str
    employer_lists_queue_url: str
    outbox_relay_queue_url: str
    exchange_queue_url: str
    webhooks_queue_url: str
    signing_key_id: str
    lookup_secret_id: str
    registers_url: str
    public_base_url: str
    mail_from: str
    web_origin: str
    retired_signing_key_ids: tuple[str, ...] = ()
    sms_sender_id: str = ""
    mail_configuration: str = ""
    scanner_required: bool = False
    certificate_term: Term
    proof_of_work: int | None = None
    signature_trust_anchors: str = ""
    policy_terms: TermProfile = TermProfile.SERVICE
    mail_replies_domain: str = ""
    webhooks_local: bool = False
    sms_second_url: str = ""
    sms_second_secret_id: str = ""
    sms_second_receipts_secret_id: str = ""


def settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the settings of the service.

    Raises:
        KeyError: a required one is not set.
        InvalidSetting: one is set to what cannot be read.
    """
    given = os.environ if environment is None else environment
    retired = given.get("RETIRED_SIGNING_KEY_IDS", "")
    return Settings(
        table_name=given["TABLE_NAME"],
        scans_bucket=given["SCANS_BUCKET"],
        documents_bucket=given["DOCUMENTS_BUCKET"],
        verification_queue_url=given["VERIFICATION_QUEUE_URL"],
        issuance_queue_url=given["ISSUANCE_QUEUE_URL"],
        documents_queue_url=given["DOCUMENTS_QUEUE_URL"],
        notifications_queue_url=given["NOTIFICATIONS_QUEUE_URL"],
        receipts_queue_url=given["RECEIPTS_QUEUE_URL"],
        employer_lists_queue_url=given["EMPLOYER_LISTS_QUEUE_URL"],
        outbox_relay_queue_url=given["OUTBOX_RELAY_QUEUE_URL"],
        exchange_queue_url=given["EXCHANGE_QUEUE_URL"],
        webhooks_queue_url=given["WEBHOOKS_QUEUE_URL"],
        signing_key_id=given["SIGNING_KEY_ID"],
        lookup_secret_id=given["LOOKUP_SECRET_ID"],
        registers_url=given["REGISTERS_URL"],
        public_base_url=given["PUBLIC_BASE_URL"].rstrip("/"),
        mail_from=given["MAIL_FROM"],
        web_origin=given["WEB_ORIGIN"],
        retired_signing_key_ids=tuple(part for part in retired.split(",") if part),
        sms_sender_id=given.get("SMS_SENDER_ID", ""),
        mail_configuration=given.get("MAIL_CONFIGURATION", ""),
        scanner_required=given.get("SCANNER_REQUIRED", "") == "yes",
        certificate_term=_certificate_term(given),
        proof_of_work=_proof_of_work(given),
        signature_trust_anchors=_trust_anchors(given),
        policy_terms=_policy_terms(given),
        mail_replies_domain=given.get("MAIL_REPLIES_DOMAIN", "").lower(),
        sms_second_url=given.get("SMS_SECOND_URL", ""),
        sms_second_secret_id=given.get("SMS_SECOND_SECRET_ID", ""),
        sms_second_receipts_secret_id=given.get("SMS_SECOND_URL", "")
        and given.get("SMS_SECOND_RECEIPTS_SECRET_ID", ""),
        webhooks_local=given.get("WEBHOOKS_LOCAL", "") == "yes",
    )


def check(environment: Mapping[str, str] | None = None) -> None:
    """Refuse to start with a setting that is set to what cannot be read; what is missing shows at first use.

    Raises:
        InvalidSetting: names the setting and how to write it.
    """
    given = os.environ if environment is None else environment
    _certificate_term(given)
    _policy_terms(given)
    _proof_of_work(given)
    _trust_anchors(given)
    maintenance_until(given)


def _certificate_term(given: Mapping[str, str]) -> Term:
    # The authorizer reads settings too, and needs no calendar.
    from chalicelib.domain.errors import InvalidValue  # noqa: PLC0415
    from chalicelib.domain.terms import LONGEST, parse_term  # noqa: PLC0415

    text = given.get("CERTIFICATE_TERM") or "30 calendar"
    try:
        return parse_term(text=text)
    except InvalidValue:
        mend = f"write 1 to {LONGEST} and the kind of days, as in '30 calendar' or '45 working'"
        raise InvalidSetting(f"CERTIFICATE_TERM is {text!r}: {mend}") from None


def _policy_terms(given: Mapping[str, str]) -> TermProfile:
    text = given.get("POLICY_TERMS") or TermProfile.SERVICE
    if text not in set(TermProfile):
        raise InvalidSetting(f"POLICY_TERMS is {text!r}: write {' or '.join(TermProfile)}")
    return TermProfile(text)


def _proof_of_work(given: Mapping[str, str]) -> int | None:
    from chalicelib.domain.proof_of_work import EASIEST, HARDEST  # noqa: PLC0415 — as above

    text = given.get("PROOF_OF_WORK") or "off"
    if text == "off":
        return None
    if not re.fullmatch("[0-9]{1,9}", text) or not EASIEST <= int(text) <= HARDEST:
        mend = f"write off, or among how many numbers to search, from {EASIEST} to {HARDEST}"
        raise InvalidSetting(f"PROOF_OF_WORK is {text!r}: {mend}")
    return int(text)


def maintenance_until(environment: Mapping[str, str] | None = None) -> datetime | None:
    """Read until when the service is closed for works; None where none are announced.

    Raises:
        InvalidSetting: it is no moment with an offset.
    """
    given = os.environ if environment is None else environment
    text = given.get("MAINTENANCE_UNTIL", "")
    if not text:
        return None
    try:
        until: datetime | None = datetime.fromisoformat(text)
    except ValueError:
        until = None
    if until is None or until.tzinfo is None:
        mend = "write a moment with its offset, as in 2026-12-01T03:00+03:00, or nothing"
        raise InvalidSetting(f"MAINTENANCE_UNTIL is {text!r}: {mend}")
    return until.astimezone(UTC)


_PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


def _trust_anchors(given: Mapping[str, str]) -> str:
    # Some tools cannot set a text of several lines: they may write \n instead.
    text = given.get("SIGNATURE_TRUST_ANCHORS", "").replace("\\n", "\n").strip()
    if text and (_PEM.sub("", text).strip() or not all(map(_is_der, _PEM.findall(text)))):
        raise InvalidSetting(
            "SIGNATURE_TRUST_ANCHORS is no PEM: write the certificates of trusted authorities, one after another"
        )
    return text


def _is_der(body: str) -> bool:
    # The whole certificate is read when it is first needed: the library for that takes long to load.
    try:
        return base64.b64decode("".join(body.split()), validate=True).startswith(b"\x30\x82")
    except ValueError:
        return False


def web_origin(environment: Mapping[str, str] | None = None) -> str:
    """Read WEB_ORIGIN, which the API needs before anything else; any origin where it is not set.

    Tokens travel in a header and never in cookies, so another origin gains nothing by reading answers.
    """
    given = os.environ if environment is None else environment
    return given.get("WEB_ORIGIN", "*")


def log_level(environment: Mapping[str, str] | None = None) -> str:
    """Read LOG_LEVEL, INFO by default."""
    given = os.environ if environment is None else environment
    return given.get("LOG_LEVEL", "INFO")


def is_api_lambda(environment: Mapping[str, str] | None = None) -> bool:
    """Whether this process is the Lambda "api", by the handler that its runtime names: it handles no events."""
    given = os.environ if environment is None else environment
    return given.get("_HANDLER") == "app.app"
