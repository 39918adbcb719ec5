"""Signing an application by a certificate instead of a code (requirements A2, A3)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application, Signature, advance
from chalicelib.domain.application_states import ApplicationEvent, ApplicationState
from chalicelib.domain.electronic_signature import SignatureNotAccepted, check_signer, signing_content
from chalicelib.domain.errors import StateConflict
from chalicelib.use_cases.access import actor_of, own, require_confirmed
from chalicelib.use_cases.sign_application import accepted_scans, check_consent, check_whole, signer_and_holder

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import ApplicationFile, PersonFile
    from chalicelib.ports.signatures import SignatureVerifier
    from chalicelib.ports.toolbox import Toolbox

CMS = "cms"


def content_to_sign(*, tools: Toolbox, principal: Principal, application_id: str, at: datetime) -> bytes:
    """Give the exact bytes to sign, once nothing is missing in the application (3 AWS calls; 4 for a change).

    Raises:
        SignatureNotAccepted: signatures by certificate are not offered.
        ValidationFailed: with every mistake and everything missing.
        RuleRefused: no consent, or a rule of insurance forbids it.
        StateConflict: it is submitted already.
    """
    require_confirmed(principal)
    file = tools.store.application_file(application_id=application_id)
    own(file, principal)
    _checked(tools, principal, file, at)
    return _content(file)


def accept_certificate(
    *, tools: Toolbox, principal: Principal, file: ApplicationFile, cms: str, at: datetime
) -> tuple[Application, Signature]:
    """Check a detached signature (Base64) over the content; returns the application as it is then to be submitted.

    Raises:
        SignatureNotAccepted: for each reason with its code.
        ValidationFailed, RuleRefused, StateConflict: as of the content to sign.
    """
    verifier, known = _checked(tools, principal, file, at)
    content = _content(file)
    certificate = verifier.verify(cms=_decoded(cms), content=content, at=at)
    check_signer(certificate=certificate, person=principal.person)
    signature = Signature(
        method=CMS,
        assurance=principal.assurance.value,
        signed_at=at,
        form_digest=hashlib.sha256(content).hexdigest(),
        certificate_digest=certificate.digest,
        evidence=cms,
    )
    policy = known.standing_policy
    application = replace(file.application, present_policy_id=policy.policy_id if policy else None)
    if application.state is ApplicationState.DRAFT:
        event = ApplicationEvent.REQUEST_SIGNATURE
        actor = actor_of(principal, acts_for=application.person_id)
        application = advance(application=application, event=event, at=at, actor=actor)
    return application, signature


def _checked(
    tools: Toolbox, principal: Principal, file: ApplicationFile, at: datetime
) -> tuple[SignatureVerifier, PersonFile]:
    verifier = tools.signatures
    if verifier is None:
        detail = "Подпись сертификатом сейчас не принимается: подпишите заявление кодом из СМС"
        raise SignatureNotAccepted("signature_not_offered", detail)
    if not file.application.is_editable:
        raise StateConflict("Заявление уже подано: подписывать его ещё раз не нужно")
    _, known = signer_and_holder(tools, principal, file.application, at)
    check_consent(known)
    check_whole(tools, principal, file, known, at)
    return verifier, known


def _content(file: ApplicationFile) -> bytes:
    return signing_content(application=file.application, scans=accepted_scans(file))


def _decoded(cms: str) -> bytes:
    try:
        # Programs break Base64 into lines.
        return base64.b64decode("".join(cms.split()), validate=True)
    except ValueError:
        detail = "Подпись не читается: передайте её в Base64"
        raise SignatureNotAccepted("signature_unreadable", detail) from None
