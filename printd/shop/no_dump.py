"""A process whose memory is written to no file: it holds faces and keys, and a core dump would lay them on a disk."""

from __future__ import annotations

import ctypes
import resource
from contextlib import suppress

_SET_DUMPABLE = 4  # PR_SET_DUMPABLE, prctl(2)


def forbid() -> None:
    """Let the kernel make no core dump of this process, to a file or to a program, whatever it dies of."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):  # no Linux: the limit alone has to do
        ctypes.CDLL(None, use_errno=True).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
