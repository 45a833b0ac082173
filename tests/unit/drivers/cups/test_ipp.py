"""IPP's bytes: the worked examples of RFC 8010, what is torn or endless, and anything at all."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.cups.ipp import Operation, Tag, reply, request
from drivers.errors import UnexpectedReplyError


def field(tag: int, name: bytes, value: bytes) -> bytes:
    return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value


# RFC 8010 appendix A.2: the answer to a successful Print-Job, octet by octet as the table has it.
SUCCESS = bytes.fromhex(
    "0101 0000 00000001 01"
    "47 0012 617474726962757465732d63686172736574 0005 7574662d38"
    "48 001b 617474726962757465732d6e61747572616c2d6c616e6775616765 0005 656e2d7573"
    "41 000e 7374617475732d6d657373616765 000d 7375636365737366756c2d6f6b"
    "02"
    "21 0006 6a6f622d6964 0004 00000093"
    "45 0007 6a6f622d757269 0027 6970703a2f2f7072696e7465722e6578616d706c652e636f6d2f6970702f7072696e742f313233"
    "23 0009 6a6f622d7374617465 0004 00000003"
    "03"
)


def test_the_answer_that_the_standard_shows() -> None:
    told = reply(SUCCESS)
    assert (told.status, told.request, told.good, told.message) == (0, 1, True, "successful-ok")
    job = {"job-id": (147,), "job-uri": ("ipp://printer.example.com/ipp/print/123",), "job-state": (3,)}
    assert told.first(Tag.JOB) == job
    assert told.first(Tag.PRINTER) == {}


def test_a_request_as_the_standard_shows_it() -> None:
    """RFC 8010 appendix A.1 and A.6, in the parts that this driver sends: order, lengths, values without a name."""
    sent = request(
        Operation.GET_JOBS,
        123,
        [
            (Tag.URI, "printer-uri", "ipp://printer.example.com/ipp/print"),
            (Tag.INTEGER, "limit", 50),
            (Tag.KEYWORD, "requested-attributes", ["job-id", "job-name", "document-format"]),
        ],
    )
    assert sent == (
        bytes.fromhex("0200 000a 0000007b 01")
        + field(0x47, b"attributes-charset", b"utf-8")
        + field(0x48, b"attributes-natural-language", b"en")
        + field(0x45, b"printer-uri", b"ipp://printer.example.com/ipp/print")
        + bytes.fromhex("21 0005 6c696d6974 0004 00000032")
        + bytes.fromhex("44 0014 7265717565737465642d61747472696275746573 0006 6a6f622d6964")
        + bytes.fromhex("44 0000 0008 6a6f622d6e616d65")
        + bytes.fromhex("44 0000 000f 646f63756d656e742d666f726d6174")
        + b"\x03"
    )


def test_a_document_follows_the_end_of_the_attributes() -> None:
    sent = request(Operation.SEND_DOCUMENT, 1, [], [(Tag.BOOLEAN, "a", True)], b"RaS2")
    assert sent.endswith(bytes.fromhex("02 22 0001 61 0001 01 03") + b"RaS2")


def answer(*fields: bytes, end: bytes = b"\x03") -> bytes:
    return bytes.fromhex("0200 0000 00000001 04") + b"".join(fields) + end


def test_values_of_every_kind() -> None:
    lettered = struct.pack(">H", 2) + b"id" + struct.pack(">H", 5) + b"kartu"
    size = (
        field(0x34, b"media-col", b"")
        + field(0x4A, b"", b"media-size")
        + field(0x34, b"", b"")
        + field(0x4A, b"", b"x-dimension")
        + field(0x21, b"", struct.pack(">i", 8560))
        + field(0x37, b"", b"")
        + field(0x37, b"", b"")
    )
    told = reply(
        answer(
            field(0x22, b"boolean", b"\x01"),
            field(0x32, b"resolution", struct.pack(">iib", 300, 300, 3)),
            field(0x33, b"range", struct.pack(">ii", 1, 9)),
            field(0x36, b"name", lettered),
            field(0x31, b"date", bytes(11)),
            field(0x13, b"no-value", b""),
            field(0x21, b"levels", struct.pack(">i", -1)),
            field(0x21, b"", struct.pack(">i", 40)),
            size,
        )
    ).first(Tag.PRINTER)
    assert told == {
        "boolean": (True,),
        "resolution": ((300, 300, 3),),
        "range": ((1, 9),),
        "name": ("kartu",),
        "date": (bytes(11),),
        "no-value": (None,),
        "levels": (-1, 40),
        "media-col": ({"media-size": ({"x-dimension": (8560,)},)},),
    }


WRONG = {
    "empty": b"",
    "text": b"HTTP/1.1 200 OK\r\n\r\n",
    "another version": b"\x05\x00" + SUCCESS[2:],
    "no end": SUCCESS[:-1],
    "more after the end": SUCCESS + b"\x00",
    "a length beyond the end": answer(b"\x44\x00\x01a\xff\xff"),
    "a value of no attribute": answer(field(0x21, b"", bytes(4))),
    "a value in no group": bytes.fromhex("0200 0000 00000001") + field(0x21, b"a", bytes(4)) + b"\x03",
    "an integer of three bytes": answer(field(0x21, b"a", bytes(3))),
    "a boolean of no byte": answer(field(0x22, b"a", b"")),
    "a resolution cut off": answer(field(0x32, b"a", bytes(8))),
    "a language without text": answer(field(0x36, b"a", b"\x00\x02id")),
    "an endless collection": answer(field(0x34, b"a", b"")),
    "an end inside a collection": answer(field(0x34, b"a", b""), end=b"\x03\x00\x00\x00\x00"),
    "a member without a name": answer(field(0x34, b"a", b"") + field(0x21, b"", bytes(4)) + field(0x37, b"", b"")),
    "a thousand collections": answer(field(0x34, b"a", b"") + (field(0x4A, b"", b"b") + field(0x34, b"", b"")) * 1000),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_no_answer_is_refused(kind: str) -> None:
    with pytest.raises(UnexpectedReplyError, match="no IPP"):
        reply(WRONG[kind])


def test_every_beginning_of_an_answer_is_refused() -> None:
    for length in range(len(SUCCESS)):
        with pytest.raises(UnexpectedReplyError):
            reply(SUCCESS[:length])


@given(st.binary(max_size=300))
def test_anything_is_an_answer_or_refused(noise: bytes) -> None:
    for data in (noise, SUCCESS[:8] + noise, answer(noise)):
        with contextlib.suppress(UnexpectedReplyError):
            reply(data)


@given(st.integers(0, len(SUCCESS) - 1), st.integers(0, 255))
def test_an_answer_with_one_wrong_byte_is_an_answer_or_refused(at: int, byte: int) -> None:
    with contextlib.suppress(UnexpectedReplyError):
        reply(SUCCESS[:at] + bytes([byte]) + SUCCESS[at + 1 :])


NAMES = st.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=20)
VALUES = st.one_of(
    st.tuples(st.just(Tag.INTEGER), st.integers(-(2**31), 2**31 - 1)),
    st.tuples(st.just(Tag.BOOLEAN), st.booleans()),
    st.tuples(st.just(Tag.KEYWORD), NAMES),
    st.tuples(st.just(Tag.NAME), st.text(max_size=50)),
)


@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_what_is_sent_is_read_back(wanted: dict[str, tuple[Tag, object]]) -> None:
    wanted.pop("attributes-charset", None)
    sent = request(Operation.CREATE_JOB, 7, [], [(tag, name, value) for name, (tag, value) in wanted.items()])
    told = reply(sent)  # requests and answers differ in what the third and fourth byte mean alone
    assert told.first(Tag.JOB) == {name: (value,) for name, (_, value) in wanted.items()}
    assert told.first(Tag.OPERATION)["attributes-charset"] == ("utf-8",)
