"""Personal data of every journey stay where they belong: what leaves the table and the documents holds none (P3).

`tests/architecture/test_no_personal_data.py` walks one person through the handlers; here everything that a person can
have is made over HTTP, and what every route answers to wrong fields is looked through.
"""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from moto.backends import get_backend

from infra.local.persons import PERSONS
from tests import tickets
from tests.applicants import CHILD
from tests.cloud import ACCOUNT, QUEUES, REGION, cloud, memory_table
from tests.functional.test_bad_input import label, person_of, with_body
from tests.functional.test_bad_input import send as sent
from tests.functional.test_roles import owned
from tests.journeys import actions
from tests.security.scale import note, whole_or

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.http.routes import Route
    from tests.world import World

__all__ = ["owned"]

WORD, NUMBER, MAIL = "Канарейкин-Щегловский", "112-233-445 95", "swallow.bird@example.org"
TOLD = f"Меня зовут {WORD}, СНИЛС {NUMBER}, пишите на {MAIL}"
KEYS = re.compile(r"PK|SK|gsi\dpk|gsi\dsk")
PEOPLE = ("citizen", "insured")


class Canaries:
    """The texts to look for, blind to case and separators, but whole: digests may hold any digits by chance."""

    def __init__(self) -> None:
        words, numbers = [WORD, MAIL, str(CHILD["middle_name"])], [NUMBER]
        for person in (person for person in PERSONS if person.key in PEOPLE):
            claims = person.claims()
            words += [claims["family_name"], claims["middle_name"], claims["email"], claims["address"]["street"]]
            numbers += [claims["snils"], claims["inn"], claims["phone_number"], claims["identity_document"]["number"]]
        self.words = {word.casefold() for word in words}
        digits = {re.sub(r"\D", "", number) for number in numbers}
        self._numbers = re.compile(rf"(?<![0-9a-z])7?({'|'.join(sorted(digits, key=len))})(?![0-9a-z])")

    def found_in(self, text: str) -> set[str]:
        folded = text.casefold().encode().decode("unicode_escape") if "\\u04" in text else text.casefold()
        digits = re.sub(r"(?<=\d)[ -](?=\d)", "", folded)
        return {word for word in self.words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", folded)} | set(
            self._numbers.findall(digits)
        )


class Spy:
    """Everything that was asked and answered in a world, and all lines of the log."""

    def __init__(self, world: World) -> None:
        self.urls: list[str] = []
        self.refusals: list[tuple[str, str]] = []
        self.lines: list[str] = []
        self._call = world.call
        world.call = self._watched  # type: ignore[method-assign]

    def _watched(self, method: str, path: str, **options: Any) -> Any:
        answer = self._call(method, path, **options)
        self.urls += [path, answer.headers.get("location", "")]
        self.urls += re.findall(r'"(https?://[^"]+)"', answer.text)
        if answer.status_code >= 400:
            self.refusals.append((f"{method} {path}", answer.text))
        return answer


@pytest.fixture(scope="class")
def spy(shared_world: World) -> Iterator[Spy]:
    made = Spy(shared_world)

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told = {name: value for name, value in vars(record).items() if not isinstance(value, int | float)}
            made.lines.append(f"{record.getMessage()} {told}")

    collector, root = Collector(level=logging.INFO), logging.getLogger()
    level = root.level
    root.addHandler(collector)
    root.setLevel(logging.INFO)
    yield made
    root.removeHandler(collector)
    root.setLevel(level)


@pytest.fixture(scope="class")
def canaries(shared_world: World, spy: Spy, owned: dict[str, str]) -> Canaries:
    """Everything is made under the eyes of the spy; then somebody tells a ticket what nobody should."""
    question = tickets.opened(shared_world, subject=WORD, text=TOLD)
    tickets.act(shared_world, question["id"], "messages", text=TOLD)
    tickets.work(shared_world, question["id"], "lease")
    tickets.work(shared_world, question["id"], "messages", text=TOLD)
    shared_world.drain()
    return Canaries()


