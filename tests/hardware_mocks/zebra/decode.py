"""EPCL print streams without a printer: the panels that a recorded stream would lay on cards."""

from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from hardware_mocks.recording import StreamError
from hardware_mocks.zebra.memory import LOADS, Memory
from hardware_mocks.zebra.raster import Plane
from hardware_mocks.zebra.wires import Broken, Line, Parser
from hardware_mocks.zebra.words import DIALECTS, CodeError, Command, split


@dataclass(frozen=True)
class DecodedPlane:
    """One panel at the moment of its print command: card 1, 2, .. of the stream, ``front`` or ``back``."""

    card: int
    side: str
    plane: Plane


def decode_stream(stream: bytes, dialect: str = "i", *, raw_panels: bool = False) -> list[DecodedPlane]:
    """Return the panels in the order printed.

    :raises StreamError: it is no such stream; its text says what is wrong and in which command.
    """
    memory = Memory(DIALECTS[dialect])
    parser = Parser(Line(raw_panels=raw_panels), memory.graphic)
    parser.push(stream)
    card, side, number, panels = 1, "front", 0, list[DecodedPlane]()
    while (item := parser.next()) is not None:
        number += 1
        if isinstance(item, Broken):
            msg = f"command {number}: {item.reason}"
            raise StreamError(msg)
        try:
            command = split(item.text)
            if command.name in LOADS:
                memory.load(command)
            elif (plane := _printed(memory, command)) is not None:
                panels.append(DecodedPlane(card, side, plane))
        except CodeError as error:
            msg = f"command {number}, {item.text[:24]!r}: {error}"
            raise StreamError(msg) from error
        if command.name == "MF":
            side = "back" if side == "front" else "front"
        elif command.name == "MO":
            card, side = card + 1, "front"
    if parser.unfinished:
        msg = f"the stream ends inside command {number + 1}"
        raise StreamError(msg)
    if not panels:
        msg = f"no panel is printed by {number} commands"
        raise StreamError(msg)
    return panels


def _printed(memory: Memory, command: Command) -> Plane | None:
    if command.name == "IS":
        return memory.colour(command.params[0] if command.params else "")
    return {"I": memory.black, "IV": memory.varnish}.get(command.name, lambda: None)()


def write_panels(stream: Path, folder: Path, dialect: str = "i", *, raw_panels: bool = False) -> list[str]:
    """Write one PNG a panel into ``folder``; return a table, one line a panel.

    :raises StreamError: it is no such stream.
    :raises OSError: a file cannot be read or written.
    """
    panels = decode_stream(stream.read_bytes(), dialect, raw_panels=raw_panels)
    folder.mkdir(parents=True, exist_ok=True)
    table = [f"{'card':>4} {'panel':<9}{'levels':>7}{'lines x dots':>14}  crc-32    file"]
    for number, one in enumerate(panels, start=1):
        name = f"{number:02}-card{one.card}-{one.side}-{one.plane.panel}.png"
        Image.fromarray(255 - one.plane.picture()).save(folder / name)
        lines, dots = one.plane.levels.shape
        label = f"{one.side}-{one.plane.panel}"
        size = f"{lines}x{dots}"
        table.append(f"{one.card:>4} {label:<9}{one.plane.most + 1:>7}{size:>14}  {one.plane.crc32}  {name}")
    return table
