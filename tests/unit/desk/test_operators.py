"""Acts on operators: who may enrol, promote, retire and renew whom; what a passphrase and a recovery code open."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr

from printd.books.replay import compare
from printd.desk import operators
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.proofs import Logins, Person, owner_of, unproved
from printd.errors import IntegrityError, Refused
from printd.events.operators import OperatorResealed, OperatorRetired, OperatorRoleSet
from printd.ledger.entry import Entry
from printd.ledger.signatures import SigningKey, message, read_signature, read_vkey, verify
from printd.projections import operators as projection
from printd.projections.kinds import PROJECTIONS
from printd.shop.shop import Shop
from printd.store import log
from printd.store import operators as store_operators
from printd.store.engine import dump
from printd.store.tables.operators import OperatorRow
from printd.words.roles import MACHINES, Role
from support import workday
from support.deliberate import line, notices
from support.people import FIRST, FIRST_TWO, SECOND, enrol, enrolment, passphrase_of, person, proof
from support.workday import entries

TWO = (proof(FIRST), proof(SECOND))


def row_of(desk: Desk, name: str) -> OperatorRow:
    with desk.shop.store.reading() as connection:
        row = store_operators.find_operator(connection, name)
    assert row is not None
    return row


def sealed_key_of(desk: Desk, name: str) -> str | None:
    with desk.shop.store.reading() as connection:
        return store_operators.sealed_key(connection, name)


def shown(desk: Desk, name: str) -> operators.OperatorShown:
    return next(one for one in operators.list_(desk) if one["name"] == name)


def by_passphrase(shop: Shop, name: str, passphrase: str) -> SigningKey:
    """Open a key for somebody who has not guessed before."""
    return Logins().by_passphrase(shop, name, passphrase, "")


def by_recovery(shop: Shop, name: str, code: str) -> SigningKey:
    """Open a key for somebody who has not guessed before."""
    return Logins().by_recovery(shop, name, code, "")


def refused(desk: Desk, act: Callable[[], object]) -> Refused:
    """Return the refusal of an act by which nothing changed, asked by somebody who has not guessed before."""
    desk.logins = Logins()
    return workday.refused(desk, act)


def resealed(desk: Desk, name: str, passphrase: str = "") -> Entry:
    """Let somebody sign something small, as an act is asked."""
    secret = SecretStr(passphrase or passphrase_of(name))
    desk.keys.clear()
    desk.keys[name] = Logins().open(desk.shop, Person(name=name, passphrase=secret))
    sealed = row_of(desk, name)["sealed"]
    return desk.enter(OperatorResealed(name=name, sealed=sealed), [name])


def signed_by(desk: Desk, entry: Entry, name: str, key: str) -> bool:
    """Tell whether an entry has this person's signature, made with this key."""
    text = message(desk.shop.config.office.origin, entry.unsigned())
    return verify(read_vkey(key)[1], read_signature(entry.signatures[entry.actors.index(name)]), text)


# Enrolment


def test_a_supervisor_a_second_person_and_the_new_one_sign_an_enrolment(desk: Desk) -> None:
    made = perform(
        desk, "operators.enrol", {**enrolment("siti"), "nip": "199001012020011001", "position": "Operator Siak"}
    )
    assert made.keys() == {"name", "recovery_code"}
    assert shown(desk, "siti") == {
        "name": "siti",
        "role": Role.OPERATOR,
        "active": True,
        "legal_name": "Siti Contoh",
        "nip": "199001012020011001",
        "position": "Operator Siak",
        "rank": "",
    }
    (entry,) = entries(desk, "operator.enrolled")
    assert entry.actors == (FIRST, SECOND, "siti")
    told = entry.data["person"]
    assert told["key"] == row_of(desk, "siti")["key"]
    for name in entry.actors:
        assert signed_by(desk, entry, name, row_of(desk, name)["key"])
    assert by_recovery(desk.shop, "siti", made["recovery_code"]).public == owner_of(row_of(desk, "siti")).public
    with desk.shop.store.reading() as connection:
        assert not compare(connection, PROJECTIONS).differences


def test_each_person_has_a_key_of_their_own_and_the_same_passphrase_gives_another(desk: Desk) -> None:
    for name in ("siti", "budi"):
        enrol(desk, name, passphrase="the same words")
    assert owner_of(row_of(desk, "siti")).public != owner_of(row_of(desk, "budi")).public
    assert sealed_key_of(desk, "siti") != sealed_key_of(desk, "budi")


