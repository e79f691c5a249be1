"""Every event the service can record, frozen, a file for each stage of a case; all are imported from here.

A new event is one class in the file of its stage. Its code is its name in snake_case (domain words).
"""

import re

from visits.events.appointment import *  # noqa: F403
from visits.events.declaration import *  # noqa: F403
from visits.events.event import Event as Event
from visits.events.field import *  # noqa: F403
from visits.events.package import *  # noqa: F403
from visits.events.report import *  # noqa: F403


def _code(name: str) -> str:
    """CamelCase to snake_case."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


KINDS: dict[str, type[Event]] = {}
for _kind in Event.__subclasses__():
    _kind.code = _code(_kind.__name__)
    KINDS[_kind.code] = _kind
