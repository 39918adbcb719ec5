"""Reading a letter that came in: whose it answers, what is new in it, what came with it (requirement L2).

Letters are hostile: nothing of them is trusted but their bytes, and every part has its limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_LETTER = 10 * 1024 * 1024
"""Longer ones are not read at all."""

MAX_PARTS = 50
MAX_FILES = 5
MAX_ADDRESSES = 50
CUT = "\n[…]"
"""Stands where a text was too long."""

_ROBOTS = re.compile(r"^(mailer-daemon|postmaster|no-?reply|bounces?)\b", re.IGNORECASE)
_QUOTE_HEADS = re.compile(
    r"^\s*(-{2,}\s*(original message|исходное сообщение|пересылаемое сообщение|forwarded message).*"
    r"|(from|от|отправитель)\s*:.+|_{10,}|отправлено с (моего )?\S+.*|sent from my .+)\s*$",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"^\s*(on .{3,300} wrote|.{0,300}\bпиш(ет|ут)|.{0,300}\b(на)?писал(а|и|\(а\))?)\s*:\s*$", re.IGNORECASE
)
_WHO_AND_WHEN = re.compile(r"^.{0,300}\d{1,2}[:.]\d{2}.{0,300}@[^\s<>]{3,200}>?\s*:\s*$")
_NAMED = re.compile(r"@|\b\d{4}\b|\d{1,2}[:.]\d{2}")
"""The line above a quoted letter tells when it was written, or by which address; people's own words rarely do."""

_SIGNATURE = re.compile(r"^-- ?$")
_BREAKS = frozenset({"p", "br", "div", "tr", "li", "h1", "h2", "h3", "blockquote"})
_SILENT = frozenset({"script", "style", "head", "title", "blockquote"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file of a letter: what it says it is, and its bytes."""

    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What matters of a letter; ``is_automatic`` if a program wrote it, ``is_suspect`` if the sender is not proved."""

    message_id: str
    sender: str
    recipients: tuple[str, ...]
    text: str
    files: tuple[Attached, ...]
    is_automatic: bool
    is_suspect: bool


def read_letter(*, data: bytes, max_text: int, max_file: int) -> Letter | None:
    """Read the bytes of a letter; None for what is none, or is broken beyond reading."""
    try:
        parsed = message_from_bytes(data, policy=default)
        parts = _parts(parsed)
        return Letter(
            message_id=_header(parsed, "Message-ID"),
            sender=_sender(parsed),
            recipients=_addresses(parsed, "To", "Cc", "Delivered-To"),
            text=_cut(without_history(_text(parts)), max_text),
            files=tuple(_files(parts, max_file)),
            is_automatic=_is_automatic(parsed),
            is_suspect=_is_suspect(parsed),
        )
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError):
        # The parser of the standard library raises any of these for headers and parts that are broken on purpose.
        return None


def _parts(parsed: EmailMessage) -> list[EmailMessage]:
    found: list[EmailMessage] = []
    for part in parsed.walk():
        if len(found) >= MAX_PARTS:
            break
        if isinstance(part, EmailMessage) and not part.is_multipart():
            found.append(part)
    return found


def _header(parsed: EmailMessage, name: str) -> str:
    return " ".join(str(parsed.get(name, "")).split())


def _addresses(parsed: EmailMessage, *names: str) -> tuple[str, ...]:
    values = [str(value) for name in names for value in parsed.get_all(name, [])]
    found = [address.strip().lower() for _, address in getaddresses(values) if "@" in address]
    return tuple(dict.fromkeys(found[:MAX_ADDRESSES]))


def _sender(parsed: EmailMessage) -> str:
    """The one address of From; none if there are several."""
    found = _addresses(parsed, "From")
    return found[0] if len(found) == 1 else ""


def _is_automatic(parsed: EmailMessage) -> bool:
    """Whether a program wrote it: such letters are never answered and never taken in (RFC 3834)."""
    submitted = _header(parsed, "Auto-Submitted").lower() or "no"
    return (
        submitted != "no"
        or _header(parsed, "Precedence").lower() in {"bulk", "junk", "list", "auto_reply"}
        or any(
            parsed.get(name) is not None for name in ("X-Autoreply", "X-Autorespond", "List-Id", "X-Polis-Notification")
        )
        or _header(parsed, "Return-Path") == "<>"
        or parsed.get_content_type() == "multipart/report"
        or bool(_ROBOTS.match(_sender(parsed)))
    )


def _is_suspect(parsed: EmailMessage) -> bool:
    """Whether the receiving server found a virus, spam, or a sender who is somebody else."""
    verdicts = [_header(parsed, f"X-SES-{name}-Verdict").upper() for name in ("Virus", "Spam")]
    # Only the topmost header is the receiving server's own.
    results = _header(parsed, "Authentication-Results").lower()
    return "FAIL" in verdicts or "dmarc=fail" in results


def _text(parts: list[EmailMessage]) -> str:
    for wanted, read in (("text/plain", str), ("text/html", visible_text)):
        for part in parts:
            if part.get_content_type() == wanted and part.get_content_disposition() != "attachment":
                return read(str(part.get_content()))
    return ""


def _files(parts: list[EmailMessage], max_file: int) -> Iterator[Attached]:
    kept = 0
    for part in parts:
        if part.get_content_maintype() == "text" and part.get_content_disposition() != "attachment":
            continue
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and 0 < len(payload) <= max_file and kept < MAX_FILES:
            kept += 1
            yield Attached(media_type=part.get_content_type(), data=payload)


def without_history(text: str) -> str:
    """What is new in an answer: without the quoted letter, its head, and the signature below."""
    kept: list[str] = []
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines):
        if _SIGNATURE.match(line) or _QUOTE_HEADS.match(line) or _is_head(lines[number:]):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_head(lines: list[str]) -> bool:
    """Whether a quoted letter begins here: «… wrote:» with a date or an address, on one line or folded into two.

    Some programs tell only when and by whom, without a verb: that counts where nothing but quoted lines follows.
    """
    for folded in (1, 2):
        head = " ".join(lines[:folded]).strip()
        if not lines[0].strip() or len(lines) < folded or lines[folded - 1].lstrip().startswith(">"):
            return False
        if _SAYS.match(head) and _NAMED.search(head):
            return True
        rest = [line for line in lines[folded:] if line.strip()]
        if _WHO_AND_WHEN.match(head) and all(line.lstrip().startswith(">") for line in rest):
            return True
    return False


def _cut(text: str, most: int) -> str:
    clean = "".join(sign for sign in text if sign in "\n\t" or sign.isprintable())
    return clean if len(clean) <= most else clean[: most - len(CUT)] + CUT


class _Visible(HTMLParser):
    """Collects what a person sees of HTML, without what is quoted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 — as the base
        if tag in _SILENT:
            self._hidden += 1
        elif tag in _BREAKS and not self._hidden:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)


def visible_text(html: str) -> str:
    """What a person sees of HTML, line by line."""
    parser = _Visible()
    parser.feed(html)
    parser.close()
    return "\n".join(" ".join(line.split()) for line in "".join(parser.found).split("\n"))
