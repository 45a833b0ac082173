"""What a CUPS queue says of itself, and whether cards may go through it. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from drivers.cups.ipp import Attributes
from drivers.errors import RefusedError
from drivers.printer import Condition, Position, Reason, Severity, State, Status

RASTER = "image/pwg-raster"
GUARD = "once:"
"""Scheme of the device address of a queue that prints no job twice; ``once`` beside this file is its backend."""

WANTED = (
    "printer-name",
    "printer-uuid",
    "printer-make-and-model",
    "printer-device-id",
    "printer-firmware-string-version",
    "device-uri",
    "printer-error-policy",
    "printer-is-shared",
    "printer-is-accepting-jobs",
    "printer-state",
    "printer-state-message",
    "printer-state-reasons",
    "queued-job-count",
    "document-format-supported",
    "pwg-raster-document-resolution-supported",
    "pwg-raster-document-type-supported",
    "pwg-raster-document-sheet-back",
    "media-supported",
    "sides-supported",
    "marker-names",
    "marker-levels",
    "marker-low-levels",
)
"""Attributes that are asked for."""

_STATES = {3: State.IDLE, 4: State.PROCESSING, 5: State.STOPPED}  # RFC 8011 section 5.4.11
_ALIASES = {  # RFC 8011 section 5.4.12 and CUPS's own, as far as somebody has to do something about them
    "toner-empty": Reason.MARKER_SUPPLY_EMPTY,
    "toner-low": Reason.MARKER_SUPPLY_LOW,
    "paused": Reason.OTHER,
    "moving-to-paused": Reason.OTHER,
    "stopped-partly": Reason.OTHER,
    "hold-new-jobs": Reason.OTHER,
    "spool-area-full": Reason.OTHER,
    "cups-missing-filter": Reason.OTHER,
    "cups-insecure-filter": Reason.OTHER,
    "connecting-to-device": Reason.OFFLINE,
    "timed-out": Reason.OFFLINE,
    "interlock-open": Reason.COVER_OPEN,
}
_IDENTITY = {reason.value: reason for reason in Reason if reason is not Reason.UNKNOWN}
_SIZE = re.compile(r"_([0-9.]+)x([0-9.]+)(mm|in)$")
_NEAR = 0.3  # mm between a model's page and the queue's: PPDs count in points, of which one is 0.35 mm
_LOW = 10  # percent, where the queue does not say what it calls low


def text(told: Attributes, name: str) -> str:
    """Return an attribute's first value as text, empty where there is none."""
    value = told.get(name, (None,))[0]
    return "" if value is None else str(value)


def readable(told: Attributes, names: Sequence[str]) -> dict[str, str]:
    """Return some attributes verbatim, for people and for the books."""
    return {name: ", ".join(str(one) for one in told[name]) for name in names if name in told}


def medium(told: Attributes, width: float, height: float) -> str:
    """Return the queue's own name of a page.

    :param width: mm; the page is as wide as that, not turned.
    :raises RefusedError: it has no such page.
    """
    near: list[tuple[float, str]] = []
    for name in told.get("media-supported", ()):
        found = _SIZE.search(name) if isinstance(name, str) and not name.startswith("custom_m") else None
        if found is not None:
            x, y = (float(one) * (25.4 if found[3] == "in" else 1.0) for one in found.group(1, 2))
            near.append((max(abs(x - width), abs(y - height)), name))
    distance, name = min(near, default=(1e9, ""))
    if distance > _NEAR:
        known = ", ".join(name for _, name in sorted(near)[:5]) or "none"
        raise RefusedError(
            f"{text(told, 'printer-name')} has no page of {width:.1f} x {height:.1f} mm: it would scale or cut",
            hint=f"Choose the model that fits its pages. Nearest are: {known}",
        )
    return name


