"""Loads the demonstration registry into the local cloud; running it again changes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.bootstrap import container
from chalicelib.ports.errors import AlreadyExists
from chalicelib.use_cases.import_clinics import load_clinics
from infra.local.clinics_sample import clinics_file
from infra.local.insurers_sample import INSURERS, sample_ratings

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chalicelib.domain.insurer import Insurer
    from chalicelib.domain.insurer_records import InsurerRating


def load() -> int:
    """Write the insurers that are not there yet; returns how many were."""
    return _created(INSURERS)


def load_ratings() -> int:
    """Write ratings of the last full year and the one before, where there are none; returns how many were."""
    return _created(sample_ratings(year=container().now().year - 1))


def _created(entities: Iterable[Insurer | InsurerRating]) -> int:
    tools = container()
    written = 0
    for entity in entities:
        work = tools.store.work(at=tools.now())
        work.create(entity)
        try:
            work.commit()
        except AlreadyExists:
            continue
        written += 1
    return written


def load_clinics_sample() -> int:
    """Import the clinics with their doctors and areas; returns how many rows were new or changed."""
    tools = container()
    report = load_clinics(tools=tools, file=clinics_file(), region=None, at=tools.now())
    if report.bad:
        raise ValueError(report.bad)
    return report.new + report.changed


if __name__ == "__main__":
    print(f"insurers loaded: {load()} of {len(INSURERS)}")
    print(f"ratings loaded: {load_ratings()}")
    print(f"rows of clinics loaded: {load_clinics_sample()}")
