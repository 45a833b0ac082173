"""The identity number (NIK): `PPKKCC DDMMYY SSSS`, sixteen digits (domain reference 4.1).

Province, regency and district of the first registration, birth date with 40 added to the day for women, running number.
A number is for life: it keeps an old district and an uncorrected birth date, so only impossible numbers are errors.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Sex = Literal["LAKI-LAKI", "PEREMPUAN"]

_FEMALE_DAY: Final = 40
_PROVINCES: Final = range(11, 97)

FIRST_CITY: Final = 71
"""Regency numbers from here on are cities (kota), those below are kabupaten."""


class NikError(ValueError):
    """A number that no register can have issued. `code` tells the rule; the message never contains the number."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Nik:
    """The parts of a possible number. The running number is not kept: nothing here can name a person by itself."""

    province: str
    regency: str
    district: str
    day: int
    month: int
    year_of_century: int
    sex: Sex

    @property
    def regency_code(self) -> str:
        """Dotted code of the regency or city, `53.71`."""
        return f"{self.province}.{self.regency}"

    @property
    def district_code(self) -> str:
        """Dotted code of the district of first registration, `53.71.04`."""
        return f"{self.province}.{self.regency}.{self.district}"

    def agrees_with(self, born: date) -> bool:
        """Tell whether day, month and the two digits of the year are those of `born`."""
        return (self.day, self.month, self.year_of_century) == (born.day, born.month, born.year % 100)


def parse_nik(text: str) -> Nik:
    """Take a number apart.

    Raises NikError with the code `nik_digits`, `nik_province`, `nik_regency`, `nik_day`, `nik_month`, `nik_date` or
    `nik_serial` for a number that cannot exist. 29 February is accepted where either century had one (domain reference
    4.1 rule 4: two digits of the year are ambiguous).
    """
    if not re.fullmatch(r"[0-9]{16}", text, re.ASCII):
        raise NikError("nik_digits", "The identity number must be exactly 16 digits, written as text.")
    if int(text[:2]) not in _PROVINCES:
        raise NikError("nik_province", "The identity number begins with a province number outside 11 to 96.")
    # 70 lies between the kabupaten (01 to 69) and the cities (71 to 99) and belongs to neither.
    if text[2:4] in ("00", "70"):
        raise NikError(
            "nik_regency", "Digits 3 and 4 of the identity number are not a regency (01-69) or city (71-99)."
        )
    day = int(text[6:8])
    sex: Sex = "PEREMPUAN" if day > _FEMALE_DAY else "LAKI-LAKI"
    if day > _FEMALE_DAY:
        day -= _FEMALE_DAY
    if not 1 <= day <= 31:
        raise NikError("nik_day", "Digits 7 and 8 of the identity number are not a day (01-31 or, women, 41-71).")
    month, year = int(text[8:10]), int(text[10:12])
    if not 1 <= month <= 12:
        raise NikError("nik_month", "Digits 9 and 10 of the identity number are not a month (01-12).")
    if not any(_exists(century + year, month, day) for century in (1900, 2000)):
        raise NikError("nik_date", "The birth date inside the identity number does not exist in any year it can mean.")
    if text[12:] == "0000":
        raise NikError("nik_serial", "The identity number ends in 0000; running numbers begin with 0001.")
    return Nik(text[:2], text[2:4], text[4:6], day, month, year, sex)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
