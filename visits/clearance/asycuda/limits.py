"""How much of a file the reader takes before it refuses: the largest real file seen uses a tenth of each."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Caps on one file; each has its own refusal."""

    #: 190 items make 3.3 MB.
    bytes: int = 32 * 1024 * 1024
    #: The deepest real file has 7 levels, the root being the first.
    depth: int = 64
    #: 190 items make 77 969 elements, `<null/>` included.
    elements: int = 500_000
    items: int = 9_999
    #: `Container` entries; one box may take several.
    containers: int = 2_000
    #: Characters of one text, runs of blanks counted once.
    field: int = 4_096
    #: No real element carries more than one attribute.
    attributes: int = 64


LIMITS = Limits()
