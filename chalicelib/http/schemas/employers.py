"""Employers, their requests about staff, and what employees let them know, as JSON (requirement K2)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from chalicelib.domain.asked_period import AskedPeriod
from chalicelib.domain.employee_consent import CONSENT_STATE_TITLES, CONSENT_TEXT, ConsentState, EmployeeConsent
from chalicelib.domain.employer import (
    EMPLOYER_REFUSALS,
    EMPLOYER_STATE_TITLES,
    Employer,
    EmployerDetails,
    EmployerState,
)
from chalicelib.domain.employer_request import (
    CSV,
    STAGE_TITLES,
    STAGE_TRANSITIONS,
    XLSX,
    EmployerRequest,
    OutputFile,
    RequestStage,
    StaffList,
    progress_of,
)
from chalicelib.domain.staff_row import OUTCOME_TITLES, TO_MEND
from chalicelib.http.models import In, Out
from chalicelib.http.schemas.insurance_certificates import PeriodIn
from chalicelib.http.schemas.scans import UploadFormOut

if TYPE_CHECKING:
    from collections.abc import Mapping


class EmployerIn(In):
    """Details of an organisation or an entrepreneur, and the power of attorney of who does not head it."""

    inn: str = Field(max_length=40, description="ИНН: 10 цифр, у предпринимателя 12", examples=["7700900017"])
    kpp: str = Field(default="", max_length=40, description="КПП; у предпринимателя не бывает", examples=["770001001"])
    ogrn: str = Field(max_length=40, description="ОГРН или ОГРНИП", examples=["1027700900006"])
    bic: str = Field(max_length=40, description="БИК банка", examples=["044525999"])
    account: str = Field(max_length=60, description="Расчётный счёт", examples=["40702810600000000001"])
    powers_number: str = Field(
        default="", max_length=200, description="Номер машиночитаемой доверенности, если вы не руководитель"
    )

    def details(self) -> EmployerDetails:
        """What is given."""
        return EmployerDetails(**self.model_dump())


class EmployerRefusalOut(Out):
    """What does not agree with the register, and what mends it."""

    code: str
    title: str
    mend: str


class EmployerOut(Out):
    """An employer that one acts, or wanted to act, for."""

    id: str
    organisation_id: str
    state: EmployerState
    state_title: str
    name: str
    inn: str
    kpp: str
    ogrn: str
    bic: str
    account: str
    powers_number: str
    basis: str = Field(description="head — руководитель, powers — доверенность")
    refusals: list[EmployerRefusalOut]
    registered_at: datetime


class EmployersOut(Out):
    """All of one's employers."""

    items: list[EmployerOut]


class EmployerRequestIn(PeriodIn):
    """About which days, and which files are wanted."""

    outputs: list[Literal["pdf", "zip", "xlsx", "json"]] = Field(
        default=["pdf", "xlsx", "json"], min_length=1, max_length=4, description="Какие файлы подготовить"
    )

    def wanted(self) -> tuple[OutputFile, ...]:
        """The files."""
        return tuple(OutputFile(name) for name in self.outputs)


class ListIn(In):
    """What is going to be uploaded."""

    media_type: str = Field(max_length=100, description=f"{CSV} или {XLSX}", examples=[XLSX])


class ListErrorOut(Out):
    """Why a list could not be read, and what mends it."""

    field: str
    code: str
    message: str


class StaffListOut(Out):
    """A list of a request."""

    id: str
    number: int
    media_type: str
    rows: int
    is_read: bool
    errors: list[ListErrorOut]


class ProgressOut(Out):
    """How far the present stage is; nobody can tell ``seconds_left`` before something is done."""

    rows: int
    rows_done: int
    percent: int
    seconds_left: int | None


class CountOut(Out):
    """How many rows had one outcome."""

    outcome: str
    title: str
    rows: int
    to_mend: bool


class EmployerRequestOut(Out):
    """A request with its progress and its files."""

    id: str
    number: str
    stage: RequestStage
    stage_title: str
    from_on: date
    to_on: date
    outputs: list[OutputFile]
    asked_at: datetime
    lists: list[StaffListOut]
    progress: ProgressOut
    counts: list[CountOut]
    files: list[str] = Field(description="Что можно скачать")


