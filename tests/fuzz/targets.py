"""What is read from devices, servers and papers: one target a reader, with what it may raise and inputs to begin from.

``make fuzz`` runs them under atheris, which follows coverage; tests/unit/house/test_fuzz_targets.py runs a share of
them with every test run. Whatever the bytes are, a target ends without error or raises one that its reader declares.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import cast

from drivers import discovery, families
from drivers.cups import ipp as cups_ipp
from drivers.deadline import Deadline
from drivers.errors import DriverError, GoneError, UnexpectedReplyError
from drivers.evolis import printer as evolis
from drivers.evolis import replies as evolis_replies
from drivers.family import Family
from drivers.magicard import printer as magicard
from drivers.magicard import replies as magicard_replies
from drivers.matica import blocks as matica_blocks
from drivers.matica import printer as matica
from drivers.matica import replies as matica_replies
from drivers.matica.wires import scsi as matica_wires_scsi
from drivers.transports import usb
from drivers.zebra import printer as zebra
from drivers.zebra import replies as zebra_replies
from printd.custody import manifest, sealed_note
from printd.errors import Refused
from printd.ledger import (
    checkpoint,
    cosigner,
    entry,
    export,
    notes,
    policy,
    signatures,
    submission,
    tiles,
)
from printd.people import recovery_codes, sealed_key, stretching

_FAMILIES = families()
_SIGNER = notes.Signer("dukcapil.example", bytes(range(32)))
_LOG = notes.Signer("printd.example/fuzz", bytes(range(32)))


@dataclass(frozen=True)
class Target:
    """One kind of input.

    :param reads: feeds bytes to readers.
    :param may_raise: all that may come out of it.
    :param seeds: good inputs.
    """

    reads: Callable[[bytes], object]
    may_raise: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...] = field(repr=False)

    def run(self, data: bytes) -> None:
        """Read; whatever is not declared comes out."""
        try:
            self.reads(data)
        except self.may_raise as told:
            _worded(told)


def _worded(told: Exception) -> None:
    assert str(told).strip(), "an error without words"


# -- replies, one by one ---------------------------------------------------------------------------------


def _evolis(data: bytes) -> None:
    reply = data.decode("latin-1")
    evolis_replies.number(reply)
    evolis_replies.position(reply)
    evolis_replies.failed(reply)
    evolis_replies.harmless(reply)
    evolis_replies.fault(reply)
    for probe in ("Rse;f", "Rse;o", "Rse;c", "Rlr;p", "Rlr;f", "Rcr", "Rci", reply):
        evolis_replies.condition(probe, reply)
        evolis_replies.sensor_fault(probe, reply)


def _magicard(data: bytes) -> None:
    for reply in (data, b"\x01STA$$" + data, b"\x01STA," + data):
        told = magicard_replies.info(reply)
        magicard_replies.warnings(told)
        assert magicard_replies.readable(reply).isascii()
        code = magicard_replies.error_code(reply)
        if code is not None:
            magicard_replies.condition(code, magicard_replies.readable(reply))
        magicard_replies.of_states(dict.fromkeys(magicard_replies.STATE_KEYS.values(), reply))
        for key in magicard_replies.STATE_KEYS.values():
            magicard_replies.value(reply, key)


def _zebra(data: bytes) -> None:
    numbers = [model.name for model in zebra.MODELS.values()]
    for quiet in (False, True):
        left = data
        while True:
            reply, rest = zebra_replies.take(left, quiet=quiet)
            assert len(rest) <= len(left)
            if reply is None:
                break
            assert rest != left, "a reply of nothing"
            zebra_replies.condition(reply)
            left = rest
    text = zebra_replies.readable(data)
    zebra_replies.counters(text)
    zebra_replies.model_in(text, numbers)
    zebra_replies.firmware_in(text)
    zebra_replies.is_version(text, numbers)
    zebra_replies.fault(data[0] if data else None)


def _matica_blocks(data: bytes) -> None:
    left = data
    while True:
        reply, rest = matica_blocks.take(left)
        if reply is None:
            break
        assert len(rest) < len(left)
        told = reply
        _declared(lambda told=told: matica_blocks.introduction(told))  # type: ignore[misc]
        matica_replies.condition(int.from_bytes(reply.data[:4], "big"))
        left = rest
    matica_blocks.mac_in(data)


def _matica_fields(data: bytes) -> None:
    for read in (
        matica_blocks.place, matica_blocks.items, matica_blocks.number, matica.greeting, matica_wires_scsi.csw,
        matica_wires_scsi.sense, matica_wires_scsi.place, matica_wires_scsi.counters,
    ):  # fmt: skip
        _declared(lambda read=read: cast(Callable[[bytes], object], read)(data))  # type: ignore[misc]
    _declared(lambda: matica_wires_scsi.introduction(data, "S"))
    code = int.from_bytes(data[:4], "big")
    matica_replies.condition(code)
    matica_replies.state(code)
    matica_replies.fault(code)


def _declared(read: Callable[[], object]) -> None:
    try:
        read()
    except UnexpectedReplyError as told:
        _worded(told)


def _cups(data: bytes) -> None:
    told = cups_ipp.reply(data)
    assert isinstance(told.good, bool)
    assert isinstance(told.message, str)
    for tag in cups_ipp.Tag:
        told.all(tag)


class _Control:
    """A USB device that answers a control request with given bytes."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def ctrl_transfer(self, *_: object) -> bytes:
        return self._answer[:1024]


