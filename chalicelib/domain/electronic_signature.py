"""Signing an application by a certificate: what is signed, and whose certificate it has to be (requirements A2, A3)."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.errors import DomainError
from chalicelib.domain.names import norm_key
from chalicelib.domain.plain_text import without_separators

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.domain.application import Application
    from chalicelib.domain.principal import PersonClaims

PURPOSE = "Подача заявления об обязательном медицинском страховании"


class SignatureNotAccepted(DomainError):
    """The electronic signature does not count; ``reason`` is the stable code of why."""

    code = "signature_not_accepted"

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerCertificate:
    """The certificate that a signature was checked by: whose it is, and the SHA-256 of it in hexadecimal.

    ``given_names`` are name and patronymic in one, as certificates have them.
    """

    digest: str
    snils: str = field(default="", repr=False)
    family_name: str = field(default="", repr=False)
    given_names: str = field(default="", repr=False)
    common_name: str = field(default="", repr=False)


def signing_content(*, application: Application, scans: Mapping[str, str]) -> bytes:
    """The bytes that are signed: canonical JSON of the whole application, the same for the same content.

    Keys are sorted, nothing is between the parts, letters stand as they are, in UTF-8. ``scans`` are ids by
    document. The turn makes the answer to a clarification another text than the submission before it.
    """
    submitted = sum(moment.state is ApplicationState.IN_PROCESSING for moment in application.history)
    content = {
        "purpose": PURPOSE,
        "application_id": application.application_id,
        "kind": application.kind.value,
        "category": application.category.value,
        "turn": submitted + 1,
        "form": {name: dict(section) for name, section in application.form.items()},
        "scans": dict(scans),
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def check_signer(*, certificate: SignerCertificate, person: PersonClaims | None) -> None:
    """Check that a certificate is the applicant's: by СНИЛС, or by the full name where it has no СНИЛС.

    Raises:
        SignatureNotAccepted: ``certificate_of_another_person``.
    """
    if person is not None and (_same_snils if certificate.snils else _same_name)(certificate, person):
        return
    detail = "Сертификат выдан другому человеку: в нём должны быть ваш СНИЛС или ваши фамилия, имя и отчество"
    raise SignatureNotAccepted("certificate_of_another_person", detail)


def _same_snils(certificate: SignerCertificate, person: PersonClaims) -> bool:
    own = without_separators(person.snils or "")
    return bool(own) and hmac.compare_digest(own.encode(), without_separators(certificate.snils).encode())


def _same_name(certificate: SignerCertificate, person: PersonClaims) -> bool:
    parts = (person.family_name, person.given_name, person.middle_name)
    own = norm_key(" ".join(part for part in parts if part))
    full = (
        f"{certificate.family_name} {certificate.given_names}" if certificate.given_names else certificate.common_name
    )
    return bool(person.family_name and person.given_name) and own == norm_key(full)
