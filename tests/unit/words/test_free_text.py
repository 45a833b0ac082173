"""What may be a NIK, however it is written; what the trade writes beside it is none."""

from __future__ import annotations

import pytest

from printd.words.free_text import holds_nik, holds_sixteen_digits

SPELLINGS = {
    "in one piece": "5371994101900001",
    "by its parts": "537199 410190 0001",
    "in fours": "5371 9941 0190 0001",
    "with dots": "53.71.99.410190.0001",
    "with hyphens": "5371-9941-0190-0001",
    "with slashes": "537199/410190/0001",
    "with underscores": "537199_410190_0001",
    "with spaces round hyphens": "537199 - 410190 - 0001",
    "with other signs": "(5371) 9941,0190:0001",
    "digit by digit": " ".join("5371994101900001"),
    "over two lines": "537199\n410190\t0001",
    "with spaces that do not break": "537199\u00a0410190\u202f0001",
    "with signs that nobody sees": "537199\u200b410190\u00ad0001\ufeff",
    "in full width": "".join(chr(0xFF10 + int(one)) for one in "5371994101900001"),
    "in Arabic digits": "".join(chr(0x660 + int(one)) for one in "5371994101900001"),
    "in Devanagari digits": "".join(chr(0x966 + int(one)) for one in "5371994101900001"),
    "in bold digits": "".join(chr(0x1D7CE + int(one)) for one in "5371994101900001"),
    "in superscripts": "".join("⁰¹²³⁴⁵⁶⁷⁸⁹"[int(one)] for one in "5371994101900001"),
    "in two kinds": "537199 " + "".join(chr(0xFF10 + int(one)) for one in "410190") + " 0001",
    "of a man": "5371990101900001",
    "of another province": "317101 310780 1234",
    "among words": "kartu milik 5371 99 410190 0001, rusak",
    "after letters": "NIK5371994101900001",
    "beside another number": "2 5371994101900001 7",
}

OTHERS = [
    "",
    "reel 7 of 2026-11-02",
    "K00012345 K00012346",
    "00012345 00012346",
    "KPG-2026-00012345 to KPG-2026-00012399",
    "2026-11-23 12345678",
    "23-11-2026 12345678",
    "BAST 470/1234/53.71/XI/2026 of 2026-11-02",
    "NIP 19850315 201001 1 002",
    "198503152010011002",
    "0812-3456-7890",
    "tcp://192.168.100.100:9100",
    "12345678-1234-4234-8234-123456789012",
    "04A1B2C3D4E5F6",
    "537199 410190 000",
    "537199 410190 00012",
    "5371994101900000",
    "537199 411390 0001",
    "537199 330190 0001",
    "007199 410190 0001",
    "537199 of 410190 and 0001",
    "537199 .... 410190 .... 0001",
]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_nik_is_found(spelling: str) -> None:
    assert holds_nik(SPELLINGS[spelling])
    assert holds_sixteen_digits(SPELLINGS[spelling])


@pytest.mark.parametrize("text", OTHERS)
def test_what_the_trade_writes_is_no_nik(text: str) -> None:
    assert not holds_nik(text)


def test_a_note_holds_no_other_number_of_sixteen_digits_either() -> None:
    assert holds_sixteen_digits("see 1234567890123456")
    assert not holds_nik("see 1234567890123456")
    assert not holds_sixteen_digits("see 12345678901234567")