def _device_id(data: bytes) -> None:
    text = usb._device_id(_Control(data), 0, 0)
    for told in (text, data.decode("latin-1")):
        for match in discovery.rank(_FAMILIES, data[0] << 8 if data else None, None, told):
            assert match.family


# -- whole conversations ---------------------------------------------------------------------------------


class _Said:
    """A wire from which given bytes come, in pieces that end at FF FF, and which breaks then."""

    settle = 0.0
    serial_number = "F-1"

    def __init__(self, data: bytes) -> None:
        self._pieces = [piece for piece in data.split(b"\xff\xff") if piece]

    def write(self, data: bytes, deadline: Deadline) -> None:
        """Take everything."""

    def read(self, deadline: Deadline) -> bytes:
        if not self._pieces:
            raise GoneError("The input is at its end")
        return self._pieces.pop(0)

    def port_status(self) -> int | None:
        if not self._pieces:
            raise GoneError("The input is at its end")
        piece = self._pieces.pop(0)
        return piece[0] if len(piece) == 1 else None

    def reset_storage(self) -> None:
        """Nothing to forget."""

    def close(self) -> None:
        """Nothing to close."""


def _talk(family: Family, model: str) -> Callable[[bytes], None]:
    def asked(data: bytes) -> None:
        printer = family.connect(_Said(data), family.models[model])
        for question in (printer.identify, printer.status, printer.counters):
            try:
                question(Deadline.after(5))
            except DriverError as told:
                _worded(told)

    return asked


# -- papers ----------------------------------------------------------------------------------------------


def _manifest(ending: str) -> Callable[[bytes], object]:
    return lambda data: manifest.read(data, name=f"m.{ending}")


def _signed_manifest(data: bytes) -> None:
    manifest.read(data, name="m.note", keys=[_SIGNER.vkey])
    raise AssertionError("nobody but the signer can write one") if data not in _NOTES else _Told("read")


class _Told(Exception):
    """The one signed paper that there is was read."""


def _entry(data: bytes) -> None:
    assert entry.Entry.from_body(data).body() == data


def _checkpoint(data: bytes) -> None:
    told = checkpoint.parse(data.decode("utf-8", "surrogatepass"))
    assert checkpoint.parse(told.text()) == told


def _note(data: bytes) -> None:
    notes.open_note(data, [_LOG.verifier])


def _bundle(data: bytes) -> None:
    """Its first byte says how many entries there should be."""
    assert tiles.bundle(tiles.read_bundle(data[1:], 1 + data[0] if data else 1)) == data[1:]


def _tile(data: bytes) -> None:
    assert b"".join(tiles.read_tile(data[1:], 1 + data[0] if data else 1)) == data[1:]


def _excerpt(data: bytes) -> None:
    assert export.Excerpt.read(data, 1000).content() == data


