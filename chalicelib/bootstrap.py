"""The composition root: settings to a container of adapters, each made when first asked for and then kept."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib import settings as environment
from chalicelib.adapters import clock

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.adapters.oidc import OidcProvider
    from chalicelib.domain.policy_term import TermProfile
    from chalicelib.domain.terms import Term
    from chalicelib.ports.contacts import ContactParser
    from chalicelib.ports.documents import DocumentRenderer, QrTokens
    from chalicelib.ports.files import Files
    from chalicelib.ports.notifications import EmailSender, SmsSender
    from chalicelib.ports.registers import Registers
    from chalicelib.ports.scans import Pictures, ScanInspector
    from chalicelib.ports.sheets import Sheets
    from chalicelib.ports.signatures import SignatureVerifier
    from chalicelib.ports.signing import Signer
    from chalicelib.ports.staff_files import StaffFiles
    from chalicelib.ports.storage import Store
    from chalicelib.ports.toolbox import IdSource, Queues, Secrets, Snapshots, StatusLists, Texts
    from chalicelib.ports.webhooks import HookSender
    from chalicelib.settings import Settings


class Container:
    """Implements the Toolbox port; nothing is imported or connected before it is needed."""

    def __init__(self, *, settings: Settings) -> None:
        self.settings = settings

    def now(self) -> datetime:
        """The present moment."""
        return clock.now()

    def client(self, service: str) -> Any:
        """Return the one client of an AWS service."""
        from chalicelib.adapters.aws import client  # noqa: PLC0415 — botocore is the heaviest import

        return client(service)

    @property
    def public_base_url(self) -> str:
        """The address under which people reach the service."""
        return self.settings.public_base_url

    @property
    def mail_replies_domain(self) -> str:
        """The domain at which letters that answer ours are received; "" where none are."""
        return self.settings.mail_replies_domain

    @property
    def scanner_required(self) -> bool:
        """Whether a scan without a malware scanner's verdict has to wait."""
        return self.settings.scanner_required

    @property
    def policy_terms(self) -> TermProfile:
        """Whose terms of policies are in force."""
        return self.settings.policy_terms

    @property
    def certificate_term(self) -> Term:
        """For how long a temporary certificate is valid."""
        return self.settings.certificate_term

    @property
    def proof_of_work(self) -> int | None:
        """Among how many numbers the public searches before a lookup; None asks for no proof."""
        return self.settings.proof_of_work

    @cached_property
    def store(self) -> Store:
        """The table."""
        from chalicelib.adapters.dynamodb.store import DynamoDBStore  # noqa: PLC0415 — made when asked

        return DynamoDBStore(client=self.client("dynamodb"), table=self.settings.table_name, hint=self._hint)

    def _hint(self, body: str) -> None:
        from chalicelib.adapters.sqs.queues import RelayHint  # noqa: PLC0415 — only after a write

        RelayHint(client=self.client("sqs"), url=self.settings.outbox_relay_queue_url)(body)

    @cached_property
    def ids(self) -> IdSource:
        """New identifiers."""
        from chalicelib.adapters.ids import UlidSource  # noqa: PLC0415 — made when asked

        return UlidSource()

    @cached_property
    def secrets(self) -> Secrets:
        """Hashes under the service's secret."""
        from chalicelib.adapters.secrets import ServiceSecrets  # noqa: PLC0415 — made when asked

        return ServiceSecrets(client=self.client("secretsmanager"), secret_id=self.settings.lookup_secret_id)

    @cached_property
    def contacts(self) -> ContactParser:
        """Phones and e-mails."""
        from chalicelib.adapters import contacts  # noqa: PLC0415 — made when asked

        return contacts

    @cached_property
    def registers(self) -> Registers:
        """The registers' gateway."""
        from chalicelib.adapters.registers import HTTPRegisters  # noqa: PLC0415 — made when asked

        return HTTPRegisters(base_url=self.settings.registers_url)

    @cached_property
    def scans(self) -> Files:
        """Uploaded scans."""
        return self._files(self.settings.scans_bucket)

    @cached_property
    def documents(self) -> Files:
        """Generated documents."""
        return self._files(self.settings.documents_bucket)

    def _files(self, bucket: str) -> Files:
        from chalicelib.adapters.s3.files import S3Files  # noqa: PLC0415 — made when asked

        return S3Files(client=self.client("s3"), bucket=bucket)

    @cached_property
    def staff_files(self) -> StaffFiles:
        """Chunks of lists of staff."""
        from chalicelib.adapters.s3.staff_files import S3StaffFiles  # noqa: PLC0415 — made when asked

        return S3StaffFiles(files=self.documents)

    @cached_property
    def sheets(self) -> Sheets:
        """Sheets in and out."""
        from chalicelib.adapters.sheets.sheets import FileSheets  # noqa: PLC0415 — made when asked

        return FileSheets()

    @cached_property
    def inspector(self) -> ScanInspector:
        """The inspection of scans."""
        from chalicelib.adapters.scans.inspector import (  # noqa: PLC0415 — heavy libraries
            SandboxedScanInspector,
        )

        return SandboxedScanInspector()

    @cached_property
    def pictures(self) -> Pictures:
        """The pictures of scans that people see."""
        from chalicelib.adapters.scans.pictures import PillowPictures  # noqa: PLC0415 — made when asked

        return PillowPictures()

    @cached_property
    def renderer(self) -> DocumentRenderer:
        """The PDFs."""
        from chalicelib.adapters.documents.fpdf_renderer import FPDFRenderer  # noqa: PLC0415 — heavy

        return FPDFRenderer()

    @cached_property
    def signer(self) -> Signer:
        """The key that signs codes."""
        from chalicelib.adapters.signing import KMSSigner  # noqa: PLC0415 — heavy

        return KMSSigner(
            kms=self.client("kms"),
            key_id=self.settings.signing_key_id,
            retired_key_ids=self.settings.retired_signing_key_ids,
        )

    @cached_property
    def qr(self) -> QrTokens:
        """Codes on documents; the table, not a status list, tells what is revoked."""
        from chalicelib.adapters.documents.qr_token import CwtQrTokens  # noqa: PLC0415 — heavy

        return CwtQrTokens(signer=self.signer, public_base_url=self.public_base_url, status=lambda _: None)

    @cached_property
    def status_lists(self) -> StatusLists:
        """Signed lists of revoked documents."""
        from chalicelib.adapters.documents.status_list import SignedStatusLists  # noqa: PLC0415 — heavy

        return SignedStatusLists(signer=self.signer, public_base_url=self.public_base_url)

    @cached_property
    def snapshots(self) -> Snapshots:
        """Signed lists for a day without network."""
        from chalicelib.adapters.documents.snapshot import SignedSnapshots  # noqa: PLC0415 — made when asked

        return SignedSnapshots(signer=self.signer, public_base_url=self.public_base_url)

    @cached_property
    def signatures(self) -> SignatureVerifier | None:
        """The check of signatures by certificate; None where no trust anchor is set."""
        if not self.settings.signature_trust_anchors:
            return None
        from chalicelib.adapters.signatures.verifier import CmsVerifier  # noqa: PLC0415 — heavy

        return CmsVerifier(trust_anchors=self.settings.signature_trust_anchors)

    @cached_property
    def sign_in(self) -> OidcProvider:
        """The issuer at which people sign in to the pages."""
        from chalicelib.adapters.oidc import OidcProvider  # noqa: PLC0415 — only where somebody signs in

        identity = environment.identity_settings()
        return OidcProvider(issuer=identity.issuer, client_id=identity.client_id)

    @cached_property
    def queues(self) -> Queues:
        """The message queues."""
        from chalicelib.adapters.sqs.queues import SQSQueues  # noqa: PLC0415 — made when asked
        from chalicelib.domain.records import Queue  # noqa: PLC0415 — made when asked

        # The settings have each queue under its own name.
        urls = {queue: getattr(self.settings, f"{queue.value}_queue_url") for queue in Queue}
        return SQSQueues(client=self.client("sqs"), urls=urls)

    @cached_property
    def texts(self) -> Texts:
        """The templates of messages."""
        from chalicelib.adapters import templates  # noqa: PLC0415 — made when asked

        return templates

    @cached_property
    def sms(self) -> SmsSender:
        """SMS: by SNS, and by a second provider in its place where one is set."""
        from chalicelib.adapters.notifications.sns import SnsSmsSender  # noqa: PLC0415 — made when asked

        first = SnsSmsSender(client=self.client("sns"), sender_id=self.settings.sms_sender_id)
        return self._with_second(first) if self.settings.sms_second_url else first

    def _with_second(self, first: SmsSender) -> SmsSender:
        from chalicelib.adapters.notifications.aggregator import AggregatorSmsSender  # noqa: PLC0415 — where set
        from chalicelib.adapters.notifications.switching import with_second  # noqa: PLC0415 — as above

        second = AggregatorSmsSender(self.settings.sms_second_url, self.settings.sms_sender_id, token=self._sms_token)
        return with_second(first=first, second=second, routes=self.store, now=self.now)

    def _sms_token(self) -> str:
        secret_id = self.settings.sms_second_secret_id
        return str(self.client("secretsmanager").get_secret_value(SecretId=secret_id)["SecretString"])

    @cached_property
    def sms_receipt_secrets(self) -> tuple[str, ...]:
        """The secrets by which the second provider may sign its receipts; none without one."""
        from chalicelib.adapters.secrets import signing_secrets as read  # noqa: PLC0415 — only where receipts come

        secret_id = self.settings.sms_second_receipts_secret_id
        return read(client=self.client("secretsmanager"), secret_id=secret_id) if secret_id else ()

    @cached_property
    def email(self) -> EmailSender:
        """E-mail."""
        from chalicelib.adapters.notifications.ses import SesEmailSender  # noqa: PLC0415 — made when asked

        return SesEmailSender(
            client=self.client("sesv2"),
            sender=self.settings.mail_from,
            configuration=self.settings.mail_configuration,
        )

    @property
    def webhooks_local(self) -> bool:
        """Whether webhooks may go to this machine by http, as in a local home."""
        return self.settings.webhooks_local

    @cached_property
    def hooks(self) -> HookSender:
        """Webhooks."""
        from chalicelib.adapters.webhooks.sender import HttpHookSender  # noqa: PLC0415 — made when asked

        return HttpHookSender(is_local_home=self.settings.webhooks_local)


_held: list[Container] = []


def container() -> Container:
    """Return the process's container, made on first use."""
    if not _held:
        _held.append(Container(settings=environment.settings()))
    return _held[0]


def use_container(made: Container | None) -> None:
    """Let a test put its own container in place; None forgets it."""
    _held[:] = [] if made is None else [made]
