"""Tables on a narrow terminal: nothing is cut, no identifier is broken, and a machine's line stays one line."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from printd.cli.columns import GAP, Column, arrange
from printd.language.vocabularies import Vocabulary
from support.counter import BUDI, RATNA, SITI, TWO, counter
from support.trade_words import CODES


def total(widths: list[int]) -> int:
    beside = [width for width in widths if width]
    return sum(beside) + GAP * (len(beside) - 1)


SHORT = [Column("job", 8, 8), Column("state", 11, 11)]
SENTENCE = Column("message", 90, 10, folds=True)


def test_what_fits_stands_beside_one_another_unfolded() -> None:
    assert arrange(SHORT, 21) == [8, 11]
    assert arrange([*SHORT, SENTENCE], 200) == [8, 11, 90]


def test_a_sentence_folds_by_words_where_enough_room_is_left() -> None:
    assert arrange([*SHORT, SENTENCE], 80) == [8, 11, 57]
    assert arrange([*SHORT, SENTENCE], 39) == [8, 11, 16]
    assert arrange([*SHORT, SENTENCE], 38) == [8, 11, 0], "below its row, where it can be read"
    assert arrange([*SHORT, Column("codes", 90, 30, folds=True)], 52) == [8, 11, 0], "its longest word has no room"


def test_the_name_of_a_column_folds_before_anything_goes_below() -> None:
    assert arrange([*SHORT, Column("difference approved by", 5, 5)], 33) == [8, 11, 10]


def test_columns_that_step_aside_go_first_then_sentences_then_the_last() -> None:
    columns = [*SHORT, Column("opened", 16, 16, aside=True), Column("level", 5, 5), SENTENCE, Column("by", 9, 9)]
    assert arrange(columns, 71) == [8, 11, 0, 5, 30, 9]
    assert arrange(columns, 41) == [8, 11, 0, 5, 0, 9]
    assert arrange(columns, 30) == [8, 11, 0, 5, 0, 0]
    assert arrange(columns, 10) == [8, 0, 0, 0, 0, 0]
    assert arrange(columns, 7) == [0] * 6, "everything stands below"


@pytest.mark.parametrize("width", range(1, 121))
def test_on_no_width_a_table_is_too_wide(width: int) -> None:
    columns = [*SHORT, Column("opened", 16, 16, aside=True), SENTENCE, Column("blanks", 6, 6), Column("by", 12, 6)]
    widths = arrange(columns, width)
    assert total(widths) <= width
    for column, given in zip(columns, widths, strict=True):
        assert given == 0 or given >= column.least


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop whose lists are as wide as they come in an office."""
    folder = tmp_path_factory.mktemp("office") / "shop"
    with counter(folder) as made:
        made.announce("KPG-2026-11")
        made.receive("KPG-2026-11")
        shift = made.open_shift(20)
        made.act("blanks.load", printer="p1", by=SITI)
        made.act("blanks.spoil", serial="K00011", cause="factory_defect", **TWO)
        made.act("consumables.receive", kind="ribbon", label="YMCKO-500 lot 7", pieces=3, nominal=500, by=SITI)
        for _ in range(2):
            made.act("consumables.open", kind="ribbon", label="YMCKO-500 lot 7", printer="p1", by=SITI)
        made.act("sites.set", site="mobil-1", kind="mobile", title="Unit keliling kecamatan Alak", by=RATNA)
        due = {"due_back": "2026-11-20"}
        made.act("transfers.send", to="mobil-1", carrier="X", document="B/1", pieces=3, **due, **TWO)
        made.act("incidents.open", kind="other", note="a drawer of the store stood open in the morning", by=SITI)
        made.act("incidents.miss", serial="K00012", note="looked for in the whole room", **TWO)
        made.act("shifts.count_begin", by=SITI)
        made.sheets(shift)
        made.act("shifts.close", **TWO)
        witnesses = [{"name": "PETRUS CONTOH", "agency": "Satpol PP"}]
        about = {"ba_number": "BA/MUSNAH/2026/11/02", "place": "halaman kantor Dinas", "witnesses": witnesses}
        made.act("destructions.destroy", by=BUDI, second=RATNA, **about)
    return folder


