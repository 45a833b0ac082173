"""The example of docs/drivers.md is a driver: installed as a package, found, and printing on a small printer."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_server

import pytest

DOCUMENT = Path(__file__).parents[3] / "docs" / "drivers.md"

USE = """
import sys
import numpy as np
import drivers
from drivers.deadline import Deadline
from drivers.printer import Artwork, SidePicture

picture = np.full((648, 1016, 3), 255, np.uint8)
picture[10:20, 30:40, 1] = 0
none = np.zeros((648, 1016), np.bool_)
card = drivers.encode(Artwork(SidePicture(picture, none, none)), model="acme-1", family="acme")
soon = Deadline.after(20)
printer = drivers.open_printer(sys.argv[1], model="acme-1", family="acme", deadline=soon)
print(printer.identify(soon).serial_number, printer.status(soon).state)
before = printer.counters(soon)
try:
    printer.print(card, soon)
except drivers.errors.DriverError as failed:
    print(failed)
found = printer.confirm(before, card, soon)
print(found.outcome, found.rung)
printer.close()
"""


@contextmanager
def small_printer(hopper: int) -> Iterator[tuple[str, list[int]]]:
    """A printer that has so many cards; yield its address and the sums of what it printed."""
    printed: list[int] = []
    page = len(b"P5 1016 648 255\n") + 1016 * 648
    with create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rwb") as line:
                for word in line:
                    if word == b"PRINT\n":
                        picture = line.read(page)
                        printed.extend([sum(picture[page - 1016 * 648 :])] * (hopper > len(printed)))
                        answer = "DONE" if len(printed) else "NO"
                    else:
                        idle = "IDLE" if hopper else "NOCARD"
                        answer = {b"ID?\n": "A-1", b"STATE?\n": idle, b"CARDS?\n": str(len(printed))}[word]
                    line.write(answer.encode() + b"\n")
                    line.flush()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}", printed
        thread.join(20)


@pytest.mark.parametrize(
    ("hopper", "told", "sums"),
    [
        (3, ["A-1 idle", "printed left_printer"], [100 * 255]),
        (0, ["A-1 stopped", "The printer did not print; reply 'NO'", "in_doubt sent"], []),
    ],
)
def test_the_example_prints_and_proves_as_its_printer_does(
    tmp_path: Path, hopper: int, told: list[str], sums: list[int]
) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (point,) = re.findall(r'^acme = "(.*)"$', text, re.MULTILINE)
    (tmp_path / "acme_printer.py").write_text(code, encoding="utf-8")
    about = tmp_path / "acme_printer-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-printer\nVersion: 1\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[printd.drivers]\nacme = {point}\n", encoding="utf-8")
    with small_printer(hopper) as (uri, printed):
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}){USE}", uri],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == told
    assert printed == sums
