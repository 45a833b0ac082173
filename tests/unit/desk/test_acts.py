"""Acts at the desk: checked before they begin, refused in full sentences, and then nothing has changed."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from printd.cli.remedies import sentence
from printd.desk.acts import perform
from printd.desk.catalogue import ACTS
from printd.desk.desk import Desk
from printd.desk.proofs import Logins
from printd.errors import Refused
from printd.words.states import AttemptState
from support.intake_help import (
    KNOWN_DISTRICT,
    accept,
    deliver,
    manifest,
    new_shop,
    opened,
    people,
    print_card,
    signer,
    state_of,
)
from support.people import FIRST_TWO, enrolment
from support.people import OF_INTAKE as PASSPHRASE

WRONG = {"name": "budi", "passphrase": "wrong-password"}

NOBODY = {"name": "nobody", "passphrase": "x"}
KPG = "KPG00000"
ANI, BUDI = signer("ani"), signer("budi")
TWO = {"by": ANI, "second": BUDI}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The shop of all tests here that only refuse: that it stays as it was is what they check."""
    with shop_with_jobs(tmp_path_factory.mktemp("acts")) as desk:
        yield desk


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Desk]:
    with shop_with_jobs(tmp_path) as desk:
        yield desk


@contextmanager
def shop_with_jobs(folder: Path) -> Iterator[Desk]:
    """A shop with blanks, one queued job, one printed, one spoiled and one in doubt."""
    with opened(new_shop(folder / "shop", KNOWN_DISTRICT, practice=True)) as desk:
        deliver(desk)
        ids = [accept(desk, person).job for person in people()[:4]]
        outcomes = (AttemptState.PRINTED, AttemptState.SPOILED, AttemptState.IN_DOUBT)
        for number, (job, outcome) in enumerate(zip(ids[1:], outcomes, strict=True), start=1):
            print_card(desk, job, f"KPG{number:07}", outcome)
        yield desk


def refused(desk: Desk, name: str, /, **arguments: Any) -> Refused:
    """Perform an act that must be refused; nothing may have changed by it."""
    desk.logins = Logins()  # nobody guessed before
    before = state_of(desk.shop.store)
    with pytest.raises(Refused) as refusal:
        perform(desk, name, arguments)
    assert state_of(desk.shop.store) == before
    assert refusal.value.what.endswith((".", "?"))
    return refusal.value


@pytest.mark.parametrize("text", ["\udcff", "a\0b"])
def test_what_is_no_text_goes_no_further(desk: Desk, text: str) -> None:
    for name, arguments in (
        ("deliveries.show", {"delivery": text}),
        ("blanks.load", {"printer": "p1", "serials": [["KPG0000011", text]], "by": ANI}),
        ("jobs.check", {"job": "x", "quality": "good", "by": {"name": text}}),
        ("jobs.show", {text: "x"}),
    ):
        assert "no text" in refused(desk, name, **arguments).what


def a_job(desk: Desk, state_: str) -> str:
    return str(next(row["id"] for row in perform(desk, "jobs.list", {})["jobs"] if row["state"] == state_))


def test_an_unknown_act_is_refused_beside_the_known_ones(desk: Desk) -> None:
    error = refused(desk, "blanks.eat")
    assert "blanks.load" in sentence(error.remedy)
    for name in ("", "blanks", "__init__", "desk.known", "blanks._move", "jobs.list_"):
        refused(desk, name)


@pytest.mark.parametrize("name", sorted(ACTS))
def test_every_act_refuses_arguments_it_does_not_know(desk: Desk, name: str) -> None:
    error = refused(desk, name, nonsense=1)
    assert "nonsense" in error.why
    assert error.consequence
    assert sentence(error.remedy)