@pytest.mark.parametrize("act", ["enrol", "renew", "set_role", "retire"])
@pytest.mark.parametrize("first", Role)
@pytest.mark.parametrize("second", Role)
def test_who_may_sign_what_is_about_somebody_else(desk: Desk, act: str, first: Role, second: Role) -> None:
    """One of the two is a supervisor, whichever; an auditor signs none of it."""
    for name, role in ((f"{first}-1", first), (f"{second}-2", second), ("other", Role.OPERATOR)):
        enrol(desk, name, role)
    about: dict[str, dict[str, Any]] = {
        "enrol": {**enrolment("newcomer")},
        "renew": {"name": "other", "passphrase": "long enough"},
        "set_role": {"name": "other", "role": "storekeeper"},
        "retire": {"name": "other"},
    }
    arguments = {**about[act], "by": person(f"{first}-1"), "second": person(f"{second}-2")}
    may = Role.SUPERVISOR in (first, second) and {first, second} <= MACHINES
    asked = partial(perform, desk, f"operators.{act}", arguments)
    if not may:
        refusal = refused(desk, asked)
        assert "is a supervisor" in refusal.what or "cannot sign this" in refusal.what
        return
    assert asked()["name"] == about[act]["name"]
    (*_, last) = entries(desk)
    assert last.kind.startswith("operator.")
    assert last.actors[:2] == (f"{first}-1", f"{second}-2")


@pytest.mark.parametrize("place", ["by", "second"])
@pytest.mark.parametrize("act", ["enrol", "renew", "set_role", "retire"])
def test_each_of_the_two_proves_it_and_they_are_two(desk: Desk, act: str, place: str) -> None:
    enrol(desk, "siti")
    about: dict[str, dict[str, Any]] = {
        "enrol": enrolment("budi"),
        "renew": {"name": "siti", "passphrase": "long enough", **FIRST_TWO},
        "set_role": {"name": "siti", "role": "auditor", **FIRST_TWO},
        "retire": {"name": "siti", **FIRST_TWO},
    }
    who = about[act][place]["name"]
    for wrong in ({"name": who, "passphrase": "wrong-passphrase"}, {"name": who}):
        refusal = refused(desk, partial(perform, desk, f"operators.{act}", {**about[act], place: wrong}))
        assert str(refusal) == str(unproved(who))
    other = person(SECOND if place == "by" else FIRST)
    twice = refused(desk, partial(perform, desk, f"operators.{act}", {**about[act], place: other}))
    assert "cannot sign twice" in twice.what


def test_a_login_name_says_little_and_is_plain(desk: Desk) -> None:
    for name in ("", "s", "Siti", "siti aminah", "siti\n", "1siti", "s" * 33, "sit\u0131", "=siti", "si+ti", "si/ti"):
        refusal = refused(desk, partial(perform, desk, "operators.enrol", enrolment(name)))
        assert "cannot be a login name" in refusal.what
    for name in ("a5371990101900001", "a5371.9901.0190.0001"):
        assert "16 digits" in str(refused(desk, partial(perform, desk, "operators.enrol", enrolment(name))))
    for name in ("s1", "siti.aminah-2_x", "s" * 32):
        assert perform(desk, "operators.enrol", enrolment(name))["name"] == name


WRONG_PAPERS: dict[str, dict[str, Any]] = {
    "no legal name": {"legal_name": " "},
    "a legal name that is too long": {"legal_name": "x" * 101},
    "a legal name with a line break hidden in it": {"legal_name": "Siti\x1b[2J"},
    "a NIK for a legal name": {"legal_name": "5371990101900001"},
    "a NIK for an office": {"position": "Seksi 5371.9901.0190.0001"},
    "a NIP of 17 digits": {"nip": "1" * 17},
    "a NIP of letters": {"nip": "x" * 18},
    "an unknown role": {"role": "king"},
    "no role": {"role": ""},
    "a short passphrase": {"passphrase": "123456789"},
    "no passphrase": {"passphrase": ""},
}


@pytest.mark.parametrize("what", WRONG_PAPERS)
def test_an_enrolment_that_says_what_cannot_be_is_refused_whole(desk: Desk, what: str) -> None:
    asked = {**enrolment("siti"), **WRONG_PAPERS[what]}
    refusal = refused(desk, partial(perform, desk, "operators.enrol", asked))
    assert sealed_key_of(desk, "siti") is None
    assert "5371990101900001" not in str(refusal)
    assert "5371.9901" not in str(refusal)


