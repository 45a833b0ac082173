"""Whether a real cupsd keeps the cards that it printed: by its settings, and by what it has of jobs that are over."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest

from contract.cups_desk import CupsDesk, Queue, cups_desk, missing
from drivers import open_printer
from drivers.cups import printer, retention
from drivers.cups.job import MODELS, encode
from drivers.deadline import Deadline
from drivers.errors import RefusedError
from drivers.printer import Artwork, SidePicture

pytestmark = pytest.mark.cups


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[CupsDesk]:
    if why := missing():
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    with cups_desk() as made:
        usb = made.root / "bin/backend/usb"  # what stands behind it is the test's own, its name is the real one's
        usb.write_text((made.root / "bin/backend/desk").read_text().replace("desk:", "usb:"))
        usb.chmod(0o700)
        monkeypatch.setattr(retention, "SETTINGS", made.root / "etc/cupsd.conf")
        yield made


def configure(server: CupsDesk, line: str, *, restart: bool = True) -> None:
    settings = server.root / "etc/cupsd.conf"
    kept = [one for one in settings.read_text().splitlines() if "PreserveJobFiles" not in one]
    settings.write_text("\n".join([*kept, line, ""]))
    if restart:
        server.end(signal.SIGTERM)
        server.start()


def look(queue: Queue) -> None:
    printer.leaves_nothing(queue.uri, Deadline.after(30))


def print_card(queue: Queue) -> None:
    side = SidePicture(
        np.full((648, 1016, 3), 200, np.uint8), np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_)
    )
    opened = open_printer(queue.uri, family="cups", model="cr80", deadline=Deadline.after(30))
    try:
        opened.print(encode(Artwork(side), MODELS["cr80"]), Deadline.after(30))
    finally:
        opened.close()


def documents(server: CupsDesk) -> list[str]:
    return [one.name for one in (server.root / "spool").glob("d*")]


def test_a_server_that_keeps_nothing_is_taken_and_really_has_nothing(server: CupsDesk) -> None:
    queue = server.queue(device="once:usb:{folder}")
    configure(server, "PreserveJobFiles No")
    look(queue)
    print_card(queue)
    assert len(queue.received()) == 1
    look(queue)
    assert documents(server) == []


def test_a_server_that_keeps_them_is_refused_whatever_its_settings_say_since(server: CupsDesk) -> None:
    queue = server.queue(device="once:usb:{folder}")
    with pytest.raises(RefusedError, match="no PreserveJobFiles, which stands for a day") as refused:
        look(queue)
    assert "PreserveJobFiles No" in refused.value.hint
    print_card(queue)
    assert len(documents(server)) == 1, "the card lies there in clear"
    configure(server, "PreserveJobFiles No", restart=False)
    with pytest.raises(RefusedError, match="keeps the document of job 1, which is over"):
        look(queue)


def test_a_queue_that_ends_in_no_printer_is_refused(server: CupsDesk) -> None:
    configure(server, "PreserveJobFiles No")
    queue = server.queue()
    with pytest.raises(RefusedError, match="ends in desk, which is not known to be a printer"):
        look(queue)
    with pytest.raises(RefusedError, match="ends in nothing that it tells"):
        printer.leaves_nothing(server.uri("nobody"), Deadline.after(30))