def typed(folder: Path, command: str, width: int) -> list[str]:
    """Type a command on a terminal of so many columns; return what stands there, line by line."""
    main, side = pty.openpty()
    try:
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        environment = {key: value for key, value in os.environ.items() if key not in ("COLUMNS", "LINES")}
        ran = subprocess.Popen(
            [sys.executable, "-m", "printd", "--shop", str(folder), *command.split()],
            stdin=side,
            stdout=side,
            stderr=side,
            env={**environment, "TERM": "xterm"},
        )
        os.close(side)
        side = -1
        said = b""
        while part := _read(main):
            said += part
        assert ran.wait(timeout=60) == 0, said
    finally:
        os.close(main)
        if side >= 0:
            os.close(side)
    return re.sub(r"\x1b\[[0-9;]*m", "", said.decode()).split("\r\n")


def _read(main: int) -> bytes:
    try:
        return os.read(main, 65536)
    except OSError:  # the other side is closed
        return b""


LISTS = {
    "deliveries list": ["KPG-2026-11", "received", "BAST/1", "siti, budi"],
    "deliveries show KPG-2026-11": ["KPG-2026-11-1", "K00001", "K00050"],
    "shifts list": ["2026-11-02-1", "closed", "2026-11-02 09:00", "siti, budi"],
    "blanks where": ["KPG-2026-11", "transfer on the way T2026-0001", "all places"],
    "blanks show K00011": ["delivery on the way", "KPG-2026-11", "shift 2026-11-02-1", "factory defect", "destroyed"],
    "transfers list": ["T2026-0001", "at mobil-1", "2026-11-02 09:00", "2026-11-20"],
    "sites list": ["mobil-1", "Unit keliling kecamatan Alak"],
    "incidents list": ["K00012", "missing", "2026-11-02 09:00"],
    "destructions list": ["BA/MUSNAH/2026/11/02", "2026-11-02 09:00", "budi, ratna"],
    "consumables list": ["YMCKO-500 lot 7", "2026-11-02 09:00"],
    "spoilage ages": ["2026-11-02 09:00", "K00012"],
    "printers list": ["p1", "siti"],
    "forecast show": ["WNI", "unknown"],
}


@pytest.mark.parametrize("command", LISTS)
def test_every_list_is_readable_on_eighty_columns(office: Path, command: str) -> None:
    lines = typed(office, command, 80)
    assert max(map(len, lines)) <= 80
    for word in LISTS[command]:
        assert any(word in line for line in lines), (word, lines)


IN_INDONESIAN = {
    "deliveries list": ["diterima"],
    "deliveries show KPG-2026-11": ["diterima", "gudang blangko", "dalam pengiriman antarunit T2026-0001"],
    "shifts list": ["ditutup"],
    "blanks where": ["gudang blangko", "telah dimusnahkan", "dalam pengiriman antarunit T2026-0001"],
    "blanks show K00011": ["pada giliran kerja 2026-11-02-1", "pengeluaran ke giliran kerja", "cacat pabrik"],
    "transfers list": ["dikirim", "di mobil-1"],
    "sites list": ["unit layanan keliling"],
    "incidents list": ["tidak ditemukan", "belum selesai"],
    "destructions list": ["dibakar"],
    "consumables list": ["pita (ribbon)", "cukup"],
    "spoilage ages": ["tidak ditemukan"],
    "printers list": ["layanan tidak berjalan"],
}


@pytest.mark.parametrize("command", IN_INDONESIAN)
def test_a_list_says_codes_in_the_language_of_the_terminal(
    office: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("LANGUAGE", "id_ID.UTF-8:en")
    text = "\n".join(typed(office, command, 240))
    assert [word for word in IN_INDONESIAN[command] if word not in text] == []
    coded = {
        f"{code}:" if vocabulary is Vocabulary.PLACE else code for vocabulary in CODES for code in CODES[vocabulary]
    }
    assert [code for code in coded if re.search(rf"\b{code}", text) and re.search("[:_]", code)] == []


def test_a_narrower_terminal_breaks_no_identifier_either(office: Path) -> None:
    lines = typed(office, "shifts list", 40)
    assert max(map(len, lines)) <= 40
    for word in ("2026-11-02-1", "2026-11-02 09:00", "siti, budi"):
        assert any(word in line for line in lines)