def test_a_name_is_never_used_again(desk: Desk) -> None:
    enrol(desk, "siti")
    key, sealed = row_of(desk, "siti")["key"], sealed_key_of(desk, "siti")
    asked = partial(perform, desk, "operators.enrol", enrolment("siti", passphrase="another passphrase"))
    assert "already" in refused(desk, asked).what
    operators.retire(desk, "siti", *TWO)
    assert "or was one" in refused(desk, asked).what
    assert (row_of(desk, "siti")["key"], sealed_key_of(desk, "siti")) == (key, sealed)


@pytest.mark.parametrize("place", ["by", "second"])
@pytest.mark.parametrize("act", ["enrol", "renew"])
def test_whoever_gets_a_key_is_none_of_the_two_others(desk: Desk, act: str, place: str) -> None:
    """One of two who sign cannot sign once more, with the new key, for a third."""
    enrol(desk, "siti", Role.SUPERVISOR)
    asked = enrolment("siti") if act == "enrol" else {"name": "siti", "passphrase": "long enough", **FIRST_TWO}
    refusal = refused(desk, partial(perform, desk, f"operators.{act}", {**asked, place: person("siti")}))
    assert refusal.what == "siti cannot sign twice."


def test_a_key_that_was_altered_in_the_tables_is_told_to_whoever_enrols_next(desk: Desk) -> None:
    enrol(desk, "siti")
    with desk.shop.store.writing() as connection:
        store_operators.set_operator(connection, "siti", key="siti+00000000+AAAA")
    with pytest.raises(IntegrityError, match="the key of siti is none"):
        perform(desk, "operators.enrol", enrolment("budi"))
    assert sealed_key_of(desk, "budi") is None


# Roles and retirement


def test_nobody_signs_what_is_about_themselves(desk: Desk) -> None:
    enrol(desk, "siti", Role.SUPERVISOR)
    for place in ("by", "second"):
        for act, more in (("set_role", {"role": "administrator"}), ("retire", {})):
            asked = {"name": "siti", **FIRST_TWO, **more, place: person("siti")}
            refusal = refused(desk, partial(perform, desk, f"operators.{act}", asked))
            assert refusal.what == "siti cannot sign what is about themselves."


def test_a_role_holds_from_the_next_act_on(desk: Desk) -> None:
    enrol(desk, "siti")
    asked = partial(perform, desk, "operators.enrol")
    arguments = {**enrolment("budi"), "by": person("siti")}
    operators.set_role(desk, "siti", Role.AUDITOR, *TWO)
    assert shown(desk, "siti")["role"] == Role.AUDITOR
    assert refused(desk, partial(asked, arguments)).what == "siti cannot sign this: they are an auditor."
    operators.set_role(desk, "siti", Role.SUPERVISOR, *TWO)
    assert asked(arguments)["name"] == "budi"
    assert [entry.data for entry in entries(desk, "operator.role_set")] == [
        {"name": "siti", "role": "auditor"},
        {"name": "siti", "role": "supervisor"},
    ]


def test_a_retired_person_s_key_is_useless_and_what_they_signed_stays_good(desk: Desk) -> None:
    code = perform(desk, "operators.enrol", enrolment("siti"))["recovery_code"]
    earlier, seed = resealed(desk, "siti"), by_passphrase(desk.shop, "siti", "siti-passphrase").seed.hex()
    key = desk.logins.open(desk.shop, proof("siti"))
    operators.retire(desk, "siti", *TWO)
    assert shown(desk, "siti")["active"] is False
    secret = SecretStr("another passphrase")
    for act in (
        partial(resealed, desk, "siti"),
        partial(Logins().open, desk.shop, Person(name="siti", seed=SecretStr(seed))),
        partial(operators.passwd, desk, "siti", SecretStr("siti-passphrase"), secret),
        partial(operators.recover, desk, "siti", SecretStr(code), secret),
        partial(perform, desk, "operators.retire", {"name": SECOND, "by": person(FIRST), "second": person("siti")}),
    ):
        assert str(refused(desk, act)) == str(unproved("siti"))
    desk.keys["siti"] = key  # opened before, by whoever still holds it
    sealed = row_of(desk, "siti")["sealed"]
    late = refused(desk, partial(desk.enter, OperatorResealed(name="siti", sealed=sealed), ["siti"]))
    assert late.what == "'siti' is not an active operator of this shop."
    for act in (
        partial(operators.retire, desk, "siti", *TWO),
        partial(operators.set_role, desk, "siti", Role.OPERATOR, *TWO),
        partial(operators.renew, desk, "siti", secret, *TWO),
    ):
        assert "'siti' is not an active operator" in refused(desk, act).what
    assert signed_by(desk, earlier, "siti", row_of(desk, "siti")["key"])
    with desk.shop.store.reading() as connection:
        assert not compare(connection, PROJECTIONS).differences


