"""Lists of staff of 1,000, 10,000 and 100,000 rows: seconds and memory of every stage, in a process of its own."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from bench.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chalicelib.domain.employer_request import EmployerRequest
    from tests.world import World

SIZES = (1_000, 10_000, 100_000)
SECONDS = 60.0
MEGABYTES = 512.0
LINEAR = 1.5
"""Ten times the rows may take at most so many times ten times the seconds."""

AT = datetime(2026, 3, 16, 9, 0, tzinfo=UTC)
FIRST_DAY = date(2025, 1, 1)
ORGANISATION = "0123456789ABCDEF0123456789"[:26]
EMPLOYER, ACCOUNT = "01KKTXZ8M0J77M3GB40726KZT1", "01KKTXZ8M0J77M3GB40726KZT2"
WAITING, UNKNOWN, WRONG = 20, 40, 50
"""One row in so many has no consent, is unknown, or has a mistake."""


@dataclass(slots=True)
class Stages:
    """Seconds by stage, and the most memory of the process."""

    rows: int
    seconds: dict[str, float] = field(default_factory=dict)
    core: float = 0
    megabytes: float = 0
    before: float = 0
    counts: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Add the time of the block to a stage."""
        started, worked = time.monotonic(), time.process_time()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - started
        self.core += time.process_time() - worked


def figures() -> list[Figure]:
    """Measure every size, each in a new process: the memory of one does not hide in that of another."""
    found = [_in_a_process(rows) for rows in SIZES]
    largest, tenth = found[-1], found[-2]
    seconds = {stages.rows: sum(stages.seconds.values()) for stages in found}
    growth = largest.core / (10 * tenth.core)
    made = [
        Figure(
            group="employers",
            name=f"{stages.rows} rows of staff, from the list to all files",
            value=seconds[stages.rows],
            limit=SECONDS if stages is largest else None,
            unit=" s",
            detail=", ".join(f"{name} {value:.1f} s" for name, value in stages.seconds.items())
            + f"; a core worked {stages.core:.1f} s",
        )
        for stages in found
    ]
    memory = Figure(
        group="employers",
        name=f"memory for {largest.rows} rows of staff",
        value=largest.megabytes,
        limit=MEGABYTES,
        unit=" MB",
        detail=f"the most that was held, {largest.before:.0f} MB of it before the list was read; the table apart",
    )
    linear = Figure(
        group="employers",
        name="ten times the rows against ten times the work of a core",
        value=growth,
        limit=LINEAR,
        detail=f"{tenth.rows} and {largest.rows} rows",
    )
    return [*made, memory, linear]


