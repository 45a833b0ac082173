"""The identity number: what cannot exist is refused for the reason that holds, what may be odd is read."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printd.intake.nik import NikError, parse_nik


def test_the_parts_of_a_womans_number() -> None:
    nik = parse_nik("5371996506990001")
    assert (nik.regency_code, nik.district_code, nik.sex) == ("53.71", "53.71.99", "PEREMPUAN")
    assert nik.agrees_with(date(1999, 6, 25))
    assert not nik.agrees_with(date(1999, 6, 26))
    assert not nik.agrees_with(date(1998, 6, 25))


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "nik_digits"),
        ("537199650699001", "nik_digits"),
        ("53719965069900011", "nik_digits"),
        ("537199650699000\u0661", "nik_digits"),
        (" 537199650699001", "nik_digits"),
        ("5371996506990001\n", "nik_digits"),
        ("1071996506990001", "nik_province"),
        ("9771996506990001", "nik_province"),
        ("5300996506990001", "nik_regency"),
        ("5370996506990001", "nik_regency"),
        ("5371990006990001", "nik_day"),
        ("5371993206990001", "nik_day"),
        ("5371994006990001", "nik_day"),
        ("5371997206990001", "nik_day"),
        ("5371999906990001", "nik_day"),
        ("5371996500990001", "nik_month"),
        ("5371996513990001", "nik_month"),
        ("5371993106990001", "nik_date"),
        ("5371997002000001", "nik_date"),
        ("5371992902990001", "nik_date"),
        ("5371996506990000", "nik_serial"),
    ],
)
def test_impossible_numbers(number: str, code: str) -> None:
    with pytest.raises(NikError) as refused:
        parse_nik(number)
    assert refused.value.code == code
    assert len(number) < 5 or number[6:] not in str(refused.value)


@pytest.mark.parametrize(
    "number",
    [
        "1101010101000001",
        "9671314101990001",
        "5301997112999999",
        "5369990101990001",
        "5399990101990001",
        "5371992902000001",
        "5371996902960001",
    ],
)
def test_numbers_at_the_edges_are_possible(number: str) -> None:
    assert parse_nik(number).regency_code == f"{number[:2]}.{number[2:4]}"


@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.booleans(), st.integers(1, 9999))
def test_a_number_made_by_the_rule_is_read_by_the_rule(born: date, woman: bool, serial: int) -> None:
    nik = parse_nik(f"537199{born.day + 40 * woman:02}{born:%m}{born.year % 100:02}{serial:04}")
    assert nik.agrees_with(born)
    assert nik.sex == ("PEREMPUAN" if woman else "LAKI-LAKI")


def test_the_number_is_not_kept_where_it_could_be_printed() -> None:
    assert "0001" not in repr(parse_nik("5371996506990001"))
