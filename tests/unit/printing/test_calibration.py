"""Calibrations: booked, rebuilt from the log, applied to the next card; no profile is used but the booked one."""

from __future__ import annotations

import hashlib
import json
import time
from base64 import b64encode
from collections.abc import Callable
from copy import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

import drivers
from drivers.colour import Curves, Intent
from drivers.dither import Dither
from drivers.evolis.job import Options
from drivers.panels import Separation
from drivers.printer import Artwork, SidePicture
from layouts.render import RenderedCard, RenderedSide
from printd.books.replay import compare
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.printing import separation
from printd.printing.artwork import Artist
from printd.printing.calibration import FOLDER, NEUTRAL
from printd.printing.separation import separation_of
from printd.projections.kinds import PROJECTIONS
from printd.store import log
from support.intake_help import CommandLine, new_shop, opened
from support.office import TWO, office
from support.people import person
from support.signers import enrol
from support.workday import add_printers

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
DIGEST = hashlib.sha256(SRGB).hexdigest()


def calibrate(desk: Desk, **given: Any) -> dict[str, Any]:
    told: dict[str, Any] = perform(desk, "calibration.calibrate", {"name": "p1", "by": person("siti"), **given})
    return told


def shown(desk: Desk) -> dict[str, Any]:
    told: dict[str, Any] = perform(desk, "calibration.show", {"name": "p1"})
    return told


@pytest.fixture
def desk(desk_on_both: Desk, enrol: Callable[[Desk, str], Person]) -> Desk:
    """A shop on either database, with two printers."""
    for name in ("siti", "budi"):
        enrol(desk_on_both, name)
    add_printers(desk_on_both, "p1", "p2")
    return desk_on_both


def test_what_is_given_is_booked_and_what_is_not_given_stays(desk: Desk) -> None:
    assert {key: shown(desk)[key] for key in NEUTRAL} == dict(NEUTRAL)
    assert shown(desk)["by"] is None
    calibrate(desk, shift_x=1, shift_y=-2, curves={"y": [[0, 0], [128, 120], [255, 250]]}, ribbon="R5F008 lot 12")
    calibrate(desk, shift_y=3, edge=1, icc=b64encode(SRGB).decode(), intent="relative")
    calibrate(desk, offset_x=-4, curves={"m": [[0, 0], [255, 240]]}, grey=30, dither="ordered")
    told = shown(desk)
    assert told == {
        "name": "p1", "by": "siti", "at": told["at"], "shift": [1, 3], "offset": [-4, 0], "edge": 1, "grey": 30,
        "dither": "ordered", "curves": {"y": [[0, 0], [128, 120], [255, 250]], "m": [[0, 0], [255, 240]]},
        "icc": DIGEST, "intent": "relative", "ribbon": "R5F008 lot 12",
    }  # fmt: skip
    settings = {key: told[key] for key in NEUTRAL}
    assert separation_of(settings, desk.shop.folder) == Separation(
        shift=(1, 3), offset=(-4, 0), edge=1, grey=30, dither=Dither.ORDERED, icc=SRGB, intent=Intent.RELATIVE,
        curves=Curves(y=((0, 0), (128, 120), (255, 250)), m=((0, 0), (255, 240))),
    )  # fmt: skip
    calibrate(desk, icc="", curves={"y": []})
    assert (shown(desk)["icc"], list(shown(desk)["curves"])) == ("", ["m"])
    calibrate(desk, anew=True, edge=2)
    assert {key: shown(desk)[key] for key in NEUTRAL} == {**NEUTRAL, "edge": 2}
    assert perform(desk, "calibration.show", {"name": "p2"})["by"] is None


