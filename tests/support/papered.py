"""A counter whose acts have papers, and papers as they come back: photographed, scanned, copied, altered."""

from __future__ import annotations

import io
import random
import subprocess
import uuid
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageFilter

from printd.events.kinds import read
from support.counter import BUDI, RATNA, SITI, TWO, Counter, counter
from support.fixed import SEALED
from support.resumed import resumed


@dataclass
class Papered:
    """A shop with papers.

    :param files: of each paper by what it is of.
    :param names: of its act in the books.
    """

    shop: Counter
    files: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    @property
    def acts(self) -> Path:
        """Where the papers lie."""
        return self.shop.shop.folder / "acts"

    @property
    def vkey(self) -> str:
        return self.shop.shop.keys.log.vkey

    def pdf(self, kind: str) -> Path:
        """Return the paper of an act."""
        return Path(self.files[kind]["pdf"])

    def hand_over(self) -> str:
        """Print a card, and hand it over; return its job."""
        job = self.print_card()
        self.shop.act("jobs.hand_over", job=job, by=SITI, receiver="holder", old_card="none")
        return job

    def print_card(self, serial: str = "K00002") -> str:
        """Print a card that is good; return its job."""
        books, attempt, job = self.shop.shop.books, str(uuid.UUID(int=7)), str(uuid.UUID(int=5))
        who = {"holder": "h", "digest": "d", "source": "s", "remote_status": "PRR", "reason": "baru"}
        what = {"record": str(uuid.UUID(int=3)), "job": job, "stock_type": "WNI", "warnings": [], "sealed": SEALED}
        about = {"attempt": attempt, "job": job, "number": 1, "printer": "p1", "serial": serial, "artwork": "a"}
        for kind, data, by in (
            ("record.accepted", {**who, **what}, []),
            ("attempt.started", {**about, "resumed": resumed(books), "counters": {}}, []),
            ("attempt.printed", {"attempt": attempt, "to": "output"}, []),
            ("card.checked", {"attempt": attempt, "quality": "good"}, ["budi"]),
        ):
            books.enter(read(kind, data), by)
        return job


@contextmanager
def papered(folder: Path) -> Iterator[Papered]:
    """Open a counter that went through a day: every kind of paper was made, the receipt's twice."""
    with counter(folder) as shop:
        made = Papered(shop)
        shop.announce()
        shop.count({"pieces": 100, "cartons": [{"carton": f"D1-{n}"} for n in (1, 2)]})
        done = shop.act("deliveries.receive", delivery="D1", **TWO)
        made.files["delivery"], made.names["delivery"] = done["act"], "D1"
        made.files["copy"] = shop.act("papers.again", kind="delivery", name="D1", by=RATNA)["files"]
        shop.act("deliveries.open", delivery="D1", carton="D1-1", **TWO)
        shift = shop.open_shift(5)
        shop.act("blanks.spoil", serial="K00001", cause="factory_defect", **TWO)
        shop.act("blanks.load", printer="p1", pieces=3, by=SITI)
        job = made.hand_over()
        made.names["handover"] = str(uuid.UUID(int=7))
        made.files["handover"] = shop.act("papers.again", kind="handover", name=job, by=SITI)["files"]
        shop.act("shifts.count_begin", by=SITI)
        shop.sheets(shift)
        made.files["shift"], made.names["shift"] = shop.act("shifts.close", **TWO)["files"], shift
        witnesses = [{"name": "PETRUS CONTOH", "agency": "Satpol PP"}]
        about = {"ba_number": "BA/1", "place": "halaman", "witnesses": witnesses, "by": BUDI, "second": RATNA}
        done = shop.act("destructions.destroy", **about)
        made.files["destruction"], made.names["destruction"] = done["files"], done["id"]
        listed = shop.act("destructions.annex", destruction=done["id"], by=RATNA, second=SITI)
        apart = folder.parent / "list.pdf"
        apart.write_bytes(b64decode(listed["pdf"]))
        made.files["destruction-list"] = {"pdf": str(apart)}
        made.names["destruction-list"] = f"destruction:{done['id']}"
        shop.act("sites.set", site="alak", kind="subdistrict", title="Alak", by=RATNA)
        done = shop.act("transfers.send", to="alak", carrier="X", document="BA/2", pieces=3, **TWO)
        made.files["transfer"], made.names["transfer"] = done["files"], done["id"]
        left = shop.places()["store"]
        for one in (SITI, BUDI):
            shop.act("counts.count", found={"store": {"pieces": left}}, by=one)
        done = shop.act("counts.close", **TWO)
        made.files["stock-count"], made.names["stock-count"] = done["files"], done["count"]
        done = shop.act("forecast.request", stock_type="WNI", by=SITI, pieces=500, reason="a test")
        made.files["request"], made.names["request"] = done["act"], done["request"]
        shop.announce("D2", cartons=None, count=2)
        shop.count({"pieces": 3}, "D2")
        (over,) = shop.act("deliveries.receive", delivery="D2", **TWO)["discrepancies"]
        done = shop.act("discrepancies.close", discrepancy=over["id"], outcome="nothing", document="SURAT/1", **TWO)
        made.files["correction"], made.names["correction"] = done["files"], over["id"]
        shop.shop.sign()
        yield made


@cache
def drawn(pdf: Path, resolution: int = 200) -> Image.Image:
    """Return the first page of a PDF as a scanner of some resolution sees it."""
    command = ["pdftoppm", "-r", str(resolution), "-f", "1", "-l", "1", "-png", str(pdf)]
    return Image.open(io.BytesIO(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout))


def photographed(page: Image.Image, *, turned: float, blurred: float, noise: float, quality: int) -> bytes:
    """Return a page as a phone sees it: turned, out of focus, grey light, grains, packed as JPEG."""
    grey = page.convert("L").rotate(turned, expand=True, fillcolor=225, resample=Image.Resampling.BICUBIC)
    grey = grey.filter(ImageFilter.GaussianBlur(blurred)).point(lambda dot: 40 + dot * 160 // 255)
    grains = Image.frombytes("L", grey.size, random.Random(1).randbytes(grey.width * grey.height))
    grey = Image.blend(grey, grains, noise)
    out = io.BytesIO()
    grey.save(out, "JPEG", quality=quality)
    return out.getvalue()


def scanned(page: Image.Image) -> bytes:
    """Return a PDF that consists of a picture."""
    out = io.BytesIO()
    page.convert("L").save(out, "PDF", resolution=200)
    return out.getvalue()


def told(report: Any) -> set[str]:
    """Return the classes of what a report says of a paper."""
    return {code for code, _ in report.told}
