"""`python -m visits.clearance.simulator`: the simulator alone, settings from the environment.

SIMULATOR_PORT, SIMULATOR_DATA, SIMULATOR_TARGET, SIMULATOR_DELAY; VISITS_SIMULATOR_KEY, VISITS_CLEARANCE_SECRET.
"""

import os
from pathlib import Path

from visits.clearance.simulator.serve import serve

if __name__ == "__main__":
    serve(
        host=os.environ.get("SIMULATOR_HOST", "127.0.0.1"),
        port=int(os.environ.get("SIMULATOR_PORT", "8100")),
        data=Path(os.environ.get("SIMULATOR_DATA", ".data/simulator.sqlite")),
        target=os.environ.get("SIMULATOR_TARGET", "http://127.0.0.1:8000"),
        key=os.environ.get("VISITS_SIMULATOR_KEY", ""),
        secret=os.environ.get("VISITS_CLEARANCE_SECRET", ""),
        delay=float(os.environ.get("SIMULATOR_DELAY", "2")),
        late_acts=os.environ.get("SIMULATOR_LATE_ACTS", "") == "1",
    )
