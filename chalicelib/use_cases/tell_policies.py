"""Judging what waits for a change file: what is told, what has to be mended first, what needs no word (P4)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain.application import Application
from chalicelib.domain.category_rules import CATEGORY_RULES
from chalicelib.domain.change_file import RECORD
from chalicelib.domain.exchange_codec import encode
from chalicelib.domain.exchange_logic import remark_of, row_errors
from chalicelib.domain.exchange_model import SCHEMAS, FileKind
from chalicelib.domain.exchange_schema import WRONG_CODE, check_record
from chalicelib.domain.fund_change import ChangeState, FundChange, Remark, moved
from chalicelib.domain.fund_operation import Holder, Visit, operation, person_values, rest_of
from chalicelib.domain.fund_reason import awaits_beginning, is_outdated, last_told, reason_of
from chalicelib.domain.person import Person
from chalicelib.domain.regions import local_date
from chalicelib.domain.xml_tree import Element, write_part
from chalicelib.use_cases.correction_case import read_applications
from chalicelib.use_cases.forms import profile_form
from chalicelib.use_cases.merged_records import followed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chalicelib.domain.insurer import Insurer
    from chalicelib.ports.toolbox import Toolbox

OPERATION = next(part for part in SCHEMAS[FileKind.OPLIST].parts if part.name == RECORD)
WORKING = "working"
NOT_BEGUN = Remark(
    code=WRONG_CODE,
    field="TIP_OP",
    message="Фонд ещё не принял запись о начале страхования",
    mend="Исправьте и передайте снова отклонённую или задержанную запись о начале, затем эту",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A record as it is going to be, and its text where it is told."""

    change: FundChange
    text: bytes = b""


@dataclass(slots=True)
class _Known:
    """A person as the records of one page find them: what the fund was told grows with the page."""

    person: Person | None
    applications: list[Application]
    history: list[FundChange]


class Teller:
    """Judges the records of one file, one after the other."""

    def __init__(self, *, tools: Toolbox, insurer: Insurer, file: str, at: datetime) -> None:
        self._tools = tools
        self._insurer = insurer
        self._file = file
        self._at = at
        self._on = local_date(at=at, region=insurer.region)
        self._known: dict[str, _Known] = {}

    def judge(self, *, change: FundChange, number: int) -> Judged:
        """Judge a record that would be the one of this number (3 AWS calls for each person, 1 for each policy)."""
        known = self._read(change.person_id)
        told = last_told(change=change, history=known.history)
        judged = self._judged(change, known, told, number)
        known.history = [c for c in known.history if c.change_id != change.change_id] + [judged.change]
        return judged

    def _judged(self, change: FundChange, known: _Known, told: FundChange | None, number: int) -> Judged:
        if known.person is None or is_outdated(change=change, told=told):
            return Judged(change=moved(change=change, state=ChangeState.SETTLED))
        if awaits_beginning(facts=change.facts, told=told):
            held = moved(change=change, state=ChangeState.HELD)
            return Judged(change=replace(held, remarks=(NOT_BEGUN,)))
        holder = _holder(change, known.person, known.applications)
        person, rest = person_values(holder), rest_of(holder)
        reason = reason_of(facts=change.facts, policy_id=change.policy_id, told=told, person=person, rest=rest)
        if reason is None:
            settled = moved(change=change, state=ChangeState.SETTLED)
            return Judged(change=replace(settled, remarks=(), told_person=person, told_rest=rest))
        values = operation(change=change, number=number, reason=reason, holder=holder, insurer=self._insurer, told=told)
        return self._checked(change, encode(part=OPERATION, value=values), reason, number, person, rest)

    def _checked(
        self, change: FundChange, element: Element, reason: str, number: int, person: dict[str, str], rest: str
    ) -> Judged:
        """Hold back what the fund's own control would refuse: the operator mends it before it is sent."""
        errors = check_record(element=element, kind=FileKind.OPLIST)
        errors = errors or row_errors(kind=FileKind.OPLIST, row=element, on=self._on)
        if errors:
            held = moved(change=change, state=ChangeState.HELD)
            return Judged(change=replace(held, reason=reason, remarks=tuple(map(remark_of, errors))))
        told = replace(
            moved(change=change, state=ChangeState.TOLD),
            reason=reason,
            remarks=(),
            file=self._file,
            record=number,
            told_person=person,
            told_rest=rest,
        )
        return Judged(change=told, text=write_part(element=element, depth=1))

    def _read(self, person_id: str) -> _Known:
        if person_id not in self._known:
            store = self._tools.store
            folder = followed(tools=self._tools, file=store.person_file(person_id=person_id))
            person = folder.person
            applications = read_applications(tools=self._tools, person_id=person.person_id) if person else []
            history = [c for policy in folder.policies for c in store.fund_changes(policy_id=policy.policy_id)]
            self._known[person_id] = _Known(person, applications, history)
        return self._known[person_id]


def _holder(change: FundChange, person: Person, applications: Sequence[Application]) -> Holder:
    """The profile, which the registers confirmed, over the form of the application behind the change."""
    application = _behind(change, applications)
    profile = profile_form(person)
    if application is None:
        return Holder(form=_with_document(profile, person))
    form = {name: dict(section) for name, section in application.form.items()}
    form["person"] = {**form.get("person", {}), **profile["person"]}
    rule = CATEGORY_RULES[application.category]
    working = form["person"].get("employment") == WORKING
    filed_at = application.submitted_at or application.created_at
    visit = Visit(
        filed_on=local_date(at=filed_at, region=change.insurer_code[:2]),
        by_representative=application.account_id != application.person_id,
        reissue=application.section("replacement").get("reason", ""),
    )
    return Holder(form=_with_document(form, person), category=str(rule.v013[not working]), visit=visit)


def _behind(change: FundChange, applications: Sequence[Application]) -> Application | None:
    """The application that made the policy what it is; that of the period where none names the policy."""
    made = [a for a in applications if a.policy_id == change.policy_id and a.updated_at <= change.known_at]
    number = change.facts.application_number
    return next(iter(made), None) or next((a for a in applications if number and a.number == number), None)


def _with_document(form: dict[str, dict[str, str]], person: Person) -> dict[str, dict[str, str]]:
    """An identity document that an operator corrected counts, not that of the application."""
    return {**form, "identity_document": dict(person.document)} if person.document else form
