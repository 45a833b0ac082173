"""The files that decide how a shop works, changed by somebody who has its folder and no passphrase.

He HAS the folder (printd.toml, the layouts of the installation), stops and starts what he likes, and cannot sign.
What he TRIES stands in each test; its assertions say WHO NOTICES: the start that finds it, everybody who asks
``check``, and the books, which let no printer go on until two people have answered for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from printd.books.replay import compare
from printd.client.client import call
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.events.kinds import read
from printd.ledger.notes import Signer
from printd.projections.kinds import PROJECTIONS
from printd.shop import configured
from printd.shop.shop import Shop
from support.counter import BUDI, MARTA, RATNA, SITI, counter
from support.workday import entries


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with counter(tmp_path / "shop") as made:
        made.shop.sign()
    return tmp_path / "shop"


def edit(folder: Path, pattern: str, by: str) -> None:
    path = folder / "printd.toml"
    path.write_text(re.sub(pattern, by, path.read_text()))


def add(folder: Path, text: str) -> None:
    with (folder / "printd.toml").open("a") as config:
        config.write(text)


def started(folder: Path) -> list[dict[str, Any]]:
    """Let a command without the daemon start, and return what the shop ran under, newest first."""
    told: list[dict[str, Any]] = call(folder, "configuration.show", {})
    return told


def problems(folder: Path) -> list[str]:
    return [one["code"] for one in call(folder, "health.show", {})["problems"] if one["part"] == "configuration"]


def resumed(folder: Path) -> Any:
    return call(folder, "printers.resume", {"name": "p1", "by": SITI})


SENDER = Signer.generate("thief.example/documents").verifier.vkey
CHANGES: dict[str, tuple[Callable[[Path], None], list[str]]] = {
    "settings: chips go unread": (lambda folder: add(folder, "[duty]\ncards_per_day = 0\n"), ["settings"]),
    "policy: doubts by one": (lambda folder: add(folder, "[policy]\nreserve_floor = 7\n"), ["settings", "policy"]),
    "layout: another one": (
        lambda folder: add(folder, '[printing]\nlayout = "ktp_el_preprinted"\n'),
        ["layout", "layout_digest", "settings"],
    ),
    "senders' keys: his own": (
        lambda folder: add(folder, f'[custody]\nsender_keys = ["{SENDER}"]\n'),
        ["senders", "settings"],
    ),
    "time zone: the day ends later": (
        lambda folder: edit(folder, "Asia/Makassar", "Asia/Jakarta"),
        ["timezone", "settings"],
    ),
    "office: another name": (lambda folder: edit(folder, 'name = ".*"', 'name = "Another"'), ["office", "settings"]),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_entered_and_stops_the_printers_until_two_answer_for_it(folder: Path, what: str) -> None:
    """TRIES to change one thing that decides how the shop works, and to let it print on."""
    change, differs = CHANGES[what]
    assert problems(folder) == []
    change(folder)
    told = started(folder)
    assert (told[0]["changed"], told[0]["answered"]) == (differs, None)
    assert [one["paused"] for one in call(folder, "printers.list", {})] == [True, True], "they printed a moment ago"
    assert problems(folder) == ["unanswered"]
    seq = told[0]["entry"]
    with pytest.raises(Refused, match=f"Nobody answers yet .*entry {seq}"):
        resumed(folder)
    call(folder, "configuration.accept", {"entry": seq, "by": RATNA, "second": BUDI})  # whoever is named first
    assert resumed(folder)["paused"] is False
    assert problems(folder) == []
    assert len(started(folder)) == 2, "what is answered for is found once"


@pytest.mark.parametrize(
    ("by", "second", "says"),
    [
        (SITI, SITI, "cannot sign twice"),
        (SITI, BUDI, "None of those who sign is a supervisor"),
        (MARTA, {"name": "ratna", "passphrase": "guessed"}, "ratna did not prove who they are"),
        (MARTA, {"name": "thief", "passphrase": "thief-passphrase"}, "thief did not prove who they are"),
    ],
)
def test_nobody_answers_for_it_alone_or_without_a_supervisor(folder: Path, by: Any, second: Any, says: str) -> None:
    """HAS one passphrase as well. TRIES to answer for his own change."""
    add(folder, "[duty]\ncards_per_day = 0\n")
    seq = started(folder)[0]["entry"]
    with pytest.raises(Refused, match=says):
        call(folder, "configuration.accept", {"entry": seq, "by": by, "second": second})
    assert problems(folder) == ["unanswered"]


def test_a_change_that_is_taken_back_leaves_two_entries_and_each_is_answered_for(folder: Path) -> None:
    """TRIES to change something, to use it, and to put it back before anybody looks."""
    before = (folder / "printd.toml").read_bytes()
    add(folder, "[duty]\ncards_per_day = 0\n")
    first = started(folder)[0]["entry"]
    (folder / "printd.toml").write_bytes(before)
    second = started(folder)[0]["entry"]
    assert second != first
    call(folder, "configuration.accept", {"entry": second, "by": SITI, "second": RATNA})
    with pytest.raises(Refused, match=f"entry {first}"):
        resumed(folder)
    call(folder, "configuration.accept", {"entry": first, "by": SITI, "second": RATNA})
    resumed(folder)
    with pytest.raises(Refused, match=f"Two people answer for entry {first} already"):
        call(folder, "configuration.accept", {"entry": first, "by": SITI, "second": RATNA})
    with pytest.raises(Refused, match="Entry 3 says nothing of a configuration"):
        call(folder, "configuration.accept", {"entry": 3, "by": SITI, "second": RATNA})


def test_an_edited_layout_is_noticed_though_its_name_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HAS the installation too. TRIES to move a line of every card, under the layout's own name."""
    monkeypatch.setattr(configured, "_layout", lambda _name: "ab" * 32)  # the file of this installation stays as it is
    assert started(folder)[0]["changed"] == ["layout_digest"]
    assert problems(folder) == ["unanswered"]


