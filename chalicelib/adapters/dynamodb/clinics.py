"""Reads of the clinics' registry and of attachments; a part of the store."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.adapters.dynamodb import clinic_items, clinic_keys, index_keys, items, keys
from chalicelib.adapters.dynamodb.due import due_pages
from chalicelib.domain.appointment import Appointment
from chalicelib.domain.attachment import Attachment
from chalicelib.domain.clinic import Clinic, Doctor, ServedArea
from chalicelib.ports.clinics import ClinicFile, LateRequest
from chalicelib.ports.queries import Slice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from chalicelib.adapters.dynamodb.table import Table
    from chalicelib.domain.appointment import AppointmentState
    from chalicelib.domain.attachment_states import AttachmentState

E = TypeVar("E")

NAMES_KEPT_SECONDS = 300


class ClinicReads:
    """The part of the store that clinics use."""

    _table: Table
    _clinic_names: tuple[float, Mapping[str, str]] | None = None

    def clinic_file(self, *, code: str) -> ClinicFile | None:
        """Read a clinic with its doctors and how many places are taken."""
        clinic: Clinic | None = None
        doctors: list[Doctor] = []
        taken: dict[str, int] = {}
        for item in self._table.query_all(clinic_keys.clinic(code).partition):
            sort = keys.of_item(item).sort
            if sort.startswith(clinic_keys.PLACES_PREFIX):
                taken[clinic_keys.doctor_of(sort)] = int(item["count"]["N"])
            elif sort.startswith(clinic_keys.DOCTOR_PREFIX):
                doctors.append(items.from_item(Doctor, item))
            else:
                clinic = items.from_item(Clinic, item)
        return None if clinic is None else ClinicFile(clinic=clinic, doctors=tuple(doctors), taken=taken)

    def clinic(self, *, code: str) -> Clinic | None:
        """Read a clinic alone."""
        return self._table.get(Clinic, clinic_keys.clinic(code))

    def clinics(self, *, region: str | None) -> Sequence[Clinic]:
        """List the clinics of a region, or all."""
        return self._listed(Clinic, clinic_keys.CLINICS_PARTITION, f"{region}#" if region else "")

    def clinic_name(self, *, code: str) -> str:
        """Name a clinic, from memory when any was asked for lately; all names are read together."""
        if self._clinic_names is None or monotonic() - self._clinic_names[0] >= NAMES_KEPT_SECONDS:
            self._clinic_names = (monotonic(), {clinic.code: clinic.name for clinic in self.clinics(region=None)})
        return self._clinic_names[1].get(code, "")

    def clinics_by_code(self, *, codes: Sequence[str]) -> Mapping[str, Clinic]:
        """Read many clinics at once."""
        found = self._table.batch_get([clinic_keys.clinic(code) for code in codes])
        read = (items.from_item(Clinic, item) for item in found)
        return {clinic.code: clinic for clinic in read}

    def doctors(self, *, region: str, speciality: str) -> Sequence[Doctor]:
        """List a region's doctors of a speciality."""
        return self._listed(Doctor, clinic_keys.doctors_partition(region), f"{speciality}#")

    def registry_of(self, *, code: str) -> tuple[Sequence[Doctor], Sequence[ServedArea]]:
        """Read the doctors and areas of a clinic."""
        folder, served = clinic_keys.clinic(code).partition, clinic_keys.area(code, "").partition
        doctors = self._table.query_all(folder, prefix=clinic_keys.DOCTOR_PREFIX)
        areas = self._table.query_all(served)
        return [items.from_item(Doctor, item) for item in doctors], [items.from_item(ServedArea, i) for i in areas]

    def served_areas(self, *, region: str, street: str) -> Sequence[ServedArea]:
        """List who serves a street."""
        return self._listed(ServedArea, clinic_keys.areas_partition(region), f"{street}#")

    def attachments_in(
        self, *, clinic_code: str, state: AttachmentState, limit: int, after: str | None
    ) -> Slice[Attachment]:
        """List a clinic's attachments in one state; ``after`` is person, day and id of the last one seen."""
        start = None
        if after is not None:
            person_id, day, attachment_id = after.split("#")
            index = clinic_keys.attachment_index(clinic_code, state.value, day, attachment_id)
            start = index_keys.index_start(clinic_keys.attachment(person_id, attachment_id), index)
        found, following = self._table.query_index(
            index_keys.OWNER_INDEX,
            clinic_keys.attachments_partition(clinic_code, state.value),
            limit=limit,
            after=start,
            newest_first=False,
        )
        listed = tuple(items.from_item(Attachment, item) for item in found)
        return Slice(items=listed, after=_place(listed[-1]) if following else None)

    def attachments_by_day(
        self, *, clinic_code: str, state: AttachmentState, since: str, until: str
    ) -> Iterator[Sequence[Attachment]]:
        """Page through a clinic's attachments in one state of some days, both included."""
        partition, after = clinic_keys.attachments_partition(clinic_code, state.value), None
        while True:
            found, after = self._table.query_between(
                index_keys.OWNER_INDEX, partition, since=since, until=f"{until}#~", limit=None, after=after
            )
            yield [items.from_item(Attachment, item) for item in found]
            if after is None:
                return

    def late_attachments(self, *, region: str, limit: int, after: str | None) -> Slice[LateRequest]:
        """List a region's requests that are overdue; ``after`` is person, day and id of the last one seen."""
        start = None
        if after is not None:
            person_id, day, attachment_id = after.split("#")
            index = clinic_keys.late_index(region, day, attachment_id)
            start = index_keys.index_start(clinic_keys.attachment(person_id, attachment_id), index)
        found, following = self._table.query_index(
            index_keys.REGION_INDEX, clinic_keys.late_partition(region), limit=limit, after=start, newest_first=False
        )
        late = tuple(clinic_items.late_request(item) for item in found)
        last = late[-1] if following else None
        return Slice(items=late, after=f"{last.person_id}#{last.due_on}#{last.attachment_id}" if last else None)

    def appointment(self, *, person_id: str, appointment_id: str) -> Appointment | None:
        """Read a request for an appointment."""
        return self._table.get(Appointment, clinic_keys.appointment(person_id, appointment_id))

    def appointments_of(self, *, person_id: str, limit: int, after: str | None) -> Slice[Appointment]:
        """List a person's requests for appointments; ``after`` is the last id seen."""
        found, following = self._table.query(
            keys.person(person_id).partition,
            prefix=clinic_keys.APPOINTMENT_PREFIX,
            limit=limit,
            after=keys.start(clinic_keys.appointment(person_id, after)) if after else None,
            newest_first=True,
        )
        listed = tuple(items.from_item(Appointment, item) for item in found)
        return Slice(items=listed, after=listed[-1].appointment_id if following else None)

    def appointments_in(
        self, *, clinic_code: str, state: AppointmentState, limit: int, after: str | None
    ) -> Slice[Appointment]:
        """List a clinic's requests for appointments in one state; ``after`` is person and id of the last one seen."""
        start = None
        if after is not None:
            person_id, appointment_id = after.split("#")
            index = clinic_keys.appointment_index(clinic_code, state.value, appointment_id)
            start = index_keys.index_start(clinic_keys.appointment(person_id, appointment_id), index)
        found, following = self._table.query_index(
            index_keys.OWNER_INDEX,
            clinic_keys.appointments_partition(clinic_code, state.value),
            limit=limit,
            after=start,
            newest_first=False,
        )
        listed = tuple(items.from_item(Appointment, item) for item in found)
        last = listed[-1] if following else None
        return Slice(items=listed, after=f"{last.person_id}#{last.appointment_id}" if last else None)

    def due_attachments(self, *, until: datetime, page: int) -> Iterator[Sequence[Attachment]]:
        """Page through requests whose term of decision has passed."""
        return due_pages(self._table, "attachment", Attachment, until=until, page=page)

    def _listed(self, kind: type[E], partition: str, prefix: str) -> list[E]:
        read: list[E] = []
        after: str | None = None
        while True:
            found, after = self._table.query_index(
                index_keys.OWNER_INDEX, partition, prefix=prefix, after=after, newest_first=False
            )
            read.extend(items.from_item(kind, item) for item in found)
            if after is None:
                return read


def _place(attachment: Attachment) -> str:
    day = clinic_items.attachment_day(attachment).isoformat()
    return f"{attachment.person_id}#{day}#{attachment.attachment_id}"


def places_taken(clinic_code: str, doctor_id: str, limit: int) -> dict[str, Any]:
    """The update that takes one of a doctor's places, if one is left."""
    return _places(clinic_code, doctor_id, 1) | {
        "ConditionExpression": "attribute_not_exists(#count) OR #count < :limit",
        "ExpressionAttributeValues": {":by": {"N": "1"}, ":limit": {"N": str(limit)}},
    }


def places_freed(clinic_code: str, doctor_id: str) -> dict[str, Any]:
    """The update that gives a place back."""
    return _places(clinic_code, doctor_id, -1)


def _places(clinic_code: str, doctor_id: str, by: int) -> dict[str, Any]:
    return {
        "Key": clinic_keys.places(clinic_code, doctor_id).item(),
        "UpdateExpression": "ADD #count :by",
        "ExpressionAttributeNames": {"#count": "count"},
        "ExpressionAttributeValues": {":by": {"N": str(by)}},
    }
