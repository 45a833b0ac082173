"""What the configuration may ask of chips, and which printers can do it."""

from __future__ import annotations

from pathlib import Path

import pytest

from printd.errors import ConfigError
from printd.printing.abilities import lacks_station
from printd.shop.config import Config, Encoder, load

OFFICE = '[office]\norigin = "test.example/53/5371/blanks/1"\n[encoder]\n'


def read(folder: Path, encoder: str) -> Config:
    path = folder / "printd.toml"
    path.write_text(OFFICE + encoder)
    return load(path)


def test_without_a_word_chips_are_left_alone(tmp_path: Path) -> None:
    assert read(tmp_path, "").encoder == Encoder()
    assert Encoder().mode == "none"


@pytest.mark.parametrize(
    "encoder",
    [
        'mode = "uid"\n[encoder.readers]\np1 = "Reader 00 00"\n',
        'mode = "command"\ncommand = ["/opt/encode", "--quiet"]\ncommand_seconds = 60\ncommand_tries = 1\n',
        'mode = "command"\nstation = "contact"\ncommand = ["/opt/encode"]\n',
    ],
)
def test_what_may_be_asked(encoder: str, tmp_path: Path) -> None:
    assert read(tmp_path, encoder).encoder.mode in encoder


@pytest.mark.parametrize(
    ("encoder", "says"),
    [
        ('mode = "write"', "encoder.mode: Input should be 'none', 'uid' or 'command'"),
        ('mode = "uid"\nstation = "contact"', "a contact chip tells no UID"),
        ('mode = "command"', "mode command and a command need each other"),
        ('command = ["/opt/encode"]', "mode command and a command need each other"),
        ('mode = "uid"\nreader = "x"', "unknown key 'encoder.reader'; known here: chip_seconds, command"),
        ('mode = "uid"\nchip_seconds = 0', "encoder.chip_seconds"),
        ('mode = "uid"\n[encoder.readers]\np1 = ""', "encoder.readers.p1"),
    ],
)
def test_what_may_not_be_asked(encoder: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        read(tmp_path, encoder)
    assert says in str(refused.value)


UID = Encoder(mode="uid", readers={"p1": "Reader 00 00"})


def test_a_printer_with_the_station_and_a_reader_can() -> None:
    assert not lacks_station(UID, "p1", "evolis", "primacy")
    contact = Encoder(mode="command", station="contact", command=["/opt/encode"])
    assert not lacks_station(contact, "p2", "evolis", "primacy")
    assert not lacks_station(Encoder(), "p2", "magicard", "rio-pro")


@pytest.mark.parametrize(
    ("family", "model", "proves"),
    [("magicard", "rio-pro", "left_printer"), ("zebra", "p330i", "engine_done"), ("cups", "cr80", "sent")],
)
def test_a_printer_without_the_station_says_so_and_what_it_proves(family: str, model: str, proves: str) -> None:
    lacks = lacks_station(UID, "p1", family, model)
    assert "cannot hold a card at a contactless station" in lacks
    assert f"proves {proves} and no chip" in lacks


def test_a_printer_whose_reader_nobody_named_prints_nothing() -> None:
    assert "Nobody said which card reader is inside p2" in lacks_station(UID, "p2", "evolis", "primacy")
