"""Proof of work before a public lookup, where the setting asks for it (requirement G4)."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.proof_of_work import NONCES, ProofNotAccepted, make_challenge, solved
from chalicelib.ports.errors import NotFound
from chalicelib.ports.queries import Spent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.ports.toolbox import Toolbox


def new_challenge(*, tools: Toolbox, at: datetime) -> Mapping[str, str | int]:
    """Make a challenge for whoever is about to ask; makes no AWS call.

    Raises:
        NotFound: no proof of work is asked for.
    """
    if tools.proof_of_work is None:
        raise NotFound("Решать задание не нужно: отправляйте запрос без него")
    return _fresh(tools, tools.proof_of_work, at)


def require_proof(*, tools: Toolbox, text: str | None, at: datetime) -> Spent | None:
    """Check the solution that came with a lookup; returns what the lookup has to spend, None where none is asked for.

    Raises:
        ProofNotAccepted: there is none, or it is unreadable, wrong or old; carries a fresh challenge.
    """
    if tools.proof_of_work is None:
        return None
    if not text:
        raise _refusal(tools, "proof_required", "Сначала решите задание из поля challenge", at)
    try:
        found = solved(key=_key(tools), text=text, at=at)
    except InvalidValue as refusal:
        raise _refusal(tools, refusal.reason, refusal.detail, at) from None
    return Spent(token=found.challenge, until=found.expires_at)


def proof_used(*, tools: Toolbox, at: datetime) -> ProofNotAccepted:
    """The refusal of a solution that counted before."""
    return _refusal(tools, "proof_used", "Это решение уже использовано: решите новое задание", at)


def _refusal(tools: Toolbox, reason: str, detail: str, at: datetime) -> ProofNotAccepted:
    return ProofNotAccepted(reason, detail, challenge=_fresh(tools, tools.proof_of_work or 0, at))


def _fresh(tools: Toolbox, difficulty: int, at: datetime) -> Mapping[str, str | int]:
    number = tools.ids.below(difficulty + 1)
    return make_challenge(key=_key(tools), nonce=tools.ids.below(NONCES), number=number, difficulty=difficulty, at=at)


def _key(tools: Toolbox) -> bytes:
    return hmac.new(tools.secrets.signing_secret, b"proof-of-work", hashlib.sha256).digest()
