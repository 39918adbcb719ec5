"""Whether two records are of one person: signals with weights, added and explained (requirement D4).

Weights are data. A number that differs weighs as much as one that agrees: namesakes and twins share name, birthday and
address, and stay two people. Only a person decides; ``certain`` means that nothing speaks against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.names import norm_key


class Likeness(StrEnum):
    """How likely two records are of one person."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


LIKENESS_TITLES = {
    Likeness.CERTAIN: "Один человек: противоречий нет",
    Likeness.LIKELY: "Вероятно, один человек: проверьте",
    Likeness.POSSIBLE: "Может быть, разные люди: тёзки или близнецы",
}

THRESHOLDS = ((80, Likeness.CERTAIN), (40, Likeness.LIKELY))
"""From which score on, the highest first; below all of them it is only possible."""


CONTRADICTION = -30
"""A signal of this weight or less cannot be true of one person: one of the two records is wrong, or there are two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that speaks for one person (a positive weight) or for two (a negative one)."""

    code: str
    title: str
    weight: int


SIGNALS = {
    signal.code: signal
    for signal in (
        Signal(code="same_snils", title="Тот же СНИЛС", weight=60),
        Signal(code="other_snils", title="Другой СНИЛС", weight=-60),
        Signal(code="same_document", title="Тот же документ", weight=50),
        Signal(code="same_birth_date", title="Та же дата рождения", weight=20),
        Signal(code="other_birth_date", title="Другая дата рождения", weight=-30),
        Signal(code="same_given_names", title="Те же имя и отчество", weight=15),
        Signal(code="other_given_name", title="Другое имя", weight=-40),
        Signal(code="same_family_name", title="Та же фамилия", weight=10),
        Signal(code="other_family_name", title="Другая фамилия", weight=-5),
        Signal(code="other_sex", title="Другой пол", weight=-30),
        Signal(code="same_contact", title="Тот же телефон или почта", weight=5),
    )
}
"""Code → signal. Surnames change by marriage, so another one weighs little; contacts are shared by families."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """What is compared of a record; numbers that are not known are empty."""

    family_name: str
    given_name: str
    middle_name: str
    born_on: str
    sex: str
    snils: str = ""
    documents: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The signals found, their sum, and what it means."""

    signals: tuple[Signal, ...]

    @property
    def score(self) -> int:
        """The sum of the weights."""
        return sum(signal.weight for signal in self.signals)

    @property
    def likeness(self) -> Likeness:
        """What the score means; beside a contradiction nothing is certain, however much agrees."""
        found = next((likeness for least, likeness in THRESHOLDS if self.score >= least), Likeness.POSSIBLE)
        contradicted = any(signal.weight <= CONTRADICTION for signal in self.signals)
        return Likeness.LIKELY if contradicted and found is Likeness.CERTAIN else found


def compare(*, one: Portrait, other: Portrait) -> Comparison:
    """Compare two records; which is first does not matter."""
    codes = (
        _agreement("snils", one.snils, other.snils),
        "same_document" if one.documents & other.documents else None,
        _birth_dates(one.born_on, other.born_on),
        _given_names(one, other),
        _agreement("family_name", norm_key(one.family_name), norm_key(other.family_name)),
        "other_sex" if one.sex and other.sex and one.sex != other.sex else None,
        "same_contact" if one.contacts & other.contacts else None,
    )
    return Comparison(signals=tuple(SIGNALS[code] for code in codes if code is not None))


def _agreement(name: str, one: str, other: str) -> str | None:
    if not one or not other:
        return None
    return f"same_{name}" if one == other else f"other_{name}"


def _birth_dates(one: str, other: str) -> str | None:
    """A date known in part neither agrees with a whole one that it may be, nor contradicts it."""
    if one != other and (one.startswith(other) or other.startswith(one)):
        return None
    return _agreement("birth_date", one, other)


def _given_names(one: Portrait, other: Portrait) -> str | None:
    if norm_key(one.given_name) != norm_key(other.given_name):
        return "other_given_name"
    same = norm_key(one.middle_name) == norm_key(other.middle_name)
    return "same_given_names" if same else None
