"""What physically happened, one JSON object a line, written before the printer tells anybody."""

import json
import time
from pathlib import Path
from typing import TextIO


class Truth:
    """Append-only record of physical events of one printer.

    Every line has ``event``, ``printer`` (serial) and ``time`` (seconds since 1970). With a path, lines go to that file
    and are flushed one by one, so that a killed simulator loses none; without one they are kept in ``lines``.
    """

    def __init__(self, printer: str, path: Path | None = None) -> None:
        self.printer = printer
        self.path = path
        self.lines: list[dict[str, object]] = []
        self._file: TextIO | None = path.open("a", encoding="utf-8") if path else None

    def write(self, event: str, **fields: object) -> None:
        """Record one event."""
        line: dict[str, object] = {"event": event, "printer": self.printer, "time": round(time.time(), 3), **fields}
        if self._file is None:
            self.lines.append(line)
            return
        self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
        self._file.flush()

    def read(self, event: str | None = None) -> list[dict[str, object]]:
        """Return all lines so far, or those of one event."""
        lines = read_truth(self.path) if self.path else list(self.lines)
        return [line for line in lines if event is None or line["event"] == event]

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def read_truth(path: Path) -> list[dict[str, object]]:
    """Read a truth file; a last line cut off by a kill is left out."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]
