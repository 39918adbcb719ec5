"""People who arrive by the clock, whether or not those before them are done (an open loop)."""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from bench.soak.visitor import Record, Visitor
from infra.local.journey import Endpoints, JourneyFailed
from tests.e2e.people import Folk, scan

if TYPE_CHECKING:
    from collections.abc import Callable

INSURER = "77012"
COPIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One person's application as the service acknowledged it."""

    person: str
    application_id: str
    number: str
    seconds: float
    """From the signature to the policy."""


@dataclass
class Crowd:
    """Sends people, and remembers what each was told."""

    at: Endpoints
    folk: Folk
    forgiving: bool = False
    visits: list[Visit] = field(default_factory=list)
    accepted: dict[str, tuple[str, str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def one_by_one(self, count: int, record: Record) -> None:
        """Let people come one after another: what each request takes when nobody else is there."""
        for _ in range(count):
            self._visit(record)

    def by_the_clock(self, *, rate: float, seconds: float, record: Record, seed: int) -> int:
        """Let people arrive at random, ``rate`` a second on average; returns how many came.

        Waits until the last of them is done.
        """
        chance = random.Random(seed)
        threads = []
        began = time.monotonic()
        due = began
        while (due := due + chance.expovariate(rate)) < began + seconds:
            time.sleep(max(0.0, due - time.monotonic()))
            threads.append(threading.Thread(target=self._visit, args=(record,)))
            threads[-1].start()
        for thread in threads:
            thread.join()
        return len(threads)

    def all_at_once(self, count: int, record: Record) -> int:
        """Let people open a draft in the same moment, each with copies of the request; returns the drafts made.

        A client that is told to wait comes again when it was told to.
        """
        people = [self._newcomer(record) for _ in range(count)]
        together = threading.Barrier(count * COPIES)
        jobs = [(f"draft-{person}", person) for person in people for _ in range(COPIES)]
        threads = [threading.Thread(target=self._open, args=(record, together, *job)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sum(self._drafts(record, person) for person in people)

    def _newcomer(self, record: Record) -> str:
        client = self._client(record)
        person = self.folk.welcome(client)
        client.consent(person)
        client.close()
        return str(person)

    def _open(self, record: Record, together: threading.Barrier, key: str, person: str) -> None:
        def act(client: Visitor) -> None:
            client.sign_in(person)
            together.wait(120)
            headers = {"Idempotency-Key": key}
            client.ok("POST", "/v1/applications", person=person, json={"kind": "first_policy"}, headers=headers)

        self._as_client(record, act)

    def _drafts(self, record: Record, person: str) -> int:
        client = self._client(record)
        client.sign_in(person)
        found = client.ok("GET", "/v1/applications", person=person)["items"]
        client.close()
        if len(found) != 1:
            record.failed(f"{len(found)} drafts of one request")
        return len(found)

    def _visit(self, record: Record) -> None:
        self._as_client(record, lambda client: self._apply(client, record))

    def _apply(self, client: Visitor, record: Record) -> None:
        with self._lock:
            person = self.folk.person()
        client.add_person(person.key, person.claims())
        client.sign_in(person.key)
        client.consent(person.key)
        application_id = client.draft(person.key, "first_policy", {"code": INSURER})
        uploaded = client.upload(person.key, application_id, scan(), "image/png")
        client.expect(uploaded["state"] == "accepted", "a good scan was refused")
        submitted = client.sign_and_submit(person.key, application_id, key=f"submit-{application_id}")
        signed = time.monotonic()
        with self._lock:
            self.accepted[application_id] = (person.key, submitted["number"])
        client.application(person.key, application_id, lambda found: found["state"] == "ready")
        seconds = time.monotonic() - signed
        self._use(client, person.key, application_id, submitted["number"])
        record.took("from signature to policy", seconds)
        with self._lock:
            self.visits.append(
                Visit(person=person.key, application_id=application_id, number=submitted["number"], seconds=seconds)
            )

    def _use(self, client: Visitor, person: str, application_id: str, number: str) -> None:
        """Look at what came of it, as the person and as anybody."""
        client.document(person, "policy", application_id)
        insurance = client.ok("GET", "/v1/me/insurance", person=person)
        (policy,) = insurance["policies"]
        born_on = client.ok("GET", "/v1/me", person=person)["born_on"]
        asked = {"policy_number": policy["policy_number"], "born_on": born_on, "consent": True}
        client.ok("POST", "/v1/validity-checks", json=asked)
        listed = [item["number"] for item in client.ok("GET", "/v1/applications", person=person)["items"]]
        client.expect(listed == [number], "the list of applications is not the one application")

    def _as_client(self, record: Record, act: Callable[[Visitor], None]) -> None:
        client = self._client(record)
        try:
            act(client)
        except JourneyFailed as failure:
            record.failed(str(failure)[:200])
        except (httpx.HTTPError, threading.BrokenBarrierError, LookupError, ValueError) as failure:
            record.failed(f"{type(failure).__name__}: {failure}"[:200])
        finally:
            client.close()

    def _client(self, record: Record) -> Visitor:
        return Visitor(at=self.at, report=lambda *_: None, record=record, forgiving=self.forgiving)
