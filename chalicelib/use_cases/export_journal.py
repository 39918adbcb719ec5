"""Exports of the journal that prove by themselves that nothing in them was changed (requirements A7, P1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.audit import ChainHead
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.policy_number import parse_policy_number
from chalicelib.domain.principal import Role
from chalicelib.domain.snils import parse_snils
from chalicelib.ports.errors import NotFound
from chalicelib.ports.queries import ApplicationFilter, JournalLine, Period
from chalicelib.use_cases.access import require_citizen, require_role
from chalicelib.use_cases.journal import chain_name
from chalicelib.use_cases.scans import chain_of_scan
from chalicelib.use_cases.views import note_view

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.principal import Principal
    from chalicelib.ports.toolbox import Toolbox

PAGE = 1000
"""Entries of one page of an export: half a megabyte."""

APPLICATIONS = 50
"""Of how many applications, the newest, an export has the heads of the chains."""

LONGEST = timedelta(days=366)
"""The longest period for which everybody's journals are exported at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalPage:
    """A page of an export; ``heads`` stand on the first page of a person's, unless it ends in the past."""

    lines: tuple[JournalLine, ...]
    person_id: str | None = None
    heads: Mapping[str, ChainHead] | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalOrder:
    """Whose journal an auditor wants, and of when: a person by one key, or everybody in a period."""

    period: Period
    policy_number: str | None = None
    snils: str | None = None
    person_id: str | None = None
    after: str | None = None


def export_own_journal(*, tools: Toolbox, principal: Principal, period: Period, after: str | None) -> JournalPage:
    """Export a page of the person's own journal (1 AWS call; the first page 3, and one for each application).

    Raises:
        ValidationFailed: the period is empty.
    """
    person_id = require_citizen(principal)
    _check_period(period)
    return _of_person(tools, person_id, period, after)


def export_journal(*, tools: Toolbox, principal: Principal, order: JournalOrder, at: datetime) -> JournalPage:
    """Export a page for an auditor, once it is noted in the journal itself: the person's, or the auditor's own.

    Raises:
        NotPermitted: the principal is no auditor.
        ValidationFailed: more than one key, a malformed one, or no period where none is given.
        NotFound: nobody has this key.
    """
    require_role(principal, Role.AUDITOR)
    _check_period(order.period)
    person_id = _person_of(tools, order)
    details = {"scope": "person" if person_id else "everybody", **_told(order.period)}
    if person_id is not None:
        note_view(
            tools=tools, principal=principal, person_id=person_id, name="journal_exported", details=details, at=at
        )
        return _of_person(tools, person_id, order.period, order.after)
    since, until = _finished_period(order.period, at)
    account_id = principal.account_id
    note_view(tools=tools, principal=principal, person_id=account_id, name="journal_exported", details=details, at=at)
    found = tools.store.journal_of_all(since=since, until=until, limit=PAGE, after=order.after)
    return JournalPage(lines=found.items, after=found.after)


def _person_of(tools: Toolbox, order: JournalOrder) -> str | None:
    keys = {"policy_number": order.policy_number, "snils": order.snils, "person": order.person_id}
    given = [name for name, value in keys.items() if value is not None]
    if len(given) > 1:
        message = "Укажите один ключ: номер полиса, СНИЛС или запись человека"
        raise ValidationFailed([FieldError(field="key", code="one_key_required", message=message)])
    if not given:
        return None
    if order.person_id is not None:
        return _known(tools, order.person_id)
    kind, parse = ("snils", parse_snils) if order.snils is not None else ("policy_number", parse_policy_number)
    try:
        value = parse(text=keys[kind] or "")
    except InvalidValue as refusal:
        raise ValidationFailed([FieldError(field=kind, code=refusal.reason, message=refusal.detail)]) from None
    pointers = tools.store.pointers(kind=kind, value_hash=tools.secrets.lookup_hash(kind=kind, value=value))
    if not pointers:
        raise NotFound("Застрахованное лицо не найдено")
    return pointers[0].target


def _known(tools: Toolbox, person_id: str) -> str:
    # Whoever never used the service has no journal, and must not get one by being looked for.
    if not tools.store.journal(person_id=person_id, period=Period(), limit=1, after=None).items:
        raise NotFound("Такой записи в журнале нет")
    return person_id


def _of_person(tools: Toolbox, person_id: str, period: Period, after: str | None) -> JournalPage:
    # The heads are read first: what is written meanwhile makes chains longer than them, never shorter.
    has_heads = after is None and period.until is None
    heads = dict(_heads(tools, person_id)) if has_heads else None
    found = tools.store.journal(person_id=person_id, period=period, limit=PAGE, after=after)
    return JournalPage(person_id=person_id, lines=found.items, heads=heads, after=found.after)


def _heads(tools: Toolbox, person_id: str) -> Iterator[tuple[str, ChainHead]]:
    known = tools.store.person_file(person_id=person_id)
    persons = (known.person,) if known.person else ()
    for entity in (*persons, *known.policies, *known.certificates):
        yield chain_name(entity), entity.chain
    if known.views is not None:
        yield f"views:{person_id}", known.views.chain
    for left in known.erased:
        yield from left.heads.items()
    listed_first = tools.store.applications_of(
        person_id=person_id, limit=APPLICATIONS, after=None, wanted=ApplicationFilter()
    )
    for listed in listed_first.items:
        file = tools.store.application_file(application_id=listed.application_id)
        yield chain_name(file.application), file.application.chain
        for scan in file.scans:
            yield chain_of_scan(scan), scan.chain


def _check_period(period: Period) -> None:
    if period.since is not None and period.until is not None and period.since >= period.until:
        message = "Конец периода должен быть позже начала"
        raise ValidationFailed([FieldError(field="until", code="empty_period", message=message)])


def _finished_period(period: Period, at: datetime) -> tuple[datetime, datetime]:
    ends = {"since": period.since, "until": period.until}
    if period.since is None or period.until is None:
        message = "Для выгрузки по всем людям укажите начало и конец периода"
        errors = [FieldError(field=n, code="required", message=message) for n, end in ends.items() if end is None]
        raise ValidationFailed(errors)
    if period.until > at:
        # Days are read in parts: what is written meanwhile into a part that was read would be a gap in its chain.
        message = "Период ещё не закончился: по всем людям выгружаются дни до вчерашнего"
        raise ValidationFailed([FieldError(field="until", code="period_not_over", message=message)])
    if period.until - period.since > LONGEST:
        message = f"Выгружайте не больше {LONGEST.days} дней за раз"
        raise ValidationFailed([FieldError(field="until", code="period_too_long", message=message)])
    return period.since, period.until


def _told(period: Period) -> dict[str, str]:
    ends = {"since": period.since, "until": period.until}
    return {name: end.isoformat() for name, end in ends.items() if end is not None}
