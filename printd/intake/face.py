"""What of a record stands on its card, and whether the office's layout and fonts can set it: asked before it enters.

Whatever a card is held against when it is drawn, a record is held against here: else its job would be held, and again
after each release.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from layouts.errors import FitError, LayoutError
from layouts.fonts import FontSource
from layouts.ktp_el import face, profile
from layouts.model import DotBox, Layout
from layouts.render import check, check_pictures
from printd.errors import ConfigError
from printd.intake.findings import Finding, warning
from printd.intake.picture_rules import Photo
from printd.intake.record import PrintReadyRecord
from printd.shop.config import Config

_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        "provinsi": "prop_name",
        "kabupaten": "kab_name",
        "kecamatan": "kec_name",
        "kel_desa": "kel_name",
        "tempat_tgl_lahir": "tempat_lahir",
        "rt_rw": "rt",
        "kepercayaan": "agama",
    }
)
"""Fields of a record by the line of the card that they stand in, where the names differ."""


_LEAST_QUALITY = 30
"""Of a JPEG: under it the squares of eight dots in which it is stored are seen in a face."""


def card_fields(record: PrintReadyRecord, place_of_issue: str, issued: date) -> dict[str, str]:
    """Return the fields of a record's card, with place and day of issue.

    :param place_of_issue: the office's, where the record brings none.
    """
    fields = record.face_fields()
    fields["tgl_terbit"] = issued.isoformat()
    fields["kab"] = fields.get("no_kab", "")
    fields["tempat_terbit"] = fields.get("tempat_terbit") or place_of_issue
    return fields


def unfit(record: PrintReadyRecord, config: Config, today: date) -> list[Finding]:
    """Return every field that cannot stand on the card: a letter that the font lacks, a text too long for its place.

    Type is set at 300 dpi here. A finer printer may, by less than a dot, find a text too long all the same; its job is
    held then.

    :raises ConfigError: the layout or a font is not there, or the office's own place of issue cannot be set.
    """
    try:
        return _findings(record, config, today)
    except LayoutError as broken:
        raise _undrawable(broken) from broken


def misplaced(photo: Photo, config: Config) -> list[Finding]:
    """Return that a photo cannot fill its place on the card, where it cannot.

    :raises ConfigError: the layout is not there.
    """
    try:
        check_pictures(_layout(config), (photo.width, photo.height), None)
    except FitError as wrong:
        return [_finding(wrong)]
    return []


def poor(photo: Photo, config: Config) -> list[Finding]:
    """Return what a person has to answer for before a photo is printed.

    :raises ConfigError: the layout is not there.
    """
    codes = {
        "photo_background": not photo.fits,
        "photo_few_dots": any(
            2 * photo.width < place.width and 2 * photo.height < place.height for place in _photo_places(config)
        ),
        "photo_grey": photo.grey,
        "photo_compressed": photo.quality < _LEAST_QUALITY,
    }
    return [warning(code, "foto") for code, seen in codes.items() if seen]


def _photo_places(config: Config) -> list[DotBox]:
    layout = _layout(config)
    return [side.photo.box.in_dots() for side in (layout.front, layout.back) if side and side.photo]


def _layout(config: Config) -> Layout:
    try:
        return profile(config.printing.layout)
    except LayoutError as broken:
        raise _undrawable(broken) from broken


def _undrawable(broken: LayoutError) -> ConfigError:
    return ConfigError(
        "No card can be drawn in this shop.",
        why=f"{broken}",
        consequence="No record is taken in.",
        remedy="Correct printing.layout or printing.fonts in printd.toml.",
    )


def _findings(record: PrintReadyRecord, config: Config, today: date) -> list[Finding]:
    layout, fonts = _layout(config), _fonts(config.printing.fonts)
    try:
        lines = face(card_fields(record, config.office.place_of_issue, today))
    except FitError as absent:
        return [_finding(absent)]
    findings: list[Finding] = []
    told: set[str] = set()
    while True:
        try:
            check(layout, lines, fonts=fonts)
            return findings
        except FitError as wrong:
            if wrong.field in told:
                return findings  # no other text would stand there either
            if wrong.field == "tempat_terbit" and not record.tempat_terbit:
                raise ConfigError(
                    "The place of issue cannot stand on a card.",
                    why=f"{wrong.reason}.",
                    consequence="No record is taken in.",
                    remedy="Correct office.place_of_issue in printd.toml.",
                ) from wrong
            findings.append(_finding(wrong))
            told.add(wrong.field)
            lines[wrong.field] = "-"  # and look at the others


def _finding(wrong: FitError) -> Finding:
    field = _FIELDS.get(wrong.field, wrong.field)
    message = f"The field {field} cannot stand on the card: {wrong.reason}."
    return Finding("error", "cannot_be_drawn", field, message)


@cache
def _fonts(folder: str) -> FontSource:
    """Return the fonts of a folder, which keep what they have read."""
    return FontSource(Path(folder) if folder else None)
