"""Witnesses of two authors: our client asks aics-witness, and its client asks our witness."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from printd.books import cosigned
from printd.cosigning.asking import LOOK_SECONDS, Asker
from printd.errors import IntegrityError
from printd.events.kinds import read
from printd.ledger.cosigner import cosignatures
from printd.ledger.notes import Verifier
from printd.shop.health import Health
from printd.shop.shop import Shop
from support.fixed import ORIGIN
from support.other_logs import MemoryLog
from support.people import FIRST, EverybodysKeys, create
from support.witnesses import made_by_others, policy, served, served_by_others, told_by

NAME = "other.example/w1"


def work(shop: Shop, entries: int, rows: int) -> None:
    shop.books.keys = EverybodysKeys(shop.store)
    for _ in range(entries):
        shop.books.enter(read("register.read", {"what": "specimen:j", "rows": rows}), [FIRST])
    shop.sign()


def test_our_shop_is_cosigned_by_another_authors_witness(tmp_path: Path) -> None:
    """And refused by it, with a copy that was put back, and with a second history; each bars the books."""
    folder = tmp_path / "shop"
    witness = tmp_path / "witness"
    vkey = made_by_others(witness, NAME)
    create(folder, origin=ORIGIN, extra=policy(("other", vkey, "http://127.0.0.1:1")))
    key = (folder / "keys" / "log.vkey").read_text().strip()
    with served_by_others(witness, (ORIGIN, key)) as address:
        config = folder / "printd.toml"
        config.write_text(config.read_text().replace("http://127.0.0.1:1", address))
        steps = asked(folder, 0, 0, 4, 300)
        assert steps == [(LOOK_SECONDS, 1, "")] * 4
        shutil.copytree(folder, tmp_path / "copy")
        shutil.copytree(folder, tmp_path / "fork")
        assert asked(folder, 7) == [(LOOK_SECONDS, 1, "")]
        (older,) = asked(tmp_path / "copy", 2)
        assert "5 entries are missing" in older[2]
        (forked,) = asked(tmp_path / "fork", 50, rows=1)
        assert "another root" in forked[2]
        evidence: list[Any] = json.loads(told_by("-m", "aics_witness", "evidence", cwd=witness))
    assert len(evidence) >= 1


def asked(folder: Path, *steps: int, rows: int = 0) -> list[tuple[float, int, str]]:
    """Add entries step by step, ask the witness after each; return the pause, how many hold the head, what bars."""
    shop = Shop.open(folder)
    barred: list[IntegrityError] = []
    asker = Asker(shop, shop.witnesses.witnesses[0], Health(lambda: "2026-11-30T00:00:00Z"), barred.append)
    found = []
    try:
        for entries in steps:
            work(shop, entries, rows)
            pause = asker.turn()
            with shop.store.reading() as connection:
                told = cosigned.show(connection, shop.witnesses)
            found.append((pause, told["holding"], barred[0].what if barred else ""))
    finally:
        asker.close()
        shop.close()
    return found


SUBMITS = """
import json, sys
from aics_tlog import MerkleTree
from aics_witness.feeder import WitnessClient, FeederError
url, vkey, changed, old, *notes = sys.argv[1:]
leaves = [b"leaf-%d" % n if n != int(changed) else b"another leaf" for n in range(300)]
tree = MerkleTree(leaves)
told = []
with WitnessClient(url, vkey, max_attempts=1) as client:
    for note in notes:
        try:
            told.append(client.submit(note, tree.consistency_proof, old_size=None if old == "" else int(old)))
        except FeederError as error:
            told.append(type(error).__name__ + " " + str(getattr(error, "status", "")))
print(json.dumps(told))
"""


def test_another_authors_client_is_cosigned_by_our_witness(tmp_path: Path) -> None:
    log, fork = MemoryLog(), MemoryLog(changed=7)
    with served(tmp_path / "witness", log.vkey) as witness:
        key = Verifier.from_vkey(witness.vkey)

        def submits(which: MemoryLog, old: str, *sizes: int) -> list[str]:
            notes = [which.note(size).decode() for size in sizes]
            words = (witness.url, witness.vkey, "7" if which is fork else "-1", old, *notes)
            return list(json.loads(told_by("-c", SUBMITS, *words, cwd=tmp_path)))

        lines = submits(log, "", 0, 1, 64, 64, 100, 257)
        for size, line in zip((0, 1, 64, 64, 100, 257), lines, strict=True):
            assert cosignatures(log.note(size) + line.encode(), [key])
        (again,) = submits(log, "", 300)  # a client that knows nothing learns the size from the answer
        assert cosignatures(log.note(300) + again.encode(), [key])
        assert submits(log, "", 100) == ["WitnessAhead "]
        assert submits(fork, "", 300) == ["WitnessRejected 422"]
