"""Settings: what did the company decide in shuke.toml?"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tomlkit
from babel import Locale
from babel.numbers import is_currency

from shuke.errors import UnknownProject, WrongSettings
from shuke.languages import LANGUAGES, N_, Language, translate
from shuke.tables import renamed

FILE = "shuke.toml"


#: An amount of memory as DuckDB reads it.
_SIZE = re.compile(r"[1-9]\d{0,8}(\.\d+)? ?([KMGT]i?B|%)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The content of shuke.toml, checked. Read once, at the edge; passed on as values."""

    name: str
    country: str = "CN"  # ISO 3166-1, two letters
    currency: str = "CNY"  # ISO 4217; what a build reports in
    zone: str = "Asia/Shanghai"  # IANA
    language: Language = "zh"  # of what is written for nobody in particular, as files are
    database: str = ""  # URL of the operations database; empty: SQLite in the project
    engine: str = "duckdb"
    memory: str = "3GB"  # what DuckDB may use before it goes to disk
    builds_kept: int = 7
    require_encryption: bool = False  # `shuke doctor` fails where the disk is not known to be encrypted
    analyses: tuple[str, ...] | None = None  # those that a build makes; nothing said: all
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    """Answers to a table's questions that differ from their defaults: `[tables.lapsing] grace = 2.0`."""
    channels: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    """The ways by which messages leave: `[channels.news] kind = "email"`; see `channels.opened`."""
    notices: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    """Who is told of alerts: `[notices.finance] channel = "mail"`; see `alerts.notices`."""
    assignments: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """How one hears what one is given: `[assignments] channel = "mail"`; see `actions.assignments`."""
    run: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """What `shuke run` does by itself: `[run] build_at = "02:30"`; see `actions.schedule`."""
    global_holdout: float = 0.02  # the share of customers whom no campaign reaches
    campaigns_need_approval: bool = False  # by somebody else than who wrote them
    track_clicks: bool = False  # links of marketing letters lead over this server, which counts them
    track_opens: bool = False  # marketing letters carry a picture by which it is seen that they were opened
    address: str = ""  # where the server is found from outside, for links in messages: https://shop.example

    def __post_init__(self) -> None:
        for name in ("name", "country", "currency", "zone", "language", "database", "engine", "memory"):
            _check(name, getattr(self, name), isinstance(getattr(self, name), str), '"…"')
        _check("country", self.country, self.country in Locale("en").territories, "CN, GB, DE")
        _check("currency", self.currency, is_currency(self.currency), "CNY, GBP, EUR")
        _check("zone", self.zone, _is_zone(self.zone), "Asia/Shanghai, Europe/London")
        _check("language", self.language, self.language in get_args(Language), ", ".join(LANGUAGES))
        kept: object = self.builds_kept  # whatever the file says
        _check("builds_kept", kept, type(kept) is int and kept > 0, "7")
        _check("memory", self.memory, _SIZE.fullmatch(self.memory) is not None, "3GB, 500MB")
        required: object = self.require_encryption
        _check("require_encryption", required, isinstance(required, bool), "true, false")
        chosen = () if self.analyses is None else self.analyses
        _check("analyses", chosen, _are_names(chosen), '["rfm", "retention"]')
        object.__setattr__(self, "analyses", None if self.analyses is None else tuple(chosen))
        _check("tables", self.tables, _are_sections(self.tables), "[tables.lapsing] grace = 2.0")
        _check("channels", self.channels, _are_sections(self.channels), '[channels.news] kind = "email"')
        _check("notices", self.notices, _are_sections(self.notices), '[notices.finance] channel = "mail"')
        _check("assignments", self.assignments, isinstance(self.assignments, Mapping), "[assignments]")
        _check("run", self.run, isinstance(self.run, Mapping), '[run] build_at = "02:30"')
        held_out: object = self.global_holdout
        is_share = isinstance(held_out, int | float) and 0 <= held_out < 1
        _check("global_holdout", held_out, is_share, "0.02, 0")
        for name in ("campaigns_need_approval", "track_clicks", "track_opens"):
            asked: object = getattr(self, name)
            _check(name, asked, isinstance(asked, bool), "true, false")
        _check("address", self.address, _is_address(self.address), "https://shop.example")

    @property
    def digest(self) -> str:
        """Of everything that a build's rows depend on."""
        answers = sorted((name, sorted(parameters.items())) for name, parameters in self.tables.items())
        decided = (self.country, self.currency, self.zone, answers, self.analyses)
        return hashlib.sha256(repr(decided).encode()).hexdigest()

    def answers(self, table: str) -> dict[str, Any]:
        """What the company answers to the questions of a table; a list is asked for as a tuple."""
        return {q: tuple(a) if isinstance(a, list) else a for q, a in self.tables.get(table, {}).items()}


def load(root: Path) -> Settings:
    """Read the project's shuke.toml; raises `UnknownProject` or `WrongSettings`."""
    path = root / FILE
    if not path.exists():
        raise UnknownProject(
            N_("There is no {file} in {folder}. Create a project with: shuke init"), file=FILE, folder=root
        )
    try:
        value = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WrongSettings(N_("{file} is not valid TOML: {error}"), file=FILE, error=error) from None
    known = {f.name for f in fields(Settings)}
    for key in value:
        _check(key, key, key in known, ", ".join(sorted(known)))
    if "name" not in value:
        raise WrongSettings(N_("{file} does not give the company's name."), file=FILE)
    if _are_sections(value.get("tables")):
        value["tables"] = renamed.settings(value["tables"])
    return Settings(**value)


def written(settings: Settings) -> str:
    """A new shuke.toml, with the reason beside each line."""
    document = tomlkit.document()
    notes = {
        "name": N_("the company"),
        "country": N_("where phone numbers without a country code belong"),
        "currency": N_("what figures are reported in"),
        "zone": N_("where days and months begin"),
        "language": N_("default language of exported files: en or zh"),
        "engine": N_("duckdb, or a Spark master such as local[2] or spark://host:7077"),
    }
    for key, note in notes.items():
        line = tomlkit.item(getattr(settings, key))
        document.add(key, line.comment(translate(note)))
    for rest in fields(Settings):
        value = getattr(settings, rest.name)
        if rest.name not in notes and value not in (rest.default, {}):
            document.add(rest.name, tomlkit.item(_plain(value)))
    return tomlkit.dumps(document)


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    return {name: _plain(inner) for name, inner in value.items()} if isinstance(value, Mapping) else value


def _check(key: str, value: object, holds: bool, examples: str) -> None:
    if not holds:
        raise WrongSettings(
            N_("{file}: {key} = {value} cannot be used. Accepted, for example: {examples}."),
            file=FILE, key=key, value=repr(value), examples=examples,
        )  # fmt: skip


def _are_names(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(name, str) for name in value)


def _are_sections(value: object) -> bool:
    return isinstance(value, Mapping) and all(isinstance(each, Mapping) for each in value.values())


def _is_address(value: object) -> bool:
    return isinstance(value, str) and (
        not value or re.fullmatch(r"https?://[^/\s]+(/\S*)?", value) is not None
    )


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # it is looked for as a file
        return False
    return True
