"""How somebody who acts proves it: their key opens by their own proof, and whatever is not one is refused alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest
from pydantic import SecretStr, ValidationError

from printd.desk import operators, proofs
from printd.desk.desk import Desk, proved, supervisor, two_people
from printd.desk.proofs import Logins, Person, owner_of, unproved
from printd.errors import Refused
from printd.ledger.signatures import SigningKey, verify
from printd.people import sealed_key
from printd.people.recovery_codes import new_code
from printd.people.sealed_key import Owner, SealedKey, seal
from printd.shop.shop import Shop
from printd.store import operators as store_operators
from printd.store.tables.operators import OperatorRow
from printd.words.roles import Role
from support.deliberate import line, notices
from support.people import FIRST, SECOND, enrol, key_of, passphrase_of, proof

SECRETS = ("passphrase", "session", "pin", "seed")


def row_of(desk: Desk, name: str) -> OperatorRow:
    with desk.shop.store.reading() as connection:
        row = store_operators.find_operator(connection, name)
    assert row is not None
    return row


def sealed_key_of(desk: Desk, name: str) -> str:
    with desk.shop.store.reading() as connection:
        stored = store_operators.sealed_key(connection, name)
    assert stored is not None
    return stored


def put_sealed_key(desk: Desk, name: str, sealed_key: str) -> None:
    """Write past the books, as whoever owns the database can."""
    with desk.shop.store.writing() as connection:
        store_operators.put_sealed_key(connection, name, sealed_key)


def refused(opens: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as refusal:
        opens()
    return refusal.value


def by_passphrase(shop: Shop, name: str, passphrase: str) -> SigningKey:
    """Open a key for somebody who has not guessed before."""
    return Logins().by_passphrase(shop, name, passphrase, "")


def by_recovery(shop: Shop, name: str, code: str) -> SigningKey:
    """Open a key for somebody who has not guessed before."""
    return Logins().by_recovery(shop, name, code, "")


def enrolled(desk: Desk, name: str = "siti", role: Role = Role.OPERATOR) -> str:
    """Have the first two enrol somebody; return their recovery code."""
    secret = SecretStr(passphrase_of(name))
    made = operators.enrol(desk, name, role, f"{name.title()} Contoh", secret, proof(FIRST), proof(SECOND))
    return made["recovery_code"]


def test_their_passphrase_opens_the_key_that_they_are_enrolled_with(desk: Desk) -> None:
    code = enrolled(desk)
    public = owner_of(row_of(desk, "siti")).public
    for key in (
        desk.logins.open(desk.shop, proof("siti")),
        by_passphrase(desk.shop, "siti", "siti-passphrase"),
        by_recovery(desk.shop, "siti", code),
        by_recovery(desk.shop, "siti", code.lower().replace("-", " ")),
    ):
        assert key.public == public
        assert verify(public, key.sign(b"what she signs"), b"what she signs")
    assert owner_of(row_of(desk, "siti")).origin == desk.shop.config.office.origin


def test_a_session_file_for_scripts_holds_the_key_itself(desk: Desk) -> None:
    enrolled(desk)
    enrol(desk, "budi")
    seeds = {name: by_passphrase(desk.shop, name, passphrase_of(name)).seed.hex() for name in ("siti", "budi")}
    opened = Logins().open(desk.shop, Person(name="siti", seed=SecretStr(seeds["siti"])))
    assert opened.public == owner_of(row_of(desk, "siti")).public
    for seed in ("", "siti-passphrase", seeds["budi"], seeds["siti"][:-2], seeds["siti"] + "00", "zz" * 32):
        wrong = Person(name="siti", seed=SecretStr(seed))
        refusal = refused(partial(Logins().open, desk.shop, wrong))
        assert str(refusal) == str(unproved("siti"))


def test_every_wrong_proof_is_refused_alike_and_no_secret_comes_back(desk: Desk) -> None:
    """Whoever tries names and passphrases learns neither who works here nor how near they came."""
    code = enrolled(desk)
    for name in ("budi", "gone"):
        enrol(desk, name)
    operators.retire(desk, "gone", proof(FIRST), proof(SECOND))
    tries: list[tuple[str, str | None]] = [
        ("siti", None),
        ("siti", ""),
        ("siti", "siti-passphrase "),
        ("siti", "Siti-passphrase"),
        ("siti", passphrase_of("budi")),
        ("siti", code),
        ("gone", passphrase_of("gone")),
        ("nobody", "nobody-passphrase"),
        ("nobody", None),
        ("Siti", passphrase_of("siti")),
        ("siti ", passphrase_of("siti")),
        ("", ""),
    ]
    for name, passphrase in tries:
        secret = None if passphrase is None else SecretStr(passphrase)
        asked = Person(name=name, passphrase=secret)
        refusal = refused(partial(Logins().open, desk.shop, asked))
        assert str(refusal) == str(unproved(name))
        assert refusal.remedy == unproved(name).remedy
        assert not passphrase or passphrase.strip() not in str(refusal).replace(name, "")
    for name, wrong in (("siti", new_code()), ("gone", code), ("nobody", code), ("budi", code)):
        refusal = refused(partial(by_recovery, desk.shop, name, wrong))
        assert str(refusal) == str(unproved(name))
        assert wrong not in str(refusal)


def test_whoever_gives_several_proofs_is_taken_by_their_passphrase(desk: Desk) -> None:
    enrolled(desk)
    seed = SecretStr(by_passphrase(desk.shop, "siti", "siti-passphrase").seed.hex())
    both = Person(name="siti", passphrase=SecretStr("wrong-passphrase"), seed=seed)
    assert str(refused(lambda: Logins().open(desk.shop, both))) == str(unproved("siti"))


def test_a_mistyped_code_is_said_to_be_one_whoever_is_named(desk: Desk) -> None:
    """It is no secret that was tried; that the name is somebody's is not told by it either."""
    code = enrolled(desk)
    last = "0" if code[-1] != "0" else "1"
    for mistyped in ("", "siti-passphrase", code[:-1], code[:-1] + last, code + "0"):
        told = {str(refused(partial(by_recovery, desk.shop, name, mistyped))) for name in ("siti", "nobody")}
        assert len(told) == 1
        assert "That is no recovery code." in told.pop()


