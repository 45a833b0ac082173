"""Whether a database still has the rules that it was made with: triggers, unique indexes, and none of a stranger's.

A replay finds what a table says. What may be written into it next, and what is silently written beside it, stands in
triggers and indexes, which whoever owns the database can drop, switch off, alter and add.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Inspector

from printd.store.metadata import metadata
from printd.store.migrations.first_rules import statements

_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"

_POSTGRESQL = """
SELECT t.tgname, c.relname, t.tgtype, p.proname, p.prosrc, t.tgqual IS NULL AND t.tgattr = ''
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT t.tgisinternal
"""
_SWITCHED_OFF = """
SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = current_schema()::regnamespace AND t.tgenabled NOT IN ('O', 'A') ORDER BY c.relname
"""
_REWRITTEN = "SELECT tablename, rulename FROM pg_rules WHERE schemaname = current_schema() ORDER BY 1, 2"

_BITS = {"ROW": 1, "BEFORE": 2, "INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}
"""Of ``pg_trigger.tgtype`` (PostgreSQL's source, catalog/pg_trigger.h); AFTER and STATEMENT have none."""

_TRIGGER = re.compile(r"CREATE TRIGGER (\w+) (.+?) ON (\w+) FOR EACH (\w+) EXECUTE FUNCTION (\w+)\(\)")
_FUNCTION = re.compile(r"CREATE FUNCTION (\w+)\(\) .*?AS \$\$(.*)\$\$", re.DOTALL)


def differences(connection: Connection) -> Iterator[str]:
    """Yield, rule by rule, where a database differs from one that was just made."""
    if connection.dialect.name == "sqlite":
        found: Mapping[str, object] = {row.name: row.sql for row in connection.execute(sa.text(_SQLITE))}
        yield from _differ("trigger", {one.split()[2]: one for one in statements("sqlite")}, found)
    else:
        found = {row[0]: tuple(row[1:]) for row in connection.execute(sa.text(_POSTGRESQL))}
        yield from _differ("trigger", _of_postgresql(), found)
        yield from (
            f"triggers of the table {one[0]} are switched off" for one in connection.execute(sa.text(_SWITCHED_OFF))
        )
        for table, rule in connection.execute(sa.text(_REWRITTEN)):
            yield f"the rule {rule} of the table {table} is nobody's"
    yield from _differ("index", *_indexes(connection))


def _differ(what: str, made: Mapping[str, object], found: Mapping[str, object]) -> Iterator[str]:
    for name in sorted(made.keys() | found.keys()):
        if name not in found:
            yield f"the {what} {name} is missing"
        elif name not in made:
            yield f"the {what} {name} is nobody's"
        elif made[name] != found[name]:
            yield f"the {what} {name} is not the one that the shop was made with"


def _of_postgresql() -> dict[str, object]:
    made: dict[str, object] = {}
    bodies: dict[str, str] = {}
    for statement in statements("postgresql"):
        if function := _FUNCTION.match(statement):
            bodies[function[1]] = function[2].replace("%%", "%")  # as the driver sends it
        elif trigger := _TRIGGER.fullmatch(statement):
            name, when, table, each, calls = trigger.groups()
            kind = sum(_BITS.get(word, 0) for word in (*when.split(), each))
            made[name] = (table, kind, calls, bodies[calls], True)
    return made


def _indexes(connection: Connection) -> tuple[dict[str, object], dict[str, object]]:
    """Return the indexes that a shop is made with, and those that are there: each unique or not, and of what."""
    exact = connection.dialect.name == "sqlite"  # PostgreSQL writes conditions its own way
    there = sa.inspect(connection)
    made: dict[str, object] = {}
    for table in metadata.tables.values():
        for index in table.indexes:
            where = index.dialect_options[connection.dialect.name]["where"]
            condition = str(where) if exact and where is not None else where is not None
            made[str(index.name)] = (index.unique or False, [one.name for one in index.columns], condition)
    return made, dict(_there(there, exact=exact))


def _there(inspector: Inspector, *, exact: bool) -> Iterator[tuple[str, object]]:
    for found in inspector.get_multi_indexes(filter_names=list(metadata.tables)).values():
        for index in found:
            if index.get("duplicates_constraint"):
                continue
            options = index.get("dialect_options", {})
            where = options.get("sqlite_where" if exact else "postgresql_where")
            condition = str(where) if exact and where is not None else where is not None
            yield str(index["name"]), (bool(index["unique"]), list(index["column_names"]), condition)