def check(told: Attributes, *, dpi: int, sides: int) -> None:
    """Refuse a queue that could print a card twice, by somebody else's hand, or not as it was drawn.

    :raises RefusedError: with the command that mends it.
    """
    name, device = text(told, "printer-name"), text(told, "device-uri")
    policy = text(told, "printer-error-policy")
    if policy != "abort-job":
        raise RefusedError(
            f"The queue {name} has the error policy {policy or 'unknown'}: a card that fails would be printed again",
            hint=f"Run: lpadmin -p {name} -o printer-error-policy=abort-job",
        )
    if not device.startswith(GUARD):
        backend = Path(__file__).with_name("once")
        raise RefusedError(
            f"The queue {name} prints a job again that was not finished when CUPS ended, which makes a second card",
            hint=f"Run: install -m 0700 {backend} /usr/lib/cups/backend/once; "
            f"lpadmin -p {name} -v {GUARD}{device or 'DEVICE-URI'}",
        )
    if told.get("printer-is-shared") != (False,):
        raise RefusedError(
            f"The queue {name} is shared: others could print on cards that are in the books",
            hint=f"Run: lpadmin -p {name} -o printer-is-shared=false",
        )
    resolutions = told.get("pwg-raster-document-resolution-supported", ())
    wanted = (
        (RASTER in told.get("document-format-supported", ()), RASTER),
        ((dpi, dpi, 3) in resolutions, f"{dpi} dots per inch"),
        ("srgb_8" in told.get("pwg-raster-document-type-supported", ()), "8-bit sRGB"),
        (sides == 1 or "two-sided-long-edge" in told.get("sides-supported", ()), "two sides"),
        (sides == 1 or text(told, "pwg-raster-document-sheet-back") == "normal", "a back that is not turned"),
    )
    missing = [what for there, what in wanted if not there]
    if missing:
        raise RefusedError(
            f"The queue {name} does not offer {', '.join(missing)}: a card would not come out as it was drawn",
            hint="Give the queue its printer's own driver, or choose another model",
        )


def status(told: Attributes, unfinished: Sequence[Attributes]) -> Status:
    """Return how a queue is. CUPS asks no printer while no job runs, and keeps a condition until a job takes it back.

    So what the last job reported of the printer only warns while the queue is idle: a line that it stopped could never
    go on. What CUPS says of the queue itself is as it is now, and stops.

    :param unfinished: its jobs that are not over.
    """
    raw = readable(told, [name for name in WANTED if name.startswith(("printer-state", "marker", "queued"))])
    state = _STATES.get(_number(told.get("printer-state")), State.UNKNOWN)
    conditions = [condition(keyword) for keyword in told.get("printer-state-reasons", ()) if keyword != "none"]
    if state is State.IDLE:
        conditions = [_as_of_the_last_job(one) for one in conditions]
    conditions += _supplies(told)
    if "printer-state-reasons" not in told or state is State.UNKNOWN:
        conditions.append(Condition(Reason.UNKNOWN, Severity.ERROR, "the queue does not say how it is"))
    if told.get("printer-is-accepting-jobs") != (True,):
        says = f"the queue takes no jobs; run: cupsaccept {text(told, 'printer-name')}"
        conditions.append(Condition(Reason.OTHER, Severity.ERROR, says))
    if unfinished:
        ids = ", ".join(text(job, "job-id") for job in unfinished[:5])
        says = f"{len(unfinished)} jobs are not over ({ids}); cancel them, and look for cards"
        conditions.append(Condition(Reason.OTHER, Severity.ERROR, says))
    return Status(state, tuple(conditions), Position.UNKNOWN, raw)


def condition(keyword: Any) -> Condition:
    """Return what one of ``printer-state-reasons`` means; without a suffix it is an error (RFC 8011 section 5.4.12)."""
    said = str(keyword)
    bare, _, suffix = said.rpartition("-")
    severity = Severity(suffix) if bare and suffix in tuple(Severity) else Severity.ERROR
    bare = bare if bare and suffix in tuple(Severity) else said
    if bare == "paused":
        said = "paused; run: cupsenable QUEUE"
    return Condition(_IDENTITY.get(bare) or _ALIASES.get(bare) or Reason.UNKNOWN, severity, said)


def _as_of_the_last_job(found: Condition) -> Condition:
    lasting = found.reason in (Reason.UNKNOWN, Reason.OTHER) or found.severity is not Severity.ERROR
    return found if lasting else replace(found, severity=Severity.WARNING, raw=f"{found.raw} (as of the last job)")


def _supplies(told: Attributes) -> list[Condition]:
    """Return what marker levels say; they are as old as the last job, so that they warn and stop nothing."""
    found = []
    names, lows = told.get("marker-names", ()), told.get("marker-low-levels", ())
    for number, level in enumerate(told.get("marker-levels", ())):
        if not isinstance(level, int) or not 0 <= level <= 100:  # -1 to -3: not known
            continue
        low = _number(lows[number : number + 1])
        if level <= (low if 0 <= low <= 100 else _LOW):
            reason = Reason.MARKER_SUPPLY_LOW if level else Reason.MARKER_SUPPLY_EMPTY
            name = str(names[number]) if number < len(names) else f"marker {number + 1}"
            found.append(Condition(reason, Severity.WARNING, f"{name} {level} %"))
    return found


def _number(values: Sequence[Any] | None) -> int:
    return values[0] if values and isinstance(values[0], int) else -1


def facts(told: Mapping[str, tuple[Any, ...]]) -> dict[str, str]:
    """Return what identifies a queue, verbatim."""
    return readable(told, WANTED[:6])
