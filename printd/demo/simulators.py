"""Simulated printers as processes of their own, and the operator's hands on them."""

from __future__ import annotations

import json
import select
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Required, TypedDict

from printd.errors import PrintdError

_READY_SECONDS = 20.0
_HAND_SECONDS = 10.0


class RibbonSeen(TypedDict):
    """A ribbon as a person sees it: the cards that are left on it, and whether it is torn."""

    left: int
    cut: bool


class Seen(TypedDict, total=False):
    """What hands tell: ``hopper`` names the blanks in it, ``look`` all the rest."""

    ok: Required[bool]
    error: str
    blanks: list[str]
    power: bool
    cable: bool
    cover_open: bool
    inside: list[str]
    ribbon: RibbonSeen | None


class PanelSeen(TypedDict):
    """A panel that was printed, and the CRC-32 of its dots."""

    panel: str
    crc32: str


class CardSeen(TypedDict):
    """A card that left a printer, as somebody who picks it up sees it."""

    blank: str
    defect: str | None
    complete: bool
    front: list[PanelSeen]
    back: list[PanelSeen]


@dataclass
class Simulator:
    """One simulated printer."""

    serial: str
    uri: str
    control: Path
    process: subprocess.Popen[str]

    def hand(self, action: str, /, **arguments: Any) -> Seen:
        """Do something to the printer as a person would: load blanks, change the ribbon, pull a card out, look."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
            wire.settimeout(_HAND_SECONDS)
            wire.connect(str(self.control))
            wire.sendall(json.dumps({"do": action, **arguments}).encode() + b"\n")
            with wire.makefile("r", encoding="utf-8") as lines:
                reply: Seen = json.loads(lines.readline())
        if not reply["ok"]:
            raise PrintdError(f"The simulated printer {self.serial} refused {action}.", why=f"{reply['error']}.")
        return reply

    def stop(self) -> None:
        """End the process."""
        if self.process.stdin is not None:
            self.process.stdin.close()  # it ends with its parent
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def start(
    folder: Path, number: int, *, usb: bool, speed: float, ribbon: str, faults: list[str], pictures: bool
) -> Simulator:
    """Start one simulated Primacy on USB (a pyusb backend over a socket) or on a serial line (a pseudo-terminal).

    :param folder: of the demo; pictures go to ``cards``, what physically happened to ``truth.jsonl``.
    :param speed: 1 is real time, 0 takes no time.
    :param pictures: draw each finished card, which takes a simulator longer than printing it.
    :raises PrintdError: the simulator is not installed or did not start.
    """
    serial = f"SIM{number:04d}"
    wires, cards = folder / "wires", folder / "cards"
    for place in (wires, cards, folder / "bus"):
        place.mkdir(exist_ok=True)
    control, link = wires / f"{serial}.hands", wires / f"{serial}.tty"
    wire = ["--wire", "usb", "--bus", str(folder / "bus")] if usb else ["--wire", "pty", "--link", str(link)]
    command = [
        *(sys.executable, "-m", "hardware_mocks", "evolis", *wire),
        *("--serial", serial, "--model", "Primacy", "--dialect", "kc", "--ribbon", ribbon, "--speed", f"{speed:g}"),
        *(("--cards", str(cards)) if pictures else ()),
        *("--truth", str(folder / "truth.jsonl"), "--control", str(control)),
        *(part for fault in faults for part in ("--fault", fault)),
    ]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], _READY_SECONDS)
    line = process.stdout.readline() if ready else ""
    uri = f"usb://0f49/{serial}" if usb else f"serial:{link}?baud=115200"
    simulator = Simulator(serial, uri, control, process)
    if not line:
        simulator.stop()
        raise PrintdError(
            f"The simulated printer {serial} did not start.",
            why="The package hardware_mocks is missing or broken.",
            remedy="Install printd from its repository: make demo does it.",
        )
    return simulator
