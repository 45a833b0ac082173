"""What of a record stands on its card, and whether the office's layout and fonts can set it: asked before it enters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from layouts.errors import FitError, LayoutError
from layouts.fonts import FontSource
from layouts.ktp_el import face, profile
from layouts.render import check
from printd.errors import ConfigError
from printd.intake.findings import Finding
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
        raise ConfigError(
            "No card can be drawn in this shop.",
            why=f"{broken}",
            consequence="No record is taken in.",
            remedy="Correct printing.layout or printing.fonts in printd.toml.",
        ) from broken


def _findings(record: PrintReadyRecord, config: Config, today: date) -> list[Finding]:
    layout, fonts = profile(config.printing.layout), _fonts(config.printing.fonts)
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
