"""From a sealed record to the bytes of one printer model.

The one place where a card is drawn without SPECIMEN, and even here never in a practice shop.
"""

from __future__ import annotations

import sys
from datetime import timedelta
from functools import cache
from pathlib import Path

from PIL import Image

import drivers
from drivers.errors import ArtworkError
from drivers.family import Family, Model, check_levels
from drivers.panels import Separation
from drivers.printer import Artwork, EncodedCard, SidePicture
from layouts.errors import FitError, LayoutError
from layouts.fonts import FontSource
from layouts.ktp_el import face, profile
from layouts.model import DPI
from layouts.render import RenderedCard, RenderedSide, check_pictures, render
from printd.books.booking import Clock
from printd.custody.clock import back_since
from printd.errors import AlteredError, IntegrityError, Refused
from printd.intake.face import card_fields
from printd.intake.images import decode_photo, decode_signature
from printd.intake.picture_rules import ImageLimits, ImageRefusedError
from printd.intake.record import PrintReadyRecord
from printd.printing.calibration import settings_of
from printd.printing.dispatch import Waiting
from printd.printing.next_job import Prepared, UnableError, UnprintableError
from printd.printing.separation import separation_of
from printd.remedies import Do
from printd.shop.opening import OpenedRecord, open_record
from printd.shop.shop import Shop
from printd.store import jobs, printers, records
from printd.words.moments import office_day, parse
from printd.words.reasons import HeldBecause

_NOBODY: Image.Image = Image.new("RGB", (300, 400), (200, 200, 200))
"""Where the face of a specimen would be."""


_ANY_SIZE = ImageLimits(photo_bytes=sys.maxsize, signature_bytes=sys.maxsize)
"""How long the files may be was asked when they came in."""

UNDRAWABLE = (FitError, ImageRefusedError, IntegrityError, Refused)
"""What says that one record's card cannot be drawn, to whoever draws it and to whoever asks beforehand."""


class Artist:
    """Opens records and draws their cards.

    :param clock: tells the date of issue; none: the shop's.
    """

    def __init__(self, shop: Shop, clock: Clock | None = None) -> None:
        self._shop = shop
        self._clock = clock or shop.books.clock
        config = shop.config
        self._layout = profile(config.printing.layout)
        self._fonts = FontSource(Path(config.printing.fonts) if config.printing.fonts else None)

    def prepare(self, waiting: Waiting, printer: str) -> Prepared:
        """Render and encode one job for one printer's model.

        :raises UnprintableError: the record is stale or altered, or its texts do not fit the card.
        :raises UnableError: this printer cannot print any such card.
        """
        with self._shop.store.reading() as connection:
            row = printers.find_printer(connection, printer)
            record = records.find_record(connection, waiting.record)
            calibration = settings_of(connection, printer)
            job = jobs.find_job(connection, waiting.job)
            if row is None or record is None or job is None:
                raise IntegrityError(
                    f"Job {waiting.job[:8]} has no record to print.", remedy=("Run: ", Do("audit.replay"))
                )
            went_back = back_since(connection, job["looked_up_seq"] or job["place_in_queue"])
        self._check_fresh(job["looked_up_at"] or record["received_at"], went_back)
        try:
            separation = separation_of(calibration, self._shop.folder)
            dpi = resolution(row["family"], row["model"])
        except (Refused, ArtworkError) as lacking:
            raise UnableError(str(lacking)) from lacking
        try:
            opened = self._open(waiting.record)
            drawn = self._drawn(opened, specimen=False, dpi=dpi)
        except AlteredError as altered:
            raise UnprintableError(HeldBecause.ALTERED, str(altered)) from altered
        except UNDRAWABLE as unfit:  # one record does not stop the others
            raise UnprintableError(HeldBecause.ARTWORK, str(unfit)) from unfit
        except LayoutError as broken:  # a font that is gone: no card of the shop can be drawn
            raise UnableError(f"{printer} prints none of this shop's cards: {broken}") from broken
        try:
            card = self.encode(drawn, row["family"], row["model"], separation)
        except ArtworkError as lacking:  # every card has photo and texts: it is not this record that cannot be printed
            raise UnableError(f"{printer} prints none of this shop's cards: {lacking}") from lacking
        digest = self._shop.vault.pseudonym("artwork", b"".join((opened.salt, *card.commands)))
        return Prepared(waiting.job, card, digest)

    def draw(self, record: str, *, specimen: bool = False, dpi: int = DPI) -> RenderedCard:
        """Draw the card of a sealed record, which is proved to be the one that was taken in.

        :param specimen: marked as such, without the person's face and signature. In a practice shop every card is
            marked, and carries the face that it was given.
        :param dpi: resolution of the printer.
        :raises FitError: a text does not fit or cannot be set.
        :raises Refused: the record is erased.
        :raises AlteredError: what is sealed is not what was taken in.
        """
        return self._drawn(self._open(record), specimen=specimen, dpi=dpi)

    def _drawn(self, opened: OpenedRecord, *, specimen: bool, dpi: int) -> RenderedCard:
        photo, signature = (_NOBODY, None) if specimen else _pictures(opened)
        office, today = self._shop.config.office, office_day(self._clock(), self._shop.zone)
        fields = card_fields(PrintReadyRecord.from_json(opened.fields), office.place_of_issue, today)
        marked = specimen or self._shop.practice
        return render(self._layout, face(fields), photo, signature, specimen=marked, fonts=self._fonts, dpi=dpi)

    def check(self, record: str, *, dpi: int = DPI) -> None:
        """Make sure that the card of a sealed record can be drawn, without drawing it (design rule 9).

        :raises FitError: a text does not fit or cannot be set, or a picture has no place.
        :raises ImageRefusedError: a picture cannot be opened.
        :raises Refused: the record is erased.
        :raises AlteredError: what is sealed is not what was taken in.
        """
        opened = self._open(record)
        self._drawn(opened, specimen=True, dpi=dpi)
        photo, signature = _pictures(opened)
        check_pictures(self._layout, photo.size, signature, dpi=dpi)

    def _open(self, record: str) -> OpenedRecord:
        with self._shop.store.reading() as connection:
            return open_record(self._shop, connection, record)

    def encode(self, card: RenderedCard, family: str, model: str, separation: Separation | None = None) -> EncodedCard:
        """Put a drawn card into the language of a printer model.

        :param separation: how that printer is calibrated.
        :raises ArtworkError: the model cannot print this, or not in as many levels of dye as the configuration says.
        """
        art = Artwork(_picture(card.front), _picture(card.back) if card.back else None)
        spoken, known = _spoken(family, model)
        levels = self._shop.config.printing.colour_levels
        check_levels(known, levels)  # a family of another package may not look
        options = spoken.options(separation=separation or Separation(), levels=levels)
        return spoken.encode(art, known, options)

    def _check_fresh(self, seen_at: str, went_back: timedelta) -> None:
        """Make sure that nobody has to look the record up at the registry.

        :param seen_at: when it was pulled, or when somebody released its job after looking it up.
        """
        received = parse(seen_at)
        hours = self._shop.config.intake.fresh_hours
        if self._clock() - received + went_back > timedelta(hours=hours):
            raise UnprintableError(
                HeldBecause.STALE,
                f"The record was pulled more than {hours} hours ago and may no longer be printable. Look it up at the "
                "registry, then release or cancel the job.",
            )


