"""What a person says of a policy of an earlier sample, read and checked against that person (requirement F5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from chalicelib.domain.barcode_text import parse_barcode
from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.legacy_policy import PolicyBlank, check_old_policy, check_old_region, parse_blank_number
from chalicelib.domain.names import norm_key
from chalicelib.domain.paper_barcode import PaperBarcode, packed_name, surname_first
from chalicelib.domain.plain_text import composed
from chalicelib.domain.policy_number import check_against, parse_policy_number, policy_number_errors
from chalicelib.domain.policy_types import LEGACY_TYPES, POLICY_TYPES, TEMPORARY_TYPES, PolicyType
from chalicelib.domain.sex import Sex

MESSAGES = {
    "required": "Заполните это поле",
    "temporary_not_registered": "Временное свидетельство не регистрируют: дождитесь полиса или подайте заявление о нём",
    "digital_not_registered": "Цифровой полис регистрировать не нужно: он есть в регистре. Подайте заявление о полисе",
    "barcode_is_paper": "Такой штрих-код есть только на бумажном полисе: укажите вид paper или уберите штрих-код",
    "not_of_this_type": "У полиса этого вида такого номера нет: уберите поле или выберите другой вид",
    "barcode_number_differs": "Введённый номер не совпадает с номером в штрих-коде: сверьте его с полисом",
    "barcode_name_differs": "Имя в штрих-коде не совпадает с учётной записью Госуслуг. Если вы сменили имя, "
    "сообщите об этом своей страховой организации",
    "barcode_born_on_differs": "Дата рождения в штрих-коде не совпадает с учётной записью Госуслуг: "
    "проверьте, ваш ли это полис",
    "barcode_sex_differs": "Пол в штрих-коде не совпадает с учётной записью Госуслуг: проверьте, ваш ли это полис",
    "barcode_expired": "Срок полиса, записанный в штрих-коде, истёк: подайте заявление о новом полисе",
}

_NUMBERS = ("policy_number", "blank_number", "series", "number", "region")
_OLD_NUMBERS = frozenset({"series", "number", "region"})
_ENP = "policy_number"
_BLANK = "blank_number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The person by the confirmed account, as far as a policy tells it too."""

    family_name: str = field(repr=False)
    given_name: str = field(repr=False)
    middle_name: str = field(repr=False)
    born_on: date = field(repr=False)
    sex: Sex = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyClaim:
    """A policy as its holder typed or scanned it; empty where nothing was said."""

    policy_type: PolicyType | None = None
    policy_number: str = field(default="", repr=False)
    blank_number: str = field(default="", repr=False)
    series: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    region: str = ""
    barcode: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadClaim:
    """The claim, read; ``valid_until`` is the first day without the policy, None without a term."""

    blank: PolicyBlank
    policy_number: str = field(default="", repr=False)
    valid_until: date | None = None
    is_scanned: bool = False


def read_claim(*, claim: LegacyClaim, holder: Holder, on: date) -> ReadClaim:
    """Read a claim and check it against the person on the local day.

    Raises:
        ValidationFailed: with every mistake of every field.
    """
    errors = list(_type_errors(claim))
    barcode, mistakes = _barcode(claim)
    errors += mistakes
    if barcode is not None:
        errors += barcode_differences(barcode=barcode, holder=holder)
        if barcode.expires_on is not None and barcode.expires_on < on:
            errors.append(_error("barcode", "barcode_expired"))
    kind = claim.policy_type or PolicyType.PAPER
    has_barcode = bool(claim.barcode.strip())
    if kind in LEGACY_TYPES and (claim.policy_type or has_barcode):
        errors += _field_errors(claim, kind, has_barcode=has_barcode)
        errors += _number_errors(claim, barcode, holder, on)
    if errors:
        raise ValidationFailed(sorted(errors, key=lambda error: error.field))
    return _read(claim, kind, barcode)


def barcode_differences(*, barcode: PaperBarcode, holder: Holder) -> tuple[FieldError, ...]:
    """What a barcode tells otherwise than is known of the person."""
    found = []
    if not _same_names(barcode, holder):
        found.append("barcode_name_differs")
    if barcode.born_on != holder.born_on:
        found.append("barcode_born_on_differs")
    if barcode.sex is not holder.sex:
        found.append("barcode_sex_differs")
    return tuple(_error("barcode", code) for code in found)


