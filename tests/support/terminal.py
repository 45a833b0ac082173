"""A person at a real terminal: a shell on a pseudo-terminal that leads its session, as after a login."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from pathlib import Path

SECONDS = 60.0
_ENDED = re.compile(rb"\[ended (\d+)\]")


class Seat:
    """Types at a terminal and reads what it shows.

    :param shop: which printd works on there.
    :param runtime: the user's runtime directory; an empty text: there is none.
    """

    def __init__(self, shop: Path, runtime: Path | None = None, **environment: str) -> None:
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith("PRINTD_") and key != "XDG_RUNTIME_DIR"
        }
        told = {**kept, "PRINTD_SHOP": str(shop), "PS1": "", "TERM": "dumb", "LANG": "C.UTF-8", "COLUMNS": "200"}
        told |= {} if runtime is None else {"XDG_RUNTIME_DIR": str(runtime)}
        told |= environment
        self._process, self._screen = pty.fork()
        if not self._process:
            os.execvpe("bash", ["bash", "--norc", "--noediting"], told)
        self.seen = b""
        self.run(
            f"printd() {{ {sys.executable} -m printd \"$@\"; }}; stty -echo; bind 'set enable-bracketed-paste off' 2>/dev/null"
        )

    def run(self, command: str, *answers: tuple[str, str]) -> tuple[int, str]:
        """Type a command; give each answer when what asks for it is shown; return exit code and all that was shown."""
        self._type(f'{command}; echo "[ended $?]"\n')
        before = len(self.seen)
        for asked, answer in answers:
            # What is typed before the blank behind the colon is thrown away: only then nothing typed is shown any more.
            before = self._until(re.compile(re.escape(asked).encode() + rb"[^\r\n]*?: "), before)
            self._type(f"{answer}\n")
        return self._ended()

    def _ended(self) -> tuple[int, str]:
        deadline = time.monotonic() + SECONDS
        while (found := _ENDED.search(self.seen)) is None:
            self._read(deadline)
        shown, self.seen = self.seen[: found.start()], self.seen[found.end() :]
        return int(found[1]), shown.decode().replace("\r\n", "\n").strip()

    def _until(self, wanted: re.Pattern[bytes], start: int) -> int:
        deadline = time.monotonic() + SECONDS
        while (found := wanted.search(self.seen, start)) is None:
            self._read(deadline)
        return found.end()

    def _read(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        assert left > 0, f"waited in vain; shown was: {self.seen.decode()}"
        if select.select([self._screen], [], [], left)[0]:
            self.seen += os.read(self._screen, 65536)

    def _type(self, text: str) -> None:
        os.write(self._screen, text.encode())

    def leave(self) -> None:
        """Hang up: everything that was started here ends."""
        os.kill(self._process, signal.SIGHUP)
        os.close(self._screen)
        os.waitpid(self._process, 0)
