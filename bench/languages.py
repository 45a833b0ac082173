"""From a record to printer bytes with every driver, beside CUPS's way to a card printer: Ghostscript and Gutenprint."""

from __future__ import annotations

import io
import resource
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from bench.artwork import artist_of, one_core
from bench.fidelity import Fidelity, compare, composed
from bench.figures import Budget, Figure, Row, median, progress
from bench.office import Office, office, work_folder
from conformance.gutenprint import INSTALL, Gutenprint, missing
from drivers import families
from drivers.dither import Dither
from drivers.family import Family
from drivers.panels import Separation
from drivers.printer import EncodedCard
from layouts.model import DPI
from printd.demo.people import Person, make_people

CARDS = 16
SEED = 1016
_WARM = 2
_MS = 1000.0
_FASTER = Budget("at most", 0.25, "ratio")
_MODELS = MappingProxyType(
    {"evolis": ("primacy",), "magicard": ("tango-2e",), "matica": ("xid580x", "xid8600"), "zebra": ("p330i",)}
)
"""One model a family and resolution; the first it has where none is named."""
_SEPARATIONS = MappingProxyType(
    {"zebra": Separation(ribbon="k", dither=Dither.ORDERED)}
)  # no other ribbon is confirmed
_PAGE = (161.28, 243.84)  # of Gutenprint's PPD, in points, portrait
_MM = 72 / 25.4


@dataclass
class _Spent:
    """What one way took, card by card.

    :param memory: the most that one of its processes held, in MB.
    :param more: by how much one card raised that.
    """

    wall: list[float]
    cpu: list[float]
    memory: float = 0.0
    more: float = 0.0


def run(parent: Path) -> Figure:
    """Measure every driver and the yardstick on one core."""
    figure = Figure("drivers")
    with work_folder(parent) as folder, office(folder / "shop") as made:
        progress(f"taking {CARDS + _WARM} invented records in")
        entered = [record for _, record in made.take_in(CARDS + _WARM, seed=SEED)]
        with one_core():
            path = None
            if absent := missing():
                figure.notes.append(f"no yardstick: {', '.join(absent)} not installed; {INSTALL}")
            else:
                progress("ReportLab, Ghostscript, Gutenprint")
                path = _gutenprint(folder, make_people(CARDS + _WARM, seed=SEED))
            for family in families():
                for model in _MODELS.get(family.name, (next(iter(family.models)),)):
                    progress(f"driver {family.name} {model}")
                    _measure(figure, made, family, model, entered, path)
    figure.notes.append(
        "yardstick: the same records as PDF by ReportLab (photo, signature, every text), Ghostscript to CUPS raster, "
        "Gutenprint's filter and backend to the bytes for a Magicard Tango 2e; without cupsd and its spool"
    )
    figure.notes.append(
        "memory: ours is an open shop, of which one card is a part; of theirs it is the largest process"
    )
    figure.notes.append("unlikeness: what the simulated printer composed against the drawn picture; 0 is the same")
    return figure


def _measure(figure: Figure, made: Office, family: Family, model: str, records: list[str], path: _Spent | None) -> None:
    dpi = family.models[model].abilities.dpi
    name = f"{family.name} {model}" + ("" if dpi == DPI else f" ({dpi} dpi)")
    artist = artist_of(made.shop)
    separation = _SEPARATIONS.get(family.name)

    def make(record: str) -> tuple[Image.Image, EncodedCard]:
        drawn = artist.draw(record, dpi=dpi)
        return drawn.front.picture(), artist.encode(drawn, family.name, model, separation)

    ours, likeness = _Spent([], []), list[Fidelity]()
    for number, record in enumerate(records):
        before = _forget_peak()
        began, begun = time.perf_counter(), time.process_time()
        picture, card = make(record)
        if number >= _WARM:
            ours.wall.append((time.perf_counter() - began) * _MS)
            ours.cpu.append((time.process_time() - begun) * _MS)
            ours.memory = max(ours.memory, _megabytes("self", "VmHWM"))
            ours.more = max(ours.more, ours.memory - before)
        if number < _WARM and (seen := composed(family.name, card)) is not None:
            likeness.append(compare(picture.resize(seen.size, Image.Resampling.BOX), seen))  # seen at 300 dpi
    theirs = "Ghostscript + Gutenprint, the same card"
    wall, cpu, memory = (median(path.wall), median(path.cpu), path.memory) if path else (None, None, None)
    figure.rows += [
        Row(f"{name}: time", median(ours.wall), "ms", wall, theirs, _FASTER if path else None),
        Row("  on the processor", median(ours.cpu), "ms", cpu, theirs),
        Row("  memory of the process", ours.memory, "MB", memory, theirs),
        Row("  memory that one card adds", ours.more, "MB", memory, theirs),
    ]
    if not likeness:
        figure.notes.append(f"{name}: no simulated printer here composes its card")
        return
    jpeg = _jpeg_likeness(picture)
    beside = "the same picture as JPEG, quality 90"
    figure.rows += [
        Row("  unlikeness, 1 - SSIM", 1 - median([one.ssim for one in likeness]), "", 1 - jpeg.ssim, beside),
        Row("  colour difference, mean", median([one.colour for one in likeness]), "dE", jpeg.colour, beside),
        Row("  colour difference, p95", median([one.colour_p95 for one in likeness]), "dE", jpeg.colour_p95, beside),
    ]


