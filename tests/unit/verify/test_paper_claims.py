"""Whatever stands in a code, its reader returns what it says or refuses it in its own words."""

from __future__ import annotations

import zlib
from contextlib import suppress

from hypothesis import example, given
from hypothesis import strategies as st

from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.notes import Signer
from printd.ledger.paper_code import PREFIX, Claim, encode_base45, pack
from printd_verify.given_paper import ClaimError, read_claim
from printd_verify.proofs import decode_base45

SIGNER = Signer("printd.example/tests/blanks", bytes(range(32)))
NOTE = sign(Checkpoint(SIGNER.verifier.name, 17, bytes(range(32))), SIGNER)
RIGHT = Claim("shift", "2026-11-30-1", 16, bytes(32), NOTE)


def packed(text: bytes) -> str:
    return PREFIX + encode_base45(zlib.compress(text, 9))


@given(st.binary(max_size=99))
@example(b"AB")
@example(b"ietf!")
def test_base45_is_read_back(content: bytes) -> None:
    assert decode_base45(encode_base45(content).encode()) == content


def test_base45_is_that_of_the_standard() -> None:
    """RFC 9285, sections 4.3 and 4.4."""
    assert encode_base45(b"AB") == "BB8"
    assert encode_base45(b"Hello!!") == "%69 VD92EX0"
    assert encode_base45(b"base-45") == "UJCLQE7W581"
    assert encode_base45(b"ietf!") == "QED8WEX0"


@given(
    st.sampled_from(["delivery", "shift", "stock-count"]),
    st.text(st.characters(codec="utf-8", exclude_characters="\n"), min_size=1, max_size=60),
    st.integers(0, 10**17),
    st.binary(min_size=32, max_size=32),
)
def test_what_the_shop_writes_is_read(paper: str, name: str, index: int, leaf: bytes) -> None:
    read = read_claim(pack(Claim(paper, name, index, leaf, NOTE)))
    assert (read.paper, read.name, read.index, read.leaf, read.note) == (paper, name, index, leaf, NOTE)


@given(st.integers(0, 400), st.integers(0, 40), st.sampled_from([b"", b"\n", b" ", b"0", b"\xff", b"=", b"\n\n", b"x"]))
def test_one_that_is_altered_says_what_stands_in_it_or_is_refused(at: int, length: int, new: bytes) -> None:
    text = RIGHT.text()
    text = text[:at] + new + text[at + length :]
    with suppress(ClaimError):
        read = read_claim(packed(text))
        assert Claim(read.paper, read.name, read.index, read.leaf, read.note).text() == text


@given(st.text("0129AXZ $%*+-./:", max_size=200) | st.text(max_size=50))
def test_any_text_is_refused(text: str) -> None:
    with suppress(ClaimError):
        read_claim(PREFIX + text)
        raise AssertionError(text)
