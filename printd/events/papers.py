"""Papers: what was printed of acts."""

from __future__ import annotations

from typing import ClassVar

from printd.events.base import Event
from printd.events.fields import Hash, Text, Whole, YesNo
from printd.words.papers import PaperKind


class PaperMade(Event):
    """The paper of an act was made, or a copy of it; the checkpoint in its code is from before.

    Those who signed the act sign, and for a copy whoever asked.
    """

    kind: ClassVar[str] = "paper.made"

    paper: PaperKind
    """Of what it is."""

    name: str
    """Name of the act in the books; of a hand-over the id of the attempt that printed the card."""

    entry: Whole
    """Number of the act's entry, for which it stands."""

    size: Whole
    """Entries below the checkpoint in the code on it: the act's is one of them."""

    root: Hash
    """Root of the log's tree over them."""

    digest: Hash
    """Of the file, a PDF."""

    # Absent in entries of earlier versions, whose papers had no official number; and of slips, which have none.
    number: Text | None = None
    """Official number on it, by the office's pattern."""

    year: Whole | None = None
    """Year in which the act was done, as the office's clock showed it; absent where there is no number."""

    running: Whole | None = None
    """Running number in it, of that year: from 1 without a gap; absent where there is no number."""

    copy_: YesNo = False
    """Whether it says that it is a copy (*salinan*), of the size and root of the first one; absent: it is the first."""

    # Absent in entries of earlier versions, and of papers that no other one speaks of.
    pages: Whole | None = None
    """Pages of an annex, as the paper says that it belongs to; absent: nobody counted them."""
