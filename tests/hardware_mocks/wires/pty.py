"""A serial printer on a pseudo-terminal. Power off is silence; a pulled cable hangs up and removes the node."""

import contextlib
import os
import tty
from pathlib import Path

from hardware_mocks.printer import SimulatedPrinter
from hardware_mocks.wires.stream import StreamWire


class PtyWire(StreamWire):
    """``path`` is what to open: a stable symlink where ``link`` is given, else the terminal itself."""

    def __init__(self, printer: SimulatedPrinter, link: Path | None = None) -> None:
        self._link = link
        self._master: int | None = None
        self._slave = -1
        self._node = ""
        super().__init__(printer)

    @property
    def path(self) -> str:
        """The device to open."""
        return str(self._link) if self._link else self._node

    def _follow(self) -> None:
        cable = self.printer.machine.cable
        if cable and self._master is None:
            # The slave stays open on this side too: without that the master reads EIO while nobody has the port open.
            self._master, self._slave = os.openpty()
            tty.setraw(self._slave)
            os.set_blocking(self._master, False)
            self._node = os.ttyname(self._slave)
            if self._link:
                self._link.parent.mkdir(parents=True, exist_ok=True)
                fresh = self._link.with_name(f".{self._link.name}.{os.getpid()}")
                fresh.symlink_to(self._node)
                fresh.replace(self._link)
            self.printer.port.connect()
        elif not cable and self._master is not None:
            self._shut()
            self.printer.port.disconnect()

    def _descriptor(self) -> int | None:
        return self._master

    def _other(self) -> int | None:
        return None

    def _event(self) -> None:
        """Nothing listens besides the terminal."""

    def _hung_up(self) -> None:
        """The slave is held open here, so that this end never sees a hang-up."""

    def _shut(self) -> None:
        # The link goes first: a host that sees its port hang up shall not find the dead node again.
        if self._link:
            with contextlib.suppress(FileNotFoundError):
                self._link.unlink()
        if self._master is not None:
            os.close(self._master)
            os.close(self._slave)
            self._master = None
            self._out = self._in = b""