def lacks_sides(layout: str, printer: str, family: str, model: str) -> str:
    """Return why a printer cannot print both sides that the layout has; empty: it can, or the layout has one.

    Said before a job is taken: the job is another printer's then, and nothing is wrong with it.
    """
    if profile(layout).back is None or _spoken(family, model)[1].abilities.sides > 1:
        return ""
    return f"{printer} ({model}) prints one side of a card, and layout {layout} has two. It prints nothing."


def lacks_levels(levels: int | None, printer: str, family: str, model: str) -> str:
    """Return why a printer cannot print the levels of dye that ``printing.colour_levels`` says; empty: it can.

    Of two printers in one shop one may be able to and the other not: the jobs are the first one's then.

    :param printer: its name in the books.
    """
    if levels is None:
        return ""
    known = _spoken(family, model)[1]
    try:
        check_levels(known, levels)
    except ArtworkError as unable:
        return (
            f"{printer} cannot obey printing.colour_levels = {levels}. {unable.message}. It prints nothing. "
            f"{unable.hint}: without printing.colour_levels each printer prints the most that it can."
        )
    return ""


def resolution(family: str, model: str) -> int:
    """Return the dots per inch of a printer model.

    :raises ArtworkError: the driver of this printer is not installed.
    """
    return _spoken(family, model)[1].abilities.dpi


@cache
def _spoken(family: str, model: str) -> tuple[Family, Model]:
    """Return a family and a model, found once: for the entry points of other packages the disk is read.

    :raises ArtworkError: the driver of this printer is not installed.
    """
    spoken = next((one for one in drivers.families() if one.name == family), None)
    if spoken is None or model not in spoken.models:
        raise ArtworkError(f"No driver is installed for {family} {model}", hint="Install it, then release the job")
    return spoken, spoken.models[model]


def _pictures(opened: OpenedRecord) -> tuple[Image.Image, Image.Image | None]:
    """Return photo and signature, upright.

    :raises ImageRefusedError: one of them cannot be opened.
    """
    signature = opened.signature
    photo = decode_photo(opened.photo, _ANY_SIZE)
    return photo, None if signature is None else decode_signature(signature, _ANY_SIZE)


def _picture(side: RenderedSide) -> SidePicture:
    return SidePicture(side.colour, side.resin, side.overlay)
