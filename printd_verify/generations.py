"""The keys of a log's generations that ended, so far as the key that is trusted vouches for them.

An entry below a checkpoint of the trusted key says that the log went on there under this key, and which one it had
before; so on downwards. Each is believed for its own time alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from printd_verify.notes import Key, NoteError, read_key
from printd_verify.signed_entries import entries_of, last_signed
from printd_verify.sources import Source
from printd_verify.verification import Trust

KIND: Final = "log.rolled_back"


@dataclass(frozen=True)
class Retired:
    """A key that signed a log until a generation of it ended.

    :param since: number of the entry by which that generation began, -1: the log began with it; it signed more entries
        than that.
    :param until: number of the entry by which it ended; it signed as many entries at most.
    """

    key: Key
    since: int
    until: int


def retired_keys(source: Source, trust: Trust) -> list[Retired]:
    """Return the keys of the generations that ended, the last one first.

    :raises ProofError: the log does not lead to its own last checkpoint, or the trusted key signed none.
    """
    signed = last_signed(source, trust)
    ended = [entry for entry, is_signed in entries_of(KIND, source, signed, source.start) if is_signed]
    after = [key for key in trust.logs if key.name == signed.origin]
    found: list[Retired] = []
    while ended:
        last = ended.pop()
        try:
            if read_key(last["data"]["next"]["log_key"]) not in after:
                break
            key = read_key(last["data"]["log_key"])
        except NoteError:
            break
        found.append(Retired(key, ended[-1]["seq"] if ended else -1, last["seq"]))
        after = [key]
    return found