def _same_names(barcode: PaperBarcode, holder: Holder) -> bool:
    told, held = _names_in_order(barcode, barcode.version), _names_in_order(holder, barcode.version)
    # Where the room was over, the last name that fits has lost its end, and those after it are missing.
    return held.startswith(told.rstrip("|")) if barcode.names_are_cut else told == held


def _names_in_order(names: PaperBarcode | Holder, version: int) -> str:
    first, second = names.family_name, names.given_name
    parts = (first, second) if surname_first(version=version) else (second, first)
    return norm_key(*(packed_name(name=part) for part in (*parts, names.middle_name)))


def _type_errors(claim: LegacyClaim) -> tuple[FieldError, ...]:
    if claim.policy_type is None:
        return () if claim.barcode.strip() else (_error("policy_type", "required"),)
    if claim.policy_type in TEMPORARY_TYPES:
        return (_error("policy_type", "temporary_not_registered"),)
    if claim.policy_type is PolicyType.DIGITAL:
        return (_error("policy_type", "digital_not_registered"),)
    if claim.barcode.strip() and claim.policy_type is not PolicyType.PAPER:
        return (_error("policy_type", "barcode_is_paper"),)
    return ()


def _barcode(claim: LegacyClaim) -> tuple[PaperBarcode | None, tuple[FieldError, ...]]:
    if not claim.barcode.strip():
        return None, ()
    try:
        return parse_barcode(text=claim.barcode), ()
    except InvalidValue as refusal:
        return None, (FieldError(field="barcode", code=refusal.reason, message=refusal.detail),)


def _field_errors(claim: LegacyClaim, kind: PolicyType, *, has_barcode: bool) -> list[FieldError]:
    """Fields that the type has not, and those that it must have."""
    row = POLICY_TYPES[kind]
    own = _OLD_NUMBERS if row.needs_region else frozenset({_BLANK, _ENP})
    given = {name for name in _NUMBERS if getattr(claim, name).strip()}
    errors = [_error(name, "not_of_this_type") for name in sorted(given - own)]
    if row.needs_region:
        errors += check_old_policy(series=claim.series, number=claim.number)
        return errors + list(check_old_region(region=claim.region, field="region"))
    if _BLANK in given or not has_barcode:
        errors += _blank_errors(claim.blank_number, kind)
    if row.has_policy_number and _ENP not in given and not has_barcode:
        errors.append(_error(_ENP, "required"))
    return errors


def _blank_errors(text: str, kind: PolicyType) -> tuple[FieldError, ...]:
    try:
        parse_blank_number(text=text, policy_type=kind)
    except InvalidValue as refusal:
        return (FieldError(field=_BLANK, code=refusal.reason, message=refusal.detail),)
    return ()


def _number_errors(
    claim: LegacyClaim, barcode: PaperBarcode | None, holder: Holder, on: date
) -> tuple[FieldError, ...]:
    """The ЕНП by itself, against the person, and against the barcode."""
    if not claim.policy_number.strip():
        return ()
    if errors := policy_number_errors(text=claim.policy_number):
        return errors
    number = parse_policy_number(text=claim.policy_number)
    if barcode is not None and barcode.policy_number != number:
        return (_error(_ENP, "barcode_number_differs"),)
    return check_against(number=number, born_on=holder.born_on, sex=holder.sex, on=on)


def _read(claim: LegacyClaim, kind: PolicyType, barcode: PaperBarcode | None) -> ReadClaim:
    is_old = kind is PolicyType.OLD_SAMPLE
    typed = composed(claim.number) if is_old else claim.blank_number
    blank = PolicyBlank(
        policy_type=kind,
        number=typed if is_old or not typed.strip() else parse_blank_number(text=typed, policy_type=kind),
        series=composed(claim.series),
        region=claim.region,
    )
    number = barcode.policy_number if barcode else claim.policy_number.strip()
    expires_on = barcode.expires_on if barcode else None
    return ReadClaim(
        blank=blank,
        policy_number=parse_policy_number(text=number) if number else "",
        valid_until=expires_on + timedelta(days=1) if expires_on else None,
        is_scanned=barcode is not None,
    )


def _error(field_name: str, code: str) -> FieldError:
    return FieldError(field=field_name, code=code, message=MESSAGES[code])
