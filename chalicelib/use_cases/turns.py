"""Limits of how much a folder holds, kept also when several requests add to it at once.

Each counts what is there before it adds. So that none counts too little, whoever adds takes the folder's turn in the
same transaction, and takes it only if nobody has seen as much before: one of those who counted alike comes through,
the others look again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from chalicelib.ports.errors import PortError, StaleWrite

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chalicelib.ports.unit_of_work import UnitOfWork

T = TypeVar("T")

TRIES = 4
"""How often a request looks and adds before it leaves that to its client."""


def take_turn(*, work: UnitOfWork, name: str, folder: str, seen: Sequence[str]) -> None:
    """Let the commit fail unless this request has seen more of the folder than any before it.

    Args:
        work: the transaction that adds to the folder.
        name: what is added, as "scans".
        folder: an opaque id.
        seen: the ids of what is there; nothing is taken away within a minute, but by ``UnitOfWork.give_turn_back``.
    """
    work.take_turn(name=name, folder=folder, seen=f"{len(seen):06d} {max(seen, default='')}")


def in_turn(act: Callable[[], T], *, meets: tuple[type[PortError], ...] = (StaleWrite,)) -> T:
    """Read and add; where others came first (``meets``), read and add again.

    Raises:
        StaleWrite: others always came first.
        DomainError, PortError: what ``act`` raises otherwise.
    """
    for _ in range(TRIES - 1):
        try:
            return act()
        except meets:
            continue
    return act()
