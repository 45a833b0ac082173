"""printd docs: the documents of this version, where a shop has no checkout and no network."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import printd
from printd.cli import choices
from printd.cli.common import Json, answer
from printd.cli.output import out, show_rows

_PACKAGE = Path(printd.__file__).parent


def docs(
    name: Annotated[str | None, choices.argument(choices.DOCUMENTS, "Which; all are listed without one")] = None,
    as_json: Json = False,
) -> None:
    """Read the documents: without a name, what there is."""
    if name is not None:
        text = _text(name)
        answer(as_json, {"name": name, "text": text}, lambda _told: out.print(text.removesuffix("\n"), soft_wrap=True))
        return
    answer(
        as_json,
        [{"name": one, "title": _text(one).partition("\n")[0].lstrip("# ")} for one in choices.DOCUMENTS],
        lambda rows: show_rows("Documents", ["name", "title"], [[row["name"], row["title"]] for row in rows], empty=""),
    )


def _text(name: str) -> str:
    """Return a document: the wheel carries it within the package, a checkout beside it."""
    inside = _PACKAGE / "docs" / f"{name}.md"
    return (inside if inside.is_file() else _PACKAGE.parent / "docs" / f"{name}.md").read_text(encoding="utf-8")
