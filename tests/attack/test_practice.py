"""Practice shops and real ones: whoever passes the one off as the other, or sends cards where no printer is.

Each test says what the attacker has, what he tries, and by its assertions who notices.
"""

from __future__ import annotations

import json
import os
import pty
import shutil
import socket
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from drivers.deadline import Deadline
from layouts.fonts import FontSource
from layouts.ktp_el import profile
from layouts.render import RenderedCard, render
from printd.custody import sealed_note
from printd.daemon.daemon import Daemon
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import ConfigError, IntegrityError, Refused
from printd.events.kinds import read
from printd.ledger.merkle import leaf_hash
from printd.printing import genuine
from printd.printing.artwork import Artist
from printd.projections.opened import is_practice
from printd.shop.shop import Shop
from printd.words.addresses import why_unreal
from support.counter import RATNA, SITI, TWO, Counter, counter
from support.intake_help import accept, new_shop, opened, people
from support.people import create, enrol

ORIGIN = "practice.example/53/5371/blanks/1"
MANIFEST: dict[str, Any] = {
    "delivery": "D-1",
    "bast_number": "BAST/1",
    "bast_date": "2026-01-05",
    "stock_type": "WNI",
    "generation": "5",
    "cartons": [{"carton": "D-1-1", "first": "K00001", "last": "K00010"}],
}


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real shop, whose passphrases take their time."""
    folder = tmp_path_factory.mktemp("untouched") / "real"
    with counter(folder, practice=False) as made:
        made.shop.sign()
    return folder


@pytest.fixture
def real(untouched: Path, tmp_path: Path) -> Iterator[Counter]:
    shutil.copytree(untouched, tmp_path / "real")
    with counter(tmp_path / "real") as made:
        yield made


def practice_shop(folder: Path, extra: str = "") -> Desk:
    create(folder, origin=ORIGIN, practice=True, extra=extra)
    desk = Desk(Shop.open(folder))
    for name in ("siti", "budi"):
        enrol(desk, name)
    return desk


def added(uri: str, name: str = "p9", family: str = "evolis") -> Any:
    about = {"family": family, "model": "m", "serial_number": name, "firmware": "1"}
    return read("printer.added", {"printer": name, "uri": uri, **about})


NO_PRINTERS = [
    "picture:/srv/printed",
    "serial:/srv/printd/tty0",
    "serial:/dev/pts/3",
    "serial:/dev/../srv/tty0",
    "serial:/dev//ttyUSB0",
    "serial:%2Fdev%2Fpts%2F3",
    "tcp://127.0.0.1:9100",
    "tcp://localhost:9100",
    "tcp://LOCALHOST.:9100",
    "tcp://127.1:9100",
    "tcp://2130706433:9100",
    "tcp://0x7f000001:9100",
    "tcp://0.0.0.0:9100",
    "tcp://[::1]:9100",
    "tcp://[::ffff:127.0.0.1]:9100",
    "cups://print.example:631/cards",
    "cups://localhost:8631/cards",
    "cups://%2Fsrv%2Fsock/cards",
    "scenario:p1",
    "",
]
PRINTERS = [
    "usb://0f49/10000777003",
    "serial:/dev/ttyUSB0?baud=115200",
    "serial:/dev/serial/by-id/usb-X-if00",
    "tcp://192.0.2.7:9100",
    "tcp://printer.example:9100",
    "cups://localhost:631/cards",
    "cups://%2Frun%2Fcups%2Fcups.sock/cards",
]


@pytest.mark.parametrize("uri", NO_PRINTERS)
def test_a_real_shop_gets_no_printer_that_is_none(real: Counter, uri: str) -> None:
    """HAS a colleague's name and signs as the books ask. TRIES to empty a shift into a folder. NOTICES: the books."""
    before = real.act("printers.list")
    with pytest.raises(Refused, match="p9 is no printer for a real shop"):
        real.shop.books.enter(added(uri), ["siti", "budi"])
    with pytest.raises(Refused, match=r"is no printer for a real shop|address of p9 is missing"):
        real.act("printers.add", name="p9", uri=uri, model="primacy", **TWO)
    assert real.act("printers.list") == before


@pytest.mark.parametrize("uri", PRINTERS)
def test_what_may_be_a_printer_the_books_take(real: Counter, uri: str) -> None:
    """HAS nothing. TRIES nothing. NOTICED by nobody: so that the refusals above are no refusals of every printer."""
    real.shop.books.enter(added(uri), ["siti", "budi"])


