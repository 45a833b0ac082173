"""What CUPS's driver makes of pictures and of a queue's words, without any CUPS."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from drivers import cups
from drivers.cups import replies
from drivers.cups.job import MODELS, encode
from drivers.cups.printer import DRIVER
from drivers.cups.raster import HEADER, SYNC, compress
from drivers.deadline import Deadline
from drivers.errors import AddressError, ArtworkError, RefusedError
from drivers.family import Options
from drivers.panels import Separation
from drivers.printer import Artwork, Reason, Rung, Severity, SidePicture, State

GOOD: dict[str, tuple[object, ...]] = {
    "printer-name": ("card",),
    "printer-error-policy": ("abort-job",),
    "printer-is-shared": (False,),
    "printer-is-accepting-jobs": (True,),
    "printer-state": (3,),
    "printer-state-reasons": ("none",),
    "device-uri": ("once:usb://Card/1",),
    "document-format-supported": ("image/pwg-raster",),
    "pwg-raster-document-resolution-supported": ((300, 300, 3),),
    "pwg-raster-document-type-supported": ("srgb_8",),
    "pwg-raster-document-sheet-back": ("normal",),
    "sides-supported": ("one-sided", "two-sided-long-edge"),
    "media-supported": ("na_letter_8.5x11in", "custom_cr80_85.73x53.98mm", "custom_fargo_2.204x3.452in"),
}


def side() -> SidePicture:
    return SidePicture(
        np.full((648, 1016, 3), 255, np.uint8), np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_)
    )


def unpacked(data: bytes, width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Read lines as PWG 5102.4 section 4.4 describes them, dot by dot."""
    lines: list[bytes] = []
    at = 0
    while len(lines) < height:
        again, at, line = data[at] + 1, at + 1, b""
        while len(line) < width * 3:
            code, at = data[at], at + 1
            if code < 128:
                line, at = line + data[at : at + 3] * (code + 1), at + 3
            else:
                assert code != 128
                line, at = line + data[at : at + 3 * (257 - code)], at + 3 * (257 - code)
        assert len(line) == width * 3
        lines += [line] * again
    assert at == len(data)
    assert len(lines) == height
    return np.frombuffer(b"".join(lines), np.uint8).reshape(height, width, 3)


def test_lines_and_dots_are_packed_and_nothing_is_lost() -> None:
    chance = np.random.default_rng(3)
    for width in (1, 2, 127, 128, 129, 255, 256, 257, 1011):
        page = np.repeat(chance.integers(0, 3, (6, width, 3), np.uint8), [1, 255, 256, 257, 2, 1], axis=0)
        assert np.array_equal(unpacked(compress(page), width, 772), page)
    assert len(compress(np.full((638, 1011, 3), 255, np.uint8))) < 110, "an empty card is three lines"


def test_a_document_has_a_header_for_each_page() -> None:
    both = encode(Artwork(side(), side()), MODELS["cr80-duplex"])
    (sent,) = both.commands
    assert (both.sides, both.panels, sent[:4]) == (2, ("rgb", "rgb"), SYNC)
    assert sent.count(b"PwgRaster\0") == 2
    assert sent[4 + 1732 : 4 + HEADER].rstrip(b"\0") == b"custom_cr80-duplex_85.60x54.02mm"


def test_only_what_the_model_can_print_is_encoded() -> None:
    with pytest.raises(ArtworkError, match="one side") as refused:
        encode(Artwork(side(), side()), MODELS["cr80"])
    assert "cr80-duplex" in refused.value.hint
    with pytest.raises(ArtworkError, match="queue's own driver"):
        encode(Artwork(side()), MODELS["cr80"], Options(separation=Separation(ribbon="k")))
    assert encode(Artwork(side()), MODELS["cr80"], Options()) == encode(Artwork(side()), MODELS["cr80"])


def test_no_model_proves_more_than_that_data_left() -> None:
    for model in MODELS.values():
        assert model.abilities.proves is Rung.SENT
        assert not model.abilities.counts
        assert not model.abilities.tells_position


