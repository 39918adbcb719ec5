"""Finding a policy by what is printed on one of an earlier sample (requirements G1, G3)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chalicelib.domain.errors import FieldError, InvalidValue, ValidationFailed
from chalicelib.domain.legacy_policy import BLANK_KIND, OLD_KIND, check_old_policy, old_policy_key, parse_blank_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chalicelib.domain.validity import ValidityCard
    from chalicelib.ports.toolbox import Toolbox


@dataclass(frozen=True, slots=True, kw_only=True)
class OldPolicyKey:
    """Series and number of a policy of the old sample, in one field or in two."""

    number: str = field(repr=False)
    series: str = field(default="", repr=False)


def legacy_key(*, old_policy: OldPolicyKey | None, blank_number: str | None) -> tuple[str, str] | None:
    """The kind and text of the identifier, None if neither was given.

    Raises:
        ValidationFailed: with every mistake in the one that was given.
    """
    if old_policy is not None:
        errors = check_old_policy(series=old_policy.series, number=old_policy.number, prefix=OLD_KIND)
        if errors:
            raise ValidationFailed(errors)
        return OLD_KIND, old_policy_key(series=old_policy.series, number=old_policy.number)
    if blank_number is None:
        return None
    try:
        return BLANK_KIND, parse_blank_number(text=blank_number)
    except InvalidValue as refusal:
        error = FieldError(field=BLANK_KIND, code=refusal.reason, message=refusal.detail)
        raise ValidationFailed([error]) from None


def cards_of(*, tools: Toolbox, kind: str, value_hash: str) -> Sequence[ValidityCard]:
    """Read the validity cards under an identifier (1 AWS call); more than one where people may share it."""
    if kind == OLD_KIND:
        return tools.store.shared_cards(kind=kind, value_hash=value_hash)
    card = tools.store.card(kind=kind, value_hash=value_hash)
    return () if card is None else (card,)