def test_nobody_is_retired_or_promoted_who_never_worked_here(desk: Desk) -> None:
    for act in (
        partial(operators.retire, desk, "nobody", *TWO),
        partial(operators.set_role, desk, "nobody", Role.OPERATOR, *TWO),
        partial(operators.renew, desk, "nobody", SecretStr("long enough"), *TWO),
    ):
        assert "'nobody' is not an active operator" in refused(desk, act).what
    assert sealed_key_of(desk, "nobody") is None


@notices(
    {
        "the last supervisor goes": line(
            projection._check_who_is_left, "or Role.SUPERVISOR not in left", "or Role.OPERATOR not in left"
        ),
        "one alone is left": line(projection._check_who_is_left, "len(left) < 2", "len(left) < 1"),
    }
)
def test_a_supervisor_and_a_second_who_can_enrol_others_are_always_left(desk: Desk) -> None:
    """Otherwise nobody could ever be enrolled again. Those who sign are left in any case; the books ask once more."""
    enrol(desk, "siti")
    enrol(desk, "audit", Role.AUDITOR)
    operators.retire(desk, SECOND, proof(FIRST), proof("siti"))
    for event in (
        OperatorRetired(name=FIRST),
        OperatorRoleSet(name=FIRST, role=Role.OPERATOR),
        OperatorRetired(name="siti"),
        OperatorRoleSet(name="siti", role=Role.AUDITOR),
    ):
        with pytest.raises(Refused) as refusal, desk.shop.books.trial(unsigned=True) as trial:
            trial.enter(event, [FIRST, "siti"])
        assert refusal.value.what == "A supervisor and a second person who can enrol others must be left."
    alone = partial(operators.retire, desk, "siti", proof(FIRST), proof("audit"))
    assert refused(desk, alone).what == "audit cannot sign this: they are an auditor."
    perform(desk, "operators.enrol", {**enrolment("eka", Role.SUPERVISOR), "second": person("siti")})
    operators.retire(desk, FIRST, proof("eka"), proof("siti"))
    assert [one["name"] for one in operators.list_(desk) if one["active"]] == ["audit", "eka", "siti"]


# A new key


def test_a_new_key_ends_the_old_one_its_passphrase_and_its_code(desk: Desk) -> None:
    code = perform(desk, "operators.enrol", enrolment("siti"))["recovery_code"]
    before, signed = row_of(desk, "siti"), resealed(desk, "siti")
    old = desk.logins.open(desk.shop, proof("siti"))
    seed = by_passphrase(desk.shop, "siti", "siti-passphrase").seed.hex()
    made = perform(desk, "operators.renew", {"name": "siti", "passphrase": "a new passphrase", **FIRST_TWO})
    after = row_of(desk, "siti")
    assert made["recovery_code"] != code
    assert after["key"] != before["key"]
    assert {**after, "key": "", "sealed": ""} == {**before, "key": "", "sealed": ""}
    (entry,) = entries(desk, "operator.key_renewed")
    assert entry.actors == (FIRST, SECOND, "siti")
    assert signed_by(desk, entry, "siti", after["key"])
    assert not signed_by(desk, entry, "siti", before["key"])
    assert signed_by(desk, signed, "siti", before["key"])
    for act in (
        partial(by_passphrase, desk.shop, "siti", "siti-passphrase"),
        partial(by_recovery, desk.shop, "siti", code),
        partial(Logins().open, desk.shop, Person(name="siti", seed=SecretStr(seed))),
    ):
        assert str(refused(desk, act)) == str(unproved("siti"))
    desk.keys["siti"] = old
    late = refused(desk, partial(desk.enter, OperatorResealed(name="siti", sealed=after["sealed"]), ["siti"]))
    assert late.what == "The key of siti is not the one that they are enrolled with."
    assert signed_by(desk, resealed(desk, "siti", "a new passphrase"), "siti", after["key"])
    assert by_recovery(desk.shop, "siti", made["recovery_code"]).public == owner_of(after).public
    with desk.shop.store.reading() as connection:
        assert not compare(connection, PROJECTIONS).differences


