"""The firmware of a Matica / XID retransfer printer: one machine, one memory, and the wire's own way of speaking."""

from hardware_mocks.machine import Machine
from hardware_mocks.matica.core import Core
from hardware_mocks.matica.replies import Replies
from hardware_mocks.matica.wires.ethernet import Ethernet
from hardware_mocks.matica.wires.usb import MassStorage
from hardware_mocks.matica.words import HEADS
from hardware_mocks.port import Port
from hardware_mocks.retransfer import Retransfer


class Matica:
    """One printer's firmware. Every method wants the machine's lock held."""

    def __init__(self, machine: Machine, port: Port, serial: str, model: str, firmware: str, dialect: str) -> None:
        assert isinstance(machine, Retransfer)
        self.core = Core(machine, HEADS[dialect])
        self._port = port
        replies = Replies(self.core, model, firmware)
        self.ethernet = Ethernet(self.core, port, replies, serial, model)
        self.storage = MassStorage(self.core, port, replies)

    @property
    def _wire(self) -> Ethernet | MassStorage:
        self._port.stepwise = self._port.bus
        return self.storage if self._port.bus else self.ethernet

    def connected(self) -> None:
        """Begin a new connection."""
        self._wire.connected()

    def receive(self, data: bytes) -> None:
        """Work on received bytes until more are needed.

        :raises PowerLostError: power fails meanwhile.
        """
        self._wire.receive(data)

    def restart(self) -> None:
        """Begin as after power-on."""
        self.core.restart()
        self.ethernet.restart()
        self.storage.restart()

    def datagram(self, data: bytes) -> bytes | None:
        """Answer a datagram (UDP), or not."""
        return self.ethernet.datagram(data)
