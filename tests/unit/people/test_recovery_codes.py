"""Recovery codes are random, come back however they are typed, and tell a slip from another code."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printd.people.recovery_codes import MistypedCodeError, new_code, read_code
from support.deliberate import line, notices

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE = "H0VP-XBBJ-KQW6-SN6K-E33W-MB3W-9HMZ"


def test_a_code_is_seven_groups_of_four_of_letters_that_are_not_mistaken() -> None:
    codes = {new_code() for _ in range(300)}
    assert len(codes) == 300
    for code in codes:
        assert re.fullmatch(f"[{LETTERS}]{{4}}(-[{LETTERS}]{{4}}){{6}}", code)
        assert read_code(code) == code.replace("-", "")
    for place in range(27):  # each letter is drawn anew: 300 codes show nearly all 32 at each place
        assert len({read_code(code)[place] for code in codes}) > 25


@given(st.integers(0, 2**135 - 1).filter(lambda value: value % 37 < 32), st.data())
def test_it_comes_back_however_it_is_typed(value: int, data: st.DataObject) -> None:
    code = "".join(LETTERS[value // 32**place % 32] for place in range(26, -1, -1)) + LETTERS[value % 37]
    spellings = {"0": "0Oo", "1": "1IiLl"}
    typed = "".join(data.draw(st.sampled_from(spellings.get(letter, letter + letter.lower()))) for letter in code)
    for place in sorted(data.draw(st.sets(st.integers(0, 28), max_size=12)), reverse=True):
        typed = typed[:place] + data.draw(st.sampled_from([" ", "-", "\t", "\u00a0", " - ", "\n"])) + typed[place:]
    assert read_code(typed) == code


@notices({"the check is not looked at": line(read_code, "if whole % 37 != values[-1]:", "if whole % 37 > 37:")})
def test_every_wrong_letter_and_every_exchange_of_neighbours_is_noticed() -> None:
    code = read_code(CODE)
    slips = [
        code[:place] + letter + code[place + 1 :]
        for place, letter in itertools.product(range(28), LETTERS)
        if letter != code[place]
    ]
    slips += [
        code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        for place in range(27)
        if code[place] != code[place + 1]
    ]
    for slip in slips:
        with pytest.raises(MistypedCodeError) as refused:
            read_code(slip)
        assert slip not in str(refused.value)


@pytest.mark.parametrize(
    "typed", ["", CODE[:-1], f"{CODE}0", CODE.replace("H", "U"), CODE.replace("H", "*"), "\ud800" * 28, "٣" * 28]
)  # fmt: skip
def test_what_is_no_code(typed: str) -> None:
    with pytest.raises(MistypedCodeError):
        read_code(typed)