def test_another_version_of_the_software_is_noticed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HAS the installation. TRIES an older version, of which he knows a hole."""
    monkeypatch.setattr(configured, "version", lambda _name: "0.0.9")
    assert started(folder)[0]["changed"] == ["version"]


def test_what_the_next_start_will_find_is_told_before_it(folder: Path) -> None:
    """TRIES to change something while nobody starts anything. NOTICES: whoever asks check."""
    add(folder, "[duty]\ncards_per_day = 0\n")
    shop = Shop.open(folder)
    try:
        told = perform(Desk(shop), "health.show", {})["problems"]
        assert [(one["part"], one["code"]) for one in told if one["part"] == "configuration"] == [
            ("configuration", "changed")
        ]
    finally:
        shop.close()


def test_the_log_alone_tells_it_all_again(folder: Path) -> None:
    """HAS nothing. TRIES nothing. NOTICED by nobody: the entries alone say what was changed and who answered."""
    add(folder, "[duty]\ncards_per_day = 0\n")
    seq = started(folder)[0]["entry"]
    call(folder, "configuration.accept", {"entry": seq, "by": SITI, "second": RATNA})
    shop = Shop.open(folder)
    try:
        with shop.store.reading() as connection:
            assert compare(connection, PROJECTIONS).differences == ()
        found = {one.kind: one for one in entries(Desk(shop))}
        assert found["shop.configured"].actors == ()
        assert found["configuration.accepted"].actors == ("siti", "ratna")
    finally:
        shop.close()


def test_the_machine_cannot_enter_the_same_twice_to_hide_what_was(folder: Path) -> None:
    """TRIES, past the desk, to enter the present configuration again. NOTICES: the books."""
    shop = Shop.open(folder)
    try:
        again = {"configuration": configured.of(shop.config).data()}
        with pytest.raises(Refused, match="runs under nothing else than before"):
            shop.books.enter(read("shop.configured", again))
    finally:
        shop.close()