@pytest.mark.parametrize(
    ("model", "name"),
    [("cr80", "custom_cr80_85.73x53.98mm"), ("hdp-cw", "custom_fargo_2.204x3.452in")],
)
def test_a_model_finds_its_page_in_millimetres_and_inches(model: str, name: str) -> None:
    assert replies.medium(GOOD, *MODELS[model].page) == name


@pytest.mark.parametrize(
    "media", [(), ("iso_a4_210x297mm",), (None, 7, "odd"), ("custom_min_1x1mm", "custom_max_900x900mm")]
)
def test_another_page_is_refused(media: tuple[object, ...]) -> None:
    with pytest.raises(RefusedError, match=r"no page of 85\.6 x 54\.0 mm"):
        replies.medium({**GOOD, "media-supported": media}, *MODELS["cr80"].page)


def test_a_good_queue_is_let_through() -> None:
    replies.check(GOOD, dpi=300, sides=2)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("printer-error-policy", ("retry-job",), "retry-job"),
        ("printer-error-policy", (), "unknown"),
        ("device-uri", ("usb://Card/1",), "second card"),
        ("device-uri", (), "second card"),
        ("printer-is-shared", (True,), "shared"),
        ("printer-is-shared", (None,), "shared"),
        ("document-format-supported", ("application/pdf",), "image/pwg-raster"),
        ("pwg-raster-document-resolution-supported", ((600, 600, 3), (300, 600, 3), (300, 300, 4)), "300 dots"),
        ("pwg-raster-document-type-supported", ("sgray_8",), "sRGB"),
        ("pwg-raster-document-sheet-back", ("rotated",), "back that is not turned"),
        ("sides-supported", ("one-sided",), "two sides"),
    ],
)
def test_what_a_queue_does_not_say_is_refused_like_what_it_says_wrong(
    name: str, value: tuple[object, ...], says: str
) -> None:
    told = {**GOOD, name: value} if value else {key: one for key, one in GOOD.items() if key != name}
    with pytest.raises(RefusedError, match=says) as refused:
        replies.check(told, dpi=300, sides=2)
    assert refused.value.hint


@pytest.mark.parametrize(
    ("keyword", "reason", "severity"),
    [
        ("media-empty", Reason.MEDIA_EMPTY, Severity.ERROR),
        ("media-empty-error", Reason.MEDIA_EMPTY, Severity.ERROR),
        ("marker-supply-low-report", Reason.MARKER_SUPPLY_LOW, Severity.REPORT),
        ("toner-low-warning", Reason.MARKER_SUPPLY_LOW, Severity.WARNING),
        ("cover-open", Reason.COVER_OPEN, Severity.ERROR),
        ("offline-report", Reason.OFFLINE, Severity.REPORT),
        ("paused", Reason.OTHER, Severity.ERROR),
        ("unknown", Reason.UNKNOWN, Severity.ERROR),
        ("error", Reason.UNKNOWN, Severity.ERROR),
        ("-warning", Reason.UNKNOWN, Severity.ERROR),
        ("", Reason.UNKNOWN, Severity.ERROR),
        ("com.example-flux-capacitor-warning", Reason.UNKNOWN, Severity.WARNING),
    ],
)
def test_state_reasons(keyword: str, reason: Reason, severity: Severity) -> None:
    found = replies.condition(keyword)
    assert (found.reason, found.severity) == (reason, severity)


def test_a_stopped_queue_is_stopped_by_what_stopped_it() -> None:
    told = {**GOOD, "printer-state": (5,), "printer-state-reasons": ("media-jam-error",)}
    status = replies.status(told, [])
    assert (status.state, [one.reason for one in status.blocking]) == (State.STOPPED, [Reason.MEDIA_JAM])


