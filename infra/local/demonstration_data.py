"""Loads the demonstration registry into the local cloud; running it again changes nothing."""

from __future__ import annotations

from chalicelib.bootstrap import container
from chalicelib.ports.errors import AlreadyExists
from infra.local.insurers_sample import INSURERS


def load() -> int:
    """Write the insurers that are not there yet; returns how many were."""
    tools = container()
    written = 0
    for insurer in INSURERS:
        work = tools.store.work(at=tools.now())
        work.create(insurer)
        try:
            work.commit()
        except AlreadyExists:
            continue
        written += 1
    return written


if __name__ == "__main__":
    print(f"insurers loaded: {load()} of {len(INSURERS)}")
