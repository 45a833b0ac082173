"""The text that names keys to believe and who must have cosigned (c2sp.org/tlog-policy), as an export carries it.

Rules as in the log reference section 17.1. What stands in an export is a hint from those whom it is about: whoever
judges has a policy of their own.
"""

from collections.abc import Mapping

_HEAD = """\
# What the office says of its log and of those who watch it. It proves nothing:
# judge by keys that reached you in another way.
"""


def policy(log: str, witnesses: Mapping[str, str]) -> bytes:
    """Return a policy: the log's key, and one witness at least where there are any.

    :param log: its verifier key.
    :param witnesses: verifier key of each by the name that the policy gives it; none of its own words.
    """
    lines = [f"log {log}", *(f"witness {name} {vkey}" for name, vkey in witnesses.items())]
    if len(witnesses) > 1:
        lines.append(f"group watching any {' '.join(witnesses)}")
    quorum = "watching" if len(witnesses) > 1 else next(iter(witnesses), "none")
    return (_HEAD + "".join(f"{line}\n" for line in [*lines, f"quorum {quorum}"])).encode("ascii")
