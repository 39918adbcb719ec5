"""Hashes under the service's secret, which Secrets Manager keeps (P3)."""

from __future__ import annotations

import hashlib
import hmac
from functools import cached_property
from typing import Any

from chalicelib.domain.errors import InvalidValue
from chalicelib.domain.webhook_signature import read_secrets
from chalicelib.ports.errors import Unavailable


class ServiceSecrets:
    """Implements the Secrets port; the secret is read once per process."""

    def __init__(self, *, client: Any, secret_id: str) -> None:
        self._client = client
        self._secret_id = secret_id

    @cached_property
    def _secret(self) -> bytes:
        answer = self._client.get_secret_value(SecretId=self._secret_id)
        return str(answer["SecretString"]).encode()

    @cached_property
    def _lookup_secret(self) -> bytes:
        return hmac.new(self._secret, b"lookup", hashlib.sha256).digest()

    @cached_property
    def signing_secret(self) -> bytes:
        """The secret that one-time codes are derived from."""
        return hmac.new(self._secret, b"signing", hashlib.sha256).digest()

    def lookup_hash(self, *, kind: str, value: str) -> str:
        """Hash an identifier; the kind keeps equal texts of different meaning apart."""
        text = f"{kind}\x1f{value}".encode()
        return hmac.new(self._lookup_secret, text, hashlib.sha256).hexdigest()


def signing_secrets(*, client: Any, secret_id: str) -> tuple[str, ...]:
    """Read the secrets by which a partner signs what it sends here.

    Raises:
        Unavailable: what is kept there signs nothing; whoever runs the service has to mend it.
    """
    try:
        return read_secrets(text=str(client.get_secret_value(SecretId=secret_id)["SecretString"]))
    except InvalidValue:
        raise Unavailable("Секрет, которым подписывают квитанции, задан неверно") from None
