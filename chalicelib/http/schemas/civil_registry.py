"""Messages of the civil registry and the cases that they leave to an operator, as JSON (requirement N1)."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from chalicelib.domain.civil_record import (
    CASE_RULES,
    RECORD_KIND_TITLES,
    Arrival,
    CaseReason,
    Child,
    CivilMessage,
    CivilRecord,
    Paper,
    Parent,
    ParentRole,
    RecordKind,
    RecordState,
)
from chalicelib.domain.representation import Powers
from chalicelib.domain.sex import Sex
from chalicelib.http.models import In, IsoDate, Out

_NAME = 300


class PaperIn(In):
    """An identity document; the type is a code of classifier F011."""

    type: str = Field(max_length=5, description="Вид документа, код F011", examples=["3"])
    series: str = Field(default="", max_length=20, examples=["I-АА"])
    number: str = Field(max_length=20, examples=["900012"])
    issuer: str = Field(default="", max_length=_NAME, description="Кем выдан")
    issued_on: IsoDate | None = Field(default=None, description="Дата выдачи")

    def paper(self) -> Paper:
        """The document in the terms of the core."""
        return Paper(
            type=self.type, series=self.series, number=self.number, issuer=self.issuer, issued_on=self.issued_on
        )


class ChildIn(In):
    """The child; the given name may be missing until the parents have chosen it."""

    family_name: str = Field(default="", max_length=_NAME, description="Пусто — фамилия матери")
    given_name: str = Field(default="", max_length=_NAME, description="Пусто или «Б/И» — имя ещё не выбрано")
    middle_name: str = Field(default="", max_length=_NAME)
    sex: Sex = Field(strict=False, description="male или female", examples=["male"])
    born_on: IsoDate = Field(description="Дата рождения")
    birthplace: str = Field(default="", max_length=_NAME)
    citizenship: str = Field(default="RUS", max_length=3, description="Код страны; по умолчанию RUS")
    snils: str = Field(default="", max_length=20, description="СНИЛС, если присвоен")
    certificate: PaperIn | None = Field(default=None, description="Свидетельство о рождении")
    birth_order: int = Field(default=1, ge=1, le=10, description="Очерёдность рождения при многоплодных родах")
    children_born: int = Field(default=1, ge=1, le=10, description="Сколько детей родилось")

    def child(self) -> Child:
        """The child in the terms of the core."""
        return Child(
            family_name=self.family_name,
            given_name=self.given_name,
            middle_name=self.middle_name,
            sex=self.sex,
            born_on=self.born_on,
            birthplace=self.birthplace,
            citizenship=self.citizenship,
            snils=self.snils,
            certificate=self.certificate.paper() if self.certificate else None,
            birth_order=self.birth_order,
            children_born=self.children_born,
        )


class ParentIn(In):
    """Mother or father: found here by СНИЛС, else by the document."""

    family_name: str = Field(default="", max_length=_NAME)
    given_name: str = Field(default="", max_length=_NAME)
    middle_name: str = Field(default="", max_length=_NAME)
    born_on: IsoDate | None = None
    snils: str = Field(default="", max_length=20)
    document: PaperIn | None = None

    def parent(self, role: ParentRole, powers: Powers | None = None) -> Parent:
        """The parent in the terms of the core."""
        return Parent(
            role=role,
            family_name=self.family_name,
            given_name=self.given_name,
            middle_name=self.middle_name,
            born_on=self.born_on,
            snils=self.snils,
            document=self.document.paper() if self.document else None,
            powers=powers or Powers(),
        )


class GuardianPowersIn(In):
    """The act by which a legal representative was appointed."""

    number: str = Field(default="", max_length=50)
    issuer: str = Field(default="", max_length=_NAME)
    issued_on: IsoDate | None = None
    valid_until: IsoDate | None = Field(default=None, description="Последний день срока, если он есть")


class LegalRepresentativeIn(ParentIn):
    """A legal representative who is no parent."""

    powers: GuardianPowersIn = Field(default_factory=GuardianPowersIn)

    def representative(self) -> Parent:
        """The representative in the terms of the core."""
        given = self.powers
        powers = Powers(
            number=given.number, issuer=given.issuer, issued_on=given.issued_on, valid_until=given.valid_until
        )
        return self.parent(ParentRole.REPRESENTATIVE, powers)


class CivilRecordIn(In):
    """One version of a birth record, whole: a later version replaces an earlier one."""

    number: str = Field(max_length=60, description="Номер записи акта", examples=["110269770000100012003"])
    version: int = Field(ge=1, le=999_999, description="Номер версии записи, с 1", examples=[1])
    kind: RecordKind = Field(strict=False, description="Что произошло", examples=["birth"])
    registered_on: IsoDate = Field(description="Дата государственной регистрации рождения")
    region: str = Field(max_length=5, description="Где зарегистрировано, код F010", examples=["77"])
    office: str = Field(default="", max_length=_NAME, description="Орган ЗАГС")
    child: ChildIn | None = Field(default=None, description="Обязательно, кроме аннулирования")
    mother: ParentIn | None = None
    father: ParentIn | None = None
    representative: LegalRepresentativeIn | None = None
    reason: str = Field(default="", max_length=_NAME, description="Основание исправления или аннулирования")

    def message(self) -> CivilMessage:
        """The message in the terms of the core."""
        parents = (
            self.mother.parent(ParentRole.MOTHER) if self.mother else None,
            self.father.parent(ParentRole.FATHER) if self.father else None,
            self.representative.representative() if self.representative else None,
        )
        return CivilMessage(
            number=self.number,
            version=self.version,
            kind=self.kind,
            registered_on=self.registered_on,
            region=self.region,
            office=self.office,
            child=self.child.child() if self.child else None,
            parents=tuple(parent for parent in parents if parent is not None),
            reason=self.reason,
        )


class CivilRecordOut(Out):
    """What the registry learns: how its message was taken, and how far the record is. Nothing of a person."""

    record_id: str
    outcome: Arrival
    version: int
    state: RecordState


def civil_record_out(record: CivilRecord, outcome: Arrival) -> CivilRecordOut:
    """Present the answer to the registry; ``version`` is the newest that is known."""
    return CivilRecordOut(
        record_id=record.record_id, outcome=outcome, version=record.message.version, state=record.state
    )


class CivilCaseOut(Out):
    """A record that needs a person, without what it says of anybody."""

    record_id: str
    kind: RecordKind
    kind_title: str
    state: RecordState
    reason: CaseReason | None
    reason_title: str
    may_proceed: bool
    registered_on: date
    received_at: datetime
    region: str


class PaperOut(Out):
    """An identity document of somebody in a record."""

    type: str
    series: str
    number: str


class ParentOut(Out):
    """A parent or representative in a record."""

    role: ParentRole
    family_name: str
    given_name: str
    middle_name: str
    born_on: date | None
    snils: str
    document: PaperOut | None


class CivilCaseDetailsOut(CivilCaseOut):
    """A record that needs a person, as the registry told it."""

    number: str
    version: int
    office: str
    note: str
    decision_note: str
    child_family_name: str
    child_given_name: str
    child_middle_name: str
    child_sex: Sex | None
    child_born_on: date | None
    child_citizenship: str
    child_snils: str
    child_certificate: PaperOut | None
    parents: list[ParentOut]


def civil_case_out(record: CivilRecord) -> CivilCaseOut:
    """Present a case in the list."""
    return CivilCaseOut.model_validate(_case(record))


def civil_case_details_out(record: CivilRecord) -> CivilCaseDetailsOut:
    """Present a case to who is going to decide it."""
    message, child = record.message, record.message.child
    return CivilCaseDetailsOut.model_validate(
        {
            **_case(record),
            "number": message.number,
            "version": message.version,
            "office": message.office,
            "note": message.reason,
            "decision_note": record.decision_note,
            "child_family_name": message.family_name,
            "child_given_name": child.given_name if child else "",
            "child_middle_name": child.middle_name if child else "",
            "child_sex": child.sex if child else None,
            "child_born_on": child.born_on if child else None,
            "child_citizenship": child.citizenship if child else "",
            "child_snils": child.snils if child else "",
            "child_certificate": _paper_out(child.certificate) if child else None,
            "parents": [_parent_out(parent) for parent in message.parents],
        }
    )


def _case(record: CivilRecord) -> dict[str, object]:
    rule = CASE_RULES[record.reason] if record.reason else None
    return {
        "record_id": record.record_id,
        "kind": record.message.kind,
        "kind_title": RECORD_KIND_TITLES[record.message.kind],
        "state": record.state,
        "reason": record.reason,
        "reason_title": rule.title if rule else "",
        "may_proceed": rule is not None and rule.may_proceed,
        "registered_on": record.message.registered_on,
        "received_at": record.received_at,
        "region": record.message.region,
    }


def _paper_out(paper: Paper | None) -> PaperOut | None:
    return None if paper is None else PaperOut(type=paper.type, series=paper.series, number=paper.number)


def _parent_out(parent: Parent) -> ParentOut:
    return ParentOut(
        role=parent.role,
        family_name=parent.family_name,
        given_name=parent.given_name,
        middle_name=parent.middle_name,
        born_on=parent.born_on,
        snils=parent.snils,
        document=_paper_out(parent.document),
    )


class CivilDecisionIn(In):
    """What the operator decides; a record that is set aside needs its reason."""

    proceed: bool = Field(description="Продолжить оформление; иначе отложить")
    insurer_code: str = Field(
        default="", max_length=10, description="Страховая организация; пусто — та, где застрахован родитель"
    )
    reason: str = Field(default="", max_length=500, description="Почему запись отложена")