@pytest.mark.parametrize("name", ["printer-state", "printer-state-reasons", "printer-is-accepting-jobs"])
@pytest.mark.parametrize("value", [None, (None,), (99,)])
def test_a_queue_that_does_not_say_how_it_is_blocks(name: str, value: tuple[object, ...] | None) -> None:
    told = {key: one for key, one in GOOD.items() if key != name} | ({name: value} if value else {})
    assert replies.status(told, []).blocking


def test_marker_levels() -> None:
    told = {
        **GOOD,
        "marker-names": ("YMCKO", "Film", "Cleaner"),
        "marker-levels": (0, 20, -1, 5, 101, None),
        "marker-low-levels": (10, 25),
    }
    found = replies.status(told, []).conditions
    assert [(one.raw, one.reason, one.severity) for one in found] == [
        ("YMCKO 0 %", Reason.MARKER_SUPPLY_EMPTY, Severity.WARNING),
        ("Film 20 %", Reason.MARKER_SUPPLY_LOW, Severity.WARNING),
        ("marker 4 5 %", Reason.MARKER_SUPPLY_LOW, Severity.WARNING),
    ]


def test_a_queue_is_no_wire_and_where_no_cups_runs_none_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wire:
        closed = False

        def close(self) -> None:
            self.closed = True

    wire = Wire()
    with pytest.raises(AddressError, match="no wire"):
        DRIVER.connect(wire, MODELS["cr80"])  # type: ignore[arg-type]
    assert wire.closed
    monkeypatch.setattr("drivers.cups.printer._LOCAL", "/nowhere/cups.sock")
    assert DRIVER.discover is not None
    assert DRIVER.discover(Deadline.after(5)) == []


# --- the backend that prints no job twice, as a program ---

GUARD = Path(cups.__file__).with_name("once")
UUID = "urn:uuid:291e63aa-dc38-395c-6d99-4cbbf78ec98d"


@pytest.fixture
def backends(tmp_path: Path) -> Path:
    folder = tmp_path / "backend"
    folder.mkdir()
    (tmp_path / "cache").mkdir()
    (folder / "once").write_text(GUARD.read_text())
    (folder / "usb").write_text('#!/bin/sh\necho "$DEVICE_URI|$*|$(cat)" >>"${0%/*}/printed"\n')
    for one in ("once", "usb"):
        (folder / one).chmod(0o700)
    return folder


def job(backends: Path, *, options: str = f"a=b job-uuid={UUID} c=d", uri: str = "once:usb://X/Y?serial=1") -> str:
    """Run the backend as cupsd does; return what it says, empty where it did its work."""
    done = subprocess.run(
        [backends / "once", "1", "printd", "card-1", "1", options],
        env={"PATH": "/usr/bin:/bin", "DEVICE_URI": uri, "CUPS_CACHEDIR": str(backends.parent / "cache")},
        input="data",
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert bool(done.returncode) == bool(done.stderr)
    return done.stderr


def test_a_job_reaches_the_printer_s_own_backend_once(backends: Path) -> None:
    assert job(backends) == ""
    assert (backends / "printed").read_text().startswith("usb://X/Y?serial=1|1 printd card-1 1 a=b")
    assert "begun before" in job(backends)
    assert job(backends, options=f"job-uuid={UUID.replace('291e', '0000')}") == ""
    assert len((backends / "printed").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"options": "a=b"}, "no UUID"),
        ({"options": "job-uuid=urn:uuid:"}, "no UUID"),
        ({"options": "job-uuid=urn:uuid:../../etc"}, "no UUID"),
        ({"uri": "once:nothing://X"}, "No backend"),
        ({"uri": "once:"}, "No backend"),
        ({"uri": "usb://X"}, "No backend"),
    ],
)
def test_a_job_that_could_not_be_known_again_is_refused(backends: Path, change: dict[str, str], says: str) -> None:
    assert says in job(backends, **change)
    assert not (backends / "printed").exists()


def test_a_mark_that_cannot_be_made_prints_nothing(backends: Path) -> None:
    (backends.parent / "cache" / "once").write_text("no folder")
    assert job(backends)
    assert not (backends / "printed").exists()
