"""What a correction is decided on: the person's folder with all around it, and whose operators may see it (D4, O1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from chalicelib.domain.application import Application
from chalicelib.domain.audit import SYSTEM, Actor
from chalicelib.domain.birth_date import earliest_day
from chalicelib.domain.changes import Change
from chalicelib.domain.errors import RuleRefused
from chalicelib.domain.person import Person
from chalicelib.domain.principal import Role
from chalicelib.domain.regions import DEFAULT_REGION, find_region, is_region, local_date
from chalicelib.domain.representation import Representation
from chalicelib.ports.errors import AlreadyExists, NotFound
from chalicelib.ports.folders import PersonFile
from chalicelib.ports.queries import ApplicationFilter
from chalicelib.use_cases.certificates import STATUS_COUNTER
from chalicelib.use_cases.demands import region_of
from chalicelib.use_cases.issued_policy import next_number

if TYPE_CHECKING:
    from chalicelib.domain.policy import Policy
    from chalicelib.domain.principal import Principal
    from chalicelib.domain.sex import Sex
    from chalicelib.ports.toolbox import Toolbox

PAGE = 100
NUMBER_DRAWS = 5
NUMBER_TO_COME = "будет рассчитан"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose person it is: the insurer of the policy (or the one chosen), and the region."""

    insurer_code: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A person as a correction finds them.

    ``representation`` is the right of whoever declared the person, from that one's folder. ``origin`` is what an
    earlier correction changed, where this one undoes it; ``other`` the second record where there are two.
    """

    person: Person
    file: PersonFile
    applications: tuple[Application, ...]
    place: Place
    at: datetime
    on: date
    values: Mapping[str, str] = field(default_factory=dict)
    correction_id: str = ""
    actor: Actor = SYSTEM
    representation: Representation | None = None
    other: Case | None = None
    origin: tuple[Change, ...] = ()

    @property
    def is_listed(self) -> bool:
        """Whether clinics may find the person: there is, or was, something to find."""
        return bool(self.file.policies or self.file.certificates)

    def day(self, name: str) -> date:
        """A value that is a day which is not in the future; raises RuleRefused if it is."""
        return self._past(date.fromisoformat(self.values[name]))

    def birth_day(self, name: str) -> date:
        """The earliest day of a value that is a birth date; as ``day``."""
        return self._past(earliest_day(text=self.values[name]))

    def _past(self, day: date) -> date:
        if day > self.on:
            raise RuleRefused("day_in_future", "Исправить можно только то, что уже наступило: проверьте день")
        return day

    def day_or_none(self, name: str) -> date | None:
        """A value that is a day, None where it is empty or not given."""
        text = self.values.get(name)
        return date.fromisoformat(text) if text else None

    def policy(self) -> Policy:
        """The policy that is named, else the one that stands; raises RuleRefused if there is none."""
        wanted = self.values.get("policy_id")
        found = (
            next((policy for policy in self.file.policies if policy.policy_id == wanted), None)
            if wanted
            else self.file.standing_policy
        )
        if found is None:
            raise RuleRefused("no_such_policy", "У этого человека нет такого полиса")
        return found

    def application(self) -> Application:
        """The application that is named; raises RuleRefused unless it is about the person."""
        wanted = self.values["application_id"]
        found = next((item for item in self.applications if item.application_id == wanted), None)
        if found is None:
            raise RuleRefused("no_such_application", "У этого человека нет такого заявления")
        return found


def read_case(*, tools: Toolbox, person_id: str, at: datetime) -> Case:
    """Read a person with applications and the right to act for that person (3 to 4 AWS calls).

    Raises:
        NotFound: there is no such person.
    """
    file = tools.store.person_file(person_id=person_id)
    person = file.person
    if person is None:
        raise NotFound("Человек не найден")
    applications = tuple(read_applications(tools=tools, person_id=person_id))
    place = _place(tools, file, person, applications, at)
    return Case(
        person=person,
        file=file,
        applications=applications,
        place=place,
        at=at,
        on=local_date(at=at, region=place.region),
        representation=representation_of(tools=tools, representative_id=person.account_id, person_id=person_id),
    )


def representation_of(*, tools: Toolbox, representative_id: str, person_id: str) -> Representation | None:
    """The right of one person to act for another, whether it stands or not (1 AWS call; none for oneself)."""
    if representative_id == person_id:
        return None
    represented = tools.store.person_file(person_id=representative_id).represented
    return next((found for found in represented if found.person_id == person_id), None)


def read_applications(*, tools: Toolbox, person_id: str) -> list[Application]:
    """Everything ever filed about a person, newest first (1 AWS call per 100)."""
    found: list[Application] = []
    after: str | None = None
    while True:
        page = tools.store.applications_of(person_id=person_id, limit=PAGE, after=after, wanted=ApplicationFilter())
        found.extend(page.items)
        if (after := page.after) is None:
            return found


def _place(
    tools: Toolbox, file: PersonFile, person: Person, applications: tuple[Application, ...], at: datetime
) -> Place:
    code = _insurer_code(file, applications, at)
    insurer = tools.store.insurer(code=code) if code else None
    if insurer is not None:
        return Place(insurer_code=code, region=insurer.region)
    if applications:
        return Place(insurer_code=code, region=region_of(applications[0].form))
    region = person.address.get("region", "")
    return Place(insurer_code=code, region=region if is_region(code=region) else DEFAULT_REGION)


def _insurer_code(file: PersonFile, applications: tuple[Application, ...], at: datetime) -> str:
    policy = file.standing_policy or max(file.policies, key=lambda policy: policy.policy_id, default=None)
    if policy is not None:
        period = policy.insurer_on(local_date(at=at, region=DEFAULT_REGION)) or policy.periods[-1]
        return period.insurer_code
    chosen = (application.section("insurer").get("code", "") for application in applications)
    return next((code for code in chosen if code), "")


def scope_of(principal: Principal) -> str:
    """The scope of an operator: of an insurer, or of a territorial fund's region; NotFound without one."""
    if principal.has_role(Role.INSURER_OPERATOR) and principal.insurer:
        return f"insurer:{principal.insurer}"
    if principal.has_role(Role.FUND_OPERATOR) and principal.region:
        return f"region:{principal.region}"
    raise NotFound("За вашей учётной записью не закреплены застрахованные лица")


