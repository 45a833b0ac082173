"""A private key sealed under a passphrase and a recovery code: who opens it, who does not, what is refused unread."""

from __future__ import annotations

import base64
import dataclasses
import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from printd.errors import Refused
from printd.ledger.signatures import SigningKey
from printd.people import passphrases, sealed_key, stretching
from printd.people.recovery_codes import MistypedCodeError, new_code
from printd.people.sealed_key import (
    ForeignKeyError,
    Owner,
    SealedKey,
    SealedKeyError,
    WrongSecretError,
    open_nothing,
    open_with_passphrase,
    open_with_recovery,
    seal,
)
from printd.people.stretching import CHEAP, RECOMMENDED, Cost, stretched
from support.deliberate import line, notices

ORIGIN = "printd.example/site-a/blanks"
KEY = SigningKey(bytes(range(32)))
OTHER = SigningKey(bytes(32))
WORDS = "kapur sirih dan pinang"
SITI = Owner("SITI", ORIGIN, KEY.public)


def sealed(
    name: str = "SITI", key: SigningKey = KEY, words: str = WORDS, cost: Cost = CHEAP, origin: str = ORIGIN
) -> tuple[SealedKey, str]:
    return seal(name, origin, key, words, cost, allow_cheap=True)


def read(body: bytes) -> SealedKey:
    return SealedKey.from_body(body, allow_cheap=True)


def opens(made: SealedKey, words: str) -> bool:
    try:
        return open_with_passphrase(made, SITI, words).public == KEY.public
    except WrongSecretError:
        return False


