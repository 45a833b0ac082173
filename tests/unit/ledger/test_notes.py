"""Keys, signed notes and checkpoints: what is signed opens, and nothing else does."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printd.ledger.checkpoint import Checkpoint, CheckpointError, open_checkpoint, parse, sign
from printd.ledger.merkle import EMPTY_ROOT
from printd.ledger.notes import (
    NoteError,
    NoteMalformedError,
    NoteSignatureError,
    NoteUntrustedError,
    Signer,
    Verifier,
    open_note,
)

ORIGIN = "printd.example/site-a/blanks"
SIGNER = Signer(ORIGIN, bytes(range(32)))
ROOT = bytes(range(100, 132))


def test_a_generated_key_signs_and_comes_back_from_its_text() -> None:
    signer = Signer.generate("log.example")
    again = Signer.from_text(signer.to_text())
    assert again.vkey == signer.vkey
    assert again.sign("a\n") == signer.sign("a\n")
    verifier = Verifier.from_vkey(signer.vkey)
    assert open_note(signer.sign("a\n\nb\n"), [verifier]).text == "a\n\nb\n"
    assert open_note(signer.sign("a\n"), [verifier]).verified == (verifier.label,)
    assert Signer.generate("log.example").vkey != signer.vkey


def test_the_secret_is_not_shown() -> None:
    assert "seed" not in repr(SIGNER)
    assert bytes(range(32)).hex() not in repr(SIGNER)
    assert repr(bytes(range(32)))[2:-1] not in repr(SIGNER)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_flipped_bit_of_a_note_goes_unseen(data: st.DataObject) -> None:
    note = SIGNER.sign("printd.example\n17\nsome text\n")
    place, bit = data.draw(st.integers(0, len(note) - 1)), data.draw(st.integers(0, 7))
    changed = note[:place] + bytes([note[place] ^ 1 << bit]) + note[place + 1 :]
    with pytest.raises(NoteError):
        open_note(changed, [SIGNER.verifier])


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b", "x" * 256, "caf\u00e9", "a\n"])
def test_names_that_a_key_may_not_have(name: str) -> None:
    with pytest.raises(NoteMalformedError):
        Signer(name, bytes(32))


@pytest.mark.parametrize("text", ["no line feed", "", "tab\there\n", "return\r\n", "lone \ud800\n"])
def test_texts_that_a_note_cannot_carry(text: str) -> None:
    with pytest.raises(NoteMalformedError):
        SIGNER.sign(text)


def altered_vkeys() -> list[str]:
    name, key_id, key = SIGNER.vkey.split("+", 2)
    raw = base64.b64decode(key)
    return [
        f"{name}x+{key_id}+{key}",
        f"{name}+{key_id.upper()}+{key}",
        f"{name}+{key_id}+{key}=",
        f"{name}+{key_id}+{key}\n",
        f"{name}+00000000+{key}",
        f"{name}+{key_id}+{base64.b64encode(raw[:-1]).decode()}",
        f"{name}+{key_id}+{base64.b64encode(bytes([6]) + raw[1:]).decode()}",
        f"{name}+{key_id}",
        "",
        SIGNER.to_text(),
    ]


@pytest.mark.parametrize("vkey", altered_vkeys())
def test_altered_verifier_keys_are_refused(vkey: str) -> None:
    with pytest.raises(NoteMalformedError):
        Verifier.from_vkey(vkey)


def test_altered_signer_keys_are_refused_without_showing_them() -> None:
    text = SIGNER.to_text()
    for changed in (text[12:], text.replace("site-a", "site-b"), text + "\n", SIGNER.vkey, text[:-4]):
        with pytest.raises(NoteMalformedError) as refused:
            Signer.from_text(changed)
        assert text[-30:-8] not in str(refused.value)


def test_lines_of_strangers_are_ignored_but_do_not_count() -> None:
    note = SIGNER.sign("a\n")
    stranger = Signer("stranger.example", bytes(32))
    both = note + stranger.sign("a\n").split(b"\n\n")[1]
    assert open_note(both, [SIGNER.verifier]).verified == (SIGNER.verifier.label,)
    with pytest.raises(NoteUntrustedError):
        open_note(stranger.sign("a\n"), [SIGNER.verifier])
    with pytest.raises(NoteUntrustedError):
        open_note(Signer(ORIGIN, bytes(32)).sign("a\n"), [SIGNER.verifier])


def test_a_second_bad_line_of_a_known_key_refuses_the_note() -> None:
    good, other = SIGNER.sign("a\n"), SIGNER.sign("b\n").split(b"\n\n")[1]
    with pytest.raises(NoteSignatureError):
        open_note(good + other, [SIGNER.verifier])
    assert open_note(good + good.split(b"\n\n")[1], [SIGNER.verifier]).verified == (SIGNER.verifier.label,)


def test_caps() -> None:
    line = SIGNER.sign("a\n").split(b"\n\n")[1]
    assert open_note(b"a\n\n" + line * 100, [SIGNER.verifier]).text == "a\n"
    with pytest.raises(NoteMalformedError, match="100"):
        open_note(b"a\n\n" + line * 101, [SIGNER.verifier])
    with pytest.raises(NoteMalformedError, match="1000000"):
        open_note(SIGNER.sign("a" * 1_000_000 + "\n"), [SIGNER.verifier])


@pytest.mark.parametrize("name", ["", "a+b", "a\u3000b", "a\u0085b"])
def test_signature_lines_without_a_proper_name_spoil_the_note(name: str) -> None:
    line = f"\u2014 {name} {base64.b64encode(bytes(68)).decode()}\n".encode()
    with pytest.raises(NoteMalformedError):
        open_note(SIGNER.sign("a\n") + line, [SIGNER.verifier])


def test_two_keys_of_one_label_are_the_callers_error() -> None:
    mine = SIGNER.verifier
    other = Verifier(mine.name, mine.key_id, mine.algorithm, bytes(32))
    with pytest.raises(ValueError, match="two different keys"):
        open_note(SIGNER.sign("a\n"), [mine, other])


def test_a_checkpoint_comes_back() -> None:
    head = Checkpoint(ORIGIN, 17, ROOT)
    note = sign(head, SIGNER)
    assert open_checkpoint(note, ORIGIN, [SIGNER.verifier]) == head
    assert sign(head, SIGNER) == note, "signing again gives the same bytes"
    assert parse(head.text()) == head
    with pytest.raises(CheckpointError, match="another log"):
        open_checkpoint(note, "printd.example/site-b/blanks", [SIGNER.verifier])


def test_a_key_signs_only_for_its_own_log() -> None:
    with pytest.raises(CheckpointError, match="may not sign"):
        sign(Checkpoint("other.example", 17, ROOT), SIGNER)
    renamed = Signer("other.example", bytes(range(32)))
    note = renamed.sign(Checkpoint(ORIGIN, 17, ROOT).text())
    with pytest.raises(CheckpointError, match="no key of this log"):
        open_checkpoint(note, ORIGIN, [renamed.verifier])


@pytest.mark.parametrize(
    ("origin", "size", "root", "extensions"),
    [
        ("", 1, ROOT, ()),
        ("https://printd.example", 1, ROOT, ()),
        ("a b", 1, ROOT, ()),
        ("a+b", 1, ROOT, ()),
        (ORIGIN, -1, ROOT, ()),
        (ORIGIN, 2**63, ROOT, ()),
        (ORIGIN, 1, ROOT[:31], ()),
        (ORIGIN, 0, ROOT, ()),
        (ORIGIN, 1, ROOT, ("",)),
        (ORIGIN, 1, ROOT, ("a\nb",)),
    ],
)
def test_checkpoints_out_of_shape(origin: str, size: int, root: bytes, extensions: tuple[str, ...]) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint(origin, size, root, extensions)


def test_the_empty_log_has_a_checkpoint() -> None:
    assert parse(Checkpoint(ORIGIN, 0, EMPTY_ROOT).text()).size == 0


@pytest.mark.parametrize("size", ["01", "+1", "1 ", " 1", "1_0", "-1", "", "\u0661", "1\r", "9" * 19, "1" * 5000])
def test_sizes_that_are_not_plain_decimals(size: str) -> None:
    text = Checkpoint(ORIGIN, 1, ROOT).text()
    with pytest.raises(CheckpointError):
        parse(text.replace("\n1\n", f"\n{size}\n"))


def test_other_checkpoint_texts() -> None:
    text = Checkpoint(ORIGIN, 1, ROOT).text()
    for changed in (text[:-1], text + "\n", "\n" + text, text.replace("=\n", "\n"), text.replace("=\n", "\u00e9\n")):
        with pytest.raises(CheckpointError):
            parse(changed)
