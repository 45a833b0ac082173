"""Every act says by a type what it answers, and a command reads no act but by that type."""

from __future__ import annotations

import ast
import importlib
import inspect
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from printd.desk.acts import act_named
from printd.desk.catalogue import ACTS
from support.untyped_answers import COMMANDS_NOT_YET, NOT_YET

CLI = Path(__file__).parents[3] / "printd" / "cli"
COMMANDS = {path.stem: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(CLI.glob("*.py"))}

# --- acts ---------------------------------------------------------------------------------------


def answer_of(act: str) -> Any:
    return inspect.signature(act_named(act), eval_str=True).return_annotation


def untyped(answer: Any, seen: frozenset[Any] = frozenset()) -> bool:
    """Tell whether a type leaves open what is in it, down to the fields of its dictionaries."""
    if answer in (Any, dict, list, tuple, Mapping, object, inspect.Signature.empty):
        return True
    if typing.is_typeddict(answer):
        fields = () if answer in seen else typing.get_type_hints(answer).values()
        return any(untyped(field, seen | {answer}) for field in fields)
    if typing.get_origin(answer) is typing.Literal:
        return False
    return any(untyped(part, seen) for part in typing.get_args(answer) if part is not ...)


@pytest.mark.parametrize("act", sorted(ACTS))
def test_an_act_says_what_it_answers(act: str) -> None:
    assert untyped(answer_of(act)) == (act in NOT_YET)


class Inner(typing.TypedDict):
    anything: dict[str, Any]


class Outer(typing.TypedDict):
    rows: list[Inner]
    outer: Outer | None


@pytest.mark.parametrize(
    "answer", [Any, dict, dict[str, Any], list[dict[str, Any]], dict[str, Any] | None, Inner, list[Outer]]
)
def test_a_type_that_leaves_it_open_is_none(answer: Any) -> None:
    assert untyped(answer)


@pytest.mark.parametrize(
    "answer", [int, None, dict[str, int], list[list[str]], int | None, tuple[int, ...], typing.Literal["a"]]
)
def test_a_type_that_says_it_is_one(answer: Any) -> None:
    assert not untyped(answer)


# --- commands -----------------------------------------------------------------------------------


class Read(NamedTuple):
    """An act that a command asks for, and by which type it reads the answer; ``None``: by none.

    One command for two acts names them by a variable: their answers have one type.
    """

    act: str
    by: ast.expr | None


def reads(tree: ast.Module) -> Iterator[Read]:
    """Yield every ``act(context, "noun.verb", ...)`` whose answer is read."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "act"):
            continue
        named = ast.unparse(node.args[1]).strip("'")
        match parents[node]:
            case ast.Expr():
                continue
            case ast.AnnAssign(annotation=annotation):
                yield Read(named, annotation)
            case ast.Call() as call:
                reader, place = _reader(call, node)
                if isinstance(reader, ast.Lambda) and not _used(reader):
                    continue
                function = _named(reader.id, node, parents) if isinstance(reader, ast.Name) else None
                yield Read(named, function.args.args[place].annotation if function else None)
            case ast.Assign(targets=[ast.Name(id=name)]):
                yield Read(named, _declared(name, _around(node, parents)))
            case ast.Return():
                yield Read(named, _around(node, parents).returns)
            case _:
                yield Read(named, None)


def _around(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.FunctionDef:
    while not isinstance(node, ast.FunctionDef):
        node = parents[node]
    return node


def _named(name: str, node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.FunctionDef | None:
    """Return the function that a name means where it stands: one of the same command, or else of the module."""
    while node in parents:
        node = parents[node]
        inside = node.body if isinstance(node, (ast.FunctionDef, ast.Module)) else []
        for one in inside:
            if isinstance(one, ast.FunctionDef) and one.name == name:
                return one
    return None


def _declared(name: str, function: ast.FunctionDef) -> ast.expr | None:
    """Return the type with which a variable of a function was declared before it was given a value."""
    for node in ast.walk(function):
        match node:
            case ast.AnnAssign(target=ast.Name(id=declared), annotation=annotation) if declared == name:
                return annotation
    return None


def _reader(call: ast.Call, answer: ast.Call) -> tuple[ast.expr, int]:
    """Return the function that a call hands an answer to, and which of its parameters takes it."""
    if isinstance(call.func, ast.Name) and call.func.id == "answer" and answer is call.args[1]:
        return call.args[2], 0
    return call.func, call.args.index(answer)


def _used(reader: ast.Lambda) -> bool:
    names = {one.arg for one in reader.args.args}
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(reader.body))


def meant(tree: ast.Module, annotation: ast.expr | None) -> Any:
    """Return the type that an annotation of a command names, by the imports of its module."""
    known: dict[str, Any] = {"Any": Any}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("printd."):
            module = importlib.import_module(node.module)
            known |= {one.asname or one.name: getattr(module, one.name, None) for one in node.names}
    return None if annotation is None else eval(ast.unparse(annotation), known)


def read_rightly(tree: ast.Module, read: Read) -> bool:
    by = meant(tree, read.by)
    return by is not None and not untyped(by) and (read.act not in ACTS or by == answer_of(read.act))


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_reads_an_act_by_the_type_of_its_answer(command: str) -> None:
    tree = COMMANDS[command]
    wrong = {f"{command} {read.act}" for read in reads(tree) if not read_rightly(tree, read)}
    assert wrong == {one for one in COMMANDS_NOT_YET if one.split(" ")[0] == command}


def test_reading_by_another_type_is_seen() -> None:
    tree = ast.parse("""
from printd.store.tables.shifts import ShiftRow

def one(context):
    told: ShiftRow = act(context, "shifts.show")
    other: int = act(context, "shifts.list")
    nothing = act(context, "shifts.open")
    answer(as_json, act(context, "shifts.close"), show)
    answer(as_json, act(context, "shifts.count"), lambda done: out.print("Counted."))
    if closed:
        later = act(context, "deliveries.list")
    later: str
    answer(as_json, act(context, "shifts.issue"), lambda done: out.print(done["shift"]))
    act(context, "shifts.resume")
    told["uid"] = act(context, "chips.read")["uid"]
    return moved(as_json, act(context, "blanks.skip"))

def two(context):
    def show(told: int): ...
    answer(as_json, act(context, "deliveries.show"), show)

def show(told: ShiftRow): ...
def moved(as_json, done: list[int]): ...
""")
    from printd.store.tables.shifts import ShiftRow

    found = {read.act: meant(tree, read.by) for read in reads(tree)}
    assert found == {
        "shifts.show": ShiftRow,
        "shifts.list": int,
        "shifts.open": None,
        "shifts.close": ShiftRow,
        "shifts.issue": None,
        "deliveries.list": str,
        "chips.read": None,
        "blanks.skip": list[int],
        "deliveries.show": int,
    }
