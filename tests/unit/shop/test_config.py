"""The configuration: every mistake is named with its key and what is allowed there."""

from pathlib import Path

import pytest

from printd.cli.remedies import sentence
from printd.errors import ConfigError
from printd.shop.config import CONFIG_NAME, load
from printd.shop.folder import SOCKET_NAME
from support.fixed import ORIGIN
from support.people import create_of_its_own as create

GOOD = '[office]\norigin = "a/b"\n'


def refusal(folder: Path, text: str | bytes) -> ConfigError:
    path = folder / CONFIG_NAME
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ConfigError) as refused:
        load(path)
    assert str(path) in refused.value.what
    assert sentence(refused.value.remedy)
    return refused.value


def test_what_is_not_said_has_a_default(tmp_path: Path) -> None:
    (tmp_path / CONFIG_NAME).write_text(GOOD)
    config = load(tmp_path / CONFIG_NAME)
    assert config.intake.printable["baru"] == ["PRINT_READY_RECORD"]
    assert config.printing.colour_levels is None, "the most that each printer can"


@pytest.mark.parametrize(
    ("text", "key", "known"),
    [
        ("[offfice]\n", "offfice", "office"),
        ('[intake]\nspoool = "x"\n', "intake.spoool", "spool"),
        ("[printing]\ncard_second = 9\n", "printing.card_second", "card_seconds"),
        ("[log]\ncheckpoint = 9\n", "log.checkpoint", "checkpoint_entries"),
        ('[usb]\nbackends = ""\n', "usb.backends", "backend"),
        ('[database]\nuri = ""\n', "database.uri", "url"),
    ],
)
def test_an_unknown_key_is_named_beside_the_known_ones(tmp_path: Path, text: str, key: str, known: str) -> None:
    error = refusal(tmp_path, GOOD + text)
    assert repr(key) in error.what
    assert known in error.what.split("known here:")[1]


def test_a_key_before_the_first_section_is_unknown_too(tmp_path: Path) -> None:
    assert "'origin'" in refusal(tmp_path, 'origin = "x"\n' + GOOD).what


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    [
        ("[printing]\ncolour_levels = 100\n", "printing.colour_levels", "32, 64 or 128"),
        ("[printing]\ncard_seconds = 0\n", "printing.card_seconds", "1"),
        ('[printing]\npoll_seconds = "fast"\n', "printing.poll_seconds", "number"),
        ("[intake]\nmax_photo_bytes = 1\n", "intake.max_photo_bytes", "10000"),
        ("[intake]\nmax_photo_bytes = 900000000\n", "intake.max_photo_bytes", "20000000"),
        ('[intake]\nprintable = "all"\n', "intake.printable", "dictionary"),
        ("[intake.printable]\nbaru = [7]\n", "intake.printable.baru.0", "string"),
        ("[log]\ncheckpoint_entries = 0\n", "log.checkpoint_entries", "1"),
        ("usb = 3\n" + GOOD, "usb", "dictionary"),
        ('[office]\norigin = "a b"\n', "office.origin", "pattern"),
        ('[office]\norigin = "a+b"\n', "office.origin", "pattern"),
        ('[office]\norigin = "a"\ntimezone = "Asia/Kupang"\n', "office.timezone", "Asia/Makassar"),
        ('[office]\norigin = "a"\ntimezone = "../../etc/passwd"\n', "office.timezone", "Asia/Makassar"),
        ('[office]\norigin = "a"\ntimezone = "Asia"\n', "office.timezone", "Asia/Makassar"),
        ('[office]\norigin = "a"\ntimezone = ""\n', "office.timezone", "Asia/Makassar"),
        ('[office]\nname = "x"\n', "office.origin", "required"),
        ("", "office", "required"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(tmp_path: Path, text: str, key: str, allowed: str) -> None:
    error = refusal(tmp_path, text if "office" in text or not text else GOOD + text)
    assert f"{key}: " in error.what
    assert allowed in error.what


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    error = refusal(tmp_path, GOOD + "[log]\ncheckpoint_entries = 0\n[printing]\nx = 1\n")
    assert "log.checkpoint_entries" in error.what
    assert "'printing.x'" in error.what


@pytest.mark.parametrize("text", ["[office\n", 'a = "', "a = 1\na = 2\n", b"\xff\xfe", b'[office]\norigin = "\xe9"\n'])
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str | bytes) -> None:
    assert "cannot be read as TOML" in refusal(tmp_path, text).what


def test_a_folder_instead_of_the_file(tmp_path: Path) -> None:
    (tmp_path / CONFIG_NAME).mkdir()
    with pytest.raises(ConfigError):
        load(tmp_path / CONFIG_NAME)


def test_no_file_says_how_to_make_a_shop(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        load(tmp_path / CONFIG_NAME)
    assert "init" in sentence(refused.value.remedy)


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "a b"},
        {"origin": 'a"b'},
        {"name": 'The "office"'},
        {"name": "back\\slash"},
        {"place": "two\nlines"},
        {"place": "nul\0"},
        {"timezone": "Mars/Olympus"},
    ],
)
@pytest.mark.parametrize("there", [True, False])
def test_a_shop_that_cannot_be_made_leaves_nothing(tmp_path: Path, wrong: dict[str, str], there: bool) -> None:
    folder = tmp_path / "shop"
    if there:
        folder.mkdir()
    with pytest.raises(ConfigError):
        create(folder, **{"origin": ORIGIN, **wrong})
    assert folder.exists() is there
    assert not there or not list(folder.iterdir())