FOREIGN = "The sealed key of siti is not the one that the log names."


def _of_a_stranger(desk: Desk) -> str:
    origin = desk.shop.config.office.origin
    sealed, _ = seal("siti", origin, SigningKey.new(), passphrase_of("siti"), desk.shop.key_cost, allow_cheap=True)
    return sealed.body().decode()


def _same_key_under_a_known_passphrase(desk: Desk) -> str:
    key = by_passphrase(desk.shop, "siti", passphrase_of("siti"))
    origin = desk.shop.config.office.origin
    sealed, _ = seal("siti", origin, key, passphrase_of("siti"), desk.shop.key_cost, allow_cheap=True)
    return sealed.body().decode()


def _one_letter_changed(desk: Desk) -> str:
    value = json.loads(sealed_key_of(desk, "siti"))
    value["passphrase"]["ciphertext"] = value["recovery"]["ciphertext"]
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


IN_ITS_PLACE: dict[str, Callable[[Desk], str]] = {
    "a stranger's": _of_a_stranger,
    "the same key sealed anew": _same_key_under_a_known_passphrase,
    "a colleague's": lambda desk: sealed_key_of(desk, FIRST),
    "with another ciphertext": _one_letter_changed,
    "spelled otherwise": lambda desk: sealed_key_of(desk, "siti").replace(",", ", "),
    "no JSON": lambda desk: sealed_key_of(desk, "siti")[:-1],
    "nothing": lambda desk: "",
}


@pytest.mark.parametrize("what", IN_ITS_PLACE)
def test_what_lies_in_the_place_of_a_sealed_key_opens_nothing_and_is_called_that(desk: Desk, what: str) -> None:
    """The database's owner can put anything there: the entry of the enrolment names what was sealed."""
    code = enrolled(desk)
    put_sealed_key(desk, "siti", IN_ITS_PLACE[what](desk))
    for opens in (
        lambda: by_passphrase(desk.shop, "siti", "siti-passphrase"),
        lambda: by_recovery(desk.shop, "siti", code),
        lambda: desk.logins.open(desk.shop, proof("siti")),
    ):
        refusal = refused(opens)
        assert refusal.what == FOREIGN
        assert "exchanged or altered" in refusal.why


def test_a_sealed_key_that_is_gone_opens_nothing_and_is_called_that(desk: Desk) -> None:
    enrolled(desk)
    with desk.shop.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM operator_secret WHERE name = 'siti'")
    assert refused(lambda: by_passphrase(desk.shop, "siti", "siti-passphrase")).what == FOREIGN


@notices({"whatever was sealed passes": line(proofs._sealed, "sealed.digest != row", "not sealed.digest and row")})
def test_an_older_sealed_key_with_the_passphrase_of_then_opens_nothing(desk: Desk) -> None:
    enrolled(desk)
    older = sealed_key_of(desk, "siti")
    operators.passwd(desk, "siti", SecretStr("siti-passphrase"), SecretStr("a newer passphrase"))
    put_sealed_key(desk, "siti", older)
    for passphrase in ("siti-passphrase", "a newer passphrase"):
        refusal = refused(partial(by_passphrase, desk.shop, "siti", passphrase))
        assert refusal.what == FOREIGN


