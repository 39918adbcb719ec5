"""What use cases answer when a record that another names is not there: a refusal by name, never half a work."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from chalicelib.domain.application import ApplicantCategory, Application, ApplicationKind
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.employer import Employer, EmployerDetails
from chalicelib.domain.employer_request import EmployerRequest, OutputFile
from chalicelib.domain.insurance_certificate import InsuranceCertificate
from chalicelib.domain.person import Person
from chalicelib.domain.policy import InsurerPeriod, Policy, PolicyState, Suspension
from chalicelib.domain.principal import Assurance, Principal, Role
from chalicelib.domain.records import DocumentType, IdempotencyRecord, StoredDocument
from chalicelib.domain.supporting_documents import DocumentKind
from chalicelib.ports.errors import NotFound
from chalicelib.ports.folders import ApplicationFile, PersonFile
from chalicelib.use_cases.check_insured_person import insurance_on
from chalicelib.use_cases.idempotency import RequestKey
from chalicelib.use_cases.issue_insurance_certificate import decide_insurance_certificate, stated_by
from chalicelib.use_cases.make_document import make_document
from chalicelib.use_cases.run_due import run_due
from chalicelib.use_cases.run_policy_steps import run_policy_steps
from chalicelib.use_cases.scans import UploadOrder, order_upload
from chalicelib.use_cases.share_policy import order_extract
from chalicelib.use_cases.verify_employer import verify_employer
from chalicelib.use_cases.work_on_request import work_on_request
from chalicelib.use_cases.write_staff_files import Job, write_job

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
TODAY = date(2026, 3, 16)
CITIZEN = Principal(subject="s", account_id="a", roles=frozenset({Role.CITIZEN}), assurance=Assurance.CONFIRMED)
PERSON = Person(
    person_id="a",
    account_id="a",
    family_name="Примерова",
    given_name="Анна",
    middle_name="",
    born_on="1990-05-14",
    sex="female",
    snils="90000000100",
    updated_at=NOW,
)
APPROVED = Application(
    application_id="1",
    account_id="a",
    person_id="a",
    kind=ApplicationKind.INSURER_CHANGE,
    category=ApplicantCategory.CITIZEN_14_PLUS,
    state=ApplicationState.APPROVED,
    created_at=NOW,
    updated_at=NOW,
    form={"registration_address": {"region": "77"}},
)
POLICY = Policy(
    policy_id="p",
    person_id="a",
    policy_number="7756130840000014",
    state=PolicyState.ACTIVE,
    issued_on=TODAY,
    issued_at=NOW,
    valid_from=TODAY,
    periods=(InsurerPeriod(insurer_code="77012", insured_from=TODAY),),
    status_index=1,
)
DOCUMENT = StoredDocument(
    document_id="d",
    person_id="a",
    document_type=DocumentType.POLICY,
    subject_id="p",
    application_id="1",
    object_key="documents/d.pdf",
    ordered_at=NOW,
)
EMPLOYER = Employer(
    employer_id="e",
    account_id="a",
    organisation_id="o",
    details=EmployerDetails(inn="7700900017", ogrn="1027700900006", bic="", account=""),
    registered_at=NOW,
    utc_offset_hours=3,
)
REQUEST = EmployerRequest(
    request_id="r",
    employer_id="e",
    account_id="a",
    organisation_id="o",
    number="26000000018",
    from_on=TODAY,
    until_on=date(2026, 3, 17),
    asked_at=NOW,
    utc_offset_hours=3,
    work_id="w",
    outputs=(OutputFile.PDF,),
    updated_at=NOW,
)
CERTIFICATE = InsuranceCertificate(
    certificate_id="c",
    person_id="a",
    account_id="a",
    from_on=TODAY,
    until_on=date(2026, 3, 17),
    asked_at=NOW,
    utc_offset_hours=3,
)
KEY = RequestKey(key="k", request_digest="digest")
USED = IdempotencyRecord(account_id="a", key_hash="h", request_digest="digest", result="gone", created_at=NOW)


class Tools:
    """A store that answers with what it holds; a unit of work that must not be committed."""

    def __init__(self, **held: Any) -> None:
        self.held = held
        self.store = self
        self.qr = SimpleNamespace(link=lambda **_: "HTTPS://EXAMPLE/Q#T")
        self.secrets = SimpleNamespace(lookup_hash=lambda **_: "h", signing_secret=b"s")
        self.ids = SimpleNamespace(new_id=lambda **_: "new", below=lambda limit: limit - 1)

    def __getattr__(self, name: str) -> Any:
        return lambda **_: self.held[name]

    def work(self, *, at: datetime) -> Any:
        return Untouched()


class Untouched:
    """A unit of work of which nothing may come."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None

    def commit(self) -> None:
        raise AssertionError("something was written")


