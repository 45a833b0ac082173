"""Indonesian numbers and days, written here once more: what papers say is held against it."""

from __future__ import annotations

from datetime import date

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)
_UNITS = ("", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
_STEPS = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"))


def spelled(number: int) -> str:
    """Return a whole number in words: *seribu* and *seratus* have no *satu*; 0 is *nihil*."""
    return _spelled(number) or "nihil"


def _spelled(number: int) -> str:
    if number < 12:
        return _UNITS[number]
    if number < 20:
        return f"{_UNITS[number - 10]} belas"
    if number < 100:
        return f"{_UNITS[number // 10]} puluh {_spelled(number % 10)}".strip()
    for step, name in _STEPS:
        if number >= step:
            times = number // step
            head = f"se{name}" if times == 1 and step <= 1000 else f"{_spelled(times)} {name}"
            return f"{head} {_spelled(number % step)}".strip()
    raise AssertionError(number)


def grouped(number: int) -> str:
    """Write 1234 as 1.234."""
    return f"{number:,}".replace(",", ".")


def day(of: date) -> str:
    """Write a day as 3 September 2018."""
    return f"{of.day} {MONTHS[of.month - 1]} {of.year}"


def spelled_day(of: date) -> str:
    """Write a day as acts begin with it."""
    return (
        f"{DAYS[of.weekday()]}, tanggal {spelled(of.day)} bulan {MONTHS[of.month - 1]} "
        f"tahun {spelled(of.year)} ({of:%d-%m-%Y})"
    )