def _policy(data: bytes) -> None:
    told = policy.read(data)
    assert told.satisfied({one.name for one in told.witnesses})  # all of them are always enough
    policy.judge(data, _POLICY)


def _cosigned(data: bytes) -> None:
    policy.judge(data, _POLICY)


def _submission(data: bytes) -> None:
    assert submission.read(data).body() == data
    submission.read_size(data)


def _keys(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for read in (notes.Verifier.from_vkey, notes.Signer.from_text, cosigner.Cosigner.from_text):
        try:
            read(text)
        except notes.NoteMalformedError:
            continue


def _person(data: bytes) -> None:
    """What a person's key, a signature and a recovery code are written as: read in one spelling only."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        assert signatures.vkey(*signatures.read_vkey(text)) == text
    except signatures.SignatureError as told:
        _worded(told)
    try:
        assert signatures.write_signature(signatures.read_signature(text)) == text
    except signatures.SignatureError as told:
        _worded(told)
    code = recovery_codes.read_code(text)
    assert recovery_codes.read_code(code.lower()) == code


def _sealed_key(data: bytes) -> None:
    assert sealed_key.SealedKey.from_body(data, allow_cheap=True).body() == data


_DOCUMENT = {
    "delivery": "PRV-2026-7", "bast_number": "470/12/2026", "bast_date": "2026-03-02", "stock_type": "WNI",
    "generation": "2020", "cartons": [{"carton": "C1", "first": "AB000001", "last": "AB000500"}],
}  # fmt: skip
_JSON = json.dumps(_DOCUMENT).encode()
_CSV = b"""delivery,bast_number,bast_date,stock_type,generation,carton,first,last
PRV-2026-7,470/12/2026,2026-03-02,WNI,2020,C1,AB000001,AB000500
PRV-2026-7,470/12/2026,2026-03-02,WNI,2020,C2,AB000501,AB000600
"""
_NOTES = (sealed_note.seal(_DOCUMENT, _SIGNER),)
_PERSON = signatures.SigningKey(bytes(32))
_COPY = sealed_key.SealedCopy(stretching.CHEAP, bytes(16), bytes(12), bytes(48))
_CHECKPOINT = checkpoint.Checkpoint(_LOG.name, 17, bytes(range(32)))
_WITNESS = cosigner.Cosigner("ntt.example/witness-1", bytes(range(1, 33)))
_RULES = f"# rules\nlog {_LOG.vkey}\nwitness w {_WITNESS.verifier.vkey} https://w.example\ngroup g any w\nquorum g\n"
_POLICY = policy.read(_RULES.encode())
_SIGNED = checkpoint.sign(_CHECKPOINT, _LOG)
_BODY = entry.canonical({
    "v": 1, "seq": 7, "at": "2026-03-02T08:00:00.000Z", "kind": "blank.moved", "by": ["siti"], "data": {"n": [1, "x"]},
})  # fmt: skip


def _ipp() -> Iterator[bytes]:
    yield cups_ipp.request(
        cups_ipp.Operation.CREATE_JOB, 7,
        [(cups_ipp.Tag.URI, "printer-uri", "ipp://localhost/printers/q"), (cups_ipp.Tag.NAME, "job-name", "card")],
        [(cups_ipp.Tag.INTEGER, "copies", 1), (cups_ipp.Tag.KEYWORD, "print-quality", ["a", "b"])],
    )  # fmt: skip
    yield bytes.fromhex(  # RFC 8010 appendix A.2, the beginning of the answer to a Print-Job
        "0101 0000 00000001 01 47 0012 617474726962757465732d63686172736574 0005 7574662d38 03"
    )


def _block(kind: int, data: bytes) -> bytes:
    return matica_blocks.block(kind, data)


TARGETS: dict[str, Target] = {
    "evolis-reply": Target(_evolis, (), (b"OK", b"NOSTART", b"1234", b"ERROR", b"Cover open", b"-1", b"\x06")),
    "magicard-reply": Target(
        _magicard, (), (b"\x01STA0,1,2,3,4,5,6,7\x03", b"\x01STA,TCQ12345\x03", b"01:05\r", b"MSR,ERR,07:00"),
    ),
    "zebra-reply": Target(_zebra, (), (b"\x06", b"\x15", b"P330i V4.02\r", b"0013\r\n", b"ERR 13\x04", b"B")),
    "matica-block": Target(
        _matica_blocks, (UnexpectedReplyError,), tuple(_block(kind, bytes(16)) for kind in range(6)),
    ),
    "matica-field": Target(
        _matica_fields, (), (b"USBS\1\0\0\0" + bytes(5), bytes(18), bytes(96), b"XID8600" + bytes(60)),
    ),
    "cups-ipp": Target(_cups, (UnexpectedReplyError,), tuple(_ipp())),
    "device-id": Target(
        _device_id, (),
        (b"\0\x2fMFG:Evolis;MDL:Primacy;CMD:EVOLIS;CLS:PRINTER;", b"\0\x1aMANUFACTURER:Magicard;"),
    ),
    "evolis-talk": Target(
        _talk(evolis.DRIVER, "primacy"), (DriverError,),
        (b"OK\0\xff\xff12\0", b"10000777001\0\xff\xffERROR\0\xff\xffOK\0"),
    ),
    "magicard-talk": Target(
        _talk(magicard.DRIVER, "enduro-plus"), (DriverError,), (b"\x18\xff\xff\x01STA0,1,2\x03\xff\xff\x18",),
    ),
    "zebra-talk": Target(_talk(zebra.DRIVER, "p330i"), (DriverError,), (b"P330i V4.02\r\xff\xff\x06\xff\xff12\r",)),
    "matica-talk": Target(
        _talk(matica.DRIVER, "xid8600"), (DriverError,), tuple(_block(kind, bytes(32)) * 3 for kind in range(6)),
    ),
    "manifest-json": Target(_manifest("json"), (Refused,), (_JSON,)),
    "manifest-csv": Target(_manifest("csv"), (Refused,), (_CSV, _CSV.replace(b"\n", b"\r\n"))),
    "manifest-note": Target(_signed_manifest, (Refused, _Told), _NOTES),
    "entry": Target(_entry, (entry.EntryError,), (_BODY,)),
    "checkpoint": Target(_checkpoint, (checkpoint.CheckpointError, UnicodeError), (_CHECKPOINT.text().encode(),)),
    "note": Target(_note, (notes.NoteError,), (checkpoint.sign(_CHECKPOINT, _LOG), *_NOTES)),
    "bundle": Target(_bundle, (tiles.TileError,), (b"\x01" + tiles.bundle([_BODY, b""]),)),
    "tile": Target(_tile, (tiles.TileError,), (b"\x01" + bytes(64),)),
    "excerpt": Target(
        _excerpt, (export.ExportError,), (export.Excerpt(300, 700, 1000, [bytes(32), bytes(range(32))]).content(),),
    ),
    "policy": Target(_policy, (policy.PolicyError, notes.NoteError, checkpoint.CheckpointError), (_RULES.encode(),)),
    "cosigned": Target(
        _cosigned, (notes.NoteError, checkpoint.CheckpointError),
        (_SIGNED + _WITNESS.cosign(_CHECKPOINT.text().encode(), 7), _SIGNED),
    ),
    "submission": Target(
        _submission, (submission.SubmissionError,),
        (submission.Submission(9, (bytes(32), bytes(range(32))), _SIGNED).body(), b"old 0\n\n" + _SIGNED),
    ),
    "person": Target(
        _person, (recovery_codes.MistypedCodeError,),
        (
            signatures.vkey("printd.example/site-a/people/siti", _PERSON.public).encode(),
            signatures.write_signature(_PERSON.sign(b"x")).encode(),
            b"H0VP-XBBJ-KQW6-SN6K-E33W-MB3W-9HMZ",
        ),
    ),
    "sealed-key": Target(
        _sealed_key, (sealed_key.SealedKeyError,), (sealed_key.SealedKey(_COPY, _COPY).body(),),
    ),
    "key": Target(_keys, (), (_LOG.vkey.encode(), _LOG.to_text().encode(), _WITNESS.to_text().encode())),
}  # fmt: skip
