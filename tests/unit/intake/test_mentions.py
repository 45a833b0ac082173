"""A NIK is found in bytes however it is written, and wherever the blocks of a file are cut."""

from __future__ import annotations

import json

import pytest

from printd.intake.mentions import mentions
from support.deliberate import line, notices

NIK = "5371995101900001"


@pytest.mark.parametrize(
    "content",
    [
        NIK.encode(),
        NIK.encode("utf-16-le"),
        NIK.encode("utf-16-be"),
        NIK.encode("utf-16"),
        b"5371 9951 0190 0001",
        b"53.71.99.510190.0001",
        json.dumps({"NIK": NIK}).replace("5", "\\u0035").encode(),
        b"\xff\xd8" + NIK.encode() + b"\xff\xd9",
    ],
)
@notices({"a NIK that is cut is not found": line(mentions, "text = tail + block", "text = block")})
def test_it_is_found_wherever_the_blocks_are_cut(content: bytes) -> None:
    whole = b"x" * 300 + content + b"y" * 300
    assert mentions([whole], NIK)
    for at in range(len(whole)):
        assert mentions([whole[:at], whole[at:]], NIK), at


def test_another_number_is_none() -> None:
    assert not mentions([NIK[:-1].encode(), b"2", NIK[1:].encode()], NIK)
    assert not mentions([], NIK)