def spelled(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_both_secrets_open_it_at_the_cost_of_a_real_shop() -> None:
    made, code = seal("SITI", ORIGIN, KEY, WORDS)
    kept = SealedKey.from_body(made.body())
    assert kept == made
    assert kept.passphrase.cost == kept.recovery.cost == RECOMMENDED
    assert open_with_passphrase(kept, SITI, WORDS).sign(b"x") == KEY.sign(b"x")
    assert open_with_recovery(kept, SITI, code).sign(b"x") == KEY.sign(b"x")


def test_argon2id_gives_what_the_command_of_its_authors_gives() -> None:
    # echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32   (test.c of the reference implementation)
    expected = "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
    assert stretched(b"password", b"somesalt", Cost(2, 65536, 1)).hex() == expected


def test_another_secret_does_not_open_it() -> None:
    made, code = sealed()
    for wrong in ("", "kapur sirih dan pinan", WORDS.upper(), f"{WORDS} ", code, code.replace("-", ""), "\udcff" * 12):
        with pytest.raises(WrongSecretError):
            open_with_passphrase(made, SITI, wrong)
    with pytest.raises(WrongSecretError):
        open_with_recovery(made, SITI, sealed()[1])
    for mistyped in (WORDS, "", code[:-1], f"{code}0"):
        with pytest.raises(MistypedCodeError):
            open_with_recovery(made, SITI, mistyped)


@notices(
    {
        "copies are bound to nobody": line(sealed_key._bound, '"name": owner.name', '"name": ""'),
        "copies are bound to no log": line(sealed_key._bound, '"origin": owner.origin', '"origin": ""'),
        "either secret opens either copy": line(sealed_key._bound, '"opens": by', '"opens": ""'),
    }
)
def test_a_copy_opens_for_nobody_else_in_no_other_log_and_in_no_other_place() -> None:
    made, code = sealed()
    for owner in (Owner("BUDI", ORIGIN, KEY.public), Owner("SITI", f"{ORIGIN}-2", KEY.public)):
        with pytest.raises(WrongSecretError):
            open_with_passphrase(made, owner, WORDS)
        with pytest.raises(WrongSecretError):
            open_with_recovery(made, owner, code)
    recovery = code.replace("-", "")  # long enough for a passphrase
    exchanged = SealedKey(made.recovery, made.passphrase)
    with pytest.raises(WrongSecretError):
        open_with_passphrase(exchanged, SITI, recovery)


@notices({"any key passes": line(sealed_key._open, "if key.public != owner.public:", "if not key.public:")})
def test_a_key_that_was_not_enrolled_is_foreign_although_its_secret_is_right() -> None:
    """Whoever owns the database knows everything but the private key, and seals one of his own as if it were hers."""
    owner = Owner("SITI", ORIGIN, KEY.public)
    copy = sealed_key._seal(owner, OTHER, "passphrase", passphrases.as_bytes("kata sandi penyusup"), CHEAP)
    code = new_code()
    again = sealed_key._seal(owner, OTHER, "recovery", code.replace("-", "").encode(), CHEAP)
    forged = SealedKey(copy, again)
    with pytest.raises(ForeignKeyError):
        open_with_passphrase(forged, owner, "kata sandi penyusup")
    with pytest.raises(ForeignKeyError):
        open_with_recovery(forged, owner, code)


def test_his_own_sealed_key_in_her_row_opens_nothing() -> None:
    his, code = sealed(key=OTHER)
    with pytest.raises(WrongSecretError):
        open_with_passphrase(his, SITI, WORDS)
    with pytest.raises(WrongSecretError):
        open_with_recovery(his, SITI, code)


def test_sealing_again_ends_the_old_passphrase_and_the_old_code() -> None:
    (first, code), (again, new) = sealed(), sealed(words="empat puluh lima")
    assert code != new
    assert first.digest != again.digest
    assert open_with_passphrase(again, SITI, "empat puluh lima").public == KEY.public
    assert open_with_recovery(again, SITI, new).public == KEY.public
    with pytest.raises(WrongSecretError):
        open_with_passphrase(again, SITI, WORDS)
    with pytest.raises(WrongSecretError):
        open_with_recovery(again, SITI, code)


def test_nothing_is_sealed_twice_alike_and_nothing_is_shown() -> None:
    (first, code), (second, _) = sealed(), sealed()
    parts = {getattr(copy, part) for made in (first, second) for copy in (made.passphrase, made.recovery)
             for part in ("salt", "nonce", "ciphertext")}  # fmt: skip
    assert len(parts) == 12
    for shown in (repr(first), first.body().decode()):
        assert WORDS not in shown
        assert code not in shown
        assert KEY.seed.hex() not in shown
        assert base64.b64encode(KEY.seed).decode() not in shown


@pytest.mark.parametrize("words", ["", "sembilan.", "e\u0301" * 9, "\udcff" * 12])
def test_a_passphrase_that_is_too_short_or_no_text_is_refused(words: str) -> None:
    with pytest.raises(Refused, match="passphrase"):
        sealed(words=words)


@pytest.mark.parametrize("words", ["aaaaaaaaaa", "1234567890", "          ", "\N{GRINNING FACE}" * 10, "a\tb." * 999])
def test_there_is_no_other_rule(words: str) -> None:
    assert open_with_passphrase(sealed(words=words)[0], SITI, words).public == KEY.public


@notices(
    {"as it was typed": line(passphrases._composed, 'unicodedata.normalize("NFC", spaced)', "spaced")},
)
def test_however_a_keyboard_composes_it_it_is_the_same_passphrase() -> None:
    made, _ = sealed(words="caf\u00e9 di Kupang")
    for typed in ("cafe\u0301 di Kupang", "caf\u00e9\u00a0di\u3000Kupang"):
        assert opens(made, typed)
    assert not opens(made, "cafe di Kupang")


def test_a_cheap_cost_is_for_practice_alone() -> None:
    made, _ = sealed()
    with pytest.raises(SealedKeyError, match="below the recommended"):
        SealedKey.from_body(made.body())
    with pytest.raises(ValueError, match="below the recommended"):
        seal("SITI", ORIGIN, KEY, WORDS, CHEAP)
    for cost in (Cost(2, 65536, 4), Cost(3, 65535, 4)):
        assert cost.is_cheap
    for cost in (Cost(3, 65536, 1), Cost(4, 131072, 2)):
        assert not cost.is_cheap


NEVER = [
    (0, 64, 1), (17, 65536, 4), (3, 2**18 + 1, 4), (3, 2**40, 4),
    (3, 65536, 0), (3, 65536, 17), (3, 7, 1), (1, 31, 4),
]  # fmt: skip


@pytest.mark.parametrize("cost", NEVER)
def test_costs_that_are_never_asked_for(cost: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="Argon2"):
        Cost(*cost)
    value = json.loads(sealed()[0].body())
    value["recovery"].update(zip(("time_cost", "memory_kib", "parallelism"), cost, strict=True))
    with pytest.raises(SealedKeyError, match="Argon2"):
        read(spelled(value))


Change = Callable[[dict[str, Any]], object]
CHANGES: dict[str, Change] = {
    "another version": lambda value: value.update(v=2),
    "a version that is true": lambda value: value.update(v=True),
    "a member more": lambda value: value.update(name="SITI"),
    "a copy less": lambda value: value.pop("recovery"),
    "a copy that is a list": lambda value: value.update(recovery=[1]),
    "a copy that is nothing": lambda value: value.update(recovery=None),
    "a member of a copy more": lambda value: value["recovery"].update(more=1),
    "a member of a copy less": lambda value: value["recovery"].pop("salt"),
    "a cost that is text": lambda value: value["passphrase"].update(memory_kib="8"),
    "a cost that is true": lambda value: value["passphrase"].update(time_cost=True),
    "a salt that is a number": lambda value: value["passphrase"].update(salt=1),
    "a salt of another length": lambda value: value["passphrase"].update(salt="AAAA"),
    "a salt that is no base64": lambda value: value["passphrase"].update(salt="é!"),
    "a salt in base64url": lambda value: value["passphrase"].update(salt="-" * 22 + "=="),
    "a salt with stray bits": lambda value: value["passphrase"].update(salt="A" * 21 + "B=="),
    "a nonce of another length": lambda value: value["passphrase"].update(nonce="A" * 20),
    "a longer ciphertext": lambda value: value["recovery"].update(ciphertext="A" * 68),
    "no ciphertext": lambda value: value["recovery"].update(ciphertext=""),
}


@pytest.mark.parametrize("what", CHANGES)
def test_what_is_no_sealed_key_is_refused_unread(what: str) -> None:
    value = json.loads(sealed()[0].body())
    CHANGES[what](value)
    with pytest.raises(SealedKeyError):
        read(spelled(value))


@pytest.mark.parametrize(
    "change",
    [lambda body: body + b"\n", lambda body: body[:-1], lambda body: b"", lambda body: b"[]", lambda body: b"\xff",
     lambda body: body.replace(b'"v":1', b'"v":1.0'), lambda body: body.replace(b'"v":1', b'"v":1,"v":1'),
     lambda body: body.replace(b":", b": ", 1), lambda body: b"[" * 9999],
)  # fmt: skip
def test_there_is_one_spelling(change: Callable[[bytes], bytes]) -> None:
    with pytest.raises(SealedKeyError):
        read(change(sealed()[0].body()))


ALTERED, ALTERED_CODE = sealed()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_flipped_bit_opens_and_each_changes_the_digest(data: st.DataObject) -> None:
    body = ALTERED.body()
    place, bit = data.draw(st.integers(0, len(body) - 1)), data.draw(st.integers(0, 7))
    try:
        changed = read(body[:place] + bytes([body[place] ^ 1 << bit]) + body[place + 1 :])
    except SealedKeyError:
        return
    assert changed.digest != ALTERED.digest
    for copy, opening, secret in (
        ("passphrase", open_with_passphrase, WORDS),
        ("recovery", open_with_recovery, ALTERED_CODE),
    ):
        if getattr(changed, copy) == getattr(ALTERED, copy):
            assert opening(changed, SITI, secret).public == KEY.public
        else:
            with pytest.raises(WrongSecretError):
                opening(changed, SITI, secret)


def test_the_digest_is_of_the_stored_bytes() -> None:
    made, _ = sealed()
    assert read(made.body()).digest == made.digest
    assert len(made.digest) == 64
    copy = dataclasses.replace(made.recovery, nonce=bytes(12))
    assert dataclasses.replace(made, recovery=copy).digest != made.digest


def test_an_unknown_name_is_told_the_same() -> None:
    with pytest.raises(WrongSecretError) as nobody:
        open_nothing(WORDS, CHEAP)
    with pytest.raises(WrongSecretError) as somebody:
        open_with_passphrase(sealed()[0], SITI, "bukan itu kata sandinya")
    assert str(nobody.value) == str(somebody.value)


def test_no_more_than_two_calculate_at_once() -> None:
    made, done = sealed()[0], threading.Event()

    def third_opens() -> None:
        open_with_passphrase(made, SITI, WORDS)
        done.set()

    third = threading.Thread(target=third_opens)
    with stretching._slots, stretching._slots:
        third.start()
        assert not done.wait(0.3)
    assert done.wait(60)
    third.join(60)
    with stretching._slots, stretching._slots:
        assert not stretching._slots.acquire(blocking=False)
