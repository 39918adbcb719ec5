"""Seeded histories of the whole service in told time: people, queues, schedules, registers, and what breaks."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from chalicelib.adapters import aws
from chalicelib.domain.checks import CheckKind
from infra.local.persons import PERSONS
from tests.cloud import cloud
from tests.faults.rig import VISIBILITY, Crashed, Rig, Waiting
from tests.faults.seam import Fault
from tests.histories.people import Person, person

if TYPE_CHECKING:
    from collections.abc import Callable


PEOPLE = (2, 4)
STEPS = 200
BROKEN = 0.15
"""The share of actions at one of whose calls something breaks."""
OVERTAKEN = 0.1
"""The share of actions between two of whose calls another one happens."""
DEEPEST_CALL = 8
HOLDS_FOR = timedelta(hours=48)
"""For so long at most a schedule is missed."""
HEALS_WITHIN = 15
"""Simulated minutes after which everything has to be where it belongs (docs/invariants.md)."""
SERVER_ERRORS = 500
SCHEDULES = (("outbox_relay", "relay_outbox"), ("due", "run_due"), ("expiry", "expire_certificates"))
CASES = "/v1/operator/applications"
_NO_ANSWER = {"statusCode": 0, "body": ""}


@dataclass(kw_only=True)
class Simulation:
    """One history: everything in it follows from the seed."""

    rig: Rig
    seed: int
    steps: int = STEPS
    skipped: frozenset[int] = frozenset()
    people: list[Person] = field(default_factory=list)
    asleep_until: dict[str, datetime] = field(default_factory=dict)
    hidden_until: dict[str, datetime] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.rig.ids.random.seed(self.seed)
        first = 100_000 + 10 * (self.seed % 80_000)
        count = self.random.randint(*PEOPLE)
        self.people = [person(self.random, first + number) for number in range(count)]

    def run(self, after: Callable[[Simulation], None] = lambda _: None) -> None:
        """Live through the history, calling ``after`` after each step, and then through its healing."""
        actions, weights = zip(*self._actions(), strict=True)
        for step in range(self.steps):
            # A step's chance is its own: leaving one out changes no other, so that a history can be shrunk.
            self.random = Random(f"{self.seed}:{step}")
            if step not in self.skipped:
                self._perhaps_broken(self.random.choices(actions, weights)[0])
                after(self)
        self.heal()

    def _actions(self) -> tuple[tuple[Callable[[], None], float], ...]:
        return (
            (self._somebody_acts, 40),
            (self._a_message_comes, 48),
            (self._a_schedule_fires, 7),
            (self._minutes_pass, 2.5),
            (self._days_pass, 0.4),
            (self._registers_change, 2),
            (self._operator_works, 3),
            (self._a_schedule_falls_asleep, 0.5),
        )

    def _perhaps_broken(self, action: Callable[[], None]) -> None:
        self.done[action.__name__.strip("_")] += 1
        chance = self.random.random()
        if chance < OVERTAKEN:
            self._overtaken(action)
            return
        if chance < 1 - BROKEN:
            action()
            return
        index, fault = int(DEEPEST_CALL * self.random.random() ** 2), self.random.choice(tuple(Fault))
        with self.rig.broken(index, fault) as seam:
            action()
        self.done["faults"] += seam.fired

    def _overtaken(self, action: Callable[[], None]) -> None:
        """Let another process do something between two calls of this one."""
        before = self.random.randrange(DEEPEST_CALL)
        other = self.random.choice((self._somebody_acts, self._a_message_comes, self._a_schedule_fires))

        def overtake(_name: str, phase: str) -> None:
            nonlocal before
            before -= phase == "before"
            if before < 0:
                aws.remove_seam(overtake)
                claims = self.rig.claims
                other()
                self.rig.claims = claims
                self.done["overtaken"] += 1

        aws.add_seam(overtake)
        action()
        if overtake in aws._seams:
            aws.remove_seam(overtake)

    def heal(self) -> None:
        """End the faults: registers answer, schedules fire each minute, every message is delivered in turn."""
        for kind in CheckKind:
            self.rig.registers.working(kind)
        self.asleep_until.clear()
        self.rig.registers.release()
        for _ in range(HEALS_WITHIN):
            self.rig.registers.release()
            for schedule in SCHEDULES:
                self.rig.schedule(*schedule)
            self._deliver_all()
            self.rig.sleep(timedelta(minutes=1))

    def ask(
        self, claims: dict[str, Any], method: str, resource: str, body: Any = None, *, key: str | None, **path: str
    ) -> dict[str, Any]:
        """Send a request as somebody; a process that died, or a server's error, is status 0: no answer."""
        self.rig.claims = claims
        try:
            answer = self.rig.answer(method, resource, body, key=key, **path)
        except Crashed:
            return _NO_ANSWER
        return _NO_ANSWER if answer["statusCode"] >= SERVER_ERRORS else answer

    def upload(self, key: str, data: bytes) -> None:
        """Put a file where its form says; S3 tells the queue, perhaps twice."""
        put = cloud("s3").put_object(Bucket="polis-scans", Key=key, Body=data)
        event = {"Records": [{"s3": {"object": {"key": key, "versionId": put["VersionId"]}}}]}
        for copy in range(1 + (self.random.random() < BROKEN)):
            message_id = f"{put['VersionId']}-{copy}"
            self.rig.waiting.append(Waiting(queue="scan_uploads", message_id=message_id, body=json.dumps(event)))

    def last_code(self, phone: str) -> str | None:
        """The last code that an SMS brought to a phone."""
        codes = (re.findall(r"\b[0-9]{6}\b", sms.text) for sms in reversed(self.rig.sms.sent) if sms.to == phone)
        return next((found[0] for found in codes if found), None)

    def _somebody_acts(self) -> None:
        self.random.choice(self.people).act(self)

    def _a_message_comes(self) -> None:
        """Deliver any of those that wait: the order of queues is not kept, and one in eight comes again later."""
        waiting = self._visible()
        if not waiting:
            return
        message = self.random.choice(waiting)
        if self._deliver(message) and self.random.random() < BROKEN:
            self.rig.waiting.append(message)
            self.done["duplicates"] += 1

    def _deliver(self, message: Waiting) -> bool:
        told = message.queue == "notifications" and self.rig.seam.index is not None
        try:
            self.rig.deliver(message)
        except Crashed:
            self.done["outcomes_lost"] += told and self.rig.seam.fired
            self.hidden_until[message.message_id] = self.rig.at + VISIBILITY
            return False
        if message in self.rig.waiting:  # else another consumer was given it at the same time, and was done first
            self.rig.waiting.remove(message)
        return True

    def _visible(self) -> list[Waiting]:
        """The messages that a queue would give now; documents stay, their PDFs take longest and change nothing."""
        self.rig.pull()
        hidden = {key for key, until in self.hidden_until.items() if until > self.rig.at}
        return [m for m in self.rig.waiting if m.queue != "documents" and m.message_id not in hidden]

    def _deliver_all(self) -> None:
        for _ in range(1000):
            waiting = self._visible()
            if not waiting:
                return
            self.rig.registers.release()
            self._deliver(waiting[0])
        raise AssertionError("the queues never run dry")

    def _a_schedule_fires(self) -> None:
        module, name = self.random.choice(SCHEDULES)
        if self.asleep_until.get(name, self.rig.at) > self.rig.at:
            return
        try:
            self.rig.schedule(module, name)
        except Crashed:
            self.done["schedules_crashed"] += 1

    def _a_schedule_falls_asleep(self) -> None:
        _, name = self.random.choice(SCHEDULES)
        self.asleep_until[name] = self.rig.at + HOLDS_FOR * self.random.random()

    def _minutes_pass(self) -> None:
        self.rig.sleep(timedelta(minutes=self.random.randint(1, 90)))

    def _days_pass(self) -> None:
        self.rig.sleep(timedelta(days=self.random.randint(1, 34)))

    def _registers_change(self) -> None:
        """A register goes silent, promises an answer for later, finds a mismatch once, or works again."""
        # Half of the time the one that certificates bridge.
        kind = self.random.choice((CheckKind.INSURED_PERSON, self.random.choice(tuple(CheckKind))))
        registers = self.rig.registers
        change: Callable[[], None] = self.random.choice(
            (
                lambda: registers.unavailable(kind),
                lambda: registers.unavailable(kind, times=self.random.randint(1, 5)),
                lambda: registers.pending(kind),
                lambda: registers.working(kind),
                registers.release,
            )
        )
        change()

    def _operator_works(self) -> None:
        """An operator takes the oldest case and decides it, or one of them fails on the way."""
        claims = next(found for found in PERSONS if found.key == "operator").claims()
        listed = self.ask(claims, "GET", CASES, key=None)
        cases = json.loads(listed["body"])["items"] if listed["statusCode"] == 200 else []
        if not cases:
            return
        application_id = cases[0]["id"]
        decision = self.random.choice(
            (
                ("/decision", {"approve": True}),
                ("/decision", {"approve": False, "reasons": [{"code": "missing_document"}]}),
                ("/verification", {}),
            )
        )
        for step, body in (("/lease", None), decision):
            key = f"{application_id}-{step}-{self.rig.at.isoformat()}"
            self.ask(claims, "POST", f"{CASES}/{{application_id}}{step}", body, key=key, application_id=application_id)
        self.done["decided"] += 1