def made(document: StoredDocument, **known: Any) -> Callable[[], object]:
    file = PersonFile(**{"person": PERSON, "documents": (document,), **known})
    tools: Any = Tools(person_file=file, application_file=ApplicationFile(application=APPROVED), insurer=None)
    return lambda: make_document(tools=tools, person_id="a", document_id="d", at=NOW)


def employer_asked(**records: Any) -> Callable[[], object]:
    tools: Any = Tools(**records)
    return lambda: verify_employer(tools=tools, account_id="a", employer_id="e", at=NOW)


def certificate_decided(**records: Any) -> Callable[[], object]:
    tools: Any = Tools(**records)
    return lambda: decide_insurance_certificate(tools=tools, person_id="a", certificate_id="c", at=NOW)


MISSING: dict[str, Callable[[], object]] = {
    "the person of a folder": lambda: insurance_on(tools=Tools(), known=PersonFile(), on=TODAY),  # type: ignore[arg-type]
    "the person of a document": made(DOCUMENT, person=None, policies=(POLICY,)),
    "the policy of a document": made(DOCUMENT),
    "the insurer of a policy": made(DOCUMENT, policies=(POLICY,)),
    "the application of a receipt": made(replace(DOCUMENT, document_type=DocumentType.RECEIPT, application_id="")),
    "the certificate of a document": made(replace(DOCUMENT, document_type=DocumentType.TEMPORARY_CERTIFICATE)),
    "the certificate that was asked for": certificate_decided(insurance_certificate=None),
    "the person of a certificate": certificate_decided(insurance_certificate=CERTIFICATE, person_file=PersonFile()),
    "the certificate that a document shows": lambda: stated_by(Tools(insurance_certificate=None), DOCUMENT),  # type: ignore[arg-type]
    "the employer of a message": employer_asked(employer=None),
    "the profile of who acts for an employer": employer_asked(employer=EMPLOYER, person_file=PersonFile()),
    "the request of a message": lambda: work_on_request(
        tools=Tools(employer_request=None),  # type: ignore[arg-type]
        employer_id="e",
        request_id="r",
        at=NOW,
    ),
    "the employer of a request": lambda: write_job(
        tools=Tools(employer=None),  # type: ignore[arg-type]
        request=REQUEST,
        job=Job(output=OutputFile.PDF),
        at=NOW,
    ),
    "the scan that an earlier request announced": lambda: order_upload(
        tools=Tools(application_file=ApplicationFile(application=APPROVED), idempotency_record=USED),  # type: ignore[arg-type]
        principal=CITIZEN,
        order=UploadOrder(application_id="1", document=DocumentKind.IDENTITY_DOCUMENT, media_type="image/png"),
        at=NOW,
        request=KEY,
    ),
    "the extract that an earlier request ordered": lambda: order_extract(
        tools=Tools(person_file=PersonFile(person=PERSON), idempotency_record=USED),  # type: ignore[arg-type]
        principal=CITIZEN,
        person_id=None,
        bilingual=False,
        at=NOW,
        request=KEY,
    ),
}


@pytest.mark.parametrize("name", MISSING)
def test_what_is_not_there_is_not_found_and_nothing_is_written(name: str) -> None:
    with pytest.raises(NotFound):
        MISSING[name]()


def test_a_change_of_the_insurer_of_no_policy_is_left_to_the_next_run() -> None:
    due = replace(APPROVED, effective_on=TODAY, policy_id="gone")
    tools: Any = Tools(due_applications=[[due]], person_file=PersonFile(person=PERSON))
    assert run_due(tools=tools, at=NOW) == {"skipped": 1}


def test_a_step_of_a_policy_of_nobody_is_left_to_the_next_run() -> None:
    rests = replace(POLICY, suspensions=(Suspension(from_on=TODAY, reason="military_service"),))
    tools: Any = Tools(due_policies=[[rests]], person_file=PersonFile())
    assert run_policy_steps(tools=tools, at=NOW) == {"skipped": 1}
