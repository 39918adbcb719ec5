"""Following a record that was merged to the main one, and refusing what a closed record cannot do (requirement D4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.errors import RuleRefused
from chalicelib.ports.privacy import Holdings
from chalicelib.use_cases.access import standing_representation
from chalicelib.use_cases.journal import chain_name

if TYPE_CHECKING:
    from datetime import date

    from chalicelib.domain.application import Application
    from chalicelib.domain.person import Person
    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.queries import ApplicationFilter, Slice
    from chalicelib.ports.toolbox import Toolbox


def followed(*, tools: Toolbox, file: PersonFile) -> PersonFile:
    """The folder to which a merged record leads (1 AWS call for a merged record, else none)."""
    while file.person is not None and file.person.merged is not None:
        file = tools.store.person_file(person_id=file.person.merged.into)
    return file


def main_file(*, tools: Toolbox, file: PersonFile) -> PersonFile:
    """The folder to which a record leads, with what stayed in those that lead there too (1 AWS call each).

    Documents and registrations of earlier samples stay where they were made.
    """
    main = followed(tools=tools, file=file)
    led = [tools.store.person_file(person_id=person_id) for person_id in _led(main)]
    return replace(
        main,
        documents=tuple(document for known in (*led, main) for document in known.documents),
        legacy_policies=tuple(found for known in (*led, main) for found in known.legacy_policies),
    )


def _led(main: PersonFile) -> tuple[str, ...]:
    return main.person.merged_from if main.person is not None else ()


def records_of(*, tools: Toolbox, person_id: str) -> tuple[str, ...]:
    """All records of the person whose record this is, itself first (1 AWS call, 1 more where it leads elsewhere)."""
    main = followed(tools=tools, file=tools.store.person_file(person_id=person_id)).person
    others = () if main is None else (main.person_id, *main.merged_from)
    return tuple(dict.fromkeys((person_id, *others)))


def holdings_of(*, tools: Toolbox, person_id: str) -> Holdings:
    """All that is held of a person under any record (1 AWS call, and 1 or 2 for each record)."""
    found = [tools.store.holdings(person_id=one) for one in records_of(tools=tools, person_id=person_id)]
    return Holdings(
        # What moved with a merger is named by the journals of both records.
        things=tuple({chain_name(thing): thing for part in found for thing in part.things}.values()),
        messages=tuple(message for part in found for message in part.messages),
    )


def representation_for(*, tools: Toolbox, acting: PersonFile, person_id: str, on: date) -> PersonFile:
    """The folder of a person for whom somebody may act: directly, or by a record that leads there (1 AWS call).

    Raises:
        NotFound: no right to act stands on the day.
    """
    known = tools.store.person_file(person_id=person_id)
    if not any(found.person_id in _led(known) and found.stands_on(on) for found in acting.represented):
        standing_representation(acting, person_id=person_id, on=on)
    return known


def applications_about(
    *, tools: Toolbox, person_id: str, limit: int, after: str | None, wanted: ApplicationFilter
) -> Slice[Application]:
    """List the applications about a person; those of a merged record are at the main one.

    Costs what `Store.applications_of` does; where there is nothing at all, 1 to 2 calls more.
    """
    found = tools.store.applications_of(person_id=person_id, limit=limit, after=after, wanted=wanted)
    if found.items or found.after is not None:
        return found
    person = followed(tools=tools, file=tools.store.person_file(person_id=person_id)).person
    if person is None or person.person_id == person_id:
        return found
    return tools.store.applications_of(person_id=person.person_id, limit=limit, after=after, wanted=wanted)


def redirected(*, tools: Toolbox, application: Application, refusal: RuleRefused) -> Application:
    """A draft under a merged record, as one about the main record.

    Raises:
        RuleRefused: the person has died, or the ``refusal`` itself if the record is no merged one.
    """
    file = tools.store.person_file(person_id=application.person_id)
    check_living(file.person)
    main = followed(tools=tools, file=file).person
    if refusal.reason != "consent_required" or main is None or main.person_id == application.person_id:
        raise refusal
    return replace(application, person_id=main.person_id)


def check_living(person: Person | None) -> None:
    """Refuse what only the living can do; raises RuleRefused."""
    if person is not None and person.death is not None:
        detail = "В регистре записана смерть этого человека. Если это ошибка, обратитесь в территориальный фонд"
        raise RuleRefused("person_died", detail)
