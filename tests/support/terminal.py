"""A person at a real terminal: a shell on a pseudo-terminal that leads its session, as after a login."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

SECONDS = 180.0
_ENDED = re.compile(rb"\[ended (\d+)\]")


class Seat:
    """Types at a terminal and reads what it shows.

    :param shop: which printd works on there.
    :param runtime: the user's runtime directory; ``None``: there is none.
    :param cwd: where the shell begins.
    :ivar typed: every line that was typed, unseen ones too, in order.
    """

    def __init__(self, shop: Path, runtime: Path | None = None, cwd: Path | None = None) -> None:
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("PRINTD_") and key != "XDG_RUNTIME_DIR"
        }
        told = {**kept, "PRINTD_SHOP": str(shop), "PS1": "", "TERM": "dumb", "LANG": "C.UTF-8", "COLUMNS": "200"}
        told["VIRTUAL_ENV_DISABLE_PROMPT"] = "1"
        told |= {} if runtime is None else {"XDG_RUNTIME_DIR": str(runtime)}
        self._process, self._screen = pty.fork()
        if not self._process:
            os.chdir(cwd or Path.cwd())
            os.execvpe("bash", ["bash", "--norc", "--noediting"], told)
        self.seen = b""
        self.typed: list[str] = []
        self.run(f'printd() {{ {sys.executable} -m printd "$@"; }}; stty -echo')

    def run(self, command: str, *answers: tuple[str, str], knows: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Type a command and answer what it asks; return exit code and all that was shown.

        :param answers: what is asked, in this order, with the answer.
        :param knows: answers to what may be asked, now or never.
        """
        between = "\n" if "\n" in command else " " if command.endswith("&") else "; "  # a document ends with its line
        self._type(f'{command}{between}echo "[ended $?]"\n')
        expected, at = [*answers], 0
        deadline = time.monotonic() + SECONDS
        while (ended := _ENDED.search(self.seen)) is None:
            for asked, answer in [*expected[:1], *(knows or {}).items()]:
                # What is typed before the blank behind the colon is thrown away: only then nothing typed is shown.
                found = re.compile(re.escape(asked).encode() + rb"[^\r\n]*?: ").search(self.seen, at)
                if found is not None:
                    at = found.end()
                    expected = expected[1:] if expected[:1] == [(asked, answer)] else expected
                    self._type(f"{answer}\n")
                    break
            else:
                self._read(deadline)
        shown, self.seen = self.seen[: ended.start()], self.seen[ended.end() :]
        told = shown.decode().replace("\r\n", "\n").strip()
        assert not expected, f"nobody asked {expected[0][0]!r}; shown was: {told}"
        return int(ended[1]), told

    def _read(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        assert left > 0, f"waited in vain; shown was: {self.seen.decode()}"
        if select.select([self._screen], [], [], left)[0]:
            self.seen += os.read(self._screen, 65536)

    def _type(self, text: str) -> None:
        self.typed.append(text.rstrip("\n"))
        os.write(self._screen, text.encode())

    def leave(self) -> None:
        """Hang up: everything that was started here ends."""
        os.kill(self._process, signal.SIGHUP)
        os.close(self._screen)
        os.waitpid(self._process, 0)
