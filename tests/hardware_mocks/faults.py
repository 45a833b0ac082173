"""The fault plan: what shall go wrong, where, at which card. Each fault happens once."""

from dataclasses import dataclass, field

CATALOGUE: dict[str, tuple[str, str]] = {
    # name: (step where it happens when the text names none, explanation)
    "feeder_empty": ("feed", "the feeder finds no card although blanks lie in it"),
    "double_feed": ("feed", "two blanks leave the hopper stuck together; the upper one is printed, both come out"),
    "feed_jam": ("feed", "the blank sticks half-way out of the feeder"),
    "defect": ("feed", "the blank has a factory defect: it feeds and prints normally, a blotch stays unprinted"),
    "wrong_ribbon": ("before_feed", "the printer does not accept the ribbon type"),
    "ribbon_end": ("panel", "the ribbon ends in the middle of the panel"),
    "ribbon_cut": ("panel", "the ribbon tears in the middle of the panel"),
    "tag_unreadable": ("command", "the ribbon tag cannot be read at this command (command=Rrt)"),
    "jam": ("panel", "the card jams (step= other places than a panel)"),
    "cover": ("panel", "somebody opens the cover (step= other places than a panel)"),
    "film_mark": ("before_panel", "the mark of the transfer film is not found (retransfer)"),
    "ribbon_search": ("before_panel", "the panel is not found on the ribbon (retransfer)"),
    "transfer_jam": ("transfer", "the card jams before the transfer roller: the film is not fused (retransfer)"),
    "retransfer_jam": ("transfer", "the card jams behind the transfer roller: the film is fused (retransfer)"),
    "eject_jam": ("eject", "the card jams on its way out (step=reject: into the reject box) (retransfer)"),
    "magnetic_jam": ("station", "the card jams in the magnetic station (retransfer)"),
    "write_failed": ("command", "the magnetic stripe is not written (matica)"),
    "card_uncounted": ("count", "the counter of cards misses this card (retransfer)"),
    "card_counted_twice": ("count", "the counter of cards counts this card twice (retransfer)"),
    "warming": ("command", "warms up for polls=N questions, refusing motions (matica)"),
    "starting": ("command", "initialises for polls=N questions (matica)"),
    "cold": ("command", "is too cold for polls=N questions (matica)"),
    "roller_hot": ("command", "the heat roller is too hot for polls=N questions (matica)"),
    "error": ("command", "says code=HEX from this command on, until it is initialised (matica)"),
    "head_hot": ("before_panel", "the print head is too hot and refuses"),
    "head_open": ("before_panel", "the print head is not closed and the printer refuses, once"),
    "pass_uncounted": ("panel", "the counter misses this pass"),
    "pass_counted_twice": ("panel", "the counter counts this pass twice"),
    "hopper_full": ("eject", "the output box is full"),
    "reject_full": ("reject", "the reject box is full"),
    "station_timeout": ("station", "the card does not reach the contact or contactless station in time"),
    "flip_jam": ("flip", "the card jams in the flip station"),
    "rotation": ("flip", "the flip station does not turn to its place; the card stays in it"),
    "silence": ("command", "takes the command, does nothing, sends no reply"),
    "reply_lost": ("command", "does what the command says, sends no reply"),
    "reply_lost_undone": ("command", "loses the command: nothing done, no reply (as silence)"),
    "reply_late": ("command", "does what it says, sends the reply only just before the next one (zebra, matica)"),
    "wrong_sequence": ("command", "does what the command says, the reply carries another number (matica)"),
    "reset": ("payload", "the connection is reset, at half of a panel or at command= or reply= (matica, tcp)"),
    "duplicate_reply": ("command", "sends the reply twice"),
    "garbled_reply": ("command", "does what the command says, the reply is noise"),
    "busy": ("command", "holds BUSY (a USB write blocks, NAK) before the command until a hand presses the button"),
    "buffer_full": ("command", "the input buffer is full: the command is lost, the answer NACK alone (zebra)"),
    "stall": ("command", "does what the command says and stalls both USB endpoints (EPIPE)"),
    "power_cut": ("panel", "the power fails; the printer is off until a hand switches it on"),
    "cable_out": ("payload", "the data cable is pulled; it stays out until a hand plugs it in"),
}

STEPS = (
    "before_feed", "feed", "after_feed", "before_panel", "panel", "after_panel", "before_flip", "flip", "after_flip",
    "before_station", "station", "after_station", "before_transfer", "transfer", "after_transfer", "count",
    "before_eject", "eject", "reject", "after_eject", "payload", "command", "reply",
)  # fmt: skip
PLACES = frozenset({"jam", "cover", "head_hot", "head_open", "power_cut", "cable_out"})
_ALSO = {"ribbon_end": ("before_panel",), "ribbon_cut": ("before_panel",), "eject_jam": ("reject",),
         "reset": ("command", "reply"), "cover": ("command",)}  # fmt: skip

