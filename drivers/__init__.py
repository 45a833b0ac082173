"""Drivers of card printers. Importing opens nothing.

A family is one entry of :data:`FAMILIES`, an explicit tuple, or an entry point of another package: nothing is
discovered by name or by file.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import entry_points
from typing import Any

from drivers.cups.printer import DRIVER as CUPS
from drivers.deadline import Deadline
from drivers.errors import AddressError
from drivers.evolis.printer import DRIVER as EVOLIS
from drivers.family import Family
from drivers.magicard.printer import DRIVER as MAGICARD
from drivers.matica.printer import DRIVER as MATICA
from drivers.picture.printer import DRIVER as PICTURE
from drivers.printer import Artwork, CardPrinter, EncodedCard
from drivers.transports import open_transport
from drivers.transports.trace import Trace, traced
from drivers.transports.usb import UsbDevice, list_devices
from drivers.zebra.printer import DRIVER as ZEBRA

FAMILIES: tuple[Family, ...] = (
    EVOLIS,
    MAGICARD,
    MATICA,
    ZEBRA,
    CUPS,
    PICTURE,
)


def families() -> tuple[Family, ...]:
    """Return our own families, then those that other packages offer as entry points of the group ``printd.drivers``.

    :raises AddressError: an entry point cannot be loaded, or offers a family of a name that is taken.
    """
    found = {family.name: family for family in FAMILIES}
    for point in entry_points(group="printd.drivers"):
        try:
            offered = point.load()
        except (ImportError, AttributeError) as broken:
            raise AddressError(f"The driver {point.name} ({point.value}) cannot be loaded ({broken})") from broken
        if not isinstance(offered, Family) or found.setdefault(offered.name, offered) is not offered:
            raise AddressError(
                f"The entry point {point.value} offers no driver of a name of its own",
                hint="It names a drivers.family.Family whose name no other driver has",
            )
    return tuple(found.values())


def list_printers(usb_backend: object | None = None) -> list[UsbDevice]:
    """List USB printers of all families, without claiming any.

    :param usb_backend: a pyusb backend, or ``None`` for libusb.
    """
    wanted = {vendor: family.usb_class for family in families() for vendor in family.usb_vendors}
    return list_devices(wanted, usb_backend)


def named(uri: str, *, model: str = "", family: str = "") -> tuple[str, str]:
    """Return the names of a printer's family and model, where what is given leaves no choice.

    The name of a model and a USB vendor id stand for one family; the scheme of an address stands for one if no other
    family has it. A model is never guessed, but for families with their own way to the printer
    (:attr:`drivers.family.Family.open_uri`): there it is the first one.

    :raises AddressError: there are none of these names, or more than one would fit.
    """
    known = families()
    if not family and model:
        fitting = [one for one in known if model in one.models]
        if not fitting:
            raise AddressError(
                f"No family has a model {model!r}", hint=_choices(m for one in known for m in one.models)
            )
    else:
        fitting = [one for one in known if one.name == family or (not family and _leads(uri, one))]
    if len(fitting) != 1:
        raise AddressError(
            f"No driver for printers of the family {family!r}"
            if family
            else f"{uri} does not say what printer is there",
            hint=f"Name its model, or its family. {_choices(one.name for one in known)}",
        )
    (found,) = fitting
    if not model and found.open_uri is None:
        raise AddressError(f"The model of the {found.name} printer is not said", hint=_choices(found.models))
    return found.name, model or next(iter(found.models))


def _leads(uri: str, family: Family) -> bool:
    scheme, _, rest = uri.partition(":")
    if scheme == "usb" and family.usb_vendors:
        return any(rest.lower().startswith(f"//{vendor:04x}/") for vendor in family.usb_vendors)
    return scheme in family.wires and family.wires == (scheme,)


def open_printer(
    uri: str,
    *,
    model: str,
    family: str = EVOLIS.name,
    usb_backend: object | None = None,
    deadline: Deadline,
    trace: Trace | None = None,
) -> CardPrinter:
    """Open the printer at an address; see :mod:`drivers.transports` for its forms.

    :param model: a name in the family's ``models``.
    :param usb_backend: a pyusb backend, or ``None`` for libusb.
    :param trace: notes what goes over the wire, and is closed with the printer; families with their own way to the
        printer write none.
    :raises AddressError: address, family or model are not known.
    :raises NotFoundError: nothing is there.
    :raises AccessError: this user may not.
    :raises BusyError: another program has it.
    """
    language, chosen = _find(family, model)
    if language.open_uri is not None:
        return language.open_uri(uri, chosen, deadline)
    transport = open_transport(uri, usb_class=language.usb_class, usb_backend=usb_backend, deadline=deadline)
    return language.connect(transport if trace is None else traced(transport, trace), chosen)


def encode(art: Artwork, *, model: str, family: str, options: Any = None) -> EncodedCard:
    """Put one card into the language of a model.

    :param options: the family's own; ``None`` for its defaults.
    :raises AddressError: family or model are not known.
    :raises ArtworkError: the model cannot print this.
    """
    language, chosen = _find(family, model)
    return language.encode(art, chosen, options)


def _find(family: str, model: str) -> tuple[Family, Any]:
    known = families()
    language = next((f for f in known if f.name == family), None)
    if language is None:
        raise AddressError(f"No driver for printers of the family {family!r}", hint=_choices(f.name for f in known))
    if model not in language.models:
        raise AddressError(f"The family {family} has no model {model!r}", hint=_choices(language.models))
    return language, language.models[model]


def _choices(names: Iterable[str]) -> str:
    return f"Known are: {', '.join(sorted(names))}"
