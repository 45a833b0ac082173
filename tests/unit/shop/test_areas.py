"""Area tables: unknown is only said where the neighbours are known."""

import os
from pathlib import Path

import pytest

from printd.shop.areas import AreaTable, AreaTableError

DATA = Path(os.environ.get("PRINTD_CONFORMANCE_DATA", Path(__file__).parents[4] / "shared" / "data"))
TABLE = DATA / "wilayah.csv"
needs_table = pytest.mark.skipif(not TABLE.is_file(), reason=f"no {TABLE}: set PRINTD_CONFORMANCE_DATA")


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("53", "known"),
        ("53.71", "known"),
        ("53.21", "known"),
        ("53.71.06", "known"),
        ("53.22", "unknown"),
        ("53.71.99", "unknown"),
        ("53.01.01", "not_judged"),
        ("53.71.04.1001", "not_judged"),
        ("31", "not_judged"),
        ("31.71", "not_judged"),
        ("31.71.01", "not_judged"),
    ],
)
def test_the_builtin_table_judges_only_what_it_lists(code: str, verdict: str) -> None:
    assert AreaTable.builtin().judge(code) == verdict


def test_the_builtin_names() -> None:
    table = AreaTable.builtin()
    assert len([code for code in table.names if len(code) == 5]) == 22
    assert table.name("53.01") == "Kabupaten Kupang"
    assert table.name("53.71") == "Kota Kupang"
    assert table.name("53.21") == "Kabupaten Malaka"
    assert table.name("53.99") is None
    assert not table.covers_the_country


@needs_table
def test_the_builtin_facts_are_those_of_the_published_table() -> None:
    published = AreaTable.load(TABLE)
    assert AreaTable.builtin().names.items() <= published.names.items()


@needs_table
@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("31.71", "known"),
        ("53.71.04.1001", "known"),
        ("20", "unknown"),
        ("31.99", "unknown"),
        ("53.22", "unknown"),
        ("53.71.07", "unknown"),
        ("53.71.04.9999", "unknown"),
        ("31.71.99", "not_judged"),
        ("31.71.01.1001", "not_judged"),
    ],
)
def test_the_published_table_covers_regencies_everywhere_and_districts_of_one_province(code: str, verdict: str) -> None:
    table = AreaTable.load(TABLE)
    assert table.covers_the_country
    assert table.judge(code) == verdict


HEAD = "code,name,level\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "first line"),
        ("kode,nama,level\n", "first line"),
        (HEAD + "53,Nusa Tenggara Timur\n", "line 2: has 2 columns"),
        (HEAD + "5x,Nusa Tenggara Timur,provinsi\n", "line 2: the code"),
        (HEAD + "53\u0661,Nusa,provinsi\n", "line 2: the code"),
        (HEAD + "53,Nusa Tenggara Timur,kota\n", "line 2: the level"),
        (HEAD + "53, ,provinsi\n", "line 2: the name"),
        (HEAD + "53,A,provinsi\n53,A,provinsi\n", "line 3: the code is there"),
        (HEAD + "53.71,Kota Kupang,kota\n", "line 2: the area above"),
    ],
)
def test_tables_that_cannot_be_used_are_named_by_line(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "areas.csv"
    path.write_text(text, "utf-8")
    with pytest.raises(AreaTableError, match=words):
        AreaTable.load(path)


def test_other_files(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    with pytest.raises(AreaTableError, match="cannot be read"):
        AreaTable.load(path)
    path.write_bytes(HEAD.encode("utf-16"))
    with pytest.raises(AreaTableError, match="UTF-8"):
        AreaTable.load(path)
    path.write_text(HEAD + "53,Nusa Tenggara Timur,provinsi\n", "utf-8-sig")
    assert AreaTable.load(path).name("53") == "Nusa Tenggara Timur"
