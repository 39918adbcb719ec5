"""The state of all other services: saved as a whole whenever a call may have changed it."""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from typing import TYPE_CHECKING, Any

from ministack import app as emulator
from ministack.core import persistence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from infra.local.cloud.journal import Batch, Journal

_log = logging.getLogger("polis.cloud")
_STATE = "state"
_INTERRUPTED = {
    "CREATE_IN_PROGRESS": "CREATE_FAILED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
    "DELETE_IN_PROGRESS": "DELETE_FAILED",
    "UPDATE_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_ROLLBACK_COMPLETE",
    "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS": "UPDATE_COMPLETE",
}


class ServiceStates:
    """Snapshots of services by name, journalled only when they differ from the last one."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._digests: dict[str, bytes] = {}

    def install(self) -> None:
        """Make the emulator load from the journal, and save nothing of its own."""
        emulator.load_state = self.load
        emulator.save_all = self._save_at_shutdown

    def load(self, service: str) -> Any:
        """Return the saved state of a service, or `None`."""
        text = self._journal.value(_STATE, service, "")
        if text is None:
            return None
        self._digests[service] = _digest(text)
        return json.loads(text, object_hook=persistence._json_object_hook)["payload"]  # noqa: SLF001 - the seam of the pinned version

    def save(self, services: Iterable[str]) -> None:
        """Journal those of the named services that are in use and have changed."""
        for service in services:
            module_name = emulator._state_map.get(service)  # noqa: SLF001 - as above
            module = sys.modules.get(f"ministack.services.{module_name}")
            if module is not None and hasattr(module, "get_state"):
                self._save(service, module.get_state())

    def save_all(self) -> None:
        """Journal every service that is in use and has changed."""
        self.save(emulator._state_map)  # noqa: SLF001 - as above

    def forget_digests(self) -> None:
        """Make the next save write everything: after the journal was erased."""
        self._digests.clear()

    def _save(self, service: str, payload: object) -> None:
        envelope = {"format": "ministack 1.5", "payload": payload}
        text = json.dumps(envelope, default=persistence._json_default)  # noqa: SLF001 - as above
        digest = _digest(text)
        if service not in self._digests and _is_empty(json.loads(text)["payload"]):
            return  # never used: a saved state would make every start import the service
        if self._digests.get(service) != digest:
            self._digests[service] = digest
            self._journal.record(_STATE, service, "", text)

    def _save_at_shutdown(self, _services: object) -> None:
        self.save_all()
        batch: Batch = self._journal.drain()
        self._journal.write(batch)


def _is_empty(value: Any) -> bool:
    """Whether a state holds nothing but empty stores."""
    if isinstance(value, dict):
        content = value.get("data", value)
        return all(_is_empty(inner) for inner in content.values())
    return value in ([], None, "", 0, False)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def settle_interrupted_stacks() -> None:
    """Give stacks whose operation died with the process the status of a failed operation.

    No task would ever move them on; a failed stack can be deleted or updated by its owner.
    """
    module = sys.modules.get("ministack.services.cloudformation")
    if module is None:
        return
    for stack in list(module._stacks._data.values()):  # noqa: SLF001 - as above
        status = stack.get("StackStatus", "")
        if status in _INTERRUPTED:
            stack["StackStatus"] = _INTERRUPTED[status]
            stack["StackStatusReason"] = "The local cloud was stopped during this operation"
            _log.warning("stack %s: %s became %s", stack["StackName"], status, _INTERRUPTED[status])
