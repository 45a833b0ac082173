"""Tells mypy to refuse a look-up by name in a dictionary of anything: ``row["serial"]`` where no type says what it has.

A plugin of ``[tool.mypy]``. In ``dict[str, Any]`` a wrong name is found by a clerk; in a TypedDict or a class it is
found here. What strangers wrote has no type before it was read: the modules that read it are listed with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

from mypy.checker import TypeChecker
from mypy.errorcodes import ErrorCode
from mypy.nodes import StrExpr
from mypy.options import Options
from mypy.plugin import MethodContext, Plugin
from mypy.plugins.default import DefaultPlugin
from mypy.types import AnyType, Instance, Type, get_proper_type

HOUSE = "printd."

STRANGERS: Mapping[str, str] = MappingProxyType(
    {
        "printd.ledger.entry": "bytes of an entry, before it is known that they are one",
        "printd.ledger.statements": "bytes of an entry that may be none: what it says of its log",
        "printd.ledger.verify": "bytes of an entry that may be none: the number of one that is broken",
        "printd.cli.common": "printd.toml as a person wrote it, before it is checked",
        "printd.intake.fields": "fields of a record, as a source or a person wrote them",
        "printd.printing.kept": "lines of a file that may have been torn or altered",
        "printd.intake.record": "values of a record, before the class is made of them",
        "printd.store.migrations.env": "attributes of Alembic's configuration",
    }
)
"""Modules that read JSON of strangers, with what they read."""

NOT_YET: frozenset[str] = frozenset()
"""Modules whose rows are still to be typed."""

UNTYPED = ErrorCode("untyped-lookup", "A name is looked up where no type says which there are", "printd")

_METHODS = frozenset(
    f"{mapping}.{method}"
    for mapping in ("builtins.dict", "typing.Mapping", "typing.MutableMapping")
    for method in ("__getitem__", "get", "pop")
)


class UntypedLookups(Plugin):
    """Looks at each ``x["name"]``, ``x.get("name")`` and ``x.pop("name")`` of the house.

    mypy asks the first plugin that answers for a method, and its own last; so this one answers as mypy's own would.
    """

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self._usual = DefaultPlugin(options)

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        """Return what looks at a call of this method."""
        usual = self._usual.get_method_hook(fullname)
        return partial(_look, usual) if fullname in _METHODS else usual


def _look(usual: Callable[[MethodContext], Type] | None, context: MethodContext) -> Type:
    mapping, checker = get_proper_type(context.type), context.api
    assert isinstance(checker, TypeChecker)
    name = context.args[0][0] if context.args and context.args[0] else None
    if (
        isinstance(name, StrExpr)
        and isinstance(mapping, Instance)
        and len(mapping.args) == 2
        and isinstance(get_proper_type(mapping.args[1]), AnyType)
        and _asked(checker.tree.fullname)
    ):
        checker.fail(f'"{name.value}" is looked up in a dictionary of anything', context.context, code=UNTYPED)
    return context.default_return_type if usual is None else usual(context)


def _asked(module: str) -> bool:
    return module.startswith(HOUSE) and module not in STRANGERS and module not in NOT_YET


def plugin(version: str) -> type[Plugin]:
    """Return the plugin, as mypy asks for it."""
    return UntypedLookups