@pytest.mark.parametrize(
    ("origin", "wrong"),
    [
        ("kupang", "it has 1 part between slashes instead of 5"),
        ("kupang.example/53/5371/blanks", "it has 4 parts"),
        ("kupang.example/53/5371/blanks/1/2", "it has 6 parts"),
        ("https://kupang.example/53/5371/blanks/1", "it has 7 parts"),
        ("kupang/53/5371/blanks/1", "its first part, 'kupang', is no domain"),
        ("Kupang.example/53/5371/blanks/1", "its first part, 'Kupang.example', is no domain in small letters"),
        ("kupang..example/53/5371/blanks/1", "its first part, 'kupang..example', is no domain"),
        ("kupang.example//5371/blanks/1", "its second part, '', is not made of"),
        ("kupang.example/53/kota kupang/blanks/1", "its third part, 'kota kupang', is not made of"),
        ("kupang.example/53/5371/cards/1", "its fourth part is 'cards' instead of the word blanks"),
        ("kupang.example/53/5371/blanks/", "its last part, '', is not made of"),
        ("kupang.example/53/5371/blanks/1+2", "its last part, '1+2', is not made of"),
        ("kupang.example/53/5371/blanks/satu\n", "its last part, 'satu\\n', is not made of"),
        ("kupang.example/53/5371/blanks/٢", "its last part, '٢', is not made of"),
    ],
)
def test_a_log_s_name_that_is_none_is_refused_with_what_is_wrong_and_an_example(
    tmp_path: Path, origin: str, wrong: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        create(tmp_path / "shop", origin=origin)
    assert wrong in refused.value.what
    assert "kupang.example/53/5371/blanks/1" in sentence(refused.value.remedy)
    assert not (tmp_path / "shop").exists()


def test_the_example_of_a_log_s_name_is_one_and_a_shop_with_an_older_name_still_opens(tmp_path: Path) -> None:
    create(tmp_path / "shop", origin="kupang.example/53/5371/blanks/1")
    path = tmp_path / "shop" / CONFIG_NAME
    path.write_text(path.read_text().replace("kupang.example/53/5371/blanks/1", "kupang"))
    assert load(path).office.origin == "kupang"


def test_a_used_folder_or_a_file_does_not_become_a_shop(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path, tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ConfigError) as refused:
            create(folder, origin=ORIGIN)
        assert sentence(refused.value.remedy)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("too_long", [False, True])
def test_a_folder_whose_path_is_too_long_for_the_socket_does_not_become_a_shop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, too_long: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    longest = 100 - len(f"{tmp_path}/{SOCKET_NAME}/")
    name = "ü" * (longest // 2) + "x" * (longest % 2 + too_long)
    if not too_long:
        create(Path(name), origin=ORIGIN)
        assert (tmp_path / name / CONFIG_NAME).exists()
        return
    with pytest.raises(ConfigError) as refused:
        create(Path(name), origin=ORIGIN)  # short from here, and too long from where the daemon starts
    assert "101 bytes long" in refused.value.what
    assert "shorter path" in sentence(refused.value.remedy)
    assert list(tmp_path.iterdir()) == []


def test_a_reason_that_nobody_knows_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="unknown reasons: barru"):
        create(tmp_path / "shop", origin=ORIGIN, extra='\n[intake.printable]\nbarru = ["PRINT_READY_RECORD"]\n')
    assert not (tmp_path / "shop").exists(), "nothing is left behind"
