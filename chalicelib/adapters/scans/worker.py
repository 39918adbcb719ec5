"""The process in which one file is inspected: it bounds itself, reads stdin, answers on stdout."""

from __future__ import annotations

import json
import logging
import resource
import sys
from dataclasses import asdict

from chalicelib.adapters.scans.containers import PDF, refuse_payloads, true_type
from chalicelib.adapters.scans.limits import ScanLimits, ScanRefused
from chalicelib.ports.scans import Inspection


def inspect_bytes(data: bytes, limits: ScanLimits) -> Inspection:
    """Judge ``data`` in this very process, which the caller has bounded."""
    try:
        return _inspected(data, limits)
    except ScanRefused as refusal:
        return Inspection(verdict=refusal.verdict, fingerprint=refusal.fingerprint)
    except (MemoryError, RecursionError):
        return Inspection(verdict=ScanRefused("too_complex").verdict)


def _inspected(data: bytes, limits: ScanLimits) -> Inspection:
    if not data:
        raise ScanRefused("empty")
    if len(data) > limits.max_bytes:
        raise ScanRefused("too_large")
    media_type = true_type(data)
    refuse_payloads(data, media_type, limits)
    if media_type == PDF:
        from chalicelib.adapters.scans.pdfs import inspect_pdf  # noqa: PLC0415 - loads pdfium

        return inspect_pdf(data, limits)
    from chalicelib.adapters.scans.images import inspect_image  # noqa: PLC0415 - loads Pillow

    return inspect_image(data, media_type, limits)


def bound(limits: ScanLimits) -> None:
    """Let the kernel end this process when a file makes it greedy."""
    bounds = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_DATA: limits.memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in bounds.items():
        resource.setrlimit(kind, (value, value))


def written(inspection: Inspection) -> bytes:
    """Write what was found: one line of JSON, which tells the sizes of the pictures that follow."""
    pictures = [inspection.preview or b"", *inspection.pages]
    line = {
        "verdict": asdict(inspection.verdict),
        "fingerprint": inspection.fingerprint,
        "sizes": [len(picture) for picture in pictures],
    }
    return b"".join([json.dumps(line).encode(), b"\n", *pictures])


def main() -> None:
    """Inspect stdin; write what was found to stdout."""
    limits = ScanLimits(**json.loads(sys.argv[1]))
    logging.disable(logging.CRITICAL)  # libraries quote the file in their warnings
    bound(limits)
    found = inspect_bytes(sys.stdin.buffer.read(), limits)
    sys.stdout.buffer.write(written(found))
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