HELP = (
    "A fault reads NAME@KEY=VALUE,KEY=VALUE and happens once, at the first moment at which every key fits:\n"
    "  card=N      the N-th card fed since this process began (no card inside: the next one to be fed)\n"
    "  panel=P     y m c k o u; side=front|back\n"
    + "".join(f"  {'step=S' if not at else '':10}  {' '.join(STEPS[at : at + 9])}\n" for at in range(0, len(STEPS), 9))
    + "  command=C   a command as it arrives: Se, Ss, Db, Rlr;p, IS;0; with image data also panel=\n"
    "              matica: status position load move transfer print station upload document information ...\n"
    "  reply=C     power_cut and cable_out: the command is done, its reply not sent\n"
    "  payload=P   power_cut and cable_out: half of that panel's bytes have arrived\n"
    "  at=F        how much of the panel or transfer is done when it happens, 0..1 (default 0.5)\n"
    "  polls=N     how many questions a wait lasts (default 3); code=HEX: what error says\n"
    "jam, cover, head_hot, head_open, power_cut and cable_out may happen at any step, cover at command= too,\n"
    "ribbon_end and ribbon_cut also before_panel; the default step stands in brackets.\n"
    + "\n".join(f"  {name:18} {text} [{step}]" for name, (step, text) in CATALOGUE.items())
)


@dataclass
class Fault:
    """One thing that will go wrong once."""

    text: str
    name: str
    step: str
    at: float = 0.5
    polls: int = 3
    code: int = 0
    conditions: dict[str, str] = field(default_factory=dict)
    fired: bool = False


def parse(text: str) -> Fault:
    """Read one fault, e.g. ``ribbon_end@panel=c,card=3``.

    :raises ValueError: it is no fault; its text says what is wrong.
    """
    name, _, tail = text.strip().partition("@")
    if name not in CATALOGUE:
        msg = f"unknown fault {name!r}; known: {', '.join(CATALOGUE)}"
        raise ValueError(msg)
    step, at, polls, code, conditions = CATALOGUE[name][0], 0.5, 3, 0, {}
    for part in filter(None, tail.split(",")):
        key, equals, value = part.partition("=")
        if not equals or not value:
            msg = f"fault {text!r}: {part!r} is not KEY=VALUE"
            raise ValueError(msg)
        if key == "step":
            step = value
        elif key == "at":
            at = float(value)
        elif key == "polls":
            polls = int(value)
        elif key == "code":
            code = int(value, 16)
        elif key in ("command", "reply"):
            step = key
            conditions["command"] = value
        elif key == "payload":
            step = "payload"
            conditions["panel"] = value
        elif key in ("card", "panel", "side"):
            conditions[key] = value
        else:
            known = "card panel side step command reply payload at polls code"
            msg = f"fault {text!r}: unknown key {key!r}; known: {known}"
            raise ValueError(msg)
    if name == "error" and not code:
        msg = f"fault {text!r}: error wants code=HEX"
        raise ValueError(msg)
    if step not in STEPS or not 0.0 <= at <= 1.0:
        msg = f"fault {text!r}: unknown step or at outside 0..1"
        raise ValueError(msg)
    if step != CATALOGUE[name][0] and name not in PLACES and step not in _ALSO.get(name, ()):
        msg = f"fault {text!r}: {name} happens only at {CATALOGUE[name][0]}"
        raise ValueError(msg)
    return Fault(text=text.strip(), name=name, step=step, at=at, polls=polls, code=code, conditions=conditions)


class FaultPlan:
    """The faults still to come, in the order in which they were given."""

    def __init__(self, texts: list[str] | None = None) -> None:
        self._faults = [parse(text) for text in texts or []]

    def add(self, text: str) -> None:
        """Add a fault to the end of the plan."""
        self._faults.append(parse(text))

    def waiting_for(self, step: str) -> bool:
        """Say whether a fault of this step has not happened yet."""
        return any(not fault.fired and fault.step == step for fault in self._faults)

    def take(self, step: str, context: dict[str, str], names: frozenset[str] | None = None) -> Fault | None:
        """Return the first fault that fits this moment and mark it as happened."""
        for fault in self._faults:
            if fault.fired or fault.step != step or (names is not None and fault.name not in names):
                continue
            if all(_fits(key, wanted, context) for key, wanted in fault.conditions.items()):
                fault.fired = True
                return fault
        return None


def _fits(key: str, wanted: str, context: dict[str, str]) -> bool:
    have = context.get(key)
    if key == "command" and have is not None:
        return have == wanted or have.startswith(wanted + ";")
    return have == wanted
