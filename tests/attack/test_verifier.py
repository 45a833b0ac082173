"""What the verifier that knows nothing of the shop notices of every forgery that the shop's own verifier notices.

The attackers are those of the neighbouring files: one has the database and writes past every rule, one has the log's
key as well and lets others have done what they did not. WHO NOTICES: ``printd-verify``, from the entries and the key
that the auditor has from outside. It believes no table, so what is done to tables alone is for ``audit replay``.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from attack import test_signatures as of_signatures
from attack.furnished import WITNESS, alter, furnished, write
from attack.tamperings import TAMPERINGS, Tampering
from attack.test_signatures import APPENDED, WITHOUT_A_PASSPHRASE, Entries, Forged, forge, moved
from faults.shops import Facts
from printd.books.heads import SEEN_NAME
from printd.cli.app import app
from printd.ledger.entry import Entry
from printd_verify.command import main

made = of_signatures.made
folder = of_signatures.folder


def verified(
    shop: Path, vkey: str, *words: str, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, set[int | None]]]:
    """Return how `printd-verify` ends, and by class the entries of what it finds."""
    policy = shop.parent / "policy"
    policy.write_text(f"log {vkey}\nwitness province {WITNESS.verifier.vkey}\nquorum none\n")
    code = main([str(shop), "--policy", str(policy), "--json", "--jobs", "0", *words])
    told = json.loads(capsys.readouterr().out)
    return code, {case["class"]: {place["entry"] for place in case["first"]} for case in told["findings"]}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Facts]:
    """A shop with something in every table, in the second generation of its log."""
    return furnished(tmp_path_factory.mktemp("furnished"))


NOT_BELIEVED = ("generations", "contradictions", "cosignatures: one is invented")
"""What is done to what an auditor does not read."""


def key_of(shop: Path) -> str:
    """Return the log's key as the auditor has it from outside."""
    return (shop / "keys" / "log.vkey").read_text().strip()


def test_nothing_is_found_where_nobody_was(whole: tuple[Path, Facts], capsys: pytest.CaptureFixture[str]) -> None:
    """HAS nothing. TRIES nothing. NOTICED by nobody: otherwise no test below says anything."""
    assert verified(whole[0], key_of(whole[0]), capsys=capsys) == (0, {})


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=[one.what for one in TAMPERINGS])
def test_what_is_done_to_the_log_is_noticed(
    whole: tuple[Path, Facts], tmp_path: Path, tampering: Tampering, capsys: pytest.CaptureFixture[str]
) -> None:
    """HAS the database. TRIES one change of one table, past every rule.

    NOTICED where the shop's verifier notices it, but for what an auditor does not believe: the tables of generations
    and contradictions, and when the shop says that a witness cosigned.
    """
    shutil.copytree(whole[0], tmp_path / "shop")
    write(tmp_path / "shop" / "printd.sqlite", tampering.statements)
    code, found = verified(tmp_path / "shop", key_of(whole[0]), capsys=capsys)
    of_the_log = "V" in tampering.who and not tampering.what.startswith(NOT_BELIEVED)
    assert (code, bool(found)) == ((1, True) if of_the_log else (0, False)), found


CLASSES = {
    "a load is a colleague's": "signature",
    "a load is of nobody": "number_of_signers",
    "a load is of somebody who never was": "stranger",
    "other blanks are loaded": "signature",
    "a load has a signature of nobody's": "signature",
    "signatures are left out": "entry_form",
    "the second of two is left out": "number_of_signers",
    "the second of two is another": "signature",
    "two change places": "signature",
    "their signatures change places": "signature",
    "one signature stands for both": "signature",
    "a card is laid to who let another printer work": "resumed",
    "ani's key is exchanged where she was enrolled": "signature",
    "an old load once more": "signature",
    "a word for ani": "signature",
    "blanks are missing, say two": "signature",
    "he enrols himself": "signature",
    "he enrols himself with a key for which anybody can sign": "key_weak",
    "he gives ani a new key": "signature",
    "he makes ani a supervisor": "signature",
}
"""By forgery the class that must be among what is found, at the very entry."""


