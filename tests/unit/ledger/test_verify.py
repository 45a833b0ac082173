"""The verifier finds every alteration of a log and says where, as closely as the remaining hashes allow."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printd.ledger import checkpoint as heads
from printd.ledger.entry import Entry
from printd.ledger.merkle import Frontier, leaf_hash, node_hash
from printd.ledger.notes import NoteMalformedError, Signer
from printd.ledger.signatures import SigningKey, message, write_signature
from printd.ledger.verify import Report, verify_log

ORIGIN = "printd.example/site-a/blanks"
SIGNER = Signer(ORIGIN, bytes(range(32)))
STRANGER = Signer(ORIGIN, bytes(32))
MARIA = SigningKey(bytes(range(32, 64)))


def signed(entry: Entry) -> bytes:
    """Return the bytes of an entry that Maria signed."""
    signature = write_signature(MARIA.sign(message(ORIGIN, entry.unsigned())))
    return replace(entry, signatures=(signature,)).body()


@cache
def body_of(seq: int, note: str = "") -> bytes:
    data = {"serial": f"KPG{seq:06d}", "n": note}
    return signed(Entry(seq, "2026-11-23T09:15:02Z", "blank.moved", ("maria",), data))


@dataclass
class Log:
    """A log as a database holds it, to be tampered with."""

    rows: list[tuple[int, bytes, bytes]] = field(default_factory=list)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)
    heads: list[tuple[int, bytes, bytes | None]] = field(default_factory=list)
    frontier: Frontier = field(default_factory=Frontier)

    @classmethod
    def of(cls, size: int, every: int = 8, leaves_in_nodes: bool = False) -> "Log":
        log = cls()
        for seq in range(size):
            body = body_of(seq)
            log.rows.append((seq, body, leaf_hash(body)))
            log.frontier, known = log.frontier.append(leaf_hash(body))
            log.nodes |= {(n.level, n.index): n.hash for n in known if n.level or leaves_in_nodes}
            if log.frontier.size % every == 0:
                log.sign()
        return log

    def sign(self, signer: Signer = SIGNER) -> None:
        size, root = self.frontier.size, self.frontier.root()
        self.heads.append((size, root, heads.sign(heads.Checkpoint(ORIGIN, size, root), signer)))

    def alter_consistently(self, seq: int, up_to_level: int) -> None:
        """Rewrite an entry, its leaf hash and the stored nodes over it up to a level."""
        body = body_of(seq, "altered")
        self.rows[seq] = (seq, body, leaf_hash(body))
        current = leaf_hash(body)
        if (0, seq) in self.nodes:
            self.nodes[0, seq] = current
        for level in range(1, up_to_level + 1):
            index = seq >> level
            if (level, index) not in self.nodes:
                return
            sibling = (seq >> (level - 1)) ^ 1
            other = self.rows[sibling][2] if level == 1 else self.nodes[level - 1, sibling]
            current = node_hash(other, current) if sibling & 1 == 0 else node_hash(current, other)
            self.nodes[level, index] = current

    def verify(self, **changes: Any) -> Report:
        options: dict[str, Any] = {"nodes": self.nodes, "frontier": (self.frontier.size, self.frontier.hashes)}
        options |= {"origin": ORIGIN, "vkey": SIGNER.vkey} | changes
        return verify_log(iter(self.rows), options.pop("nodes"), iter(self.heads), **options)


def flip(data: bytes, position: int, bit: int = 0) -> bytes:
    return data[:position] + bytes([data[position] ^ 1 << bit]) + data[position + 1 :]


def kinds(report: Report) -> set[str]:
    return {problem.kind for problem in report.problems}


def seqs(report: Report) -> set[int | None]:
    return {problem.seq for problem in report.problems}


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 8, 9, 31, 64, 300])
@pytest.mark.parametrize("leaves_in_nodes", [False, True])
def test_a_sound_log_is_found_sound(size: int, leaves_in_nodes: bool) -> None:
    log = Log.of(size, leaves_in_nodes=leaves_in_nodes)
    report = log.verify()
    assert kinds(report) == (set() if size >= 8 else {"unsigned"}), "what nobody signed is not proved"
    assert report.good == (size >= 8)
    assert (report.size, report.root) == (size, log.frontier.root())
    assert (report.tail, report.tail_at is None) == (size % 8, size % 8 == 0)
    assert report.checkpoints_verified == size // 8
    assert report.signed_size == size // 8 * 8


def test_a_checkpoint_of_the_empty_log_counts() -> None:
    log = Log()
    log.sign()
    assert log.verify().checkpoints_verified == 1


def test_nodes_may_come_from_a_function() -> None:
    log = Log.of(37)
    assert log.verify(nodes=lambda level, index: log.nodes.get((level, index))).good
    del log.nodes[3, 2]
    assert kinds(log.verify(nodes=lambda level, index: log.nodes.get((level, index)))) == {"node_missing"}


def test_progress_is_told() -> None:
    seen: list[int] = []
    Log.of(2050, every=5000).verify(progress=seen.append)
    assert seen == [1024, 2048, 2050]


def test_a_wrong_key_is_the_callers_error() -> None:
    with pytest.raises(NoteMalformedError):
        verify_log([], None, [], origin=ORIGIN, vkey="nonsense")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_flipped_bit_of_an_entry_is_found_and_the_entry_is_named(data: st.DataObject) -> None:
    log = Log.of(data.draw(st.integers(1, 40)), every=data.draw(st.sampled_from([4, 8, 1000])))
    seq = data.draw(st.integers(0, len(log.rows) - 1))
    _, body, stored = log.rows[seq]
    log.rows[seq] = (seq, flip(body, data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(0, 7))), stored)
    variants: list[dict[str, Any]] = [{}, {"nodes": None}, {"nodes": None, "frontier": None}, {"check_form": False}]
    for options in variants:
        report = log.verify(**options)
        named = [p for p in report.problems if p.kind == "entry_altered"]
        assert [p.seq for p in named] == [seq]
        assert named[0].message.startswith(f"entry {seq} is not what was logged: ")
        assert {p.seq for p in report.problems if p.kind != "unsigned"} == {seq}, "nothing else is accused"
        assert ("unsigned" in kinds(report)) == (report.checkpoints_verified == 0)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_flipped_bit_elsewhere_is_found(data: st.DataObject) -> None:
    log = Log.of(data.draw(st.integers(8, 40)), leaves_in_nodes=data.draw(st.booleans()))
    bit = data.draw(st.integers(0, 7))
    target = data.draw(st.sampled_from(["leaf", "node", "frontier", "root", "note", "size", "seq"]))
    frontier = (log.frontier.size, log.frontier.hashes)
    at = data.draw(st.integers(0, 31))
    if target in ("leaf", "seq"):
        place = data.draw(st.integers(0, len(log.rows) - 1))
        seq, body, stored = log.rows[place]
        log.rows[place] = (seq, body, flip(stored, at, bit)) if target == "leaf" else (seq ^ 1 << bit, body, stored)
    elif target == "node":
        key = data.draw(st.sampled_from(sorted(log.nodes)))
        log.nodes[key] = flip(log.nodes[key], at, bit)
    elif target == "frontier":
        place = data.draw(st.integers(0, len(frontier[1]) - 1))
        hashes = list(frontier[1])
        hashes[place] = flip(hashes[place], at, bit)
        frontier = (frontier[0], tuple(hashes))
    else:
        place = data.draw(st.integers(0, len(log.heads) - 1))
        size, root, note = log.heads[place]
        assert note is not None
        if target == "root":
            root = flip(root, at, bit)
        elif target == "note":
            note = flip(note, data.draw(st.integers(0, len(note) - 1)), bit)
        else:
            size ^= 1 << bit
        log.heads[place] = (size, root, note)
    assert log.verify(frontier=frontier).problems


@pytest.mark.parametrize("seq", [0, 1, 12, 16, 29])
def test_an_altered_stored_leaf_hash_is_told_from_an_altered_entry(seq: int) -> None:
    log = Log.of(30)
    log.rows[seq] = (seq, log.rows[seq][1], flip(log.rows[seq][2], 5))
    report = log.verify()
    assert [(p.kind, p.seq) for p in report.problems] == [("leaf_hash_altered", seq)]
    assert "the entry itself is what was logged" in report.problems[0].message


def test_an_altered_node_is_told_from_altered_entries() -> None:
    log = Log.of(32)
    log.nodes[2, 3] = bytes(32)
    report = log.verify()
    assert [(p.kind, p.seq) for p in report.problems] == [("node_altered", None)]
    assert "entries 12 to 15" in report.problems[0].message


def test_an_entry_rewritten_with_its_leaf_hash_is_narrowed_to_the_pair_below_a_node() -> None:
    log = Log.of(32)
    log.alter_consistently(17, 0)
    report = log.verify()
    assert kinds(report) == {"entries_altered"}
    assert "entries 16 to 17 " in report.problems[0].message
    assert report.checkpoints_verified == 4, "the signed roots agree with the stored node"


def test_stored_leaf_nodes_pin_it_down() -> None:
    log = Log.of(32, leaves_in_nodes=True)
    log.alter_consistently(17, 0)
    log.nodes[0, 17] = leaf_hash(body_of(17))
    report = log.verify()
    assert [(p.kind, p.seq) for p in report.problems] == [("entry_altered", 17)]


@pytest.mark.parametrize(("level", "span"), [(1, "16 to 19"), (2, "16 to 23"), (3, "16 to 31")])
def test_nodes_rewritten_up_to_a_level_give_the_range_below_the_next(level: int, span: str) -> None:
    log = Log.of(64, every=64)
    log.alter_consistently(17, level)
    report = log.verify()
    assert f"entries {span} " in report.problems[0].message


def test_everything_unsigned_rewritten_is_found_by_the_signed_roots() -> None:
    log = Log.of(40)
    log.alter_consistently(17, 6)
    frontier = Frontier()
    for _, _, stored in log.rows:
        frontier, _ = frontier.append(stored)
    report = log.verify(frontier=(frontier.size, frontier.hashes))
    assert kinds(report) == {"checkpoint_root"}
    assert "checkpoint of size 24" in report.problems[0].message
    assert "entries 16 to 23 " in report.problems[0].message
    assert "2 later checkpoint(s)" in report.problems[1].message
    assert (report.checkpoints_verified, report.signed_size) == (2, 16)


def test_two_alterations_are_both_named() -> None:
    log = Log.of(40)
    for seq in (3, 38):
        log.rows[seq] = (seq, body_of(seq, "other"), log.rows[seq][2])
    assert [(p.kind, p.seq) for p in log.verify().problems] == [("entry_altered", 3), ("entry_altered", 38)]


def test_a_signed_root_clears_the_leaf_hashes_when_every_entry_was_altered() -> None:
    log = Log.of(16, every=16)
    log.rows = [(seq, body_of(seq, "other"), stored) for seq, _, stored in log.rows]
    report = log.verify(nodes=None, frontier=None)
    assert [(p.kind, p.seq) for p in report.problems] == [("entry_altered", seq) for seq in range(16)]
    assert all("the tree above holds another one" in p.message for p in report.problems)
    assert report.checkpoints_verified == 1


@pytest.mark.parametrize("seq", [0, 5, 7, 39])
def test_a_missing_entry_is_named(seq: int) -> None:
    log = Log.of(41)
    del log.rows[seq]
    report = log.verify()
    assert [(p.kind, p.seq) for p in report.problems if p.kind == "entry_gap"] == [("entry_gap", seq)]
    assert report.root is None or seq < 40


def test_missing_entries_at_the_end_are_found() -> None:
    log = Log.of(40)
    del log.rows[35:]
    report = log.verify()
    assert kinds(report) == {"checkpoint_beyond", "frontier"}
    assert "entries 35 to 39 are missing" in next(p.message for p in report.problems if p.kind == "checkpoint_beyond")


def test_the_nodes_stand_in_for_missing_entries_so_that_later_ones_are_still_checked() -> None:
    log = Log.of(64)
    del log.rows[4:8]
    log.rows[50] = (54, body_of(54, "other"), log.rows[50][2])
    report = log.verify()
    assert [(p.kind, p.seq) for p in report.problems[:1]] == [("entry_gap", None)]
    assert "entries 4 to 7 are missing" in report.problems[0].message
    assert ("entry_altered", 54) in [(p.kind, p.seq) for p in report.problems]


def test_an_absurd_gap_ends_the_walk() -> None:
    log = Log.of(8)
    log.rows.append((2**60, body_of(2**50), bytes(32)))
    report = log.verify()
    assert report.size == 8
    assert [p.seq for p in report.problems] == [None, 2**60]


def test_a_doubled_entry_is_named() -> None:
    log = Log.of(20)
    log.rows.insert(6, log.rows[5])
    assert [(p.kind, p.seq) for p in log.verify().problems] == [("entry_order", 5)]


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (body_of(7), "entry_seq", "entry 5 calls itself entry 7"),
        (b"", "entry_seq", "entry 5 is not in the form of a log entry: not JSON"),
        (body_of(5)[:-1] + b" }", "entry_seq", "canonical"),
        (body_of(5).replace(b'"data":{', b'"data":{ '), "entry_form", "canonical"),
        (body_of(5).replace(b'"serial"', b'"n":"","serial"'), "entry_form", "same member twice"),
        (body_of(5).replace(b'"kind":"blank.moved",', b""), "entry_form", "lacks the member kind"),
        (
            body_of(5).replace(b"maria", "mari\u00e9".encode()).replace(b'"n"', '"\u00e9"'.encode()),
            "entry_form",
            "ASCII",
        ),
        (body_of(5).replace(b'"n":""', b'"n":1.5'), "entry_form", "floating-point"),
        (body_of(5).replace(b'"n":""', b'"n":9007199254740993'), "entry_form", "2^53-1"),
        (body_of(5).replace(b'"n":""', b'"n":' + b"[" * 40 + b"]" * 40), "entry_form", "nested deeper"),
        (body_of(5).replace(b"blank.moved", b"Blank moved"), "entry_form", "dotted word"),
        (body_of(5).replace(b"2026-11", b"2026-13"), "entry_form", "time that exists"),
    ],
)
def test_a_logged_entry_of_wrong_form_is_named(body: bytes, kind: str, words: str) -> None:
    """Hashes and signatures are all good here: the writer itself logged something it should not have."""
    log = Log()
    for seq in range(9):
        content = body if seq == 5 else body_of(seq)
        log.rows.append((seq, content, leaf_hash(content)))
        log.frontier, known = log.frontier.append(leaf_hash(content))
        log.nodes |= {(n.level, n.index): n.hash for n in known if n.level}
    log.sign()
    report = log.verify()
    assert [(p.kind, p.seq) for p in report.problems] == [(kind, 5)]
    assert words in report.problems[0].message


def test_entries_that_are_json_only_together_are_refused() -> None:
    """Entries are parsed in batches; a batch must not hide how the bytes were cut."""
    opening = b'{"at":"2026-11-23T09:15:02Z","by":[],"data":{"x":[{"at":"","seq":%d,"v":2}'
    closing = b'{"at":"z"}]},"kind":"k","seq":%d,"v":2}'
    for bodies in (
        [opening % 0, closing % 1],
        [body_of(5) + b"," + body_of(0), opening % 1, closing % 2],
        [body_of(0) + b"," + body_of(0)],
    ):
        assert json.loads(b"[" + b",".join(bodies) + b"]"), "together they are JSON"
        rows = [(seq, body, leaf_hash(body)) for seq, body in enumerate(bodies)]
        report = verify_log(rows, None, [], origin=ORIGIN, vkey=SIGNER.vkey)
        assert [(p.kind, p.seq) for p in report.problems[:-1]] == [("entry_form", seq) for seq in range(len(bodies))]
        assert report.problems[-1].kind == "unsigned"


def test_checkpoints_inside_a_gap_are_still_compared() -> None:
    log = Log.of(64)
    del log.rows[4:14]
    report = log.verify()
    assert [p.kind for p in report.problems] == ["entry_gap"]
    assert report.checkpoints_verified == 8


def test_entries_beyond_ascii_are_fine() -> None:
    body = signed(Entry(0, "2026-11-23T09:15:02Z", "note", ("Ren\u00e9 \U0001f600",), {}))
    found = verify_log([(0, body, leaf_hash(body))], None, [], origin=ORIGIN, vkey=SIGNER.vkey)
    assert kinds(found) == {"unsigned"}


def test_checkpoint_without_signature() -> None:
    log = Log.of(16)
    log.heads[1] = (16, log.heads[1][1], None)
    report = log.verify()
    assert [p.kind for p in report.problems] == ["checkpoint_note"]
    assert (report.checkpoints_verified, report.signed_size) == (1, 8)


def test_checkpoint_of_a_strangers_key_or_another_log() -> None:
    log = Log.of(8, every=100)
    log.sign(STRANGER)
    assert [p.kind for p in log.verify().problems] == ["checkpoint_note", "unsigned"]
    report = verify_log(log.rows, None, log.heads, origin="other.example/blanks", vkey=STRANGER.vkey)
    assert "another log" in report.problems[0].message


def test_a_row_that_differs_from_its_signed_note() -> None:
    log = Log.of(16)
    log.heads[0] = (8, bytes(32), log.heads[0][2])
    report = log.verify()
    assert [p.kind for p in report.problems] == ["checkpoint_row"]
    assert report.checkpoints_verified == 2, "the signed root still is the root"
    log.heads[0] = (8, *log.heads[1][1:])
    assert "signed for size 16" in log.verify().problems[0].message


def test_checkpoints_out_of_order() -> None:
    log = Log.of(24)
    log.heads.insert(2, log.heads.pop(0))
    assert "checkpoint_order" in kinds(log.verify())


def test_a_second_root_for_one_size_is_found() -> None:
    log = Log.of(16)
    other = Log.of(8)
    other.alter_consistently(2, 3)
    frontier = Frontier()
    for _, _, stored in other.rows:
        frontier, _ = frontier.append(stored)
    note = heads.sign(heads.Checkpoint(ORIGIN, 8, frontier.root()), SIGNER)
    log.heads.insert(1, (8, frontier.root(), note))
    assert kinds(log.verify()) == {"checkpoint_root"}


def test_frontier_of_another_size() -> None:
    log = Log.of(17)
    assert kinds(log.verify(frontier=(16, Log.of(16).frontier.hashes))) == {"frontier"}
    assert kinds(log.verify(frontier=(17, log.frontier.hashes[:1]))) == {"frontier"}


def test_the_unsigned_last_entry_is_pinned_by_the_frontier() -> None:
    log = Log.of(17)
    log.alter_consistently(16, 0)
    report = log.verify()
    assert [(p.kind, p.seq) for p in report.problems] == [("frontier", 16)]


def test_a_signed_size_clears_the_entries_when_the_frontier_is_altered() -> None:
    log = Log.of(16)
    report = log.verify(frontier=(16, (bytes(32),)))
    assert [(p.kind, p.seq) for p in report.problems] == [("frontier", None)]
    assert report.problems[0].message.endswith("the state was altered")
    assert "one of them" not in report.problems[0].message


def test_a_wholly_ruined_log_gives_a_bounded_list() -> None:
    log = Log.of(3000, every=1000)
    log.rows = [(seq, body, bytes(32)) for seq, body, _ in log.rows]
    report = log.verify(nodes=None)
    assert len(report.problems) == 1001
    assert report.problems[-1].kind == "more"


def told(seq: int, kind: str, data: dict[str, Any], at: str = "2026-11-23T09:15:02Z") -> bytes:
    return Entry(seq, at, kind, (), data).body()


def grown(bodies: Iterable[bytes], signed: Iterable[int]) -> Log:
    """A log of these entries that is signed at these sizes."""
    log, sizes = Log(), set(signed)
    for seq, body in enumerate(bodies):
        log.rows.append((seq, body, leaf_hash(body)))
        log.frontier, known = log.frontier.append(leaf_hash(body))
        log.nodes |= {(n.level, n.index): n.hash for n in known if n.level}
        if log.frontier.size in sizes:
            log.sign()
    return log


def root_of(log: Log, size: int) -> bytes:
    end = Frontier()
    for _, _, leaf in log.rows[:size]:
        end, _ = end.append(leaf)
    return end.root()


@pytest.mark.parametrize("names", [("log_size", "log_root"), ("size", "root")])
@pytest.mark.parametrize(("size", "right"), [(9, True), (9, False), (5, True), (5, False), (12, False)])
def test_roots_that_acts_carry_are_compared(names: tuple[str, str], size: int, right: bool) -> None:
    """An act of the ninth entry tells the tree of its own moment, an earlier one, or one that was not there yet."""
    bodies = [body_of(seq) for seq in range(9)]
    root = root_of(grown(bodies, ()), min(size, 9)).hex() if right else "00" * 32
    act = told(9, "shift.closed", {"act": {"figures": [{names[0]: size, names[1]: root}]}})
    log = grown([*bodies, act, *map(body_of, range(10, 16))], [16])
    report = log.verify(root_at=lambda size: root_of(log, size))
    assert [(p.kind, p.seq) for p in report.problems] == ([] if right else [("told_root", 9)])
    if size == 5:
        assert kinds(log.verify()) == {"told_root"}, "what cannot be compared is not passed over"


@pytest.mark.parametrize(
    ("times", "found"),
    [
        (["09:15:02", "09:15:00", "09:14:58"], []),
        (["09:15:02", "09:14:59", "09:15:00"], [1]),
        (["09:15:02", "10:00:00", "09:15:00"], [2]),
    ],
)
def test_times_go_back_only_where_an_entry_says_so(times: list[str], found: list[int]) -> None:
    bodies = [told(seq, "a.b", {}, f"2026-11-23T{at}Z") for seq, at in enumerate(times)]
    report = grown(bodies, [3]).verify()
    assert [p.seq for p in report.problems if p.kind == "entry_time"] == found


@pytest.mark.parametrize("said", ["10:00:00", "10:00:01"])
def test_the_entry_that_says_so_must_say_it_rightly(said: str) -> None:
    before, after = "2026-11-23T10:00:00Z", "2026-11-23T09:00:00Z"
    back = told(1, "clock.went_back", {"from": f"2026-11-23T{said}Z", "to": after}, after)
    report = grown([told(0, "a.b", {}, before), back, told(2, "a.b", {}, after)], [3]).verify()
    assert [p.seq for p in report.problems] == ([] if said == "10:00:00" else [1])
    assert report.last_at == after


def ended(seq: int, old: Signer, new: Signer, known: int, missing: int) -> bytes:
    data = {
        "known": {"size": known, "root": "11" * 32},
        "missing": missing,
        "origin": old.name,
        "log_key": old.vkey,
        "next": {"origin": new.name, "log_key": new.vkey},
    }
    return told(seq, "log.rolled_back", data)


THIRD = Signer(f"{ORIGIN}-3", bytes(range(1, 33)))
SECOND = Signer(f"{ORIGIN}-2", bytes(range(2, 34)))


def signed_by(log: Log, *heads_: tuple[int, Signer]) -> Log:
    log.heads = [
        (size, root_of(log, size), heads.sign(heads.Checkpoint(signer.name, size, root_of(log, size)), signer))
        for size, signer in heads_
    ]
    return log


def three_generations() -> Log:
    bodies = [body_of(seq) for seq in range(12)]
    bodies[4] = ended(4, SIGNER, SECOND, 7, 3)
    bodies[8] = ended(8, SECOND, THIRD, 9, 1)
    return grown(bodies, ())


def test_keys_that_retired_are_believed_step_by_step() -> None:
    log = signed_by(three_generations(), (3, SIGNER), (6, SECOND), (12, THIRD))
    report = log.verify(origin=THIRD.name, vkey=THIRD.vkey)
    assert (report.problems, report.checkpoints_verified, report.signed_size) == ([], 3, 12)
    assert [one.kept for one in report.ended] == [4, 8]


@pytest.mark.parametrize(
    ("signed", "found"),
    [
        ([(3, SIGNER), (12, THIRD)], {"generation", "checkpoint_note"}),  # nobody of the second vouches for the first
        ([(3, SIGNER), (6, SIGNER), (12, THIRD)], {"generation", "checkpoint_note"}),
        ([(3, SIGNER), (6, SECOND), (7, THIRD), (12, THIRD)], {"checkpoint_note"}),  # of another one's time
        ([(3, SIGNER), (6, SECOND), (8, THIRD)], {"checkpoint_note", "generation"}),  # not below it
        ([(3, STRANGER), (6, SECOND), (12, THIRD)], {"checkpoint_note"}),
    ],
)
def test_a_key_is_believed_only_below_a_checkpoint_of_the_next_one(
    signed: list[tuple[int, Signer]], found: set[str]
) -> None:
    log = signed_by(three_generations(), *signed)
    report = log.verify(origin=THIRD.name, vkey=THIRD.vkey)
    assert kinds(report) == found
