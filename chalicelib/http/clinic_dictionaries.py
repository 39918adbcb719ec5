"""Dictionaries of clinics: attachments, appointments, and where answers come from."""

from __future__ import annotations

from chalicelib.domain.areas import AREA_TITLES
from chalicelib.domain.attachment import ATTACHMENT_REASON_TITLES
from chalicelib.domain.item_sources import SOURCE_TITLES
from chalicelib.http.schemas.appointments import appointment_states
from chalicelib.http.schemas.attachments import attachment_refusals, attachment_states

DICTIONARIES = {
    "appointment-states": appointment_states,
    "attachment-states": attachment_states,
    "attachment-refusals": attachment_refusals,
    "attachment-reasons": lambda: [{"code": c.value, "title": t} for c, t in ATTACHMENT_REASON_TITLES.items()],
    "attachment-areas": lambda: [{"code": str(int(c)), "title": t} for c, t in AREA_TITLES.items()],
    "item-sources": lambda: [{"code": c.value, "title": t} for c, t in SOURCE_TITLES.items()],
}
