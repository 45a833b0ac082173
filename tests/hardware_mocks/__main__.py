"""Command line: ``python -m hardware_mocks`` lists what there is; its subcommands start a printer or move its hands."""

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from hardware_mocks.control import ControlServer, RefusedError, Remote, actions
from hardware_mocks.evolis.decode import write_panels as write_evolis_panels
from hardware_mocks.families import FAMILIES, Family
from hardware_mocks.faults import CATALOGUE, HELP
from hardware_mocks.magicard.decode import write_panels as write_magicard_panels
from hardware_mocks.matica.decode import write_panels as write_matica_panels
from hardware_mocks.printer import QUIRK_HELP, Setup, SimulatedPrinter
from hardware_mocks.recording import StreamError
from hardware_mocks.replay import ReplayedPrinter
from hardware_mocks.supplies import PANELS
from hardware_mocks.wires.pty import PtyWire
from hardware_mocks.wires.tcp import TcpWire
from hardware_mocks.wires.udp import UdpWire
from hardware_mocks.wires.usb_socket import UsbSocketServer
from hardware_mocks.wires.usbip import BUSID, UsbipServer
from hardware_mocks.zebra.decode import write_panels as write_zebra_panels
from hardware_mocks.zebra.words import DIALECTS as ZEBRA_DIALECTS

DECODERS = {
    "decode-evolis": (write_evolis_panels, "recorded print stream to pictures"),
    "decode-magicard": (write_magicard_panels, "recorded Magicard job to pictures"),
    "decode-matica": (write_matica_panels, "recorded Ethernet stream, or USB bulk-out bytes, to pictures"),
}


def _overview() -> str:
    own = {fault for family in FAMILIES.values() for fault in family.faults}
    families = "".join(
        f"{name:10}wires {' '.join(_wires(family))}; dialects {' '.join(family.dialects)}"
        + (f";\n          faults of its own {' '.join(family.faults)}\n" if family.faults else "\n")
        for name, family in FAMILIES.items()
    )
    return (
        f"{families}\n"
        f"ribbons   {' '.join(PANELS)}\n"
        f"quirks    {' '.join(QUIRK_HELP)}\n"
        f"faults    {' '.join(name for name in CATALOGUE if name not in own)}\n"
        f"hands     {' '.join(actions())}\n"
        "Start one: python -m hardware_mocks FAMILY --help"
    )


def _wires(family: Family) -> list[str]:
    return [*family.wires, *(["usbip"] if "usb" in family.wires else [])]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m hardware_mocks", description="Simulated card printers.")
    commands = parser.add_subparsers(dest="command")
    quirks = "\n".join(f"  {name:18} {text}" for name, text in QUIRK_HELP.items())
    for name, family in FAMILIES.items():
        _add_family(commands, name, family, quirks)
    _add_replay(commands)
    for name, (_, words) in DECODERS.items():
        decode = commands.add_parser(name, help=words)
        decode.add_argument("stream", type=Path)
        decode.add_argument("--out", type=Path, required=True)
    zebra = commands.add_parser("decode-zebra", help="recorded EPCL stream to pictures, one a print command")
    zebra.add_argument("stream", type=Path)
    zebra.add_argument("--out", type=Path, required=True)
    zebra.add_argument("--dialect", choices=list(ZEBRA_DIALECTS), default="i", help="whose image memory it is for")
    zebra.add_argument("--raw-panels", action="store_true", help="data of PS and GS are not escaped")
    hand = commands.add_parser("hand", help="do what an operator's hands do")
    hand.add_argument("--control", type=Path, required=True)
    hand.add_argument("action", choices=actions())
    hand.add_argument(
        "arguments", nargs="*", help="load: blanks; new_ribbon: KIND:SETS; new_film: SECTIONS; fault: FAULT"
    )
    return parser


