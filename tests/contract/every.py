"""The table of the contract suite: driver x wire x check, with what passed and how many runs that were.

``umockdev-wrapper python tests/contract/every.py`` runs the suite and prints it; ``PRINTD_EVERY=whole`` tries every
point.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

_HERE = Path(__file__).parent
_FILES = ("test_every_driver.py", "test_bad_devices.py", "test_every_queue_and_folder.py")
_CHECKS = {  # function -> column, or the parameter that names it
    "test_a_card_is_printed_and_proved": "manner",
    "test_the_cable_out_at_any_moment_proves_nothing_that_is_not_so": "cut",
    "test_an_answer_that_comes_by_half_or_too_late_proves_nothing": "loss",
    "test_what_was_sent_and_never_arrived_is_noticed": "deaf",
    "test_noise_is_no_printer": "noise",
    "test_an_endless_answer_takes_neither_memory_nor_time": "endless",
    "test_answers_that_its_own_printer_gave_once_given_without_end_prove_no_card": "endless",
    "test_another_family_s_answers_prove_nothing": "foreign",
    "test_another_family_s_printer_takes_no_card_for_us": "foreign",
    "test_a_firmware_that_refuses_a_command_is_told_and_proves_nothing_else": "refused",
    "test_a_printer_swapped_for_another_of_the_same_model_is_seen_or_proves_nothing": "swapped",
    "test_a_wrong_ribbon_spoils_no_card_that_is_called_good": "ribbon",
    "test_a_picture_of_the_wrong_size_or_kind_is_refused_before_anything_is_sent": "picture",
    "test_a_driver_comes_with_a_simulator_golden_streams_and_protocol_notes": "notes",
    "test_a_queue_s_card_is_sent_and_no_more_is_said": "manner",
    "test_a_queue_s_connection_that_breaks_proves_nothing_that_is_not_so": "cut",
    "test_a_folder_s_card_is_printed_and_proved": "whole",
    "test_power_lost_at_any_act_on_a_folder_proves_nothing_that_is_not_so": "cut",
    "test_a_folder_whose_book_is_noise_is_no_printer": "noise",
    "test_a_folder_swapped_for_another_is_seen": "swapped",
}
_LOSSES = {"Truncated": "half", "Late": "late"}
_COLUMNS = (
    *("whole", "bytes", "delayed", "half", "late", "deaf", "cut", "noise", "endless", "foreign"),
    *("refused", "swapped", "ribbon", "picture", "notes"),
)


def column(function: str, told: dict[str, Any]) -> str:
    """Return the check that a test is."""
    check = _CHECKS[function]
    if check == "loss":
        return _LOSSES[told["loss"].__name__]
    return "half" if told.get("manner") == "half" else told["manner"] if check == "manner" else check


def row(function: str, told: dict[str, Any]) -> tuple[str, str]:
    """Return driver and wire of a test."""
    if "family" in told:
        return told["family"].name, "-"
    if "queue" in function:
        return "cups", "tcp"
    if "folder" in function:
        return "picture", "folder"
    return told["name"], {"stream": "any stream", "usb": "usb"}[told["face"]] if "face" in told else told["wire"]


class Tally:
    """Counts what passed."""

    def __init__(self) -> None:
        self._places: dict[str, tuple[tuple[str, str], str]] = {}
        self.tests: Counter[tuple[tuple[str, str], str]] = Counter()
        self.runs: Counter[tuple[tuple[str, str], str]] = Counter()

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Remember what each test is."""
        for item in items:
            told = item.callspec.params if hasattr(item, "callspec") else {}
            self._places[item.nodeid] = (row(item.originalname, told), column(item.originalname, told))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one that passed."""
        if report.when == "call" and report.passed:
            self.tests[self._places[report.nodeid]] += 1
            self.runs[self._places[report.nodeid]] += int(str(dict(report.user_properties).get("points", 1)))

    def lines(self) -> list[str]:
        """Return the table: how many runs of each check."""
        said = [f"| driver | wire | {' | '.join(_COLUMNS)} |", "|---|---|" + "--:|" * len(_COLUMNS)]
        for place in sorted({place for place, _ in self.tests}):
            cells = [str(self.runs[place, check] or "") for check in _COLUMNS]
            said.append(f"| {place[0]} | {place[1]} | {' | '.join(cells)} |")
        sums = [str(sum(runs for (_, check), runs in self.runs.items() if check == one)) for one in _COLUMNS]
        said.append(f"| all | | {' | '.join(sums)} |")
        said.append(f"\n{sum(self.tests.values())} tests, {sum(self.runs.values())} runs, all passed")
        return said


def main() -> int:
    """Run the suite and print the table."""
    tally = Tally()
    failed = pytest.main(["-q", "-p", "no:randomly", *(str(_HERE / name) for name in _FILES)], plugins=[tally])
    if not failed:
        print("\n".join(tally.lines()))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
