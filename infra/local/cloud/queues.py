"""SQS: queues and messages that announce their own changes, whoever makes them."""

from __future__ import annotations

import copy
import itertools
import json
from typing import TYPE_CHECKING, Any, NoReturn

from ministack.core.persistence import _json_default, _json_object_hook
from ministack.services import sqs

from infra.local.cloud.journal import Change

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from infra.local.cloud.journal import Journal

_MESSAGE = "message"
_SEQUENCE_DIGITS = 16


class Message(dict[str, Any]):
    """A message that announces the change of a field: receipts, visibility, receive count."""

    __slots__ = ("number", "owner", "record")

    def __init__(self, record: QueueJournal, owner: str, number: int, fields: Any) -> None:
        super().__init__(fields)
        self.record = record
        self.owner = owner
        self.number = number

    def __setitem__(self, key: str, value: object) -> None:
        super().__setitem__(key, value)
        self.record.changed(self)


class Messages(list[Any]):
    """The messages of one queue; supports exactly the changes that the emulator makes."""

    def __init__(self, record: QueueJournal, owner: str, content: Iterable[Message] = ()) -> None:
        super().__init__(content)
        self._record = record
        self._owner = owner

    def append(self, fields: object) -> None:
        """Add a message and announce it."""
        super().append(self._record.new_message(self._owner, fields))

    def extend(self, several: Iterable[object]) -> None:
        """Add messages and announce them."""
        for fields in several:
            self.append(fields)

    def clear(self) -> None:
        """Announce the end of all messages: purge and reset."""
        for message in self:
            self._record.removed(message)
        super().clear()

    def replaced_by(self, kept: list[Any]) -> Messages:
        """Return the successor with the messages of `kept`, announcing those that are gone."""
        if kept is self:
            return self
        present = {id(message) for message in kept}
        for message in self:
            if id(message) not in present:
                self._record.removed(message)
        successor = Messages(self._record, self._owner)
        for message in kept:
            if isinstance(message, Message) and message.owner == self._owner:
                list.append(successor, message)
            else:
                successor.append(message)
        return successor

    def _unexpected(self, *_: object) -> NoReturn:
        raise TypeError("this change of a queue is not journalled")

    insert = pop = remove = __delitem__ = __setitem__ = __iadd__ = _unexpected


class Queue(dict[str, Any]):
    """A queue whose list of messages is always an observed one."""

    def __init__(self, record: QueueJournal, owner: str, fields: dict[str, Any]) -> None:
        super().__init__(fields)
        messages = Messages(record, owner)
        messages.extend(fields.get("messages", ()))
        super().__setitem__("messages", messages)

    def __setitem__(self, key: str, value: object) -> None:
        if key == "messages":
            value = self["messages"].replaced_by(value)
        super().__setitem__(key, value)

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, Any]:
        plain = {key: value for key, value in self.items() if key != "messages"}
        return {**copy.deepcopy(plain, memo), "messages": []}


class Queues(dict[tuple[str, str, str], Any]):
    """The emulator's store of queues, by account, region and URL."""

    def __init__(self, record: QueueJournal) -> None:
        super().__init__()
        self._record = record

    def __setitem__(self, key: tuple[str, str, str], value: dict[str, Any]) -> None:
        if key in self:
            self._record.gone(json.dumps(key))
        super().__setitem__(key, Queue(self._record, json.dumps(key), value))

    def update(self, other: dict[tuple[str, str, str], Any]) -> None:  # type: ignore[override]
        """Take over the queues of the saved state."""
        for key, value in other.items():
            self[key] = value

    def __delitem__(self, key: tuple[str, str, str]) -> None:
        super().__delitem__(key)
        self._record.gone(json.dumps(key))

    def pop(self, key: tuple[str, str, str], *default: Any) -> Any:
        """Remove a queue with its messages."""
        if key in self:
            self._record.gone(json.dumps(key))
        return super().pop(key, *default)

    def clear(self) -> None:
        """Remove all queues with their messages."""
        for key in self:
            self._record.gone(json.dumps(key))
        super().clear()

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[tuple[str, str, str], Any]:
        return {key: copy.deepcopy(value, memo) for key, value in self.items()}


class QueueJournal:
    """Journals single messages: the cost of a call does not grow with the length of a queue."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._numbers = itertools.count(1)
        self._dirty: dict[tuple[str, int], Message | None] = {}
        journal.add_source(self._changes)

    def install(self) -> None:
        """Replace the emulator's store by an observed one."""
        sqs._queues._data = Queues(self)  # noqa: SLF001 - the seam of the pinned version

    def restore(self) -> None:
        """Put the journalled messages into the restored queues, in their old order."""
        highest = 0
        queues = {json.dumps(key): queue for key, queue in sqs._queues.all_items()}  # noqa: SLF001 - as above
        for owner, key, value in self._journal.rows(_MESSAGE):
            if owner in queues:
                fields = json.loads(value, object_hook=_json_object_hook)
                list.append(queues[owner]["messages"], Message(self, owner, int(key), fields))
            highest = max(highest, int(key))
        self._numbers = itertools.count(highest + 1)

    def has_ordered_queues(self) -> bool:
        """Whether a FIFO queue exists: sends to it change the queue's own fields too."""
        return any(queue.get("is_fifo") for _, queue in sqs._queues.all_items())  # noqa: SLF001 - as above

    def new_message(self, owner: str, fields: object) -> Message:
        """Return a numbered message and announce it."""
        message = Message(self, owner, next(self._numbers), fields)
        self.changed(message)
        return message

    def changed(self, message: Message) -> None:
        """Note that a message is new or has another content."""
        self._note(message, message)

    def removed(self, message: Message) -> None:
        """Note that a message is deleted, expired or moved."""
        self._note(message, None)

    def gone(self, owner: str) -> None:
        """Note that a queue is deleted with all its messages."""
        for noted in [noted for noted in self._dirty if noted[0] == owner]:
            del self._dirty[noted]
        self._journal.forget(_MESSAGE, owner)

    def _note(self, message: Message, content: Message | None) -> None:
        if not self._dirty:
            self._journal.touch()
        self._dirty[message.owner, message.number] = content

    def _changes(self) -> Iterator[Change]:
        dirty, self._dirty = self._dirty, {}
        for (owner, number), message in dirty.items():
            value = None if message is None else json.dumps(message, default=_json_default)
            yield Change(_MESSAGE, owner, f"{number:0{_SEQUENCE_DIGITS}d}", value)
