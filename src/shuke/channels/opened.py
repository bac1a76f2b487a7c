"""Opened: which channels did the company set up in shuke.toml, and which kinds are there?

[channels.news]
kind = "email"
server = "smtps://mail.example"
sender = "Tea House <news@tea.example>"
password = "env:MAIL_PASSWORD"        read from the environment, so that it stands in no file

What a provider reports of messages, and what customers answer, is asked of every kind alike:

provider = "sendgrid"                 in whose words; without it in those of `providers.own`
callback_secret = "env:NEWS_KEY"      by which it is known that it is the provider

And how many messages a minute it takes, whoever sends them:

per_minute = 600
"""

import inspect
import os
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

import shuke.channels
from shuke.channels.message import Channel
from shuke.channels.providers import PROVIDERS
from shuke.errors import WrongCall, WrongSettings
from shuke.languages import N_

FILE = "shuke.toml"
_ENVIRONMENT = "env:"

#: What is asked of every kind of channel, besides what it asks itself.
_COMMON = ("kind", "provider", "callback_secret", "per_minute")

C = TypeVar("C", bound=type)


@dataclass(frozen=True, kw_only=True)
class Reporting:
    """Who reports what became of a channel's messages, and how they are known; nobody without a secret."""

    provider: str
    secret: str


def kinds() -> dict[str, type]:
    """Every kind of channel by name."""
    return dict(_kinds())


def open_channel(channels: Mapping[str, Mapping[str, Any]], name: str) -> Channel:
    """The channel of that name; raises `WrongCall` where none is, `WrongSettings` where it is not right."""
    return _opened(name, _told(channels, name))


def reporting(channels: Mapping[str, Mapping[str, Any]], name: str) -> Reporting:
    """By what the channel of that name knows who reports to it; raises like `open_channel`."""
    told = _told(channels, name)
    secret = _secret(name, "callback_secret", told.get("callback_secret", ""))
    return Reporting(provider=str(told.get("provider", "")), secret=str(secret))


def check(channels: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises `WrongSettings` where a channel is not set up as its kind asks."""
    for name, told in channels.items():
        _opened(name, told)


def per_minute(channels: Mapping[str, Mapping[str, Any]], name: str) -> int | None:
    """How many messages a minute the channel of that name takes; none where nobody has said."""
    found: int | None = _told(channels, name).get("per_minute")
    return found


def _told(channels: Mapping[str, Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    if name not in channels:
        raise WrongCall(
            N_("{file} sets up no channel {name}. It sets up: {channels}."),
            file=FILE, name=name, channels=", ".join(sorted(channels)) or "-",
        )  # fmt: skip
    return channels[name]


def _opened(name: str, told: Mapping[str, Any]) -> Channel:
    known, kind = _kinds(), told.get("kind")
    if kind not in known:
        raise WrongSettings(
            N_("{file}: [channels.{name}] kind = {kind} is none of: {kinds}."),
            file=FILE, name=name, kind=repr(kind), kinds=", ".join(sorted(known)),
        )  # fmt: skip
    if told.get("provider", "") not in PROVIDERS:
        raise WrongSettings(
            N_("{file}: [channels.{name}] provider = {provider} is none of: {providers}."),
            file=FILE, name=name, provider=repr(told["provider"]),
            providers=", ".join(filter(None, PROVIDERS)),
        )  # fmt: skip
    rate: object = told.get("per_minute", 1)
    if type(rate) is not int or rate < 1:
        raise WrongSettings(
            N_("{file}: [channels.{name}] per_minute = {value} is no number of messages."),
            file=FILE, name=name, value=repr(rate),
        )  # fmt: skip
    made = known[kind]
    asked = inspect.signature(made).parameters
    own = {key: value for key, value in told.items() if key in asked or key not in _COMMON}
    given = {key: _secret(name, key, value) for key, value in own.items()}
    lacking = [n for n, p in asked.items() if p.default is p.empty and n not in given]
    for wrong in [*lacking, *(key for key in given if key not in asked)]:
        raise WrongSettings(
            N_("{file}: [channels.{name}] of kind {kind} takes {parameters}; {wrong} is lacking or unknown."),
            file=FILE, name=name, kind=kind, parameters=", ".join(asked), wrong=wrong,
        )  # fmt: skip
    try:
        opened: Channel = made(**given)
    except (TypeError, ValueError):  # of a value of the wrong kind, which may be a password
        raise WrongSettings(
            N_("{file}: [channels.{name}] has a value that cannot be used."), file=FILE, name=name
        ) from None
    return opened


def _secret(name: str, key: str, value: Any) -> Any:
    if not (isinstance(value, str) and value.startswith(_ENVIRONMENT)):
        return value
    variable = value.removeprefix(_ENVIRONMENT)
    if variable not in os.environ:
        raise WrongSettings(
            N_("{file}: [channels.{name}] {key} names {variable}, which the environment does not have."),
            file=FILE, name=name, key=key, variable=variable,
        )  # fmt: skip
    return os.environ[variable]


@cache
def _kinds() -> dict[str, type]:
    modules = (
        import_module(f"{shuke.channels.__name__}.{found.name}")
        for found in pkgutil.iter_modules(shuke.channels.__path__)
    )
    classes = (value for module in modules for value in vars(module).values() if isinstance(value, type))
    return {
        vars(made)["kind"]: made for made in classes if "kind" in vars(made) and "writes_to" in vars(made)
    }
