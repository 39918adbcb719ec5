"""What is held, until when, and what a wish to be forgotten does with it (requirement P2)."""

from __future__ import annotations

from dataclasses import MISSING, fields
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.appeal import Appeal
from chalicelib.domain.appeal_states import AppealState
from chalicelib.domain.application import Application
from chalicelib.domain.application_states import ApplicationState
from chalicelib.domain.appointment import Appointment, AppointmentState
from chalicelib.domain.attachment import Attachment
from chalicelib.domain.attachment_states import AttachmentState
from chalicelib.domain.civil_record import CivilRecord, RecordState
from chalicelib.domain.corrections import Correction
from chalicelib.domain.data_export import DataExport
from chalicelib.domain.delivery import Delivery
from chalicelib.domain.delivery_states import DeliveryState
from chalicelib.domain.employee_consent import ConsentState, EmployeeConsent
from chalicelib.domain.employer import Employer, EmployerState
from chalicelib.domain.employer_request import EmployerRequest, RequestStage
from chalicelib.domain.erasure import CAUSES, ErasureCause, ErasureRequest, ErasureState, StaysRow, stays_of
from chalicelib.domain.export_content import plain, readable_index
from chalicelib.domain.held import HELD, ended_at, is_emptied, judge, kept_until, kind_of
from chalicelib.domain.insurance_certificate import InsuranceCertificate, InsuranceCertificateState
from chalicelib.domain.legacy_registration import LegacyPolicy, LegacyState
from chalicelib.domain.person import Person
from chalicelib.domain.policy import Policy, PolicyState
from chalicelib.domain.representation import Representation
from chalicelib.domain.retention import TABLES, RetentionTable, retention_of
from chalicelib.domain.retention_terms import Kept, Retention, Wish, day_begins, years_later
from chalicelib.domain.temporary_certificate import CertificateState, TemporaryCertificate
from chalicelib.domain.ticket import Ticket
from chalicelib.domain.ticket_states import TicketState

AT = datetime(2026, 3, 16, 9, tzinfo=UTC)
STEP = (SimpleNamespace(at=AT),)


def made(kind: type[Any], **values: Any) -> Any:
    """An entity of which only what matters is said."""
    required = {f.name: None for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING}
    return kind(**{**required, **values})


LIVE = (
    made(Application, state=ApplicationState.IN_PROCESSING, submitted_at=AT),
    made(Appeal, state=AppealState.FILED, filed_at=AT),
    made(Ticket, state=TicketState.ANSWERED),
    made(Policy, state=PolicyState.SUSPENDED),
    made(TemporaryCertificate, state=CertificateState.ACTIVE),
    made(LegacyPolicy, state=LegacyState.PENDING),
    made(InsuranceCertificate, state=InsuranceCertificateState.PROCESSING),
    made(Delivery, state=DeliveryState.READY),
    made(Attachment, state=AttachmentState.ATTACHED),
    made(Appointment, state=AppointmentState.REQUESTED),
    made(Correction),
    made(CivilRecord, state=RecordState.NEEDS_OPERATOR),
    made(Representation),
    made(Employer, state=EmployerState.CONFIRMED),
    made(EmployerRequest, stage=RequestStage.CHECKING),
    made(EmployeeConsent, state=ConsentState.GIVEN, organisation_name="ООО"),
    made(DataExport),
    made(ErasureRequest, state=ErasureState.ACCEPTED),
)
ENDED = (
    made(Application, state=ApplicationState.REFUSED, submitted_at=AT, updated_at=AT),
    made(Appeal, state=AppealState.REJECTED, filed_at=AT, updated_at=AT),
    made(Ticket, state=TicketState.CLOSED, updated_at=AT),
    made(Policy, state=PolicyState.EXPIRED, ended_on=AT.date()),
    made(Policy, state=PolicyState.ANNULLED, issued_at=AT),
    made(TemporaryCertificate, state=CertificateState.REVOKED, ended_at=AT),
    made(TemporaryCertificate, state=CertificateState.EXPIRED, valid_until=AT.date()),
    made(LegacyPolicy, state=LegacyState.REFUSED, updated_at=AT),
    made(InsuranceCertificate, state=InsuranceCertificateState.READY, history=STEP),
    made(InsuranceCertificate, state=InsuranceCertificateState.REFUSED, asked_at=AT),
    made(Delivery, state=DeliveryState.CANCELLED, history=STEP),
    made(Delivery, state=DeliveryState.CANCELLED, ordered_at=AT),
    made(Attachment, state=AttachmentState.ENDED, history=STEP),
    made(Attachment, state=AttachmentState.REFUSED, requested_at=AT),
    made(Appointment, state=AppointmentState.DECLINED, history=STEP),
    made(Correction, decided_at=AT),
    made(CivilRecord, state=RecordState.INSURED, received_at=AT),
    made(Representation, ended_at=AT),
    made(Employer, state=EmployerState.REFUSED, history=STEP),
    made(Employer, state=EmployerState.REFUSED, registered_at=AT),
    made(EmployerRequest, stage=RequestStage.READY, updated_at=AT),
    made(EmployerRequest, stage=RequestStage.AWAITING_LIST, asked_at=AT),
    made(EmployeeConsent, state=ConsentState.REVOKED, decided_at=AT, organisation_name="ООО"),
    made(DataExport, made_at=AT),
    made(ErasureRequest, state=ErasureState.DONE, answered_at=AT),
    made(Person, updated_at=AT),
)


