"""What answers mean, row by row after protocol sheet 5.1 and 6.1."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.evolis import replies
from drivers.printer import Position, Reason, Severity

SPOIL_CAUSES = {
    "factory_defect", "no_chip", "encode_fail", "print_fade", "print_blur", "print_offset", "missing_text",
    "ribbon_break", "jam", "bent_heat", "scorch", "wrong_data", "wrong_blank_type", "operator_error", "power_loss",
    "test_print", "other",
}  # fmt: skip
SHEET = {
    Reason.OTHER: [
        "ERROR CDE", "ERROR PARAMETRES", "ERR PARAMETRES", "OPT NOT AVAILABLE", "ERROR MAG", "ERROR MAGN",
        "ERROR MAG DATA", "ERROR MAG CHECKSUM", "ERR READ", "ERR WRITE", "ERROR", "ERR", "ERROR UNKNOW",
        "ERROR CHECKSUM", "ERROR FLASH UNKNOW", "\x151", "\x152", "\x15K", "\x15D", "\x15W",
    ],
    Reason.MEDIA_EMPTY: ["FEEDER EMPTY", "\x15F"],
    Reason.MARKER_SUPPLY_EMPTY: ["ERROR RIBBON", "ERR RIBBON", "\x15R"],
    Reason.MARKER_SUPPLY_MISSING: ["ERR RIB DETECTION"],
    Reason.MARKER_SUPPLY_MISMATCH: ["ERR RIBBON TYPE"],
    Reason.COVER_OPEN: ["COVER OPEN", "\x15C"],
    Reason.MEDIA_JAM: ["CARD JAM", "ERROR TIME OUT", "ERR TIME", "\x15T"],
    Reason.FUSER_OVER_TEMP: ["ERROR HEAD"],
    Reason.OUTPUT_AREA_FULL: ["HOPPER FULL", "ERROR HOPPER"],
    Reason.DOOR_OPEN: ["HOPPER DOOR"],
    Reason.CLEANER_LIFE_OVER: ["NEED CLEANING", "ERR NEED CLEANING"],
}  # fmt: skip


@pytest.mark.parametrize(("text", "reason"), [(text, reason) for reason, texts in SHEET.items() for text in texts])
def test_each_error_text_of_the_sheet_has_its_reason(text: str, reason: Reason) -> None:
    fault = replies.fault(text)
    assert fault.reason is reason
    assert fault.hint
    assert not fault.cause or fault.cause in SPOIL_CAUSES
    assert replies.failed(text)


@pytest.mark.parametrize(
    ("probe", "reply", "reason", "severity"),
    [
        ("Rse;o", "5,00 Volts", None, None),
        ("Rse;o", "0,00 Volts", Reason.COVER_OPEN, Severity.ERROR),
        ("Rse;f", "5,00 Volts", None, None),
        ("Rse;f", "0,00 Volts", Reason.MEDIA_EMPTY, Severity.ERROR),
        ("Rse;n", "0,17 Volts", None, None),
        ("Rse;n", "3,92 Volts", Reason.MEDIA_LOW, Severity.WARNING),
        ("Rse;o", "5.00 Volts", None, None),
        ("Rse;o", "Volts", Reason.UNKNOWN, Severity.ERROR),
        ("Rse;o", "OK", Reason.UNKNOWN, Severity.ERROR),
        ("Rcr", "OK", None, None),
        ("Rcr", "ERROR RIBBON", Reason.MARKER_SUPPLY_EMPTY, Severity.ERROR),
        ("Rcr", "87", Reason.UNKNOWN, Severity.ERROR),
        ("Rrt;count", "87", None, None),
        ("Rrt;count", "3", Reason.MARKER_SUPPLY_LOW, Severity.WARNING),
        ("Rrt;count", "0", Reason.MARKER_SUPPLY_EMPTY, Severity.ERROR),
        ("Rrt;count", "ERR RIB DETECTION", Reason.MARKER_SUPPLY_MISSING, Severity.ERROR),
        ("Rrt;count", "OK", Reason.UNKNOWN, Severity.ERROR),
        ("Rrt;qty", "100", None, None),
        ("Rlr;h", "NO CARD", None, None),
        ("Rlr;h", "CARD", Reason.OUTPUT_AREA_FULL, Severity.ERROR),
        ("Rlr;h", "SMART CARD", Reason.UNKNOWN, Severity.ERROR),
        ("Rco;r", "289", None, None),
        ("Rco;r", "0", Reason.CLEANER_LIFE_OVER, Severity.WARNING),
        ("Rlr;p", "OK", None, None),
        ("Rlr;p", "ERR CARD", None, None),
        ("Rlr;p", "CARD JAM", Reason.MEDIA_JAM, Severity.ERROR),
        ("Rlr;p", "4711", Reason.UNKNOWN, Severity.ERROR),
        ("Rse;o", "ERROR CDE", None, None),
    ],
)
def test_each_probe_of_the_status(probe: str, reply: str, reason: Reason | None, severity: Severity | None) -> None:
    condition = replies.condition(probe, reply)
    assert (condition and condition.reason) == reason
    assert (condition and condition.severity) == severity
    if condition is not None:
        assert condition.raw == f"{probe}: {reply}"


@pytest.mark.parametrize(
    ("reply", "position"),
    [
        ("OK", Position.NONE),
        ("NO CARD", Position.NONE),
        ("CARD", Position.PRINT),
        ("SMART CARD", Position.CONTACT),
        ("CONTACTLESS CARD", Position.CONTACTLESS),
        ("ERR CARD", Position.INSIDE),
        ("", Position.UNKNOWN),
        ("CARD JAM", Position.UNKNOWN),
        ("ERROR CDE", Position.UNKNOWN),
    ],
)
def test_positions_of_both_dialects(reply: str, position: Position) -> None:
    assert replies.position(reply) is position


@given(st.sampled_from(["Rse;o", "Rse;f", "Rcr", "Rrt;count", "Rlr;h", "Rlr;p", "Rco;r"]), st.text(max_size=12))
def test_an_answer_that_no_table_knows_stops_the_line(probe: str, reply: str) -> None:
    gibberish = "?" + reply
    condition = replies.condition(probe, gibberish)
    assert condition is not None
    assert (condition.reason, condition.severity) == (Reason.UNKNOWN, Severity.ERROR)
    assert gibberish in condition.raw
    assert replies.number(gibberish) is None
    assert replies.position(gibberish) is Position.UNKNOWN