@pytest.mark.parametrize("bound", [False, True])
def test_a_key_that_was_never_enrolled_opens_nothing_although_its_digest_is_altered_too(
    desk: Desk, bound: bool
) -> None:
    """He seals a key of his own, and writes its digest where hers stood.

    :param bound: he binds it to her public key, as nothing but forging does.
    """
    enrolled(desk)
    owner, cost, secret = owner_of(row_of(desk, "siti")), desk.shop.key_cost, b"siti-passphrase"
    mine = SigningKey.new()
    seals_for = owner if bound else Owner(owner.name, owner.origin, mine.public)
    copy = sealed_key._seal(seals_for, mine, "passphrase", secret, cost)
    forged = SealedKey(copy, sealed_key._seal(seals_for, mine, "recovery", secret, cost))
    put_sealed_key(desk, "siti", forged.body().decode())
    with desk.shop.store.writing() as connection:
        store_operators.set_operator(connection, "siti", sealed=forged.digest)
    refusal = refused(lambda: by_passphrase(desk.shop, "siti", "siti-passphrase"))
    assert refusal.what == FOREIGN if bound else str(refusal) == str(unproved("siti"))


@pytest.mark.parametrize("key", ["", "siti", "siti+00000000+AAAA"])
def test_a_public_key_in_the_tables_that_is_none_opens_nothing(desk: Desk, key: str) -> None:
    code = enrolled(desk)
    seed = SecretStr(by_passphrase(desk.shop, "siti", "siti-passphrase").seed.hex())
    with desk.shop.store.writing() as connection:
        store_operators.set_operator(connection, "siti", key=key)
    for opens in (
        lambda: by_passphrase(desk.shop, "siti", "siti-passphrase"),
        lambda: by_recovery(desk.shop, "siti", code),
        lambda: Logins().open(desk.shop, Person(name="siti", seed=seed)),
    ):
        assert refused(opens).what == FOREIGN


def test_no_secret_of_a_person_is_shown_or_taken_under_another_name() -> None:
    told = Person.model_validate({"name": "siti", **{secret: SecretStr(f"{secret}-of-hers") for secret in SECRETS}})
    for secret in SECRETS:
        assert f"{secret}-of-hers" not in f"{told!r} {told} {told.model_dump_json()}"
    for more in ("password", "role", "key"):
        with pytest.raises(ValidationError) as wrong:
            Person.model_validate({"name": "siti", more: "s3cret-word"})
        assert "s3cret-word" not in str(wrong.value)
    with pytest.raises(ValidationError) as wrong:
        Person.model_validate({"name": "siti", "passphrase": ["s3cret-word"]})
    assert "s3cret-word" not in str(wrong.value)


def test_two_people_are_two_and_both_prove_it(desk: Desk) -> None:
    for name in ("siti", "budi"):
        enrol(desk, name)
    assert two_people(desk, proof("siti"), proof("budi")) == ("siti", "budi")
    assert set(desk.keys) == {"siti", "budi"}
    once = refused(lambda: two_people(desk, proof("siti"), proof("siti")))
    assert once.what == "siti cannot sign twice."
    wrong = Person(name="budi", passphrase=SecretStr("siti-passphrase"))
    for first, second in ((proof("siti"), wrong), (wrong, proof("siti"))):
        refusal = refused(partial(two_people, desk, first, second))
        assert str(refusal) == str(unproved("budi"))


def test_a_supervisor_is_one_by_role_and_by_proof(desk: Desk) -> None:
    assert supervisor(desk, proof(FIRST)) == FIRST
    for role in set(Role) - {Role.SUPERVISOR}:
        enrol(desk, f"the-{role}", role)
        refusal = refused(partial(supervisor, desk, proof(f"the-{role}")))
        assert refusal.what == f"the-{role} is not a supervisor."
    nobody = Person(name=FIRST, passphrase=SecretStr("wrong-passphrase"))
    assert str(refused(lambda: supervisor(desk, nobody))) == str(unproved(FIRST))


def test_a_key_that_was_opened_for_one_act_is_not_there_for_the_next(desk: Desk) -> None:
    """An act has keys of its own: ``enrol`` is performed as an act, and its signers' keys stay with it."""
    enrol(desk, "siti")
    assert desk.keys == {}
    proved(desk, proof("siti"))
    assert desk.keys["siti"].public == owner_of(row_of(desk, "siti")).public != key_of("siti").public
