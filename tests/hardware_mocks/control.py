"""The operator's hands and eyes, and the socket through which a test moves them."""

import contextlib
import inspect
import json
import os
import socket
import socketserver
import threading
from pathlib import Path

from hardware_mocks.machine import Machine
from hardware_mocks.retransfer import Retransfer
from hardware_mocks.supplies import Film, Ribbon
from hardware_mocks.truth import Truth


class RefusedError(Exception):
    """A hand cannot do that now."""


class Hands:
    """What a person can do to the printer and see of it. Every public method is an action of the control socket."""

    def __init__(self, machine: Machine, truth: Truth) -> None:
        self._machine, self._truth = machine, truth

    def load(self, blanks: list[str]) -> dict[str, object]:
        """Put blanks into the hopper, first named first fed, behind those that are there."""
        with self._machine.cond:
            self._machine.load(blanks)
            return {"hopper": len(self._machine.hopper)}

    def unload(self) -> dict[str, object]:
        """Take all blanks out of the hopper; return their names."""
        with self._machine.cond:
            blanks = [card.blank for card in self._machine.hopper]
            self._machine.hopper.clear()
            self._truth.write("unload", blanks=blanks)
            self._machine.changed()
            return {"blanks": blanks}

    def hopper(self) -> dict[str, object]:
        """Name the blanks in the hopper, next one first."""
        with self._machine.cond:
            return {"blanks": [card.blank for card in self._machine.hopper]}

    def new_ribbon(self, kind: str | None = None, count: int | None = None) -> dict[str, object]:
        """Put a new ribbon in: kind as before unless given, count = sets (cards), 100 unless given."""
        with self._machine.cond:
            old = self._machine.ribbon
            ribbon = Ribbon.parse(f"{kind or (old.kind if old else 'ymcko')}:{count or 100}")
            self._machine.set_ribbon(ribbon)
            return {"ribbon": {"kind": ribbon.kind, "left": ribbon.left}}

    def new_film(self, count: int | None = None) -> dict[str, object]:
        """Put new transfer film in; count = sections (card sides), 1000 unless given."""
        with self._machine.cond:
            if not isinstance(self._machine, Retransfer):
                msg = "this printer has no transfer film"
                raise RefusedError(msg)
            self._machine.set_film(Film(count or 1000, count or 1000))
            return {"film": {"left": self._machine.film.left}}

    def open_cover(self) -> dict[str, object]:
        """Open the cover."""
        return self._cover(is_open=True)

    def close_cover(self) -> dict[str, object]:
        """Close the cover."""
        return self._cover(is_open=False)

    def _cover(self, *, is_open: bool) -> dict[str, object]:
        with self._machine.cond:
            self._machine.set_cover(is_open=is_open)
            return {}

    def take_card(self) -> dict[str, object]:
        """Pull out by hand what is inside, jammed or not; return blanks and pictures."""
        with self._machine.cond:
            if self._machine.moving:
                msg = "the printer is moving; open the cover or switch it off first"
                raise RefusedError(msg)
            return {"cards": self._machine.pull_out()}

    def clear_jam(self) -> dict[str, object]:
        """Clear the path: the same as take_card."""
        return self.take_card()

    def take_output(self) -> dict[str, object]:
        """Empty the output box; return the cards, first printed first."""
        with self._machine.cond:
            return {"cards": self._empty(self._machine.output)}

    def take_reject(self) -> dict[str, object]:
        """Empty the reject box; return the cards."""
        with self._machine.cond:
            return {"cards": self._empty(self._machine.reject)}

    def _empty(self, box: list[dict[str, object]]) -> list[dict[str, object]]:
        cards = list(box)
        box.clear()
        self._machine.changed()
        return cards

    def power_off(self) -> dict[str, object]:
        """Switch the printer off."""
        with self._machine.cond:
            self._machine.switch_off("hand")
            return {}

    def power_on(self) -> dict[str, object]:
        """Switch the printer on; it answers after its boot time."""
        with self._machine.cond:
            self._machine.switch_on()
            return {}

    def unplug(self) -> dict[str, object]:
        """Pull the data cable."""
        with self._machine.cond:
            self._machine.set_cable(plugged=False)
            return {}

    def plug(self) -> dict[str, object]:
        """Plug the data cable in."""
        with self._machine.cond:
            self._machine.set_cable(plugged=True)
            return {}

    def press(self) -> dict[str, object]:
        """Press the button on the printer's front."""
        with self._machine.cond:
            self._machine.button += 1
            self._machine.changed()
            return {}

    def fault(self, text: str) -> dict[str, object]:
        """Add a fault to the plan."""
        with self._machine.cond:
            self._machine.plan.add(text)
            return {}

    def look(self) -> dict[str, object]:
        """Tell everything that a person can see."""
        with self._machine.cond:
            machine = self._machine
            ribbon = machine.ribbon
            film: dict[str, object] = {}
            if isinstance(machine, Retransfer):
                film["film"] = {"left": machine.film.left, "printed": [laid.panel for laid in machine.film.section]}
                film["engaged"] = sorted(machine.engaged)
            return {
                **film,
                "power": machine.power, "ready": machine.ready, "just_booted": machine.just_booted,
                "cable": machine.cable, "cover_open": machine.cover_open, "position": machine.position,
                "inside": [card.blank for card in machine.path], "jammed": machine.jammed,
                "moving": machine.moving, "hopper": len(machine.hopper), "output": len(machine.output),
                "reject": len(machine.reject), "fed": machine.fed, "out": machine.cards_out,
                "ribbon": {"kind": ribbon.kind, "left": ribbon.left, "cut": ribbon.cut} if ribbon else None,
                "counters": {"cards": machine.counters.cards, "panels": machine.counters.panels},
            }  # fmt: skip


