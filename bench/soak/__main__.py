"""`make soak`: people arrive by the clock on the whole local service; writes bench/soak.json.

First some come one by one, which is the floor that the others are compared with; then they arrive at random for
``--seconds``; then many do the same at once, so that the service has to say that it is busy. With ``--kills`` its
processes are killed at random meanwhile. It takes a minute or two more than ``--seconds``. Exits 1 when an accepted
application is lost or doubled, when a request fails otherwise than by being told to come later, or when anything is
left over.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.soak import report
from bench.soak.crowd import Crowd
from bench.soak.visitor import Record
from bench.soak.watch import Queues, clients, killing, memory
from infra.local.journey import Endpoints, Journey
from infra.local.supervisor import LocalStack, local_stack
from tests.e2e.people import Folk, scan, until
from tests.e2e.table import Table
from tests.faults.invariants import Facts, check

if TYPE_CHECKING:
    from collections.abc import Sequence


IDLE_VISITS = 10
AT_ONCE = 60
# All people come from one address here; what the limit for one address does is tested elsewhere.
SETTINGS = {"GATEWAY_RATE_PER_SECOND": "0"}


@dataclass
class Soak:
    """The phases and what they gave."""

    stack: LocalStack
    given: argparse.Namespace
    crowd: Crowd = field(init=False)
    idle: Record = field(default_factory=Record)
    load: Record = field(default_factory=Record)
    burst: Record = field(default_factory=Record)
    figures: dict[str, Any] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Point the crowd at the service."""
        urls = self.stack.urls
        at = Endpoints(api=urls["web"], identity=urls["identity"], registers=urls["registers"], cloud=urls["cloud"])
        self.crowd = Crowd(at=at, folk=Folk(), forgiving=bool(self.given.kills))

    def run(self) -> None:
        """Go through the phases."""
        sqs, dynamodb = clients(self.stack)
        resources = self.stack.stack.resources if self.stack.stack else {}
        urls = {name: value for name, value in resources.items() if name.endswith("Queue")}
        scan()
        self.crowd.one_by_one(IDLE_VISITS, self.idle)
        with Queues(sqs, urls) as queues:
            queues.drained()
            before = memory(self.stack)
            self._load()
            self._burst()
            drained = queues.drained()
            if self.given.kills and drained is not None:
                # Five kills with a message in hand are its end in the queue; an operator sends it back once.
                self.figures["sent_back"] = queues.send_back()
                drained = queues.drained()
        self._count_memory(before)
        self._count_queues(queues, drained)
        self._look_for_losses()
        self._look_for_doubles()
        self._check_invariants(dynamodb)
        for record in (self.idle, self.load, self.burst):
            self.troubles += [f"{count} × {what}" for what, count in record.failures.items()]
        self.figures["operations"] = _operations(self.idle, self.load)

    def _load(self) -> None:
        given = self.given
        accepted = len(self.crowd.accepted)
        began = time.monotonic()
        killer = killing(self.stack, times=given.kills, seconds=given.seconds, seed=given.seed) if given.kills else None
        came = self.crowd.by_the_clock(rate=given.rate, seconds=given.seconds, record=self.load, seed=given.seed)
        if killer is not None:
            killer.join()
        took = time.monotonic() - began
        self.figures |= {
            "seconds": round(took, 1),
            "after_the_last_came": round(took - given.seconds, 1),
            "arrived": came,
            "accepted": len(self.crowd.accepted) - accepted,
            "accepted_per_second": round((len(self.crowd.accepted) - accepted) / took, 2),
            "kills": given.kills,
            "repeated_without_an_answer": self.load.repeated,
        }
        if self.figures["accepted"] != came:
            self.troubles.append(f"{came} came, {self.figures['accepted']} were accepted")

    def _burst(self) -> None:
        if self.given.kills:
            return
        drafts = self.crowd.all_at_once(AT_ONCE, self.burst)
        self.figures |= {"at_once": AT_ONCE, "drafts": drafts, "told_to_wait": self.burst.told_to_wait}

    def _count_memory(self, before: dict[str, float]) -> None:
        after = memory(self.stack)
        self.figures["memory_mb"] = {name: [round(before[name]), round(after[name])] for name in before}

    def _count_queues(self, queues: Queues, drained: float | None) -> None:
        given_up = queues.given_up()
        self.figures |= {
            "deepest_queues": queues.deepest,
            "deepest_of": {name: depth for name, depth in sorted(queues.deepest_of.items()) if depth},
            "given_up": sum(given_up.values()),
            "drained_in_seconds": drained,
        }
        if drained is None:
            self.troubles.append(f"{queues.depth()} messages are left in the queues")
        if given_up:
            self.troubles.append(f"messages were given up: {given_up}")

    def _look_for_losses(self) -> None:
        """Everybody who has a number has the policy too."""
        done = {visit.application_id for visit in self.crowd.visits}
        lost = self.crowd.accepted.keys() - done
        numbers = Counter(number for _, number in self.crowd.accepted.values())
        doubled = [number for number, count in numbers.items() if count > 1]
        self.figures |= {"lost": len(lost), "double": len(doubled)}
        self.troubles += [f"{len(lost)} accepted applications have no policy"] if lost else []
        self.troubles += [f"{len(doubled)} numbers were given twice"] if doubled else []

    def _look_for_doubles(self) -> None:
        """A message leaves once; twice only where a process was killed between sending it and noting that."""
        client = Journey(at=self.crowd.at, report=lambda *_: None)
        orders = Counter(m["MessageAttributes"]["polis.notification"]["StringValue"] for m in client.sent_sms())
        client.close()
        twice = sum(count - 1 for count in orders.values())
        self.figures |= {"messages": len(orders), "messages_twice": twice}
        if twice > self.given.kills:
            self.troubles.append(f"{twice} messages left twice, {self.given.kills} kills")

    def _check_invariants(self, dynamodb: Any) -> None:
        table = Table(dynamodb, self.stack.environment["TABLE_NAME"])
        try:
            until("an empty outbox", lambda: not table.items("OutboxEntry"), seconds=150)
            check(Facts(table))
        except AssertionError as broken:
            self.troubles.append(f"an invariant does not hold: {broken}"[:300])


