"""Reasons: why a card is printed, and why a job waits for a person."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

PRINT_REASONS: Final = (
    "baru",
    "pindah_datang",
    "ubah_data",
    "hilang",
    "rusak",
    "tukar_suket",
    "luar_domisili",
    "perpanjangan_oa",
)
"""The registry's code list: why a card is asked for (domain reference 1.2)."""


class HeldBecause(StrEnum):
    """Why a job waits for a person, and so which act lets it go on."""

    WARNINGS = "warnings"  # acknowledge the record's warnings
    OPERATOR = "operator"  # release
    ARTWORK = "artwork"  # it cannot be drawn as it is; release after the layout was mended
    STALE = "stale"  # pulled too long ago; release after a look at the registry
    RESTORED = "restored"  # release after a look at the cards: it may have been printed after the backup
    ALTERED = "altered"  # what is sealed is not what was taken in; release when it is again, or cancel
    SPOILED = "spoiled"  # reprint: a card was lost, a second one needs a decision
