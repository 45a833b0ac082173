"""Acts at the desk performed by their names, with their arguments checked: what stands behind CLI and socket."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from printd.books.booking import noting_commits
from printd.desk.catalogue import ACTS
from printd.desk.counting import without_figures
from printd.desk.desk import Desk, NotEntered, holds_number
from printd.desk.owed import Owed, storage_trouble, with_owed
from printd.desk.wrong_shape import said
from printd.errors import AlteredError, Booked, IntegrityError, PrintdError, Refused, StorageError
from printd.remedies import How
from printd.shop.altered import report
from printd.store.trouble import NOTHING_BOOKED
from printd.words.free_text import holds_nik

Function = Callable[..., Any]

_HALF = re.compile("[\ud800-\udfff]")


@cache
def act_named(name: str) -> Function:
    """Return the function of an act.

    :raises Refused: there is none of this name.
    """
    if name not in ACTS:
        raise Refused(f"There is no act {name!r}.", remedy=f"Known are: {', '.join(sorted(ACTS))}.")
    act = ACTS[name]
    found: Function = getattr(importlib.import_module(f"printd.desk.{act.module}"), act.function)
    return found


def perform(desk: Desk, name: str, arguments: Mapping[str, Any]) -> Any:
    """Perform one act; the result is plain data, with what is still owed of it under ``owed``.

    :raises Refused: no such act, arguments of the wrong shape, or the act's own refusal.
    :raises StorageError: disk, folder or database failed before anything of it was booked.
    :raises Booked: they failed after that.
    """
    act = act_named(name)
    if not _is_text(arguments):
        raise Refused(
            f"{name} was asked for with characters that are no text.",
            consequence="Nothing was changed.",
            remedy="Give names in UTF-8.",
        )
    try:
        checked = _arguments(act).model_validate(arguments)
    except ValidationError as wrong:
        raise Refused(
            f"{name} was asked for with wrong arguments.",
            why=f"{said(wrong)}.",
            consequence="Nothing was changed.",
            remedy=("See the command's ", How(), "."),
        ) from wrong
    if not ACTS[name].reads:
        _check_texts(checked)
    here = replace(desk, owed=[], keys={})
    with noting_commits() as booked:
        try:
            result = act(here, **{field: getattr(checked, field) for field in type(checked).model_fields})
        except ValidationError as wrong:  # what is asked passes the act and is no event: the books take none of it
            if booked:
                raise
            raise Refused(
                f"{name} was asked for with what the books cannot hold.",
                why=f"{said(wrong)}.",
                consequence="Nothing was changed.",
                remedy=("See the command's ", How(), "."),
            ) from wrong
        except AlteredError as altered:
            if altered.seal:
                with suppress(PrintdError):  # whoever asked is told in any case
                    report(desk.shop.books, altered.seal)
            raise
        except Refused as refused:
            raise without_figures(desk, refused) from refused.__cause__
        except (OSError, StorageError, IntegrityError) as failed:
            answer = _answer_to(name, booked, failed)
            if answer is failed:
                raise
            raise answer from failed
    if booked:
        here.owed.extend(_unsigned(desk))
    return with_owed(result, here.owed)


def _answer_to(name: str, booked: Sequence[str], failed: OSError | StorageError | IntegrityError) -> BaseException:
    """Return what is said of an act in which disk, folder or database failed."""
    known = storage_trouble(failed, f"{name} was not carried out.")
    if known is None:
        return failed
    if not booked:
        known.consequence = known.consequence or NOTHING_BOOKED
        return known
    return Booked(
        f"{name} is booked ({', '.join(booked)}), but its answer cannot be shown now.",
        why=known.why,
        consequence="What was booked stands.",
        remedy="Do not repeat it. Mend the cause, then look at the books.",
    )


def _unsigned(desk: Desk) -> list[Owed]:
    """Return what the running daemon owes an act in signatures."""
    if desk.workshop is None:
        return []
    return [
        Owed("The checkpoint over it is not signed and kept yet.", one.message, "The daemon makes it up by itself.")
        for one in desk.workshop.problems()
        if one.part in ("checkpoints", "folder")
    ]


def _check_texts(asked: BaseModel) -> None:
    """Make sure that no text of an act's arguments may be somebody's NIK, but where it is said that none is entered.

    :raises Refused: one may be; it is not repeated.
    """
    for field, about in type(asked).model_fields.items():
        entered = not any(isinstance(one, NotEntered) for one in about.metadata)
        if entered and any(map(holds_nik, _texts(getattr(asked, field)))):
            raise holds_number(field.replace("_", " "))


def _texts(value: Any) -> Iterator[str]:
    """Yield every text in an argument, and the names of what is in it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        yield from _texts(dict(value))
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, Sequence):
        for inner in value:
            yield from _texts(inner)


def _is_text(value: Any) -> bool:
    """Tell whether every text in plain data can be stored: no NUL, no half of a character."""
    if isinstance(value, str):
        return "\0" not in value and (value.isascii() or not _HALF.search(value))
    if isinstance(value, Mapping):
        return all(_is_text(key) and _is_text(inner) for key, inner in value.items())
    return not isinstance(value, (list, tuple)) or all(map(_is_text, value))


@cache
def _arguments(act: Function) -> type[BaseModel]:
    fields: dict[str, Any] = {
        name: (parameter.annotation, ... if parameter.default is parameter.empty else parameter.default)
        for name, parameter in inspect.signature(act, eval_str=True).parameters.items()
        if name != "desk"
    }
    return create_model("Arguments", __config__=ConfigDict(extra="forbid", hide_input_in_errors=True), **fields)
