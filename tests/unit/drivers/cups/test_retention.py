"""What CUPS says of the files of jobs that are over; what it does not say is not taken for good."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.cups.retention import check_device, check_jobs, check_settings
from drivers.errors import RefusedError


@pytest.mark.parametrize("line", ["PreserveJobFiles No", "  preservejobfiles\tOFF ", "PreserveJobFiles 0"])
def test_settings_that_keep_nothing_are_taken(line: str) -> None:
    check_settings(f"LogLevel warn\n{line}\nListen localhost:631\n")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        (None, "cannot be read"),
        ("", "no PreserveJobFiles"),
        ("# PreserveJobFiles No\n", "no PreserveJobFiles"),
        ("PreserveJobFiles Yes\n", "PreserveJobFiles Yes"),
        ("PreserveJobFiles 86400\n", "PreserveJobFiles 86400"),
        ("PreserveJobFiles No\nPreserveJobFiles 1d\n", "No, 1d"),
        ("PreserveJobFiles No because\n", "no PreserveJobFiles"),
    ],
)
def test_all_others_are_refused_with_the_line_to_write(settings: str | None, says: str) -> None:
    with pytest.raises(RefusedError, match=says) as refused:
        check_settings(settings)
    assert "PreserveJobFiles No" in refused.value.hint


@pytest.mark.parametrize(("kept", "fine"), [((0,), True), ((1,), False), ((), False), (("0",), False)])
def test_a_job_that_is_over_must_have_no_document(kept: tuple[Any, ...], fine: bool) -> None:
    job = {"job-id": (7,), **({"number-of-documents": kept} if kept else {})}
    if fine:
        check_jobs([job])
        return
    with pytest.raises(RefusedError, match="job 7"):
        check_jobs([job])


@pytest.mark.parametrize("device", ["once:usb://X/Y?serial=1", "once:socket://192.0.2.7", "once:gutenprint53+usb://a"])
def test_devices_that_are_printers(device: str) -> None:
    check_device({"printer-name": ("q",), "device-uri": (device,)})


@pytest.mark.parametrize("device", ["once:file:///tmp/x", "once:cups-pdf:/", "once:", "", "once:nousb:/"])
def test_devices_that_may_be_none(device: str) -> None:
    with pytest.raises(RefusedError, match="not known to be a printer"):
        check_device({"printer-name": ("q",), "device-uri": (device,)})
