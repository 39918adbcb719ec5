"""Certificates of insurance of one's own and of those whom one represents: asked for, listed, handed out (K1, K3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.asked_period import PeriodWish, read_period
from chalicelib.domain.errors import FieldError, RuleRefused, StateConflict, ValidationFailed
from chalicelib.domain.insurance_certificate import (
    CertificateMoment,
    InsuranceCertificate,
    InsuranceCertificateState,
    SendBy,
)
from chalicelib.domain.records import Queue
from chalicelib.domain.regions import find_region, home_region, local_date
from chalicelib.ports.errors import NotFound
from chalicelib.use_cases import idempotency
from chalicelib.use_cases.access import actor_of, require_citizen
from chalicelib.use_cases.journal import record, send
from chalicelib.use_cases.one_time_codes import daily_limit
from chalicelib.use_cases.ordered_documents import document_link
from chalicelib.use_cases.representations import holder_file

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.person import Person
    from chalicelib.domain.principal import Principal
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.queries import Slice
    from chalicelib.ports.toolbox import Toolbox

PER_DAY = 20
"""How many certificates one account may ask for in a day; more are a mistake of a program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateWish:
    """For which days, in which languages, and how it is to come; ``person_id`` names a represented person."""

    period: PeriodWish
    bilingual: bool = False
    send_by: SendBy = SendBy.DOWNLOAD
    person_id: str | None = None


def ask_for_certificate(
    *,
    tools: Toolbox,
    principal: Principal,
    wish: CertificateWish,
    at: datetime,
    request: idempotency.RequestKey | None = None,
) -> InsuranceCertificate:
    """Ask for a certificate; it is decided and made within a minute. A repeated key asks for no other.

    Raises:
        NotFound: the right to act for the person does not stand.
        ValidationFailed: with every mistake in the period; or an e-mail is wanted and none is confirmed.
        RuleRefused: there is no profile yet.
        RateLimited: too many were asked for today.
    """
    require_citizen(principal)
    return idempotency.once(
        request=request,
        principal=principal,
        tools=tools,
        create=lambda: _asked(tools, principal, wish, request, at),
        recall=lambda found: _recalled(tools, found),
    )


def _asked(
    tools: Toolbox,
    principal: Principal,
    wish: CertificateWish,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> InsuranceCertificate:
    known = holder_file(tools=tools, principal=principal, person_id=wish.person_id, at=at)
    person = _profile(known)
    region = home_region(form={"registration_address": person.address})
    period = read_period(wish=wish.period, today=local_date(at=at, region=region))
    _check_email(tools, principal, known, wish)
    asked = InsuranceCertificate(
        certificate_id=tools.ids.new_id(at=at),
        person_id=person.person_id,
        account_id=principal.account_id,
        from_on=period.from_on,
        until_on=period.until_on,
        asked_at=at,
        utc_offset_hours=find_region(code=region).utc_offset_hours,
        bilingual=wish.bilingual,
        send_by=wish.send_by,
        history=(CertificateMoment(state=InsuranceCertificateState.PROCESSING, at=at),),
    )
    return _kept(tools, principal, asked, request, at)


def _kept(
    tools: Toolbox,
    principal: Principal,
    asked: InsuranceCertificate,
    request: idempotency.RequestKey | None,
    at: datetime,
) -> InsuranceCertificate:
    work = tools.store.work(at=at)
    work.count(daily_limit(name="insurance-certificates", subject=principal.account_id, times=PER_DAY))
    actor = actor_of(principal, acts_for=asked.person_id)
    details = {"certificate_id": asked.certificate_id}
    asked = record(
        asked, work=work, tools=tools, name="insurance_certificate_asked", at=at, actor=actor, details=details
    )
    work.create(asked)
    body = {"person_id": asked.person_id, "certificate_id": asked.certificate_id}
    send(work=work, tools=tools, queue=Queue.DOCUMENTS, body=body, at=at)
    result = f"{asked.person_id} {asked.certificate_id}"
    idempotency.remember(work=work, request=request, principal=principal, result=result, tools=tools, at=at)
    work.commit()
    return asked


def _recalled(tools: Toolbox, result: str) -> InsuranceCertificate:
    person_id, _, certificate_id = result.partition(" ")
    return _read(tools, person_id, certificate_id)


def _profile(known: PersonFile) -> Person:
    if known.person is None:
        raise RuleRefused("no_profile", "Профиля ещё нет: дайте согласие на обработку персональных данных")
    return known.person


def _check_email(tools: Toolbox, principal: Principal, known: PersonFile, wish: CertificateWish) -> None:
    if wish.send_by is not SendBy.EMAIL:
        return
    own = known if wish.person_id is None else tools.store.person_file(person_id=principal.account_id)
    email = own.person.email if own.person else None
    if email is None or email.verified_at is None:
        message = "Подтверждённой почты нет: подтвердите её в профиле или выберите скачивание (download)"
        raise ValidationFailed([FieldError(field="send_by", code="email_not_confirmed", message=message)])


def list_certificates(
    *, tools: Toolbox, principal: Principal, person_id: str | None, limit: int, after: str | None, at: datetime
) -> Slice[InsuranceCertificate]:
    """List certificates of one's own or of a represented person, newest first (2 or 3 AWS calls); raises NotFound."""
    whose = _whose(holder_file(tools=tools, principal=principal, person_id=person_id, at=at), principal)
    return tools.store.insurance_certificates_of(person_id=whose, limit=limit, after=after)


@dataclass(frozen=True, slots=True, kw_only=True)
class WhichCertificate:
    """Which certificate is meant, and whose: ``person_id`` names a represented person, None the principal."""

    certificate_id: str
    person_id: str | None = None


def find_certificate(
    *, tools: Toolbox, principal: Principal, which: WhichCertificate, at: datetime
) -> InsuranceCertificate:
    """Read one certificate (2 or 3 AWS calls).

    Raises:
        NotFound: there is none, it is another person's, or the right to act has ended.
    """
    known = holder_file(tools=tools, principal=principal, person_id=which.person_id, at=at)
    return _read(tools, _whose(known, principal), which.certificate_id)


def certificate_link(*, tools: Toolbox, principal: Principal, which: WhichCertificate, at: datetime) -> str:
    """Make a short-lived link to the document (2 or 3 AWS calls); raises NotFound while it is not ready.

    Raises:
        StateConflict: it was revoked.
    """
    known = holder_file(tools=tools, principal=principal, person_id=which.person_id, at=at)
    certificate = _read(tools, _whose(known, principal), which.certificate_id)
    if certificate.state is InsuranceCertificateState.REVOKED:
        raise StateConflict("Справка отозвана: сведения исправлены, закажите новую")
    return document_link(tools=tools, file=known, document_id=certificate.document_id)


def _whose(known: PersonFile, principal: Principal) -> str:
    return known.person.person_id if known.person is not None else principal.account_id


def _read(tools: Toolbox, person_id: str, certificate_id: str) -> InsuranceCertificate:
    found = tools.store.insurance_certificate(person_id=person_id, certificate_id=certificate_id)
    if found is None:
        raise NotFound("Справка не найдена")
    return found