class ListOrderOut(Out):
    """The request, and where to send the list."""

    request: EmployerRequestOut
    upload: UploadFormOut


class EmployeeConsentOut(Out):
    """What an organisation asked, or may know."""

    organisation_id: str
    organisation_name: str
    state: ConsentState
    state_title: str
    asked_at: datetime
    decided_at: datetime | None


class EmployeeConsentsOut(Out):
    """All that organisations asked about, and the text that is agreed to."""

    text: str
    items: list[EmployeeConsentOut]


class ConsentDecisionIn(In):
    """What the employee says."""

    state: Literal["given", "refused", "revoked"] = Field(description="Согласие дано, не дано или отозвано")

    def decided(self) -> ConsentState:
        """The state that is wanted."""
        return ConsentState(self.state)


def employer_out(employer: Employer) -> EmployerOut:
    """Present an employer."""
    details = employer.details
    refusals = [EMPLOYER_REFUSALS[code] for code in employer.refusals]
    return EmployerOut(
        id=employer.employer_id,
        organisation_id=employer.organisation_id,
        state=employer.state,
        state_title=EMPLOYER_STATE_TITLES[employer.state],
        name=employer.name,
        inn=details.inn,
        kpp=details.kpp,
        ogrn=details.ogrn,
        bic=details.bic,
        account=details.account,
        powers_number=details.powers_number,
        basis=employer.basis,
        refusals=[EmployerRefusalOut(code=one.code, title=one.message, mend=one.mend) for one in refusals],
        registered_at=employer.registered_at,
    )


def request_out(request: EmployerRequest, *, at: datetime) -> EmployerRequestOut:
    """Present a request."""
    return EmployerRequestOut(
        id=request.request_id,
        number=request.number,
        stage=request.stage,
        stage_title=STAGE_TITLES[request.stage],
        from_on=request.from_on,
        to_on=AskedPeriod(from_on=request.from_on, until_on=request.until_on).last_day,
        outputs=list(request.outputs),
        asked_at=request.asked_at,
        lists=[_list(one) for one in request.lists],
        progress=ProgressOut.model_validate(progress_of(request, at=at)),
        counts=_counts(request.counts),
        files=sorted(request.files),
    )


def _list(one: StaffList) -> StaffListOut:
    return StaffListOut(
        id=one.list_id,
        number=one.number,
        media_type=one.media_type,
        rows=one.rows,
        is_read=one.is_read,
        errors=[ListErrorOut.model_validate(error) for error in one.refusals],
    )


def _counts(counts: Mapping[str, int]) -> list[CountOut]:
    return [
        CountOut(outcome=outcome.value, title=title, rows=counts[outcome.value], to_mend=outcome in TO_MEND)
        for outcome, title in OUTCOME_TITLES.items()
        if counts.get(outcome.value)
    ]


def consent_out(consent: EmployeeConsent) -> EmployeeConsentOut:
    """Present what an organisation asked."""
    return EmployeeConsentOut(
        organisation_id=consent.organisation_id,
        organisation_name=consent.organisation_name,
        state=consent.state,
        state_title=CONSENT_STATE_TITLES[consent.state],
        asked_at=consent.asked_at,
        decided_at=consent.decided_at,
    )


def consents_out(items: list[EmployeeConsentOut]) -> EmployeeConsentsOut:
    """Present everything that organisations asked."""
    return EmployeeConsentsOut(text=CONSENT_TEXT, items=items)


def request_stages() -> list[dict[str, Any]]:
    """The stages of a request with their arrows, for the dictionaries."""
    return [
        {"code": stage.value, "title": title, "transitions": sorted(STAGE_TRANSITIONS[stage])}
        for stage, title in STAGE_TITLES.items()
    ]


def staff_outcomes() -> list[dict[str, Any]]:
    """What may come of a row, for the dictionaries."""
    return [
        {"code": outcome.value, "title": title, "to_mend": outcome in TO_MEND}
        for outcome, title in OUTCOME_TITLES.items()
    ]


def employer_refusals() -> list[dict[str, Any]]:
    """Why an employer may not be confirmed, for the dictionaries."""
    return [
        {"code": code, "title": refusal.message, "mend": refusal.mend} for code, refusal in EMPLOYER_REFUSALS.items()
    ]
