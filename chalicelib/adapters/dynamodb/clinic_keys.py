"""The keys of clinics, of their doctors and areas, of attachments and of what people ask of clinics."""

from __future__ import annotations

from chalicelib.adapters.dynamodb.keys import FILE_PREFIX, Key

CLINIC_SORT = "CLINIC"
DOCTOR_PREFIX = "DOCTOR#"
PLACES_PREFIX = "PLACES#"
CLINICS_PARTITION = "CLINICS"


def clinic(code: str) -> Key:
    """A clinic of the registry, in its folder."""
    return Key(f"CLINIC#{code}", CLINIC_SORT)


def doctor(clinic_code: str, doctor_id: str) -> Key:
    """A doctor in the clinic's folder."""
    return Key(f"CLINIC#{clinic_code}", f"{DOCTOR_PREFIX}{doctor_id}")


def places(clinic_code: str, doctor_id: str) -> Key:
    """How many people hold a place with a doctor, in the clinic's folder."""
    return Key(f"CLINIC#{clinic_code}", f"{PLACES_PREFIX}{doctor_id}")


def doctor_of(sort: str) -> str:
    """The doctor whose places a sort key counts."""
    return sort.removeprefix(PLACES_PREFIX)


def area(clinic_code: str, area_id: str) -> Key:
    """A served area: many a clinic, so apart from its folder."""
    return Key(f"SERVED#{clinic_code}", area_id)


def clinic_index(region: str, code: str) -> dict[str, dict[str, str]]:
    """Index keys by which a region's clinics are listed."""
    return {"gsi1pk": {"S": CLINICS_PARTITION}, "gsi1sk": {"S": f"{region}#{code}"}}


def doctors_partition(region: str) -> str:
    """The index partition of a region's doctors."""
    return f"DOCTORS#{region}"


def doctor_index(region: str, speciality: str, clinic_code: str, doctor_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which doctors are found by speciality."""
    return {
        "gsi1pk": {"S": doctors_partition(region)},
        "gsi1sk": {"S": f"{speciality}#{clinic_code}#{doctor_id}"},
    }


def areas_partition(region: str) -> str:
    """The index partition of a region's served areas."""
    return f"AREAS#{region}"


def area_index(region: str, street: str, clinic_code: str, area_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which it is found who serves a street."""
    return {"gsi1pk": {"S": areas_partition(region)}, "gsi1sk": {"S": f"{street}#{clinic_code}#{area_id}"}}


def attachment(person_id: str, attachment_id: str) -> Key:
    """An attachment in the person's folder."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}ATTACHMENT#{attachment_id}")


def attachment_book(person_id: str, area: int) -> Key:
    """Which attachment of a person to an area stands, and which is asked for."""
    return Key(f"PERSON#{person_id}", f"{FILE_PREFIX}ATTACHED#{area}")


def attachments_partition(clinic_code: str, state: str) -> str:
    """The index partition of a clinic's attachments in one state."""
    return f"ATTACHMENTS#{clinic_code}#{state}"


def attachment_index(clinic_code: str, state: str, day: str, attachment_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which a clinic lists attachments: requests by their due day, others by that of the state."""
    return {
        "gsi1pk": {"S": attachments_partition(clinic_code, state)},
        "gsi1sk": {"S": f"{day}#{attachment_id}"},
    }


APPOINTMENT_PREFIX = "APPOINTMENT#"


def appointment(person_id: str, appointment_id: str) -> Key:
    """A request for an appointment, in the person's folder."""
    return Key(f"PERSON#{person_id}", f"{APPOINTMENT_PREFIX}{appointment_id}")


def appointments_partition(clinic_code: str, state: str) -> str:
    """The index partition of a clinic's requests for appointments in one state."""
    return f"APPOINTMENTS#{clinic_code}#{state}"


def appointment_index(clinic_code: str, state: str, appointment_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which a clinic lists requests for appointments, oldest first."""
    return {"gsi1pk": {"S": appointments_partition(clinic_code, state)}, "gsi1sk": {"S": appointment_id}}


def late_partition(region: str) -> str:
    """The index partition of a region's requests that are overdue."""
    return f"LATE#{region}"


def late_index(region: str, day: str, attachment_id: str) -> dict[str, dict[str, str]]:
    """Index keys by which the fund finds what clinics of a region did not decide in time."""
    return {"gsi4pk": {"S": late_partition(region)}, "gsi4sk": {"S": f"{day}#{attachment_id}"}}
