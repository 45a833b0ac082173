"""Papers between offices that prove who wrote them: canonical JSON as the one line of a signed note.

Manifests of the province and of lending offices come this way, our own go out this way, and so do acknowledgements.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785

from printd.ledger.notes import NoteMalformedError, Signer, Verifier, open_note


def seal(document: Mapping[str, Any], signer: Signer) -> bytes:
    """Return a document as a signed note: its canonical JSON (RFC 8785), a line feed, the signature."""
    return signer.sign(rfc8785.dumps(dict(document)).decode("utf-8") + "\n")


def unseal(note: bytes, keys: Sequence[str]) -> tuple[bytes, str]:
    """Return the JSON of a note and the label of the key that signed it.

    :param keys: verifier keys that are trusted.
    :raises NoteError: no trusted key signed it, it was altered, or it is not one line.
    """
    opened = open_note(note, [Verifier.from_vkey(key) for key in keys])
    line, _, rest = opened.text.partition("\n")
    try:
        canonical = rfc8785.dumps(json.loads(line)).decode("utf-8") == line
    except (ValueError, RecursionError) as wrong:  # what is no JSON, and what has no canonical form
        raise NoteMalformedError("the text of the note is not JSON") from wrong
    if rest or not canonical:
        raise NoteMalformedError("the text of the note is not one line of canonical JSON (RFC 8785)")
    return line.encode("utf-8"), opened.verified[0]