def check_scope(case: Case, principal: Principal) -> None:
    """Hide persons of other insurers and regions: raises NotFound (requirement O1)."""
    scope = scope_of(principal)
    if scope not in {f"insurer:{case.place.insurer_code}", f"region:{case.place.region}"}:
        raise NotFound("Человек не найден")


def parties(case: Case) -> frozenset[str]:
    """The accounts of everybody whom a correction is about: none of them may propose or decide it."""
    others = [case.other.person] if case.other is not None else []
    earlier = [change.thing for change in case.origin]
    persons = [case.person, *others, *(thing for thing in earlier if isinstance(thing, Person))]
    return frozenset(name for person in persons for name in (person.person_id, person.account_id))


class Draws(Protocol):
    """What a correction draws anew: ids, places in the status list, numbers."""

    def new_id(self) -> str:
        """An id."""
        ...

    def status_index(self) -> int:
        """A place in the status list."""
        ...

    def number(self, *, territory: str, born_on: date, sex: Sex) -> str:
        """A ЕНП that nobody has."""
        ...


class Trial:
    """Draws nothing: for looking at what a correction would change."""

    def __init__(self) -> None:
        self._drawn = 0

    def new_id(self) -> str:
        """A name that no thing has."""
        self._drawn += 1
        return f"{self._drawn:026d}"

    def status_index(self) -> int:
        """No place."""
        return -1

    def number(self, *, territory: str, born_on: date, sex: Sex) -> str:  # noqa: ARG002 — as the real one
        """No number yet, in words for the second operator."""
        return NUMBER_TO_COME


class Drawn:
    """Draws from the service's counters (1 AWS call each, 2 for a number)."""

    def __init__(self, *, tools: Toolbox, at: datetime) -> None:
        self._tools = tools
        self._at = at

    def new_id(self) -> str:
        """A new id."""
        return self._tools.ids.new_id(at=self._at)

    def status_index(self) -> int:
        """The next place in the status list."""
        return self._tools.store.next_serial(counter=STATUS_COUNTER)

    def number(self, *, territory: str, born_on: date, sex: Sex) -> str:
        """The next ЕНП that nobody has; raises AlreadyExists if the next ones are all taken."""
        for _ in range(NUMBER_DRAWS):
            number = next_number(self._tools, territory=territory, born_on=born_on, sex=sex)
            value_hash = self._tools.secrets.lookup_hash(kind="policy_number", value=number)
            if not self._tools.store.pointers(kind="policy_number", value_hash=value_hash):
                return number
        raise AlreadyExists("Ближайшие номера ЕНП заняты: повторите", marker="policy_number")


def offset_of(place: Place) -> int:
    """Hours from UTC of a place."""
    return find_region(code=place.region).utc_offset_hours
