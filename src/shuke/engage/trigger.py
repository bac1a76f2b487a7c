"""Trigger: what happens to a customer that begins an automation, and by what is one time told from another?

A trigger is one file under `triggers/`: a function from tables of a build to occasions, marked with
`@trigger`. Its positional parameters name the tables that it reads, its keyword-only ones are what an
automation may say of it, and its name is the trigger's. It returns `customer_id`, `occasion`, a text that is
the same in every build for the same happening and another for the next one, and `day`, on which it began.

Beside the tables of the build a trigger may read `alert_openings`: `rule`, `customer_id`, `day`, `is_open`,
one row for each time that an alert of a customer was opened.
"""

import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Any, get_type_hints

import ibis.expr.types as ir

import shuke.engage.triggers
from shuke.errors import WrongCall
from shuke.languages import N_, Text

Function = Callable[..., ir.Table]
Tables = Callable[[str], ir.Table]

#: What is told to a trigger that asks for it, and is not for an automation to say.
SUPPLIED = ("as_of", "zone")

#: The table of alerts, which is none of a build.
OPENINGS = "alert_openings"


@dataclass
class Trigger:
    """What may happen; `still_of` tells for whom it is still so: `customer_id`, and `occasion` where that
    matters. Without it, what has happened has."""

    function: Function
    title: Text
    about: Text
    still_of: Function | None = field(default=None)

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def reads(self) -> frozenset[str]:
        """The tables that it takes to tell."""
        return frozenset(
            {*_positional(self.function), *(_positional(self.still_of) if self.still_of else ())}
        )

    @property
    def parameters(self) -> dict[str, tuple[type, Any]]:
        """What an automation may say of it: name -> (type, default, which is `Parameter.empty` without)."""
        hints, asked = get_type_hints(self.function), inspect.signature(self.function).parameters.values()
        keywords = [p for p in asked if p.kind is p.KEYWORD_ONLY and p.name not in SUPPLIED]
        return {p.name: (hints[p.name], p.default) for p in keywords}

    def still(self, function: Function) -> Function:
        """Mark a function as the one that tells for whom it is still the case."""
        self.still_of = function
        return function

    def occasions(self, tables: Tables, answers: Mapping[str, Any], **supplied: Any) -> ir.Table:
        return _called(self.function, tables, {**answers, **supplied})

    def lasting(self, tables: Tables, answers: Mapping[str, Any], **supplied: Any) -> ir.Table | None:
        """For whom it is still the case; none where that is not asked."""
        return _called(self.still_of, tables, {**answers, **supplied}) if self.still_of else None

    def check(self, answers: Mapping[str, Any]) -> None:
        """Raises `WrongCall` where an automation says too much or too little of it."""
        for name, value in answers.items():
            if name not in self.parameters:
                raise WrongCall(
                    N_("Trigger {trigger} has no {name}. It takes: {names}."),
                    trigger=self.name, name=name, names=", ".join(self.parameters) or "-",
                )  # fmt: skip
            wanted = self.parameters[name][0]
            is_negative = isinstance(value, int) and value < 0
            if not isinstance(value, wanted) or isinstance(value, bool) or is_negative:
                raise WrongCall(
                    N_("Trigger {trigger}: {name} = {value} cannot be used."),
                    trigger=self.name, name=name, value=value,
                )  # fmt: skip
        for name, (_, default) in self.parameters.items():
            if default is inspect.Parameter.empty and not answers.get(name):
                raise WrongCall(N_("Trigger {trigger} needs {name}."), trigger=self.name, name=name)


def trigger(*, title: Text, about: Text) -> Callable[[Function], Trigger]:
    """Declare a function as a trigger."""
    return lambda function: Trigger(function, title, about)


@cache
def triggers() -> dict[str, Trigger]:
    """Every trigger by name."""
    package = shuke.engage.triggers
    modules = (
        import_module(f"{package.__name__}.{found.name}") for found in pkgutil.iter_modules(package.__path__)
    )
    found = (value for module in modules for value in vars(module).values() if isinstance(value, Trigger))
    return {each.name: each for each in found}


def _positional(function: Function) -> list[str]:
    asked = inspect.signature(function).parameters.values()
    return [p.name for p in asked if p.kind is p.POSITIONAL_OR_KEYWORD]


def _called(function: Function, tables: Tables, told: Mapping[str, Any]) -> ir.Table:
    wanted = {p.name for p in inspect.signature(function).parameters.values() if p.kind is p.KEYWORD_ONLY}
    given = {name: value for name, value in told.items() if name in wanted}
    return function(*map(tables, _positional(function)), **given)
