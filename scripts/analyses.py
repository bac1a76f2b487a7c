"""Analyses: what does each question mean, how is it answered, and what can it not tell?

python scripts/analyses.py    write docs/analyses/ anew from the declarations in the code
"""

import inspect
from pathlib import Path

from shuke.console.docstrings import translated
from shuke.graph import catalogue
from shuke.languages import Text, speaking
from shuke.tables import Column, Derived, Type

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "analyses"

_INDEX = """# Analyses

Each of these tables answers one question about customers. `shuke show NAME` prints it, the console draws
it, and its page here says how it is made. How to write one: [Writing an analysis](../analyses.md).
Written from the code by `make docs`.

| table | question | 问题 | graded on the past |
| --- | --- | --- | --- |
"""


def pages() -> dict[str, str]:
    """The text of every page, by file name."""
    found = {name: step for name, step in sorted(catalogue.derived().items()) if step.area == "analyses"}
    index = _INDEX + "".join(_line(step) for step in found.values())
    return {"README.md": index, **{f"{name}.md": _page(step) for name, step in found.items()}}


def _line(step: Derived) -> str:
    asked = step.about or step.title
    graded = f"`shuke backtest {step.name}`" if step.grader else ""
    return f"| [`{step.name}`]({step.name}.md) | {asked.en} | {asked.zh} | {graded} |\n"


def _page(step: Derived) -> str:
    parts = [
        f"# {step.title.en} · {step.title.zh}",
        _both(step.about),
        "## Definition",
        step.doc,
        _in_chinese(step.doc),
    ]
    parts += [f"Made from {', '.join(f'`{name}`' for name in step.reads)}."]
    parts += ["## Columns", f"One row per {', '.join(f'`{k}`' for k in step.key)}.", _columns(step)]
    if step.parameters:
        parts += ["## What one may ask", _questions(step)]
    if step.reading:
        parts += ["## How to read the picture", _both(step.reading)]
    if step.limits:
        parts += ["## What it cannot tell", _both(step.limits)]
    if step.grader:
        parts += ["## How it is graded", inspect.getdoc(step.grader) or "", f"`shuke backtest {step.name}`"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _in_chinese(doc: str) -> str:
    with speaking("zh"):
        return translated(doc)


def _both(text: Text | None) -> str:
    return f"{text.en}\n\n{text.zh}" if text else ""


def _columns(step: Derived) -> str:
    lines = ["| column | type | meaning | 含义 |", "| --- | --- | --- | --- |"]
    return "\n".join([*lines, *(_column(column) for column in step.columns)])


def _column(column: Column) -> str:
    unit = f", {column.unit}" if column.unit else ""
    en, zh = ([column.title.en], [column.title.zh])
    if column.note:
        en.append(column.note.en)
        zh.append(column.note.zh)
    for code, called in (column.codes or {}).items():
        en.append(f"`{code}`: {called.en}")
        zh.append(f"`{code}`：{called.zh}")
    said = [". ".join(each.rstrip(".") for each in en), "。".join(each.rstrip("。") for each in zh)]
    words = [text.replace("|", "\\|") for text in said]
    return f"| `{column.name}` | {Type(column.type).value}{unit} | {words[0]} | {words[1]} |"


def _questions(step: Derived) -> str:
    asked = (
        f"- `{name}` ({kind.__name__}), `{default}`" for name, (kind, default) in step.parameters.items()
    )
    return "\n".join(asked)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    written = pages()
    for stale in {path.name for path in FOLDER.glob("*.md")} - set(written):
        (FOLDER / stale).unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
