"""What an EPCL printer answers (sheet 4.3, 7.1, 7.3)."""

from hardware_mocks.machine import Machine
from hardware_mocks.zebra.words import IN_ENCODER, INVALID, NOT_IN_ENCODER, Command, Dialect

ACK, NACK, EOT = b"\x06", b"\x15", b"\x04"
CLEANING_AFTER, CLEANING_PASSES = 5000, 5


def nack(code: int) -> bytes:
    """NACK with two characters and EOT (sheet 4.3)."""
    return NACK + (b"-1" if code < 0 else f"{code:02d}".encode()) + EOT


def text(machine: Machine, words: str) -> bytes:
    """Return a text with its end."""
    return words.encode("latin-1") + machine.quirks.text_end


class Replies:
    """Answers to questions; changes nothing. Every method wants the machine's lock held."""

    def __init__(self, machine: Machine, dialect: Dialect, model: str, firmware: str) -> None:
        self._machine, self._dialect, self._model, self._firmware = machine, dialect, model, firmware

    def version(self, command: Command) -> bytes:
        """Return model and firmware, or whether a configuration code is this printer's."""
        if not command.params:
            return text(self._machine, f"{self._model} {self._firmware}")
        return ACK if command.params[0] in self._dialect.v_codes else nack(INVALID)

    def counters(self) -> bytes:
        """Return the passes of panels under the head, and when a cleaning is due."""
        total = self._machine.counters.panels
        told = f"Cpt imp:{total:08} next clean Prn:{CLEANING_AFTER:08} nb pass:{CLEANING_PASSES}"
        return text(self._machine, told)

    def place(self) -> bytes:
        """Return whether a card is in the magnetic encoder."""
        return nack(IN_ENCODER if self._machine.position == "encoder" else NOT_IN_ENCODER)
