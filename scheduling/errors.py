"""What the core refuses: a problem that makes no sense. Each error carries the reason."""


class InvalidProblem(ValueError):
    """The values given describe no possible calendar."""


class OffGrid(InvalidProblem):
    """A time that is not the beginning of a grid step."""
