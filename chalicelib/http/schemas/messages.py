"""Messages to a person and what became of them, as JSON."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from chalicelib.domain.dispatch import STATE_TITLES, DispatchState
from chalicelib.domain.notifications import Channel
from chalicelib.http.models import Out

if TYPE_CHECKING:
    from chalicelib.domain.dispatch import Dispatch
    from chalicelib.domain.person import Contact
    from chalicelib.use_cases.messages import Told, ToldPerson


class ChannelOut(Out):
    """Where the message stands by one channel; ``next_try_at`` while it waits."""

    channel: Channel
    state: DispatchState
    state_title: str
    changed_at: datetime | None
    next_try_at: datetime | None


class MessageOut(Out):
    """A message in the cabinet; ``delivery`` is the state by channel."""

    id: str
    kind: str
    subject: str
    text: str
    created_at: datetime
    delivery: dict[str, str]
    channels: list[ChannelOut]


class ToldMessageOut(Out):
    """A message as an operator sees it: what it was about, not what it said."""

    id: str
    kind: str
    subject: str
    created_at: datetime
    channels: list[ChannelOut]


class StoppedContactOut(Out):
    """A contact that takes no messages any more."""

    contact: str
    reason: str
    since: datetime


class ToldPersonOut(Out):
    """Messages of a person and the contacts that are stopped."""

    stopped_contacts: list[StoppedContactOut]
    items: list[ToldMessageOut]
    next_cursor: str | None


def channel_out(dispatch: Dispatch) -> ChannelOut:
    """Present a message by one channel."""
    return ChannelOut(
        channel=dispatch.channel,
        state=dispatch.state,
        state_title=STATE_TITLES[dispatch.state],
        changed_at=dispatch.changed_at,
        next_try_at=dispatch.not_before if dispatch.state is DispatchState.WAITING else None,
    )


def message_out(told: Told) -> MessageOut:
    """Present a cabinet message."""
    message = told.message
    return MessageOut(
        id=message.message_id,
        kind=message.kind,
        subject=message.subject,
        text=message.text,
        created_at=message.created_at,
        delivery={dispatch.channel.value: dispatch.state.value for dispatch in told.dispatches},
        channels=[channel_out(dispatch) for dispatch in told.dispatches],
    )


def told_person_out(found: ToldPerson, *, next_cursor: str | None) -> ToldPersonOut:
    """Present a person's messages to an operator."""
    contacts = {"phone": found.person.phone, "email": found.person.email} if found.person else {}
    return ToldPersonOut(
        stopped_contacts=stopped_contacts(contacts),
        items=[
            ToldMessageOut(
                id=told.message.message_id,
                kind=told.message.kind,
                subject=told.message.subject,
                created_at=told.message.created_at,
                channels=[channel_out(dispatch) for dispatch in told.dispatches],
            )
            for told in found.told.items
        ],
        next_cursor=next_cursor,
    )


def stopped_contacts(contacts: dict[str, Contact | None]) -> list[StoppedContactOut]:
    """Present the contacts that are stopped."""
    return [
        StoppedContactOut(contact=name, reason=contact.stopped.reason, since=contact.stopped.at)
        for name, contact in contacts.items()
        if contact is not None and contact.stopped is not None
    ]
