"""Taking back what a correction changed: a death that was none, records of two people, or any other (D4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.application import Application
from chalicelib.domain.changes import Change, Thing, reference, undone
from chalicelib.domain.insurance_certificate import InsuranceCertificate
from chalicelib.domain.records import Pointer
from chalicelib.domain.representation import Representation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chalicelib.ports.folders import PersonFile
    from chalicelib.ports.toolbox import Toolbox
    from chalicelib.use_cases.correction_case import Case, Draws


def undo(tools: Toolbox, case: Case, draws: Draws) -> list[Change]:  # noqa: ARG001 — as the corrections
    """Put back what the changes of ``case.origin`` changed.

    Raises:
        StateConflict: something of it has been changed since.
    """
    folders = folders_of(tools=tools, changes=case.origin, known={case.person.person_id: case.file})
    standing = {reference(thing): thing for file in folders.values() for thing in _things(file)}
    standing |= {reference(application): application for application in _applications(tools, case)}
    standing |= {reference(stated): stated for stated in _certificates(tools, case)}
    return list(undone(changes=case.origin, standing=standing))


def folders_of(*, tools: Toolbox, changes: Iterable[Change], known: Mapping[str, PersonFile]) -> dict[str, PersonFile]:
    """The folders of everybody in whose folder something changes (1 AWS call each that is not known)."""
    folders = dict(known)
    for change in changes:
        for thing in (change.before, change.after):
            name = _folder(thing)
            if name is not None and name not in folders:
                folders[name] = tools.store.person_file(person_id=name)
    return folders


def _folder(thing: Thing | None) -> str | None:
    if thing is None or isinstance(thing, Pointer | Application):
        return None
    return thing.representative_id if isinstance(thing, Representation) else thing.person_id


def _things(file: PersonFile) -> list[Thing]:
    person = [file.person] if file.person is not None else []
    return [
        *person,
        *file.policies,
        *file.certificates,
        *file.documents,
        *file.represented,
        *file.legacy_policies,
        *file.attachments,
        *file.attachment_books,
    ]


def _applications(tools: Toolbox, case: Case) -> list[Application]:
    """The applications that were changed, as they are now (1 AWS call each)."""
    changed = [change.after for change in case.origin]
    return [
        tools.store.application_file(application_id=thing.application_id).application
        for thing in changed
        if isinstance(thing, Application)
    ]


def _certificates(tools: Toolbox, case: Case) -> list[InsuranceCertificate]:
    """The certificates of insurance that were revoked, as they are now (1 AWS call each)."""
    revoked = [change.after for change in case.origin if isinstance(change.after, InsuranceCertificate)]
    read = tools.store.insurance_certificate
    found = (read(person_id=one.person_id, certificate_id=one.certificate_id) for one in revoked)
    return [one for one in found if one is not None]
