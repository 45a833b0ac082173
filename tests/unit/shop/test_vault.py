"""The vault: what is sealed opens only as what it is, for whom it is, and whole."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printd.cli.remedies import sentence
from printd.errors import IntegrityError
from printd.shop.vault import Vault, seal, unseal

VAULT = Vault(b"r" * 32, b"p" * 32)


@given(st.binary(max_size=2000), st.text(max_size=40))
def test_what_was_sealed_comes_back_and_is_not_readable(data: bytes, what: str) -> None:
    key, wrapped = VAULT.new_key("one")
    sealed = seal(key, data, what)
    assert unseal(VAULT.unwrap(wrapped, "one"), sealed, what) == data
    assert len(data) < 8 or data not in sealed
    assert key not in wrapped


@given(st.data())
def test_every_altered_byte_is_noticed(data: st.DataObject) -> None:
    key, _ = VAULT.new_key("one")
    sealed = bytearray(seal(key, b"MARIA CONTOH", "fields:one"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(IntegrityError):
        unseal(key, bytes(sealed), "fields:one")


@pytest.mark.parametrize("length", range(40))
def test_every_cut_is_noticed(length: int) -> None:
    key, wrapped = VAULT.new_key("one")
    sealed = seal(key, b"MARIA CONTOH", "fields:one")
    with pytest.raises(IntegrityError):
        unseal(key, sealed[: min(length, len(sealed) - 1)], "fields:one")
    with pytest.raises(IntegrityError):
        VAULT.unwrap(wrapped[:length], "one")


@pytest.mark.parametrize("other", ["photo:one", "fields:two", "fields:on", ""])
def test_a_piece_does_not_open_as_another(other: str) -> None:
    key, _ = VAULT.new_key("one")
    with pytest.raises(IntegrityError) as refused:
        unseal(key, seal(key, b"MARIA CONTOH", "fields:one"), other)
    assert refused.value.why
    assert sentence(refused.value.remedy)


def test_a_wrapped_key_opens_for_its_owner_and_its_shop_only() -> None:
    _, wrapped = VAULT.new_key("one")
    with pytest.raises(IntegrityError):
        VAULT.unwrap(wrapped, "two")
    with pytest.raises(IntegrityError):
        Vault(b"x" * 32, b"p" * 32).unwrap(wrapped, "one")


def test_keys_and_seals_never_repeat() -> None:
    keys = [VAULT.new_key("one") for _ in range(50)]
    assert len({key for key, _ in keys}) == len({wrapped for _, wrapped in keys}) == 50
    assert len({seal(keys[0][0], b"same", "x") for _ in range(50)}) == 50


def test_pseudonyms_are_stable_keyed_and_of_one_domain() -> None:
    name = VAULT.pseudonym("holder", b"5371996506990001")
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", name)
    assert VAULT.pseudonym("holder", b"5371996506990001") == name
    assert VAULT.pseudonym("record", b"5371996506990001") != name
    assert VAULT.pseudonym("holder", b"5371996506990002") != name
    assert Vault(b"r" * 32, b"q" * 32).pseudonym("holder", b"5371996506990001") != name


def test_pseudonyms_do_not_depend_on_where_domain_and_value_meet() -> None:
    assert VAULT.pseudonym("ab", b"c") != VAULT.pseudonym("a", b"bc")