def named(things: tuple[Any, ...]) -> list[str]:
    return [type(thing).__name__ for thing in things]


class TestTable:
    def test_each_kind_has_one_row_with_its_law(self) -> None:
        for table in TABLES:
            assert set(table.rows) == set(Kept)
            assert all(row.kind is kind and row.title and row.law and row.since for kind, row in table.rows.items())
            assert all(bool(row.years) + bool(row.days) <= 1 for row in table.rows.values())
            assert all(row.live for row in table.rows.values() if row.kind in {kind_of(thing) for thing in LIVE})

    def test_what_ended_under_a_table_keeps_its_terms(self, monkeypatch: pytest.MonkeyPatch) -> None:
        row = retention_of(Kept.TICKET, on=date(2026, 1, 1))
        later = RetentionTable(in_force_from=date(2030, 1, 1), rows={Kept.TICKET: made(Retention, years=1)})
        monkeypatch.setattr("chalicelib.domain.retention.TABLES", (*TABLES, later))
        assert retention_of(Kept.TICKET, on=date(2029, 12, 31)) is row
        assert retention_of(Kept.TICKET, on=date(2030, 1, 1)).years == 1

    @pytest.mark.parametrize(
        ("years", "days", "term"),
        [
            (1, 0, "1 год"),
            (3, 0, "3 года"),
            (5, 0, "5 лет"),
            (11, 0, "11 лет"),
            (21, 0, "21 год"),
            (0, 1, "1 день"),
            (0, 7, "7 дней"),
            (0, 0, "без срока"),
        ],
    )
    def test_terms_are_told_in_words(self, years: int, days: int, term: str) -> None:
        assert made(Retention, years=years, days=days).term == term

    def test_a_leap_day_ends_with_its_month(self) -> None:
        assert years_later(datetime(2028, 2, 29, tzinfo=UTC), 1) == datetime(2029, 2, 28, tzinfo=UTC)
        assert years_later(datetime(2028, 2, 29, tzinfo=UTC), 4) == datetime(2032, 2, 29, tzinfo=UTC)


