"""The job engine's SQL as our migrations run it; a new version of the engine adds files here.

`schema_3_10.sql` is procrastinate's own (LICENSE.procrastinate), copied word for word: the packaged file
changes with its version, a migration must not.
"""

from importlib.resources import files


def engine() -> str:
    """Tables, functions and triggers of procrastinate 3.10; many statements in one text."""
    return _read("schema_3_10.sql")


def wake_successor() -> str:
    """Our trigger: the next job of the same lock starts at once instead of at the worker's next poll."""
    return _read("wake_successor.sql")


def _read(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")