def test_a_new_key_is_sealed_under_a_passphrase_that_is_long_enough(desk: Desk) -> None:
    enrol(desk, "siti")
    asked = {"name": "siti", "passphrase": "123456789", **FIRST_TWO}
    assert "too short" in refused(desk, partial(perform, desk, "operators.renew", asked)).what
    resealed(desk, "siti")


# A new passphrase


def test_a_new_passphrase_opens_the_same_key_and_the_old_one_nothing(desk: Desk) -> None:
    code = perform(desk, "operators.enrol", enrolment("siti"))["recovery_code"]
    before = row_of(desk, "siti")
    asked = {"name": "siti", "old": "siti-passphrase", "passphrase": "a new passphrase"}
    made = perform(desk, "operators.passwd", asked)
    after = row_of(desk, "siti")
    assert after == {**before, "sealed": after["sealed"]}
    assert after["sealed"] != before["sealed"]
    (entry,) = entries(desk, "operator.resealed")
    assert entry.actors == ("siti",)
    assert entry.data == {"name": "siti", "sealed": after["sealed"]}
    assert signed_by(desk, entry, "siti", before["key"])
    assert by_passphrase(desk.shop, "siti", "a new passphrase").public == owner_of(before).public
    assert by_recovery(desk.shop, "siti", made["recovery_code"]).public == owner_of(before).public
    for act in (
        partial(by_passphrase, desk.shop, "siti", "siti-passphrase"),
        partial(by_recovery, desk.shop, "siti", code),
        partial(perform, desk, "operators.passwd", asked),
    ):
        assert str(refused(desk, act)) == str(unproved("siti"))


def test_a_passphrase_is_given_by_nobody_else_and_by_no_other_proof(desk: Desk) -> None:
    """Not by a supervisor, not with one's own passphrase for a colleague, not by a session or a session file."""
    for name in ("siti", "budi"):
        enrol(desk, name)
    seed = by_passphrase(desk.shop, "siti", "siti-passphrase").seed.hex()
    for old in ("", passphrase_of("budi"), passphrase_of(FIRST), seed):
        asked: dict[str, Any] = {"name": "siti", "old": old, "passphrase": "a new passphrase"}
        assert str(refused(desk, partial(perform, desk, "operators.passwd", asked))) == str(unproved("siti"))
    own: dict[str, Any] = {"name": "siti", "old": "siti-passphrase", "passphrase": "a new passphrase"}
    more: list[dict[str, Any]] = [{"by": person(FIRST)}, {"session": "x"}, {"seed": seed}]
    for asked in ({**own, **one} for one in more):
        assert "wrong arguments" in refused(desk, partial(perform, desk, "operators.passwd", asked)).what
    short = {"name": "siti", "old": "siti-passphrase", "passphrase": "123456789"}
    assert "too short" in refused(desk, partial(perform, desk, "operators.passwd", short)).what
    assert owner_of(row_of(desk, "siti")).public == by_passphrase(desk.shop, "siti", "siti-passphrase").public


def test_a_recovery_code_is_used_once(desk: Desk) -> None:
    code = perform(desk, "operators.enrol", enrolment("siti"))["recovery_code"]
    before = row_of(desk, "siti")
    asked = {"name": "siti", "code": code.lower().replace("-", " "), "passphrase": "a new passphrase"}
    made = perform(desk, "operators.recover", asked)
    assert made["recovery_code"] != code
    assert row_of(desk, "siti")["key"] == before["key"]
    assert entries(desk)[-1].actors == ("siti",)
    assert str(refused(desk, partial(perform, desk, "operators.recover", asked))) == str(unproved("siti"))
    for act in (
        partial(by_passphrase, desk.shop, "siti", "siti-passphrase"),
        partial(by_recovery, desk.shop, "siti", code),
    ):
        assert str(refused(desk, act)) == str(unproved("siti"))
    assert by_passphrase(desk.shop, "siti", "a new passphrase").public == owner_of(before).public
    again = {"name": "siti", "code": made["recovery_code"], "passphrase": "a third passphrase"}
    perform(desk, "operators.recover", again)
    assert by_passphrase(desk.shop, "siti", "a third passphrase").public == owner_of(before).public


