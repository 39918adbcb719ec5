"""What lies together and is read by one call: the folder of an application, that of a person."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.application import Application
from chalicelib.domain.attachment import Attachment, AttachmentBook
from chalicelib.domain.erased import Erased
from chalicelib.domain.legacy_registration import LegacyPolicy
from chalicelib.domain.person import Person
from chalicelib.domain.policy import STANDING, Policy, PolicyState
from chalicelib.domain.records import StoredDocument, ViewLog
from chalicelib.domain.representation import Representation
from chalicelib.domain.scan import Scan
from chalicelib.domain.signing_code import Challenge
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationFile:
    """An application with all that lies in its folder."""

    application: Application
    scans: tuple[Scan, ...] = ()
    challenge: Challenge | None = None

    def scan(self, scan_id: str) -> Scan | None:
        """Return a scan by its id."""
        return next((scan for scan in self.scans if scan.scan_id == scan_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFile:
    """A person with policies, certificates, registrations of earlier policies and generated documents.

    ``represented`` are those the person acts for; ``attachment_books`` say which attachments stand or are asked for,
    ``erased`` what was destroyed.
    """

    person: Person | None = None
    policies: tuple[Policy, ...] = ()
    certificates: tuple[TemporaryCertificate, ...] = ()
    legacy_policies: tuple[LegacyPolicy, ...] = ()
    documents: tuple[StoredDocument, ...] = ()
    views: ViewLog | None = None
    represented: tuple[Representation, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    attachment_books: tuple[AttachmentBook, ...] = ()
    erased: tuple[Erased, ...] = ()

    @property
    def standing_policy(self) -> Policy | None:
        """The one policy that is active or suspended, if any."""
        return next((p for p in self.policies if p.state in STANDING), None)

    @property
    def active_policy(self) -> Policy | None:
        """The one active policy, if any."""
        return next((p for p in self.policies if p.state is PolicyState.ACTIVE), None)

    @property
    def active_certificate(self) -> TemporaryCertificate | None:
        """The temporary certificate in force, if any."""
        return next((c for c in self.certificates if c.state is CertificateState.ACTIVE), None)

    @property
    def live_legacy_policy(self) -> LegacyPolicy | None:
        """The one registration of an earlier policy that is pending or confirmed, if any."""
        return next((registration for registration in self.legacy_policies if registration.is_live), None)