def test_a_name_of_a_line_that_leads_to_a_pseudo_terminal_is_found_when_it_is_opened(real: Counter) -> None:
    """HAS the machine's /dev. TRIES to lead the booked name of a line to a simulator. NOTICES: whoever opens it."""
    ours, theirs = pty.openpty()
    try:
        assert "pts" in os.ttyname(theirs)
        link = real.shop.folder / "ttyUSB0"
        link.symlink_to(os.ttyname(theirs))
        assert "no serial line of this machine" in genuine._line(link)
    finally:
        os.close(ours)
        os.close(theirs)


def test_this_machine_under_another_name_is_found_when_it_is_opened(real: Counter) -> None:
    """HAS a name server or the hosts file. TRIES a name that leads back here. NOTICES: whoever opens it."""
    own = socket.gethostname()
    assert why_unreal(f"tcp://{own}:9100") == "", "the name alone does not show it"
    assert "this machine itself" in genuine._machine(own, 9100)
    assert genuine._machine("192.0.2.7", 9100) == "", "another machine"
    with pytest.raises(Refused, match="cannot be a printer of a real shop") as refused:
        genuine.check(real.shop, f"tcp://{own}:9100", "evolis", Deadline.after(1))
    assert refused.value.consequence == "No card goes there."


def test_another_usb_backend_stops_a_real_shop(tmp_path: Path) -> None:
    """HAS printd.toml. TRIES a backend that pretends printers. NOTICES: every start and every command."""
    create(tmp_path / "real", origin=ORIGIN, practice=False)
    with (tmp_path / "real" / "printd.toml").open("a") as config:
        config.write('[usb]\nbackend = "hardware_mocks.wires.ibackend:backend"\nargument = "x"\n')
    with pytest.raises(ConfigError, match=r"usb\.backend names .* and this is a real shop"):
        Shop.open(tmp_path / "real")
    practice_shop(tmp_path / "practice", '[usb]\nbackend = "os:getcwd"\n').shop.close()


def test_a_folder_that_was_written_into_the_table_stops_the_daemon(real: Counter) -> None:
    """HAS the database. TRIES a folder as printer, past the books. NOTICES: the next start, and the replay."""
    path = real.shop.folder / "printd.sqlite"
    real.shop.sign()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE printer SET uri = 'picture:/srv/printed' WHERE name = 'p1'")
        connection.commit()
    with pytest.raises(IntegrityError, match="The printer p1 is none for a real shop: it is a folder"):
        Daemon(real.shop).run()


def test_a_real_shop_is_not_made_a_practice_shop(real: Counter) -> None:
    """HAS the database. TRIES to write into the first entry that it is for practice. NOTICES: the next start.

    He mends the entry's own hash as well; the nodes above it are under the root that was signed.
    """
    real.shop.sign()
    assert not is_practice_now(real.shop)
    path = real.shop.folder / "printd.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        triggers = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")]
        for name in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        (body,) = connection.execute("SELECT body FROM entry WHERE seq = 0").fetchone()
        told = json.loads(body)
        told["data"]["practice"] = True
        forged = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        connection.execute("UPDATE entry SET body = ?, leaf_hash = ? WHERE seq = 0", (forged, leaf_hash(forged)))
        connection.commit()
    opened = Shop.open(real.shop.folder)
    try:
        assert opened.practice, "the attack would work"
        with pytest.raises(IntegrityError, match="The first entry is not the one"):
            opened.check_start()
    finally:
        opened.close()


def is_practice_now(shop: Shop) -> bool:
    with shop.store.reading() as connection:
        return is_practice(connection)


@pytest.mark.parametrize("name", ["m.json", "m.csv"])
def test_blanks_to_practise_with_never_come_to_a_real_shop(real: Counter, name: str) -> None:
    """HAS a practice shop and its papers. TRIES to announce its blanks as real ones. NOTICES: desk and books."""
    with pytest.raises(Refused, match="The manifest of D-1 is a practice shop's, and this is a real shop"):
        real.act("deliveries.announce", name=name, content=paper(name, practice=True), by=SITI)
    assert real.act("deliveries.list") == []


@pytest.mark.parametrize("name", ["m.json", "m.csv"])
def test_real_blanks_never_come_to_a_practice_shop(tmp_path: Path, name: str) -> None:
    """HAS real blanks. TRIES to let them vanish in a practice shop. NOTICES: desk and books."""
    desk = practice_shop(tmp_path / "practice")
    try:
        announce = {"name": name, "by": SITI}
        with pytest.raises(Refused, match="The manifest of D-1 is of real blanks, and this is a practice shop"):
            perform(desk, "deliveries.announce", {**announce, "content": paper(name, practice=False)})
        perform(desk, "deliveries.announce", {**announce, "content": paper(name, practice=True)})
    finally:
        desk.shop.close()


