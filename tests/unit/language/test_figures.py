"""Numbers, money, days and times as Indonesian papers write them: the table of the papers reference, section 3."""

from __future__ import annotations

import random
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from printd.language import dates, numbers
from printd.language.sentences import Clock, Count, Day, Moment, Reader, Rupiah, Sentence, SpelledDay, serials
from printd.words.serials import parse_range
from support import indonesian

KUPANG = Reader("id", ZoneInfo("Asia/Makassar"))
ENGLISH = Reader("en", ZoneInfo("Asia/Makassar"))


@pytest.mark.parametrize(
    ("iso", "said"),
    [
        ("2018-10-18", "Kamis, tanggal delapan belas bulan Oktober tahun dua ribu delapan belas (18-10-2018)"),
        ("2026-11-30", "Senin, tanggal tiga puluh bulan November tahun dua ribu dua puluh enam (30-11-2026)"),
        ("2027-01-01", "Jumat, tanggal satu bulan Januari tahun dua ribu dua puluh tujuh (01-01-2027)"),
        ("2024-02-29", "Kamis, tanggal dua puluh sembilan bulan Februari tahun dua ribu dua puluh empat (29-02-2024)"),
        ("2026-08-17", "Senin, tanggal tujuh belas bulan Agustus tahun dua ribu dua puluh enam (17-08-2026)"),
    ],
)
def test_an_act_begins_with_its_day_in_words(iso: str, said: str) -> None:
    assert KUPANG.said(SpelledDay(iso)) == said


def test_every_day_of_four_years_is_what_independent_code_spells() -> None:
    for after in range(4 * 365 + 1):
        of = date(2018, 1, 1) + timedelta(after)
        assert dates.spelled(of, "id") == indonesian.spelled_day(of)
        assert dates.day(of, "id") == indonesian.day(of)


@pytest.mark.parametrize(
    ("zone", "said"), [("Asia/Makassar", "14.05 WITA"), ("Asia/Jakarta", "13.05 WIB"), ("Asia/Jayapura", "15.05 WIT")]
)
def test_a_time_of_day_has_the_offices_zone(zone: str, said: str) -> None:
    assert Reader("id", ZoneInfo(zone)).said(Clock("2026-11-30T06:05:00.000Z")) == said


def test_late_in_the_day_of_the_log_the_office_has_the_next_day() -> None:
    at = Moment("2026-11-30T16:30:00.000Z")
    assert KUPANG.said(at) == "1 Desember 2026 pukul 00.30 WITA"
    assert ENGLISH.said(at) == "1 December 2026, 00:30 WITA"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "0 (nihil)"),
        (1, "1 (satu)"),
        (11, "11 (sebelas)"),
        (100, "100 (seratus)"),
        (101, "101 (seratus satu)"),
        (1000, "1.000 (seribu)"),
        (1378, "1.378 (seribu tiga ratus tujuh puluh delapan)"),
        (3916, "3.916 (tiga ribu sembilan ratus enam belas)"),
        (11_000, "11.000 (sebelas ribu)"),
        (12_500, "12.500 (dua belas ribu lima ratus)"),
    ],
)
def test_a_number_stands_in_figures_and_in_words(number: int, said: str) -> None:
    assert KUPANG.said(Count(number)) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (9_547 * 4_000, "Rp38.188.000 (tiga puluh delapan juta seratus delapan puluh delapan ribu rupiah)"),
        (
            144_822_700,
            "Rp144.822.700 (seratus empat puluh empat juta delapan ratus dua puluh dua ribu tujuh ratus rupiah)",
        ),
        (1_001_000, "Rp1.001.000 (satu juta seribu rupiah)"),
    ],
)
def test_money_stands_in_figures_and_in_words(amount: int, said: str) -> None:
    assert KUPANG.said(Rupiah(amount)) == said


def test_a_rate_has_a_comma() -> None:
    assert numbers.percent(174, "id") == "1,74%"


def test_words_are_those_of_independent_code() -> None:
    """Every number up to 20,000, each that ends in 1,000 around a million, a milliard, a billion, and random ones."""
    chance = random.Random(5371)
    steps = (10**6, 10**9, 10**12)
    around = [step * many + extra for step in steps for many in (1, 2, 11, 101) for extra in (0, 1, 999, 1000, 1001)]
    for number in (*range(1, 20_001), *around, *(chance.randrange(1, 10**14) for _ in range(3_000))):
        assert numbers.words(number, "id") == indonesian.spelled(number), number


def test_a_sentence_says_its_values_in_both_languages() -> None:
    end = Sentence(
        "This record was drawn up truthfully in {copies} copies, to be used as it should be.", copies=Count(2)
    )
    assert KUPANG.said(end) == (
        "Demikian Berita Acara ini dibuat dengan sebenarnya dalam rangkap 2 (dua) "
        "untuk dipergunakan sebagaimana mestinya."
    )
    assert ENGLISH.said(end).startswith("This record was drawn up truthfully in 2 (two) copies")


def test_serials_are_said_as_first_and_last_and_cut_with_their_number() -> None:
    ranges = [parse_range(f"K{number}00", f"K{number}05") for number in range(1, 9)]
    said = KUPANG.said(serials(ranges))
    assert said.startswith("K100 s.d. K105, K200 s.d. K205")
    assert said.endswith("dan 2 rentang lain")
    assert KUPANG.said(Day("2018-09-03")) == "3 September 2018"
