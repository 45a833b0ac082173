"""The UID at a station, read through the real pcscd from virtual cards."""

from __future__ import annotations

import re
import subprocess
import sys
import threading

import pytest

from drivers.deadline import Deadline
from drivers.errors import (
    BusyError,
    GoneError,
    NoReplyError,
    NotFoundError,
    RefusedError,
    UnexpectedReplyError,
)
from drivers.readers import pcsc
from hardware_mocks.wires.vicc import ATR, GET_UID, Pcscd, VirtualCard

pytestmark = pytest.mark.pcsc

SOON, ENOUGH = 0.7, 20.0
"""Seconds: a wait that must end in vain, and one that ends as soon as something comes."""


def read(cards: Pcscd, slot: int = 0, seconds: float = ENOUGH) -> pcsc.Uid:
    return pcsc.read_uid(cards.readers[slot], Deadline.after(seconds))


def insert(cards: Pcscd, card: VirtualCard) -> None:
    """Put a card in and wait until pcscd has seen it."""
    cards.slots[0].insert(card)
    assert card.seen.wait(ENOUGH)


@pytest.mark.parametrize("digits", ["04A1B2C3D4E5F6", "3C4D5E6F", "0488AABBCCDDEEFF0011", "08A1B2C3D4E5F6"])
def test_fixed_uids_of_four_seven_and_ten_bytes(digits: str, cards: Pcscd) -> None:
    """Only four bytes can be random: a longer one may begin with 08."""
    cards.slots[0].insert(VirtualCard(bytes.fromhex(digits)))
    uid = read(cards)
    assert (str(uid), uid.fixed, uid.atr) == (digits, True, ATR)


def test_a_random_uid_of_type_a_is_known_by_its_first_byte(cards: Pcscd) -> None:
    card = VirtualCard(uid=None)
    cards.slots[0].insert(card)
    uid = read(cards)
    assert not uid.fixed
    assert uid.value[0] == 8
    assert card.asked == [GET_UID], "one reading is enough"


def test_a_random_pupi_of_type_b_is_known_by_a_second_reading(cards: Pcscd) -> None:
    cards.slots[0].insert(VirtualCard(pupi=True))
    assert not read(cards).fixed


def test_an_empty_reader_is_no_chip(cards: Pcscd) -> None:
    with pytest.raises(NoReplyError, match="No chip answers"):
        read(cards, seconds=SOON)


def test_a_card_that_comes_later_is_waited_for(cards: Pcscd) -> None:
    timer = threading.Timer(0.7, cards.slots[0].insert, [VirtualCard()])
    timer.start()
    assert read(cards).fixed
    timer.join()


def test_each_slot_has_its_own_card(cards: Pcscd) -> None:
    first, second = bytes.fromhex("04000000000001"), bytes.fromhex("04000000000002")
    cards.slots[0].insert(VirtualCard(first))
    cards.slots[1].insert(VirtualCard(second))
    assert [read(cards, slot).value for slot in (0, 1)] == [first, second]


def test_the_next_card_is_another(cards: Pcscd) -> None:
    found = []
    for number in range(3):
        cards.slots[0].insert(VirtualCard(bytes([4, 0, 0, 0, 0, 0, number])))
        found.append(read(cards).value[-1])
        cards.slots[0].remove()
        pcsc.await_empty(cards.readers[0], Deadline.after(ENOUGH))
    assert found == [0, 1, 2]


@pytest.mark.parametrize("word", ["6300", "6F00", "6282"])
def test_a_refused_reading_is_asked_again(word: str, cards: Pcscd) -> None:
    card = VirtualCard(script=[bytes.fromhex(word)] * 2)
    cards.slots[0].insert(card)
    assert read(cards).fixed
    assert card.asked == [GET_UID] * 3


def test_a_reading_that_is_refused_for_ever_ends(cards: Pcscd) -> None:
    insert(cards, VirtualCard(script=[b"\x63\x00"] * 1000))
    with pytest.raises(UnexpectedReplyError, match="6300"):
        read(cards, seconds=SOON)


def test_the_length_that_a_reader_wants_is_used(cards: Pcscd) -> None:
    card = VirtualCard(script=[b"\x6c\x07"])
    cards.slots[0].insert(card)
    assert read(cards).fixed
    assert card.asked == [GET_UID, GET_UID[:4] + b"\x07"]


