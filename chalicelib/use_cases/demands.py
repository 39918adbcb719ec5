"""What is demanded of an application where and when it is filed: its region, its local day, its row of the matrix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from chalicelib.domain import regions
from chalicelib.domain.matrix import MatrixRow, matrix_row, represented

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from chalicelib.domain.application import Application


class Filed(Protocol):
    """What a person filed with a form: an application, or the registration of a policy of an earlier sample."""

    @property
    def person_id(self) -> str:
        """Whose it is."""
        ...

    @property
    def form(self) -> Mapping[str, Mapping[str, str]]:
        """Sections of text fields."""
        ...

    def section(self, name: str) -> Mapping[str, str]:
        """Return a section of the form, empty if it is not filled."""
        ...


def region_of(form: Mapping[str, Mapping[str, str]]) -> str:
    """The region whose clock and insurers an application lives by."""
    return regions.home_region(form=form)


def local_day(filed: Filed, *, at: datetime) -> date:
    """The local day of an applicant."""
    return regions.local_date(at=at, region=region_of(filed.form))


def row_of(application: Application, *, at: datetime) -> MatrixRow:
    """The demands on an application on its local day."""
    row = matrix_row(category=application.category, kind=application.kind, on=local_day(application, at=at))
    return row if application.relation is None else represented(row, relation=application.relation)
