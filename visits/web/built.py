"""The built files of `static/`: their hashed addresses, read once from the manifest the build wrote."""

import json
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"


@cache
def manifest() -> dict[str, str]:
    """Plain name to hashed name, e.g. `visits.css` to `visits.98f75e0c05.css`."""
    names: dict[str, str] = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    return names


def asset(name: str) -> str:
    """The address of a built file; an unknown name is a bug and raises KeyError."""
    return f"/static/{manifest()[name]}"
