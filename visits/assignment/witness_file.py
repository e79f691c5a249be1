"""`visits draw witness`: make a witness's secret and read its values, on the witness's own machine, without a database.

The file is the secret. Copy it for a second holder; keep both away from the service.
"""

import json
import os
import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import TextIO

from scheduling import MOST_WITNESS_DAYS, WITNESS_BYTES, WITNESS_FORMAT, anchor_of, value_of


def make(path: Path, *, office: str, first: date, days: int) -> str:
    """Make a secret and return the anchor to publish; an existing file is never written over."""
    secret = secrets.token_bytes(WITNESS_BYTES)
    anchor = anchor_of(office, secret, days).hex()
    facts = {"format": WITNESS_FORMAT, "office": office, "first_day": first.isoformat(), "days": days}
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(facts | {"anchor": anchor, "secret": secret.hex()}, file, indent=1)
        file.write("\n")
    return anchor


def read(path: Path, day: date) -> str:
    """The value of a day; a fault says what is wrong with the file or the day."""
    told = json.loads(path.read_text(encoding="utf-8"))
    first, days = date.fromisoformat(told["first_day"]), int(told["days"])
    secret = bytes.fromhex(told["secret"])
    sound = told["format"] == WITNESS_FORMAT and anchor_of(told["office"], secret, days).hex() == told["anchor"]
    if not sound:
        raise ValueError("it is not the secret of its anchor")
    return value_of(told["office"], secret, days, (day - first).days + 1).hex()


def new(path: Path, *, office: str, first: date, days: int, out: TextIO) -> int:
    """Make a secret, print its anchor and what to do with both."""
    if not 1 <= days <= MOST_WITNESS_DAYS:
        print(f"--days: 1 to {MOST_WITNESS_DAYS}", file=out)
        return 2
    try:
        anchor = make(path, office=office, first=first, days=days)
    except OSError as fault:
        print(f"{path}: {fault.strerror}", file=out)
        return 2
    last = first + timedelta(days=days - 1)
    print(f"anchor {anchor}", file=out)
    print(
        f"{days} days, {first} to {last}. Give the anchor to the office; give a copy of {path} to a second holder:",
        file=out,
    )
    print("either of the two then brings each day's value, and nobody gains by keeping it back.", file=out)
    return 0


def value(path: Path, day: date, *, out: TextIO) -> int:
    """Print the value of a day."""
    try:
        found = read(path, day)
    except (OSError, KeyError, TypeError, ValueError) as fault:
        print(f"{path}: {fault}", file=out)
        return 2
    print(found, file=out)
    return 0
