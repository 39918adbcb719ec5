"""A birth record of the civil registry (запись акта о рождении): what it says, and what became of it here (N1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.errors import StateConflict
from chalicelib.domain.representation import Powers
from chalicelib.domain.sex import Sex

FOREIGN_CERTIFICATE = "24"
"""F011 code of a birth certificate that was not issued in Russia."""


class RecordKind(StrEnum):
    """What the registry tells."""

    BIRTH = "birth"
    CORRECTION = "correction"
    ANNULMENT = "annulment"
    STILLBIRTH = "stillbirth"
    FOREIGN = "foreign"


RECORD_KIND_TITLES = {
    RecordKind.BIRTH: "Запись акта о рождении",
    RecordKind.CORRECTION: "Исправленная запись акта о рождении",
    RecordKind.ANNULMENT: "Аннулирование записи акта о рождении",
    RecordKind.STILLBIRTH: "Запись акта о рождении мёртвого ребёнка",
    RecordKind.FOREIGN: "Рождение, зарегистрированное за рубежом",
}


class RecordState(StrEnum):
    """What became of a record; every new version begins again at RECEIVED."""

    RECEIVED = "received"
    INSURED = "insured"
    ALREADY_INSURED = "already_insured"
    NEEDS_OPERATOR = "needs_operator"
    SET_ASIDE = "set_aside"
    ANNULLED = "annulled"
    NOTED = "noted"


class CaseReason(StrEnum):
    """Why a record is left to an operator."""

    FOREIGN_RECORD = "foreign_record"
    PARENT_DIFFERS = "parent_differs"
    CHILD_DIFFERS = "child_differs"
    CHILD_KNOWN = "child_known"
    CITIZENSHIP_DIFFERS = "citizenship_differs"
    RESTORED = "restored"
    NOT_A_CITIZEN = "not_a_citizen"
    NOT_A_CHILD = "not_a_child"
    PARENTS_UNKNOWN = "parents_unknown"
    PARENTS_NOT_INSURED = "parents_not_insured"
    INSURER_CLOSED = "insurer_closed"
    OTHER_POLICY = "other_policy"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRule:
    """What a reason means.

    ``shows_child``: who is a parent is certain, so that the child appears to the parents although nobody insures it
    yet. ``may_proceed``: an operator who has looked may let it be handled.
    """

    title: str
    shows_child: bool = False
    may_proceed: bool = True


CASE_RULES = {
    CaseReason.FOREIGN_RECORD: CaseRule(title="Рождение зарегистрировано за рубежом: проверьте документ"),
    CaseReason.PARENT_DIFFERS: CaseRule(
        title="СНИЛС или документ родителя принадлежит другому человеку: сверьте сведения с органом ЗАГС"
    ),
    CaseReason.CHILD_DIFFERS: CaseRule(
        title="СНИЛС или свидетельство ребёнка принадлежит другому человеку: сверьте сведения с органом ЗАГС",
        may_proceed=False,
    ),
    CaseReason.CHILD_KNOWN: CaseRule(
        title="У родителя уже есть застрахованный ребёнок с тем же именем и днём рождения: продолжайте, если это другой"
    ),
    CaseReason.CITIZENSHIP_DIFFERS: CaseRule(
        title="Полис ребёнка выдан как не гражданину РФ, а по записи он гражданин: нужно заявление о переоформлении",
        may_proceed=False,
    ),
    CaseReason.RESTORED: CaseRule(title="Запись была аннулирована и восстановлена: подтвердите оформление"),
    CaseReason.NOT_A_CITIZEN: CaseRule(
        title="Ребёнок — не гражданин РФ: полис оформляют по заявлению с документом о праве на проживание",
        shows_child=True,
        may_proceed=False,
    ),
    CaseReason.NOT_A_CHILD: CaseRule(
        title="Рождение зарегистрировано с опозданием: человеку уже 14 лет, нужно его заявление", may_proceed=False
    ),
    CaseReason.PARENTS_UNKNOWN: CaseRule(
        title="Родители в регистре не найдены: укажите страховую организацию или отложите запись"
    ),
    CaseReason.PARENTS_NOT_INSURED: CaseRule(
        title="Родители на день рождения ребёнка не застрахованы: укажите страховую организацию", shows_child=True
    ),
    CaseReason.INSURER_CLOSED: CaseRule(
        title="Страховая организация родителя прекратила работу: укажите другую", shows_child=True
    ),
    CaseReason.OTHER_POLICY: CaseRule(
        title="Запись аннулирована, а полис выдан по заявлению: решите, что делать с полисом", may_proceed=False
    ),
}
"""Reason → what it means."""


class ParentRole(StrEnum):
    """Whose child it is; the values are also the basis on which the insurer of that person insures the child."""

    MOTHER = "mother"
    FATHER = "father"
    REPRESENTATIVE = "representative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An identity document as the registry names it; ``type`` is a code of F011."""

    type: str
    series: str = ""
    number: str = ""
    issuer: str = ""
    issued_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """The child; without a given name while the parents have not named it. ``birth_order`` counts twins from 1."""

    sex: Sex
    born_on: date
    family_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    birthplace: str = ""
    citizenship: str = "RUS"
    snils: str = ""
    certificate: Paper | None = None
    birth_order: int = 1
    children_born: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """Mother, father or another legal representative; ``powers`` are the representative's."""

    role: ParentRole
    family_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    born_on: date | None = None
    snils: str = ""
    document: Paper | None = None
    powers: Powers = field(default_factory=Powers)


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilMessage:
    """One version of a record, whole: a later version replaces an earlier one and needs nothing of it.

    ``region`` (F010) is where the birth was registered, ``registered_on`` when.
    """

    number: str
    version: int
    kind: RecordKind
    registered_on: date
    region: str
    office: str = ""
    child: Child | None = None
    parents: tuple[Parent, ...] = ()
    reason: str = ""

    def parent(self, role: ParentRole) -> Parent | None:
        """Return who has a role, if anybody is named."""
        return next((parent for parent in self.parents if parent.role is role), None)

    @property
    def is_foreign(self) -> bool:
        """Whether the birth was registered abroad, whatever the version corrects."""
        certificate = self.child.certificate if self.child else None
        return self.kind is RecordKind.FOREIGN or (certificate is not None and certificate.type == FOREIGN_CERTIFICATE)

    @property
    def family_name(self) -> str:
        """The child's surname; until it has one, the mother's, else the father's."""
        own = self.child.family_name if self.child else ""
        return own or next((parent.family_name for parent in self.parents if parent.family_name), "")

    @property
    def insured_child(self) -> Child:
        """The child under the surname that it goes by; raises StateConflict where the message names none."""
        if self.child is None:
            raise StateConflict("В записи нет сведений о ребёнке")
        return replace(self.child, family_name=self.family_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedVersion:
    """A version of a record as it came, kept for good."""

    record_id: str
    message: CivilMessage
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilRecord:
    """A record with its newest version and what became of it.

    ``person_id`` is the child's. ``applied`` is the child as it was last taken over into the register of this
    service, ``is_policy_ours`` whether the policy was made by this record. ``granted`` are the persons who may act for
    the child because of the record, with their roles. ``released`` are the reasons of this version that an operator
    has looked into, ``chosen_insurer`` what insurer the operator named, ``decision_note`` why it was set aside.
    """

    record_id: str
    person_id: str
    message: CivilMessage
    received_at: datetime
    state: RecordState = RecordState.RECEIVED
    reason: CaseReason | None = None
    applied: Child | None = None
    policy_id: str | None = None
    is_policy_ours: bool = False
    granted: Mapping[str, str] = field(default_factory=dict)
    released: tuple[CaseReason, ...] = ()
    chosen_insurer: str = ""
    decision_note: str = ""
    version: int = 1
    chain: ChainHead = field(default_factory=ChainHead)

    @property
    def needs_operator(self) -> bool:
        """Whether an operator has to look."""
        return self.state is RecordState.NEEDS_OPERATOR

    @property
    def settled_state(self) -> RecordState:
        """The state of a record whose child is insured."""
        return RecordState.INSURED if self.is_policy_ours else RecordState.ALREADY_INSURED


class Arrival(StrEnum):
    """What a message is beside what is known already."""

    ACCEPTED = "accepted"
    REPEATED = "repeated"
    OUTDATED = "outdated"


def judge_arrival(*, known: CivilMessage | None, message: CivilMessage) -> Arrival:
    """Tell a new version from a repeated and from an outdated one; versions may come in any order.

    Raises:
        StateConflict: the version is known with another content.
    """
    if known is None or message.version > known.version:
        return Arrival.ACCEPTED
    if message.version < known.version:
        return Arrival.OUTDATED
    if message != known:
        detail = f"Версия {known.version} этой записи уже принята с другим содержанием: пришлите следующую версию"
        raise StateConflict(detail)
    return Arrival.REPEATED