def _operations(idle: Record, load: Record) -> dict[str, dict[str, float]]:
    """Return milliseconds by operation: three quantiles under load and the median of the idle run."""
    return {
        name: {
            "count": len(taken),
            "p50_ms": _ms(taken, 0.50),
            "p95_ms": _ms(taken, 0.95),
            "p99_ms": _ms(taken, 0.99),
            "most_ms": _ms(taken, 1.0),
            "idle_p50_ms": _ms(idle.seconds.get(name, []), 0.50),
        }
        for name, taken in sorted(load.seconds.items())
    }


def _ms(taken: Sequence[float], share: float) -> float:
    if not taken:
        return 0.0
    ordered = sorted(taken)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1)


def main() -> int:
    """Run all and write the figures; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60, help="for which people arrive (600 for the long run)")
    parser.add_argument("--rate", type=float, default=2.0, help="people a second, on average")
    parser.add_argument("--kills", type=int, default=0, help="so many processes are killed meanwhile")
    parser.add_argument("--seed", type=int, default=1, help="of the arrivals and kills")
    given = parser.parse_args()
    os.environ.update(SETTINGS)
    with tempfile.TemporaryDirectory(prefix="polis-soak-") as folder, local_stack(Path(folder)) as stack:
        soak = Soak(stack, given)
        soak.run()
    found = {"rate": given.rate, **soak.figures, "troubles": soak.troubles}
    report.write(found)
    for trouble in soak.troubles:
        print(f"  TROUBLE: {trouble}", file=sys.stderr)
    print("\n".join(report.tell(found)))
    return 1 if soak.troubles else 0


if __name__ == "__main__":
    raise SystemExit(main())
