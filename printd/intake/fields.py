"""Each field of a record by its own rule (domain reference 3.3 and 6); problems are collected, not raised."""

import base64
import binascii
import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from printd.intake.findings import Finding, warning
from printd.intake.vocabulary import (
    BLOOD,
    BLOOD_UNKNOWN,
    MARITAL,
    OCCUPATIONS,
    RELIGION,
    RELIGION_SPELLINGS,
    SEX,
    SEX_ENGLISH,
    SEX_WORDS,
)
from printd.words.free_text import holds_nik
from printd.words.reasons import PRINT_REASONS

_EXACT: Final = 2**53 - 1
_ISO: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", re.ASCII)
_CARD: Final = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})", re.ASCII)
_AREA: Final = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?", re.ASCII)
_DIGITS: Final = re.compile(r"[0-9]+", re.ASCII)
_NAME: Final = re.compile(r"[A-Z]+( [A-Z]+)*", re.ASCII)
_EARLIEST: Final = 1850
_AT_SOURCE: Final = "Correct it at the source and bring the record again."
_INVISIBLE: Final = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


class Fields:
    """The members of one record, read field by field; what does not fit becomes a finding and an empty value."""

    def __init__(self, members: Mapping[str, Any]) -> None:
        self._members = members
        self.findings: list[Finding] = []

    @property
    def refused(self) -> bool:
        """At least one error was found."""
        return any(finding.severity == "error" for finding in self.findings)

    def error(self, code: str, field: str, message: str) -> None:
        """Note something that stops the record."""
        self.findings.append(Finding("error", code, field, message))

    def warn(self, code: str, field: str) -> None:
        """Note something that an operator has to acknowledge."""
        self.findings.append(warning(code, field))

    def raw_text(self, field: str, *, required: bool = False) -> str:
        """Return a number or text as text without outer spaces; whole numbers beyond 2^53-1 are refused as inexact."""
        value = self._members.get(field)
        if isinstance(value, str):
            text = value.strip()
        elif isinstance(value, int) and not isinstance(value, bool):
            text = str(value)
            if abs(value) > _EXACT:
                self.error(
                    "inexact", field, f"The field {field} is a number too large to be exact; it must be sent as text."
                )
                return ""
        elif value is None:
            text = ""
        else:
            self.error("wrong_type", field, f"The field {field} must be text. {_AT_SOURCE}")
            return ""
        if any(unicodedata.category(character) in _INVISIBLE for character in text):
            message = f"The field {field} holds control or invisible characters. {_AT_SOURCE}"
            self.error("control_characters", field, message)
            return ""
        if required and not text:
            self.error("missing", field, f"The field {field} is missing or empty. {_AT_SOURCE}")
        return text

    def text(self, field: str, limit: int, *, required: bool = False, upper: bool = True) -> str:
        """Return text of at most `limit` characters, in capitals as the card shows it unless `upper` is off."""
        text = self.raw_text(field, required=required)
        if upper:
            text = " ".join(text.upper().split())
        if len(text) > limit:
            self.error("too_long", field, f"The field {field} has more than {limit} characters. {_AT_SOURCE}")
            return ""
        return text

    def name(self, field: str) -> str:
        """Return the name; what Permendagri 73/2022 forbids is a warning, because older names stay valid."""
        name = self.text(field, 60, required=True)
        if name and not _NAME.fullmatch(name):
            self.warn("name_letters", field)
        if name and " " not in name:
            self.warn("name_one_word", field)
        return name

    def number_text(self, field: str, digits: int) -> str:
        """Return exactly so many digits, or nothing."""
        text = self.raw_text(field)
        if text and not (_DIGITS.fullmatch(text) and len(text) == digits):
            self.error("digits", field, f"The field {field} must be exactly {digits} digits. {_AT_SOURCE}")
            return ""
        return text

    def whole(self, field: str, low: int, high: int, width: int, *, required: bool = False) -> str:
        """Return a whole number between `low` and `high`, padded with zeros to `width`."""
        text = self.raw_text(field, required=required)
        if not text:
            return ""
        if not _DIGITS.fullmatch(text) or len(text) > 9 or not low <= int(text) <= high:
            message = f"The field {field} must be a whole number from {low} to {high}. {_AT_SOURCE}"
            self.error("out_of_range", field, message)
            return ""
        return f"{int(text):0{width}}"

    def birth_date(self, field: str, today: date) -> date | None:
        """Return a date that exists and is not in the future."""
        text = self.raw_text(field, required=True)
        born = self._date(field, text) if text else None
        if born is not None and (born.year < _EARLIEST or born > today):
            self.error("date_range", field, f"The field {field} lies in the future or before {_EARLIEST}. {_AT_SOURCE}")
            return None
        return born

    def valid_until(self, *, foreign: bool) -> str:
        """Return SEUMUR HIDUP for citizens, for foreigners the ISO date on which the permit ends."""
        text = self.text("berlaku_hingga", 12)
        if text in ("", "SEUMUR HIDUP"):
            if foreign:
                message = f"A foreigner's card needs the date when the permit ends. {_AT_SOURCE}"
                self.error("missing", "berlaku_hingga", message)
            return "SEUMUR HIDUP"
        until = self._date("berlaku_hingga", text)
        if until is not None and not foreign:
            message = f"A citizen's card is valid for life, but the record names a date. {_AT_SOURCE}"
            self.error("contradiction", "berlaku_hingga", message)
        return "" if until is None else until.isoformat()

    def sex(self, *, foreign: bool) -> str:
        """Return LAKI-LAKI or PEREMPUAN; a foreigner's card may have the English word."""
        text = self.text("jenis_kelamin", 20, required=True)
        if foreign and text in SEX_ENGLISH:
            return text
        return self._word("jenis_kelamin", text, SEX | SEX_WORDS)

    def blood(self) -> str:
        """Return the blood group, "-" when it is not known."""
        text = self.text("gol_darah", 20)
        if text in BLOOD_UNKNOWN:
            return "-"
        return self._word("gol_darah", text, _coded(BLOOD) | {word: word for word in BLOOD.values()})

    def religion(self) -> str:
        """Return the religion as the record spells it; words not in the list are a warning."""
        text = self.text("agama", 60, required=True)
        if _DIGITS.fullmatch(text):
            return self._word("agama", text, _coded(RELIGION))
        if text and text not in RELIGION_SPELLINGS:
            self.warn("unknown_religion", "agama")
        return text

    def marital(self, *, foreign: bool) -> str:
        """Return the marital status; foreigners' cards have it in English, so any word passes there."""
        text = self.text("status_kawin", 20, required=True)
        if foreign and text and not _DIGITS.fullmatch(text):
            return text
        return self._word("status_kawin", text, _coded(MARITAL) | {word: word for word in MARITAL.values()})

    def occupation(self, *, foreign: bool) -> str:
        """Return the occupation; words not in the list of 89 are a warning for citizens."""
        text = self.text("pekerjaan", 60, required=True)
        if _DIGITS.fullmatch(text):
            return self._word("pekerjaan", text, _coded(dict(enumerate(OCCUPATIONS, 1))))
        if text and text not in OCCUPATIONS and not foreign:
            self.warn("unknown_occupation", "pekerjaan")
        return text

    def citizenship(self, *, foreign: bool) -> str:
        """Return WNI, or the country of a foreigner."""
        text = self.text("kewarganegaraan", 40, required=foreign)
        if text == "1":
            text = "WNI"
        if foreign and text in ("WNI", "WNA", "2"):
            message = f"A foreigner's card shows the country; this record does not name it. {_AT_SOURCE}"
            self.error("contradiction", "kewarganegaraan", message)
        elif not foreign and text not in ("", "WNI"):
            message = f"The record is for a citizen's blank but names another citizenship. {_AT_SOURCE}"
            self.error("contradiction", "kewarganegaraan", message)
        return text or "WNI"

    def stock_type(self, *, report: bool = False) -> str:
        """Return which blank is needed: WNI (citizens, the default) or OA (foreigners)."""
        text = str(self._members.get("stock_type") or "WNI").strip().upper()
        if text in ("WNI", "OA"):
            return text
        if report:
            self.error("unknown_code", "stock_type", f"The field stock_type must be WNI or OA. {_AT_SOURCE}")
        return "WNI"

    def generation(self) -> str:
        """Return the generation of blanks that the card must be printed on; empty: any."""
        text = self.text("generation", 32, upper=False)
        if text and (holds_nik(text) or not re.fullmatch(r"[A-Za-z0-9._-]{1,32}", text, re.ASCII)):
            self.error(
                "unknown_code", "generation", f"The field generation must be letters, digits and . _ -. {_AT_SOURCE}"
            )
            return ""
        return text

    def reason(self) -> str:
        """Return the reason for printing, `baru` when the record names none."""
        text = self.text("reason", 20, upper=False).lower() or "baru"
        if text not in PRINT_REASONS:
            self.error("unknown_code", "reason", f"The field reason must be one of {', '.join(PRINT_REASONS)}.")
        return text

    def priority(self) -> int | None:
        """Return the priority class of the office, None when the record names none."""
        text = self.whole("priority_class", 0, 99, 1)
        return int(text) if text else None

    def origin(self) -> str:
        """Return the dotted area code of the place that asked for the card."""
        text = self.text("origin_site", 13)
        if text and not _AREA.fullmatch(text):
            self.error("out_of_range", "origin_site", "The field origin_site must be an area code such as 53.71.04.")
            return ""
        return text

    def picture(self, field: str) -> bytes | None:
        """Return a picture given inline as base64, None when the record brings none."""
        value = self._members.get(field)
        if value is None:
            return None
        if not isinstance(value, str):
            self.error("wrong_type", field, f"The field {field} must be base64 text. {_AT_SOURCE}")
            return None
        try:
            return base64.b64decode(value.strip(), validate=True)
        except (binascii.Error, ValueError):
            self.error(
                "base64", field, f"The field {field} is not base64; it may be cut short. Have it delivered again."
            )
            return None

    def _date(self, field: str, text: str) -> date | None:
        iso, card = _ISO.fullmatch(text), _CARD.fullmatch(text)
        if iso:
            year, month, day = iso.groups()
        elif card:
            day, month, year = card.groups()
        else:
            message = f"The field {field} must be a date written YYYY-MM-DD or DD-MM-YYYY. {_AT_SOURCE}"
            self.error("date_form", field, message)
            return None
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            self.error("date_unreal", field, f"The field {field} is a date that does not exist. {_AT_SOURCE}")
            return None

    def _word(self, field: str, text: str, words: Mapping[str, str]) -> str:
        if not text:
            return ""
        if text not in words:
            self.error("unknown_code", field, f"The field {field} holds none of the known codes or words. {_AT_SOURCE}")
            return ""
        return words[text]


def _coded(words: Mapping[int, str]) -> dict[str, str]:
    return {str(code): word for code, word in words.items()}