def paper(name: str, *, practice: bool) -> str:
    if name.endswith(".json"):
        content = json.dumps({**MANIFEST, **({"practice": True} if practice else {})})
    else:
        content = "delivery,bast_number,bast_date,stock_type,generation,practice,carton,first,last\n"
        content += f"D-1,BAST/1,2026-01-05,WNI,5,{'true' if practice else ''},D-1-1,K00001,K00010\n"
    return b64encode(content.encode()).decode()


def test_a_practice_shop_answers_for_no_real_transfer(real: Counter, tmp_path: Path) -> None:
    """HAS a practice shop whose key stands for a site's. TRIES to acknowledge real blanks. NOTICES: the desk."""
    desk = practice_shop(tmp_path / "practice")
    try:
        real.announce()
        real.receive()
        key = desk.shop.keys.documents.verifier.vkey
        real.act("sites.set", site="alak", kind="office", title="Alak", key=key, by=RATNA)
        sent = real.act("transfers.send", to="alak", carrier="Somebody", document="TT/1", pieces=5, **TWO)
        told = {"acknowledges": sent["id"], "serials": sent["serials"], "pieces": 5, "at": None, "practice": True}
        note = b64encode(sealed_note.seal(told, desk.shop.keys.documents)).decode()
        with pytest.raises(Refused, match=r"acknowledgement of .* is a practice shop's, and this is a real shop"):
            real.act("transfers.acknowledge_signed", transfer=sent["id"], content=note, **TWO)
        assert real.act("transfers.show", transfer=sent["id"])["state"] == "sent"
        altered = b64encode(note_without_practice(note)).decode()
        with pytest.raises(Refused, match="does not hold"):
            real.act("transfers.acknowledge_signed", transfer=sent["id"], content=altered, **TWO)
    finally:
        desk.shop.close()


def note_without_practice(note: str) -> bytes:
    return b64decode(note).replace(b'"practice":true,', b"")


def test_the_papers_of_a_practice_shop_say_so(tmp_path: Path) -> None:
    """HAS a practice shop. TRIES to pass its papers off as a real shop's. NOTICED by whoever reads one: it says so."""
    desk = practice_shop(tmp_path / "practice")
    try:
        perform(desk, "deliveries.announce", {"name": "m.json", "content": paper("m.json", practice=True), "by": SITI})
        sheet = {"pieces": 10, "cartons": [{"carton": "D-1-1"}]}
        for one in (SITI, TWO["second"]):
            perform(desk, "deliveries.count", {"delivery": "D-1", "sheet": sheet, "by": one})
        perform(desk, "deliveries.receive", {"delivery": "D-1", **TWO})
        assert perform(desk, "transfers.receipt", {"delivery": "D-1", "by": SITI})["practice"] is True
    finally:
        desk.shop.close()


def drawn(folder: Path, *, practice: bool) -> RenderedCard:
    """Return the card of one invented person as the shop draws it for a printer."""
    with opened(new_shop(folder, practice=practice)) as desk:
        return Artist(desk.shop).draw(accept(desk, people()[0]).record)


PORTRAIT = np.s_[100:500, 720:980]
NOTE = np.s_[590:625, 35:700]
PAPER = np.s_[:, :700]


def test_every_card_of_a_practice_shop_says_so_and_none_of_a_real_one(tmp_path: Path) -> None:
    """HAS a practice shop, real records and real blanks. TRIES to print one that passes. NOTICES: who sees it."""
    marked, real = drawn(tmp_path / "practice", practice=True).front, drawn(tmp_path / "real", practice=False).front
    assert (real.colour[PAPER] == 255).all()
    assert (marked.colour[PAPER] != 255).any(axis=2).mean() > 0.1, "the words lie across it"
    assert (marked.colour[PORTRAIT] != real.colour[PORTRAIT]).any(axis=2).mean() > 0.05, "over the portrait too"
    assert not real.resin[NOTE].any()
    assert marked.resin[NOTE].any(), "in resin as well: a ribbon without dye prints no tint"


def test_a_marked_card_of_two_sides_is_marked_on_both() -> None:
    """HAS a practice shop with cards of two sides. TRIES a back that passes. NOTICES: who sees it.

    The back often gets resin alone.
    """
    layout = profile("ktp_el")
    two_sided = layout.model_copy(update={"back": layout.front})
    texts = {**{row.field: "X" for table in layout.front.tables for row in table.rows}}
    texts |= {row.beside.field: "X" for table in layout.front.tables for row in table.rows if row.beside}
    texts |= {text.field: "X" for text in layout.front.texts}
    texts.pop("kepercayaan", None)
    photo = Image.new("RGB", (300, 400), (90, 90, 90))
    card = render(two_sided, texts, photo, None, specimen=True, fonts=FontSource(None))
    assert card.back is not None
    for side in (card.front, card.back):
        assert (side.colour[PAPER] != 255).any()
        assert side.resin[NOTE].any()
