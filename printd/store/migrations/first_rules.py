"""What the first migration forbids by triggers: a change of the log, and rows that cannot stand beside each other."""

from __future__ import annotations

_LOG = {
    "entry": "seq = NEW.seq",
    "node": "level = NEW.level AND idx = NEW.idx",
    "checkpoint": "size = NEW.size",
    "checkpoint_note": "size = NEW.size",
    "cosignature": "size = NEW.size AND key = NEW.key AND time = NEW.time",
    "contradiction": "key = NEW.key AND size = NEW.size",
    "movement": "seq = NEW.seq AND part = NEW.part",
    "restored": "size = NEW.size",
}
"""Tables whose rows are for ever, and what makes two of them the same."""

# Rows that are already there do not overlap, so a new one can only meet its predecessor or rows that begin inside it.
_OVERLAP = """
EXISTS (SELECT 1 FROM serial_range r WHERE r.prefix = NEW.prefix AND r.width = NEW.width
        AND r.first > NEW.first AND r.first <= NEW.last)
OR (SELECT p.last FROM serial_range p WHERE p.prefix = NEW.prefix AND p.width = NEW.width
    AND p.first < NEW.first ORDER BY p.first DESC LIMIT 1) >= NEW.first
"""
_TWICE = "serial_range: a serial would be in two places"

_GONE = "movement: a destroyed blank never moves again"

_OPEN = "state IN ('open', 'in_doubt')"
_BESIDE = {"test_print": "attempt", "attempt": "test_print"}


def statements(dialect: str) -> list[str]:
    """Return the statements that make the rules in a database.

    :param dialect: ``sqlite`` or ``postgresql``.
    """
    return _of_sqlite() if dialect == "sqlite" else _of_postgresql()


def _clash(other: str) -> str:
    """Return the condition under which a new open row has an open one of the other table beside it."""
    same = f"SELECT 1 FROM {other} o WHERE o.{_OPEN} AND"  # noqa: S608 - names of our own
    return f"NEW.{_OPEN} AND (EXISTS ({same} o.printer = NEW.printer) OR EXISTS ({same} o.serial = NEW.serial))"


def _held(table: str) -> str:
    return f"{table}: printer or blank is held by an open {_BESIDE[table]}"


def _of_sqlite() -> list[str]:
    def trigger(name: str, event: str, table: str, when: str, says: str) -> str:
        condition = f"WHEN {when} " if when else ""
        return f"CREATE TRIGGER {name} {event} ON {table} {condition}BEGIN SELECT RAISE(ABORT, '{says}'); END"

    made: list[str] = []
    for table, same in _LOG.items():
        fixed = f"{table}: the log is append-only"
        # INSERT OR REPLACE takes the old row out without asking the trigger on DELETE.
        replaces = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 - names of our own
        made += [
            trigger(f"{table}_no_update", "BEFORE UPDATE", table, "", fixed),
            trigger(f"{table}_no_delete", "BEFORE DELETE", table, "", fixed),
            trigger(f"{table}_no_replace", "BEFORE INSERT", table, replaces, fixed),
        ]
    for event in ("INSERT", "UPDATE"):
        made.append(
            trigger(f"serial_range_one_place_{event.lower()}", f"AFTER {event}", "serial_range", _OVERLAP, _TWICE)
        )
        made += [
            trigger(f"{one}_not_beside_{other}_{event.lower()}", f"BEFORE {event}", one, _clash(other), _held(one))
            for one, other in _BESIDE.items()
        ]
    made.append(trigger("movement_destroyed_stays", "BEFORE INSERT", "movement", "NEW.source = 'destroyed'", _GONE))
    return made


def _of_postgresql() -> list[str]:
    def function(name: str, body: str) -> str:
        return f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$"

    def refuse(says: str, more: str = "") -> str:
        return f"RAISE EXCEPTION '{says}'{more} USING ERRCODE = 'integrity_constraint_violation';"

    def trigger(name: str, event: str, table: str, each: str, calls: str) -> str:
        return f"CREATE TRIGGER {name} {event} ON {table} FOR EACH {each} EXECUTE FUNCTION {calls}()"

    fixed = refuse("%%: the log is append-only", ", TG_TABLE_NAME")
    made = [function("printd_append_only", fixed)]
    made += [
        trigger(f"{table}_append_only", "BEFORE UPDATE OR DELETE OR TRUNCATE", table, "STATEMENT", "printd_append_only")
        for table in _LOG
    ]
    rows = [("serial_range_one_place", "AFTER INSERT OR UPDATE", "serial_range", "printd_one_place", _OVERLAP, _TWICE)]
    rows += [
        (name, "BEFORE INSERT OR UPDATE", one, f"printd_{name}", _clash(other), _held(one))
        for one, other in _BESIDE.items()
        for name in (f"{one}_not_beside_{other}",)
    ]
    destroyed = "NEW.source = 'destroyed'"
    rows.append(("movement_destroyed_stays", "BEFORE INSERT", "movement", "printd_destroyed_stays", destroyed, _GONE))
    for name, event, table, calls, when, says in rows:
        made.append(function(calls, f"IF {when} THEN {refuse(says)} END IF; RETURN NEW;"))
        made.append(trigger(name, event, table, "ROW", calls))
    return made
