"""The reply reader over wires that deliver whole, byte by byte, late, in part, or not at all (protocol sheet 2.2)."""

from __future__ import annotations

import contextlib
import itertools
import random
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.errors import DriverError, GoneError, NoReplyError, UnexpectedReplyError, WriteStalledError
from drivers.evolis.wires import Conversation, command_name

READ = b"\x1bRsn\r"


class Wire:
    """A transport whose other end answers each command with the next script: bytes to deliver, seconds to wait."""

    settle = 0.0

    def __init__(self, *scripts: list[bytes | float], accepts: int | None = None) -> None:
        self._scripts = iter(scripts)
        self._pending: list[bytes | float] = []
        self._accepts = accepts
        self.written: list[bytes] = []

    def write(self, data: bytes, deadline: Deadline) -> None:
        if self._accepts is not None and len(data) > self._accepts:
            raise WriteStalledError("full", accepted=self._accepts)
        self.written.append(data)
        self._pending += next(self._scripts, [])

    def read(self, deadline: Deadline) -> bytes:
        while self._pending:
            head = self._pending[0]
            if isinstance(head, bytes):
                if head == b"gone":
                    raise GoneError("cable out")
                self._pending.pop(0)
                return head
            wait = min(head, deadline.remaining)
            time.sleep(wait)
            self._pending[0] = head - wait
            if head > wait:
                return b""
            self._pending.pop(0)
        time.sleep(deadline.remaining)
        return b""

    def close(self) -> None:
        self._pending.clear()


def ask(*scripts: list[bytes | float], seconds: float = 1.0) -> str:
    return Conversation(Wire(*scripts)).ask(READ, Deadline.after(seconds))


def whole(reply: bytes) -> list[bytes | float]:
    return [reply]


def bytewise(reply: bytes) -> list[bytes | float]:
    return [reply[i : i + 1] for i in range(len(reply))]


def delayed(reply: bytes) -> list[bytes | float]:
    return [0.05, *bytewise(reply)]


def ragged(reply: bytes) -> list[bytes | float]:
    rng, parts = random.Random(20), list[bytes | float]()
    while reply:
        size = rng.randint(1, 4)
        parts += [reply[:size], rng.choice([0.0, 0.01])]
        reply = reply[size:]
    return parts


@pytest.mark.parametrize("deliver", [whole, bytewise, delayed, ragged])
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b"OK\0", "OK"),
        (b"5,00 Volts\0", "5,00 Volts"),
        (b"CONTACTLESS CARD\r\n\0", "CONTACTLESS CARD"),
        (b"\0\0 OK \0", "OK"),
        (b"OK", "OK"),
        (b"\x06", "\x06"),
        (b"\x15R", "\x15R"),
        (b"4711\r", "4711"),
        (b"caf\xe9\0", "caf\\xe9"),
    ],
)
def test_a_reply_is_read_whole_on_every_wire(
    deliver: Callable[[bytes], list[bytes | float]], sent: bytes, expected: str
) -> None:
    assert ask(deliver(sent)) == expected


@pytest.mark.parametrize("sent", [[], [0.5, b"OK\0"], [b"\0\0"], [b"\r\n"]])
def test_silence_is_an_unknown_outcome(sent: list[bytes | float]) -> None:
    with pytest.raises(NoReplyError) as caught:
        ask(sent, seconds=0.3)
    assert caught.value.command == "Rsn"


def test_a_reply_that_only_begins_before_the_deadline_is_kept_as_evidence_and_not_believed() -> None:
    with pytest.raises(NoReplyError) as caught:
        ask([0.2, b"O"], seconds=0.3)
    assert caught.value.reply == "O"


@pytest.mark.parametrize("before", [b"", b"O"])
def test_a_cut_wire_is_gone(before: bytes) -> None:
    script: list[bytes | float] = [before, b"gone"] if before else [b"gone"]
    with pytest.raises(GoneError) as caught:
        ask(script)
    assert caught.value.command == "Rsn"


def test_a_flood_ends() -> None:
    with pytest.raises(UnexpectedReplyError):
        ask([b"x" * 500] * 5)


def test_no_command_takes_the_late_answer_of_another_for_its_own() -> None:
    wire = Wire([b"OK\0OK\0", b"ERROR RIBBON\0"], [b"4711\0"])
    conversation = Conversation(wire)
    assert conversation.ask(b"\x1bSe\r", Deadline.after(1)) == "OK"
    assert conversation.ask(b"\x1bRco;c\r", Deadline.after(1)) == "4711"
    assert conversation.unasked == ["OK", "ERROR RIBBON"]


def test_after_a_command_was_taken_in_part_nothing_more_is_sent() -> None:
    wire = Wire(accepts=100)
    conversation = Conversation(wire)
    with pytest.raises(WriteStalledError) as caught:
        conversation.ask(b"\x1bDb;k;2;" + bytes(200) + b"\r", Deadline.after(1))
    assert (caught.value.accepted, caught.value.command) == (100, "Db;k;2")
    with pytest.raises(WriteStalledError, match="waits for the rest") as refused:
        conversation.ask(READ, Deadline.after(1))
    assert "off and on" in refused.value.hint
    assert wire.written == []


def test_a_command_that_was_not_taken_at_all_leaves_the_conversation_usable() -> None:
    wire = Wire([b"OK\0"], accepts=0)
    conversation = Conversation(wire)
    with pytest.raises(WriteStalledError):
        conversation.ask(READ, Deadline.after(1))
    wire._accepts = None
    assert conversation.ask(READ, Deadline.after(1)) == "OK"


def test_nothing_is_sent_when_no_time_is_left_for_an_answer() -> None:
    wire = Wire([b"OK\0"])
    with pytest.raises(NoReplyError, match="not sent"):
        Conversation(wire).ask(READ, Deadline.after(0))
    assert wire.written == []


def chunks(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    edges = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    yield from (data[a:b] for a, b in itertools.pairwise(edges) if a < b)


@settings(max_examples=30, deadline=None)
@given(data=st.binary(max_size=1500), cuts=st.lists(st.integers(0, 1500), max_size=6))
def test_whatever_arrives_the_reader_ends_in_bounds(data: bytes, cuts: list[int]) -> None:
    reply = ""
    with contextlib.suppress(DriverError):  # anything else fails the test
        reply = ask(list(chunks(data, cuts)), seconds=0.25)
    assert reply == reply.strip("\0\r\n ")
    assert not set(reply) & set("\0\r\n")
    assert len(reply) <= 4 * 1024  # each byte that is no ASCII is written as four characters


@settings(max_examples=100, deadline=None)
@given(
    text=st.from_regex(r"[ -~]{1,60}", fullmatch=True).filter(lambda t: t.strip()), cuts=st.lists(st.integers(0, 60))
)
def test_any_text_survives_any_cutting(text: str, cuts: list[int]) -> None:
    assert ask(list(chunks(text.encode() + b"\0", cuts))) == text.strip(" ")


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (b"\x1bSe\r", "Se"),
        (b"\x1bPneab;A;1\r", "Pneab;A;1"),
        (b"\x1bDb;y;128;" + b"5371990101900001" * 9 + b"\r", "Db;y;128"),
        (b"\x1bDbc;k;2;83223;\x4c\0\0", "Dbc;k;2"),
        (b"\0\0", ""),
    ],
)
def test_messages_name_a_command_without_its_payload(command: bytes, name: str) -> None:
    assert command_name(command) == name
