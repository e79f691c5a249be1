"""Does an installed package work? Starts the demo in a fresh folder, signs in, looks at a page, stops it."""

import contextlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from visits.demo import cast

PATIENCE = 120


@contextlib.contextmanager
def running(folder: Path, port: int) -> Iterator[httpx.Client]:
    """The demo of this very installation, ready, ended afterwards."""
    command = [sys.executable, "-m", "visits", "demo", "--no-browser", "--port", str(port), "--data", str(folder)]
    process = subprocess.Popen(command)  # noqa: S603  (our own program)
    address = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=address, headers={"origin": address, "accept": "text/html"}) as client:
            _wait(client, process)
            yield client
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


def _wait(client: httpx.Client, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(PATIENCE * 10):
        if process.poll() is not None:
            raise SystemExit(f"the demo ended by itself: {process.returncode}")
        with contextlib.suppress(httpx.TransportError):
            if client.get("/health/ready").status_code == httpx.codes.OK:
                return
        time.sleep(0.1)
    raise SystemExit("the demo is not ready")


def main() -> int:
    """Start, look, stop; start again, everything is still there."""
    with tempfile.TemporaryDirectory(prefix="visits-smoke-", dir="/var/tmp") as folder:
        Path(folder).chmod(0o755)
        for time_ in ("first", "second"):
            with socket.socket() as taken:
                taken.bind(("127.0.0.1", 0))
                port = int(taken.getsockname()[1])
            with running(Path(folder), port) as client:
                entered = client.post(
                    "/signin", data={"login": "superviseur1", "password": cast.PASSWORD}, follow_redirects=True
                )
                if "/supervisor/board" not in str(entered.url):
                    raise SystemExit(f"{time_} start: signing in led to {entered.url} ({entered.status_code})")
            print(f"{time_} start: the board answers")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