def act(hands: Hands, request: dict[str, object]) -> dict[str, object]:
    """Carry out ``{"do": name, ...}``; return ``{"ok": true, ...}``, or ok false with ``error``."""
    request = dict(request)
    name = request.pop("do", None)
    method = getattr(hands, str(name), None) if not str(name).startswith("_") else None
    if method is None:
        return {"ok": False, "error": f"hands cannot do {name!r}; they can: {', '.join(actions())}"}
    try:
        inspect.signature(method).bind(**request)
        return {"ok": True, **method(**request)}
    except (RefusedError, ValueError, TypeError) as error:
        return {"ok": False, "error": str(error)}


def actions() -> list[str]:
    """Return the names of everything that hands can do."""
    return [name for name in vars(Hands) if not name.startswith("_")]


class ControlServer:
    """Answers JSON lines on a Unix socket until ``close``."""

    def __init__(self, path: Path, hands: Hands) -> None:
        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                for line in self.rfile:
                    try:
                        reply = act(hands, json.loads(line))
                    except (json.JSONDecodeError, AttributeError, TypeError):
                        reply = {"ok": False, "error": "not a JSON object on one line"}
                    with contextlib.suppress(BrokenPipeError):
                        self.wfile.write(json.dumps(reply).encode() + b"\n")

        class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
            daemon_threads = True

        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._server = Server(str(path), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop answering and remove the socket."""
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink(missing_ok=True)


class Remote:
    """The hands of a printer in another process."""

    def __init__(self, path: str | os.PathLike[str], timeout: float = 10.0) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(os.fspath(path))
        except OSError:
            self._socket.close()
            raise
        self._file = self._socket.makefile("rb")

    def do(self, action: str, **arguments: object) -> dict[str, object]:
        """Do one action and return its reply.

        :raises RefusedError: it cannot be done; its text says why.
        """
        self._socket.sendall(json.dumps({"do": action, **arguments}).encode() + b"\n")
        line = self._file.readline()
        if not line:
            msg = "the simulated printer is gone"
            raise ConnectionError(msg)
        reply: dict[str, object] = json.loads(line)
        if not reply.pop("ok"):
            raise RefusedError(str(reply.get("error")))
        return reply

    def close(self) -> None:
        """Let go of the printer."""
        self._file.close()
        self._socket.close()