class TestEveryJourney:
    """What one person, a child of hers, an employer, operators and clinics leave behind."""

    def test_the_search_would_find_them(self, canaries: Canaries, shared_world: World) -> None:
        kept = json.dumps([str(item) for item in memory_table().items.values()], ensure_ascii=False)
        found = canaries.found_in(kept)
        assert {word for word in canaries.words if "@" not in word and "образцов" not in word} & found
        assert canaries.found_in("СНИЛС 112 233 445 95")
        assert not canaries.found_in("0a112233445950b")

    def test_keys_hold_none(self, canaries: Canaries) -> None:
        items = list(memory_table().items.values())
        assert len(items) > 250
        for item in items:
            for name, value in item.items():
                if KEYS.fullmatch(name):
                    assert not canaries.found_in(str(value)), (name, value)

    def test_queues_hold_none_in_bodies_and_attributes(self, canaries: Canaries, shared_world: World) -> None:
        held = [message for name in QUEUES for message in get_backend("sqs")[ACCOUNT][REGION].queues[name]._messages]
        bodies = [body for _, body in shared_world.delivered] + [message.body for message in held]
        assert len(bodies) > 60
        for body in bodies:
            assert not canaries.found_in(body), body
        assert not any(message.message_attributes for message in held)

    def test_names_of_files_hold_none(self, canaries: Canaries) -> None:
        s3, names = cloud("s3"), 0
        for bucket in ("polis-scans", "polis-documents"):
            for found in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
                head = s3.head_object(Bucket=bucket, Key=found["Key"])
                told = f"{found['Key']} {head['Metadata']} {head.get('ContentDisposition')}"
                assert not canaries.found_in(told), told
                names += 1
        assert names > 10

    def test_subjects_and_short_messages_hold_none(self, canaries: Canaries, shared_world: World) -> None:
        letters, texts = shared_world.tools.email.sent, shared_world.tools.sms.sent
        assert len(letters) > 5
        assert len(texts) > 5
        for letter in letters:
            assert not canaries.found_in(letter.subject), letter.subject
            assert not canaries.found_in(letter.reply_to.partition("@")[0]), letter.reply_to
        for message in texts:
            assert not canaries.found_in(message.text), message.text

    def test_addresses_and_links_hold_none(self, canaries: Canaries, spy: Spy) -> None:
        assert len(spy.urls) > 150
        for url in spy.urls:
            assert not canaries.found_in(url), url

    def test_logs_hold_none_and_no_metrics(self, canaries: Canaries, spy: Spy, shared_world: World) -> None:
        assert actions(shared_world)
        for line in spy.lines:
            assert not canaries.found_in(line), line
            assert "_aws" not in line, "metrics would need a look of their own"

    @pytest.mark.parametrize("route", with_body(), ids=label)
    def test_refusals_give_nothing_back(
        self, canaries: Canaries, spy: Spy, shared_world: World, route: Route, owned: dict[str, str]
    ) -> None:
        from chalicelib.http.routes import signature_of

        fields = list(signature_of(route.handler).body.model_fields)
        before = len(spy.refusals)
        for wrong in (TOLD, [TOLD], {"text": {TOLD: TOLD}}, [{"of": TOLD}])[: whole_or(4, 2)]:
            sent(shared_world, route, owned["application_id"], json=dict.fromkeys(fields, wrong))
        for name in fields[: whole_or(99, 3)]:
            sent(shared_world, route, owned["application_id"], json={name: MAIL})
        assert person_of(route) is None or len(spy.refusals) > before
        for where, body in spy.refusals[before:]:
            assert not canaries.found_in(body), (where, body)
        for line in spy.lines:
            assert not canaries.found_in(line), line
        spy.lines.clear()
        note(refusals_without_canaries=len(spy.refusals))
