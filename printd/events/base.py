"""What every event is: an immutable value that is written as an entry's data and read back from it, to the byte."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError


class EventError(ValueError):
    """Data that is no event of its kind; the message names the kind and the field, never what stands in it."""


def _in_the_log(name: str) -> str:
    return name.removesuffix("_")


class Part(BaseModel):
    """Several fields of an event that belong together; a field that ends in ``_`` is written without it."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,  # a command needs few kinds
        alias_generator=_in_the_log,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    def data(self) -> dict[str, Any]:
        """Return what an entry carries of it: objects, lists, text, whole numbers, booleans and null."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)


class Event(Part):
    """Something that happened. A field that stands at its default is not written; an entry without it is read so."""

    kind: ClassVar[str]
    """As the log writes it."""

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Self:
        """Return the event that an entry of this kind carries.

        :raises EventError: a field is missing, unknown, or holds what it cannot hold.
        """
        try:
            return cls.model_validate(data, by_alias=True, by_name=False)
        except ValidationError as wrong:
            raise EventError(f"{cls.kind}: {_first(wrong)}") from None  # the cause would tell the values


def _first(wrong: ValidationError) -> str:
    """Return the first field that is wrong; of an unknown one not even its name, which may be anything."""
    error = wrong.errors(include_url=False, include_context=False, include_input=False)[0]
    if error["type"] == "extra_forbidden":
        return "there is a field that this kind does not have"
    known = set(_fields(Part))
    path = [str(one) for one in error["loc"] if isinstance(one, int) or one in known]  # not the keys of an object
    return f"{'.'.join(path) or 'it'} {'is missing' if error['type'] == 'missing' else 'is not what it must be'}"


def _fields(part: type[Part]) -> Iterator[str]:
    """Yield the names of all fields of a part and of those that are made of it."""
    yield from (field.alias or name for name, field in part.model_fields.items())
    for one in part.__subclasses__():
        yield from _fields(one)
