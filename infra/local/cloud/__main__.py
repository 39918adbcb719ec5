"""`python -m infra.local.cloud`: run the local cloud; settings come from the environment."""

from __future__ import annotations

import os

from infra.local.cloud.server import CloudSettings, run

if __name__ == "__main__":
    run(CloudSettings.from_environment(os.environ))
