"""Commands that are no act, and what people read of those that are, while disk, folder or database fail."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from faults import judge
from faults.choice import WHOLE
from faults.folder_faults import CLEAN, FAULTS, KILLED, RUNNING
from faults.ground import Ground, Grounds, Said, Untrue
from faults.life import find

NEW = "new"
"""What a command makes, on the shop's own disk."""

COMMANDS = {
    "check": ("check",),
    "verify": ("audit", "verify"),
    "replay": ("audit", "replay"),
    "export": ("audit", "export", NEW, "--by", "siti"),
    "backup": ("backup", NEW, "--by", "siti"),
    "pause": ("printers", "pause", "p1", "--by", "siti"),
    "receive": ("deliveries", "receive", "D2", "--by", "siti", "--with", "budi"),
}
FAILING = {
    "disk full": (CLEAN, KILLED, RUNNING),
    "ext4 full": (CLEAN, KILLED),
    "read-only disk": (CLEAN, KILLED),
    "disk that failed": (RUNNING,),
    "folder": (CLEAN, KILLED, RUNNING),
    "folder and all in it": (CLEAN, KILLED),
    "database": (CLEAN, KILLED),
    "acts": (CLEAN, RUNNING),
    "database damaged": (CLEAN, KILLED, RUNNING),
    "database deleted": (CLEAN, RUNNING),
    "database empty": (CLEAN, KILLED, RUNNING),
}
SHARE = {
    ("disk full", CLEAN, "backup"),
    ("disk full", RUNNING, "export"),
    ("disk full", RUNNING, "backup"),
    ("disk full", KILLED, "verify"),
    ("folder", KILLED, "pause"),
    ("folder", CLEAN, "check"),
    ("acts", CLEAN, "receive"),
    ("read-only disk", KILLED, "replay"),
    ("database damaged", CLEAN, "verify"),
    ("database deleted", RUNNING, "backup"),
    ("database empty", CLEAN, "replay"),
}


def cases() -> list[tuple[str, str, str]]:
    """Return fault, life and command of this run's cases."""
    every = [(fault, life, name) for fault, lives in FAILING.items() for life in lives for name in COMMANDS]
    return every if WHOLE else [one for one in every if one in SHARE]


def filled(ground: Ground, words: tuple[str, ...]) -> list[str]:
    """Return a command's words with the path of what it makes."""
    return [str(ground.disk.root / NEW) if word == NEW else word for word in words]


def left_of(ground: Ground) -> list[Path]:
    """Return what lies where a command makes something."""
    return [one for one in ground.disk.root.iterdir() if one.name.lstrip(".").startswith(NEW)]


def clean_away(ground: Ground) -> None:
    for one in left_of(ground):
        shutil.rmtree(one) if one.is_dir() else one.unlink()


def judged(said: Said, never: tuple[str, ...], *, books: bool) -> None:
    """Make sure that people get whole sentences, and none that leads astray.

    :param books: whether the command could have booked anything.
    """
    said.whole()
    if said.code not in (0, 1):
        raise Untrue(f"exit {said.code}: {said}")
    if said.code == 1:
        if not said.err.strip() and not said.out.strip():
            raise Untrue("it fails without a word")
        value = said.value
        if isinstance(value, dict) and "error" in value:
            text = judge.sentences(value, books=books).lower().replace(judge.CALMING, "")
            wrong = [word for word in never if word in text]
            if wrong:
                raise Untrue(f"the error leads astray ({', '.join(wrong)}): {text}")


@pytest.mark.parametrize(("fault", "life", "name"), [pytest.param(*one, id="-".join(one)) for one in cases()])
def test_a_command_tells_what_is_wrong(grounds: Grounds, fault: str, life: str, name: str) -> None:
    ground, wrong = grounds(FAULTS[fault].disk), FAULTS[fault]
    find(ground, "noon", life)
    clean_away(ground)
    command = filled(ground, COMMANDS[name])
    assert ground.printd("operators", "list", "--json").whole().code == 0  # the session files lie there before
    before = ground.ledger()
    wrong.put(ground)
    try:
        said = ground.printd(*command, "--json")
        left = left_of(ground)
    finally:
        wrong.lift(ground)
    judged(said, wrong.never, books=name in ("pause", "receive", "export", "backup"))
    if said.code and left:
        raise Untrue(f"it failed and left {left} behind: {said.out[-300:]}")
    if NEW in COMMANDS[name] and not said.code:
        assert left
    clean_away(ground)
    booked = ground.ledger().kinds[len(before.kinds) :]
    if name in ("pause", "receive"):
        assert (said.code == 0) is any(one in ("printer.paused", "delivery.received") for one in booked)
    if said.code:
        ground.until(lambda: _done(ground, command), f"after the fault {name} still does not work: {said}")
    if ground.daemon is not None:
        ground.stop()
    clean_away(ground)


def _done(ground: Ground, command: list[str]) -> Said | None:
    clean_away(ground)
    said = ground.printd(*command, "--json").whole()
    return None if said.code else said


@pytest.mark.parametrize("fault", ["disk full", "ext4 full", "read-only disk"] if WHOLE else ["disk full"])
def test_no_shop_is_made_or_restored_where_there_is_no_room_and_nothing_is_left(grounds: Grounds, fault: str) -> None:
    ground, wrong = grounds(FAULTS[fault].disk), FAULTS[fault]
    find(ground, "noon", CLEAN)
    clean_away(ground)
    backup = ground.disk.root / "kept-backup"
    shutil.rmtree(backup, ignore_errors=True)
    assert ground.printd("backup", str(backup), "--by", "siti").whole().code == 0
    new = ground.disk.root / NEW
    making = ["--shop", str(new), "init", "--origin", "printd.example/53/5371/blanks/2", "--json"]
    restoring = ["restore", str(backup), "--dir", str(new), "--keys", str(ground.shop / "keys"), "--json"]
    for command in (making, restoring):
        wrong.put(ground)
        try:
            said = ground.printd(*command)
            left = left_of(ground)
        finally:
            wrong.lift(ground)
        judged(said, ("damaged", "malformed"), books=True)
        assert said.code == 1
        assert any(word in said.out.lower() for word in wrong.cause), said
        assert not left, said
        assert ground.printd(*command).whole().code == 0
        clean_away(ground)
    shutil.rmtree(backup)


def test_people_read_that_an_act_is_booked_and_what_is_owed(grounds: Grounds) -> None:
    ground, wrong = grounds("plain"), FAULTS["folder"]
    find(ground, "noon", KILLED)
    wrong.put(ground)
    try:
        said = ground.printd("printers", "pause", "p1", "--by", "siti").whole()
    finally:
        wrong.lift(ground)
    assert said.code == 0, said
    assert "checkpoint" in said.err, said
    assert "booked" in said.err.lower(), said