@pytest.mark.parametrize("word", ["6A81", "6D00"])
def test_a_reader_that_knows_no_uids_is_said_at_once(word: str, cards: Pcscd) -> None:
    card = VirtualCard(script=[bytes.fromhex(word)])
    cards.slots[0].insert(card)
    with pytest.raises(RefusedError, match="does not tell a card's UID"):
        read(cards)
    assert len(card.asked) == 1


@pytest.mark.parametrize("answer", ["04A1B29000", "9000", "04A1B2C3D4E5F60102030405060708099000", "90"])
def test_what_is_no_uid_is_not_taken_for_one(answer: str, cards: Pcscd) -> None:
    insert(cards, VirtualCard(script=[bytes.fromhex(answer)] * 1000))
    with pytest.raises(UnexpectedReplyError):
        read(cards, seconds=SOON)


def test_a_card_that_is_taken_away_in_the_middle_is_no_chip(cards: Pcscd) -> None:
    class Leaving(VirtualCard):
        def answer(self, apdu: bytes) -> bytes:
            cards.slots[0].remove()
            return super().answer(apdu)

    insert(cards, Leaving())
    with pytest.raises(NoReplyError):
        read(cards, seconds=SOON)


def test_a_hanging_reader_does_not_hang_us(cards: Pcscd) -> None:
    insert(cards, VirtualCard(hangs=True))
    with pytest.raises(GoneError, match="hangs"):
        read(cards, seconds=SOON)
    cards.slots[0].remove()


def test_another_program_that_holds_the_card_is_named_as_the_trouble(cards: Pcscd) -> None:
    import smartcard.scard as scard

    cards.slots[0].insert(VirtualCard())
    read(cards)
    _, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    code, card, _ = scard.SCardConnect(
        context, cards.readers[0], scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
    )
    assert code == scard.SCARD_S_SUCCESS
    try:
        with pytest.raises(BusyError):
            read(cards, seconds=SOON)
    finally:
        scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        scard.SCardReleaseContext(context)
    assert read(cards).fixed


def test_readers_are_found_by_name(cards: Pcscd) -> None:
    cards.slots[0].insert(VirtualCard())
    assert pcsc.readers(Deadline.after(ENOUGH)) == tuple(cards.readers)
    assert pcsc.read_uid("Station Reader 00 00", Deadline.after(ENOUGH)).fixed
    with pytest.raises(NotFoundError, match="2 card readers begin with 'Station Reader'"):
        pcsc.read_uid("Station Reader", Deadline.after(ENOUGH))
    with pytest.raises(NotFoundError, match=re.escape("no card reader 'Desk'; readers here: 'Station Reader 00 00'")):
        pcsc.read_uid("Desk", Deadline.after(ENOUGH))


def test_a_card_from_before_is_waited_out_or_said(cards: Pcscd) -> None:
    pcsc.await_empty(cards.readers[0], Deadline.after(ENOUGH))
    cards.slots[0].insert(VirtualCard())
    read(cards)
    with pytest.raises(UnexpectedReplyError, match="before one was brought there"):
        pcsc.await_empty(cards.readers[0], Deadline.after(SOON))
    timer = threading.Timer(0.3, cards.slots[0].remove)
    timer.start()
    pcsc.await_empty(cards.readers[0], Deadline.after(ENOUGH))
    timer.join()


def test_without_pcscd_there_is_no_reader(cards: Pcscd) -> None:
    cards.stop()
    with pytest.raises(NotFoundError, match="pcscd does not run"):
        read(cards)
    cards.start()
    cards.slots[0].insert(VirtualCard())
    assert read(cards).fixed, "and it is found again"


def test_pcscd_that_ends_while_a_card_is_waited_for(cards: Pcscd) -> None:
    timer = threading.Timer(0.3, cards.stop)
    timer.start()
    with pytest.raises(GoneError, match="pcscd"):
        read(cards)
    timer.join()


def test_the_readers_can_be_listed(cards: Pcscd) -> None:
    def listed() -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-m", "drivers.readers"], capture_output=True, text=True, timeout=60)

    assert listed().stdout.splitlines() == cards.readers
    cards.stop()
    without = listed()
    assert (without.returncode, without.stdout) == (1, "")
    assert "pcscd does not run" in without.stderr


def test_pyscard_is_needed_only_at_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "smartcard.scard", None)
    with pytest.raises(NotFoundError, match=re.escape("pip install")) as error:
        pcsc.read_uid("any", Deadline.after(SOON))
    assert "printd[pcsc]" in str(error.value)