def _jpeg_likeness(picture: Image.Image) -> Fidelity:
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=90)
    return compare(picture, Image.open(packed))


def _gutenprint(folder: Path, invented: list[Person]) -> _Spent:
    """Take every card through the distribution's programs; memory is looked at once, beside the measurement."""
    gutenprint = Gutenprint(folder)

    def way(person: Person) -> None:
        source = folder / "face.pdf"
        source.write_bytes(face_pdf(person))
        gutenprint.sent(gutenprint.filtered(gutenprint.rastered(source)))

    spent = _Spent([], [])
    spent.memory = _watched(lambda: way(invented[0]))
    for person in invented[_WARM:]:
        wall, cpu = time.perf_counter(), _cpu()
        way(person)
        spent.wall.append((time.perf_counter() - wall) * _MS)
        spent.cpu.append((_cpu() - cpu) * _MS)
    return spent


def face_pdf(person: Person) -> bytes:
    """Draw what the shipped layout has on a card's face: the photo, the signature and a line a field."""
    written = io.BytesIO()
    page = Canvas(written, pagesize=_PAGE)
    page.translate(_PAGE[0], 0)
    page.rotate(90)
    page.setFont("Helvetica", 6)
    for number, (name, value) in enumerate(person.fields.items()):
        page.drawString(4 * _MM, (50 - 2 * number) * _MM, f"{name}: {value}")
    page.drawImage(ImageReader(io.BytesIO(person.photo_jpeg)), 62 * _MM, 16 * _MM, 20 * _MM, 26 * _MM)
    if person.signature_png is not None:
        page.drawImage(ImageReader(io.BytesIO(person.signature_png)), 62 * _MM, 4 * _MM, 20 * _MM, 8 * _MM, mask="auto")
    page.showPage()
    page.save()
    return written.getvalue()


def _cpu() -> float:
    """Return the processor time of this process and of all that it has waited for."""
    mine, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime


def _watched(work: Callable[[], None]) -> float:
    """Do work and return the most memory that one of its children held, in MB.

    Looked up while they run, proc(5): what wait() tells of a child counts this process in, from which it was forked.
    """
    most, me = 0.0, Path("/proc/self/exe").readlink()
    worker = threading.Thread(target=work)
    worker.start()
    while worker.is_alive():
        for task in Path("/proc/self/task").glob("*/children"):
            for child in task.read_text(encoding="ascii").split():
                try:
                    if Path(f"/proc/{child}/exe").readlink() != me:
                        most = max(most, _megabytes(child, "VmHWM"))
                except (OSError, KeyError):
                    continue  # it has ended
        time.sleep(0.001)
    worker.join()
    return most


def _forget_peak() -> float:
    """Let the kernel begin this process's peak of memory anew, proc(5): clear_refs, 5; return what is held now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _megabytes("self", "VmRSS")


def _megabytes(process: str, what: str) -> float:
    lines: Mapping[str, str] = dict(
        line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    )
    return int(lines[what].split()[0]) / 1024
