"""Corrections of who a person is: birth date, sex, name, СНИЛС, document, contacts (requirements D4, F1)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.birth_date import anniversary, earliest_day
from chalicelib.domain.changes import Change, changed
from chalicelib.domain.correction_values import PREFIX, ContactKind
from chalicelib.domain.errors import RuleRefused, ValidationFailed
from chalicelib.domain.identity_documents import IdentityDocument, check_series_and_number, normalize_document
from chalicelib.domain.legacy_registration import LegacyEvent, advance_legacy
from chalicelib.domain.names import check_full_name
from chalicelib.domain.policy import PolicyState, end
from chalicelib.domain.policy_corrections import DATA_CORRECTED, DUPLICATE_NUMBER
from chalicelib.domain.policy_number import check_against, parse_policy_number
from chalicelib.domain.policy_types import LEGACY_TYPES, PolicyType
from chalicelib.domain.records import DocumentType
from chalicelib.domain.representation import RELATIONS, RelationRule, Representation, next_look
from chalicelib.domain.sex import Sex
from chalicelib.use_cases.identity import SHARED_KIND, document_value
from chalicelib.use_cases.lookup_pointers import documents_of, led_by, name_of, number_claimed, own_pointer

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.person import Person
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.records import Pointer, StoredDocument
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case, Draws

_OF_POLICY = frozenset({DocumentType.POLICY, DocumentType.EXTRACT})


def correct_birth_date(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Another birth date makes another ЕНП (order No. 79, cl. 5.1); a representative's terms follow.

    To learn the day or month that stood as 01 anyway changes no number: only the documents are made anew.
    """
    born_on = case.birth_day("born_on")
    person = _corrected(case, born_on=case.values["born_on"])
    if case.person.born_on and earliest_day(text=case.person.born_on) == born_on:
        return [*changed(before=case.person, after=person), *_made_anew(case, draws)]
    found = case.representation
    terms = changed(before=found, after=_reckoned(found, born_on, case.on)) if found is not None else ()
    return [*_renumbered(tools, case, draws, person), *terms]