def test_a_colleague_s_code_and_a_mistyped_one_recover_nothing(desk: Desk) -> None:
    codes = {name: perform(desk, "operators.enrol", enrolment(name))["recovery_code"] for name in ("siti", "budi")}
    asked = {"name": "siti", "passphrase": "a new passphrase"}
    other = partial(perform, desk, "operators.recover", {**asked, "code": codes["budi"]})
    assert str(refused(desk, other)) == str(unproved("siti"))
    for code in ("", codes["siti"][:-1], "siti-passphrase"):
        mistyped = partial(perform, desk, "operators.recover", {**asked, "code": code})
        assert refused(desk, mistyped).what == "That is no recovery code."
    short = partial(perform, desk, "operators.recover", {**asked, "code": codes["siti"], "passphrase": "123456789"})
    assert "too short" in refused(desk, short).what
    resealed(desk, "siti")


@pytest.mark.parametrize("act", ["passwd", "recover"])
def test_a_key_that_was_exchanged_is_not_sealed_anew(desk: Desk, act: str) -> None:
    """Whoever owns the database puts the older sealed key back, and has its owner's passphrase of then."""
    made = perform(desk, "operators.enrol", enrolment("siti"))
    older = sealed_key_of(desk, "siti")
    assert older is not None
    operators.passwd(desk, "siti", SecretStr("siti-passphrase"), SecretStr("a new passphrase"))
    with desk.shop.store.writing() as connection:
        store_operators.put_sealed_key(connection, "siti", older)
    proofs = {"passwd": {"old": "siti-passphrase"}, "recover": {"code": made["recovery_code"]}}
    asked = {"name": "siti", "passphrase": "a third passphrase", **proofs[act]}
    refusal = refused(desk, partial(perform, desk, f"operators.{act}", asked))
    assert refusal.what == "The sealed key of siti is not the one that the log names."
    assert sealed_key_of(desk, "siti") == older


def test_a_key_whose_entry_is_refused_is_not_kept(desk: Desk) -> None:
    enrol(desk, "siti")
    before = sealed_key_of(desk, "siti")
    refused(desk, partial(perform, desk, "operators.enrol", enrolment("siti", passphrase="a new passphrase")))
    enrol(desk, "audit", Role.AUDITOR)
    late = {"name": "siti", "passphrase": "a new passphrase", **FIRST_TWO, "second": person("audit")}
    refused(desk, partial(perform, desk, "operators.renew", late))
    assert sealed_key_of(desk, "siti") == before
    resealed(desk, "siti")


# What is kept


def test_no_passphrase_no_code_and_no_key_is_kept_or_comes_back(desk: Desk, shop: Shop) -> None:
    made = perform(desk, "operators.enrol", enrolment("siti"))
    renewed = perform(desk, "operators.renew", {"name": "siti", "passphrase": "a new passphrase", **FIRST_TWO})
    changed = operators.passwd(desk, "siti", SecretStr("a new passphrase"), SecretStr("a third passphrase"))
    codes = [one["recovery_code"] for one in (made, renewed, changed)]
    assert len(set(codes)) == 3
    key = by_passphrase(shop, "siti", "a third passphrase")
    with shop.store.reading() as connection:
        sealed = [store_operators.sealed_key(connection, name) for name in ("siti", FIRST, SECOND)]
        kept = repr((dump(connection), list(log.entries(connection)), sealed, operators.list_(desk)))
    passphrases = ["siti-passphrase", "a new passphrase", "a third passphrase", passphrase_of(FIRST)]
    for secret in (*passphrases, *codes, *(code.replace("-", "") for code in codes), key.seed.hex()):
        assert secret not in kept


def test_people_outlive_the_process(desk: Desk, shop: Shop) -> None:
    enrol(desk, "siti")
    folder = shop.folder
    shop.close()
    again = Shop.open(folder)
    try:
        key = by_passphrase(again, "siti", "siti-passphrase")
        assert key.public == owner_of(row_of(Desk(again), "siti")).public
        perform(Desk(again), "operators.retire", {"name": "siti", **FIRST_TWO})
    finally:
        again.close()
