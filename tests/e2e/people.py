"""Generated persons, and what they do on the way to a policy."""

from __future__ import annotations

import itertools
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from infra.local.person_numbers import inn_of, snils_of
from infra.local.persons import IdentityDocument, Person
from tests.functional.scan_files import page, png

INSURER = "77012"
GIVEN_NAMES = ("Алиса", "Вера", "Дарья", "Елена", "Зоя", "Инна", "Клара", "Лидия", "Майя", "Нина")


@cache
def scan():
    """A small page that passes the inspection."""
    return png(page(width=620, height=877, font_size=18))


class Folk:
    """People that nobody else is: each has numbers, documents and a phone of her own."""

    def __init__(self):
        self._serials = itertools.count(500)

    def person(self):
        serial = next(self._serials)
        return Person(
            key=f"person-{serial}",
            title="Гражданка",
            subject=str(2_000_000_000 + serial),
            family_name="Примерная",
            given_name=GIVEN_NAMES[serial % len(GIVEN_NAMES)],
            middle_name="Олеговна",
            # Twenty before the passport was issued, and not yet forty-five.
            born_on=f"{1983 + serial % 15}-0{1 + serial % 9}-1{serial % 9}",
            sex="female",
            snils=snils_of(serial),
            inn=inn_of(serial),
            document=IdentityDocument(series="00 21", number=f"{800_000 + serial}", issued_on="2021-03-01"),
            phone=f"+7900001{serial:04d}",
            address={"region": "77", "index": "101000", "city": "Москва", "street": "", "house": "1", "flat": ""},
        )

    def welcome(self, journey):
        """Add a person and sign her in; returns her key."""
        person = self.person()
        journey.add_person(person.key, person.claims())
        journey.sign_in(person.key)
        return person.key


def prepared(journey, person, *, kind="first_policy", insurer=None):
    """Bring an application to the point where only the signature is missing; returns its id."""
    journey.consent(person)
    application_id = journey.draft(person, kind, insurer or {"code": INSURER})
    uploaded = journey.upload(person, application_id, scan(), "image/png")
    assert uploaded["state"] == "accepted", uploaded
    return application_id


def submitted(journey, person):
    """Bring an application to its submission."""
    application_id = prepared(journey, person)
    return journey.sign_and_submit(person, application_id, key=f"submit-{application_id}")


def ready(journey, person, application_id):
    """Wait for the policy; returns the application."""
    return journey.application(person, application_id, lambda found: found["state"] == "ready")


def only_policy(journey, person):
    (policy,) = journey.ok("GET", "/v1/me/insurance", person=person)["policies"]
    return policy


def until(what, look, *, seconds=60.0):
    """Look again and again until something is there; returns it."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.1)
    return found


def at_once(number, act):
    """Let many act at the same time; returns their results in order."""
    with ThreadPoolExecutor(max_workers=number) as pool:
        return list(pool.map(act, range(number)))


def texts_to(journey, phone):
    return [message["Message"] for message in journey.sent_sms() if message["PhoneNumber"] == phone]


def assert_every_message_left_once(journey):
    orders = Counter(m["MessageAttributes"]["polis.notification"]["StringValue"] for m in journey.sent_sms())
    assert orders, "nothing was sent at all"
    assert {order for order, count in orders.items() if count > 1} == set()