def test_the_log_alone_rebuilds_it(desk: Desk) -> None:
    calibrate(desk, shift_x=1, icc=b64encode(SRGB).decode())
    calibrate(desk, curves={"c": [[0, 0], [255, 200]]})
    with desk.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()
        entries = [json.loads(body) for _, body, _ in log.entries(connection)]
    last = entries[-1]
    assert (last["kind"], last["by"], last["data"]["printer"]) == ("printer.calibrated", ["siti"], "p1")
    assert last["data"]["settings"]["icc"] == DIGEST  # the digest, and nothing of the profile
    assert SRGB[:40].hex() not in json.dumps(entries)
    assert (desk.shop.folder / FOLDER / f"{DIGEST}.icc").read_bytes() == SRGB


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({}, "calibrated already"),
        ({"name": "p9", "edge": 1}, "no printer p9"),
        ({"by": person("nobody"), "edge": 1}, "nobody did not prove who they are"),
        ({"edge": 9}, "9 dots of dye"),
        ({"shift_x": 100}, "Resin cannot be moved"),
        ({"offset_y": -100}, "The picture cannot be moved"),
        ({"grey": 10}, "needs a way to dither"),
        ({"dither": "wildly"}, "wrong arguments"),
        ({"curves": {"y": [[0, 9], [255, 255]]}}, "does not begin at 0:0"),
        ({"curves": {"y": [[0, 0], [255, 256]]}}, "wrong arguments"),
        ({"curves": {"w": [[0, 0], [255, 255]]}}, "wrong arguments"),
        ({"icc": b64encode(b"no profile").decode()}, "ICC profile cannot be used"),
        ({"icc": "!"}, "not base64"),
        ({"icc": b64encode(bytes(4_000_001)).decode()}, "more than 4000000"),
        ({"ribbon": "of 5371010101010001"}, "16 digits"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_booked(desk: Desk, given: dict[str, Any], says: str) -> None:
    before = shown(desk)
    with pytest.raises(Refused, match=says):
        calibrate(desk, **given)
    assert shown(desk) == before
    assert not (desk.shop.folder / FOLDER).exists()


def test_a_profile_that_is_another_or_gone_is_refused_at_use_and_wanted_back(desk: Desk) -> None:
    calibrate(desk, icc=b64encode(SRGB).decode())
    settings = {key: shown(desk)[key] for key in NEUTRAL}
    path = desk.shop.folder / FOLDER / f"{DIGEST}.icc"
    cases = (
        (b"", "is not the one in the books"),
        (SRGB + b"\0", "is not the one in the books"),
        (None, "cannot be read"),
    )
    for number, (content, says) in enumerate(cases):
        path.unlink() if content is None else path.write_bytes(content)
        with pytest.raises(Refused, match=says):
            separation_of({**settings, "edge": number + 1}, desk.shop.folder)
    calibrate(desk, icc=b64encode(SRGB).decode(), edge=5)
    assert path.read_bytes() == SRGB


def test_the_artist_sends_what_the_calibration_says(desk: Desk) -> None:
    shop = desk.shop
    artist = Artist(shop)
    rng = np.random.default_rng(5)
    side = SidePicture(
        rng.integers(0, 256, (648, 1016, 3), dtype=np.uint8),
        rng.random((648, 1016)) < 0.1,
        np.ones((648, 1016), np.bool_),
    )
    card = RenderedCard(RenderedSide(side.colour, side.resin, side.overlay), None)
    separation = Separation(shift=(2, 1), edge=1)
    for family, model in (("evolis", "primacy"), ("magicard", "enduro")):
        plain = drivers.encode(Artwork(side), family=family, model=model)
        assert artist.encode(card, family, model) == plain
        options = next(one for one in drivers.FAMILIES if one.name == family).options(separation=separation)
        moved = drivers.encode(Artwork(side), family=family, model=model, options=options)
        assert artist.encode(card, family, model, separation) == moved != plain
    other, fewer = copy(shop), shop.config.printing.model_copy(update={"colour_levels": 64})
    other.config = shop.config.model_copy(update={"printing": fewer})
    coarse = Artist(other)
    wanted = drivers.encode(Artwork(side), family="evolis", model="dualys", options=Options(separation, levels=64))
    assert coarse.encode(card, "evolis", "dualys", separation) == wanted


def test_the_next_card_that_is_drawn_is_calibrated(tmp_path: Path) -> None:
    """Curves that leave magenta alone: the card that comes out has no other dye, and its resin is where it was."""
    none = [[0, 0], [255, 0]]
    with office(tmp_path) as shop:
        shop.act(
            "calibration.calibrate",
            name="p0",
            by=TWO["by"],
            curves={"y": none, "c": none},
            icc=b64encode(SRGB).decode(),
        )
        shop.take_in(1)
        with shop.open_doors():
            shop.print_everything(1)
        shop.judge(records=1)
        (card,) = shop.outside()
        with Image.open(card["picture"]) as picture:
            dots = np.asarray(picture)
    resin = (dots == 0).all(axis=2)
    assert (dots[:, :, [0, 2]][~resin] == 255).all()
    assert dots[:, :, 1][~resin].min() < 128


def test_a_printer_whose_profile_is_gone_pauses_before_it_takes_a_job(tmp_path: Path) -> None:
    with office(tmp_path) as shop:
        shop.act("calibration.calibrate", name="p0", by=TWO["by"], icc=b64encode(SRGB).decode(), edge=6)
        (shop.shop_folder / FOLDER / f"{DIGEST}.icc").write_bytes(SRGB[:-1])
        _forget()
        shop.take_in(1)
        with shop.open_doors():
            deadline = time.monotonic() + 60
            while not (told := shop.act("printers.list")[0])["paused"]:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert "is not the one in the books" in told["pause_reason"]
            assert shop.act("jobs.count") == {"queued": 1}
            shop.act("calibration.calibrate", name="p0", by=TWO["by"], icc=b64encode(SRGB).decode(), edge=0)
            shop.act("printers.resume", name="p0", by=TWO["by"])
            shop.print_everything(1)
        shop.judge(records=1)


def _forget() -> None:
    """Be a daemon that was just started: what was found right before is found again."""
    separation._separation.cache_clear()


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    cli = CommandLine(new_shop(tmp_path / "shop"), capsys, monkeypatch)
    with opened(cli.folder) as desk:
        enrol(desk.shop.books)
        add_printers(desk, "p1")
    profile = tmp_path / "p.icc"
    profile.write_bytes(SRGB)
    given = ["--shift-x", "1", "--shift-y", "-2", "--curve", "y=0:0,128:120,255:250", "--icc", str(profile)]
    ran = cli("printers", "calibrate", "p1", "--by", "ani", *given)
    assert (ran.code, DIGEST in ran.out, "1 right, -2 down" in ran.out) == (0, True, True), ran
    ran = cli("printers", "calibration", "p1")
    assert (ran.code, "y=0:0,128:120,255:250" in ran.out, "by ani" in ran.out) == (0, True, True), ran
    ran = cli("printers", "calibrate", "p1", "--by", "ani", "--no-icc", "--curve", "y=", "--json")
    told = json.loads(ran.out)
    assert (ran.code, told["icc"], told["curves"], told["shift"]) == (0, "", {}, [1, -2])
    for wrong, says in (
        (["--curve", "y"], "is no curve"),
        (["--curve", "y=1"], "is no curve"),
        (["--curve", "y=0:0,a:3"], "is no curve"),
        (["--icc", str(tmp_path / "none")], "cannot be read"),
        (["--icc", str(profile), "--no-icc"], "given and taken away"),
        ([], "calibrated already"),
    ):
        ran = cli("printers", "calibrate", "p1", "--by", "ani", *wrong)
        assert (ran.code, says in " ".join(ran.err.split())) == (1, True), ran