def _add_family(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, family: Family, quirks: str
) -> None:
    printer = commands.add_parser(
        name, help=f"start one {name} printer", formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"Start one {name} printer: one JSON line when ready; ends on SIGTERM, SIGINT or the end of stdin.",
        epilog=f"quirks:\n{quirks}\n\nfaults:\n{HELP}",
    )  # fmt: skip
    _add_wire(printer, _wires(family))
    if family.datagrams:
        printer.add_argument(
            "--udp", type=int, default=0, metavar="PORT", help="tcp: port for datagrams; 0 = the next one, or any"
        )
    if family.film:
        printer.add_argument("--film", type=int, default=family.film, help="sections of transfer film")
    printer.add_argument("--model", default="", help=f"the model it says it is ({family.model})")
    printer.add_argument("--firmware", default=family.firmware)
    printer.add_argument("--dialect", choices=family.dialects, default=family.dialects[0])
    printer.add_argument("--ribbon", default=family.ribbon, metavar="KIND:SETS")
    printer.add_argument(
        "--speed", type=float, default=1.0, help="1 = real seconds, 100 = 100 times faster, 0 = no time at all"
    )
    printer.add_argument(
        "--hopper", default="", metavar="A,B,C|@FILE", help="names of the blanks, or a file with one a line"
    )
    printer.add_argument(
        "--cards", type=Path, metavar="DIR", help="pictures of finished cards; without it none are made"
    )
    printer.add_argument("--truth", type=Path, metavar="FILE", help="what physically happened, JSON lines")
    printer.add_argument("--memory", type=Path, metavar="FILE", help="counters outlive the process in this file")
    printer.add_argument("--control", type=Path, metavar="SOCK", help="Unix socket for the operator's hands")
    printer.add_argument("--fault", action="append", default=[], metavar="FAULT", help="see below; may be repeated")
    printer.add_argument("--quirk", action="append", default=[], metavar="QUIRK", help="see below; may be repeated")


def _add_wire(printer: argparse.ArgumentParser, wires: list[str]) -> None:
    """Add what says on which wire a printer is and under which serial number."""
    printer.add_argument("--wire", choices=wires, required=True)
    printer.add_argument("--link", type=Path, help="pty: stable symlink to the terminal")
    printer.add_argument(
        "--listen", default="127.0.0.1:0", metavar="HOST:PORT", help="tcp, usbip: loopback address, port 0 = any"
    )
    printer.add_argument(
        "--bus", type=Path, help="usb: folder that stands for the bus; the printer is <serial>.sock in it"
    )
    printer.add_argument("--no-usblp", action="store_true", help="usb: no kernel driver (usblp, usb-storage) is bound")
    printer.add_argument("--serial", default=Setup.serial)
    printer.add_argument("--detach", action="store_true", help="do not end with stdin")


