"""Licences, times in the registry and numbers of insured of a registry row, from what its cells say (H1-H3)."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from chalicelib.domain.insurer import Inclusion, InsuredNotice, Licence
from chalicelib.domain.registry_messages import EXCLUSION_REASONS, finding
from chalicelib.domain.registry_values import NEVER, is_empty, licence_number_of, read_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from chalicelib.domain.registry_file import Cells
    from chalicelib.domain.registry_job import Finding

FIRST_DAY = date(2011, 1, 1)
FIRST_LICENCE = date(1991, 1, 1)
LAST_DAY = date(2099, 12, 31)
_DAY = timedelta(days=1)
_WHOLE = re.compile(r"[0-9]{1,9}")


def licences_of(*, cells: Sequence[Cells], found: list[Finding]) -> tuple[Licence, ...]:
    """Read the licences, oldest first; one without a first day, or that ends before it, is told and left out."""
    if not cells:
        found.append(finding(code="F002-91"))
    read = [licence for group in cells if (licence := _licence(group, found))]
    digits = [re.sub(r"[^0-9]", "", licence.number) for licence in read]
    for licence, own in zip(read, digits, strict=True):
        if own and digits.count(own) > 1:
            found.append(finding(code="F002-86", value=licence.number))
            break
    return tuple(sorted(read, key=lambda licence: (licence.issued_on, licence.number)))


def _licence(cells: Cells, found: list[Finding]) -> Licence | None:
    typed, begins = cells.get("N_DOC", ""), cells.get("D_START", "")
    if is_empty(typed):
        found.append(finding(code="F002-52"))
    issued_on = read_date(begins)
    if issued_on is None:
        found.append(finding(code="F002-51", value=begins))
        return None
    if issued_on < FIRST_LICENCE:
        found.append(finding(code="F002-54", value=begins))
    last_day, terminated = read_date(cells.get("DATE_E", "")), read_date(cells.get("D_TERM", ""))
    if last_day is not None and last_day > LAST_DAY:
        found.append(finding(code="F002-85", value=str(last_day)))
    if last_day is not None and last_day <= issued_on:
        found.append(finding(code="F002-53", value=str(last_day)))
        return None
    # The last day of a licence is its own; a termination is the first day without it.
    ends = [terminated] if terminated else []
    if last_day is not None and last_day < NEVER:
        ends.append(last_day + _DAY)
    return Licence(number=licence_number_of(typed), issued_on=issued_on, until=min(ends, default=None))


def inclusions_of(*, cells: Sequence[Cells], found: list[Finding]) -> tuple[Inclusion, ...]:
    """Read the times in the registry, oldest first; at least one, from the registry's first day if none is told."""
    if not cells:
        found.append(finding(code="F002-90"))
        return (Inclusion(begins_on=FIRST_DAY),)
    read = sorted((_inclusion(group, found) for group in cells), key=lambda inclusion: inclusion.begins_on)
    for number, (earlier, later) in enumerate(pairwise(read)):
        if earlier.ends_on is None:
            found.append(finding(code="F002-83", value=str(earlier.begins_on)))
            read[number] = replace(earlier, ends_on=later.begins_on)
        elif earlier.ends_on > later.begins_on:
            found.append(finding(code="F002-84", value=str(earlier.ends_on)))
    return tuple(read)


def _inclusion(cells: Cells, found: list[Finding]) -> Inclusion:
    begins_on, ends_on = read_date(cells.get("D_BEGIN", "")), read_date(cells.get("D_END", ""))
    reason, policies_left = cells.get("NAME_E", "").strip(), cells.get("NAL_P", "").strip()
    if begins_on is None:
        found.append(finding(code="F002-43" if ends_on else "F002-41", value=cells.get("D_BEGIN", "")))
        begins_on = min(FIRST_DAY, ends_on or FIRST_DAY)
    if ends_on is None:
        _check_unended(reason, policies_left, found)
        return Inclusion(begins_on=begins_on)
    if ends_on < begins_on:
        found.append(finding(code="F002-45", value=str(ends_on)))
        ends_on = begins_on
    if ends_on < FIRST_DAY:
        found.append(finding(code="F002-42", value=str(ends_on)))
    _check_ended(reason, policies_left, found)
    return Inclusion(begins_on=begins_on, ends_on=ends_on, reason=reason[:40])


def _check_unended(reason: str, policies_left: str, found: list[Finding]) -> None:
    if reason:
        found.append(finding(code="F002-82", value=reason))
    if policies_left:
        found.append(finding(code="F002-81", value=policies_left))


def _check_ended(reason: str, policies_left: str, found: list[Finding]) -> None:
    if not reason:
        found.append(finding(code="F002-44"))
    elif reason not in EXCLUSION_REASONS:
        found.append(finding(code="F002-46", value=reason))
    if not policies_left:
        found.append(finding(code="F002-80"))


def notices_of(*, cells: Sequence[Cells], on: date, found: list[Finding]) -> tuple[InsuredNotice, ...]:
    """Read how many people were insured, year by year; one without a day or a number is told and left out."""
    if not cells:
        found.append(finding(code="F002-92"))
    read = [notice for group in cells if (notice := _notice(group, on, found))]
    return tuple(sorted(read, key=lambda notice: (notice.told_on, notice.year, notice.insured)))


def _notice(cells: Mapping[str, str], on: date, found: list[Finding]) -> InsuredNotice | None:
    told_on, typed = read_date(cells.get("DUVED", "")), cells.get("KOL_ZL", "").replace(" ", "")
    year = cells.get("YEAR_WORK", "").strip()
    if told_on is None:
        found.append(finding(code="F002-61", value=cells.get("DUVED", "")))
    if not _WHOLE.fullmatch(typed):
        found.append(finding(code="F002-62", value=typed))
    if told_on is None or not _WHOLE.fullmatch(typed):
        return None
    if told_on > on:
        found.append(finding(code="F002-88", value=str(told_on)))
        return None
    if not year:
        found.append(finding(code="F002-63"))
    elif year not in {str(told_on.year), str(told_on.year + 1)}:
        found.append(finding(code="F002-64", value=year))
    told_year = int(year) if re.fullmatch(r"[0-9]{4}", year) else told_on.year
    return InsuredNotice(year=told_year, told_on=told_on, insured=int(typed))
