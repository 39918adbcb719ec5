"""Sessions of the pages: opened after sign-in, prolonged by use, ended by sign-out (requirement A1)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.session import Session
from chalicelib.ports.errors import PortError

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox


def open_session(*, tools: Toolbox, secret: str, account_id: str, claims: str, at: datetime) -> Session:
    """Remember who signed in (1 AWS call); only the digest of the browser's ``secret`` is kept."""
    session = Session(session_id=_digest(secret), account_id=account_id, claims=claims, opened_at=at, seen_at=at)
    work = tools.store.work(at=at)
    work.create(session)
    work.commit()
    return session


def current_session(*, tools: Toolbox, secret: str, at: datetime) -> Session | None:
    """Read the session that a browser is in (1 AWS call; every five minutes of use 1 more), None once it has ended."""
    session = tools.store.session(session_id=_digest(secret))
    if session is None or not session.is_live(at=at):
        return None
    if session.is_to_be_noted(at=at):
        session = replace(session, seen_at=at)
        work = tools.store.work(at=at)
        work.update(session)
        try:
            work.commit()
        except PortError:
            # Another page of the same browser noted it at this very moment, or the table is busy: the next page will.
            return session
    return session


def end_session(*, tools: Toolbox, secret: str, at: datetime) -> None:
    """Forget a session, whether it stands or not (1 AWS call): its secret opens nothing any more."""
    work = tools.store.work(at=at)
    work.remove(Session(session_id=_digest(secret), account_id="", claims="", opened_at=at, seen_at=at))
    work.commit()


def _digest(secret: str) -> str:
    # The secret has 256 random bits: nobody finds it from its digest, so no key is needed.
    return hashlib.sha256(secret.encode()).hexdigest()
