"""Where webhooks may go: a public name over https, nothing by which a server could be turned against its neighbours.

The name is looked at here; the addresses behind it where it is resolved, each time anew.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

from chalicelib.domain.errors import InvalidValue

LONGEST: Final = 500
PORTS: Final = (443, 8443)
_NAME: Final = re.compile(r"(?=.{4,253}$)([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_PATH: Final = re.compile(r"(/[A-Za-z0-9._~-]*)*")
_RESERVED: Final = (
    ".local",
    ".localhost",
    ".internal",
    ".lan",
    ".home",
    ".corp",
    ".arpa",
    ".test",
    ".invalid",
    ".onion",
)
_TRANSLATED: Final = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
"""IPv6 by which gateways reach IPv4 (RFC 6052, RFC 8215)."""


def parse_address(*, url: str, is_local_home: bool = False) -> str:
    """Return the address as it is kept; a local home also takes http and its own machine.

    Raises:
        InvalidValue: it is none to which the service may send.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidValue("invalid_url", "Укажите адрес целиком, например https://example.org/polis") from None
    if len(url) > LONGEST or not url.isascii():
        raise InvalidValue("invalid_url", f"Адрес — не длиннее {LONGEST} знаков, латиницей; кириллический домен: xn--…")
    if is_local_home and parts.scheme == "http" and parts.hostname in {"127.0.0.1", "localhost"}:
        return url
    _check_parts(parts, port)
    return url


def _check_parts(parts: SplitResult, port: int | None) -> None:
    if parts.scheme != "https":
        raise InvalidValue("https_only", "События отправляются только по https: укажите адрес, начинающийся с https://")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise InvalidValue(
            "plain_url_only",
            "Уберите из адреса имя, пароль, параметры и #: отправителя получатель узнаёт по подписи",
        )
    name = parts.hostname or ""
    if not _NAME.fullmatch(name) or name.endswith(_RESERVED):
        raise InvalidValue(
            "public_name_only", "Укажите доменное имя, доступное из интернета, а не номер или имя в сети"
        )
    if port not in {None, *PORTS}:
        raise InvalidValue("port_not_allowed", "Допустимы порты 443 и 8443")
    if not _PATH.fullmatch(parts.path):
        raise InvalidValue("plain_url_only", "В пути допустимы латинские буквы, цифры и знаки . _ ~ -")


def is_public(address: str) -> bool:
    """Whether an address (text of IPv4 or IPv6) belongs to the internet, also when it is wrapped in another."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return all(one.is_global and not one.is_multicast and not one.is_reserved for one in _unwrapped(found))


def _unwrapped(found: IPv4Address | IPv6Address) -> tuple[IPv4Address | IPv6Address, ...]:
    if isinstance(found, IPv4Address):
        return (found,)
    if found.ipv4_mapped is not None:
        return (found.ipv4_mapped,)
    if any(found in network for network in _TRANSLATED):
        # What follows the prefix is the address that the gateway would reach.
        return (IPv4Address(int(found) & 0xFFFFFFFF),)
    inner = [found.sixtofour, *(found.teredo or ())]
    return (found, *(address for address in inner if address is not None))
