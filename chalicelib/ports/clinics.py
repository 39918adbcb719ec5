"""The part of the store that serves clinics: their registry, attachments, and many lookups at once (J1, J2, G3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.clinic import Clinic, Doctor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chalicelib.domain.appointment import Appointment, AppointmentState
    from chalicelib.domain.attachment import Attachment
    from chalicelib.domain.attachment_states import AttachmentState
    from chalicelib.domain.clinic import ServedArea
    from chalicelib.domain.records import Pointer
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.queries import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicFile:
    """A clinic with its doctors; ``taken`` counts who is attached, by doctor."""

    clinic: Clinic
    doctors: tuple[Doctor, ...] = ()
    taken: Mapping[str, int] = field(default_factory=dict)

    def doctor(self, doctor_id: str) -> Doctor | None:
        """Return a doctor of the clinic."""
        return next((doctor for doctor in self.doctors if doctor.doctor_id == doctor_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LateRequest:
    """A request that a clinic did not decide in time: codes, days and opaque ids only."""

    attachment_id: str
    person_id: str
    clinic_code: str
    doctor_id: str
    requested_at: datetime
    due_on: date


class ClinicWork(Protocol):
    """Conditional writes about places with doctors."""

    def take_place(self, *, clinic_code: str, doctor_id: str, limit: int) -> None:
        """Take one of a doctor's places; the commit raises RuleRefused ``no_places`` if all are taken."""
        ...

    def free_place(self, *, clinic_code: str, doctor_id: str) -> None:
        """Give a doctor's place back."""
        ...


class ClinicReads(Protocol):
    """Reads of the clinics' registry and of attachments."""

    def clinic_file(self, *, code: str) -> ClinicFile | None:
        """Read a clinic with its doctors and how many places are taken (1 call)."""
        ...

    def clinic(self, *, code: str) -> Clinic | None:
        """Read a clinic alone (1 call)."""
        ...

    def clinics(self, *, region: str | None) -> Sequence[Clinic]:
        """List the clinics of a region, or all (1 call per 1 MB)."""
        ...

    def clinic_name(self, *, code: str) -> str:
        """Name a clinic, "" if there is none; names are kept in memory for some minutes (0 or 1 call)."""
        ...

    def clinics_by_code(self, *, codes: Sequence[str]) -> Mapping[str, Clinic]:
        """Read many clinics at once (1 call per 100)."""
        ...

    def doctors(self, *, region: str, speciality: str) -> Sequence[Doctor]:
        """List a region's doctors of a speciality (1 call per 1 MB)."""
        ...

    def registry_of(self, *, code: str) -> tuple[Sequence[Doctor], Sequence[ServedArea]]:
        """Read the doctors and areas of a clinic, as an import compares them (2 calls)."""
        ...

    def served_areas(self, *, region: str, street: str) -> Sequence[ServedArea]:
        """List who serves a street, by its key (1 call)."""
        ...

    def attachments_in(
        self, *, clinic_code: str, state: AttachmentState, limit: int, after: str | None
    ) -> Slice[Attachment]:
        """List a clinic's attachments in one state by an index, earliest day first (1 call)."""
        ...

    def attachments_by_day(
        self, *, clinic_code: str, state: AttachmentState, since: str, until: str
    ) -> Iterator[Sequence[Attachment]]:
        """Page through a clinic's attachments in one state of some days, both included (1 call per 1 MB)."""
        ...

    def person_files(self, *, person_ids: Sequence[str]) -> Mapping[str, PersonFile]:
        """Read many people's folders, side by side (1 call per person)."""
        ...

    def pointers_of_many(self, *, wanted: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Sequence[Pointer]]:
        """Follow many identifiers, each a kind and a hash.

        Costs 1 call per 100 that one person has alone, and 1 for each that several may share.
        """
        ...

    def late_attachments(self, *, region: str, limit: int, after: str | None) -> Slice[LateRequest]:
        """List a region's requests that are overdue, longest first (1 call)."""
        ...

    def appointment(self, *, person_id: str, appointment_id: str) -> Appointment | None:
        """Read a request for an appointment (1 call)."""
        ...

    def appointments_of(self, *, person_id: str, limit: int, after: str | None) -> Slice[Appointment]:
        """List a person's requests for appointments, newest first (1 call)."""
        ...

    def appointments_in(
        self, *, clinic_code: str, state: AppointmentState, limit: int, after: str | None
    ) -> Slice[Appointment]:
        """List a clinic's requests for appointments in one state by an index, oldest first (1 call)."""
        ...

    def due_attachments(self, *, until: datetime, page: int) -> Iterator[Sequence[Attachment]]:
        """Page through requests whose term of decision has passed, earliest first (1 call per page)."""
        ...
