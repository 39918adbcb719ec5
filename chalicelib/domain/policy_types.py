"""Types of policies by which a person may prove insurance, old ones too, as data (requirements B2, F5, G1).

Letters are those of the register of insured persons (order No. 79, table 81, and its successor's services), codes
those of classifier F008 v2.0. Policies that were given out before the digital one stay valid and need no exchange.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class PolicyType(StrEnum):
    """What a person holds; the values of the legacy ones are forms of a policy too."""

    OLD_SAMPLE = "old_sample"
    TEMPORARY_PAPER = "temporary_paper"
    TEMPORARY_ELECTRONIC = "temporary_electronic"
    PAPER = "paper"
    PLASTIC = "plastic"
    UNIVERSAL_CARD = "universal_card"
    DIGITAL = "digital"


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyTypeRow:
    """One type.

    Masks are those of order No. 79: 9 a digit, S free text or nothing, S1 free text; an empty mask means that the
    policy has no such number. ``given_until`` is the first day on which it was not given out any more, None while it
    is. ``is_legacy`` tells that it was given out before the digital policy and may be registered by its holder.
    """

    type: PolicyType
    letter: str
    f008: str
    title: str
    series_mask: str = ""
    number_mask: str = ""
    has_policy_number: bool = False
    needs_region: bool = False
    is_legacy: bool = False
    given_from: date | None = None
    given_until: date | None = None
    term: str
    source: str


SINGLE_SAMPLE_FROM = date(2011, 5, 1)
DIGITAL_FROM = date(2022, 12, 1)

_STAYS = "Действует, обмен не нужен"

_ROWS = (
    PolicyTypeRow(
        type=PolicyType.OLD_SAMPLE,
        letter="С",
        f008="1",
        title="Полис старого образца",
        series_mask="S",
        number_mask="S1",
        needs_region=True,
        is_legacy=True,
        given_until=SINGLE_SAMPLE_FROM,
        term="Действует, пока не заменён полисом единого образца",
        source="326-ФЗ, ст. 51; приказ ФОМС № 79, табл. 81; F008 v2.0, код 1",
    ),
    PolicyTypeRow(
        type=PolicyType.TEMPORARY_PAPER,
        letter="В",
        f008="2",
        title="Временное свидетельство на бумаге",
        number_mask="999999999",
        term="Действует до выдачи полиса, не дольше срока в нём",
        source="326-ФЗ, ст. 46; приказ ФОМС № 79, табл. 81; Q004, код 220; F008 v2.0, код 2",
    ),
    PolicyTypeRow(
        type=PolicyType.TEMPORARY_ELECTRONIC,
        letter="Е",
        f008="2",
        title="Временное свидетельство в электронном виде",
        number_mask="999999999",
        term="Действует до выдачи полиса, не дольше срока в нём",
        source="326-ФЗ, ст. 46; сервисы ФЕРЗЛ, тип полиса Е; F008 v2.0, код 2",
    ),
    PolicyTypeRow(
        type=PolicyType.PAPER,
        letter="П",
        f008="3",
        title="Бумажный полис единого образца",
        number_mask="99999999999",
        has_policy_number=True,
        is_legacy=True,
        given_from=SINGLE_SAMPLE_FROM,
        given_until=DIGITAL_FROM,
        term=_STAYS,
        source="Правила ОМС (приказ 108н), п. 29; приказ ФОМС № 79, табл. 81; F008 v2.0, код 3",
    ),
    PolicyTypeRow(
        type=PolicyType.PLASTIC,
        letter="Э",
        f008="3",
        title="Электронный полис на пластиковой карте",
        number_mask="99999999999",
        has_policy_number=True,
        is_legacy=True,
        given_from=SINGLE_SAMPLE_FROM,
        given_until=DIGITAL_FROM,
        term=_STAYS,
        source="Правила ОМС (приказ 108н), п. 29; приказ ФОМС № 79, табл. 81; F008 v2.0, код 3",
    ),
    PolicyTypeRow(
        type=PolicyType.UNIVERSAL_CARD,
        letter="К",
        f008="3",
        title="Полис в составе универсальной электронной карты (УЭК)",
        number_mask="99999999999999",
        is_legacy=True,
        given_from=SINGLE_SAMPLE_FROM,
        given_until=DIGITAL_FROM,
        term=_STAYS,
        source="Правила ОМС (приказ 108н), п. 29; приказ ФОМС № 79, табл. 81; F008 v2.0, код 3",
    ),
    PolicyTypeRow(
        type=PolicyType.DIGITAL,
        letter="Ц",
        f008="3",
        title="Цифровой полис",
        has_policy_number=True,
        given_from=DIGITAL_FROM,
        term="Действует без срока; для тех, чьё право на страхование ограничено сроком, — до его конца",
        source="326-ФЗ, ст. 45, ч. 2; Правила ОМС (приказ 108н), п. 28; F008 v2.0, код 3",
    ),
)

POLICY_TYPES = {row.type: row for row in _ROWS}
"""All types, in the order in which they came."""

LEGACY_TYPES = frozenset(row.type for row in _ROWS if row.is_legacy)
"""Types that their holders may register here (requirement F5)."""

TEMPORARY_TYPES = frozenset({PolicyType.TEMPORARY_PAPER, PolicyType.TEMPORARY_ELECTRONIC})


def type_of_form(*, form: str) -> PolicyType:
    """The type of a policy by its form: what is no legacy form is a digital policy, with or without a paper extract."""
    return PolicyType(form) if form in LEGACY_TYPES else PolicyType.DIGITAL
