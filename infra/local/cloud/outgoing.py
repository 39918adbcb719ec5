"""SES and SNS: the lists of sent mail and text messages, kept for those who try the service."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from ministack.core.persistence import _json_default, _json_object_hook
from ministack.services import ses, sns

from infra.local.cloud.coming_back import come_back

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.local.cloud.journal import Journal

_DIGITS = 12


class SentList(list[Any]):
    """An append-only list that journals each record and has its receipt come back."""

    def __init__(self, journal: Journal, kind: str, owner: str, known: Iterable[Any] = ()) -> None:
        super().__init__(known)
        self._journal = journal
        self._kind = kind
        self._owner = owner

    def append(self, record: object) -> None:
        """Add a record and journal it under its place in the list."""
        text = json.dumps(record, default=_json_default)
        self._journal.record(self._kind, self._owner, f"{len(self):0{_DIGITS}d}", text)
        super().append(record)
        come_back(self._kind, record)


class SentLists(dict[Any, Any]):
    """The emulator's store of lists; left out when its service's state is saved as a whole."""

    def __init__(self, journal: Journal, kind: str) -> None:
        super().__init__()
        self._journal = journal
        self._kind = kind

    def __setitem__(self, key: object, value: list[Any]) -> None:
        fresh = SentList(self._journal, self._kind, json.dumps(key))
        for record in value:
            fresh.append(record)
        super().__setitem__(key, fresh)

    def get(self, key: object, default: object = None) -> Any:  # noqa: ARG002 - the signature of dict
        """Return the list of a key, a new one if there is none: the emulator would keep its own."""
        if key not in self:
            self[key] = []
        return self[key]

    def clear(self) -> None:
        """Forget all lists: the administrator's reset."""
        for key in self:
            self._journal.forget(self._kind, json.dumps(key))
        super().clear()

    def restore(self) -> None:
        """Fill the store from the journal."""
        found: defaultdict[str, list[Any]] = defaultdict(list)
        for owner, _, value in self._journal.rows(self._kind):
            found[owner].append(json.loads(value, object_hook=_json_object_hook))
        for owner, records in found.items():
            known = SentList(self._journal, self._kind, owner, records)
            super().__setitem__(tuple(json.loads(owner)), known)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[Any, Any]:
        return {}


class OutgoingJournal:
    """Keeps sent mail and text messages over restarts."""

    def __init__(self, journal: Journal) -> None:
        self._mail = SentLists(journal, "mail")
        self._texts = SentLists(journal, "text_message")

    def install(self) -> None:
        """Replace the emulator's stores by observed ones."""
        ses._sent_emails._data = self._mail  # noqa: SLF001 - the seam of the pinned version
        sns._sms_messages._data = self._texts  # noqa: SLF001 - as above

    def restore(self) -> None:
        """Fill both stores from the journal."""
        self._mail.restore()
        self._texts.restore()
