"""What is said of closings, and of whether a witness saw the beginning: in Indonesian and in English."""

from __future__ import annotations

from typing import Final

_ADDS_UP: Final = (
    (
        "penutupan {day}, {stock_type}: diterima {received} = di kantor {on_hand} + kartu baik {good} "
        "+ rusak {spoiled} + dimusnahkan {destroyed} + di tempat lain {sites} + dikembalikan {returned} "
        "+ tidak ada {lost}"
    ),
    (
        "closing {day}, {stock_type}: received {received} = on hand {on_hand} + good cards {good} + spoiled {spoiled} "
        "+ destroyed {destroyed} + at sites {sites} + returned {returned} + missing {lost}"
    ),
)

OF_CLOSINGS: Final = {
    "closing_day": (
        "penutupan giliran kerja ini menyebut hari {day}, padahal dicatat {at}",
        "this closing of a shift tells the day {day} and is of {at}",
    ),
    "day_missing": (
        "hari {first} sampai {last} ({days} hari) tidak punya penutupan, padahal log berlanjut",
        "the days {first} to {last} ({days} in all) have no closing, and the log goes on",
    ),
    "day_not_over": (
        "hari {day} ditutup sebelum berakhir ({at})",
        "the day {day} was closed before it was over ({at})",
    ),
    "day_again": ("hari {day} ditutup lagi", "the day {day} is closed again"),
    "totals_sum": (
        "jumlah keseluruhan {stock_type} tidak cocok: {lacking} keping tidak berada di mana pun",
        "the totals of {stock_type} do not add up: {lacking} pieces are nowhere",
    ),
    "totals": (
        "jumlah keseluruhan {stock_type}: {figure} disebut {said}, menurut entri sejak awal log {found}",
        "the totals of {stock_type} say {figure} {said}, the entries since the log began {found}",
    ),
    "totals_between": (
        "sejak penutupan sebelumnya {figure} berubah {said}, menurut entri di antaranya {found}",
        "since the closing before {figure} changed by {said}, by the entries between by {found}",
    ),
    "totals_act": (
        "jumlah keseluruhan menyebut {said} {stock_type} masih di kantor, berita acaranya {found}",
        "the totals say that {said} of {stock_type} are on hand, the act {found}",
    ),
    "totals_back": (
        "{figure} dari {stock_type} hanya bisa bertambah: {before} sebelumnya, {said} sekarang",
        "{figure} of {stock_type} can only grow: {before} before, {said} now",
    ),
    "fact_first_before": (
        "{size} entri pertama dilihat saksi {names} pada {at}, sebelum kartu pertama dicetak",
        "the first {size} entries were seen by {names} at {at}, before the first card was printed",
    ),
    "fact_first_after": (
        "saksi baru melihat log ini ({size} entri, {names}) pada {at}, sesudah kartu dicetak",
        "a witness saw this log ({size} entries, {names}) only at {at}, after a card was printed",
    ),
    "fact_first_none": (
        "tidak ada saksi yang melihat permulaan log ini: apa yang lama hanya bersandar pada kunci log",
        "no witness saw the beginning of this log: what is old rests on the log's key alone",
    ),
    "fact_closing": _ADDS_UP,
    "fact_doubt": ("{in_doubt} keping di antaranya belum pasti", "{in_doubt} pieces of them are in doubt"),
}
