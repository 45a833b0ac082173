"""What a printer's model cannot do that the configuration wants; only then the drivers are loaded."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from printd.shop.config import Encoder

if TYPE_CHECKING:
    from drivers.family import Abilities


def lacks_station(encoder: Encoder, printer: str, family: str, model: str) -> str:
    """Return why a printer cannot hold its cards where the configuration wants their chips; empty: it can, or need not.

    Of two printers in one shop one may be able to and the other not: the jobs are the first one's then.

    :param printer: its name in the books. The sentence says what its model can prove, where it proves no chip.
    """
    if encoder.mode == "none":
        return ""
    from drivers.printer import Station  # noqa: PLC0415 - the drivers load slowly

    abilities = _abilities(family, model)
    if abilities is None:
        return ""  # whoever opens a printer of an unknown model says so
    if Station(encoder.station) not in abilities.stations:
        return (
            f"{printer} ({model}) cannot hold a card at a {encoder.station} station, as encoder.mode {encoder.mode} "
            f"wants it: of a card this model proves {abilities.proves} and no chip. It prints test cards at most."
        )
    if encoder.station == "contactless" and printer not in encoder.readers:
        return (
            f"Nobody said which card reader is inside {printer}, as encoder.mode {encoder.mode} wants it. It prints "
            f'nothing until you write {printer} = "name of the reader" under [encoder.readers] in printd.toml.'
        )
    return ""


@cache
def _abilities(family: str, model: str) -> Abilities | None:
    import drivers  # noqa: PLC0415

    known = next((one for one in drivers.families() if one.name == family and model in one.models), None)
    return None if known is None else known.models[model].abilities
