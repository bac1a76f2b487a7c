"""Described: what does a mapping file say of the shapes of its source's files?

    [[shape]]
    name = "orders.csv"
    columns = ["Order", "Date", "Customer", "Product", "Quantity"]    # as they stand in the file
    carry = { columns = ["Order", "Date", "Customer"] }

A block with nothing but `columns` takes the file as it stands; `kind = "payments"` says what its rows are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, cast, get_args

import tomlkit

from shuke.collect.mapping import blocks, document
from shuke.collect.shapes.shape import (
    Carry,
    Dated,
    Employer,
    Ledger,
    Melt,
    Of,
    Returns,
    Settlement,
    Shape,
    Split,
    Survey,
)
from shuke.errors import WrongSettings
from shuke.languages import N_
from shuke.store import disk

#: The tables that figures by period may belong to: what was sold, is planned, is allowed, was spent.
FIGURES = ("order_items", "plans", "budgets", "expenses")

_KEYS = ("name", "columns", *(f.name for f in fields(Shape)))


@dataclass(frozen=True)
class Described:
    """How the files with exactly these columns are shaped."""

    name: str
    columns: tuple[str, ...]
    shape: Shape

    def fits(self, columns: Iterable[str]) -> bool:
        return set(self.columns) == set(columns)


def load(path: Path) -> tuple[Described, ...]:
    """Every shape of a mapping file, checked; none where there is no file yet."""
    return tuple(_read(block, path) for block in blocks(document(path), "shape", path))


def save(path: Path, described: Described) -> None:
    """Write a shape into the mapping file, in place of the one for the same columns if there is one."""
    written = document(path)
    known = blocks(written, "shape", path)
    place = next((n for n, b in enumerate(known) if described.fits(b.get("columns", []))), None)
    if place is not None:
        if _read(known[place], path).shape == described.shape:
            return
        known[place] = _block(described)
    else:
        if "shape" not in written:
            written["shape"] = tomlkit.aot()
        written["shape"].append(_block(described))
    disk.replace(path, tomlkit.dumps(written).encode())


def lines(described: Described) -> str:
    """The block of a mapping file that says it."""
    written = tomlkit.document()
    shapes = tomlkit.aot()
    shapes.append(_block(described))
    written["shape"] = shapes
    return tomlkit.dumps(written).strip()


def _read(block: Mapping[str, Any], path: Path) -> Described:
    unknown = sorted(set(block) - set(_KEYS))
    if unknown or not _are_names(block.get("columns")):
        raise WrongSettings(
            N_("{file}: a [[shape]] has columns = [\"…\"] and some of {keys}, not {wrong}."),
            file=path.name, keys=", ".join(_KEYS), wrong=", ".join(unknown) or "no columns",
        )  # fmt: skip
    columns = tuple(block["columns"])
    shape = Shape(
        header_rows=_count(block, "header_rows", 1, path),
        headings_above=_count(block, "headings_above", 0, path),
        carry=_carries(block.get("carry", []), path),
        split=_split(block.get("split"), path),
        survey=_survey(block.get("survey"), path),
        melt=_melt(block.get("melt"), path),
        dated=_dated(block.get("dated"), path),
        settlement=_settlement(block.get("settlement"), path),
        ledger=_ledger(block.get("ledger"), path),
        returns=_returns(block.get("returns"), path),
        employer=_employer(block.get("employer"), path),
        kind=str(block["kind"]) if "kind" in block else None,
    )
    return Described(str(block.get("name", path.stem)), columns, shape)


def _count(block: Mapping[str, Any], key: str, least: int, path: Path) -> int:
    said = block.get(key, least)
    if not isinstance(said, int) or not least <= said <= 9:
        raise WrongSettings(
            N_("{file}: {key} = {said} is no number of rows from {least} to 9."),
            file=path.name, key=key, said=repr(said), least=least,
        )  # fmt: skip
    return int(said)


def _carries(said: Any, path: Path) -> tuple[Carry, ...]:
    blocks = said if isinstance(said, list) else [said]
    for block in blocks:
        if not isinstance(block, Mapping) or not _are_names(block.get("columns")):
            raise WrongSettings(
                N_('{file}: write carry = {{ columns = ["…"] }}, and within = "…" where it is needed.'),
                file=path.name,
            )
    return tuple(
        Carry(tuple(map(str, block["columns"])), str(block["within"]) if "within" in block else None)
        for block in blocks
    )


def _split(said: Any, path: Path) -> Split | None:
    told = said if isinstance(said, Mapping) else {"column": said}
    if said is not None and not (isinstance(told.get("column"), str) and set(told) <= {"column", "price"}):
        raise WrongSettings(N_('{file}: write split = "…", with the name of a column.'), file=path.name)
    price = _one_of(told["price"], get_args(Of), path) if "price" in told else None
    return None if said is None else Split(str(told["column"]), cast("Of | None", price))


def _survey(said: Any, path: Path) -> Survey | None:
    if said is None:
        return None
    renamed = said.get("rename", {}) if isinstance(said, Mapping) else None
    if not isinstance(renamed, Mapping) or not _are_names(said.get("questions")):
        raise WrongSettings(
            N_('{file}: write survey = {{ questions = ["…"], rename = {{ "…" = "…" }} }}.'), file=path.name
        )
    return Survey(tuple(map(str, said["questions"])), tuple((str(a), str(b)) for a, b in renamed.items()))


def _melt(said: Any, path: Path) -> Melt | None:
    if said is None:
        return None
    known = isinstance(said, Mapping) and _are_names(said.get("columns"))
    if not known or not (said.get("without", []) == [] or _are_names(said["without"])):
        raise WrongSettings(
            N_('{file}: write melt = {{ columns = ["…"], name = "date", value = "amount" }}.'), file=path.name
        )
    year, beside = said.get("year"), said.get("beside", {})
    if not isinstance(beside, Mapping) or any(
        not _are_names(names) or len(names) != len(said["columns"]) for names in beside.values()
    ):
        raise WrongSettings(N_("{file}: beside has as many columns as melt."), file=path.name)
    return Melt(
        tuple(map(str, said["columns"])),
        str(said.get("name", "date")),
        str(said.get("value", "amount")),
        _year(year),
        tuple(map(str, said.get("without", []))),
        _one_of(said.get("of", FIGURES[0]), FIGURES, path),
        tuple((str(name), tuple(map(str, names))) for name, names in beside.items()),
    )


def _dated(said: Any, path: Path) -> Dated | None:
    if said is None:
        return None
    known = isinstance(said, Mapping) and {"column"} <= set(said) <= {"column", "year"}
    if not known or not isinstance(said.get("year", 0), int | str):
        raise WrongSettings(N_('{file}: write dated = {{ column = "…", year = 2024 }}.'), file=path.name)
    return Dated(str(said["column"]), _year(said.get("year")))


def _year(said: Any) -> int | str | None:
    """A year, or the name of a column that says it."""
    return int(said) if isinstance(said, int) else str(said) if isinstance(said, str) else None


def _settlement(said: Any, path: Path) -> Settlement | None:
    if said is None:
        return None
    known = {f.name for f in fields(Settlement)}
    if not isinstance(said, Mapping) or not {"number", "whole"} <= set(said) <= known or len(said) < 3:
        raise WrongSettings(
            N_('{file}: write settlement = {{ number = "…", whole = "…" }} and some of on, paid and left.'),
            file=path.name,
        )
    return Settlement(**{str(key): str(value) for key, value in said.items()})


def _ledger(said: Any, path: Path) -> Ledger | None:
    if said is None:
        return None
    if not isinstance(said, Mapping) or set(said) != {"in", "out"}:
        raise WrongSettings(
            N_('{file}: write ledger = {{ in = "…", out = "…" }}, with the names of two columns.'),
            file=path.name,
        )
    return Ledger(str(said["in"]), str(said["out"]))


def _returns(said: Any, path: Path) -> Returns | None:
    if said is None:
        return None
    known = isinstance(said, Mapping) and {"order"} <= set(said) <= {f.name for f in fields(Returns)}
    renamed = said.get("rename", {}) if known else None
    if not isinstance(renamed, Mapping):
        raise WrongSettings(
            N_('{file}: write returns = {{ order = "…", rename = {{ "…" = "…" }} }}, or with whole = true.'),
            file=path.name,
        )
    names = tuple((str(a), str(b)) for a, b in renamed.items())
    return Returns(str(said["order"]), names, bool(said.get("whole", False)))


def _employer(said: Any, path: Path) -> Employer | None:
    if said is None:
        return None
    columns = said.get("columns") if isinstance(said, Mapping) and set(said) == {"name", "columns"} else None
    if not isinstance(columns, Mapping):
        raise WrongSettings(
            N_('{file}: write employer = {{ name = "…", columns = {{ "…" = "phone" }} }}.'), file=path.name
        )
    return Employer(str(said["name"]), tuple((str(a), str(b)) for a, b in columns.items()))


def _one_of(said: Any, allowed: Sequence[str], path: Path) -> str:
    if said not in allowed:
        raise WrongSettings(
            N_("{file}: {said} is none of {allowed}."),
            file=path.name,
            said=repr(said),
            allowed=", ".join(allowed),
        )
    return str(said)


def _are_names(said: Any) -> bool:
    return isinstance(said, list) and bool(said) and all(isinstance(name, str) for name in said)


def _block(described: Described) -> tomlkit.items.Table:
    block, shape = tomlkit.table(), described.shape
    block.add("name", described.name)
    block.add("columns", list(described.columns))
    if shape.headings_above:
        block.add("headings_above", shape.headings_above)
    if shape.header_rows > 1:
        block.add("header_rows", shape.header_rows)
    if shape.carry:
        carried = [_carry(one) for one in shape.carry]
        block.add("carry", carried[0] if len(carried) == 1 else _array(carried))
    if shape.split:
        alone, price = shape.split.column, shape.split.price
        block.add("split", _inline({"column": alone, "price": price}) if price else alone)
    if survey := shape.survey:
        renamed = {"rename": _inline(dict(survey.rename))} if survey.rename else {}
        block.add("survey", _inline({"questions": list(survey.questions)} | renamed))
    if melt := shape.melt:
        melted = {"columns": list(melt.columns), "name": melt.name, "value": melt.value}
        beside = {name: list(names) for name, names in melt.beside}
        more: dict[str, Any] = {"year": melt.year, "without": list(melt.without), "of": melt.of}
        more |= {"beside": _inline(beside)} if beside else {}
        block.add("melt", _inline(melted | {key: value for key, value in more.items() if value}))
    for key, told in _of_documents(shape).items():
        block.add(key, _inline({name: value for name, value in told.items() if value}))
    if shape.kind:
        block.add("kind", shape.kind)
    return block


def _of_documents(shape: Shape) -> dict[str, dict[str, Any]]:
    """What is said of the rest of a shape, by its key."""
    said: dict[str, dict[str, Any]] = {}
    if shape.dated:
        said["dated"] = asdict(shape.dated)
    if shape.settlement:
        said["settlement"] = asdict(shape.settlement)
    if shape.ledger:
        said["ledger"] = {"in": shape.ledger.into, "out": shape.ledger.out}
    if back := shape.returns:
        said["returns"] = {"order": back.order, "rename": _inline(dict(back.rename)), "whole": back.whole}
    if firm := shape.employer:
        said["employer"] = {"name": firm.name, "columns": _inline(dict(firm.columns))}
    return said


def _carry(carry: Carry) -> tomlkit.items.InlineTable:
    return _inline({"columns": list(carry.columns)} | ({"within": carry.within} if carry.within else {}))


def _inline(told: Mapping[str, Any]) -> tomlkit.items.InlineTable:
    table = tomlkit.inline_table()
    table.update(told)
    return table


def _array(tables: list[tomlkit.items.InlineTable]) -> tomlkit.items.Array:
    array = tomlkit.array()
    array.extend(tables)
    return array
