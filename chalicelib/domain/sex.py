"""Sex of a person as the registers know it (classifier V005)."""

from __future__ import annotations

from enum import StrEnum

from chalicelib.domain.errors import InvalidValue


class Sex(StrEnum):
    """Male or female; the values are those of the ``gender`` claim of OIDC."""

    MALE = "male"
    FEMALE = "female"

    @property
    def v005_code(self) -> str:
        """Code of classifier V005: «1» male, «2» female."""
        return V005_CODES[self]


V005_CODES = {Sex.MALE: "1", Sex.FEMALE: "2"}


def sex_from_v005(*, code: str) -> Sex:
    """Read a code of V005.

    Raises:
        InvalidValue: ``sex_code``, the code is neither «1» nor «2» (Q004-9).
    """
    for sex, known in V005_CODES.items():
        if code == known:
            return sex
    raise InvalidValue("sex_code", "Укажите пол кодом 1 (мужской) или 2 (женский)")