class TestHeld:
    def test_all_kinds_are_among_the_examples(self) -> None:
        assert {type(thing) for thing in ENDED} == HELD
        assert {type(thing) for thing in LIVE} == HELD - {Person}

    @pytest.mark.parametrize("thing", LIVE, ids=named(LIVE))
    def test_what_is_in_force_has_no_end_and_stays(self, thing: Any) -> None:
        assert (ended_at(thing), kept_until(thing)) == (None, None)
        assert judge(thing, at=AT + timedelta(days=36500)).erases is False

    @pytest.mark.parametrize("thing", ENDED, ids=named(ENDED))
    def test_what_has_ended_goes_when_its_term_is_over_and_on_a_wish_where_the_law_allows_it(self, thing: Any) -> None:
        row = retention_of(kind_of(thing), on=AT.date())
        until = kept_until(thing)
        assert ended_at(thing) in {AT, day_begins(AT.date())}
        assert until == row.until(ended_at(thing) or AT)
        assert judge(thing, at=until - timedelta(seconds=1)).erases is (row.on_wish is Wish.ERASES)
        assert judge(thing, at=until).erases is True

    def test_what_was_never_sent_is_a_draft_and_goes_at_once(self) -> None:
        for draft in (
            made(Application, state=ApplicationState.DRAFT),
            made(Appeal, state=AppealState.EXPIRED, filed_at=None, updated_at=AT),
        ):
            assert kind_of(draft) is Kept.DRAFT
            assert judge(draft, at=AT).erases is True

    def test_what_was_emptied_holds_nothing(self) -> None:
        assert is_emptied(made(Person, erased_at=AT))
        assert is_emptied(made(Representation, erased_at=AT))
        refused = made(EmployeeConsent, state=ConsentState.REFUSED, decided_at=AT, organisation_name="")
        assert is_emptied(refused)
        assert ended_at(refused) is None
        assert not any(map(is_emptied, ENDED))


class TestDemand:
    @pytest.mark.parametrize(
        ("cause", "due_on"),
        [(ErasureCause.DEMAND, date(2026, 3, 30)), (ErasureCause.CONSENT_REVOKED, date(2026, 4, 15))],
    )
    def test_is_due_by_the_day_of_the_law(self, cause: ErasureCause, due_on: date) -> None:
        assert CAUSES[cause].due_on(AT.date()) == due_on

    @given(st.lists(st.tuples(st.sampled_from(Kept), st.none() | st.datetimes(timezones=st.just(UTC)))))
    def test_sums_up_what_stays_kind_by_kind(self, verdicts: list[tuple[Kept, datetime | None]]) -> None:
        rows = stays_of(verdicts)
        assert [row.kind for row in rows] == [kind for kind in Kept if kind in dict(verdicts)]
        for row in rows:
            untils = [until for kind, until in verdicts if kind is row.kind]
            latest = None if None in untils else max(filter(None, untils))
            assert row == StaysRow(kind=row.kind, count=len(untils), until=latest)


class TestExport:
    def test_leaves_out_what_is_empty_or_the_services_own(self) -> None:
        shown = plain(made(EmployeeConsent, person_id="p", state=ConsentState.GIVEN, asked_at=AT, organisation_name=""))
        assert shown == {"person_id": "p", "state": "given", "asked_at": AT.isoformat()}
        assert plain({"a": (1, date(2026, 1, 2))}) == {"a": [1, "2026-01-02"]}

    def test_the_page_shows_everything_as_text(self) -> None:
        from chalicelib.domain.export_content import ExportedFile, Section

        section = Section(name="ticket", title="Обращения", things=[{"text": "<script>", "list": ["один", "два"]}])
        page = readable_index(
            made_at=AT, sections=[section], files=[ExportedFile(name="a.pdf", title="Полис & всё")], terms=[("а", "б")]
        )
        assert "<script>" not in page
        for shown in (
            "&lt;script&gt;",
            "Полис &amp; всё",
            'href="a.pdf"',
            "16.03.2026",
            "два",
            "<th>Обращения</th><td>1",
        ):
            assert shown in page