def correct_sex(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Another sex makes another ЕНП (order No. 79, cl. 5.1)."""
    return _renumbered(tools, case, draws, _corrected(case, sex=case.values["sex"]))


def correct_name(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """The name as it stands in the document; what is not given stays."""
    person = _corrected(case, **case.values)
    errors = check_full_name(
        family_name=person.family_name,
        given_name=person.given_name,
        middle_name=person.middle_name,
        prefix=PREFIX.rstrip("."),
    )
    if errors:
        raise ValidationFailed(errors)
    return [
        *changed(before=case.person, after=person),
        *_renamed(tools, case, person),
        *_made_anew(case, draws),
    ]


def _renamed(tools: Toolbox, case: Case, person: Person) -> list[Change]:
    """Let the right name and birth date lead to the person, and the wrong ones no more."""
    old, new = name_of(case.person), name_of(person)
    former = own_pointer(tools=tools, kind=SHARED_KIND, value=old, person_id=person.person_id)
    return led_by(tools=tools, kind=SHARED_KIND, former=former, new=new, case=case) if old != new else []


def correct_snils(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Another СНИЛС, or none."""
    person = _corrected(case, snils=case.values["snils"])
    former = own_pointer(tools=tools, kind="snils", value=case.person.snils, person_id=person.person_id)
    return [
        *changed(before=case.person, after=person),
        *led_by(tools=tools, kind="snils", former=former, new=person.snils, case=case),
        *_made_anew(case, draws),
    ]


def correct_document(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Another identity document; the one before does not lead to the person any more."""
    document = normalize_document(
        IdentityDocument(
            type=case.values["document_type"],
            series=case.values.get("document_series", ""),
            number=case.values["document_number"],
        )
    )
    errors = check_series_and_number(document=document, prefix=f"{PREFIX}document")
    if errors:
        raise ValidationFailed(
            [replace(error, field=error.field.replace("document.", "document_")) for error in errors]
        )
    kept = {"type": document.type, "series": document.series, "number": document.number}
    new = document_value(document_type=document.type, series=document.series, number=document.number)
    former = _listed_document(tools, case)
    if former is not None and former.value_hash == tools.secrets.lookup_hash(kind="document", value=new):
        raise _nothing()
    return [
        *changed(before=case.person, after=_corrected(case, document=kept)),
        *led_by(tools=tools, kind="document", former=former, new=new, case=case),
    ]


def _listed_document(tools: Toolbox, case: Case) -> Pointer | None:
    """The pointer of the document that stands for the person: of those that lead there, the newest that is known."""
    listed = {
        pointer.value_hash: pointer
        for pointer in tools.store.pointers_of(person_id=case.person.person_id)
        if pointer.kind == "document"
    }
    known = (tools.secrets.lookup_hash(kind="document", value=value) for value in documents_of(case))
    return next((listed[value_hash] for value_hash in (*known, *listed) if value_hash in listed), None)


def remove_contact(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """A phone or an e-mail that is another person's."""
    if case.values["contact"] == ContactKind.PHONE:
        return [*changed(before=case.person, after=_corrected(case, phone=None))]
    return [*changed(before=case.person, after=_corrected(case, email=None))]


def retire_number(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:
    """Of two ЕНП of one person the named one is the main one; the policy that stands bears it."""
    number = case.values["policy_number"]
    if all(policy.policy_number != number for policy in case.file.policies):
        raise RuleRefused("no_such_number", "У этого человека нет полиса с таким ЕНП")
    person = case.person
    born_on, sex = earliest_day(text=person.born_on), Sex(person.sex)
    if check_against(number=parse_policy_number(text=number), born_on=born_on, sex=sex, on=case.on):
        detail = "Этот ЕНП не сходится с датой рождения и полом: главным он быть не может"
        raise RuleRefused("number_does_not_fit", detail, rule="приказ ФОМС № 79, прил. Г.2")
    policy = case.file.standing_policy
    if policy is not None and policy.policy_number != number:
        person = replace(case.person, policy_number=number, updated_at=case.at)
        changes = _succeeded(case, draws, policy, number, DUPLICATE_NUMBER)
        return [*changed(before=case.person, after=person), *changes]
    return [*changed(before=case.person, after=_corrected(case, policy_number=number))]


def _corrected(case: Case, **values: object) -> Person:
    person = replace(case.person, **values)  # type: ignore[arg-type]  # names of its fields
    if person == case.person:
        raise _nothing()
    return replace(person, updated_at=case.at)


def _nothing() -> RuleRefused:
    return RuleRefused("nothing_to_correct", "Так и записано: исправлять нечего")


def _reckoned(found: Representation, born_on: date, on: date) -> Representation:
    """A right to act with the birth date corrected: the birthdays that end it move."""
    rule = RELATIONS[found.relation]
    ends = _end_by_age(rule, found.born_on)
    until_on = _end_by_age(rule, born_on) if found.until_on == ends else found.until_on
    right = replace(found, born_on=born_on, until_on=until_on)
    return replace(right, next_step_at=next_look(right, on=on))


def _end_by_age(rule: RelationRule, born_on: date) -> date | None:
    return anniversary(born_on=born_on, years=rule.ends_at_age) if rule.ends_at_age is not None else None


def _renumbered(tools: Toolbox, case: Case, draws: Draws, person: Person) -> list[Change]:
    """What follows from another birth date or sex: another ЕНП for the policy that stands, other ways to be found."""
    policy = case.file.standing_policy
    found = _renamed(tools, case, person)
    if policy is None:
        # The number of an ended policy does not fit any more; the next policy gets another one.
        return [*changed(before=case.person, after=person), *found]
    number = draws.number(territory=case.place.region, born_on=earliest_day(text=person.born_on), sex=Sex(person.sex))
    return [
        *changed(before=case.person, after=replace(person, policy_number=number)),
        *found,
        *_succeeded(case, draws, policy, number, DATA_CORRECTED),
        number_claimed(tools=tools, number=number, person_id=person.person_id),
    ]


def _succeeded(case: Case, draws: Draws, policy: Policy, number: str, reason: str) -> list[Change]:
    """A successor of the policy under another number; the old one is kept as history."""
    successor = replace(
        policy,
        policy_id=draws.new_id(),
        policy_number=number,
        form=PolicyType.DIGITAL.value if policy.form in LEGACY_TYPES else policy.form,
        issued_on=case.on,
        issued_at=case.at,
        status_index=draws.status_index(),
        version=1,
        chain=ChainHead(),
    )
    retired = end(
        policy=policy, state=PolicyState.REPLACED, on=case.on, reason=reason, successor_id=successor.policy_id
    )
    return [
        Change(before=policy, after=retired),
        Change(before=None, after=successor),
        *legacy_superseded(case),
        *documents_anew(case, draws, policy, subject_id=successor.policy_id),
    ]


def legacy_superseded(case: Case) -> list[Change]:
    """A live registration of an earlier sample ends with the policy that it stood for."""
    found = case.file.live_legacy_policy
    if found is None:
        return []
    event = LegacyEvent.SUPERSEDE
    return [Change(before=found, after=advance_legacy(registration=found, event=event, at=case.at, actor=case.actor))]


def _made_anew(case: Case, draws: Draws) -> list[Change]:
    """A policy whose documents name its holder gets new ones, and the old codes die."""
    policy = case.file.standing_policy
    return [] if policy is None else reissued(case, draws, policy, policy)


def reissued(case: Case, draws: Draws, before: Policy, after: Policy) -> list[Change]:
    """A policy that tells something else now: a new code in place of the old one, new documents of each kind."""
    renewed = documents_anew(case, draws, before, subject_id=before.policy_id)
    if renewed:
        after = replace(after, status_index=draws.status_index())
    return [*changed(before=before, after=after), *renewed]


def documents_anew(case: Case, draws: Draws, policy: Policy, *, subject_id: str) -> list[Change]:
    """The present documents of a policy are superseded, and one of each kind is ordered anew."""
    present = present_documents(case, policy)
    newest = {(document.document_type, document.bilingual): document for document in present}
    return [
        *(Change(before=document, after=replace(document, superseded=True)) for document in present),
        *(Change(before=None, after=_ordered(case, draws, document, subject_id)) for document in newest.values()),
    ]


def present_documents(case: Case, policy: Policy) -> list[StoredDocument]:
    """The documents of a policy that count, oldest first."""
    return [
        document
        for document in sorted(case.file.documents, key=lambda document: document.document_id)
        if document.subject_id == policy.policy_id and document.document_type in _OF_POLICY and not document.superseded
    ]


def _ordered(case: Case, draws: Draws, like: StoredDocument, subject_id: str) -> StoredDocument:
    document_id = draws.new_id()
    return replace(
        like,
        document_id=document_id,
        person_id=case.person.person_id,
        subject_id=subject_id,
        object_key=f"documents/{document_id}.pdf",
        ordered_at=case.at,
        made_at=None,
        qr_link="",
        version=1,
    )
