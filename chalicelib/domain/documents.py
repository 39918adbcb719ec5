"""What the documents for people show: plain views, filled from the entities (F3, E1, B7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from chalicelib.domain.birth_date import DatePrecision


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderView:
    """The person that a document is about; ``middle_name``, ``sex`` and ``snils`` may be empty.

    Of ``born_on`` the month or the day is not shown where it is not known.
    """

    family_name: str
    given_name: str
    middle_name: str = ""
    sex: Literal["male", "female", ""] = ""
    born_on: date
    known_to: DatePrecision = DatePrecision.DAY
    snils: str = ""

    @property
    def full_name(self) -> str:
        """Surname, name and patronymic, if there is one."""
        parts = (self.family_name, self.given_name, self.middle_name)
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class InsurerView:
    """The insurer as a document names it; ``code`` is the five-digit one of the register."""

    name: str
    code: str
    phones: tuple[str, ...] = ()
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDocument:
    """The policy; ``valid_until`` is the first day without it (None: no term)."""

    policy_number: str
    holder: HolderView
    insurer: InsurerView
    valid_from: date
    valid_until: date | None
    form: str
    issued_on: date
    qr_link: str
    legal_reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractDocument:
    """The extract from the register at ``register_at``; with English beside Russian if bilingual.

    ``status`` is Russian text; ``status_en`` its English, for the bilingual form; ``clinic`` and
    ``clinic_since`` tell the attachment, if any.
    """

    policy_number: str
    holder: HolderView
    insurer: InsurerView
    insurer_since: date
    valid_from: date
    valid_until: date | None
    status: str
    status_en: str = ""
    clinic: str = ""
    clinic_since: date | None = None
    register_at: datetime
    issued_on: date
    qr_link: str
    legal_reference: str
    bilingual: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TemporaryCertificateDocument:
    """The temporary certificate; ``valid_until`` is the first day without it."""

    number: str
    holder: HolderView
    insurer: InsurerView
    identity_document: str
    application_number: str
    policy_number: str = ""
    valid_from: date
    valid_until: date
    issued_on: date
    qr_link: str
    legal_reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchView:
    """Days, the last one included, with one insurer; without a code nobody insured."""

    from_on: date
    to_on: date
    insurer: str
    insurer_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InsuranceCertificateDocument:
    """A certificate of insurance: the stretches lie one behind the other without a hole; with English if bilingual."""

    number: str
    holder: HolderView
    policy_number: str
    stretches: tuple[StretchView, ...]
    issued_on: date
    qr_link: str
    legal_reference: str
    bilingual: bool = False

    @property
    def is_continuous(self) -> bool:
        """Whether somebody insured on all days."""
        return all(stretch.insurer_code for stretch in self.stretches)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """An employee in the certificate of an employer; ``insurers`` stand only where the employee allowed it."""

    name: str
    born_on: str
    policy_number: str
    outcome: str
    insurers: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffDocument:
    """The certificate of an employer about its staff; ``to_on`` is the last day, ``lines`` are read once."""

    number: str
    organisation: str
    inn: str
    ogrn: str
    from_on: date
    to_on: date
    issued_on: date
    totals: tuple[tuple[str, int], ...]
    lines: Iterable[StaffLine]
    legal_reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDocument:
    """The receipt of an application, or of an appeal.

    ``submitted_at`` is shown with its own time zone; ``kind`` is the Russian name of what was handed in, ``what`` in
    the genitive; ``documents`` are titles of what came with it; ``next_steps`` say what happens now.
    """

    number: str
    submitted_at: datetime
    kind: str
    applicant: str
    insurer: InsurerView | None
    documents: tuple[str, ...]
    due_on: date
    status_link: str
    next_steps: tuple[str, ...]
    qr_link: str
    legal_reference: str
    what: str = "заявления"
