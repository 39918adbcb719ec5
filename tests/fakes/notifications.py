"""Senders that keep what was sent and fail as told."""

from __future__ import annotations

from dataclasses import dataclass, field

from chalicelib.ports.notifications import Taken


@dataclass(frozen=True, kw_only=True)
class SentSms:
    to: str
    text: str
    reference: str


@dataclass(frozen=True, kw_only=True)
class SentEmail:
    to: str
    subject: str
    text: str
    html: str
    reference: str
    reply_to: str = ""


@dataclass(kw_only=True)
class FakeSmsSender:
    """Keeps messages in ``sent``; raises the next of ``failures`` instead, if any is left."""

    sent: list[SentSms] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def send(self, *, to: str, text: str, reference: str, urgent: bool = False) -> Taken:
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(SentSms(to=to, text=text, reference=reference))
        return Taken(provider="sns", provider_id=f"sms-{len(self.sent)}")


@dataclass(kw_only=True)
class FakeEmailSender:
    """Keeps letters in ``sent``; raises the next of ``failures`` instead, if any is left."""

    sent: list[SentEmail] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def send(self, *, to: str, subject: str, text: str, html: str, reference: str, reply_to: str = "") -> Taken:
        if self.failures:
            raise self.failures.pop(0)
        letter = SentEmail(to=to, subject=subject, text=text, html=html, reference=reference, reply_to=reply_to)
        self.sent.append(letter)
        return Taken(provider="ses", provider_id=f"mail-{len(self.sent)}")