@pytest.mark.parametrize(("name", "forged", "kind"), [(name, *one[:2]) for name, one in WITHOUT_A_PASSPHRASE.items()])
def test_an_entry_is_rewritten(
    folder: Path, name: str, forged: Forged, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """HAS database, folder and the log's key. TRIES to rewrite one entry in its place. NOTICED with its number."""
    numbers: set[int] = set()

    def noting_its_number(entries: Entries) -> list[Entry | bytes]:
        numbers.update(one.seq for one in entries if one.kind == kind)
        return forged(entries)

    forge(folder, noting_its_number)
    code, found = verified(folder, key_of(folder), capsys=capsys)
    assert code == 1
    assert found[CLASSES[name]] & numbers


@pytest.mark.parametrize(("name", "forged"), [(name, one[0]) for name, one in APPENDED.items()])
def test_an_entry_is_written_at_the_end(
    folder: Path, name: str, forged: Forged, capsys: pytest.CaptureFixture[str]
) -> None:
    """HAS database, folder and the log's key. TRIES to let somebody have done what they did not do.

    NOTICED with its number, and nothing is found elsewhere.
    """
    numbers: list[int] = []

    def noting_its_number(entries: Entries) -> list[Entry | bytes]:
        numbers.append(len(entries))
        return forged(entries)

    forge(folder, noting_its_number)
    code, found = verified(folder, key_of(folder), capsys=capsys)
    assert code == 1
    assert CLASSES[name] in found
    assert set().union(*found.values()) == {numbers[0]}


def test_two_entries_change_places(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """HAS database, folder and the log's key. TRIES to let things have happened in another order. NOTICED at both."""
    forge(folder, moved)
    code, found = verified(folder, key_of(folder), capsys=capsys)
    assert code == 1
    assert len(found["signature"]) == 2


def test_the_whole_history_is_signed_anew_with_keys_of_his_own(
    folder: Path, made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """HAS database, folder and the log's key. TRIES to put another history in the place of this one.

    NOTICED by whoever holds a checkpoint from outside: its root is another one.
    """
    outside = made / "shop" / SEEN_NAME
    forge(folder, lambda entries: [*entries[:-1]])
    assert verified(folder, key_of(folder), capsys=capsys)[0] == 0
    code, found = verified(folder, key_of(folder), "--against", str(outside), capsys=capsys)
    assert code == 1
    assert set(found) == {"kept_beyond"}


EVERYTHING = {
    "entry_altered": ("UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'p1', 'p3') AS BLOB) WHERE seq = 7",),
    "table": ("UPDATE serial_range SET place = 'store' WHERE place LIKE 'hopper:%'",),
    "sealed": ("DELETE FROM record_secret WHERE record_id = (SELECT min(record_id) FROM record_secret)",),
    "rules": ("DROP INDEX ix_attempt_opened_at",),
    "balance": ("DELETE FROM serial_range WHERE first = (SELECT max(first) FROM serial_range)",),
    "cosignature": ("UPDATE cosignature SET line = CAST(replace(CAST(line AS TEXT), 'A', 'B') AS BLOB)",),
    "own_verifier": ("UPDATE generation SET missing = missing + 1",),
}  # fmt: skip
"""By class of findings what is done to the database."""


def audited(shop: Path, *words: str) -> tuple[int, dict[str, int]]:
    """Return how `printd audit` ends, and the number of cases by class."""
    done = CliRunner().invoke(app, ["--shop", str(shop), "audit", "--json", *words])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, {one["class"]: one["number"] for one in json.loads(done.stdout)["findings"]}


def test_one_command_asks_for_everything(whole: tuple[Path, Facts], tmp_path: Path) -> None:
    """HAS the database. TRIES one change of the log, a table, a secret, a rule, the sums, or what a witness said.

    NOTICED by ``printd audit``, each by a class of its own; it finds nothing where nobody was.
    """
    assert audited(whole[0]) == (0, {})
    for name, statements in EVERYTHING.items():
        shop = tmp_path / name
        shutil.copytree(whole[0], shop)
        (alter if "DROP" in statements[0] else write)(shop / "printd.sqlite", statements)
        code, found = audited(shop)
        assert (code, name in found) == (1, True), (name, found)
    assert audited(whole[0], "--against", f"3:{'0' * 64}")[1].keys() == {"kept_root", "own_verifier"}