@pytest.mark.parametrize(
    ("name", "arguments", "word"),
    [
        ("blanks.load", {"printer": "p1"}, "by"),
        ("blanks.load", {"printer": 7, "serials": [], "by": ANI}, "printer"),
        ("blanks.load", {"printer": "p1", "serials": "KPG0000011", "by": ANI}, "serials"),
        ("jobs.list", {"limit": 0}, "limit"),
        ("jobs.list", {"limit": -1}, "limit"),
        ("jobs.list", {"limit": 10**30}, "limit"),
        ("jobs.list", {"limit": "all"}, "limit"),
        ("records.list", {"limit": 10**30}, "limit"),
        ("records.import", {"parcel": {"document": "", "video": ""}, "by": signer("ani")}, "video"),
        ("operators.enrol", {**enrolment("cici"), "role": "king"}, "supervisor"),
        ("operators.enrol", {**enrolment("cici"), "second": "komang"}, "second"),
        ("blanks.show", {"serial": None}, "serial"),
        ("jobs.check", {"job": "x", "quality": "fine", "by": {"name": "ani"}}, "spoiled"),
        ("jobs.check", {"job": "x", "quality": "good", "by": "ani"}, "by"),
        ("jobs.check", {"job": "x", "quality": "good", "by": {**ANI, "role": "supervisor"}}, "role"),
    ],
)
def test_arguments_of_the_wrong_shape_are_named(desk: Desk, name: str, arguments: dict[str, Any], word: str) -> None:
    assert word in refused(desk, name, **arguments).why


