"""Master data, as the entries tell it last: the office, its people's keys, its printers, what it runs under."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from printd_verify.tables import Cell

_Fact = tuple[str, str, int]
"""What is so, its key or digest, and the number of the entry that says it."""


class Master:
    """Facts by subject and name."""

    def __init__(self) -> None:
        self._facts: dict[tuple[str, str], _Fact] = {}
        self._people: dict[str, dict[str, Any]] = {}

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield what is so now."""
        for (subject, name), fact in sorted(self._facts.items()):
            yield (subject, name, *fact)

    def read(self, seq: int, kind: str, data: dict[str, Any]) -> None:
        """Take an entry."""
        if kind == "shop.opened":
            self._put("log", data["origin"], "practice" if data.get("practice") else "real", data["log_key"], seq)
            if "documents_key" in data:
                self._put("documents", "", "", data["documents_key"], seq)
            for person in data["people"]:
                self._enrol(person, seq)
        elif kind == "log.rolled_back":
            self._put("log", data["next"]["origin"], "", data["next"]["log_key"], seq)
        elif kind == "operator.enrolled":
            self._enrol(data["person"], seq)
        elif kind in ("operator.role_set", "operator.retired", "operator.key_renewed"):
            person = self._people.setdefault(data["name"], {"name": data["name"]})
            told = {"role": "retired"} if kind == "operator.retired" else {}
            self._enrol({**person, **{name: data[name] for name in ("role", "key") if name in data}, **told}, seq)
        elif kind == "printer.added":
            value = f"{data['family']} {data['model']}, firmware {data['firmware']}"
            self._put("printer", data["printer"], value, data["serial_number"], seq)
        elif kind == "printer.retired":
            _, key, _ = self._facts.get(("printer", data["printer"]), ("", "", 0))
            self._put("printer", data["printer"], "retired", key, seq)
        if "configuration" in data:
            self._configure(data["configuration"], seq)

    def _put(self, subject: str, name: str, value: str, key: str, seq: int) -> None:
        self._facts[subject, name] = value, key, seq

    def _enrol(self, person: dict[str, Any], seq: int) -> None:
        self._people[person["name"]] = person
        known = [person.get(one, "") for one in ("role", "legal_name", "nip", "rank", "position")]
        self._put("person", person["name"], ", ".join(one for one in known if one), person.get("key", ""), seq)

    def _configure(self, told: dict[str, Any], seq: int) -> None:
        for subject in [one for one in self._facts if one[0] in ("layout", "sender")]:
            del self._facts[subject]
        self._put("office", told["office"], told["timezone"], "", seq)
        self._put("version", "printd", told["version"], "", seq)
        self._put("layout", told["layout"], "", told["layout_digest"], seq)
        self._put("configuration", "", "", told["settings"], seq)
        for number, sender in enumerate(told["senders"], 1):
            self._put("sender", str(number), "", sender, seq)
