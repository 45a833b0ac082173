"""Deliberate bugs of single lines, each beside the test that notices it.

``@notices({"what the bug is": line(function, "what stands there", "what the bug writes")})`` lets a test run once as it
is, when it must pass, and once more under each bug, when it must fail by an assertion. Fixtures are made without the
bug. A bug whose line is no longer there fails too: it has to be written anew. ``pytest --collect-only -q -k bug:``
lists them all, and ``-rP`` shows by which assertion each was noticed. Those that a schedule of crashes must find stand
in ``crash.mutants``.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest

Patch = Callable[[pytest.MonkeyPatch], None]
Test = TypeVar("Test", bound=Callable[..., Any])
_BUG = "deliberate_bug"


def notices(bugs: Mapping[str, Patch]) -> Callable[[Test], Test]:
    """Let a test run without and with deliberate bugs; put it below every other ``parametrize``.

    :param bugs: what each is, in the trade's words, and what puts it in (:func:`line`, or any function of a
        ``MonkeyPatch``).
    """
    runs = [pytest.param(None, id="no bug"), *(pytest.param(bug, id=f"bug: {what}") for what, bug in bugs.items())]

    def mark(test: Test) -> Test:
        marked: Test = pytest.mark.usefixtures(_BUG)(pytest.mark.parametrize(_BUG, runs, indirect=True)(test))
        return marked

    return mark


def line(function: Callable[..., Any], there: str, bug: str) -> Patch:
    """Return what replaces a piece of a function's source, wherever the function is already known by name.

    :param there: what stands there, exactly once.
    """

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        bare = inspect.unwrap(function)
        assert isinstance(bare, types.FunctionType)
        lines, first = inspect.getsourcelines(bare)
        block, path = "".join(lines), Path(inspect.getfile(bare))
        if block.count(there) != 1:
            raise LookupError(f"{there!r} stands {block.count(there)} times in {bare.__qualname__}, not once")
        whole = path.read_text().splitlines(keepends=True)
        whole[first - 1 : first - 1 + len(lines)] = [block.replace(there, bug)]
        compiled = compile("".join(whole), str(path), "exec", dont_inherit=True)
        (code,) = (one for one in _codes(compiled) if one.co_qualname == bare.__qualname__)
        monkeypatch.setattr(bare, "__code__", code)

    return patch


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    for inner in code.co_consts:
        if isinstance(inner, types.CodeType):
            yield inner
            yield from _codes(inner)


@pytest.fixture(name=_BUG)
def deliberate_bug(request: pytest.FixtureRequest) -> object:
    """The bug under which a test runs, if any; it is put in when everything else is ready."""
    return request.param


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Call a test; where it has a bug to notice, it passes by failing."""
    bug = pyfuncitem.funcargs.get(_BUG)
    if not callable(bug):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        bug(patch)
        try:
            yield
        except AssertionError as noticed:
            print(f"noticed: {str(noticed).partition(chr(10))[0]}")
            return True
        except pytest.fail.Exception as failed:
            if "DID NOT RAISE" not in str(failed):
                raise
            print(f"noticed: {failed}")
            return True
    pytest.fail(f"{pyfuncitem.name}: this test does not notice the bug")