@pytest.mark.parametrize(
    ("name", "arguments", "word"),
    [
        ("blanks.show", {"serial": ""}, "''"),
        ("blanks.show", {"serial": "nonsense"}, "not a serial"),
        ("blanks.show", {"serial": "KPG 0000001"}, "not a serial"),
        ("blanks.show", {"serial": "KPG-1\n"}, "not a serial"),
        ("blanks.show", {"serial": "٣٤٥"}, "not a serial"),
        ("blanks.show", {"serial": "x" * 5000}, "not a serial"),
        ("blanks.show", {"serial": "KPG0000021"}, "KPG0000021"),
        ("blanks.show", {"serial": "KPG1"}, "KPG1"),
        ("blanks.load", {"printer": "p9", "serials": [[f"{KPG}11", f"{KPG}12"]], "by": ANI}, "p9"),
        (
            "blanks.load",
            {"printer": "p1", "serials": [[f"{KPG}11", f"{KPG}12"]], "by": NOBODY},
            "nobody",
        ),
        ("blanks.load", {"printer": "p1", "serials": [], "by": ANI}, "No serial"),
        ("blanks.load", {"printer": "p1", "serials": [[f"{KPG}12"]], "by": ANI}, "not the lowest"),
        ("blanks.load", {"printer": "p1", "pieces": 3, "by": ANI}, "holds 2 blanks"),
        (
            "blanks.load",
            {"printer": "p1", "serials": [[f"{KPG}12", f"{KPG}11"]], "by": ANI},
            "backwards",
        ),
        (
            "blanks.load",
            {"printer": "p1", "serials": [[f"{KPG}21", f"{KPG}30"]], "by": ANI},
            "never received",
        ),
        (
            "blanks.load",
            {"printer": "p1", "serials": [[f"{KPG}09", f"{KPG}11"]], "by": ANI},
            f"{KPG}09",
        ),
        (
            "blanks.load",
            {"printer": "p1", "serials": [[f"{KPG}11", f"{KPG}12"], [f"{KPG}12"]], "by": ANI},
            "twice",
        ),
        (
            "blanks.unload",
            {"printer": "p1", "serials": [[f"{KPG}10", f"{KPG}11"]], **TWO},
            f"{KPG}11",
        ),
        (
            "blanks.spoil",
            {"serial": f"{KPG}11", "cause": "bad luck", **TWO},
            "jam",
        ),
        ("blanks.spoil", {"serial": f"{KPG}11", "cause": "jam", "by": ANI, "second": ANI}, "twice"),
        ("blanks.spoil", {"serial": f"{KPG}11", "cause": "jam", "by": ANI, "second": WRONG}, "budi did not prove"),
        (
            "blanks.spoil",
            {"serial": f"{KPG}11", "cause": "jam", "by": ANI, "second": {"name": "budi"}},
            "budi did not prove",
        ),
        (
            "blanks.spoil",
            {"serial": f"{KPG}01", "cause": "jam", **TWO},
            "output",
        ),
        ("blanks.skip", {"serial": f"{KPG}13", **TWO}, "store"),
        ("blanks.find", {"serial": f"{KPG}13", **TWO}, "store"),
        ("deliveries.show", {"delivery": "D-9"}, "D-9"),
        ("deliveries.receive", {"delivery": "D-9", **TWO}, "D-9"),
        ("deliveries.receive", {"delivery": "D-1", **TWO}, "already"),
        ("deliveries.receive", {"delivery": "D-1", "by": ANI, "second": NOBODY}, "nobody"),
        ("deliveries.announce", {"name": "m.json", "content": "%%%", "by": signer("ani")}, "base64"),
        ("deliveries.announce", {"name": "m.json", "content": "YQ", "by": signer("ani")}, "base64"),
        ("deliveries.announce", {"name": "m.xml", "content": "", "by": signer("ani")}, "m.xml"),
        ("records.import", {"parcel": {"document": "YQ"}, "by": signer("ani")}, "base64"),
        ("records.import", {"parcel": {"document": "", "photo": "ä"}, "by": signer("ani")}, "base64"),
        ("records.import", {"parcel": {"document": ""}, "by": signer("nobody")}, "nobody"),
        ("records.show", {"record": "zzzz"}, "record"),
        ("records.show", {"record": "%%%%"}, "record"),
        ("records.acknowledge", {"record": "zzzz", "by": signer("ani")}, "record"),
        ("records.restore", {"quarantine": "zzzz", "by": ANI}, "quarantined record"),
        ("records.dismiss", {"quarantine": "", "by": signer("ani")}, "quarantined record"),
        ("jobs.show", {"job": "abc"}, "four characters"),
        ("jobs.show", {"job": "____"}, "no job"),
        ("jobs.hold", {"job": "00000000-0000-0000-0000-000000000000", "by": signer("ani")}, "no job"),
        ("jobs.cancel", {"job": "zzzz", "by": signer("nobody")}, "nobody"),
        ("printers.pause", {"name": "p9", "by": signer("ani")}, "p9"),
        ("printers.resume", {"name": "p1", "by": signer("nobody")}, "nobody"),
        (
            "printers.add",
            {"name": "p1", "uri": "tcp://127.0.0.1:1", "model": "primacy", **TWO},
            "already",
        ),
        ("printers.add", {"name": "P 2", "uri": "tcp://127.0.0.1:1", "model": "primacy", **TWO}, "P 2"),
        ("printers.add", {"name": "p2", "uri": "gopher://x", "model": "primacy", **TWO}, "gopher"),
        (
            "printers.add",
            {"name": "p2", "uri": "tcp://127.0.0.1:1", "model": "primacy", **TWO},
            "127.0.0.1:1",
        ),
        ("printers.add", {"name": "p2", "uri": "tcp://127.0.0.1:1", "model": "teapot", **TWO}, "teapot"),
        (
            "printers.add",
            {"name": "p2", "uri": "serial:/dev/null", "model": "primacy", **TWO},
            "/dev/null",
        ),
        (
            "printers.add",
            {"name": "p2", "uri": "tcp://127.0.0.1:1", "model": "primacy", "by": ANI, "second": ANI},
            "twice",
        ),
        ("operators.enrol", enrolment("ani", passphrase="long enough"), "already"),
        ("operators.enrol", enrolment("Ibu Maria", passphrase="long enough"), "login name"),
        ("operators.enrol", enrolment("cici\n", passphrase="long enough"), "login name"),
        ("operators.enrol", enrolment("cici", passphrase="123456789"), "10 characters"),
        ("operators.enrol", {**enrolment("cici", passphrase="long enough"), **TWO}, "supervisor"),
        ("operators.renew", {"name": "nobody", "passphrase": "long enough", **FIRST_TWO}, "nobody"),
        ("operators.renew", {"name": "budi", "passphrase": "long enough", **TWO}, "twice"),
        ("operators.passwd", {"name": "nobody", "old": PASSPHRASE, "passphrase": "long enough"}, "nobody"),
        ("operators.passwd", {"name": "budi", "old": "wrong-password", "passphrase": "long enough"}, "did not prove"),
        ("operators.recover", {"name": "budi", "code": "wrong-password", "passphrase": "long enough"}, "no recovery"),
        ("jobs.list", {"state": "nonsense"}, "'held'"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_what_cannot_be_is_refused_in_a_sentence(desk: Desk, name: str, arguments: dict[str, Any], word: str) -> None:
    error = refused(desk, name, **arguments)
    assert word in str(error)
    for secret in ("long enough", PASSPHRASE, "komang-passphrase"):
        assert secret not in str(error)
    assert "wrong-password" not in str(error)


@pytest.mark.parametrize(
    ("state_", "acts"),
    [
        ("queued", ["release", "reprint", "check", "hand_over", "resolve"]),
        ("printed", ["hold", "release", "reprint", "cancel", "hand_over", "resolve"]),
        ("in_doubt", ["hold", "release", "reprint", "cancel", "check", "hand_over"]),
    ],
)
def test_an_act_out_of_turn_is_refused(desk: Desk, state_: str, acts: list[str]) -> None:
    job = a_job(desk, state_)
    more: dict[str, dict[str, Any]] = {
        "check": {"quality": "good"},
        "resolve": {"outcome": "printed"},
        "reprint": {"second": ANI},
        "hand_over": {"receiver": "holder", "old_card": "none"},
    }
    for act in acts:
        error = refused(desk, f"jobs.{act}", job=job, by=BUDI, **more.get(act, {}))
        assert "wrong arguments" not in error.what
        assert "did not prove" not in error.what


def test_nobody_answers_alone_for_what_they_spoiled(own: Desk) -> None:
    desk = own
    policy = desk.shop.config.policy.model_copy(update={"doubts_by_two": False})
    desk.shop.config = desk.shop.config.model_copy(update={"policy": policy})
    printed, doubtful = a_job(desk, "printed"), a_job(desk, "in_doubt")
    for name, arguments in (
        ("jobs.check", {"job": printed, "quality": "spoiled"}),
        ("jobs.resolve", {"job": doubtful, "outcome": "spoiled"}),
    ):
        assert "ani printed this card" in str(refused(desk, name, **arguments, by=signer("ani"), cause="jam"))
        refused(desk, name, **arguments, by=signer("ani"), second=signer("ani"), cause="jam")
        refused(desk, name, **arguments, by=signer("ani"), second=WRONG, cause="jam")
        refused(desk, name, **arguments, by=signer("budi"), cause="")
        perform(desk, name, {**arguments, "by": signer("ani"), "second": signer("budi"), "cause": "jam"})


def test_a_half_possible_decision_is_not_half_done(desk: Desk) -> None:
    """The doubt could be settled, but a serial that is said to be skipped is not in the hopper."""
    job = a_job(desk, "in_doubt")
    both = {"by": signer("budi"), "second": signer("ani")}
    refused(desk, "jobs.resolve", job=job, outcome="printed", **both, skipped=["KPG0000005", "KPG0000015"])
    assert perform(desk, "jobs.show", {"job": job})["state"] == "in_doubt"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (manifest("D-2", "KPG0000020", "KPG0000030", practice=True), "KPG0000020 belongs to delivery D-1"),
        (manifest("D-2", "KPG0000005", "KPG0000015", practice=True), "KPG0000005 to KPG0000010 belong to delivery D-1"),
        (manifest("D-1", "KPG0000101", "KPG0000110", practice=True), "announced already"),
        (manifest("D-2", "KPG0000110", "KPG0000101", practice=True), "backwards"),
        (manifest("D 2", "KPG0000101", "KPG0000110", practice=True), "delivery"),
        (manifest("D-2", "KPG0000101", "KPG0000110", practice=True)[:-9], "not JSON"),
        (manifest("D-2", "KPG0000101", "KPG0000110", practice=True).decode().encode("utf-16"), "UTF-8"),
        (b"[" * 100_000, "not JSON"),
        (b"{}", "delivery"),
    ],
    ids=range(9),
)
def test_a_manifest_that_cannot_be_true_announces_nothing(desk: Desk, content: bytes, word: str) -> None:
    error = refused(desk, "deliveries.announce", name="m.json", content=b64encode(content).decode(), by=signer("ani"))
    assert word in str(error)


def test_passphrases_do_not_come_back(own: Desk) -> None:
    desk = own
    with pytest.raises(Refused) as refusal:
        perform(desk, "operators.enrol", {"name": "cici", "passphrase": ["s3cret-word"], "role": {"x": "s3cret-word"}})
    assert "s3cret-word" not in str(refusal.value)
    done = perform(desk, "operators.enrol", enrolment("cici", passphrase="s3cret-word"))
    kept = repr((done, perform(desk, "operators.list", {}), state_of(desk.shop.store)))
    assert "s3cret-word" not in kept
    assert done["recovery_code"] not in kept.replace(repr(done), ""), "it is shown once"
