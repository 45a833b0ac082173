"""What is found of acts of destruction, held against their entries: in Indonesian and in English."""

from __future__ import annotations

from typing import Final

OF_DESTRUCTIONS: Final = {
    "destruction_times": (
        "waktu pemusnahan {destruction} tidak berurutan: mulai, selesai, dibukukan",
        "the times of the destruction {destruction} are out of order: begun, ended, booked",
    ),
    "destruction_pieces": (
        "pemusnahan {destruction} menyebut {said} keping, seharusnya {found}",
        "the destruction {destruction} speaks of {said} pieces, and there must be {found}",
    ),
    "destruction_basis": (
        "pemusnahan {destruction} mencacah tanpa surat yang membolehkannya",
        "the destruction {destruction} shreds without a letter that allows it",
    ),
}
