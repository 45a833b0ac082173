"""Tamperings of a database: what each writes into the furnished shop past every rule, and who must notice it.

R: ``audit replay``, which needs no key. V: ``audit verify`` with the log's key from outside. S: the start, which every
command and the daemon make before the log's key is used. D: the daemon, which looks at the whole log beside its work.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from printd.store.tables import PROJECTIONS

LETTERS = {"S": "the start", "V": "`audit verify`", "D": "the daemon beside its work", "R": "`audit replay`"}
"""Who each letter of :attr:`Tampering.who` is."""

_TABLES = PROJECTIONS[0].metadata.tables

FORGED = "'" + "0" * 64 + "'"
DAY = "'2026-11-02T08:00:00Z'"


@dataclass(frozen=True)
class Tampering:
    """One tampering.

    :param what: is done, in the trade's words.
    :param who: letters of those who notice it, in the order ``SVDR``.
    :param statements: of SQL; each changes something.
    """

    what: str
    who: str
    statements: tuple[str, ...]


def copied(table: str, **changes: str) -> str:
    """Return the statement that inserts a row like the first one of a table.

    :param changes: by column, what it has instead, as SQL.
    """
    names = [column.name for column in _TABLES[table].columns]
    values = ", ".join(changes.get(name, f'"{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} LIMIT 1"


def _one(table: str, key: str, where: str = "1 = 1") -> str:
    return f"{key} = (SELECT min({key}) FROM {table} WHERE {where})"


def _whole(table: str, changes: str, more: str, who: str = "R", **row: str) -> Iterator[Tampering]:
    """Yield the three things that can be done to a table: a row is altered, invented, and all are taken out."""
    name = f"{table}s".replace("ys", "ies").replace("_", " ")
    yield Tampering(f"{name}: {more}", who, (f"UPDATE {table} SET {changes}",))
    yield Tampering(f"{name}: one is invented", who, (copied(table, **row),))
    yield Tampering(f"{name}: all are taken out", who.replace("S", ""), (f"DELETE FROM {table}",))


def _of_every_table() -> Iterator[Tampering]:
    new_entry, new_id = "seq - 1", "substr(id, 2) || 'x'"
    yield from _whole("calibration", "settings = '{}'", "the colours are those of no printer", printer="'p3'")
    yield from _whole("carton", "last = last + 1", "each holds one more", label="'D9-9'")
    yield from _whole("chip", "serial = 'K00151'", "it is in another blank", uid="'04FFFFFFFFFFFF'", serial="'K00160'")
    yield from _whole("clock_jump", "after = before", "the clock never went back", seq=new_entry)
    yield from _whole("closing", "day = '2026-01-01'", "each is of another day", seq=new_entry)
    yield from _whole("configuration", "answered_seq = NULL", "nobody answers for it", seq="5")
    yield from _whole("consumable", "nominal = 9999", "it lasts for more cards", seq=new_entry)
    yield from _whole("count_sheet", "sheet = replace(sheet, '200', '190')", "fewer were counted", seq="3")
    yield from _whole("delivery", "announced = announced - 1", "fewer were announced", id=new_id)
    yield from _whole("destruction", "witnesses = '[]'", "nobody saw it", id=new_id)
    yield from _whole("discrepancy", "state = 'closed', outcome = 'store'", "it is settled", id=new_id)
    yield from _whole("ended_month", "kept = kept + 1", "more was kept apart", month="'2020-01.00000000'")
    yield from _whole("generation", "missing = 0", "nothing was lost", "SVR", seq="3")
    other_card = "(SELECT min(id) FROM attempt WHERE id NOT IN (SELECT attempt_id FROM handover))"
    yield from _whole("handover", "receiver = 'proxy'", "a proxy came", attempt_id=other_card)
    yield from _whole("holder_try", "reached = NOT reached", "the holder was spoken to", seq=new_entry)
    yield from _whole("incident", "state = 'closed', outcome = 'found'", "it is closed", id=new_id)
    yield from _whole("incident_note", "text = 'found'", "it says something else", seq=new_entry)
    yield from _whole("movement", "target = 'missing'", "the blanks went elsewhere", part="7")
    yield from _whole("override", "second = 'ratna'", "another second person signed", seq=new_entry)
    yield from _whole("paper", "digest = " + FORGED, "each was another file", seq=new_entry)
    yield from _whole("printer", "operator = 'budi'", "another let it work", name="'p9'", serial_number="'X'")
    yield from _whole("record", "warnings = ''", "it never had warnings", id=new_id, digest="'x'")
    yield from _whole("request", "asked = asked + 1", "more was asked for", id=new_id)
    yield from _whole("returned_card", "cause = 'lost'", "it came back for another cause", id=new_id)
    yield from _whole("sample", "missing = '[\"K00001\"]'", "one was missing", id=new_id)
    yield from _whole("seal", "digest = " + FORGED, "an envelope had another digest", name="name || 'x'", seq="0")
    yield from _whole("shift", "opened_by = 'ratna'", "another opened it", id=new_id, current="NULL")
    yield from _whole("site", "key = ''", "it has no key", name="'maulafa'")
    yield from _whole("site_card", "checker = operator", "nobody else checked it", id=new_id, job="'x'")
    yield from _whole("site_report", "pieces = pieces + 1", "it had one more", seq=new_entry)
    yield from _whole("spoil", "cause = 'factory_defect'", "the factory spoiled it", serial="'K00180'")
    yield from _whole("suket", "expires_on = '2030-01-01'", "it never ends", id=new_id)
    yield from _whole("supply", "pieces = pieces + 1", "one more ribbon lies there", label="'R2'")
    yield from _whole("supply_receipt", "pieces = pieces + 1", "one more ribbon came", seq=new_entry)
    yield from _whole(
        "test_print", "state = 'unused'", "its blank is not used", id=new_id, serial="'K00199'", state="'unused'"
    )
    yield from _whole("transfer", "pieces = pieces - 1", "fewer were sent", id=new_id)


_BLANKS = (
    Tampering(
        "places: a spoiled blank lies in the store", "R", ("UPDATE serial_range SET place = 'store' WHERE first = 122",)
    ),
    Tampering(
        "places: blanks of the store are called missing",
        "R",
        ("UPDATE serial_range SET place = 'missing' WHERE first = 41",),
    ),
    Tampering(
        "places: a destroyed blank is in the hopper",
        "R",
        ("UPDATE serial_range SET place = 'hopper:p1' WHERE first = 120",),
    ),
    Tampering(
        "places: a printed card was handed over", "R", ("UPDATE serial_range SET place = 'holder' WHERE first = 2",)
    ),
    Tampering(
        "places: one blank less is in the store", "R", ("UPDATE serial_range SET last = last - 1 WHERE first = 123",)
    ),
    Tampering("places: a blank is in two places", "R", ("UPDATE serial_range SET last = last + 1 WHERE first = 6",)),
    Tampering(
        "places: a blank is of another delivery", "R", ("UPDATE serial_range SET delivery_id = 'D4' WHERE first = 121",)
    ),
    Tampering("places: a hopper's blanks are taken out", "R", ("DELETE FROM serial_range WHERE place = 'hopper:p2'",)),
    Tampering(
        "places: blanks that nobody delivered", "R", (copied("serial_range", first="901", last="910", place="'store'"),)
    ),
    Tampering(
        "places: a blank is exchanged with its life",
        "R",
        (
            "UPDATE serial_range SET place = 'store' WHERE first = 122",
            "DELETE FROM movement WHERE first = 122 AND target = 'spoiled'",
            "DELETE FROM spoil WHERE serial = 'K00122'",
        ),
    ),
    Tampering(
        "serials: a spoiled blank has another number",
        "R",
        ("UPDATE spoil SET serial = 'K00199' WHERE serial = 'K00122'",),
    ),
    Tampering(
        "serials: the card is on another blank", "R", ("UPDATE attempt SET serial = 'K00199' WHERE serial = 'K00002'",)
    ),
    Tampering("movements: one is dated back", "R", ("UPDATE movement SET at = " + DAY + " WHERE first = 122",)),
    Tampering("movements: a load is a loss", "R", ("UPDATE movement SET why = 'missing' WHERE why = 'load'",)),
    Tampering("deliveries: one was never received", "R", ("UPDATE delivery SET state = 'announced' WHERE id = 'D1'",)),
    Tampering("deliveries: another received it", "R", ("UPDATE delivery SET received_by = 'ratna' WHERE id = 'D1'",)),
    Tampering("cartons: one is unopened", "R", ("UPDATE carton SET opened_at = NULL WHERE label = 'D1-1'",)),
    Tampering(
        "count sheets: one sheet is another person's",
        "R",
        ("UPDATE count_sheet SET person = 'ratna' WHERE " + _one("count_sheet", "seq"),),
    ),
    Tampering(
        "count sheets: a sheet is of another delivery",
        "R",
        ("UPDATE count_sheet SET subject = 'delivery:D2' WHERE " + _one("count_sheet", "seq"),),
    ),
    Tampering("samples: another was drawn", "R", ('UPDATE sample SET drawn = \'[["K00041", "store"]]\'',)),
    Tampering("samples: it came from another seed", "R", ("UPDATE sample SET seed = " + FORGED,)),
    Tampering(
        "transfers: one was acknowledged",
        "R",
        ("UPDATE transfer SET state = 'acknowledged' WHERE state != 'acknowledged'",),
    ),
    Tampering("transfers: another carried it", "R", ("UPDATE transfer SET carrier = 'nobody'",)),
)

_CARDS = (
    Tampering("jobs: a printed card waits again", "R", ("UPDATE job SET state = 'queued' WHERE state = 'printed'",)),
    Tampering(
        "jobs: a spoiled card waits without a second signature",
        "R",
        ("UPDATE job SET state = 'queued', held_because = NULL WHERE held_because = 'spoiled'",),
    ),
    Tampering(
        "jobs: a held one is released",
        "R",
        ("UPDATE job SET state = 'queued', held_because = NULL WHERE held_because = 'restored'",),
    ),
    Tampering(
        "jobs: a doubt is settled",
        "R",
        (
            "UPDATE job SET state = 'printed' WHERE state = 'in_doubt'",
            "UPDATE attempt SET state = 'printed' WHERE state = 'in_doubt'",
        ),
    ),
    Tampering("jobs: one goes first", "R", ("UPDATE job SET place_in_queue = 0 WHERE " + _one("job", "id"),)),
    Tampering(
        "jobs: it is another record's",
        "R",
        (
            "UPDATE job SET record_id = (SELECT max(id) FROM record WHERE id <> job.record_id) WHERE "
            + _one("job", "id"),
        ),
    ),
    Tampering("jobs: it is another holder's", "R", ("UPDATE job SET holder = 'nobody' WHERE " + _one("job", "id"),)),
    Tampering(
        "jobs: one is invented",
        "R",
        (copied("job", id="substr(id, 2) || 'x'", state="'queued'", held_because="NULL", holder="'nobody'"),),
    ),
    Tampering("jobs: all are taken out", "R", ("DELETE FROM job",)),
    Tampering(
        "attempts: a spoiled one was good",
        "R",
        ("UPDATE attempt SET state = 'printed', cause = NULL WHERE state = 'spoiled'",),
    ),
    Tampering("attempts: another person printed it", "R", ("UPDATE attempt SET operator = 'ratna'",)),
    Tampering(
        "attempts: another printer printed it", "R", ("UPDATE attempt SET printer = 'p2' WHERE state = 'printed'",)
    ),
    Tampering("attempts: another picture was printed", "R", ("UPDATE attempt SET artwork = 'B'",)),
    Tampering("attempts: the evidence says more", "R", ('UPDATE attempt SET evidence = \'[{"engine": "done"}]\'',)),
    Tampering(
        "attempts: the card was checked by another",
        "R",
        ("UPDATE attempt SET checked_by = 'siti' WHERE checked_by = 'budi'",),
    ),
    Tampering(
        "attempts: one is invented", "R", (copied("attempt", id="substr(id, 2) || 'x'", number="9", serial="'K00199'"),)
    ),
    Tampering("attempts: all are taken out", "R", ("DELETE FROM attempt",)),
    Tampering("records: another status", "R", ("UPDATE record SET remote_status = 'x' WHERE " + _one("record", "id"),)),
    Tampering(
        "records: its digest is another's", "R", ("UPDATE record SET digest = 'x' WHERE " + _one("record", "id"),)
    ),
    Tampering(
        "records: another answered for its warnings",
        "R",
        ("UPDATE record SET acknowledged_by = 'ratna' WHERE " + _one("record", "id"),),
    ),
    Tampering("printers: one that is paused works", "R", ("UPDATE printer SET paused = NOT paused WHERE name = 'p1'",)),
    Tampering(
        "printers: another machine has its name",
        "R",
        ("UPDATE printer SET serial_number = 'S9', uri = 'tcp://192.0.2.9:9' WHERE name = 'p1'",),
    ),
    Tampering(
        "test prints: another settled it", "R", ("UPDATE test_print SET settled_by = 'ratna', settled_with = 'budi'",)
    ),
)

_PEOPLE = (
    Tampering(
        "roles: an operator is made a supervisor", "R", ("UPDATE operator SET role = 'supervisor' WHERE name = 'siti'",)
    ),
    Tampering(
        "roles: a supervisor is made an operator", "R", ("UPDATE operator SET role = 'operator' WHERE name = 'ratna'",)
    ),
    Tampering("roles: a role that there is not", "R", ("UPDATE operator SET role = 'owner' WHERE name = 'ratna'",)),
    Tampering("people: a retired one works again", "R", ("UPDATE operator SET active = true WHERE name = 'cici'",)),
    Tampering("people: one who works is retired", "R", ("UPDATE operator SET active = false WHERE name = 'budi'",)),
    Tampering(
        "people: another legal name", "R", ("UPDATE operator SET legal_name = 'Lain Contoh' WHERE name = 'budi'",)
    ),
    Tampering(
        "people: an official's number is invented",
        "R",
        ("UPDATE operator SET nip = '198001012005011001' WHERE name = 'budi'",),
    ),
    Tampering(
        "people: the public key of another",
        "R",
        ("UPDATE operator SET key = (SELECT key FROM operator WHERE name = 'siti') WHERE name = 'budi'",),
    ),
    Tampering("people: one is invented", "R", (copied("operator", name="'mallory'"),)),
    Tampering("people: one is taken out", "R", ("DELETE FROM operator WHERE name = 'cici'",)),
    Tampering(
        "secrets of people: the digest of a sealed key",
        "R",
        ("UPDATE operator SET sealed = " + FORGED + " WHERE name = 'budi'",),
    ),
    Tampering(
        "secrets of people: another's sealed key",
        "R",
        (
            (
                "UPDATE operator_secret SET sealed_key = (SELECT sealed_key FROM operator_secret WHERE name = 'siti') "
                "WHERE name = 'budi'"
            ),
        ),
    ),
    Tampering(
        "secrets of people: a sealed key is no key",
        "R",
        ("UPDATE operator_secret SET sealed_key = '{}' WHERE name = 'budi'",),
    ),
    Tampering("secrets of people: all are taken out", "R", ("DELETE FROM operator_secret",)),
    Tampering("secrets of people: one of nobody", "R", (copied("operator_secret", name="'mallory'"),)),
)

_SEALED = (
    Tampering(
        "ciphertexts: the data of a record",
        "R",
        ("UPDATE record_secret SET fields = fields || x'00' WHERE " + _one("record_secret", "record_id"),),
    ),
    Tampering(
        "ciphertexts: a record's key",
        "R",
        (
            "UPDATE record_secret SET wrapped_key = zeroblob(length(wrapped_key)) WHERE "
            + _one("record_secret", "record_id"),
        ),
    ),
    Tampering(
        "photos: another person's",
        "R",
        (
            "UPDATE record_secret SET photo = (SELECT photo FROM record_secret ORDER BY record_id DESC LIMIT 1) WHERE "
            + _one("record_secret", "record_id"),
        ),
    ),
    Tampering(
        "photos: none", "R", ("UPDATE record_secret SET photo = x'' WHERE " + _one("record_secret", "record_id"),)
    ),
    Tampering(
        "photos: the holder's signature is taken out",
        "R",
        ("UPDATE record_secret SET signature = NULL WHERE " + _one("record_secret", "record_id"),),
    ),
    Tampering(
        "ciphertexts: the tag by which a holder is found",
        "R",
        ("UPDATE record_secret SET tag = 'x' WHERE " + _one("record_secret", "record_id"),),
    ),
    Tampering(
        "ciphertexts: the salt of a pseudonym",
        "R",
        ("UPDATE record_secret SET salt = x'00' WHERE " + _one("record_secret", "record_id"),),
    ),
    Tampering(
        "ciphertexts: a record is taken out and said to be erased",
        "R",
        (
            "UPDATE seal SET erased_seq = 9 WHERE name = 'record:' || (SELECT min(record_id) FROM record_secret)",
            "DELETE FROM record_secret WHERE " + _one("record_secret", "record_id"),
        ),
    ),
    Tampering("ciphertexts: a record is invented", "R", (copied("record_secret", record_id="'nobody'"),)),
    Tampering("ciphertexts: every record is taken out", "R", ("DELETE FROM record_secret",)),
    Tampering("refused records: the files", "R", ("UPDATE quarantine SET files = x'00'",)),
    Tampering(
        "refused records: why it was refused",
        "R",
        ("UPDATE quarantine SET codes = 'photo_missing', message = 'It has no photo.'",),
    ),
    Tampering("refused records: when it was refused", "R", ("UPDATE quarantine SET received_at = " + DAY,)),
    Tampering("refused records: one is invented", "R", (copied("quarantine", id="'nobody'"),)),
    Tampering("refused records: all are taken out", "R", ("DELETE FROM quarantine",)),
    Tampering(
        "annexes: the names of witnesses", "R", ("UPDATE sealed SET fields = x'00' WHERE id LIKE 'witnesses:%'",)
    ),
    Tampering("annexes: a carrier's key", "R", ("UPDATE sealed SET wrapped_key = x'00' WHERE id LIKE 'transfer:%'",)),
    Tampering("annexes: one is invented", "R", (copied("sealed", id="'card:nobody'"),)),
    Tampering("annexes: all are taken out", "R", ("DELETE FROM sealed",)),
    Tampering(
        "annexes: one is taken out with its seal",
        "R",
        ("DELETE FROM sealed WHERE id LIKE 'suket:%'", "DELETE FROM seal WHERE name LIKE 'suket:%'"),
    ),
)

_LOG = (
    Tampering(
        "entries: the name in one",
        "VDR",
        ("UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'siti', 'budi') AS BLOB) WHERE seq = 16",),
    ),
    Tampering(
        "entries: the serials in one",
        "VDR",
        (
            (
                "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'K00120', 'K00123') AS BLOB) "
                "WHERE seq > 50 AND CAST(body AS TEXT) LIKE '%K00120%'"
            ),
        ),
    ),
    Tampering(
        "entries: the time of one",
        "VDR",
        ('UPDATE entry SET body = CAST(\'{"at":"2026-01-\' || substr(CAST(body AS TEXT), 16) AS BLOB) WHERE seq = 16',),
    ),
    Tampering("entries: one is no JSON", "VDR", ("UPDATE entry SET body = x'00' WHERE seq = 16",)),
    Tampering(
        "entries: the first one",
        "SVR",
        ("UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'Wayan', 'Rudi') AS BLOB) WHERE seq = 0",),
    ),
    Tampering(
        "entries: blanks are issued to a shift before it opens",
        "VDR",
        (
            "UPDATE entry SET seq = -1 WHERE seq = 17",
            "UPDATE entry SET seq = 17 WHERE seq = 18",
            "UPDATE entry SET seq = 18 WHERE seq = -1",
        ),
    ),
    Tampering(
        "entries: two that have nothing to do with each other are exchanged",
        "VD",
        (
            "UPDATE entry SET seq = -1 WHERE seq = 16",
            "UPDATE entry SET seq = 16 WHERE seq = 17",
            "UPDATE entry SET seq = 17 WHERE seq = -1",
        ),
    ),
    Tampering("entries: one is taken out", "VDR", ("DELETE FROM entry WHERE seq = 16",)),
    Tampering(
        "entries: the last one is taken out", "SVR", ("DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)",)
    ),
    Tampering("entries: one more is there", "SVR", (copied("entry", seq="(SELECT max(seq) + 1 FROM entry)"),)),
    Tampering("entries: all are taken out", "SVR", ("DELETE FROM entry",)),
    Tampering("hashes: of one entry", "VD", ("UPDATE entry SET leaf_hash = zeroblob(32) WHERE seq = 16",)),
    Tampering("hashes: of one entry, cut", "VD", ("UPDATE entry SET leaf_hash = x'00' WHERE seq = 16",)),
    Tampering("nodes: one of the lowest", "V", ("UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND idx = 3",)),
    Tampering(
        "nodes: one that the last signature needs",
        "SV",
        ("UPDATE node SET hash = zeroblob(32) WHERE level = 6 AND idx = 0",),
    ),
    Tampering(
        "nodes: two are exchanged",
        "V",
        (
            "UPDATE node SET idx = -1 WHERE level = 1 AND idx = 3",
            "UPDATE node SET idx = 3 WHERE level = 1 AND idx = 4",
            "UPDATE node SET idx = 4 WHERE level = 1 AND idx = -1",
        ),
    ),
    Tampering("nodes: one is taken out", "V", ("DELETE FROM node WHERE level = 1 AND idx = 3",)),
    Tampering("nodes: all are taken out", "SV", ("DELETE FROM node",)),
    Tampering("nodes: one is invented", "V", (copied("node", level="9", idx="9"),)),
    Tampering("frontier: another size", "SVR", ("UPDATE log_state SET size = size - 1",)),
    Tampering("frontier: another hash", "SV", ("UPDATE log_state SET frontier = zeroblob(length(frontier))",)),
    Tampering("frontier: a hash less", "SVR", ("UPDATE log_state SET frontier = substr(frontier, 1, 32)",)),
    Tampering("frontier: it is taken out", "SVR", ("DELETE FROM log_state",)),
    Tampering(
        "checkpoints: the root of the last",
        "SV",
        ("UPDATE checkpoint SET root = zeroblob(32) WHERE size = (SELECT max(size) FROM checkpoint)",),
    ),
    Tampering(
        "checkpoints: the root of an early one",
        "V",
        ("UPDATE checkpoint SET root = zeroblob(32) WHERE size = (SELECT min(size) FROM checkpoint)",),
    ),
    Tampering(
        "checkpoints: another size",
        "SV",
        ("UPDATE checkpoint SET size = size + 1 WHERE size = (SELECT max(size) FROM checkpoint)",),
    ),
    Tampering(
        "checkpoints: the last is taken out",
        "SV",
        (
            "DELETE FROM checkpoint_note WHERE size = (SELECT max(size) FROM checkpoint)",
            "DELETE FROM checkpoint WHERE size = (SELECT max(size) FROM checkpoint)",
        ),
    ),
    Tampering("checkpoints: all are taken out", "SV", ("DELETE FROM checkpoint_note", "DELETE FROM checkpoint")),
    Tampering("checkpoints: one beyond the end", "SV", (copied("checkpoint", size="999"),)),
    Tampering(
        "notes: the last is cut",
        "SV",
        ("UPDATE checkpoint_note SET note = substr(note, 1, 90) WHERE size = (SELECT max(size) FROM checkpoint)",),
    ),
    Tampering(
        "notes: an early one stands for the last",
        "SV",
        (
            (
                "UPDATE checkpoint_note SET note = (SELECT note FROM checkpoint_note ORDER BY size LIMIT 1) "
                "WHERE size = (SELECT max(size) FROM checkpoint)"
            ),
        ),
    ),
    Tampering(
        "notes: an early one is cut",
        "V",
        ("UPDATE checkpoint_note SET note = substr(note, 1, 90) WHERE size = (SELECT min(size) FROM checkpoint)",),
    ),
    Tampering(
        "notes: the last is taken out",
        "SV",
        ("DELETE FROM checkpoint_note WHERE size = (SELECT max(size) FROM checkpoint)",),
    ),
    Tampering("generations: the old key is a stranger's", "SVR", ("UPDATE generation SET log_key = next_key",)),
    Tampering("generations: the next key is a stranger's", "SVR", ("UPDATE generation SET next_key = log_key",)),
    Tampering(
        "generations: the log had another name", "SVR", ("UPDATE generation SET origin = 'other.example/blanks/1'",)
    ),
    Tampering("restores: the root of the backup", "S", ("UPDATE restored SET root = zeroblob(32)",)),
    Tampering("restores: another size", "S", ("UPDATE restored SET size = size - 1",)),
    Tampering("restores: one is invented", "S", (copied("restored", size="3", root="zeroblob(32)"),)),
    Tampering("cosignatures: the line of one", "V", ("UPDATE cosignature SET line = zeroblob(120)",)),
    Tampering(
        "cosignatures: of another size", "V", ("UPDATE cosignature SET size = (SELECT min(size) FROM checkpoint)",)
    ),
    Tampering("cosignatures: one is invented", "V", (copied("cosignature", time="time + 1"),)),
    Tampering("contradictions: a note of nobody's key", "V", ("UPDATE contradiction SET note = zeroblob(90)",)),
    Tampering("contradictions: one is invented", "V", (copied("contradiction", size="size + 1", note="zeroblob(9)"),)),
    Tampering("the shop: its log has another name", "R", ("UPDATE shop SET origin = 'other.example/blanks/1'",)),
    Tampering("the shop: it is taken out", "R", ("DELETE FROM shop",)),
    Tampering("the shop: there are two", "R", (copied("shop", id="2"),)),
)

TAMPERINGS = (*_of_every_table(), *_BLANKS, *_CARDS, *_PEOPLE, *_SEALED, *_LOG)
"""All that change rows."""
