"""`python -m infra.local.leash FD MODULE`: runs a module that ends when its supervisor does.

The supervisor holds the other end of the pipe FD.  When the supervisor dies, however it dies, the
pipe closes; this process then asks its process group to stop and, if that takes too long, kills
it.  Unlike PR_SET_PDEATHSIG this works on every Unix and survives threads that end.
Standard library only: it also runs in the local cloud's own environment.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

_GRACE_SECONDS = 5


def _watch(descriptor: int) -> None:
    while os.read(descriptor, 1):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(_GRACE_SECONDS)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Start the watch and become the module."""
    descriptor, module = int(sys.argv[1]), sys.argv[2]
    threading.Thread(target=_watch, args=(descriptor,), daemon=True, name="leash").start()
    sys.argv = [module]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
