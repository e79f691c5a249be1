"""The simulator without a network: the same core behind the port, for tests and one-process demos."""

from visits.clearance.port import Envelope, Receipt
from visits.clearance.simulator.core import Simulator


class InMemory:
    """Implements port.ClearanceSystem by calling the simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    async def push_report(self, envelope: Envelope) -> Receipt:
        """The act number at once, unless the simulator gives it later."""
        act = self._simulator.receive(envelope.body)
        return Receipt(act=None if self._simulator.late_acts else act.number)

    async def probe(self) -> None:
        """Always there."""
