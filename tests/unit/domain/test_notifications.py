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