def _in_a_process(rows: int) -> Stages:
    command = [sys.executable, "-m", "bench.employers", str(rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return Stages(**json.loads(done.stdout.splitlines()[-1]))


def measure(rows: int) -> Stages:
    """Fill a table, then walk one request through all its stages."""
    from bench.in_process import opened

    with opened() as world:
        return _walk(world, Stages(rows=rows))


def _walk(world: World, stages: Stages) -> Stages:
    from chalicelib.use_cases.read_staff_list import read_staff_list
    from chalicelib.use_cases.work_on_request import work_on_request

    bare = _memory()
    data = _filled(world, stages.rows)
    request = _request(world)
    key = request.lists[0].object_key
    world.arrived(key, data)
    stages.before = _memory()
    with stages.timed("reading"):
        read_staff_list(tools=world.tools, key=key, at=AT)
    while True:
        found = world.tools.store.employer_request(employer_id=EMPLOYER, request_id=request.request_id)
        assert found is not None
        if found.stage == "ready":
            break
        with stages.timed(_stage(found)):
            work_on_request(tools=world.tools, employer_id=EMPLOYER, request_id=request.request_id, at=AT)
    # The table lies in this process too: what it takes is not the worker's.
    stages.megabytes, stages.before = bare + _memory() - stages.before, bare
    stages.counts = dict(found.counts)
    return stages


def _stage(request: EmployerRequest) -> str:
    from chalicelib.use_cases.write_staff_files import jobs_of

    return jobs_of(request)[request.cursor].name if request.stage == "writing" else request.stage.value


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _request(world: World) -> EmployerRequest:
    from chalicelib.domain.employer import Employer, EmployerDetails, EmployerState
    from chalicelib.domain.employer_request import XLSX, EmployerRequest, StaffList

    details = EmployerDetails(inn="7700900017", ogrn="1027700900006", bic="044525999", account="4" * 20)
    employer = Employer(
        employer_id=EMPLOYER,
        account_id=ACCOUNT,
        organisation_id=ORGANISATION,
        details=details,
        registered_at=AT,
        utc_offset_hours=3,
        state=EmployerState.CONFIRMED,
        name="ООО «Пример»",
    )
    request_id = world.tools.ids.new_id(at=AT)
    key = f"lists/{EMPLOYER}/{request_id}/{request_id}"
    request = EmployerRequest(
        request_id=request_id,
        employer_id=EMPLOYER,
        account_id=ACCOUNT,
        organisation_id=ORGANISATION,
        number="26000000017",
        from_on=date(2026, 1, 1),
        until_on=date(2026, 3, 1),
        asked_at=AT,
        utc_offset_hours=3,
        work_id=request_id,
        lists=(StaffList(list_id=request_id, number=1, media_type=XLSX, object_key=key, ordered_at=AT),),
    )
    work = world.tools.store.work(at=AT)
    work.create(employer)
    work.create(request)
    work.commit()
    return request


def _filled(world: World, rows: int) -> bytes:
    """Put cards and consents into the table; returns the list."""
    from xlsxwriter import Workbook

    target = io.BytesIO()
    with Workbook(target, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("ФИО", "Дата рождения", "Номер полиса", "ИНН", "Должность", "E-mail"))
        for number in range(rows):
            sheet.write_row(number + 1, 0, _employee(world, number))
    return target.getvalue()


def _employee(world: World, number: int) -> tuple[str, ...]:
    from chalicelib.domain.policy_number import build_policy_number
    from chalicelib.domain.sex import Sex

    born_on = date(1960, 1, 1) + timedelta(days=number % 12_000)
    enp = build_policy_number(territory="77", born_on=born_on, sex=Sex.FEMALE, serial=number // 12_000)
    name = f"{_letters(number)} Вера Ильинична"
    if number % UNKNOWN:
        _store(world, number, enp, born_on, name.split(maxsplit=1)[0])
    written = "вчера" if number % WRONG == 1 else f"{born_on:%d.%m.%Y}"
    return name, written, enp, "", "инженер", f"n{number}@example.org"


def _letters(number: int) -> str:
    alphabet = "бвгджзклмн"
    return "Са" + "".join(f"{alphabet[int(digit)]}о" for digit in str(number))


def _store(world: World, number: int, enp: str, born_on: date, surname: str) -> None:
    from chalicelib.domain.employee_consent import ConsentState, EmployeeConsent
    from chalicelib.domain.policy import InsurerPeriod
    from chalicelib.domain.validity import CardKind, ValidityCard
    from chalicelib.use_cases.policy_cards import factors_of

    tools = world.tools
    person_id = f"01KKTXZ8M0J77M3GB4{number:08d}"
    card = ValidityCard(
        kind=CardKind.POLICY,
        person_id=person_id,
        reference=person_id,
        state="active",
        valid_from=FIRST_DAY,
        valid_until=None,
        periods=(InsurerPeriod(insurer_code="77012", insured_from=FIRST_DAY),),
        factors=factors_of(tools=tools, person={"born_on": str(born_on), "family_name": surname}),
        form="digital",
    )
    work = tools.store.work(at=AT)
    value_hash = tools.secrets.lookup_hash(kind="policy_number", value=enp)
    work.put_card(kind="policy_number", value_hash=value_hash, card=card)
    if number % WAITING:
        given: Any = {"state": ConsentState.GIVEN, "asked_at": AT, "decided_at": AT}
        work.put(
            EmployeeConsent(
                person_id=person_id, organisation_id=ORGANISATION, organisation_name="ООО «Пример»", **given
            )
        )
    work.commit()


if __name__ == "__main__":
    measured = measure(int(sys.argv[1]))
    print(json.dumps({name: getattr(measured, name) for name in Stages.__dataclass_fields__}))
