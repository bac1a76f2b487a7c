"""Parameters: which values of a table's parameters did somebody mean by what they typed?"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

from shuke.errors import WrongCall
from shuke.languages import N_, Text
from shuke.tables import Derived, renamed
from shuke.views import literals


def answers(table: Derived, written: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in the types that the table's function declares; whatever is no text stays as it is."""
    written = renamed.parameters(table.name, written)
    for unknown in sorted(set(written) - set(table.parameters)):
        raise WrongCall(
            N_("Table {table} has no parameter {parameter}. It takes: {parameters}."),
            table=table.name, parameter=unknown, parameters=", ".join(table.parameters) or "-",
        )  # fmt: skip
    return {name: _read(name, value, table.parameters[name][0]) for name, value in written.items()}


def _read(name: str, value: Any, kind: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return _typed(value, kind)
    except (ValueError, KeyError):
        accepted = _ACCEPTED.get(kind) or ", ".join(map(str, get_args(kind))) or str(kind)
        raise WrongCall(
            N_("{value} cannot be used for {parameter}. Accepted: {accepted}."),
            value=repr(value), parameter=name, accepted=accepted,
        ) from None  # fmt: skip


def _typed(value: str, kind: Any) -> Any:
    if get_origin(kind) is Literal:
        return {str(choice): choice for choice in get_args(kind)}[value]
    if get_origin(kind) is tuple:
        return tuple(_typed(part.strip(), get_args(kind)[0]) for part in value.split(",") if part.strip())
    return _KINDS.get(kind, str)(value)


_FLAGS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

#: What may be written for each kind.
_ACCEPTED: Mapping[Any, Text] = {
    int: Text("a whole number", "整数"),
    float: Text("a number", "数字"),
    Decimal: Text("a number", "数字"),
    date: Text("a day, such as 2026-03-31", "日期，如 2026-03-31"),
    bool: Text("yes or no", "yes 或 no"),
}

_KINDS: dict[Any, Callable[[str], Any]] = {
    int: literals.integer,
    float: literals.number,
    Decimal: literals.decimal,
    date: literals.day,
    bool: lambda text: _FLAGS[text.lower()],
}
