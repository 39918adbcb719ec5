import re
from pathlib import Path

import pytest

from chalicelib.domain.notifications import (
    RULES,
    Channel,
    Contacts,
    NotificationKind,
    Preferences,
    channels_for,
)

BOTH = Contacts(phone="+79123456789", email="person@example.org")
PERSONAL = {"name", "snils", "birth", "passport", "address", "phone", "email", "policy_number", "inn"}


def switched_off(kind, *channels):
    return Preferences(switched_off=frozenset((kind, channel) for channel in channels))


def test_every_kind_has_rules():
    assert set(RULES) == set(NotificationKind)


@pytest.mark.parametrize("kind", list(NotificationKind))
def test_declares_no_personal_field_and_shows_by_sms_only_what_is_declared(kind):
    rules = RULES[kind]
    assert rules.sms_fields <= rules.fields
    assert bool(rules.sms_fields) is (Channel.SMS in rules.channels)
    for name in rules.fields:
        assert not any(word in name for word in PERSONAL)


def test_goes_by_every_channel_of_the_kind_that_reaches_the_person():
    kind = NotificationKind.POLICY_ISSUED
    assert channels_for(kind=kind, preferences=Preferences(), contacts=BOTH) == set(Channel)
    only_email = Contacts(email="person@example.org")
    assert channels_for(kind=kind, preferences=Preferences(), contacts=only_email) == {
        Channel.EMAIL,
        Channel.CABINET,
    }
    assert channels_for(kind=kind, preferences=Preferences(), contacts=Contacts()) == {Channel.CABINET}


def test_respects_what_a_person_switched_off_but_keeps_the_cabinet():
    kind = NotificationKind.POLICY_ISSUED
    nothing = switched_off(kind, *Channel)
    assert channels_for(kind=kind, preferences=nothing, contacts=BOTH) == {Channel.CABINET}
    other = switched_off(NotificationKind.CERTIFICATE_EXPIRED, Channel.SMS)
    assert Channel.SMS in channels_for(kind=kind, preferences=other, contacts=BOTH)


@pytest.mark.parametrize(
    "kind",
    [
        NotificationKind.ONE_TIME_CODE,
        NotificationKind.CONTACT_VERIFICATION_CODE,
        NotificationKind.CLARIFICATION_REQUIRED,
        NotificationKind.APPLICATION_REFUSED,
        NotificationKind.APPLICATION_LAPSED,
    ],
)
def test_sends_what_may_not_be_switched_off(kind):
    preferences = switched_off(kind, *Channel)
    found = channels_for(kind=kind, preferences=preferences, contacts=BOTH)
    assert found == RULES[kind].channels


def test_never_sends_a_signing_code_but_by_sms():
    kind = NotificationKind.ONE_TIME_CODE
    assert channels_for(kind=kind, preferences=Preferences(), contacts=BOTH) == {Channel.SMS}
    no_phone = Contacts(email="person@example.org")
    assert not channels_for(kind=kind, preferences=Preferences(), contacts=no_phone)


def test_keeps_contacts_out_of_representations():
    assert "9123456789" not in repr(BOTH)
    assert "example" not in repr(BOTH)


TEMPLATES = Path(__file__).parents[3] / "templates" / "notifications"
_TAGS = re.compile(r"[{]{2}(.*?)[}]{2}|[{]%(.*?)%[}]", re.DOTALL)
_WORDS = re.compile(r"[a-z_]+")
MUST_BE_TOLD = {
    "appeal_question",
    "appeal_rejected",
    "appeal_rejected_by_fund",
    "appeal_upheld",
    "application_lapsed",
    "application_refused",
    "clarification_required",
    "contact_verification_code",
    "extract_pickup_code",
    "legacy_policy_refused",
    "one_time_code",
    "policy_annulled",
    "policy_expired",
    "policy_expires_soon",
    "policy_restored",
}
"""What ends a right, or begins a term for an answer: nobody can switch it off (requirement A5)."""

AT_ANY_HOUR = {
    "certificate_revoked",
    "contact_verification_code",
    "extract_pickup_code",
    "one_time_code",
    "policy_annulled",
}


def words_of(kind, *, sms):
    """The words in the tags of a kind's templates."""
    files = [file for file in (TEMPLATES / kind.value).iterdir() if (file.stem == "sms") is sms]
    tags = (" ".join(pair) for file in files for pair in _TAGS.findall(file.read_text("utf-8")))
    return {word for tag in tags for word in _WORDS.findall(tag)}


@pytest.mark.parametrize("kind", list(NotificationKind))
def test_every_field_that_a_kind_is_given_is_told(kind):
    rules = RULES[kind]
    assert rules.sms_fields <= words_of(kind, sms=True)
    letter = words_of(kind, sms=False) or words_of(kind, sms=True)
    assert rules.fields <= letter
    other = set().union(*(others.fields for others in RULES.values())) - rules.fields
    assert not letter & other
    assert not words_of(kind, sms=True) & (other | (rules.fields - rules.sms_fields))


def test_what_ends_a_right_is_told_whatever_was_switched_off():
    forced = {kind.value for kind, rules in RULES.items() if not rules.may_be_switched_off}
    assert forced >= MUST_BE_TOLD
    assert not forced & {"policy_issued", "application_submitted", "draft_expires_soon", "insurer_changed"}
    assert {kind.value for kind, rules in RULES.items() if rules.urgent} >= AT_ANY_HOUR
    for kind in map(NotificationKind, MUST_BE_TOLD):
        channels = channels_for(kind=kind, preferences=switched_off(kind, *Channel), contacts=BOTH)
        assert channels == RULES[kind].channels
