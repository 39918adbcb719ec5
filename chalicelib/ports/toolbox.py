"""Everything that the use cases may reach, in one place; the container makes each thing when it is first asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime, timedelta

    from chalicelib.domain.notifications import Channel, NotificationKind
    from chalicelib.domain.policy_term import TermProfile
    from chalicelib.domain.records import OutboxEntry
    from chalicelib.domain.terms import Term
    from chalicelib.ports.contacts import ContactParser
    from chalicelib.ports.documents import DocumentRenderer, QrTokens
    from chalicelib.ports.files import Files
    from chalicelib.ports.notifications import EmailSender, SmsSender
    from chalicelib.ports.registers import Registers
    from chalicelib.ports.scans import Pictures, ScanInspector
    from chalicelib.ports.sheets import Sheets
    from chalicelib.ports.signatures import SignatureVerifier
    from chalicelib.ports.staff_files import StaffFiles
    from chalicelib.ports.storage import Store
    from chalicelib.ports.webhooks import HookSender


class IdSource(Protocol):
    """New identifiers and chance."""

    def new_id(self, *, at: datetime) -> str:
        """Make a ULID: 26 characters that sort by time."""
        ...

    def below(self, limit: int) -> int:
        """Draw a number from 0 to limit - 1 that nobody can guess."""
        ...


class Secrets(Protocol):
    """What only the service can compute."""

    def lookup_hash(self, *, kind: str, value: str) -> str:
        """Hash an identifier for keys and indexes (HMAC-SHA-256 under the service's secret)."""
        ...

    @property
    def signing_secret(self) -> bytes:
        """The secret that one-time codes are derived from."""
        ...


class Queues(Protocol):
    """The message queues."""

    def send(self, *, entries: Sequence[OutboxEntry]) -> Sequence[OutboxEntry]:
        """Send outbox entries to their queues; returns those that the queues took."""
        ...


class Rendered(Protocol):
    """The parts of a rendered message; those that the channel lacks are empty."""

    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


class Texts(Protocol):
    """The templates of messages to people."""

    def render(self, *, kind: NotificationKind, channel: Channel, context: Mapping[str, str | int | date]) -> Rendered:
        """Fill the templates of a notification for one channel."""
        ...


class StatusLists(Protocol):
    """The signed lists by which a verifier without a connection to us learns of revocations."""

    def sign(self, *, number: int, statuses: Mapping[int, str], at: datetime) -> bytes:
        """Sign a list; ``statuses`` names what is not valid: revoked, suspended or replaced."""
        ...


class Snapshots(Protocol):
    """Signed lists by which a clinic works for a day without a connection to us."""

    def sign(self, *, claims: Mapping[str, Any], at: datetime, valid_for: timedelta) -> str:
        """Sign claims as a token (JWS) that ends after ``valid_for``."""
        ...


class Toolbox(Protocol):
    """The ports and the few settings that use cases depend on."""

    @property
    def store(self) -> Store: ...
    @property
    def ids(self) -> IdSource: ...
    @property
    def secrets(self) -> Secrets: ...
    @property
    def contacts(self) -> ContactParser: ...
    @property
    def registers(self) -> Registers: ...
    @property
    def scans(self) -> Files: ...
    @property
    def documents(self) -> Files: ...
    @property
    def staff_files(self) -> StaffFiles: ...
    @property
    def sheets(self) -> Sheets: ...
    @property
    def inspector(self) -> ScanInspector: ...
    @property
    def pictures(self) -> Pictures: ...
    @property
    def renderer(self) -> DocumentRenderer: ...
    @property
    def qr(self) -> QrTokens: ...
    @property
    def status_lists(self) -> StatusLists: ...
    @property
    def snapshots(self) -> Snapshots: ...
    @property
    def queues(self) -> Queues: ...
    @property
    def texts(self) -> Texts: ...
    @property
    def sms(self) -> SmsSender: ...
    @property
    def email(self) -> EmailSender: ...
    @property
    def hooks(self) -> HookSender: ...
    @property
    def webhooks_local(self) -> bool: ...
    @property
    def public_base_url(self) -> str: ...
    @property
    def mail_replies_domain(self) -> str: ...
    @property
    def scanner_required(self) -> bool: ...
    @property
    def policy_terms(self) -> TermProfile: ...
    @property
    def certificate_term(self) -> Term: ...
    @property
    def proof_of_work(self) -> int | None: ...
    @property
    def signatures(self) -> SignatureVerifier | None: ...
