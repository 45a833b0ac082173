"""What a Magicard printer answers to requests (protocol sheet 8).

Error numbers but 00:00 and 11:01 are invented: no source knows others.
"""

from hardware_mocks.machine import Machine

NO_ERROR = (0, 0)
_OTHER = (99, 9)
CODES: dict[str, tuple[int, int]] = {
    "feeder_empty": (11, 1), "jam": (27, 3), "cover_open": (31, 1), "ribbon_end": (41, 2), "ribbon_type": (41, 7),
    "hopper_full": (51, 1), "head_hot": (61, 4), "no_card": (11, 9), "reject_full": _OTHER, "head_open": _OTHER,
    "time_out": _OTHER, "rotation": _OTHER,
}  # fmt: skip
"""Conditions of the machine and the numbers that tell them."""
_SENTENCE = b"Die Karte wurde nicht in den Drucker gef\xfchrt. Bitte erneut versuchen."


class Replies:
    """Answers to requests; every method wants the machine's lock held."""

    def __init__(self, machine: Machine, serial: str, model: str, firmware: str, dialect: str) -> None:
        self._machine = machine
        self._serial, self._model, self._firmware, self._dialect = serial, model, firmware, dialect

    def answer(self, words: str, error: tuple[int, int]) -> bytes | None:
        """Return the reply to a request, or None when it is not known."""
        if words == "ERR":
            return _error_reply(error)
        if words == "INF" and self._dialect == "enduro":
            return b"\x01STA$$" + ",".join(self._inf(error)).encode() + b"\x03"
        if words.startswith("STA,") and self._dialect == "rio":
            value = self._states().get(words[4:])
            return None if value is None else b"\x01STA," + f"{words[4:]}{value},".encode() + b"\x03"
        return None

    def _inf(self, error: tuple[int, int]) -> list[str]:
        """The fields of REQ,INF in order (sheet 8.1)."""
        counters, ribbon = self._machine.counters, self._machine.ribbon
        fields = [""] * 35
        fields[0:9] = ["2", self._model, "0", self._serial, "H1", "P1", self._firmware, "3829", "0"]
        fields[9:12] = [str(counters.cards), str(counters.cards), str(counters.panels)]
        fields[12:19] = ["0", str(counters.panels), str(counters.cards), "1000", "50", "50", "50"]
        fields[19], fields[20] = str(error[0]), str(error[1])
        capacity, left = (ribbon.capacity, ribbon.left) if ribbon is not None else (0, 0)
        colour = "y" in ribbon.kind if ribbon is not None else False
        fields[21:25] = ["F1", str(capacity), str(capacity - left), ribbon.kind.upper() if ribbon is not None else ""]
        fields[25:28] = ["1016" if colour else "0", "1016" if ribbon is not None else "0", "1016" if colour else "0"]
        return fields

    def _states(self) -> dict[str, str]:
        counters, ribbon = self._machine.counters, self._machine.ribbon
        return {
            "MSR": self._serial, "VRS": self._firmware, "MDL": "0", "TCQ": str(counters.cards),
            "TPQ": str(counters.panels), "DFR": str(ribbon.left if ribbon is not None else 0),
            "CCQ": str(counters.cards), "CCP": "1000", "TCN": "0", "PSR": "H1", "BSR": "P1",
        }  # fmt: skip


def _error_reply(error: tuple[int, int]) -> bytes:
    if error == NO_ERROR:
        return b"\x01STAPrinterstatus OK.\n00:00\n(c0300)\x03"
    major, minor = error
    return b"\x01STA" + _SENTENCE + f"\nFehlercode - {major:02}:{minor:02}\n(c0201)".encode() + b"\x03"
