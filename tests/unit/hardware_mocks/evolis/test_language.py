"""Replies of the simulated Evolis in both dialects, and its quirks (protocol sheet 2.3, 5, 6)."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from hardware_mocks.pytest_wires import Setup, SimulatedPrinter, ask

K = bytes(82_296)


@contextmanager
def printer(**options: object) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(Setup(**{"hopper": ["A", "B", "C"], **options})) as made:  # type: ignore[arg-type]
        yield made


def replies(made: SimulatedPrinter, *commands: str) -> list[str | None]:
    return [ask(made, command) for command in commands]


def test_idle_poll_of_a_kc() -> None:
    with printer(serial="S9", model="KC200", firmware="77", ribbon="ymcko:87") as made:
        assert replies(made, "Pem;2", "Rtp", "Rsn", "Rfv") == ["OK", "KC200", "S9", "77"]
        assert replies(made, "Rlr;p", "Rse;o", "Rse;f", "Rcr", "Rrt;qty", "Rrt;count", "Rlr;h") == [
            "OK", "5,00 Volts", "5,00 Volts", "OK", "87", "87", "NO CARD",
        ]  # fmt: skip
        assert replies(made, "Rco;c", "Rco;p", "Rco;r", "Rem", "Rr") == ["0", "0", "1000", "2;0", "ymcko"]
        made.hands.open_cover()
        made.hands.unload()
        assert replies(made, "Rse;o", "Rse;f", "Rse;n") == ["0,00 Volts", "0,00 Volts", "3,92 Volts"]


def test_idle_poll_of_a_classic_printer() -> None:
    with printer(dialect="classic") as made:
        assert replies(made, "Pem;2", "Rlr;p", "Rcr", "Rco;c") == ["OK", "NO CARD", "OK", "0"]
        for newer in ("Rrt;qty", "Rlr;h", "Rse;o", "Rse;f", "Pcim;F", "Pneab;E"):
            assert ask(made, newer) == "ERROR CDE"
        assert replies(made, "Ss", "Rlr;p") == ["OK", "ERR CARD"]


@pytest.mark.parametrize(
    ("dialect", "fault", "command", "text"),
    [
        ("kc", "feeder_empty", "Ss", "FEEDER EMPTY"),
        ("classic", "feeder_empty", "Ss", "FEEDER EMPTY"),
        ("kc", "wrong_ribbon", "Ss", "ERR RIBBON TYPE"),
        ("kc", "feed_jam", "Ss", "CARD JAM"),
        ("classic", "feed_jam", "Ss", "ERROR TIME OUT"),
        ("kc", "cover@step=after_feed", "Ss", "COVER OPEN"),
        ("kc", "station_timeout", "Sic", "ERR TIME"),
        ("kc", "head_hot@step=before_feed", "Ss", "ERROR HEAD"),
        ("kc", "tag_unreadable@command=Rrt", "Rrt;count", "ERR RIB DETECTION"),
        ("kc", "hopper_full", "Sie", "HOPPER FULL"),
    ],
)
def test_conditions_have_the_sheets_words(dialect: str, fault: str, command: str, text: str) -> None:
    with printer(dialect=dialect, faults=[fault]) as made:
        assert replies(made, "Pem;2", command) == ["OK", text]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("Xyz", "ERROR CDE"), ("Rlr;z", "ERROR CDE"), ("Rco;z", "ERROR CDE"), ("Pem;7", "ERR PARAMETRES"),
        ("Pem", "ERR PARAMETRES"), ("Pr;zz", "ERR PARAMETRES"), ("Pmi;Q", "ERR PARAMETRES"),
        ("Pc;q;=;1", "ERR PARAMETRES"), ("Pc;k;*;1", "ERR PARAMETRES"), ("Pc;k;+", "ERR PARAMETRES"),
        ("Pcim;I;S", "OPT NOT AVAILABLE"), ("Pneab;X", "ERR PARAMETRES"), ("Wcb;o;256", "ERR PARAMETRES"),
    ],
)  # fmt: skip
def test_refused_commands(command: str, text: str) -> None:
    with printer() as made:
        assert replies(made, "Pem;2", command) == ["OK", text]


@pytest.mark.parametrize(
    "command",
    ["Pr;k", "Pr;ymckok", "Pmi;B", "Pcim;F", "Pc;a;=;10", "Pl;y;+;1", "Ps;k;=", "Pneab;A;1", "Sr", "Sv", "Scs",
     "Wcb;o;255", "Pdt;DU", "Ppws;1281755559", "Pwr;0", "Si"],
)  # fmt: skip
def test_accepted_commands(command: str) -> None:
    with printer() as made:
        assert replies(made, "Pem;2", command) == ["OK", "OK"]


def test_contrast_adds_and_returns_to_its_default() -> None:
    with printer() as made:
        assert replies(made, "Pc;k;=;12", "Pc;k;+;3", "Rc;k", "Pc;k;=", "Rc;k") == ["OK", "OK", "15", "OK", "10"]


def test_stations_and_where_the_card_is() -> None:
    with printer() as made:
        assert replies(made, "Pem;2", "Sic", "Rlr;p", "Sis", "Rlr;p") == [
            "OK",
            "OK",
            "CONTACTLESS CARD",
            "OK",
            "SMART CARD",
        ]
        assert replies(made, "Pmi;B", "Ss", "Rlr;p", "Rco;c") == ["OK", "OK", "CARD", "1"]
        assert replies(made, "Ser", "Rlr;p") == ["OK", "OK"]
        assert [card["where"] for card in made.truth.read("card")] == ["reject"]


def test_pem_may_be_stored_and_srs_returns_to_the_stored() -> None:
    with printer() as made:
        assert replies(made, "Pem;2", "Srs", "Rem") == ["OK", "OK", "0;0"]
        assert replies(made, "Pem;2;s", "Pem;0", "Srs", "Rem") == ["OK", "OK", "OK", "2;2"]


def test_a_kept_card_stays_until_it_is_let_out() -> None:
    with printer(ribbon="k:9") as made:
        replies(made, "Pem;2", "Pneab;E", "Ss")
        ask(made, "Db;k;2", K)
        assert replies(made, "Se", "Rlr;p") == ["OK", "CARD"]
        assert made.truth.read("card") == []
        assert replies(made, "Pneab;A;1", "Se", "Rlr;p") == ["OK", "OK", "OK"]
        (card,) = made.truth.read("card")
        assert card["complete"]


def test_the_last_answer_can_be_asked_again() -> None:
    with printer(hopper=[]) as made:
        assert replies(made, "Pem;2", "Ss", "Rlr", "Rlr") == ["OK", "FEEDER EMPTY", "FEEDER EMPTY", "FEEDER EMPTY"]


def test_quirks_of_replies() -> None:
    with printer(quirks=["spurious_ok"]) as made:
        assert replies(made, "Rrt;count", "Rrt;count") == ["OK", "100"]
    with printer(quirks=["silent_pem0"]) as made:
        assert replies(made, "Pc;k;=;9", "Rtp", "Pem;2", "Pc;k;=;9", "Pem;0") == [None, "Primacy", "OK", "OK", None]
    with printer(quirks=["lacks=Rlr;h", "lacks=Pneab"]) as made:
        assert replies(made, "Rlr;h", "Rlr;p", "Pneab;E") == ["ERROR CDE", "OK", "ERROR CDE"]
    with printer(quirks=["split"]) as made:
        assert made.idle()
        ask(made, "Rtp")
        assert made.idle()
        assert [len(packet) for packet in made.port.replies] == [2, 2, 2, 2]
    with printer(quirks=["no_nul"]) as made:
        ask(made, "Rtp")
        assert b"".join(made.port.replies) == b"Primacy"


def test_unknown_quirks_dialects_and_ribbons_are_refused() -> None:
    for setup in (Setup(quirks=["x"]), Setup(dialect="x"), Setup(ribbon="x:1"), Setup(faults=["x"])):
        with pytest.raises(ValueError, match="unknown"):
            SimulatedPrinter(setup)
