"""How an act that helps is written as a command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, cast

_SHORT = 8  # characters of a job's id, as the lists show it


class _Doing(TypedDict, total=False):
    act: str | None
    arguments: dict[str, str]


def command(act: str, arguments: Mapping[str, str]) -> str:
    """Return an act as it is typed."""
    from printd.cli.remedies import sentence  # few answers name an act
    from printd.remedies import Do

    return sentence(Do(act, **{name: text[:_SHORT] if name == "job" else text for name, text in arguments.items()}))


def with_commands(answer: Any) -> Any:
    """Return an answer with the command in the sentences of every part that names an act."""
    if isinstance(answer, list):
        return [with_commands(one) for one in answer]
    if not isinstance(answer, dict):
        return answer
    told = {name: with_commands(one) if isinstance(one, (dict, list)) else one for name, one in answer.items()}
    doing = cast(_Doing, told)
    if (name := doing.get("act")) and "arguments" in doing:
        from printd.remedies import DO

        typed = command(name, doing["arguments"])
        return {name: one.replace(DO, typed) if isinstance(one, str) else one for name, one in told.items()}
    return told