def _add_replay(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    replay = commands.add_parser(
        "replay", help="start a printer that says again what a trace holds",
        description="Follow the dialogue of a trace, in order, strict about what is sent: ends with 1 and both sides' "
        "bytes where it differs or breaks off, with 0 where it was followed to its end.",
    )  # fmt: skip
    replay.add_argument("trace", type=Path, help="JSON lines, as printers test and printers trace leave them")
    replay.add_argument("--family", choices=list(FAMILIES), default=Setup.family, help="whose face it has on USB")
    _add_wire(replay, sorted({wire for family in FAMILIES.values() for wire in _wires(family)}))


def _blanks(text: str) -> list[str]:
    if text.startswith("@"):
        return Path(text[1:]).read_text(encoding="utf-8").split()
    return [name for name in text.split(",") if name]


def _attach(
    options: argparse.Namespace, printer: SimulatedPrinter
) -> tuple[PtyWire | TcpWire | UsbSocketServer | UsbipServer, object]:
    if options.wire == "pty":
        pty = PtyWire(printer, options.link)
        return pty, {"wire": "pty", "path": pty.path}
    if options.wire == "tcp":
        host, _, port = options.listen.rpartition(":")
        tcp = TcpWire(printer, host, int(port))
        address: dict[str, object] = {"wire": "tcp", "host": tcp.host, "port": tcp.port}
        if printer.family.datagrams:  # lives as long as the process
            address["udp"] = UdpWire(printer, host, options.udp, tcp.port + 1).port
        return tcp, address
    if options.wire == "usbip":
        host, _, port = options.listen.rpartition(":")
        usbip = UsbipServer(printer, host, int(port))
        print(f"as root: {usbip.attach_command}", file=sys.stderr, flush=True)
        return usbip, {"wire": "usbip", "host": usbip.host, "port": usbip.port, "busid": BUSID}
    if options.bus is None:
        msg = "--wire usb needs --bus DIR"
        raise ValueError(msg)
    usb = UsbSocketServer(printer, options.bus, bind_usblp=not options.no_usblp)
    face = printer.family.usb
    return usb, {"wire": "usb", "vid": f"{face.vendor:04x}", "pid": f"{face.product:04x}", "socket": str(usb.path)}


def _run_printer(options: argparse.Namespace) -> int:
    setup = Setup(
        serial=options.serial, model=options.model, firmware=options.firmware, dialect=options.dialect,
        ribbon=options.ribbon, speed=options.speed, hopper=_blanks(options.hopper), faults=options.fault,
        quirks=options.quirk, cards=options.cards, truth=options.truth or Path(os.devnull), memory=options.memory,
        family=options.command, film=getattr(options, "film", None),
    )  # fmt: skip
    with SimulatedPrinter(setup) as printer:
        _until_the_end(options, printer, threading.Event(), options.control)
    return 0


def _run_replay(options: argparse.Namespace) -> int:
    end = threading.Event()
    setup = Setup(serial=options.serial, family=options.family)
    with ReplayedPrinter(options.trace, setup, told=lambda _: end.set()) as printer:
        _until_the_end(options, printer, end, None)
        verdict = printer.verdict()
    if verdict:
        print(f"hardware_mocks: {verdict}", file=sys.stderr)
    return 1 if verdict else 0


def _until_the_end(
    options: argparse.Namespace, printer: SimulatedPrinter, end: threading.Event, socket: Path | None
) -> None:
    """Put a printer on its wire, say so, and wait for a signal, the end of stdin, or ``end``."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    wire, address = _attach(options, printer)
    control = ControlServer(socket, printer.hands) if socket else None
    ready = {"ready": True, "serial": options.serial, "address": address,
             "control": str(socket) if socket else None, "pid": os.getpid()}  # fmt: skip
    print(json.dumps(ready), flush=True)
    if not options.detach:
        threading.Thread(target=_watch_stdin, args=(end,), daemon=True).start()
    end.wait()
    if control is not None:
        control.close()
    wire.close()


def _watch_stdin(end: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    end.set()


def _run_hand(options: argparse.Namespace) -> int:
    arguments: dict[str, object] = {}
    if options.action == "load":
        arguments = {"blanks": options.arguments}
    elif options.action == "new_ribbon" and options.arguments:
        kind, _, count = options.arguments[0].partition(":")
        arguments = {"kind": kind, "count": int(count) if count else None}
    elif options.action == "new_film" and options.arguments:
        arguments = {"count": int(options.arguments[0])}
    elif options.action == "fault":
        arguments = {"text": options.arguments[0] if options.arguments else ""}
    remote = Remote(options.control)
    try:
        print(json.dumps(remote.do(options.action, **arguments)))
    finally:
        remote.close()
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.command in FAMILIES:
            return _run_printer(options)
        if options.command == "replay":
            return _run_replay(options)
        if options.command == "hand":
            return _run_hand(options)
        if options.command in DECODERS:
            print("\n".join(DECODERS[options.command][0](options.stream, options.out)))
            return 0
        if options.command == "decode-zebra":
            table = write_zebra_panels(options.stream, options.out, options.dialect, raw_panels=options.raw_panels)
            print("\n".join(table))
            return 0
    except (OSError, ValueError, StreamError, RefusedError) as error:
        print(f"hardware_mocks: {error}", file=sys.stderr)
        return 1
    print(_overview())
    return 0


if __name__ == "__main__":
    sys.exit(main())
